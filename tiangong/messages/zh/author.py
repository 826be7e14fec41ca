"""In Chinese: sentences about an author's own clone: finding it, keys, who may sign, committing, pushing."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    # ── the clone ────────────────────────────────────────────────────────────────────────────────────────────────
    "no-repository": Words(
        "这里及其上级目录都没有控制仓库（没有 tiangong.yaml）",
        fix="cd 进入你的克隆，用 -C DIR 或 TIANGONG_REPO 指明，或新建一个：tiangong init DIR",
    ),
    "not-git": Words("不是 git 能打开的克隆：{why}", fix="克隆控制仓库：git clone URL"),
    "no-git": Words("没有安装 git", fix="安装 git 2.30 或更新版本，例如：apt install git"),
    "git": Words("{command} 失败：{why}", fix="修正后重新运行；没有做任何更改"),
    "cant-read": Words("无法读取：{why}", fix="检查其权限"),
    "cant-write": Words("无法写入：{why}", fix="腾出空间或修正权限；没有做任何更改"),
    "not-a-file": Words("不是普通文件", fix="用文件替换该链接或目录"),
    "no-identity": Words(
        "git 不知道你是谁，因此无法提交",
        fix="git config --global user.name 'Your Name' && git config --global user.email you@example.org",
    ),
    "changed-meanwhile": Words("在签名期间又被保存；没有签名，也没有做任何更改", fix="重新运行命令"),
    "switched-meanwhile": Words("在签名期间检出了另一个分支；没有做任何更改", fix="重新运行命令"),
    "hook-changed": Words(
        "你的一个 git 钩子在签名之后改动了它；提交已撤回",
        fix="让钩子不要触碰文档和签名（查看：git config core.hooksPath）",
    ),
    # ── keys ─────────────────────────────────────────────────────────────────────────────────────────────────────
    "no-key": Words(
        "没有找到可用来签名的 SSH 密钥：git 的 user.signingkey、~/.ssh 和 ssh agent 中都没有",
        fix="生成一个：ssh-keygen -t ed25519，或用 --key FILE 指明",
    ),
    "no-key-file": Words("密钥无法读取：{why}", fix="指明私钥，或其私钥在 ssh agent 中的 .pub 文件"),
    "bad-key-file": Words("不是可用来签名的密钥：{why}", fix="用 --key FILE 指明 OpenSSH 私钥"),
    "no-key-of": Words("这里没有 {person} 的密钥", fix="用 --key FILE 指明；已知以下人员的密钥：{known}"),
    "unknown-key": Words(
        "密钥 {key} 在这个仓库中不属于任何人", fix="请策略所有者把它加到 trust/policy.yaml 的 people: 下：{line}"
    ),
    "cant-make-key": Words("无法生成密钥：{why}", fix="检查目录的权限"),
    "no-ssh-keygen": Words("没有安装 ssh-keygen", fix="安装 OpenSSH 客户端（openssh-client）"),
    "cant-sign": Words(
        "密钥 {key} 没有签名：{why}；没有做任何更改",
        fix="检查口令、触摸操作，或 ssh agent 中是否有该密钥（ssh-add -L）",
    ),
    # ── who may sign ─────────────────────────────────────────────────────────────────────────────────────────────
    "no-trust": Words(
        "缺失：没有信任根和策略就无法签名", fix="tiangong init DIR ，或恢复它：git checkout COMMIT -- trust"
    ),
    "needs-role-typed": Words(
        "需要角色 {role}；{signer} 没有，{who} 有",
        fix="请 {who} 运行同一命令；谁有资格：tiangong trust roles",
    ),
    "needs-role": Words(
        "需要角色 {role}；{signer} 没有，{who} 有",
        fix=(
            "交给 {who}：git switch -c NAME && git commit -a && git push origin NAME；对方运行：git switch NAME "
            "&& tiangong commit -a -m 'sign'"
        ),
    ),
    "needs-touch": Words(
        "角色 {role} 要求使用需触摸的安全密钥；{signer} 的密钥不是（{who} 可以签名）",
        fix="用 --key ~/.ssh/id_ed25519_sk 指明",
    ),
    "needs-more": Words(
        "需要角色 {role} 的 {need} 个签名；还缺 {who} 中的 {more} 个",
        fix="推送它，并请他们运行：git pull && tiangong sign {path} --commit --push",
    ),
    # ── documents ────────────────────────────────────────────────────────────────────────────────────────────────
    "release-published": Words("{release} 已发布，从不编辑", fix="恢复它，并发布新版本"),
    "suppression-written": Words(
        "{name} 已写定，从不编辑；它到期或被撤回时结束", fix="恢复它；要抑制更久，请另写一个变更抑制"
    ),
    "recall-written": Words(
        "{name} 已写定，从不编辑；只有撤回能结束它",
        fix="恢复它；要召回更多版本：tiangong recall ；要结束它：tiangong recalls withdraw {name}",
    ),
    "withdrawal-written": Words("{name} 已写定，从不编辑", fix="恢复它；要结束另一项，请另写一个撤回"),
    "root-published": Words("信任根从不编辑", fix="恢复它，并写 trust/root/{next}.yaml"),
    "unknown-release": Words("没有发布 {release}", fix="先发布它；它应位于 {path}"),
    "deleting": Words(
        "删除文件不会产生任何动作：代理仍按其原有内容行事，并暂缓依赖它的一切",
        fix="保留它；要结束变更抑制：tiangong resume ；要停止某事请写明应当生效的内容",
    ),
    "unstamped": Words("从未盖戳，因此还没有可供多人签名的内容", fix="tiangong commit {path} （盖戳并签名）"),
    "edited-since": Words(
        "盖戳之后又被编辑；此时的签名会针对之前的版本", fix="tiangong commit {path} （重新盖戳并签名）"
    ),
    "no-document": Words("不是可以签名的文档", fix="指明一个文档，例如 environments/dev/environment.yaml"),
    "commit-signatures": Words("下一步：tiangong sign {files} --commit --push （或 git add 并提交 .sig 文件）"),
    "signed-already": Words("{person} 已经为 {path} 签过名。"),
    "co-signed": Words("已签名  {path}（代次 {generation}）"),
    # ── committing ───────────────────────────────────────────────────────────────────────────────────────────────
    "no-message": Words("请说明这次更改的目的", fix="tiangong commit -m MESSAGE"),
    "nothing-changed": Words("没有可提交的内容：每个文档都已签名并提交。"),
    "nothing": Words("没有可提交的内容：全部已经在那里", fix="查看：git status"),
    "no-such-path": Words("这个路径上什么也没有", fix="指明这个克隆中的文件或目录"),
    "outside": Words("位于控制仓库之外", fix="指明这个克隆中的文件或目录"),
    "unmerged": Words(
        "一次合并停在了这里",
        fix="tiangong commit --onto BRANCH -m MESSAGE （把你的编辑重放到较新的文档上），或手动改好后 git add",
    ),
    "others-unsigned": Words("不由你签名的未签名文档：{count} 个（tiangong verify 会列出）。"),
    "further-edits": Words("其中 {count} 个还有未暂存的编辑；它们留在你的工作区。"),
    "left": Words("其他位置有 {count} 个新文件未处理，例如 {first}（用 git add 加入）。"),
    "stopped": Words("git 正处于 {what} 的过程中", fix="完成它，或 git {what} --abort"),
    "detached": Words("没有检出任何分支，提交会丢失", fix="指明一个：--branch NAME，或 git switch main"),
    "bad-branch": Words("{branch} 不能作为分支的名称", fix="字母、数字、- 和 /"),
    "branch-exists": Words("分支 {branch} 已经存在", fix="先 git switch {branch}，或换一个名称"),
    "no-terminal": Words("没有得到确认：这里不是可以询问的终端", fix="加上 -a（所列的全部）或 --yes"),
    "not-confirmed": Words("没有签名，也没有做任何更改", fix="git add 你想要的内容，或指明路径"),
    "sign-these": Words("签名这些（{count} 个）并提交？"),
    "dry-run": Words("试运行：没有签名，也没有做任何更改。"),
    "edited": Words("已编辑  {path}"),
    "new": Words("新建    {path}"),
    "deleted": Words("已删除  {path}"),
    "other-written": Words("文件    {path}"),
    "other-removed": Words("已移除  {path}"),
    "field-added": Words("{field}：{new}（新增）"),
    "field-removed": Words("{field}：{old}（已删除）"),
    "field-changed": Words("{field}：{old} 改为 {new}"),
    "more-fields": Words("… 另有 {count} 个字段"),
    "signs": Words("{person} 以角色 {role} 签名"),
    "signs-partly": Words("{person} 以角色 {role} 签名；仍需 {who} 中的 {more} 个"),
    "touches": Words("{count} 个签名，需触摸安全密钥 {count} 次。"),
    "committed": Words("已提交 {commit} 到 {branch}"),
    "pushed": Words("已推送到 {remote}。跟踪进展：tiangong status -w"),
    "proposed": Words("已推送到 {remote}，用于拉取请求：合并之前不会有任何后果。"),
    "review": Words("下一步：打开拉取请求；审查者运行：tiangong plan --branch {remote}"),
    "next-push-branch": Words("下一步：git push -u origin {branch} ，然后打开拉取请求"),
    "next-push": Words("下一步：git push"),
    "go-on": Words("下一步：git {command}"),
    # ── bringing two lines of work together ──────────────────────────────────────────────────────────────────────
    "no-branch": Words("这里没有分支 {branch}", fix="git fetch，或查看：git branch -a"),
    "unrelated": Words("与 {label} 没有共同之处", fix="指明本分支所源自的分支"),
    "nothing-newer": Words("{label} 没有这里尚未包含的内容。"),
    "fetch-away": Words("无法向 {label} 询问新内容（{why}）；用本地已有内容继续", fix="恢复之后运行 git fetch"),
    "fast-forward": Words("你没有自己的编辑：现位于 {label}。"),
    "replaying": Words("你的编辑重放在 {label} 之上："),
    "bring-together": Words("与 {label} 合并"),
    "clash": Words("你写了 {mine}，{label} 中是 {theirs}（之前：{base}）", fix="在此处选定其一"),
    "clash-mine-gone": Words("你删除了它，而 {label} 编辑了它", fix="git add FILE 保留它，git rm FILE 删除它"),
    "clash-theirs-gone": Words("你编辑了它，而它在 {label} 中被删除", fix="git add FILE 保留它，git rm FILE 删除它"),
    "clash-deleted": Words("双方都编辑过，但工作区中没有它", fix="git checkout -m FILE 取回它，git rm FILE 删除它"),
    "clash-once": Words(
        "在这里和 {label} 中都发布过，且内容不同；已发布的内容任何人都不能编辑",
        fix="保留 {label} 中的，把你的以另一个版本号发布",
    ),
    "decide": Words(
        "没有签名：这些字段双方都改过，只有人才能决定",
        fix="编辑文件中标记之间的内容，然后：tiangong commit --onto {label} （放弃：git merge --abort）",
    ),
    "commit-first": Words(
        "没有做任何更改：这些字段双方都改过，只有人才能决定",
        fix="tiangong commit -a -m MESSAGE ，然后 tiangong commit --onto {label} 在那里决定",
    ),
    "merge-yourself": Words("git 无法开始供你做决定的合并", fix="git merge --no-commit {label}，并查看它的输出"),
    "markers-left": Words("仍有冲突标记，且标记之间有编辑", fix="手动完成：不留 <<<<<<< ======= >>>>>>> 行"),
    "other-conflict": Words(
        "双方都改过；只有文档会逐字段重放", fix="git merge BRANCH，改好此文件并 git add，然后重新运行同一命令"
    ),
    # ── checking ─────────────────────────────────────────────────────────────────────────────────────────────────
    "no-commit": Words("这里没有提交 {revision}", fix="查看：git log；获取：git fetch"),
    "revision-or-index": Words("不能同时检查一个提交和 --index", fix="去掉其中一个；都不写则检查工作区"),
    "would-refuse": Words("代理会拒绝其中 {count} 个。"),
    "all-in-order": Words("{count} 个文档：所有签名、角色和代次都正常。"),
    # ── pushing ──────────────────────────────────────────────────────────────────────────────────────────────────
    "no-remote": Words("没有可推送的远程仓库（已知：{known}）", fix="git remote add origin URL，或去掉 --push"),
    "push-behind": Words(
        "提交已在本地生成，但 {remote} 有更新的提交",
        fix="tiangong commit --onto {remote} --push （把你的编辑重放到较新的文档上并重新签名）",
    ),
    "push-refused": Words(
        "提交已在本地生成，但 {remote} 拒绝了它：{why}",
        fix="以拉取请求提交：git push origin HEAD:refs/heads/NAME；下次使用 --branch NAME",
    ),
    "push-away": Words("提交已在本地生成，但无法连接 {remote}：{why}", fix="稍后推送：git push"),
}
