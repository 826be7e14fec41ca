"""In Chinese: sentences of the shell executor."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    "secret-env": Words(
        "env 中含有机密，而这台主机不允许：程序运行期间它可能被读取",
        fix="使用 secretFiles 并读取该文件，或在主机上设置 shell 插件的 config.secretEnv: true",
    ),
    "no-secret-file": Words("存放机密的文件无法写入：{why}", fix="让代理的用户可以写入那里，或腾出空间"),
    "secret-on-disk": Words("这台主机没有可在内存中存放机密文件的位置；程序运行期间它们位于 {folder}"),
    "no-user": Words("这台主机上没有用户 {user}", fix="修正 shell 插件的 config.user"),
    "not-root": Words(
        "无法以 {user} 启动程序：代理以用户 {uid} 运行，而不是 root",
        fix="以 root 或 {user} 运行代理，或删除 shell 插件的 config.user",
    ),
    "other-user": Words(
        "步骤要求以 {user} 运行，而这台主机上所有程序都以 {fixed} 运行",
        fix="从步骤中删除 user，或删除 shell 插件的 config.user",
    ),
    "no-folder": Words("{folder} 不是目录", fix="修正 cwd，或在更早的步骤中创建它"),
    "no-program": Words("{path} 中没有程序 {program}", fix="安装它，或设置 shell 插件的 config.path"),
    "cannot-start": Words("{program} 无法启动：{why}", fix="检查该文件，以及运行代理的用户"),
    "exit": Words("{program} 以 {code} 结束（允许：{allowed}）", fix="查看上面的输出，或把该退出码加入 exitCodes"),
    "signal": Words("{program} 被信号 {signal} 终止", fix="查看上面的输出和主机的日志"),
    "no-effect": Words("程序正常结束，但步骤的守卫仍表示未完成：{guard}", fix="修正 creates 或 unless，或修正程序"),
    "still-open": Words("[程序已结束；它启动的某个进程在 {seconds} 秒后仍占用其输出，不再读取]"),
    "output-cut": Words("[略去 {characters} 个字符]"),
    "not-done": Words("步骤的守卫表示未完成"),
    "nothing-to-do": Words("步骤的守卫表示无事可做"),
    "would-start": Words("在 {cwd} 中启动 {words}"),
    "service-never": Words("服务 {name} 从未启动"),
    "service-gone": Words("服务 {name} 已不在运行"),
    "service-other": Words("服务 {name} 以另一个命令运行"),
    "service-runs": Words("服务 {name} 正在运行，pid {pid}"),
    "service-started": Words("服务 {name} 已启动，pid {pid}；输出写入 {output}"),
    "service-ended": Words("服务 {name} 启动后立即结束；最后的输出：{output}", fix="服务必须留在前台；查看它的输出"),
}
