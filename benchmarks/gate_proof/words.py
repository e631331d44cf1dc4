"""The words on the proof's pages: texts of strangers' products, and names of deeds written down for this proof alone.

Rule: nothing here is taken from the gate's vocabulary, and the gate takes nothing from here.
"""

# ruff: noqa: E501, SIM905 - one page, one list and one script to the line read best
from __future__ import annotations

import json
import random
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DIST = Path(__file__).with_name("dist")

DEEDS = {
    "zh": """
        更新申请单 办结 派发 核销 生成工单 上报总部 入账 对账完成 打款给商家 同步到门店 开闸 放行 叫号 过号 催付 改派 派车 完单 结转 出票
        补寄 换发新卡 挂起 恢复供电 关阀 停售 铺货 上线活动 推给全部会员 群发短信 加入黑名单 永久封号 解封 释放库存 占用库存 锁房 退房 换房
        续住 延迟退房 开锁 呼叫司机 完成配送 确认送达 拒单 驳回 复核 终审 签批 盖章 用印 归档 销毁 报损 盘亏 调拨 采购入库 我要下单 立即抢
        马上约 去签约 加急处理 转二线 升级处理 申请仲裁 强制下线 踢下线 重启设备 远程擦除 写入芯片 开卡 销卡 补卡 提额 冲正 红冲 开票 作废发票
        点这里完成 就这么定了 没问题 行 走起 一键搞定 冲 冲冲冲 拿下 嗯 可以 我确定 我愿意 继续走 交给我 立即体验 免费领 手动入库 发车 吃掉 点亮
    """.split(),
    "en": [
        "Update ticket",
        "Resolve",
        "Dispatch crew",
        "Post entry",
        "Write off",
        "Mark as shipped",
        "Mark resolved",
        "Merge duplicates",
        "Fire webhook",
        "Run job",
        "Deploy",
        "Roll out",
        "Roll back",
        "Reboot",
        "Shut down",
        "Trigger build",
        "Kick user",
        "Suspend member",
        "Void invoice",
        "Issue credit",
        "Reverse charge",
        "Settle now",
        "Charge card",
        "Capture",
        "Release hold",
        "Check out guest",
        "Check in",
        "Extend stay",
        "Unlock door",
        "Call driver",
        "Complete delivery",
        "Hand over",
        "Escalate to tier 2",
        "Reassign",
        "Snooze all",
        "Publish now",
        "Go live",
        "Unpublish",
        "Opt in",
        "Opt out",
        "Join",
        "Leave team",
        "Follow",
        "Vote up",
        "Accept quote",
        "Counter-offer",
        "Sign here",
        "Stamp",
        "File claim",
        "Sync to store",
        "Push to all",
        "Notify everyone",
        "Do it",
        "Let's go",
        "Sounds good",
        "Got it, go",
        "Yep",
        "Make it so",
        "Finish up",
        "That's all",
        "Book it",
        "Grab it",
        "Redeem",
        "Top me up",
        "Add money",
        "Send it",
        "Reply",
        "Comment",
        "Take",
        "Force close",
    ],
}
CHOOSE = {
    "zh": [
        "转派给",
        "选择接手的坐席",
        "分配跟进人",
        "请选择接收部门",
        "点击姓名即可绑定",
        "发给谁",
        "选一张卡扣款",
        "改派骑手",
        "选择核销门店",
        "交给谁处理",
        "移动到",
        "换绑到哪台设备",
    ],
    "en": [
        "Assign to",
        "Choose an agent",
        "Hand over to",
        "Pick a recipient",
        "Move to",
        "Send to",
        "Who takes it?",
        "Select a courier",
        "Link a device",
        "Share with",
        "Transfer to",
        "Forward to",
    ],
}
LISTS = {
    "zh": [
        "我的订单",
        "客户",
        "出库单",
        "维修记录",
        "预约记录",
        "通话记录",
        "历史账单",
        "会员一览",
        "今日配送",
        "库存明细",
        "未读来信",
        "近期工单",
    ],
    "en": [
        "My orders",
        "Customers",
        "Bookings",
        "Invoices",
        "Repairs",
        "Call log",
        "Recent deliveries",
        "Members",
        "Stock",
        "Past trips",
        "Unread mail",
        "Tickets this week",
    ],
}
FOUND = {"zh": ["", "搜索结果", "共找到 # 条", "查到的记录"], "en": ["", "Results", "# found", "Matches"]}
NUMBERED = {
    "zh": ["单号", "编号", "运单", "工单", "预约号", "会员号", "合同", "房号"],
    "en": ["Order", "Ref", "Parcel", "Ticket", "Booking", "Member", "Contract", "Room"],
}
LEAVE = {
    "zh": ["取消", "再想想", "暂不", "关闭", "返回", "以后再说"],
    "en": ["Cancel", "Not now", "Close", "Back", "Maybe later", "Dismiss"],
}
DONE = {"zh": ["完成", "确定", "确认"], "en": ["Done", "OK", "Confirm"]}
PICK = {
    "zh": ["选择日期", "选择城市", "请选择原因", "选择时间", "选择学历", "选择规格", "请选择省市", "选择快递公司"],
    "en": [
        "Select date",
        "Choose a city",
        "Select a reason",
        "Pick a time",
        "Choose a size",
        "Select a carrier",
        "Choose a category",
    ],
}
SEARCH = {"zh": ["搜索", "查询", "查找", "搜一下"], "en": ["Search", "Find", "Go"]}
SEARCH_HINT = {
    "zh": ["搜索商品", "搜一搜", "请输入订单号查询", "输入手机号搜索", "搜索会员", "查找运单", "搜索设备编号"],
    "en": ["Search orders", "Search by name or phone", "Find a customer", "Search", "Search tickets", "Find a booking"],
}
TABS = {
    "zh": [
        "全部",
        "待发货",
        "待收货",
        "已完成",
        "进行中",
        "已关闭",
        "草稿",
        "本周",
        "本月",
        "推荐",
        "关注",
        "附近",
        "热销",
        "新品",
        "详情",
        "评价",
        "参数",
    ],
    "en": [
        "All",
        "Open",
        "Closed",
        "Drafts",
        "Today",
        "Week",
        "Month",
        "Details",
        "Reviews",
        "Nearby",
        "Popular",
        "Archived",
        "Mine",
        "Team",
    ],
}
HOME = {
    "zh": ["首页", "工作台", "通讯录", "我的", "发现", "消息", "订单", "统计"],
    "en": ["Home", "Inbox", "Calendar", "Profile", "Explore", "Orders", "Stats", "Work"],
}
NAMES = {
    "zh": "王芳 李强 张伟 刘洋 陈静 杨帆 赵磊 黄敏 周杰 吴倩 徐丽 孙浩".split(),
    "en": "Ada Byrne,Liam Ortiz,Noor Haddad,Mia Chen,Otis Park,Ivy Stone,Sam Reyes,Zoe Blum".split(","),
}
GOODS = {
    "zh": "保温杯 蓝牙音箱 儿童雨衣 折叠椅 机械键盘 护眼台灯 越野跑鞋 电热水壶 行李箱 露营灯".split(),
    "en": "Thermos,Speaker,Raincoat,Folding chair,Keyboard,Desk lamp,Trail shoes,Kettle,Suitcase,Lantern".split(","),
}
STATES = {
    "zh": ["处理中", "待付款", "已发货", "已签收", "待派单", "已预约"],
    "en": ["Pending", "Shipped", "New", "Delivered", "On hold", "Booked"],
}
PLACES = {
    "zh": ["上海", "成都", "西安", "厦门", "长沙", "青岛", "昆明"],
    "en": ["Leeds", "Porto", "Austin", "Lyon", "Oslo", "Perth", "Quito"],
}


@cache
def strangers() -> dict[str, list[str]]:
    """Texts from packages that ship their own translations; FileNotFoundError before they were collected."""
    found: dict[str, list[str]] = json.loads((DIST / "texts.json").read_text("utf-8"))
    return found


@dataclass(frozen=True, slots=True)
class Speaker:
    """Picks words in one language; the same seed picks the same."""

    lang: str
    luck: random.Random

    def of(self, table: dict[str, list[str]]) -> str:
        return self.luck.choice(table[self.lang])

    def some(self, table: dict[str, list[str]], count: int) -> list[str]:
        return self.luck.sample(table[self.lang], min(count, len(table[self.lang])))

    def text(self) -> str:
        return self.luck.choice(strangers()[self.lang])

    def deed(self) -> str:
        """A name for something that is done: one of a kind's own words, or any text of a strange product."""
        return self.of(DEEDS) if self.luck.random() < 0.6 else self.text()

    def number(self, digits: int = 10) -> str:
        return "".join(self.luck.choice("0123456789") for _ in range(digits - 1)).rjust(
            digits, self.luck.choice("123456789")
        )

    def money(self) -> str:
        amount = self.luck.uniform(3, 3000)
        return f"¥{amount:.2f}" if self.lang == "zh" else f"${amount:,.2f}"

    def day(self) -> str:
        return f"202{self.luck.randint(3, 6)}-{self.luck.randint(1, 12):02d}-{self.luck.randint(1, 28):02d} {self.luck.randint(0, 23):02d}:{self.luck.randint(0, 59):02d}"

    def phone(self) -> str:
        return f"1{self.luck.randint(30, 99)}{self.number(8)}" if self.lang == "zh" else f"+44 7{self.number(9)}"
