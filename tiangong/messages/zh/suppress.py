"""In Chinese: sentences about suppressions."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    "what": Words("要抑制什么？", fix="指明 ENV 或 ENV/INST，用 --env GLOB 或 -l k=v 选择，或用 --all 抑制全部"),
    "how-long": Words("到什么时候？", fix="--for 2h，或 --until 2026-12-01T08:00:00+01:00（二者取一）"),
    "over-already": Words("{until} 已经过去", fix="给出将来的时间"),
    "no-reason": Words("请说明原因，供发现变更被暂缓的人了解", fix="--reason 'payment incident'"),
    "bad-id": Words("{id} 不能作为变更抑制的名称", fix="--id ID：小写字母和数字，中间可含 . _ -，最多 63 个字符"),
    "id-taken": Words("已经有变更抑制 {id}", fix="换一个名称；它不能编辑"),
    "message": Words("抑制 {what} 到 {until}：{reason}"),
    "everything": Words("一切"),
    "until": Words("抑制到 {until}：{what}"),
    "next": Words("下一步：tiangong suppression show {id} ；tiangong status 显示哪些被暂缓"),
    "none-holds": Words("没有变更抑制作用于 {target}；tiangong why ENV 说明还有什么可能作用于它。"),
    "holds": Words("{name} 抑制它到 {until}：{reason}（由 {signers} 签名）"),
    "holds-more": Words(
        "没有做任何更改：{ids} 抑制的不止 {target}；变更抑制只能整个结束",
        fix="要对它抑制的一切结束：tiangong suppression withdraw {ids} --reason WHY ；要继续抑制其余部分，请先另行抑制",
    ),
    "over-by-now": Words("{id} 已不再抑制任何东西", fix="tiangong suppression list 显示生效的变更抑制"),
    "withdraw-message": Words("撤回 {names}：{reason}"),
    "withdrawn": Words("已撤回"),
    "none": Words("没有生效的变更抑制。"),
    "over": Words("已结束"),
}
