"""In Chinese: sentences of `tiangong expiring`, and the warnings of `status` and `doctor`."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    "nothing": Words("没有会自行到期的内容。"),
    "renew": Words("tiangong renew 推迟策略和环境的到期时间，并重新签名我可以签名的内容。"),
    "soon": Words("{what} {name} 将在 {days} 天后到期（{at}）", fix="tiangong renew ；全部：tiangong expiring"),
    "over": Words("{what} {name} 已于 {at} 到期", fix="tiangong renew ；全部：tiangong expiring"),
    "days": Words("{days} 天"),
    "is-over": Words("已到期"),
    "policy": Words("策略"),
    "root": Words("信任根"),
    "environment": Words("环境"),
    "authority": Words("签发机构"),
    "agent-key": Words("代理密钥"),
    "suppression": Words("变更抑制"),
    "seal": Words("封签"),
}
