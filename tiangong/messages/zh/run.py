"""In Chinese: sentences about runs."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    "in-doubt": Words(
        "{installation} 的运行 {run} 被中断；只有人才能判断这些步骤是否已经发生：{steps}",
        fix="查看主机，然后：tiangong agent resolve {run} --done （已发生）或 --again（重新执行）",
    ),
    "broke-off": Words(
        "{installation} 的运行 {run} 因代理的缺陷而中断（{error}）；会重新查看", fix="附上代理的日志报告它"
    ),
    "unknown": Words("这个代理的运行账本中没有运行 {run}", fix="tiangong status ENV 列出最近的运行"),
    "not-in-doubt": Words("运行 {run} 没有存疑的步骤", fix="无需处理"),
}
