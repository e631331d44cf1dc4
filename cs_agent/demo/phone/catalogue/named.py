"""Orders and people that tickets speak of, so that a ticket's words find what they name."""

from __future__ import annotations

from dataclasses import dataclass

from cs_agent.demo.phone.catalogue.records import OrderState

_SIGNED, _SHIPPED, _PAID = OrderState.SIGNED, OrderState.SHIPPED, OrderState.PAID


@dataclass(frozen=True, slots=True)
class NamedOrder:
    """`days_ago` is the day it was bought; a signed one was delivered that same evening."""

    number: str
    customer: str
    mobile: str
    product: str  # a name of the goods
    price: str
    days_ago: int = 1
    state: OrderState = _SIGNED
    carrier: str = ""


NAMED = (
    NamedOrder("202405218876", "李晓梅", "13812345678", "蓝牙耳机", "399.00", carrier="京东快递"),
    NamedOrder("202405203317", "王建国", "13901234567", "家用破壁机", "499.00", 2),
    NamedOrder("202405195542", "陈思远", "13688886666", "机械键盘 87 键", "329.00", 3),
    NamedOrder("202405187201", "赵雨桐", "15912348765", "空气炸锅 5L", "289.00", 4),
    NamedOrder("202405176630", "孙丽华", "18600001234", "真皮单肩包", "468.00", 5),
    NamedOrder("202405164409", "周浩然", "13577778888", "扫地机器人", "1599.00", 5),
    NamedOrder("202405151128", "吴海燕", "15088889999", "纯棉四件套", "358.00", 6),
    NamedOrder("202405149954", "郑志强", "18812345670", "男士跑步鞋", "379.00", 6),
    NamedOrder("202405223091", "刘欣怡", "13755556666", "电动牙刷套装", "199.00", 1),
    NamedOrder("202405224408", "黄俊杰", "17612345678", "4K 投影仪", "2499.00", 2, _SHIPPED),
    NamedOrder("202405225573", "徐梦琪", "15212345678", "坚果礼盒 1.2kg", "138.00", 2, _SHIPPED, "顺丰速运"),
    NamedOrder("202405226619", "马博文", "13312345678", "护颈记忆枕", "129.00", 0, _PAID),
    NamedOrder("202405230045", "David Brown", "13911112222", "智能手环 7 代", "259.00", 2),
    NamedOrder("202405231782", "Emma Wilson", "18688887777", "无线充电宝 10000mAh", "169.00", 3),
)
