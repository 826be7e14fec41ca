"""In Chinese: sentences about trust: keys, signatures, roles, generations, history."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    "bad-name": Words("的名称不允许出现在控制仓库中", fix="重命名：字母、数字、. _ - @ +，不以点开头"),
    "bad-mode": Words("不是普通文件（模式 {mode}）：而是链接、子模块或其他", fix="用普通文件替换它"),
    "not-a-folder": Words(
        "不是目录（模式 {mode}）：文档所在的位置上是文件、链接或子模块",
        fix="用目录替换它，或恢复它：git checkout COMMIT -- FOLDER",
    ),
    "twice": Words("在那里出现两次；无法判断指的是哪一个", fix="该树不是由 git 写成的；从较早的提交恢复"),
    "case-clash": Words("与某个文档仅大小写不同；不会读取它", fix="重命名或删除它"),
    "too-many-files": Words(
        "属于这个环境的文件超过 {limit} 个；不会读取任何内容",
        fix="删除不再使用的内容，尤其是未签名的文件和旧的变更抑制",
    ),
    "too-much": Words(
        "这个环境的文档合计大于 {limit} 字节；不会读取任何内容", fix="删除不再使用的内容；大文件应放入载荷或制品"
    ),
    "bad-key": Words("{person} 的一个密钥无法使用：{why}", fix="修正或删除该密钥行"),
    "shared-key": Words("{one} 与 {other} 使用同一个密钥；一个密钥只代表一个人", fix="给每人各自的密钥"),
    "no-signature": Words(
        "没有签名；需要角色 {role}，{who} 拥有它", fix="请 {who} 运行：tiangong sign FILE （或 tiangong commit -a ）"
    ),
    "bad-signature": Words(
        "{signer} 的签名无效：{why}；需要角色 {role}，{who} 拥有它",
        fix="请 {who} 运行：tiangong commit -a -m 'sign again'",
    ),
    "unknown-signer": Words(
        "由密钥 {key} 签名，但它不属于任何有权签名的人；需要角色 {role}，{who} 拥有它",
        fix="请 {who} 签名，或把该密钥加入 trust/policy.yaml",
    ),
    "no-authority": Words(
        "{signed} 已签名，但 {kind} 需要角色 {role}；{who} 拥有它", fix="请 {who} 运行：tiangong sign FILE"
    ),
    "threshold": Words(
        "角色 {role} 的签名有 {have} 个，需要 {need} 个（{signed}）；{who} 可以签名",
        fix="请 {who} 中的另一人运行：tiangong sign FILE",
    ),
    "touch-needed": Words("角色 {role} 要求使用需触摸的安全密钥；{who} 可以签名", fix="用 FIDO 密钥重新签名"),
    "pin-needed": Words(
        "角色 {role} 要求触摸安全密钥并输入其 PIN；{who} 可以签名",
        fix="用这样生成的 FIDO 密钥重新签名：ssh-keygen -t ed25519-sk -O verify-required",
    ),
    "no-policy": Words("信任策略缺失或有误", fix="从较早的提交恢复它"),
    "quarantined": Words("在已加封的提交中无效；改用封签指明的最后一个有效版本", fix="修正或恢复它，签名，然后加封"),
    "level": Words(
        "安全级别 {level} 低于主机加入时得知的 {pinned}",
        fix="如果确有此意：在主机上运行 tiangong agent set-level {level} ；否则写 securityLevel: {pinned}",
    ),
    "unknown-person": Words(
        "角色 {role} 列出了 {person}，但 people: 下没有此人", fix="添加 {person} 及其密钥，或修正名称"
    ),
    "unstamped": Words("从未由工具盖戳和签名", fix="运行：tiangong commit"),
    "other-repo": Words(
        "属于另一个仓库（{found}，这里是 {expected}）", fix="在这里重新签名：tiangong commit -a -m 'sign again'"
    ),
    "release-changed": Words("发布只发布一次，从不编辑（代次 {generation}）", fix="恢复它，并发布新版本"),
    "suppression-changed": Words(
        "变更抑制只写一次，从不编辑（代次 {generation}）；它到期或被撤回时结束",
        fix="恢复它；要抑制更久，请另写一个变更抑制",
    ),
    "recall-changed": Words(
        "召回只写一次，从不编辑（代次 {generation}）；只有撤回能结束它", fix="恢复它；要召回更多版本，请另写一个召回"
    ),
    "withdrawal-changed": Words(
        "撤回只写一次，从不编辑（代次 {generation}）", fix="恢复它；要结束另一项，请另写一个撤回"
    ),
    "revocation-changed": Words(
        "吊销只写一次，从不编辑（代次 {generation}）", fix="恢复它；要吊销更多，请另写一个：tiangong trust revoke"
    ),
    "approval-changed": Words(
        "批准只写一次，从不编辑（代次 {generation}）", fix="恢复它；要批准别的内容：tiangong approve"
    ),
    "approval-id": Words("名称与其内容不符；应为 {expected}", fix="用 tiangong approve 写批准"),
    "approval-reach": Words("列出的环境与其计划所属的环境不同", fix="用 tiangong approve 写批准"),
    "tainted": Words(
        "由 {signed} 用后来被盗的密钥签名：正在运行的继续运行，不会据此开始新的变更",
        fix="查看它；若无问题，用有效的密钥重新签名：tiangong renew",
    ),
    "cant-withdraw": Words(
        "{subject} 不能撤回：只有限制性的文档可以按路径撤回",
        fix="指明变更抑制或召回的路径，如 suppressions/inc-4711.yaml",
    ),
    "withdraws-other": Words(
        "指明的字节不是 {subject} 的字节；它不结束任何限制",
        fix="重新写：tiangong suppression withdraw 或 tiangong recalls withdraw",
    ),
    "lost-restriction": Words(
        "这个代理还有记忆时此 {kind} 生效，现在没有人给出它；不会开始任何新操作",
        fix="恢复它：git checkout COMMIT~1 -- FILE ；或撤回它",
    ),
    "unread-restriction": Words(
        "已签名但在这里无法读取；由于它可能是限制，不会开始任何新操作", fix="升级这个代理，或修正文档并重新签名"
    ),
    "retired": Words(
        "环境已退役：它的代理不再开始任何操作，最后报告一次后结束",
        fix="要再次使用：tiangong set ENV state=active ，然后启动代理；要清除：tiangong env remove ENV",
    ),
    "rollback": Words(
        "是代次 {found}，但之前已接受代次 {accepted}：有人放回了旧版本", fix="恢复较新的版本，或编辑该文档并重新签名"
    ),
    "equivocation": Words(
        "又是代次 {generation}，但字节与已接受的不同", fix="查明谁签了两个版本；然后再次编辑并签名，得到新的代次"
    ),
    "jump": Words(
        "从代次 {accepted} 跳到 {found}",
        fix="恢复它，查明用的是谁的密钥并将其移出策略；若代理已接受这样的跳跃："
        "tiangong trust rotate-root --reset-mark FILE=LAST-GOOD-GENERATION",
    ),
    "no-digest": Words("晋级必须以摘要指明其发布", fix="运行：tiangong commit （它会填入摘要）"),
    "root-mismatch": Words(
        "不是这个代理被告知要信任的信任根（sha512:{expected}…）", fix="检查远程仓库；如果它是正确的，用新令牌重新加入"
    ),
    "root-missing": Words("缺少这个代理被告知要信任的信任根", fix="恢复它：git checkout COMMIT -- FILE"),
    "root-unlinked": Words("没有信任根的链条通到这里；最新的可信信任根是 {newest}", fix="删除它，或发布其间的信任根"),
    "root-replaced": Words("被替换；之前接受的信任根继续有效", fix="恢复旧文件：信任根的各版本从不编辑"),
    "root-number": Words("信任根的编号、名称和路径必须一致，并逐一递增", fix="恢复它，或重新制作下一个信任根"),
    "root-expired": Words("信任根已于 {until} 过期；不会开始任何新操作", fix="发布信任根的下一个版本"),
    "policy-expired": Words(
        "信任策略已于 {until} 过期；不会开始任何新操作", fix="写入更晚的 spec.expires 并运行：tiangong commit"
    ),
    "environment-expired": Words(
        "环境的规则已于 {until} 过期；不会开始任何新操作", fix="写入更晚的 spec.expires 并运行：tiangong commit"
    ),
    "clock": Words("本机时钟（{now}）落后于已见过的时间（{floor}）；不会开始任何新操作", fix="校正时钟"),
    "history-rewritten": Words(
        "分支被改写：它的最新提交不是之前所接受的提交的后代",
        fix="查看它；如果是正确的，在这台主机上：tiangong agent accept-history {revision}",
    ),
    "disappeared": Words(
        "{kind} 消失了；删除文件不会产生任何动作，它按原样继续有效", fix="恢复它：git checkout COMMIT~1 -- FILE"
    ),
    "other-release": Words(
        "晋级的是 {release}，但其已接受的字节与摘要所指的不同", fix="重新晋级：tiangong promote {release} --to CHANNEL"
    ),
    "payload-missing": Words("发布的一个文件缺失，或不是普通文件", fix="恢复它：git checkout COMMIT -- FILE"),
    "payload-changed": Words("不是发布签名时的那个文件", fix="恢复它，或发布新版本"),
    "payload-too-large": Words("大小为 {size} 字节；载荷文件最多 {limit} 字节", fix="缩小它，或作为制品提供"),
    "sealed-missing": Words(
        "机密的 SOPS 文件缺失，或不是普通文件",
        fix="恢复它：git checkout COMMIT -- FILE；或用 sops 重新写入",
    ),
    "sealed-changed": Words(
        "不是该机密文档签名时的那个 SOPS 文件；不知道是谁写的",
        fix="恢复它：git checkout COMMIT -- FILE；如果是你编辑的：tiangong commit （会为它签名）",
    ),
    "sealed-unnamed": Words("机密必须以摘要指明其 SOPS 文件", fix="运行：tiangong commit （它会填入摘要）"),
    "stray": Words(
        "既不是文档，也不是文档的签名，也不是发布的载荷；没有谁会读取它", fix="把它移出存放文档的目录，或删除它"
    ),
    "missing": Words("缺失", fix="写好它；对于环境：tiangong env new NAME"),
    "bad-token": Words("这不是 {what}（{why}）", fix="复制整行，它以 {prefix} 开头"),
    "token-expired": Words(
        "这个令牌已于 {until} 过期", fix="索取新的令牌：tiangong env new NAME ，或 tiangong agent token NAME"
    ),
    "status-unsigned": Words(
        "状态不是由 environments/{environment}/agent.yaml 中的密钥签名的：{why}",
        fix="接受代理的密钥：tiangong agent accept REQUEST",
    ),
}
