"""In Chinese: sentences about what a change will lead to, said before it is signed."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    "what-next": Words("随后会发生："),
    "nobody": Words("没有代理会因此做任何事。"),
    "untold": Words("无法判断代理会做什么：{reason}"),
    "ready": Words("  {name}：{change} {version}（步骤：{steps}）"),
    "held": Words("  {name}：{change} {version}，暂缓：{reason}"),
    "stays": Words("  {name}：保持 {version}"),
    "held-at": Words("  {name}：保持 {version}：{reason}"),
    "held-out": Words("  {name}：未安装：{reason}"),
    "reasons": Words("{first}（另有 {more} 条）"),
    "unknown": Words("  {environment}：无法判断，{reason}"),
    "more": Words("  … 另有 {count} 个环境，未查看"),
    "no-agent": Words("  {environment}：还没有代理加入"),
    "follow": Words("下一步：tiangong status {target} ，或 tiangong why {target}"),
    "follow-all": Words("下一步：tiangong status"),
    "absent": Words("  {name}：保持不存在"),
    "uninstalls": Words("  {name}：{change} {version}（撤销：{undo}；步骤：{steps}）"),
    "keeps": Words("  {name}：这些步骤无法撤销，其结果会保留：{steps}"),
}
