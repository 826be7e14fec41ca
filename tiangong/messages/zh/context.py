"""In Chinese: sentences about contexts: names for the clones on this machine."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    "unknown": Words("没有上下文 {name}；现有：{known}", fix="tiangong context add {name} DIR ，或指明另一个"),
    "gone": Words(
        "上下文 {name}：这里已不再有控制仓库",
        fix="重新克隆，或 tiangong context add {name} DIR ，或 tiangong context remove {name}",
    ),
    "cant-read": Words("无法读取上下文：{why}", fix="检查其权限"),
    "cant-write": Words("无法保存上下文：{why}", fix="腾出空间或修正权限"),
    "bad-name": Words("{name} 不能作为上下文的名称", fix="小写字母和数字，中间可含 . _ -，最多 63 个字符"),
    "exists": Words("上下文 {name} 已经是另一个克隆：{folder}", fix="换一个名称，或：tiangong context remove {name}"),
    "added": Words("上下文 {name} 是 {folder}。"),
    "used": Words("从现在起，在任何克隆之外都使用上下文 {name}（{folder}）。"),
    "unused": Words("从现在起，除非明确指定，否则不使用上下文。"),
    "removed": Words("上下文 {name} 已移除；克隆 {folder} 保留。"),
    "none": Words("还没有上下文：tiangong context add NAME DIR"),
    "here": Words("{folder}：当前目录所在的克隆"),
    "named": Words("{folder}：指定的上下文 {name}"),
    "chosen": Words("{folder}：上下文 {name}，由 tiangong context use 选定"),
    "repo": Words("{folder}：由 TIANGONG_REPO 指定"),
    "using": Words("使用上下文 {name}（{folder}）。"),
}
