"""In Chinese: sentences of `tiangong explain` itself."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    "unknown": Words("没有关于 {word} 的内容", fix="你是否想要：{near}"),
    "nothing": Words("没有关于 {word} 的内容", fix="tiangong explain 会列出全部"),
    "words": Words("词语："),
    "rules": Words("规则：R1 至 R{rules}；决定：D1 至 D{decisions}"),
    "exits": Words("退出码：{codes}"),
    "codes": Words("代码：消息末尾 [方括号] 中的内容，例如 trust/no-signature"),
    "fix": Words("处理：{fix}"),
    "rule": Words("{name}：{text}"),
}
