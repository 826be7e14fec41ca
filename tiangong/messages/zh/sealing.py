"""In Chinese: sentences of `tiangong seal` and `tiangong promoter run`."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    "of": Words("封签 {sequence}，提交 {head}：自上次以来 {commits} 个提交，{files} 个文件有变化"),
    "quarantined": Words("  已隔离：{path}；代次 {generation} 继续有效"),
    "quarantined-nothing": Words("  已隔离：{path}；此前那里没有有效内容"),
    "why": Words("  因为：{what}"),
    "more": Words("  …… 还有 {count} 个"),
    "sealed": Words("已为 {head} 加封，序号 {sequence}，由 {person} 签名"),
    "already": Words("已经加封：{head} 是封签 {sequence}，签发于 {issued}"),
    "pushed": Words("已把封签推送到 {remote}。tiangong status 显示谁据此执行。"),
    "next-push": Words("下一步：tiangong seal --push ，或 git push origin seals"),
    "look": Words("{count} 个文档被隔离：只影响需要它们的环境。tiangong verify origin/main"),
    "not-demanded": Words("代理尚不要求封签：tiangong set trust/policy.yaml securityLevel=sealed 使其要求"),
    "passed-over": Words("跳过分支 seals 上的：{what}"),
    "not-with": Words("已推送，但未加封：要求封签的代理会等待。{why}"),
    "with": Words("同一次推送中已为 {head} 加封"),
    "none-counts": Words(
        "seals 最新的 {count} 个提交都无效；没有可以接续的封签",
        fix="查明谁推送了它；恢复最后一个有效封签（git push --force origin GOOD:seals），再加封",
    ),
    "rewritten": Words(
        "main 被改写：{head} 不是上次加封的 {before} 的后代",
        fix="重新推送缺失的提交；如果确有此意，查看差异后运行：tiangong seal --rewritten",
    ),
    "no-head": Words("封签所属的提交 {head} 不在这个克隆中", fix="git fetch origin （浅克隆：git fetch --unshallow ）"),
    "no-sealer": Words(
        "加封需要角色 sealer；{who} 拥有该角色，这里是 {me} 的密钥", fix="请 {who} 运行：tiangong seal --push"
    ),
    "clock": Words("上一个封签签发于 {issued}，而这里现在是 {now}", fix="校正本机时钟"),
    "raced": Words("其间有人加封：{remote} 有更新的封签", fix="再运行一次：tiangong seal --push"),
    "push-refused": Words("{remote} 不接受封签：{why}", fix="允许加封者推送分支 seals ，其他人不允许"),
    "bad-time": Words("{value} 不是 12h 或 1d 这样的时长", fix="tiangong promoter run --renew-after 1d"),
}
