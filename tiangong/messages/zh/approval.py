"""In Chinese: sentences of `tiangong approve` and `tiangong approval`."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    "change": Words("{where}：{kind}，{installed} → {version}（发布 {digest}）"),
    "step": Words("    步骤 {step}（{executor}，{digest}）"),
    "step-for-good": Words("    步骤 {step}（{executor}，{digest}），不能撤销"),
    "undo": Words("    撤销 {step}（{executor}）"),
    "because": Words("  等待：{what}"),
    "nothing-waits": Words(
        "所选环境中没有等待批准的 {release} 变更",
        fix="tiangong approval pending 显示等待的变更；tiangong plan 显示将发生什么",
    ),
    "other-plan": Words(
        "{where} 的代理在 {heard} 说它等待的变更与从 Git 推导的不同",
        fix="等待它的下一个状态（tiangong status），再查看",
    ),
    "bad-time": Words("{word} 不是 12h 或 7d 这样的时长", fix="--for 7d"),
    "too-long": Words("{word} 超过批准可以有效的时长", fix="最长 --for {most}d"),
    "message": Words("在 {count} 个环境中批准 {release}"),
    "next": Words("下一步：tiangong approval pending ；批准足够后代理会执行 {release}"),
    "how": Words("批准：tiangong approve {release} --env {env} --push"),
    "none-pending": Words("没有等待批准的变更。"),
    "none": Words("没有生效的批准。"),
    "which": Words("以 {id} 开头的批准有 {count} 个", fix="tiangong approval list 列出它们"),
    "over": Words("{id} 已经撤回", fix="tiangong approval list 列出生效的批准"),
}
