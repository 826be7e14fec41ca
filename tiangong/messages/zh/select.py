"""In Chinese: sentences about choosing environments."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    "none": Words("没有符合的环境；现有：{known}", fix="--env 接受通配符，-l 接受 k=v；tiangong env list 显示标签"),
    "how": Words("哪些环境？", fix="指明一个，或选择：--env GLOB、-l k=v"),
    "one-way": Words("{one} 与 {other} 不能同时使用", fix="去掉其中一个"),
}
