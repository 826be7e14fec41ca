"""In Chinese: sentences of `tiangong logs`."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    "run": Words("环境 {environment} 的运行 {run}："),
    "missed": Words("[两次查看之间有 {bytes} 字节略过；它们在最终日志中]"),
    "goes-on": Words("运行 {run} 仍在进行；目前还没有人为此签名。跟踪：tiangong logs {environment}/{run} -f"),
    "ended": Words("运行 {run}：{result}。"),
    "whose": Words(
        "{word} 既不是环境，也不是恰好属于一个环境的运行；环境有：{known}",
        fix="tiangong status ENV 列出运行；或指明它的环境：tiangong logs RUN --env ENV",
    ),
    "follow-offline": Words("-f 会询问远程仓库，--offline 从不询问", fix="去掉其中一个"),
}
