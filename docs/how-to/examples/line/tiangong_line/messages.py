"""What the executor says, by the part of the code after `line/`; a failure always says what to do."""

from tiangong.messages.catalogue import Sentence
from tiangong.messages.spoken import Words

SENTENCES = {
    "no-file": Sentence("{file} can't be changed: {why}", fix="make it a text file this agent may write"),
    "would-add": Sentence("would add a line to {file}"),
    "added": Sentence("added a line to {file}"),
    "not-there": Sentence("the line isn't in {file}"),
}
CHINESE = {
    "no-file": Words("无法修改 {file}：{why}", fix="把它设为此代理可写的文本文件"),
    "would-add": Words("将向 {file} 添加一行"),
    "added": Words("已向 {file} 添加一行"),
    "not-there": Words("{file} 中没有该行"),
}
