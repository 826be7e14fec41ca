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
    # ── what commands say ────────────────────────────────────────────────────────────────────────────────────────
    "profile-taken": Words("共用唯一的配置档 {profile}（不共用：--no-profile）。"),
    "next-push": Words("在代理加入之前推送它：git push"),
    "none": Words("还没有环境：tiangong env new NAME"),
    "no-agent": Words("没有代理加入"),
    "not-accepted": Words("未被接受"),
    "default": Words("（默认）"),
}
