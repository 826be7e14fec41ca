"""In Chinese: sentences about merging profiles and preparing steps."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    "no-product-or-channel": Words(
        "安装实例 {installation} 没有写明产品或发布渠道，也没有配置档写明", fix="写 spec.product 和 spec.channel"
    ),
    "unknown-product": Words("产品 {product} 不存在，或不可信任", fix="写好并签名 products/{product}/product.yaml"),
    "unknown-channel": Words("机群的流水线中没有发布渠道 {channel}", fix="可选：{known}"),
    "unknown-profile": Words("配置档 {profile} 不存在，或不可信任", fix="写好并签名 profiles/{profile}.yaml"),
    "unknown-name": Words("${{{name}}} 不是已知的名称", fix="可选：{known}"),
    "open-name": Words("{value} 中的 ${{ 没有闭合，或其中又有一个", fix="写 ${{config.NAME}}；名称不能嵌套"),
    "name-in-script": Words("脚本中不得含有 ${{…}}：值可能变成命令", fix="用 env: 传入并使用变量"),
    "name-in-run": Words(
        "{word} 把 ${{…}} 混在词中，或位于 -c 或 -e 之后", fix="使它成为独立的一个元素，或用 env: 传入"
    ),
    "unknown-config": Words("{name} 不在 {release} 的约定中", fix="删除它，或在发布的 config: 下声明"),
    "config-missing": Words("{name}（{type}）没有值，{release} 也没有默认值", fix="写在安装实例的 spec.config 下"),
    "config-type": Words(
        "{value} 不是类型 {type}（{release} 声明了 {name}: {type}）", fix="修正该值，或删除该行以使用默认值"
    ),
    "secret-by-name": Words(
        "{name} 是机密（由 {release} 声明），而那里写的不是对机密的引用",
        fix=(
            "写 {name}: {{secret: NAME/KEY}}，并在代理的 agent.yaml 中列出该机密；如果值本身已经提交，"
            "请在使用它的地方更换"
        ),
    ),
    "artifact-in-text": Words(
        "${{{name}}} 位于文本之中；制品是文件，不是词", fix="使它成为接受制品的字段的完整值，例如 unpack 或 place"
    ),
    "reserved-word": Words(
        "配置的值在这里形成了 ${{secret:…}} 或 ${{artifact:…}} 的开头，而这只能由计划器写出",
        fix="更改安装实例、配置档或标签中的值",
    ),
    "overlapping-overrides": Words("配置覆盖 {ranges} 都匹配 {version}", fix="使范围互不重叠"),
    "unknown-health": Words("health 指明了步骤 {name}，但发布中没有它", fix="修正 spec.health 下的名称"),
}
