"""In Chinese: sentences about documents: their bytes, their YAML, their fields, their place."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    "too-large": Words("大小为 {size} 字节；文档最多 {limit} 字节", fix="缩小它，或作为载荷随发布提供"),
    "not-utf8": Words("不是 UTF-8 文本", fix="保存为 UTF-8"),
    "byte-order-mark": Words("以字节顺序标记开头", fix="保存为不带 BOM 的 UTF-8"),
    "crlf": Words("使用 Windows 换行（CR LF）", fix="以 LF 保存；.gitattributes 中写 `* -text` 可保持不变"),
    "character": Words(
        "含有字符 {character}，人看不见它或终端会执行它",
        fix='删除它，或在双引号中写成转义，例如 "\\u200d"；U+0000 一律不允许',
    ),
    "syntax": Words(
        "无法按 YAML 解析：{why}", fix="检查此处附近的缩进和冒号；以 > | @ % & * ! ` [ {{ 开头的词要加引号"
    ),
    "not-a-mapping": Words("不是由字段组成的映射", fix="以 apiVersion、kind、metadata、spec 开头"),
    "alias": Words("使用了别名（*name）", fix="给以 * 开头的词加引号，或直接写出值"),
    "anchor-or-tag": Words("使用了锚点（&name）或标签（!name）", fix="给以 & 或 ! 开头的词加引号，或直接写出值"),
    "marker": Words("含有文档分隔符（---、...）或指令（%）", fix="每个文件一个文档，不用分隔符"),
    "complex-key": Words("用映射或列表作为键", fix="键只能是普通的词"),
    "bad-key": Words("含有键 {key}，它为空、是块或合并键", fix="键只能是普通的词；把合并的字段直接写出"),
    "duplicate-key": Words("键 {key} 出现两次", fix="只保留一个"),
    "too-deep": Words("嵌套超过 {limit} 层", fix="减少层次"),
    "too-many": Words("超过 {limit} 个值", fix="拆分它"),
    "ambiguous-key": Words("含有键 {key}，有些程序会把它读成数字、真假值或空值", fix='加引号："{key}"'),
    "ambiguous": Words(
        "{value} 被一些程序读成文本，被另一些读成数字、日期或真假值",
        fix='加引号："{value}"（或写 true、false 或普通数字）',
    ),
    "wrong-api-version": Words("没有 apiVersion，或不是所需的值", fix="写 apiVersion: {expected}"),
    "unknown-kind": Words("未知的 kind {kind}", fix="写 kind: {known}"),
    "kind-elsewhere": Words("是 {kind}，但这里只能放 {expected}", fix="移到它自己的路径"),
    "wrong-path": Words("所在路径与它的名称不符", fix="移到 {belongs}，或修正 metadata.name"),
    "bad-name": Words(
        "{name} 不能作为这里的名称：路径将必须是 {path}",
        fix="小写字母和数字，中间可含 . _ -；发布的名称如 shop@1.4.0，晋级的名称如 shop@1.4.0/stable",
    ),
    "not-as-named": Words("{value} 与 metadata.name 所说的 {expected} 不符", fix="写 {expected}，或换一个名称"),
    "environment-here": Words("{kind} 没有 metadata.environment", fix="删除该行"),
    "unknown-field": Words("未知字段 {name}", fix="你是否想要 {guess}？"),
    "unknown-field-no-guess": Words("未知字段 {name}", fix="删除它；这里可用的有：{known}"),
    "not-yet": Words("尚不支持 {field}", fix="在支持它的版本到来之前先删除；它不会有任何作用"),
    "missing-field": Words("缺少 {field}", fix="补上它"),
    "quote-it": Words("{value} 不是文本", fix='加引号："{value}"'),
    "not-text": Words("{value} 不是文本", fix="写一行文本"),
    "not-integer": Words("{value} 不是整数", fix="写一个整数，不加引号"),
    "not-number": Words("{value} 不是数字", fix="写一个数字，例如 3 或 2.5，不加引号"),
    "not-truth": Words("{value} 既不是 true 也不是 false", fix="写 true 或 false，不加引号"),
    "not-fields": Words("{value} 不是由字段组成的映射", fix="在它下面缩进写 field: value，或写 {{field: value}}"),
    "not-list": Words("{value} 不是列表", fix="写 [one, two]，或每项一行并以 - 开头"),
    "not-one-of": Words("{value} 不在 {allowed} 之中", fix="写其中之一"),
    "not-a-name": Words("{value} 不是名称", fix="小写字母和数字，中间可含 . _ -，最多 63 个字符"),
    "not-as-pattern": Words("{value} 不符合格式 {pattern}", fix="修正它"),
    "too-small": Words("{value} 小于 {limit}", fix="写 {limit} 或更大的值"),
    "too-big": Words("{value} 大于 {limit}", fix="写 {limit} 或更小的值"),
    "too-few": Words("{value} 的条目太少", fix="至少写 {limit} 个"),
    "wrong-value": Words("{value} 有误：{why}", fix="修正该值"),
    "more": Words("还有 {count} 个错误", fix="先修正以上这些"),
    "number-too-long": Words("{value} 的位数超过文档中数字的上限", fix="加引号写成文本"),
    "cant-edit": Words(
        "字段 {field} 无法在这里设置：它的上一级既不是映射，也不是足够长的列表", fix="查看文档，并指明另一个字段"
    ),
    "cant-stamp": Words(
        "无法在不改变其内容的前提下盖戳", fix="metadata 和 spec 写成块，每行一个字段，并以换行结束文件"
    ),
}
