"""In Chinese: sentences of `tiangong lint`, besides those of documents, plans and trust."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    "approvals-unreachable": Words(
        "{environment} 需要 {need} 个批准，而那里有角色 approver 的只有 {have} 人：什么都无法继续",
        fix="tiangong trust set-role NAME approver --env {environment} ，或要求更少",
    ),
    "no-sealers": Words(
        "级别 {level} 需要 {need} 位拥有角色 sealer 的人，现有 {have} 位：什么都无法加封",
        fix="tiangong trust set-role NAME sealer",
    ),
    "unknown": Words("没有 {what} {name}", fix="可选：{known}"),
    "twice": Words("{name} 在这里出现两次", fix="只保留一个"),
    "no-channel": Words("发布渠道 {channel} 没有文档", fix="写 channels/{channel}.yaml"),
    "channel-unused": Words(
        "发布渠道 {channel} 不在任何流水线中，因此永远不会有发布进入", fix="把它加入 tiangong.yaml 的 spec.channels"
    ),
    "no-release": Words("缺少发布 {release}", fix="发布它；它应位于 {path}"),
    "no-environment": Words("环境 {environment} 没有自己的文档", fix="写 {path}，或 tiangong env new {environment}"),
    "bad-cron": Words("这不是 cron 表达式：{why}", fix='五个字段，例如 "0 1 * * TUE-THU"（周二至周四凌晨一点）'),
    "never-fires": Words("{cron} 一年多都不会触发", fix="修正日和月"),
    "never-open": Words(
        "{documents} 的允许维护窗口没有共同的时间，因此这里永远不能变更",
        fix="使它们重叠，或只在其中一个文档中保留维护窗口",
    ),
    "quorum-unreachable": Words(
        "角色 {role} 需要 {need} 个签名，但只有 {have} 人能给出",
        fix="增加密钥符合要求的人（touch：安全密钥），或降低阈值",
    ),
    "nobody-may-sign": Words("没有人对 {paths} 拥有角色 {role}", fix="添加该角色，或放宽它的环境或产品"),
    "converted": Words(
        "git 可能在这个克隆中改变文档的换行，这会破坏签名", fix="在 .gitattributes 中写 `* -text` 并提交"
    ),
    "findings": Words("发现的问题：{count} 个。"),
    "elsewhere": Words("其他文档中的问题：{count} 个（tiangong lint 会显示）。"),
    "clean": Words("{count} 个文档，没有问题。"),
}
