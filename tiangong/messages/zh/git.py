"""In Chinese: sentences about reaching a Git remote and about the mirror on this host."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    # ── what was written about the remote ────────────────────────────────────────────────────────────────────
    "bad-transport": Words("{url} 不是经 https 或 ssh 访问的地址", fix="写 https://HOST/PATH 或 ssh://USER@HOST/PATH"),
    "bad-url": Words("{url} 不是仓库的地址", fix="写 https://HOST[:PORT]/PATH 或 ssh://USER@HOST[:PORT]/PATH"),
    "like-scp": Words("{url} 没有说明如何访问", fix="写 {instead}"),
    "user-in-url": Words(
        "{url} 中含有用户或密码；地址会进入日志和进程列表",
        fix="地址中去掉它，并用 `credentials: {{file: …}}` 指明存放 user:password 或令牌的文件",
    ),
    "bad-proxy": Words(
        "network.proxy 不是代理服务器的地址", fix="写 http://HOST:PORT、https://HOST:PORT 或 socks5h://HOST:PORT"
    ),
    "proxy-needs-https": Words(
        "设置了 network.proxy，但 {url} 经 ssh 访问，不会通过它", fix="使用仓库的 https 地址，或删除 network.proxy"
    ),
    "no-known-hosts": Words(
        "{url} 经 ssh 访问，但没有说明应有的主机密钥",
        fix="ssh-keyscan {host} > FILE，与托管平台公布的内容比对，再写 `credentials: {{known_hosts: FILE}}`",
    ),
    "unreadable-file": Words("文件无法读取：{why}", fix="修正路径或其权限"),
    "open-credentials": Words("文件中有机密，本机上的其他用户可能读取它（权限 {mode}）", fix="对它执行 chmod 600"),
    "open-credentials-ssh": Words("ssh 不会使用密钥 {file}：他人可以读取它", fix="chmod 600 {file}"),
    "bad-credentials": Words("文件中既没有 user:password，也没有令牌", fix="写入一行可打印的文本"),
    "bad-key": Words("ssh 无法使用密钥 {file}：{why}", fix="代理需要没有口令的私钥：ssh-keygen -t ed25519 -N ''"),
    "bad-ca": Words("network.ca 无法使用：{why}", fix="指明 PEM 格式的 CA 证书文件"),
    "bad-ref": Words("{ref} 不是引用的名称", fix="写 refs/heads/NAME，可用字母、数字、- _ . 和 /"),
    "not-an-id": Words("{object} 不是 Git 对象的 ID", fix="写出全部 40 位十六进制数字"),
    "not-a-commit": Words("{object} 不是提交", fix="指明一个提交"),
    "no-git": Words("git 无法启动：{why}", fix="安装 git（Debian：apt install git）"),
    "too-old": Words("git 的版本是 {found}，需要 {oldest} 或更新版本", fix="升级 git"),
    "no-key": Words(
        "{url} 经 ssh 访问，但没有为它配置密钥", fix="用 `credentials: {{file: …}}` 指明没有口令的私钥（权限 0600）"
    ),
    "bad-file-name": Words("这种名称的文件无法交给 ssh", fix="使用不含引号的路径"),
    # ── the remote ───────────────────────────────────────────────────────────────────────────────────────────
    "away": Words("无法连接 {url}：{why}", fix="检查网络和服务器；工作会用已知内容继续"),
    "no-host": Words("{url}：名称 {host} 无法解析：{why}", fix="检查地址和本机的 DNS"),
    "timeout": Words("{url} 超过 {seconds} 秒未完成，已放弃", fix="检查网络和服务器；工作会用已知内容继续"),
    "slow": Words("{url} 在 {seconds} 秒内几乎没有发送任何内容，已放弃", fix="检查网络和服务器；工作会用已知内容继续"),
    "cancelled": Words("因代理停止，与 {url} 的通信已中止", fix="无需处理"),
    "password-asked": Words(
        "{url} 要求用户和密码，但没有配置",
        fix="用 `credentials: {{file: …}}` 指明存放 user:password 或令牌的文件（权限 0600）",
    ),
    "denied": Words("{url} 拒绝本机的身份凭据：{why}", fix="检查密钥或令牌已在那里登记、仍然有效，并可读写"),
    "proxy-denied": Words("代理服务器拒绝让本机访问 {url}", fix="检查 network.proxy"),
    "certificate": Words(
        "本机不信任 {host} 的证书：{why}", fix="把 network.ca 设为签发它的 CA；如果本应是可信的证书，可能有人在窃听"
    ),
    "certificate-name": Words("证书不是签发给 {host} 的：{why}", fix="使用证书中的名称，或为 {host} 签发证书"),
    "host-key-unknown": Words(
        "{host} 的 ssh 主机密钥不在 known_hosts 中",
        fix="ssh-keyscan {host}，与托管平台公布的内容比对，再加入 credentials.known_hosts",
    ),
    "host-key-changed": Words(
        "{host} 的 ssh 主机密钥与 known_hosts 中的不同；可能有人在窃听",
        fix="询问服务器的管理者；如果是有意更换，把新密钥写入 credentials.known_hosts",
    ),
    "redirected": Words("{url} 指向另一个地址，而重定向从不跟随", fix="写仓库现在的地址"),
    "no-repository": Words("{url} 处没有仓库，或本机无权查看", fix="检查地址，以及密钥或令牌是否可以读取"),
    "no-branch": Words("{url} 没有 {ref}", fix="推送该分支，或修正 source.branch"),
    "bad-objects": Words(
        "{url} 发送的对象已损坏或为有意构造：{why}；没有采用其中任何内容",
        fix="在那里的仓库中运行 git fsck；有人推送了 git 不会写出的内容，或磁盘已损坏",
    ),
    "too-much": Words("{url} 的响应没有尽头（超过 {limit} 字节）", fix="询问服务器的管理者"),
    "too-large": Words(
        "{url} 发送的内容超过本机接受的限度：{why}", fix="不要把大文件放进仓库（它们是制品），或提高限度"
    ),
    "raced": Words("{ref} 被他人移动：应为 {expected}，实为 {found}", fix="无需处理：会在较新的状态上重试"),
    "rejected": Words("{url} 不接受 {ref}：{why}", fix="允许该密钥或令牌推送 {ref}，并检查那里的钩子和分支保护"),
    # ── this host ────────────────────────────────────────────────────────────────────────────────────────────
    "no-space": Words("磁盘已满：{why}", fix="在状态目录中腾出空间"),
    "locked": Words("另一个 git 正在使用镜像：{why}", fix="结束它；遗留的锁会在代理重新启动时清除"),
    "killed": Words("git 在与 {url} 通信时被信号 {signal} 终止", fix="查看主机的日志（内存不足？）"),
    "cant-make": Words("无法创建镜像：{why}", fix="检查状态目录的权限和剩余空间"),
    "cant-write": Words("无法写入 git 对象：{why}", fix="检查状态目录的权限和剩余空间"),
    "not-mine": Words("镜像属于另一个用户，因此不使用", fix="chown -R 给运行代理的用户"),
    "missing-object": Words("仓库中缺少对象 {object}", fix="对代理无需处理：它的镜像会重建；在克隆中：git fsck"),
    "broken-object": Words(
        "仓库中的对象 {object} 已损坏：{why}", fix="对代理无需处理：它的镜像会重建；在克隆中：git fsck；检查磁盘"
    ),
    "object-too-large": Words("对象 {object} 有 {size} 字节，超过 {limit}", fix="不要把大文件放进仓库：它们是制品"),
}
