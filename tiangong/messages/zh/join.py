"""In Chinese: sentences about agents joining: tokens, requests, keys."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    "no-url": Words(
        "代理无法知道从哪里拉取：这个克隆没有远程仓库",
        fix="git remote add origin URL，或给出代理使用的地址：--url https://…（或 ssh://…）",
    ),
    "no-environment": Words("没有环境 {environment}；现有：{known}", fix="tiangong env new {environment}"),
    "other-repo": Words(
        "请求针对的是仓库 {found}，而这里是 {expected}",
        fix="在主机所用令牌的那个仓库的克隆中运行，或让主机用这里的令牌加入",
    ),
    "shared-key": Words(
        "这个密钥已经属于 {owner}；一个密钥只代表一方", fix="在主机上：移走代理的密钥并重新加入，会生成新的密钥"
    ),
    "nothing-announced": Words(
        "环境 {environment} 的代理没有宣布密钥",
        fix="在其主机上：tiangong agent rotate-key ；或接受请求：tiangong agent accept tgr1-…",
    ),
    "other-environment": Words(
        "环境 {environment} 的代理宣布的是 {found} 的密钥", fix="查明是谁生成的；不要接受任何内容"
    ),
    "announces": Words("环境 {environment} 的代理宣布了新密钥：tiangong agent accept {environment}"),
    # ── what commands say ────────────────────────────────────────────────────────────────────────────────────────
    "on-host": Words("在环境 {environment} 的主机上，于 {until} 之前："),
    "command": Words("tiangong agent join {token}"),
    "hosts-unknown": Words("你的 known_hosts 中没有 {host}；代理的主机需要它的密钥：用 ssh-keyscan 获取并由你核对。"),
    "accept": Words("环境 {environment}：代理的密钥是 {fingerprint}"),
    "compare": Words("请与 agent join 在主机上打印的内容比对。"),
    "retires": Words("密钥 {fingerprint} 有效至 {until}。"),
    "already": Words("环境 {environment} 的密钥 {fingerprint} 已经有效；无需处理。"),
    "next": Words("下一步，在主机上：tiangong agent once"),
    "no-agents": Words("没有代理加入：tiangong env new NAME 会打印它的主机所需的内容。"),
    "never": Words("从未"),
}
