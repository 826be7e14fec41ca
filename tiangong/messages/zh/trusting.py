"""In Chinese: sentences of `tiangong trust`."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    "fleet": Words("机群 {fleet}，仓库 {repo}，安全级别 {level}"),
    "root": Words("信任根 {version}（{digest}…），到期 {until}：{people} 中的 {threshold} 人"),
    "policy": Words("策略代次 {generation}，到期 {until}：{people} 中的 {threshold} 人"),
    "never": Words("永不"),
    "nothing": Words("无"),
    "nobody": Words("无人"),
    "may": Words("{person} 可以 {what}：角色 {role}"),
    "may-with": Words("{person} 可以 {what}，还需 {who} 中的另外 {more} 人：角色 {role}"),
    "may-not": Words("{person} 不可以 {what}：需要角色 {role}，拥有者是 {who}"),
    "who": Words("凭角色 {role} 可以 {what} 的人："),
    "no-one": Words("无人可以 {what}：需要角色 {role}，那里无人拥有"),
    "counts": Words("{path} 有效：由有权的 {signers} 签名，角色 {role}"),
    "bytes": Words("  代次 {generation}，{digest}"),
    "counts-not": Words("{path} 无效；此类文档需要角色 {role}"),
    "mark": Words("  {person} 的签名：有效（密钥 {key}）"),
    "mark-unknown": Words("  一个签名本身有效，但其密钥 {key} 不属于策略中的任何人"),
    "mark-bad": Words("  名为 {person} 的签名无效：{why}"),
    "no-person": Words("trust/policy.yaml 中没有名为 {person} 的人", fix="已知：{known}（tiangong trust show）"),
    "no-verb": Words("不能询问 {verb}", fix="可选：{known}"),
}
