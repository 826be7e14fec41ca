"""In Chinese: sentences about the agent's own refs: status, receipts, heartbeat."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    "spooled": Words("状态无法推送，将保留在本机直到可以推送", fix="无需处理；会自动重试"),
    "other-instance": Words(
        "另一个代理（{instance}）代表环境 {environment}，上次收到它的消息是在 {heard}；这个代理既不行动也不报告",
        fix="停止另一个；它沉默 {minutes} 分钟后，这个代理会自行接管",
    ),
    "foreign-status": Words(
        "{ref} 被环境 {environment} 的代理未签名的内容覆盖（{why}）；状态将写在它之上",
        fix="查明谁可以推送到 {ref}，并加以保护",
    ),
    "restless": Words("{ref} 一再被他人移动", fix="查明谁可以推送到 {ref}，并加以保护"),
    "vanished": Words("{ref} 在远程仓库上被删除；将由本机重新写入", fix="查明谁可以删除 {ref}，并加以保护"),
    "not-signed": Words("不是由这个环境的代理的密钥签名：{why}"),
    "not-there": Words("没有可读取的文件 {path}"),
    "another-environment": Words("它说的是 {found}，而不是 {environment}"),
    "key-ended": Words("它由一个已过最后有效日的密钥签名"),
    "cant-write": Words("状态无法写入本机：{why}", fix="腾出空间，或使状态目录可写"),
    "no-beat": Words("心跳因代理的缺陷而失败（{error}）", fix="附上代理的日志报告它"),
    "not-wished": Words(
        "它已安装，但不再有配置档或安装实例要求它；删除文件不会产生任何动作",
        fix="恢复要求它的文档，或移除它：tiangong uninstall ENV/INSTALLATION",
    ),
    "log-cut": Words("[略去 {bytes} 字节]"),
    "log-lost": Words("[{bytes} 字节无法保存在本机：{why}]"),
    "status-commit": Words("环境 {environment} 的状态 {counter}"),
    "live-commit": Words("环境 {environment} 在线"),
}
