"""In Chinese: sentences about a new control repository."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    "not-empty": Words("目录非空：{found}", fix="指明新目录、空目录，或空远程仓库的新克隆"),
    "already": Words("这里已经是控制仓库", fix="tiangong status ；或指明另一个目录"),
    "no-folder": Words("目录无法使用：{why}", fix="指明另一个：tiangong init DIR"),
    "no-fleet-name": Words("无法从这个目录的名称得出机群的名称", fix="给出名称：--name NAME"),
    "no-person": Words("这里没有说明你是谁", fix="给出一个短名：--person NAME"),
    "bad-person": Words(
        "{name} 不能作为这里的人名", fix="小写字母和数字，中间可含 . _ -，最多 63 个字符：--person NAME"
    ),
    "machine-name": Words("{name} 是机器角色的名称，它有自己的密钥", fix="换一个名称：--person NAME"),
    "bad-ci": Words("无法为 CI {ci} 写文件", fix="可选：{known}；ci/verify.sh 适用于任何 CI"),
    # ── what the command says ────────────────────────────────────────────────────────────────────────────────────
    "ask-name": Words("机群的名称"),
    "ask-person": Words("你的短名，他人会在你签名的内容旁看到它"),
    "who": Words("你是 {person}，用 {key}（{file}）签名。"),
    "agents-key": Words("ssh agent 中的密钥"),
    "machines": Words("{names} 的机器密钥：{folder}（不在 Git 中）。"),
    "level": Words("安全级别：signatures。没有人能伪造更改，但远程仓库扣留更改不会被发现。为此：tiangong seal"),
    "level-sealed": Words("安全级别：sealed。代理不执行任何未加封的内容；{sealer}。"),
    "seals-push": Words("推送的人在同一次推送中加封"),
    "seals-github": Words("GitHub Actions 为推送的内容加封"),
    "seals-gitlab": Words("GitLab CI 为推送的内容加封"),
    "seals-timer": Words("本机的 systemd 定时器加封"),
    "seals-cron": Words("本机的 cron 加封"),
    "seals-nobody": Words("没有人加封"),
    "ask-seals": Words("由谁为推送的内容加封，使任何扣留或隐藏都会被发现？（{known}）"),
    "bad-sealer": Words("{sealer} 不能加封", fix="其中之一：{known}"),
    "next-seal": Words("  tiangong seal --push      第一个封签；在此之前没有代理执行"),
    "next-cron": Words("  (crontab -l; echo '{line}') | crontab -      此后自动加封"),
    "next-timer": Words("  systemctl --user enable --now tiangong-promoter.timer      单元文件在 {folder}"),
    "next-secret": Words("  把机密 TIANGONG_SEALER_KEY 交给 CI：{folder} 的内容"),
    "identity": Words("git 不知道你的名字或邮箱；这个仓库中的提交署名为 {identity}。"),
    "other-hook": Words("已有另一个 git 钩子 {file}；要在有未签名文档时得到警告，请加入：{line}"),
    "done": Words("控制仓库 {fleet} 位于 {folder}：{count} 个已签名的文档。"),
    "next": Words("下一步："),
    "next-cd": Words("  cd {folder}"),
    "next-remote": Words("  git remote add origin URL && git push -u origin main"),
    "next-push": Words("  git push -u origin main"),
    "next-release": Words("  tiangong release new --product {product}      在产品自己的目录中"),
    "next-token": Words("  tiangong agent token {environment}      环境 {environment} 的代理加入时所需"),
}
