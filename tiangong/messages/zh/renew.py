"""In Chinese: sentences of `tiangong renew`."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    "nothing": Words("没有我可以签名且需要重新签名的文档，也没有即将到期的内容。"),
    "these": Words("{count} 个文档待签名；签名前请逐一查看。"),
    "others": Words("还有 {count} 个只有其他人可以签名：请他们运行 tiangong renew 。"),
    "message": Words("重新签名 {count} 个文档"),
}
