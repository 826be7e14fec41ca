"""In Chinese: sentences of the constraints: why not now."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    "no-release": Words(
        "发布渠道上有发布 {version}，但不存在可信任的该发布", fix="发布它，或恢复 products/…/release.yaml"
    ),
    "promotion-digest": Words(
        "{version} 的晋级所指的字节与该发布的字节不同", fix="重新晋级：tiangong promote PRODUCT@{version} --to CHANNEL"
    ),
    "newer-installed": Words(
        "已安装 {installed}，比发布渠道 {channel} 上最新的 {newest} 还新；绝不会自动降级",
        fix="把 {installed} 晋级到 {channel}，或等待更新的发布",
    ),
    "empty-channel": Words(
        "发布渠道 {channel} 上没有产品 {product} 的发布",
        fix="发布一个：tiangong release publish ；或晋级一个：tiangong promote {product}@VERSION --to {channel}",
    ),
    "no-executor": Words(
        "步骤 {step} 需要执行器 {executor}，但这个代理没有启用它", fix="在代理的 agent.yaml 的 plugins: 下启用它"
    ),
    "envelope": Words(
        "步骤 {step} 会越出环境的影响边界：{what} {value}（允许：{allowed}）",
        fix="修改发布，或在环境或其配置档中放宽 envelope",
    ),
    "no-secret": Words(
        "步骤 {step} 需要机密 {secret}，但这台主机没有",
        fix=(
            "在该主机上，把它的文件写到 agent.yaml 的 secrets: 下并重启代理：secrets: {{{secret}: {"
            "{file: /run/secrets/…}}}}"
        ),
    ),
    "no-store": Words(
        "制品 {artifact} 在制品库 {store} 中，但机群没有这个库（现有：{known}）",
        fix="在 tiangong.yaml 的 artifactStores 下写明它",
    ),
    "running": Words("切换到 {version} 的运行 {run} 正在进行", fix="跟踪它：tiangong logs ENV/INSTALLATION -f"),
    "in-doubt": Words(
        "运行 {run} 被中断，只有人才能判断这些步骤是否已经发生：{steps}",
        fix="查看实际情况，然后在主机上：tiangong agent resolve {run} --done （或 --again）",
    ),
    "failed": Words(
        "{version} 在这里失败（运行 {run}），仍保留 {installed}；内容不变就不会重试",
        fix="发布更新的版本，或更改配置；参见 tiangong logs ENV/{run}",
    ),
    "no-way-back": Words("一次变更在这里失败，而 {version} 无法恢复：{why}", fix="恢复它，或发布更新的版本继续向前"),
    "cant-undo": Words(
        "到 {version} 的变更在这里失败，且步骤 {step} 无法撤销：它是用其他值执行的",
        fix="把配置改回原样，或发布更新的版本继续向前",
    ),
    "other-product": Words(
        "{installation} 运行的是产品 {installed}；它不能变成 {product}", fix="为 {product} 建立一个自己名称的安装实例"
    ),
    "not-wished": Words(
        "已没有任何文档期望安装实例 {installation}；它保持原样",
        fix="恢复它的文档，或恢复配置档中的条目；要移除它：tiangong uninstall ENV/{installation}",
    ),
    "retry-later": Words(
        "{version} 在这里失败（运行 {run}，共 {failures} 次）；暂停一段时间后会重试", fix="参见 tiangong logs ENV/{run}"
    ),
    "repaired": Words(
        "{version} 已修复（运行 {run}），但又与期望不符；暂停一段时间后会再次修复",
        fix="查明还有什么在改动它，修正步骤的探测，或写 drift: report",
    ),
    "approval": Words(
        "{where} 中 {product}@{version} 需要 {need} 个批准，现有 {have} 个（已批准：{given}）",
        fix="请 {who} 运行：tiangong approve {product}@{version} --env {env} --push",
    ),
    "stale-seal": Words(
        "{issued} 的封签 {sequence} 已太旧，不能开始新的变更（有效期至 {until}）；正在运行的继续运行",
        fix="由加封者运行：tiangong seal --push ；或查明远程仓库为何没有更新的封签",
    ),
    "suppression": Words(
        "被变更抑制 {name} 抑制到 {until}：{reason}",
        fix="等待，或由所有者签名：tiangong suppression withdraw {name} --reason WHY",
    ),
    "recalled": Words(
        "{version} 已被 {name} 召回：{reason}",
        fix="发布并晋级一个未被召回的版本；只有产品的维护者可以结束召回：tiangong recalls withdraw {name} --reason WHY",
    ),
    "recalled-installed": Words(
        "已安装的 {version} 被 {name} 召回：{reason}；{channel} 没有可升级到的更新版本",
        fix="晋级一个未被召回的更新版本；自动回到较旧版本尚未实现",
    ),
    "bad-cron": Words("维护窗口的 cron 表达式无法解析：{why}", fix="五个字段：分 时 日 月 星期"),
    "denied": Words("维护窗口 {window} 目前禁止变更：{reason}", fix="等待它结束"),
    "outside-window": Words("不在允许的维护窗口（{window}）之内，或剩余时间容不下 {length}", fix="等待下一次开启"),
    "to-be-absent": Words("它现在应当不存在；正在进行的操作停止", fix="无需处理；接下来会卸载它"),
    "wished-again": Words("它现在又被期望安装；卸载停止", fix="无需处理；接下来会恢复它"),
    "no-way-out": Words(
        "已安装 {version} 且无法卸载：它的发布不在，或字节不同", fix="恢复它：只有发布知道自己做了什么"
    ),
    "which-product": Words(
        "{installation} 应当不存在，但没有说明它是哪个产品", fix="写明 spec.product：那里安装的产品"
    ),
    "cant-uninstall": Words(
        "无法按现状卸载：它的步骤 {step} 执行时的值与现在的不同",
        fix="把配置改回原样；或先让代理应用新配置：state: present",
    ),
}
