"""In Chinese: sentences about what was before, and what differs."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    "no-document": Words("这里没有任何提交包含过这个文档", fix="指明一个文档，例如 environments/dev/environment.yaml"),
    "no-runs": Words("就代理所报告的，{name} 中还没有运行过任何内容。"),
    "untrusted": Words("它的回执不是代理所写"),
    "version": Words("代次 {generation}   {when}   {signers}   {commit} {subject}"),
    "nobody": Words("无人"),
    "removed": Words("已移除   {when}   {commit} {subject}"),
    "more": Words("还有更多：tiangong history {target} -n {more}"),
    # ── diff ─────────────────────────────────────────────────────────────────────────────────────────────────────
    "same": Words("{name}：{version}，与期望一致"),
    "held": Words("{name}：{version}，暂缓"),
    "change": Words("{name}：{kind} {change}，{verdict}"),
    "steps": Words("待执行的步骤：{steps}"),
    "undo": Words("先要撤销的步骤：{steps}"),
    "drifted": Words("与主机上的不同：{steps}"),
    "nothing-there": Words("未安装"),
    "no-commit": Words("这里没有提交 {revision}", fix="git fetch，或查看：git log"),
    "bad-range": Words("{range} 不是 REV..REV 的形式", fix="例如 HEAD~1..HEAD，或 v1..main"),
    "no-difference": Words("没有任何文档存在差异。"),
    "word-new": Words("新建    {path}   {signers}"),
    "word-edited": Words("已编辑  {path}   {signers}"),
    "word-removed": Words("已移除  {path}"),
    "word-signed": Words("已签名  {path}   {signers}"),
}
