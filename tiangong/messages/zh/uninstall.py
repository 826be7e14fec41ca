"""In Chinese: sentences about uninstalling products."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    "where": Words("要从哪里卸载？", fix="选择环境：--env GLOB 或 -l k=v；或 ENV/INST"),
    "none": Words(
        "这些环境都没有要求安装 {product}：{environments}",
        fix="tiangong status 显示各处有什么；指明一个：tiangong uninstall ENV/INST",
    ),
    "from": Words("将移除 {product}：{what}"),
    "message": Words("卸载 {what}"),
    "already": Words("那里已经要求卸载它；无需处理。"),
}
