"""In Chinese: sentences about the layout of documents."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    "cant": Words("无法在不丢失注释或有意义的换行的前提下排版；保持原样", fix="手动排版；没有任何事情依赖于它"),
    "formatted": Words("已排版 {path}"),
    "would": Words("将排版 {path}"),
    "all-fine": Words("没有需要排版的内容：{count} 个文档已签名或已排好。"),
    "next": Words("下一步：tiangong fmt"),
}
