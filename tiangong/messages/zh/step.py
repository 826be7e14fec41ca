"""In Chinese: sentences about one step of a run."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    "crashed": Words("步骤 {step} 因其执行器内部的缺陷而失败（{error}）", fix="附上代理的日志报告它"),
    "wrong-spec": Words("步骤 {step}：{field} {why}", fix="修正 release.yaml 中的步骤并发布新版本"),
    "no-secret": Words("这台主机没有机密 {secret}", fix="在代理的 agent.yaml 的 secrets: 下写明它"),
    "no-artifact": Words(
        "制品 {artifact} 不在这台主机上，因此无法比对由它产生的内容", fix="无需处理：步骤需要时会获取它"
    ),
    "no-secret-here": Words(
        "步骤 {step}：{field} 不接受机密，而这个机密会在那里暴露",
        fix="使用接受机密的字段，例如 shell 的 secretFiles、模板的 values、http 的 auth；发布新版本",
    ),
    "no-artifact-here": Words(
        "步骤 {step}：{field} 不接受制品", fix="使用接受制品的字段，例如 file 的 unpack 或 place；发布新版本"
    ),
    "no-payload": Words("载荷文件不在仓库中", fix="恢复它，或重新发布"),
    "payload-changed": Words("载荷文件与发布以摘要指明的不同", fix="恢复所发布的字节"),
    "cancelled": Words("已取消", fix="如果仍然需要，下一轮会重新计划"),
    "deadline": Words("未在 {seconds} 秒内完成", fix="给步骤更长的 timeout，或查明它在等待什么"),
}
