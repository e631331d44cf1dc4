"""Names by which programs know somebody (nicknames, login names, ids of accounts), and the dates on which cards expire.

Rule: they are known by the word beside them, or by what a log says of them: `user "x" logged in`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cs_agent.vision.personal_data.kinds import DataKind, Span
from cs_agent.vision.personal_data.names.han import INTERFACE

_LINK = r"[\"']?\s{0,2}(?:=>|[:=是为\t])\s{0,2}[\"'“]?"
_LABELLED = re.compile(
    r"(?:昵称|网名|花名|用户名|登[录陆]名|登[录陆]账号|(?:账|帐)号名|会员名|"
    r"(?<![A-Za-z])(?:\w{1,16}_)?(?:nick(?:[ _]?name)?|user(?:[ _]?(?:name|id))|uid|login(?:[ _]?(?:name|id))?|"
    r"account[ _]?(?:name|id)|"
    r"screen[ _]?name|display[ _]?name|open_?id|union_?id))"
    + _LINK
    + r"(?P<value>[^\s,，;；&\"'“”<>|()（）/。]{2,64})",
    re.IGNORECASE,
)
_SAYS_OTHERWISE = re.compile(
    r"(?:required|empty|invalid|null|none|true|false|not|must|is|the|unknown|missing|optional|\{|\$|%|\[)",
    re.IGNORECASE,
)
_LOGGED = re.compile(
    r"\b(?:user|account|login)\s+[\"'“]?(?P<value>[A-Za-z][\w.@-]{2,40})[\"'”]?\s+"
    r"(?:(?:has |was |is )?(?:logged|signed|authenticated|locked|registered)|failed|connected)\b"
    r"|\b(?:password|login|session|publickey|opened|closed|access)\s+for\s+(?:(?:invalid\s+)?user\s+[\"'“]?"
    r"(?P<user>[A-Za-z][\w.@-]{2,40})|[\"'“]?(?P<used>[A-Za-z][\w.@-]{2,40})[\"'”]?(?=\s+from\b))",
    re.IGNORECASE,
)
_EXPIRES = re.compile(
    r"(?:有效期(?:至|限|到)?|到期(?:日期?|月)?|\bexp(?:ir(?:y|es|ation))?\.?(?:\s?date)?|\b(?:valid|good)\s(?:thru|until|through|to))"
    r"\s{0,3}[::=]?\s{0,3}(?P<value>(?:0[1-9]|1[0-2])\s?/\s?(?:20)?[2-4]\d|20[2-4]\d\s?[-/.年]\s?(?:0?[1-9]|1[0-2])(?:月)?)(?![\d/.日-])",
    re.IGNORECASE,
)
_OF_A_THING = re.compile(r"券|优惠|活动|食品|保质|质保|保修|coupon|offer|sale|voucher|promo|licen[cs]e", re.IGNORECASE)


def _no_login(labelled: str, value: str) -> bool:
    """Whether the value is an interface's word; a nickname may hold any, but begins with none that asks."""
    if re.match("昵称|网名|花名", labelled):
        return bool(re.match("请|未|暂无|必填|选填|输入|不能|不可|长度|修改|设置|编辑", value))
    return bool(INTERFACE.search(value))


def logins(text: str) -> Iterator[Span]:
    for match in _LABELLED.finditer(text):
        value = match.group("value")
        if not _SAYS_OTHERWISE.match(value) and not _no_login(match.group(), value):
            yield Span(DataKind.MESSENGER, *match.span("value"), value)
    for match in _LOGGED.finditer(text):
        group = match.lastgroup or "value"
        yield Span(DataKind.MESSENGER, *match.span(group), match.group(group))


def expiries(text: str) -> Iterator[Span]:
    """When a bank card expires: a month and a year; never a day, which is a coupon's or a food's."""
    for match in _EXPIRES.finditer(text):
        if not _OF_A_THING.search(text[max(0, match.start() - 12) : match.start()]):
            yield Span(DataKind.BANK_CARD, *match.span("value"), match.group("value"))
