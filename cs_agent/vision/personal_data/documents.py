"""Plates of cars, passports and travel permits, and accounts of messengers.

Rule: a form that nothing else has is found anywhere; any other only beside the word that names it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cs_agent.vision.personal_data import labels
from cs_agent.vision.personal_data.kinds import DataKind, Span

_LINK = r"(?:\s*(?:是|为|:|=|#|\bis\b)\s*|\s+|(?<=号)|(?<=码)|(?<=[\u4e00-\u9fff]))[((]?"

_PLATE = re.compile(
    r"(?<![\u4e00-\u9fffA-Za-z0-9])(?P<value>[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领]\s?[A-HJ-NP-Z]"
    r"[·•.\s-]{0,2}(?=[A-Z0-9]*\d[A-Z0-9]*\d)[A-HJ-NP-Z0-9]{4,6}[挂学警港澳]?)(?![A-Za-z0-9])"
    r"|(?<![A-Za-z0-9])(?P<police>WJ\s?[\u4e00-\u9fff]?\s?[·•.-]?\d{4}[0-9A-Z])(?![A-Za-z0-9])"
    r"|(?P<after>[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z]"
    r"[·•.\s-]{0,2}(?=[A-Z0-9]*\d[A-Z0-9]*\d)[A-HJ-NP-Z0-9]{5,6})(?![A-Za-z0-9])"
)
_PLATE_NAMED = re.compile(
    r"(?:车牌号?码?|号牌号?码?|(?:licen[cs]e|number|registration)\s?plate|plate\s?(?:no\.?|number)|vehicle\s?reg(?:istration)?)"
    + _LINK
    + r"(?P<value>(?=[A-Za-z -]*\d)[\u4e00-\u9fff]?[A-Za-z0-9][A-Za-z0-9·• -]{3,8}[A-Za-z0-9])",
    re.IGNORECASE,
)

_PASSPORT = re.compile(r"(?<![A-Za-z0-9-])(?P<value>(?:E[A-HJ-NP-Z]\d{7}|[EG]\d{8}))(?![A-Za-z0-9-])")
_PASSPORT_NAMED = re.compile(
    r"(?:护照号?码?|通行证号?码?|回乡证号?码?|台胞证号?码?|居留(?:许可|证)号?码?|(?:军官|士兵|警官|永居|永久居留|港澳居民|居住)证号?码?|签证号?码?|证件号码?|驾驶证号?码?|档案编号"
    r"|passport\s?(?:no\.?|number)?|travel\s(?:document|permit)\s?(?:no\.?|number)?|visa\s(?:no\.?|number))"
    + _LINK
    + r"(?:[\u4e00-\u9fff]字第?)?(?P<value>(?=[A-Za-z]{0,3}\d)[A-Za-z0-9]{6,18})(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_MACHINE_READABLE = re.compile(
    r"[A-Z0-9<]{5,44}<<[A-Z0-9<]{2,40}|(?<![A-Z0-9<])[A-Z0-9<]{28,44}(?:(?<=<\d\d)|(?<=\d\d\d))(?![A-Z0-9<])"
)

_MESSENGER_NAMED = re.compile(
    r"(?:(?:微信|威信|薇信|wechat|weixin|we\s?chat|加\s?[vV]|[vV]信|QQ|扣扣|企鹅|支付宝|alipay|钉钉|dingtalk|旺旺|抖音|快手|小红书|微博"
    r"|telegram|whats\s?app|skype|line|kakao(?:talk)?|instagram|zalo|signal)"
    r"(?:\s?(?:账号|帐号|账户|号码?|ID|群|account|number|name|handle))*|(?<![A-Za-z])(?:wx|vx)(?:号|ID)?)"
    r"(?P<link>\s*(?:是|为|:|=|\bis\b)\s*|\s{0,3})@?"
    r"(?P<value>[1-9]\d{4,11}(?!\d)|[A-Za-z][-_A-Za-z0-9.]{4,29})(?![A-Za-z0-9_@元]|\.\d)",
    re.IGNORECASE,
)
_WXID = re.compile(r"(?<![A-Za-z0-9])(?P<value>wxid_[A-Za-z0-9]{6,30})")
_PLAIN_WORD = re.compile(r"[A-Za-z.]+")


def plates(text: str) -> Iterator[Span]:
    for pattern in (_PLATE, _PLATE_NAMED):
        for match in pattern.finditer(text):
            group = match.lastgroup or "value"
            yield Span(DataKind.PLATE, *match.span(group), re.sub(r"[·•.\s-]", "", match.group(group)))


def passports(text: str) -> Iterator[Span]:
    for match in _PASSPORT_NAMED.finditer(text):
        yield Span(DataKind.PASSPORT, *match.span("value"), match.group("value"))
    for match in _PASSPORT.finditer(text):
        if not labels.names_an_order(text[max(0, match.start() - labels.CONTEXT) : match.start()]):
            yield Span(DataKind.PASSPORT, *match.span("value"), match.group("value"))
    for match in _MACHINE_READABLE.finditer(text):
        if "<" in match.group():
            yield Span(DataKind.PASSPORT, *match.span(), match.group())


def messengers(text: str) -> Iterator[Span]:
    """An account that is a word of letters only counts where `:` or `是` stands before it."""
    for match in _MESSENGER_NAMED.finditer(text):
        value = match.group("value")
        if match.group("link").strip() or not _PLAIN_WORD.fullmatch(value):
            yield Span(DataKind.MESSENGER, *match.span("value"), value)
    for match in _WXID.finditer(text):
        yield Span(DataKind.MESSENGER, *match.span("value"), match.group("value"))
