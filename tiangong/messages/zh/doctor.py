"""In Chinese: sentences of `tiangong doctor`."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    # ── this machine ─────────────────────────────────────────────────────────────────────────────────────────
    "python": Words("{version}（{path}）"),
    "git": Words("{version}"),
    "git-package": Words("{version}，软件包 {package}（发行版会为旧版本打补丁）"),
    "git-old": Words("{version} 在上游有已知漏洞", fix="安装 {wanted} 或更新版本，或使用发行版的软件包"),
    "ssh": Words("OpenSSH 版本 {version}"),
    "no-ssh": Words("这里没有 ssh", fix="安装 OpenSSH 客户端"),
    "no-ssh-keygen": Words("这里没有用来签名的 ssh-keygen", fix="安装 OpenSSH 客户端"),
    # ── an agent's host ──────────────────────────────────────────────────────────────────────────────────────
    "settings": Words("{path}：环境 {environment} 的代理"),
    "state": Words("{path} 可写，剩余 {mib} MiB"),
    "state-not-writable": Words(
        "状态目录不存在，或当前用户不能写入", fix="以代理的用户身份运行；要创建它：tiangong agent join TOKEN"
    ),
    "disk-little": Words("仅剩 {mib} MiB", fix="趁需要之前腾出空间"),
    "disk-full": Words("仅剩 {mib} MiB；不会启动任何操作", fix="腾出空间"),
    "plugins": Words("已启用且正常：{names}"),
    "plugin-missing": Words("启用了 {type}，但没有安装", fix="安装提供它的软件包，或设置 enabled: false"),
    "unenforced": Words("{names}：这里不强制限制路径和主机，只限制命令和用户（D27）"),
    "no-journal": Words("这里还没有代理运行过；要开始：tiangong agent once"),
    "journal": Words("完好，没有存疑的步骤"),
    "agent-key": Words("{path}（{key}），仅所有者可读"),
    "fetch": Words("{remote} 有响应"),
    "push": Words("{remote} 会接受对 main 的推送"),
    "push-ref": Words("远程仓库会接受对 {ref} 的推送"),
    "trusted": Words("环境 {environment} 的期望通过验证；{count} 个文档不生效"),
    "no-alarms": Words("没有代理发现旧版本被放回，或同一代次出现两个版本"),
    "alarm": Words(
        "环境 {environment} 的代理遇到的情况像是对仓库的攻击",
        fix="逐一查看以下各项；tiangong history FILE 显示谁在何时签了什么",
    ),
    "accepted": Words("控制仓库已登记本机的密钥为环境 {environment} 的代理"),
    "not-accepted": Words(
        "控制仓库没有登记本机的密钥（{key}）为环境 {environment} 的代理",
        fix="要得到请求，再次运行：tiangong agent join TOKEN ；然后在克隆中：tiangong agent accept REQUEST",
    ),
    # ── a clone ──────────────────────────────────────────────────────────────────────────────────────────────
    "repository": Words("{folder} 是控制仓库"),
    "no-remote": Words("这个仓库没有远程仓库：代理看不到它", fix="git remote add origin URL"),
    "clock": Words("不落后于最新的提交"),
    "clock-behind": Words("本机时钟（{now}）落后于最新的提交（{newest}）", fix="校正时钟"),
    "key": Words("你是 {person}（{key}）；角色：{roles}"),
    "policy": Words("信任根和策略通过验证，还有 {days} 天有效"),
    "policy-expires": Words(
        "信任根或策略将在 {days} 天后过期；届时代理不会开始任何新操作",
        fix="写入更晚的 spec.expires 并运行：tiangong commit",
    ),
    "hook": Words("提交未签名的文档时 git 会发出警告"),
    "no-hook": Words("手动提交未签名的文档时 git 不会警告（没有 {path}）"),
    "documents": Words("main 上的每个文档都由有权签名的人签名"),
    "unsigned": Words("main 上有 {count} 个问题；代理不会按现状接受这些文档", fix="tiangong verify"),
    "secrets": Words("本主机的 {count} 个机密可以读取"),
    "store": Words("制品库 {store} 的凭据可以读取"),
    "store-credentials": Words(
        "制品库 {store} 的凭据无法读取：{why}", fix="写入 artifacts.stores 指明的文件，仅代理的用户可读"
    ),
    "level-sealed": Words(
        "{level}：窃得加封者密钥的人可以隐瞒新内容，直到有人发现缺少封签，还可以左右判断证书所依据的时间；但不能伪造任何内容（R25）"
    ),
    "level-witnessed": Words("{level}：窃得两位加封者密钥的人可以隐瞒新内容，直到被发现；但不能伪造任何内容（R25）"),
    "level-signatures": Words(
        "{level}：远程仓库仍可扣留新内容，也可向没有记忆的代理展示一个旧的、但签名真实的世界（R25）"
    ),
}
