"""In Chinese: sentences about SOPS files."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    "not-encrypted": Words(
        "没有加密：它没有 sops: 部分，而 Git 中的内容任何能克隆的人都能读",
        fix="如果它曾被推送，把它从 Git 历史中移除并更换其中的内容，再用 sops 写入",
    ),
    "plain": Words(
        "是明文值，而文件自己的规则要求加密",
        fix="如果它曾被推送，更换该机密，再用 sops 写入",
    ),
    "no-age": Words(
        "没有加密给任何 age 接收者（其他密钥：{others}），因此没有代理能打开它",
        fix="加入代理的接收者：sops rotate -i --add-age RECIPIENT FILE",
    ),
    "key-groups": Words(
        "把密钥拆分成组（Shamir），代理不会把它们拼起来",
        fix="不用 shamir_threshold 和密钥组用 sops 重新写入",
    ),
    "no-mac": Words(
        "没有 MAC：没有人能看出其中的部分是否被调换",
        fix="用 sops 重新写入且不带 --ignore-mac",
    ),
    "unknown": Words("使用了 SOPS 的 {name}，这里不理解它，因此不读取整个文件", fix="不用它重新写入；或升级 Tiangong"),
    "damaged": Words("已损坏：这一部分不是 SOPS 写出的", fix="恢复它：git checkout COMMIT -- FILE"),
    "altered": Words("不是写入时的样子：这一部分与其余部分不符", fix="恢复它：git checkout COMMIT -- FILE"),
    "not-for-me": Words(
        "用 {mine} 无法在此打开：它加密给 {recipients}",
        fix="请能打开它的人运行：sops rotate -i --add-age RECIPIENT FILE",
    ),
    "not-text": Words("含有与其类型不符的值，或不是文本", fix="以文本形式存放，例如 base64"),
    "cant-seal-to": Words("这里不能加密给 {recipient}：{why}；支持 X25519 密钥 age1…", fix="age-keygen 可生成"),
    "other-recipients": Words(
        "文档与其 SOPS 文件的接收者不同：{recipient} 只出现在其中之一",
        fix="在 recipients: 下写明文件加密给谁",
    ),
}
