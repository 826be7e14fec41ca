"""In Chinese: sentences about recalls."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    "verb": Words("recall 需要 PRODUCT 和 RANGE", fix="tiangong recalls {verb} （这类操作归 recalls 命令）"),
    "no-range": Words(
        "{product} 的哪些版本？", fix="tiangong recall {product} '>=1.3.0 <1.3.4' --reason WHY ，或一个版本"
    ),
    "no-reason": Words("请说明原因，供运行它的人了解", fix="--reason CVE-2026-1234"),
    "roll-off": Words("{how} 不是召回处置方式", fix="--roll-off forward"),
    "roll-off-later": Words(
        "召回处置方式 {how} 尚未实现，因此被拒绝，而不是被忽略",
        fix="--roll-off forward：升级到发布渠道中最新的可用版本；要冻结一切：tiangong suspend",
    ),
    "id-taken": Words("已经有召回 {product}/{id}", fix="换一个名称；它不能编辑"),
    "message": Words("召回 {product} {range}：{reason}"),
    "versions": Words("{product} 被召回的版本：{versions}"),
    "none-yet": Words("{product} 没有已发布的版本在 {range} 之内；它对以后的版本生效"),
    "next": Words("下一步：tiangong recalls show {id} ；tiangong status 显示谁仍在运行它"),
    "over": Words("{id} 已经撤回", fix="tiangong recalls list 显示生效的召回"),
    "none": Words("没有生效的召回。"),
    "except": Words("{range}，{but} 除外"),
}
