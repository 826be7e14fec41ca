"""In Chinese: sentences about environments."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    "bad-name": Words("{name} 不能作为环境的名称", fix="小写字母和数字，中间可含 . _ -，最多 63 个字符"),
    "exists": Words(
        "已经有环境 {environment}",
        fix="编辑它并运行 tiangong commit ；再次得到它的令牌：tiangong agent token {environment}",
    ),
    "no-profile": Words("没有配置档 {profile}；现有：{known}", fix="指明其中之一：--profile NAME"),
    "which-profile": Words("它共用哪个配置档？现有：{known}", fix="--profile NAME（可重复），或 --no-profile"),
    "one-of": Words("--profile 与 --no-profile 不能同时使用", fix="只给其中一个"),
    "no-zone": Words("{zone} 不是 IANA 时区", fix="例如 --timezone Asia/Shanghai"),
    "bad-time": Words("{value} 不是时长", fix="写成 12h 或 7d 的形式"),
    "edited": Words("有未提交的改动", fix="提交它们，或撤回：git restore ."),
    "not-retired": Words(
        "环境 {environment} 最后的签名状态没有说它已退役；删除文件不会产生任何动作：它的代理会按已知内容继续",
        fix="tiangong env retire {environment} --push ，并等待它的代理；只有主机永远不在时才用 --force",
    ),
    "forced": Words(
        "它的代理没有说已退役：如果仍在运行，它会按已知内容继续，这里写的任何内容都无法再让它停止",
        fix="在它的主机上停止它",
    ),
    "stays": Words(
        "那里已安装的内容留在主机上：{installations}",
        fix="要移除，请先执行：tiangong uninstall {environment}/INSTALLATION",
    ),
    "nothing-there": Words("没有环境 {environment} 的任何内容，既无目录也无其代理的分支", fix="tiangong env list"),
    "refs-stay": Words(
        "{remote} 保留 {refs}：{why}", fix="提交已完成；请有权限的人执行：git push {remote} --delete {refs}"
    ),
    # ── what commands say ────────────────────────────────────────────────────────────────────────────────────────
    "profile-taken": Words("共用唯一的配置档 {profile}（不共用：--no-profile）。"),
    "next-push": Words("在代理加入之前推送它：git push"),
    "none": Words("还没有环境：tiangong env new NAME"),
    "no-agent": Words("还没有代理加入"),
    "not-accepted": Words("未被接受"),
    "default": Words("（默认）"),
    "retired": Words("已退役"),
    "retired-already": Words("环境 {environment} 已退役；待其代理报告后：tiangong env remove {environment}"),
    "retire-message": Words("环境 {environment} 退役"),
    "retire-next": Words(
        "下一步：tiangong status {environment} ，直到其代理说已退役；然后 tiangong env remove {environment}"
    ),
    "remove-message": Words("移除环境 {environment}"),
    "remove-this": Words("移除 {environment}（{count} 个文件；其代理的分支：{refs}）？"),
    "refs-deleted": Words("已在 {remote} 上删除：{refs}"),
    "refs-next": Words("下一步：git push ，然后 git push {remote} --delete {refs}"),
}
