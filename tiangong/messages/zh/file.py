"""In Chinese: sentences of the file executor."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    # where
    "relative": Words(
        "路径不以 / 开头，而这个代理没有可作为相对基准的 basePath",
        fix="写出完整路径，或在主机上设置 file 插件的 config.basePath",
    ),
    "outside-base": Words(
        "路径在代理的 basePath {base} 之外", fix="选择它之下的路径，或在主机上更改 file 插件的 config.basePath"
    ),
    "link-on-the-way": Words(
        "是符号链接（指向 {target}）；通往文件的路径上不跟随任何链接",
        fix="写链接所指向的路径；如果它是主机的运维人员建的，basePath 可以经过它",
    ),
    "not-a-folder": Words("不是目录", fix="把它移走，或修正路径"),
    "in-the-way": Words("那里有 {what}，不会用其他种类的内容替换它", fix="把它移走，或在更早的步骤中删除"),
    "into-itself": Words("不能从 {source} 复制：其中一个位于另一个之内", fix="修正 copy 或 to"),
    # what
    "no-payload": Words("发布中没有 {path}（现有：{known}）", fix="修正步骤中的路径"),
    "no-artifact": Words("发布没有制品 {name}（现有：{known}）", fix="修正 ${{artifact.…}} 中的名称"),
    "keep-of-file": Words("keep 用于目录，而 {path} 是文件", fix="删除 keep"),
    "no-source": Words("没有可复制的内容", fix="修正 copy，或在更早的步骤中创建它"),
    "odd-source": Words("既不是文件也不是目录，因此不会复制", fix="复制文件或目录"),
    "link-out": Words("是指向所复制目录之外的链接", fix="删除它，或复制它的目标"),
    "no-target": Words("链接将指向 {target}，但那里什么也没有", fix="在更早的步骤中创建它"),
    "no-user": Words("这台主机上没有用户 {user}", fix="修正 owner，或创建该用户"),
    "no-group": Words("这台主机上没有用户组 {group}", fix="修正 group，或创建该用户组"),
    "not-one-file": Words("不止一个文件", fix="对目录使用 place 或 copy"),
    # archives
    "bad-archive": Words(
        "归档文件有问题：{what}；没有解包任何内容", fix="重新打包普通文件和目录，例如：tar czf app.tar.gz -C dist ."
    ),
    "archive-too-large": Words(
        "归档文件的内容超过 {largest} 字节；没有解包任何内容",
        fix="减少内容，或在主机上设置 file 插件的 config.largestUnpacked",
    ),
    "archive-ratio": Words(
        "归档文件解开后超过自身大小的 {ratio} 倍；没有解包任何内容", fix="去掉几乎全空的文件，或降低压缩率"
    ),
    "zstd": Words("不支持 zstd 归档文件", fix="打包为 .tar.gz、.tar.xz 或 .zip"),
    # templates
    "template-not-text": Words("模板不是 UTF-8 文本", fix="保存为 UTF-8，或使用 place"),
    "template-too-large": Words("模板大于 {limit} 字节", fix="大文件请使用 place"),
    "template-syntax": Words("模板无法解析：{why}", fix="修正该行并发布新版本"),
    "template-undefined": Words("模板要求了步骤没有提供的值：{why}", fix="把它加入 values，或修正模板"),
    "template-unsafe": Words("模板做了不允许的事：{why}", fix="只使用普通的值"),
    "template-failed": Words("模板失败：{why}", fix="修正该行并发布新版本"),
    "template-too-much": Words("模板占用过多内存或时间，或产生超过 {limit} 字节", fix="缩短其中的循环和文本"),
    "no-renderer": Words("无法用 {python} 启动模板引擎", fix="重新安装 tiangong-deploy"),
    # system
    "no-space": Words("无法写入：{why}；原有内容未受影响", fix="腾出空间"),
    "denied": Words("无法更改：{why}", fix="检查其所有者，以及运行代理的用户"),
    "read-only": Words("无法更改：{why}", fix="选择可写文件系统上的路径"),
    "refused-by-system": Words("无法完成：{why}", fix="查看主机上的该路径"),
    "too-deep": Words("位于超过 {deepest} 层目录之下", fix="减少目录层次"),
    "mounted": Words("那里挂载了另一个文件系统，因此其中的内容既不替换也不删除", fix="卸载它，或选择另一个路径"),
    "too-much-else": Words(
        "该目录中有超过 {most} 项不是这个步骤放入的内容；不会替换它",
        fix="放到专用的目录中，例如 …/releases/${{release.version}}",
    ),
    "not-recursive": Words("目录非空", fix="如果其中的一切都可以删除，在步骤中加上 recursive: true"),
    "not-empty": Words("目录非空，因此保留", fix="查看其中的内容，并手动删除"),
    "changed-since": Words(
        "已不是步骤留下的样子，因此不会自动恢复；旧目录是旁边的 {old}", fix="查看两者，手动恢复应保留的内容"
    ),
    # findings
    "in-place": Words("{path} 已就位"),
    "is-gone": Words("{path} 不存在"),
    "still-there": Words("{path} 仍然存在"),
    "is-no-file": Words("{path} 不是文件"),
    "is-no-folder": Words("{path} 不是目录"),
    "is-no-link": Words("{path} 不是链接"),
    "other-content": Words("{path} 的内容不同"),
    "other-mode": Words("{path} 的权限不同"),
    "other-owner": Words("{path} 属于他人"),
    "leads-elsewhere": Words("{path} 指向别处"),
    # what is done
    "would-place": Words("把 {source} 放到 {path}"),
    "would-template": Words("按模板 {source} 生成并写入 {path}"),
    "would-unpack": Words("把 {source} 解包到 {path}"),
    "would-copy": Words("把 {source} 复制到 {path}"),
    "would-link": Words("让 {path} 指向 {source}"),
    "would-delete": Words("删除 {path}"),
    "would-directory": Words("创建目录 {path}"),
    "did-place": Words("已放置 {path}"),
    "did-template": Words("已写入 {path}"),
    "did-unpack": Words("已解包 {path}"),
    "did-copy": Words("已复制 {path}"),
    "did-link": Words("已链接 {path}"),
    "did-delete": Words("已删除 {path}"),
    "did-directory": Words("已创建目录 {path}"),
    "nothing-to-do": Words("{path} 已是应有的样子"),
    "pruned": Words("已移除旧的 {path}"),
    "not-pruned": Words("[旧的 {path} 保留：{why}]"),
    "undone": Words("已恢复 {path} 原来的内容"),
    "left": Words("保留 {path}：里面还有其他内容"),
    "nothing-to-undo": Words("这个步骤没有更改 {path}"),
}
