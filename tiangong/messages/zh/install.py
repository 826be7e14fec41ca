"""In Chinese: sentences about installing products."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    "unknown-channel": Words("流水线中没有发布渠道 {channel}；现有：{known}", fix="--channel 取其中之一"),
    "bad-name": Words(
        "{name} 不能作为安装实例的名称", fix="--name NAME：小写字母和数字，中间可含 . _ -，最多 63 个字符"
    ),
    "exists": Words(
        "环境 {environment} 已有安装实例 {name}（{product}，来自发布渠道 {channel}）",
        fix="更改它：tiangong set {environment}/{name} channel=CHANNEL ；或另装一个：--name NAME",
    ),
    "in-profile": Words(
        "配置档 {profile} 已有安装实例 {name}（{product}，来自发布渠道 {channel}）",
        fix="更改它：tiangong edit profile {profile} ；或另装一个：--name NAME",
    ),
    "say-config": Words(
        "没有签名：该发布需要一些没有默认值的配置",
        fix="现在就给出：--config {name}=VALUE（依此类推），或先安装、稍后设置：--no-lint",
    ),
    "where": Words("要安装到哪里？", fix="选择环境：--env GLOB 或 -l k=v；或选择配置档：--profile P"),
    "into": Words("{product} 来自发布渠道 {channel}，以名称 {name} 安装到：{environments}"),
    "message": Words("在 {where} 安装来自 {channel} 的 {product}"),
    "already": Words("那里已经要求安装它；无需处理。"),
}
