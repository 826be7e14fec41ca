"""In Chinese: sentences about seals."""

from tiangong.messages.spoken import Words

SHOWN = "有人展示了从未加封的内容；查明谁能写入远程仓库，然后重新加封：tiangong seal"
UNSOUND = "分支 seals 不是由 tiangong seal 写的；重新加封：tiangong seal"

SENTENCES: dict[str, Words] = {
    "none": Words(
        "没有封签，而安全级别要求封签；什么都不执行",
        fix="由加封者运行：tiangong seal --push （或设置 tiangong promoter run ）",
    ),
    "missing": Words("分支 seals 中没有 seal.yaml", fix=UNSOUND),
    "no-head": Words(
        "最新的封签属于提交 {head}，而远程仓库的这个分支没有它",
        fix="推送已加封的分支，或为现有内容加封：tiangong seal --push",
    ),
    "other-bytes": Words("不是加封时的内容", fix=SHOWN),
    "hidden": Words("已加封，却不在那里", fix=SHOWN),
    "no-listing": Words("封签所依据的清单缺失", fix=UNSOUND),
    "other-listing": Words("不是加封时的清单", fix=UNSOUND),
    "bad-listing": Words("无法按清单解析：{why}", fix=UNSOUND),
    "other-repo": Words(
        "是另一个仓库的封签（{found}，应为 {expected}）", fix="恢复本仓库的分支 seals ，或重新加封：tiangong seal"
    ),
    "name": Words("名称是 {name}，序号却是 {sequence}", fix=UNSOUND),
    "too-early": Words("签发于 {issued}，在将来（现在 {now}）", fix="校正本主机或加封者的时钟，然后重新加封"),
    "rollback": Words(
        "远程仓库展示的封签 {sequence} 比已接受的封签 {accepted} 更旧；已接受的内容继续有效",
        fix="查明谁把分支 seals 移了回去；然后推送最新的封签，或重新加封：tiangong seal --push",
    ),
    "equivocation": Words(
        "有两个序号为 {sequence} 的封签：已接受的那个，和另一个",
        fix="一位加封者的密钥在两处签名，或已被盗；查明后以更大的序号重新加封",
    ),
    "forked": Words(
        "封签 {sequence} 并不接在已接受的封签 {accepted} 之后，而是接在另一个之后",
        fix="两位加封者在两条历史上工作，或加封者的密钥被盗；查明后重新加封",
    ),
    "bad-signature": Words(
        "{signer} 对封签的签名无效：{why}；需要角色 sealer，{who} 拥有该角色",
        fix="请 {who} 运行：tiangong seal --push",
    ),
    "unsigned": Words(
        "最新的封签由 {signed} 签名：需要 {need} 位加封者，现有 {have} 位；{who} 拥有该角色",
        fix="请 {who} 运行：tiangong seal --push",
    ),
    "lost-good": Words("封签指明的先前有效的内容（{blob}）无法取得", fix="从较早的提交恢复该文档，重新签名，然后加封"),
}
