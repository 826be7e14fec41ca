"""In Chinese: sentences of `tiangong promoter init`."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    "bad-name": Words("{name} 不能作为机器的名称", fix="小写字母、数字和 - ，如 sealer-2"),
    "key": Words("密钥是 {file}（{fingerprint}）；它不在 Git 中。"),
    "add-key": Words("说明它属于谁：tiangong trust add-key {name} {file} --machine --push"),
    "set-role": Words("只允许它加封：tiangong trust set-role {name} sealer --push"),
    "secret": Words(
        "用于 CI：把 {file} 的内容放入机密 TIANGONG_SEALER_KEY"
        "（GitHub：Settings、Secrets、Actions；GitLab：Settings、CI/CD、Variables，masked 且 protected），"
        "然后删除此处的文件。"
    ),
    "branch": Words("允许该作业推送分支 seals ，其他人不允许。"),
}
