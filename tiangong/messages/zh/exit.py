"""In Chinese: what each exit code means: `tiangong explain 4`."""

from tiangong.messages.spoken import Words

SENTENCES: dict[str, Words] = {
    "0": Words("已完成、无事可做，或问题已回答。"),
    "1": Words("尝试的操作失败；代理会自行重试。"),
    "2": Words("输入或配置有误；没有尝试任何操作。"),
    "3": Words("有事要做，但约束表示现在不行；仅在要求时返回：--exit-code。"),
    "4": Words("已拒绝：签名、角色或代次缺失或有误，或是重放的旧内容。"),
    "5": Words("无法连接远程仓库；已使用已知内容，待报告的内容会保留。"),
    "6": Words("只有人才能判断某个步骤是否已经发生；消息中给出了用来裁定的命令。"),
    "130": Words("被 Ctrl-C 中断；一切处于一致的状态。"),
    "143": Words("被要求停止；一切处于一致的状态。"),
}
