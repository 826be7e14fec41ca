"""In Chinese: sentences of `tiangong why`."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    "basis": Words(
        "依据环境 {environment} 最近签名的状态（编号 {counter}，位于 {revision}）；{age} 前收到过其代理的消息。"
    ),
    "held": Words("{name}：暂缓于 {version}；下一个将是 {target}"),
    "held-empty": Words("{name}：暂缓，未安装；下一个将是 {target}"),
    "ready": Words("{name}：{target} 就绪；代理在下一轮开始（已安装：{version}）"),
    "up-to-date": Words("{name}：已是最新；{version} 是 {channel} 上可安装到这里的最新版本"),
    "run": Words("运行 {run} 的结果为 {result}"),
    "health": Words("健康：{health}"),
    "drifted": Words("已不是当初留下的样子：{steps}"),
    "earliest": Words("以下各项最早可能在 {when} 全部解除"),
    "not-before": Words("不早于 {when}"),
    "against": Words("{version} 更新，但不能采用，因为："),
    "unenforced": Words("对以下步骤，这里不强制限制路径和主机：{steps}（D27）"),
    "refusals": Words("不生效、或只按最后被接受的内容生效的文档："),
    "main-moved": Words("main 现位于 {main}，该状态尚未反映；它会导致什么：tiangong plan {environment}"),
    "see-plan": Words("它的代理首先会做什么：tiangong plan {environment}"),
    "absent": Words("{name}：按要求不存在"),
    "uninstalls": Words("{name}：{version} 将被卸载；代理在下一轮开始"),
    "uninstall-held": Words("{name}：{version} 将被卸载，暂缓"),
}
