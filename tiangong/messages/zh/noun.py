"""In Chinese: sentences about products, channels and profiles as things that are made, listed and shown."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    "bad-name": Words("{name} 不能作为 {noun} 的名称", fix="小写字母和数字，中间可含 . _ -，最多 63 个字符"),
    "exists": Words("已经有 {noun} {name}", fix="tiangong edit {noun} {name}"),
    "new-product": Words("新产品 {name}"),
    "new-channel": Words("新发布渠道 {name}"),
    "new-profile": Words("新配置档 {name}"),
    "no-products": Words("还没有产品：tiangong product new NAME"),
    "no-profiles": Words("还没有配置档：tiangong profile new NAME"),
    "next-product": Words("下一步：tiangong release publish --product {name} --version 1.0.0 ，在它自己的目录中"),
    "next-channel": Words("下一步：tiangong promote PRODUCT@VERSION --to {name}"),
    "next-profile": Words("下一步：tiangong edit profile {name} ，然后 tiangong env new NAME --profile {name}"),
    "no-such-channel": Words("流水线中没有发布渠道 {channel}；现有：{known}", fix="--after 取其中之一"),
    "in-pipeline": Words(
        "tiangong.yaml 已列出发布渠道 {name}，但没有它的文档",
        fix="写 channels/{name}.yaml，或把它移出流水线：tiangong edit fleet",
    ),
}
