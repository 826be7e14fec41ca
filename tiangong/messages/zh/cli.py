"""In Chinese: sentences of the command line itself."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    "elsewhere": Words("tiangong 没有命令 {word!s}；在这里它是：tiangong {here}"),
    "no-command": Words("tiangong 没有命令 {word!s}", fix="你是否想要：tiangong {near}"),
    "no-folder": Words("无法切换到目录 {folder}：{why}", fix="用 -C 指明一个存在的目录"),
    "no-language": Words("这里没有语言 {language}；可用的有：{known}", fix="--lang 取其中之一"),
    "usage": Words("命令 {command} 的用法有误：{why}", fix="{command} --help"),
    "system": Words("系统拒绝：{why}", fix="修正后重新运行命令；不会留下只做了一半的更改"),
    "fault": Words(
        "tiangong 自身出错（{type}）；这是程序的缺陷，不是你输入的问题",
        fix="请报告该命令、tiangong --version 的输出，以及设置 TIANGONG_DEBUG=1 后打印的内容",
    ),
}
