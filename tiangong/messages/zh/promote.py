"""In Chinese: sentences about promotions."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    "bad-name": Words("{name} 不是 product@version 的形式", fix="例如 shop@1.4.0"),
    "unknown-channel": Words("流水线中没有发布渠道 {channel}；现有：{known}", fix="--to 取其中之一"),
    "skips": Words(
        "{release} 不在 {channel} 之前的发布渠道 {skipped} 上",
        fix="tiangong promote {release} --to {first} ；或有意跳过：--skip",
    ),
    "older": Words(
        "发布渠道 {channel} 已有 {newest}，比 {version} 更新；这不会使任何安装实例降级",
        fix="已有 {newest} 的环境保持不变；要把它们带到别处，请发布更新的版本",
    ),
    "recalled": Words(
        "{release} 已被 {name} 召回：{reason}；不会有人安装它",
        fix="晋级另一个发布；查看召回：tiangong recalls list",
    ),
    # ── what the command says ────────────────────────────────────────────────────────────────────────────────────
    "already": Words("{release} 已经在发布渠道 {channel} 上；无需处理。"),
    "skip-it": Words("{release} 不在发布渠道 {skipped} 上。仍要把它晋级到 {channel} 吗？"),
    "nobody": Words("还没有安装实例跟随 {product} 的发布渠道 {channel}。"),
    "next": Words("下一步：tiangong status"),
}
