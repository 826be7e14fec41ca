"""In Chinese: sentences about reading the fleet from a clone."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    "no-repository": Words(
        "这里不是 Git 仓库，上级目录也都不是",
        fix="cd 进入控制仓库的克隆，或：tiangong -C DIR …；新建：tiangong init DIR",
    ),
    "not-control": Words(
        "这是 Git 仓库，但不是控制仓库：它的 main 分支上没有 tiangong.yaml",
        fix="cd 进入控制仓库的克隆，或把 TIANGONG_REPO 设为一个克隆",
    ),
    "not-mine": Words(
        "仓库属于另一个用户，git 拒绝读取它", fix="如果你信任它：git config --global --add safe.directory {folder}"
    ),
    "no-main": Words("仓库的 main 上还没有提交", fix="git fetch，或：tiangong init"),
    "no-branch": Words("这里没有分支或提交 {branch}", fix="git fetch，或指明另一个：git branch -a"),
    "no-git": Words("git 无法启动：{why}", fix="安装 git"),
    "away": Words("无法读取远程仓库 {remote}：{why}", fix="尝试：git fetch {remote}；或用 --offline 读取本地已有内容"),
    "slow": Words(
        "远程仓库 {remote} 未在 {seconds} 秒内响应", fix="尝试：git fetch {remote}；或用 --offline 读取本地已有内容"
    ),
    "what-is-here": Words("显示的是之前获取的内容。"),
    "no-environment": Words("没有环境 {environment}；现有：{known}", fix="tiangong status"),
    "none-chosen": Words("没有符合的环境", fix="tiangong status 列出全部；--env 接受通配符，-l 接受 k=v"),
    "bad-label": Words("{label} 不是 key=value 的形式", fix="例如：-l tier=prod"),
    "no-installation": Words(
        "环境 {environment} 没有安装实例 {installation}；现有：{known}", fix="tiangong status {environment}"
    ),
    "no-agent": Words(
        "还没有代理加入环境 {environment}",
        fix="在它的主机上：tiangong agent join TOKEN ；然后在这里：tiangong agent accept REQUEST",
    ),
    "no-status": Words(
        "环境 {environment} 还没有状态：它的代理已被接受，但尚未报告",
        fix="在它的主机上：tiangong agent once ；如果那里一切正常，在这里：git fetch",
    ),
    "overdue": Words(
        "环境 {environment} 的代理已逾期：上次收到它的消息是在 {age} 前",
        fix="在它的主机上：systemctl status tiangong-agent；tiangong doctor",
    ),
    "no-file": Words(
        "环境 {environment} 的代理的引用上缺少该文件，或它过大，不可能是代理所写",
        fix="在它的主机上：tiangong agent once",
    ),
    "other-environment": Words(
        "说的是 {found}，而不是 {environment}：它是从别处复制来的",
        fix="查明是谁写了这个引用；在它的主机上：tiangong agent once",
    ),
    "other-run": Words("是运行 {found} 的回执：它是从环境 {environment} 的别处复制来的", fix="不要信任它"),
    "older-status": Words(
        "远程仓库给出的是环境 {environment} 的旧状态（编号 {counter}；本克隆见过编号 {seen}）",
        fix="查明是谁在写这个引用：只有代理可以；在它的主机上：tiangong agent once",
    ),
    "behind": Words(
        "环境 {environment} 的代理已写出编号 {said} 的状态；远程仓库给出的是编号 {shown}",
        fix="稍后再问；如果一直如此，在它的主机上：tiangong doctor",
    ),
    "two-statuses": Words(
        "环境 {environment} 有两个编号同为 {counter} 的不同状态，都由其代理的密钥签名",
        fix="查找使用同一密钥的第二个代理；密钥可能被盗",
    ),
    "unknown-reason": Words("原因 {reason} {facts}（这个版本没有它的说明）", fix="升级本机上的 tiangong"),
    "no-run": Words("环境 {environment} 中还没有运行过任何内容", fix="原因：tiangong why {environment}"),
    "unknown-run": Words(
        "环境 {environment} 中没有运行或安装实例 {run}", fix="它的运行：tiangong status {environment}"
    ),
    "log-changed": Words("步骤 {step} 的日志不是其代理所签名的那一份", fix="不要信任它"),
    "live-differed": Words(
        "步骤 {step} 运行期间显示的内容与其代理所签名的不同；代理签名的内容列在下面",
        fix="查明是谁在写 live 引用：只有代理可以",
    ),
    "run-silent": Words(
        "就代理所示，运行 {run} 既不在进行，也没有结束",
        fix="tiangong status {environment} ；在它的主机上：tiangong doctor",
    ),
}
