"""In Chinese: sentences of `tiangong status`."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    "overdue": Words("{age}，逾期"),
    "running": Words("运行中"),
    "in-doubt": Words("存疑：须由人裁定"),
    "no-agent": Words("还没有代理加入"),
    "no-status": Words("它的代理尚未报告"),
    "not-trusted": Words("不可信任：见下文"),
    "nothing-wished": Words("这里没有要安装的内容"),
    "seal": Words("{environment}：依据封签 {sequence}，{age} 前签发"),
    "head": Words("{environment}：{age} 前收到消息，位于 {revision}，代理 {agent}，级别 {level}"),
    "no-environments": Words("还没有环境；新建一个：tiangong env new NAME"),
    "see-why": Words("为何暂缓：tiangong why {environment}"),
    "alarm": Words("警报：环境 {environment} 的代理遇到 {count} 项像是攻击的情况："),
    "receipt-not-trusted": Words("不可信任"),
    "absent": Words("不存在"),
    "retired": Words("{age}，已退役"),
    "is-retired": Words("环境 {environment} 已退役：它的代理已结束；要清除：tiangong env remove {environment}"),
}
