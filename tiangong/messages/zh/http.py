"""In Chinese: sentences of the http executor."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    "not-shown": Words("（不显示：该调用含有机密）"),
    "no-address": Words("{host} 没有地址：{why}", fix="修正名称，或主机的 DNS"),
    "link-local": Words(
        "{host} 是 {address}，属于链路本地或元数据地址，不会调用",
        fix="修正 URL，或在本机设置 http 插件的 config.allowLinkLocal",
    ),
    "no-answer": Words("{call} 没有得到响应：{why}", fix="检查服务器在运行且可以访问"),
    "timeout": Words("{call} 在 {seconds} 秒内没有得到响应", fix="检查服务器，或把 timeout 设得更长"),
    "no-certificate": Words(
        "证书或密钥无法读取：{why}", fix="修正本机 http 插件的 config.ca 或 config.clientCertificates"
    ),
    "too-large": Words("{host} 的响应大于 {limit} 字节", fix="调用响应较小的地址"),
    "status": Words(
        "{call} 返回 {status}，应为 {wanted}；开头是：{beginning}", fix="查看服务器自己的日志，或修正 expect.status"
    ),
    "header": Words("{call} 返回的头 {name} 为：{found}，应为 {wanted}", fix="查看服务器，或修正 expect.headers"),
    "text": Words("{call} 的响应不含文本 {wanted}", fix="查看服务器，或修正 expect.contains"),
    "not-json": Words("{call} 的响应不是 JSON", fix="查看服务器，或修正 expect.json"),
    "json": Words("{call} 返回 {path} = {found}，应为 {wanted}", fix="查看服务器，或修正 expect.json"),
    "no-undo": Words("{call} 无法撤回", fix="手动撤销"),
    "would-call": Words("调用 {call}"),
    "answered": Words("{call} 返回 {status}，用时 {milliseconds} 毫秒"),
}
