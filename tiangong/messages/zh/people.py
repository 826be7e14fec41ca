"""In Chinese: sentences about changing whom the repository believes."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    "adds-key": Words("为 {person} 添加密钥"),
    "gives-role": Words("{person} 获得角色 {role}"),
    "takes-role": Words("{person} 不再拥有角色 {role}"),
    "rotates": Words("信任根 {version}"),
    "unchanged": Words("无需更改：已经如此"),
    "next-role": Words("下一步：tiangong trust set-role {person} ROLE（tiangong trust roles 列出角色）"),
    "next-roles": Words("下一步：tiangong trust roles 显示谁现在拥有角色 {role}"),
    "next-root": Words("新旧两个版本都集齐所需签名后才有效：git pull && tiangong sign {path} --commit --push"),
    "bad-key": Words("不是公钥：{why}", fix="给出 .pub 文件，或用引号给出其中那一行"),
    "has-key": Words("{person} 已有密钥 {key}；一个密钥只代表一个人", fix="给每个人自己的密钥"),
    "has-not": Words("{person} 在那里没有角色 {role}", fix="查看谁拥有：tiangong trust roles"),
    "no-role": Words("没有角色 {role}；角色集合是封闭的", fix="可选：{known}"),
    "no-person": Words(
        "策略中没有名为 {person} 的人", fix="先添加密钥：tiangong trust add-key {person} FILE.pub（已知：{known}）"
    ),
    "remove-alone": Words("--remove 不能与 --threshold 和 --touch 同用", fix="去掉它们"),
    "not-in-quorum": Words("{person} 不在签名 {quorum} 的人之中", fix="他们是：{known}"),
    "out-of-reach": Words(
        "{quorum} 需要 {threshold} 人签名，却只列出 {people} 人；之后谁也无法再更改", fix="降低阈值或增加人员"
    ),
    "bad-reset": Words(
        "{word} 不是 FILE=N 的形式",
        fix="--reset-mark environments/prod-eu/environment.yaml=7 ，其中 7 是最后一个可信的代次",
    ),
    "nothing-rotates": Words(
        "信任根没有要更改的内容", fix="说明更改什么：--add-root WHO=FILE.pub、--remove-root WHO、--expires TIME …"
    ),
}
