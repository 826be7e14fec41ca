"""In Chinese: sentences about the agent on its host: its file, its key, its turns."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    "no-level": Words("{level} 不是安全级别", fix="其中之一：{known}"),
    "level-set": Words("此代理现在至少要求级别 {level}（之前：{before}）。请重新启动它：它在启动时读取自己的文件"),
    "level-same": Words("此代理已经至少要求级别 {level}"),
    "no-settings": Words(
        "没有 agent.yaml",
        fix="在这台主机上运行：tiangong agent join TOKEN （由 tiangong env new 给出）；或者用 --settings 指明文件",
    ),
    "unreadable": Words("无法读取：{why}", fix="以代理的用户身份运行，或修正权限"),
    "one-source": Words("source: 与 sources: 必须且只能有一个", fix="只保留其中一个"),
    "several-sources": Words("尚不支持多个来源", fix="只列一个"),
    "no-key": Words("缺少代理的密钥", fix="生成密钥：tiangong agent join TOKEN"),
    "open-key": Words("代理的密钥可能被他人读取（权限 {mode}）", fix="chmod 600 {path}"),
    "bad-key": Words(
        "这不是 OpenSSH 格式、无口令的 ed25519 密钥", fix="把它移走，再生成新的：tiangong agent join TOKEN"
    ),
    "already-running": Words("另一个代理正在使用这个状态目录", fix="先停止它：systemctl stop tiangong-agent"),
    "cant-use-state": Words("状态目录无法使用：{why}", fix="使它成为代理用户可写的目录，或在 agent.yaml 中设置 state:"),
    "cant-write": Words("无法写入：{why}", fix="以 root 运行，或选择其他路径：--settings、--state"),
    "other-environment": Words(
        "这台主机已经加入了仓库 {repo} 的环境 {found}；没有做任何更改",
        fix="要在这台主机上再运行一个代理，请选择其他路径：--settings PATH --state DIR",
    ),
    "other-pins": Words(
        "这台主机加入时得到的是另一个信任根或另一个远程仓库；没有做任何更改",
        fix="如果新令牌是正确的，请移走 {path} 后重新加入",
    ),
    "no-file": Words("{option} 指向 {path}，但它无法读取：{why}", fix="修正路径"),
    "no-plugin": Words("{type} 不是这里安装的执行器", fix="可选：{known}"),
    "bad-every": Words("{value} 不是时长", fix="写成 30s 或 5m 的形式"),
    "done-or-again": Words("请说明存疑步骤的实情：--done（已经发生）或 --again（重新执行）"),
    "no-commit": Words("{sha} 不是提交 ID", fix="给出分支上那个提交的全部 40 个字符"),
    "not-begun": Words("没有运行账本：这里还没有代理运行过", fix="tiangong agent once"),
    "not-seen": Words("这台主机上还没有验证过任何内容，因此没有可能被改写的历史", fix="tiangong agent once"),
    # ── what commands say ────────────────────────────────────────────────────────────────────────────────────
    "key-made": Words("已生成代理的密钥 {path}（{fingerprint}）。"),
    "key-kept": Words("代理的密钥 {path}（{fingerprint}）保持不变。"),
    "next-made": Words("已生成代理的下一个密钥 {path}（{fingerprint}）；在此之前它用 {before} 签名。"),
    "next-kept": Words("代理的下一个密钥 {path}（{fingerprint}）保持不变；在此之前它用 {before} 签名。"),
    "next-announced": Words(
        "运行中的代理会在其状态中宣布它。在控制仓库中：tiangong agent accept {environment} "
        "（或在代理无法报告时使用这个请求）："
    ),
    "settings-written": Words("已写入 {path}。"),
    "settings-kept": Words("{path} 保持原样。"),
    "public-key": Words("公钥，请在代码托管平台登记为可写的部署密钥："),
    "request": Words("请求，需在控制仓库的克隆中接受："),
    "next-accept": Words("下一步，在克隆中：tiangong agent accept REQUEST --push"),
    "next-once": Words("然后，在本机：tiangong agent once{settings}"),
    "resolved": Words("运行 {run} 已有定论：{result}。代理在下一轮继续。"),
    "history-accepted": Words("已接受提交 {sha} 为新的历史。代理在下一轮继续。"),
    "no-installations": Words("环境 {environment} 中没有要安装的内容。"),
    "line": Words("{name}：{what} {verdict}"),
    "line-health": Words("{name}：{what} {verdict}（{health}）"),
    "line-why": Words("{name}：{what} {verdict}：{why}"),
    "more-reasons": Words("{first}（另有 {more} 条）"),
    "nothing-there": Words("未安装"),
    "from-to": Words("从 {installed} 到 {target}"),
    "run-started": Words("{installation}：{kind} {version} 开始（运行 {run}）"),
    "run-ended": Words("{installation}：{kind} {version} 的结果为 {result}，用时 {took}（运行 {run}）"),
    "step-started": Words("{installation}：步骤 {step} 开始"),
    "step-undo": Words("{installation}：开始撤销步骤 {step}"),
    "step-done": Words("{installation}：步骤 {step} 完成，用时 {took}"),
    "step-undone": Words("{installation}：步骤 {step} 已撤销，用时 {took}"),
    "step-failed": Words("{installation}：步骤 {step} 失败，用时 {took}：{why}"),
    "step-settled": Words("{installation}：被中断的步骤 {step} 已有定论：{state}"),
    "recalled": Words(
        "这个代理丢失了记忆，现从它自己在 {at} 签名的状态继续：{installations}", fix="无需处理，除非状态目录本不该丢失"
    ),
    "started": Words("环境 {environment} 的代理已启动"),
    "retired": Words("环境 {environment} 已退役：该报告的都已报告，本机的代理结束，无需再启动"),
    "stopped": Words("环境 {environment} 的代理已停止"),
    "over": Words("已不再成立：{what}"),
    "absent": Words("{name}：按要求不存在"),
}
