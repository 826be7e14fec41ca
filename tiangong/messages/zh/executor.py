"""In Chinese: sentences about executors: found, enabled, configured."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    "unknown": Words(
        "这台主机上没有执行器 {type}；已安装：{known}",
        fix="修正类型，或在 tiangong-deploy 旁安装提供它的 Python 软件包",
    ),
    "not-enabled": Words(
        "这台主机上没有启用执行器 {type}", fix="在 agent.yaml 中加入：plugins: [{{type: {type}, enabled: true}}]"
    ),
    "listed-twice": Words("执行器 {type} 列出了两次", fix="两个条目只保留一个"),
    "two-packages": Words("两个已安装的软件包都提供执行器 {type}：{first} 和 {second}", fix="卸载其中一个"),
    "broken": Words("提供执行器 {type} 的软件包无法加载：{why}", fix="重新安装它，或设置 enabled: false"),
    "config": Words("执行器 {type} 的配置：{field} {why}", fix="在 agent.yaml 中修正"),
}
