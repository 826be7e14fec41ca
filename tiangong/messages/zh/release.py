"""In Chinese: sentences about releases: the app's file, its payload, publishing."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    # ── the app's file ───────────────────────────────────────────────────────────────────────────────────────────
    "no-file": Words("没有这个文件", fix="新建：tiangong release new ；或指明：publish … FILE"),
    "exists": Words("已经存在", fix="编辑它，或先把它移走"),
    "other-head": Words("{field} 不是 {expected}", fix="写 {expected}，或删除该行"),
    "other-name": Words("{said} 与正在发布的 {name} 不符", fix="不写 metadata.name，或只写产品名"),
    "payload-list": Words("这里的 payload 是通配符列表；摘要在发布时填入", fix="payload: [sql/**, etc/*]"),
    # ── payload ──────────────────────────────────────────────────────────────────────────────────────────────────
    "payload-name": Words(
        "{path} 中含有只有主机才知道的名称，因此这里无法判断是哪个文件",
        fix="写出完整路径，或在 spec.payload 下列出所有可能的文件",
    ),
    "payload-path": Words("{path} 不能作为载荷的路径：{why}", fix="重命名或移动它"),
    "payload-link": Words("是链接或不是普通文件", fix="用该文件的副本替换"),
    "payload-missing": Words("没有文件或目录 {path}", fix="修正路径，或创建该文件"),
    "payload-case": Words("与 {other} 仅大小写不同", fix="重命名其中一个"),
    "payload-empty": Words("目录中没有文件", fix="放入内容，或删除该步骤"),
    "payload-much": Words("载荷超过 {files} 个文件或 {bytes} 字节", fix="在 Git 之外以归档文件提供"),
    "not-asked": Words(
        "这里没有安装执行器 {executor}，因此无法检查它的步骤",
        fix="修正名称，或在 tiangong-deploy 旁安装提供它的 Python 软件包",
    ),
    # ── version and product ──────────────────────────────────────────────────────────────────────────────────────
    "bad-version": Words("{version} 不是 SemVer 版本", fix="例如 --version {guess}"),
    "build-part": Words("{version} 在 + 之后还有内容，它不表示先后，也不能成为路径", fix="--version {guess}"),
    "which-product": Words("是哪个产品？现有：{known}", fix="--product NAME"),
    "bad-product": Words("{name} 不能作为产品的名称", fix="小写字母和数字，中间可含 . _ -，最多 63 个字符"),
    "unknown-product": Words("还没有产品 {product}；现有：{known}", fix="修正 --product，或新建它：--create-product"),
    "no-product": Words("没有产品 {product}；现有：{known}", fix="修正名称"),
    "no-release": Words(
        "这里没有发布 {product}@{version}；现有：{known}",
        fix="修正版本，git pull，或发布它：tiangong release publish --version {version}",
    ),
    "leftover": Words("位于 {release} 的目录中，但该发布并未发布", fix="删除它，或发布另一个版本"),
    # ── what commands say ────────────────────────────────────────────────────────────────────────────────────────
    "already": Words("{release} 已经以相同内容发布；无需处理。"),
    "made": Words("已写入 {path}。"),
    "new-next": Words("下一步：编辑它，然后 tiangong release publish --version 1.0.0 --repo CONTROL-REPOSITORY"),
    "create-product": Words("还没有产品 {product}。新建它吗？"),
    "next-install": Words("下一步：tiangong install {product} --env ENVIRONMENT --channel {channel}"),
    "next-promote": Words("下一步：tiangong promote {release} --to {channel}"),
    "nobody": Words("还没有安装实例跟随 {product}。"),
    "on-first": Words("它立即进入发布渠道 {channel}。"),
    "pre-release": Words("预发布版本只能通过晋级进入发布渠道（D3）。"),
    "none": Words("还没有发布任何内容：tiangong release publish --version 1.0.0"),
    "not-accepted": Words("未被接受"),
}
