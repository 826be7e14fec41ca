"""In Chinese: sentences about artifacts: publishing, stores, fetching."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    # on the way
    "fetching": Words("正在从 {store} 获取制品 {artifact}（{size}）"),
    "progress": Words("制品 {artifact}：{done} / {size}"),
    "resuming": Words("制品 {artifact}：从 {done} 处继续"),
    "fetched": Words("制品 {artifact} 已就位，摘要为 {digest}"),
    "damaged": Words("制品 {artifact} 在获取之后于本机被改动；将重新获取"),
    # refused
    "wrong-digest": Words(
        "{store} 提供的制品 {artifact} 不是 {digest}；已删除，没有放置任何内容",
        fix="在制品库中恢复所发布的文件；如果没有人改过它，请发布新版本",
    ),
    "too-long": Words(
        "{store} 提供的制品 {artifact} 超过发布时的 {size} 字节；已删除", fix="在制品库中恢复所发布的文件"
    ),
    # away
    "cut-off": Words(
        "{store} 在传输制品 {artifact} 时于 {done} / {size} 字节处中断",
        fix="无需处理：下次会从该处继续；如果总在该处结束，请在制品库中恢复该文件",
    ),
    "no-answer": Words(
        "{store} 对制品 {artifact} 没有响应：{why}",
        fix="检查制品库、到它的网络，以及 agent.yaml 中的 network:（proxy、ca）",
    ),
    "status": Words("{store} 对制品 {artifact} 返回 {status}", fix="查看制品库的日志"),
    "no-folder": Words("制品库的目录不存在", fix="挂载它，或创建它"),
    "unreadable": Words("无法读取：{why}", fix="让代理的用户可以读取它"),
    "not-there": Words(
        "{store} 没有制品 {artifact}", fix="重新上传：用相同的版本和文件运行 tiangong release publish 会补传缺失的内容"
    ),
    "denied": Words(
        "{store} 要求说明是谁在请求制品 {artifact}（返回 {status}）",
        fix="指明凭据文件：agent.yaml 中的 artifacts.stores，或发布时的 --upload-credentials",
    ),
    "redirect": Words(
        "{store} 把制品 {artifact} 的请求转到别处（返回 {status}），而重定向不会被跟随",
        fix="把它所指向的地址写到 tiangong.yaml 的 artifactStores 下",
    ),
    "odd-range": Words(
        "{store} 返回的不是所请求的制品 {artifact} 的那一部分", fix="使用支持 Range 或忽略 Range 的服务器"
    ),
    # set up wrongly
    "no-store": Words(
        "没有制品库 {store}，或它不是已知的种类",
        fix="在 tiangong.yaml 的 artifactStores 下写明它，地址以 https:// 或 file:/// 开头",
    ),
    "plain-credentials": Words("制品库 {store} 的凭据会以明文 http 发送", fix="为该制品库使用 https"),
    "open-credentials": Words("本机上的其他用户可能读取它（权限 {mode}）", fix="对该文件执行 chmod 600"),
    "bad-credentials": Words("既没有 user:password，也没有令牌", fix="写一行：user:password，或不含冒号的令牌"),
    "bad-ca": Words("证书无法读取：{why}", fix="指明一个 PEM 格式的证书文件"),
    "bad-proxy": Words("不是可用来访问制品库的代理服务器", fix="写成 http://host:port 或 https://…"),
    # this host
    "no-space": Words("没有空间存放制品 {artifact}：{why}", fix="腾出空间；原有内容保持不变"),
    "room": Words("可用 {free}，需要 {needed}"),
    "cant-keep": Words("制品 {artifact} 无法保存在本机：{why}", fix="让代理的用户拥有它的状态目录"),
    # publishing
    "bad-option": Words("{words} 不是 NAME=FILE 的形式（名称须小写）", fix="例如写 --artifact web=dist/web.tar.gz"),
    "twice": Words("制品 {artifact} 给出了两次", fix="只给一次"),
    "no-file": Words("制品 {artifact} 的文件无法读取：{why}", fix="先构建它，或修正路径"),
    "not-given": Words("发布中有制品 {artifact}，但没有为它指明文件", fix="发布时加上 --artifact {artifact}=FILE"),
    "not-as-written": Words(
        "制品 {artifact} 的 {field} 与文件不符", fix="不要在 release.yaml 中写摘要和大小：发布时会自动填入"
    ),
    "no-default-store": Words(
        "机群没有制品库 {store}",
        fix="把它写进 tiangong.yaml 的 spec 下并提交：artifactStores: {{{store}: {{url: https://…}}}}",
    ),
    "changed": Words("制品 {artifact} 的文件在读取期间被改动", fix="重新发布"),
    "cant-upload": Words("制品 {artifact} 无法放到那里：{why}", fix="让你的用户可以写入那里"),
    "not-kept": Words(
        "{store} 接收了制品 {artifact}，却没有保存", fix="查看制品库的日志；它必须保存通过 PUT 收到的内容"
    ),
    "already": Words("制品 {artifact}（{size}）已经在 {store} 中"),
    "reading": Words("正在读取制品 {artifact}：{done} / {size}"),
    "uploading": Words("制品 {artifact}：已发送 {done} / {size}"),
    "uploaded": Words("制品 {artifact}（{size}）已放入 {store}"),
    "would-upload": Words("将把制品 {artifact}（{size}）放入 {store}"),
}
