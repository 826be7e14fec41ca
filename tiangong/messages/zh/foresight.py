"""In Chinese: sentences of `tiangong plan`."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    "from-status": Words(
        "{environment}：依据 {branch} 的 {revision} 及其代理最近签名的状态，距今 {age}（编号 {counter}）"
    ),
    "from-survey": Words("{environment}：依据 {branch} 的 {revision} 以及刚才对本机的探查"),
    "from-nothing": Words("{environment}：依据 {branch} 的 {revision}，视为什么都没有安装：它的代理还没有状态"),
    "as-of": Words("设想时间为 {when}，且在此之前没有其他变化"),
    "change-ready": Words("  {installation}：{kind} {change}，就绪"),
    "change-held": Words("  {installation}：{kind} {change}，暂缓"),
    "held": Words("  {installation}：暂缓（{change}）"),
    "up-to-date": Words("  {installation}：已是最新（{change}）"),
    "undo": Words("撤销 {number}. {step}（{executor}）"),
    "step": Words("{number}. {step}（{executor}）"),
    "refusals": Words("不生效的文档："),
    "unpushed": Words("你的 main 有 {count} 个提交未推送；代理看不到它们。包含它们：tiangong plan --branch main"),
    "branch-on-host": Words(
        "--branch 询问的是克隆，--settings 询问的是本机的代理，而它有自己的分支", fix="去掉其中一个"
    ),
    "bad-time": Words("{word} 不是时间", fix="例如 2026-12-01T02:00:00+01:00"),
    "absent": Words("  {installation}：按要求不存在"),
}
