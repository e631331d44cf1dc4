"""Tickets that staff write down for a customer: 客户1380013… 说没收到验证码,帮他补发."""

from __future__ import annotations

import re

_LED = re.compile(
    r"^(?:[^\n]{0,40}\n)?\s*(?P<who>(?:客户|用户|顾客|买家|来电人|机主|"
    r"会员)[^,，。;；!！?？\n说称让问]{0,24}?(?:来电|致电)?"
    r"(?:说|反映|反馈|表示|称|来电|致电|诉|诉求)(?:称|说)?[:：,，]?)(?!好|的)"
)
_HE = re.compile("(?<!其)[他她](?!们|人)")


# 喂我是城南营业厅的,有个客户…帮他办: somebody of the house speaks for a customer.
_STAFF = re.compile(r"我(?:们|这边)?是?[^,，。;；!！?？\n]{0,10}(?:营业厅|门店|网点|坐席|前台|客服部?|柜台)的?")
_A_CUSTOMER = re.compile(r"有[一个位]{1,2}(?:客户|用户|顾客|机主)")


def as_told(text: str) -> str:
    """The text with who tells it blanked and "he" made "I", at the same length; another text unchanged."""
    found = _LED.match(text)
    if not found:
        return _A_CUSTOMER.sub(lambda match: "," * len(match[0]), _HE.sub("我", text)) if _STAFF.search(text) else text
    start, end = found.span("who")
    return text[:start] + "," * (end - start) + _HE.sub("我", text[end:])
