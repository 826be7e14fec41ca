"""In Chinese: sentences of `tiangong trust revoke` and `trust export`."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    "nobody": Words(
        "{word} 不是这个仓库中的人，也不是指纹或密钥文件", fix="其中之一：{known}；或 SHA256:… ，或 .pub 文件"
    ),
    "no-reason": Words("{reason} 不是吊销密钥的原因", fix="其中之一：{known}"),
    "id-taken": Words("已经有吊销 {id}", fix="换一个名称；它不能编辑"),
    "bad-time": Words("{word} 不是时间", fix="2d ，或 2026-12-01T08:00:00+01:00"),
    "no-krl": Words("ssh-keygen 没有生成密钥吊销列表：{why}", fix="查看它的说明；需要 OpenSSH 8.0"),
    "again": Words("{count} 个文档不再有效，需要重新签名："),
    "nothing-again": Words("没有文档仅依赖这些密钥。"),
    "more": Words("  …… 还有 {count} 个"),
    "secrets": Words("{count} 个机密可能已被其持有者知晓，需在来源处更换：{names}"),
    "sites": Words("在此之前 {count} 个环境会等待：{names}"),
    "message": Words("吊销 {who}：{reason}"),
    "next": Words("下一步：查看签过什么，然后 tiangong renew --push ；把 {who} 移出角色：tiangong trust roles"),
    "exported": Words("已写入 {signers} 和 {krl}"),
    "use-git": Words(
        "用于 git：git config gpg.ssh.allowedSignersFile {signers} 和 git config gpg.ssh.revocationFile {krl}"
    ),
}
