"""In Chinese: sentences of `tiangong whoami`."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    "person": Words("{person}（密钥 {key}，{where}）"),
    "machine": Words("机器 {person}（密钥 {key}，{where}）"),
    "in-agent": Words("在 ssh agent 中"),
    "may": Words("  {role}：{kinds}{scope}"),
    "alone": Words("需要 {count} 个签名"),
    "touch": Words("需触摸"),
    "signs-nothing": Words("  {role}：不签名任何内容"),
    "no-role": Words("  没有角色：不能签名任何内容"),
    "stranger": Words("这里不认识（密钥 {key}，{where}）"),
}
