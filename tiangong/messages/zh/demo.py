"""In Chinese: sentences of the demo."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    "begin": Words("一切都在 {folder} 中进行。"),
    "origin": Words("一个 Git 服务器：真实的 git，经回环地址上的 TLS，{url}"),
    "repository": Words("一个控制仓库，由 {person} 签名：{count} 个文档"),
    "joined": Words("环境 {environment} 的代理已加入：它的密钥已签名写入 environments/{environment}/agent.yaml"),
    "agents": Words("三个代理在运行，各自是独立的进程"),
    "published": Words("已发布 shop@{version}，由 {person} 签名"),
    "promoted": Words("shop@{version} 已晋级到 {channel}，由 {person} 签名"),
    "no-word": Words("等待环境 {environment} 的代理报告 shop {version}"),
    "waiting": Words("等待环境 {environment} 运行 shop {version}：{state}"),
    "arrived": Words("环境 {environment} 正在运行 shop {version}，健康：{url}"),
    "stopped": Words("演示的所有进程都已停止。"),
    "next": Words("接下来可以尝试："),
    "took": Words("整条流程用时 {seconds} 秒。"),
    "serving": Words("正在运行。商店：{urls}。按 Ctrl-C 全部停止。"),
    "serves": Words("正在提供一个空的 Git 仓库：{url}，按 Ctrl-C 停止。"),
    "believe": Words("要让 git 信任它的证书：export GIT_SSL_CAINFO={ca}"),
    "cleaned": Words("{folder} 已删除。"),
    "no-demo": Words("这个目录中没有演示", fix="创建一个：tiangong demo"),
    "exists": Words(
        "这个目录中已经有一个演示", fix="重新启动它的代理：tiangong demo --resume ；或移除它：tiangong demo --clean"
    ),
    "folder-in-use": Words("目录非空，且不是演示", fix="指明另一个目录：tiangong demo --folder DIR"),
    "one-of": Words("--resume、--clean 与 --origin 不能同时使用", fix="只给其中一个"),
    "cannot-serve": Words("无法在这里启动 Git 服务器：{why}", fix="换一个目录，或换一个 --port"),
    "no-example": Words("这个安装不含示例仓库", fix="在源码检出目录中运行"),
    "process-ended": Words("{name} 自行结束，退出码 {code}", fix="阅读它的日志：{log}"),
    "command-failed": Words("{command} 结束，退出码 {code}：{why}", fix="手动运行它以了解更多"),
    "too-slow": Words(
        "环境 {environment} 未能在 {seconds} 秒内到达 shop {version}（目前：{state}）", fix="阅读代理的日志：{log}"
    ),
    "origin-silent": Words("Git 服务器未能在 {seconds} 秒内启动", fix="阅读它的日志：{log}"),
}
