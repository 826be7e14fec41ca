"""In Chinese: sentences about what is installed."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    "no-release": Words("已安装的发布 {version} 已不在仓库中"),
    "no-answer": Words("执行器未能及时说明它的情况"),
}
