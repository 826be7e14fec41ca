"""In Chinese: sentences about the journal on disk."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    "cant-open": Words("运行账本无法打开：{why}", fix="检查状态目录的权限和剩余空间"),
    "cant-write": Words("运行账本无法写入：{why}；在此期间不会启动任何操作", fix="腾出空间，或使状态目录可写"),
    "cant-read": Words("运行账本无法读取：{why}", fix="检查磁盘；重新启动后，代理会把损坏的文件移开"),
    "set-aside": Words(
        "运行账本已损坏（{why}），保存为 {aside}；已建立新的账本", fix="查看旧文件；上次状态之后执行的步骤可能存疑"
    ),
    "newer": Words("运行账本由更新的版本写成（结构 {found}，这里支持 {known}）", fix="重新安装较新的版本"),
}
