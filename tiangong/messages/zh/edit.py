"""In Chinese: sentences about editing documents: finding the one that is meant, setting fields, the editor."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    # ── which document ───────────────────────────────────────────────────────────────────────────────────────────
    "bad-target": Words(
        "{target} 没有指明任何文档",
        fix="例如 prod-eu、prod-eu/shop、product shop、profile production、policy，或文件的路径",
    ),
    "no-environment": Words(
        "没有环境 {target}；现有：{known}",
        fix="指明其中之一，说明它是什么（product shop、profile production），或给出路径",
    ),
    "no-installation": Words(
        "环境 {environment} 没有安装实例 {name}；现有：{known}",
        fix="tiangong install PRODUCT --env {environment} --channel CHANNEL",
    ),
    "no-target": Words("没有 {target}；现有：{known}", fix="指明其中之一"),
    # ── fields ───────────────────────────────────────────────────────────────────────────────────────────────────
    "bad-field": Words(
        "{field} 不能作为字段",
        fix="写成 config.listen、windows.allow[nights].for 或 overrides[0].versions 的形式；[+] 表示新条目",
    ),
    "no-entry": Words("{field}：没有条目 {name}", fix="指明已有的条目，或用 [+] 新建"),
    "bad-pair": Words("{pair} 不是 key=value 的形式", fix="例如 config.listen=9090"),
    "not-set": Words("{target} 没有字段 {field}", fix="查看它：tiangong edit {target}"),
    "nothing-given": Words("没有要设置的内容", fix="tiangong set TARGET key=value ，或 --unset key"),
    "wrong-type": Words('"{value}" 不是产品的发布所声明的类型 {type}', fix="修正该值"),
    "secret-by-name": Words("是机密：Git 中只写它的名称，从不写机密本身", fix="写 name/key，例如 shop-db/password"),
    "unchanged": Words("{target} 已经如此；无需处理。"),
    "default-message": Words("编辑 {target}"),
    "default-set": Words("{target}：{fields}"),
    # ── the editor ───────────────────────────────────────────────────────────────────────────────────────────────
    "no-editor": Words("没有指定编辑器", fix="设置 VISUAL 或 EDITOR，例如：export EDITOR=nano"),
    "editor-failed": Words("编辑器（{editor}）以 {code} 结束；没有做任何更改", fix="你的文本保存在 {file}"),
    "editor-ended": Words("编辑器（{editor}）以 {code} 结束；没有做任何更改", fix="保存文件，并正常退出编辑器"),
    "no-editor-here": Words("编辑器 {editor} 无法启动：{why}", fix="把 VISUAL 或 EDITOR 设为已安装的编辑器"),
    "picked-up-later": Words("你的文本已保存；签名请用：tiangong edit {target}"),
    "mistakes": Words("目前的内容不能签名。"),
    "go-on": Words("继续编辑？"),
    "pick-up": Words("有上次编辑 {target} 时留下的文本，时间为 {when}。继续编辑它吗？"),
    "picked-up": Words("继续使用上次编辑的文本，保存在 {file}。"),
    "kept": Words("没有签名，也没有做任何更改", fix="你的文本已保存；继续：tiangong edit {target}"),
    "not-edited": Words("没有编辑任何内容。"),
    "changed-meanwhile": Words(
        "在你编辑期间被他人更改；没有签名", fix="你的文本保存在 {file}：比较两者，然后 tiangong edit {target}"
    ),
    "once": Words("{kind} 只写一次，从不编辑", fix="另写一个新的"),
    "schema-line": Words("# yaml-language-server: $schema={schema}"),
}
