"""In Chinese: sentences about the secrets of a host."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    "unreadable": Words(
        "机密 {secret} 无法读取：{why}", fix="把文件放到那里并让代理的用户可读，或修正 agent.yaml 中的 secrets:"
    ),
    "too-large": Words("机密 {secret} 大于 {limit} 字节", fix="机密是密码、令牌或密钥"),
    "not-text": Words("机密 {secret} 不是 UTF-8 文本", fix="存为文本，例如 base64"),
    "too-short": Words("机密 {secret} 短于 {shortest} 个字符，因此无法在日志中隐去", fix="选择更长的机密"),
    "no-key": Words("代理用于机密摘要的密钥无法保存：{why}", fix="让代理的用户拥有它的状态目录"),
}
