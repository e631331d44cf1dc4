"""Plates of cars, passports and travel permits, identity numbers of other countries, and accounts of messengers.

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
_PLATE_JAPANESE = re.compile(
    r"(?P<value>[\u4e00-\u9fff]{1,4}\s?\d{2,3}\s?[\u3041-\u3096]\s?(?:\d{1,2}-\d{2}|[・·]{1,3}\d{1,3}))(?!\d)"
)
_PLATE_NAMED = re.compile(
    r"(?:车牌号?码?|车号|号牌号?码?|(?:licen[cs]e|number|registration)\s?plate|\bplate(?:\s?(?:no\.?|number))?"
    r"|(?:UK|car|vehicle)\s?reg(?:istration)?(?:\s?(?:no\.?|number))?|\b(?:amtliches\s)?kennzeichen|\bmatr[íi]cula|\bplaque"
    r"|\bimmatriculation)"
    + _LINK
    + r"(?P<value>(?!(?:of|the|was|is|with|and|for|in|on|to|from|at|it|has)\b)(?=[A-Za-z -]*\d)"
    r"[\u4e00-\u9fff]?[A-Za-z0-9][A-Za-z0-9·• -]{3,8}[A-Za-z0-9])(?![A-Za-z0-9])",
    re.IGNORECASE,
)

_PASSPORT = re.compile(r"(?<![A-Za-z0-9-])(?P<value>(?:E[A-HJ-NP-Z]\d{7}|[EG]\d{8}))(?![A-Za-z0-9-])")
_PASSPORT_NAMED = re.compile(
    r"(?:护照号?码?|通行证号?码?|回乡证号?码?|台胞证号?码?|居留(?:许可|证)号?码?|(?:军官|士兵|警官|永居|永久居留|港澳居民|居住)证号?码?|签证号?码?|证件号码?|驾驶证号?码?"
    r"|驾照(?:编?号码?)?|档案编号"
    r"|(?:passport|pasaporte|passeport|reisepass|passaport[eo]|paspoort|paszport(?:u)?|pasaport)(?:nummer|nr)?\s?(?:no\.?|number|nr\.?|n[°º])?|パスポート(?:番号)?|旅券番号|여권\s?번호|travel\s(?:document|permit)\s?(?:no\.?|number)?|visa\s(?:no\.?|number))"
    + _LINK
    + r"(?:[\u4e00-\u9fff]字第?)?(?P<value>(?=[A-Za-z]{0,3}\d)[A-Za-z0-9]{6,18})(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_MACHINE_READABLE = re.compile(
    r"[A-Z0-9<]{5,44}<<[A-Z0-9<]{2,40}|(?<![A-Z0-9<])[A-Z0-9<]{28,44}(?:(?<=<\d\d)|(?<=\d\d\d))(?![A-Z0-9<])"
)

_TAIWANESE = re.compile(r"(?<![A-Za-z0-9-])(?P<value>[A-Z][1289A-D]\d{8})(?![A-Za-z0-9-])")
_HONG_KONG = re.compile(r"(?<![A-Za-z0-9-])(?P<value>[A-Z]{1,2}\d{6}\([0-9A]\))")
_SSN = re.compile(r"(?<![\w.-])(?P<value>(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4})(?![\w-])")
_CPF = re.compile(r"(?<![\w.-])(?P<value>\d{3}\.\d{3}\.\d{3}-\d{2})(?![\w-])")
_IDENTITY_NAMED = re.compile(
    r"(?:身[分份]证(?:字|号|统一编号)?号?码?|居留证号?码?|国民身份证|证件号?码?"
    r"|\b(?:(?i:SSN)|ITIN|(?i:social\s?security(?:\s?(?:no\.?|number))?)|NRIC|FIN|HKID|Aadhaar|Aadhar|CPF|DNI|NIE"
    r"|NIF|CURP|CNIC|NIK|MyKad|BSN|PESEL|JMBG"
    r"|NINO|TIN|PAN|SIN|TFN|CNP|JMBG|IC(?=\s?[Nn]o)"
    r"|(?i:codice fiscale|personnummer|personal\s?(?:id|number|code)|national\s?(?:id|insurance)|NI\s?number"
    r"|tax\s?id|steuer-?id|rodné číslo)"
    r"|(?i:identity(?:\s?card)?|id\s?card|ID(?=\s(?:no|number|card)\b)))\b(?:[ \t]?(?i:no\b\.?|number|card|code))*)"
    r"\s*(?:是|为|[:=#]|\bis\b|\s)\s*[((]?"
    r"(?P<value>(?=(?:[A-Z .\-/]{0,6}\d){4})[A-Z0-9]{1,16}(?:[ .\-/][A-Z0-9]{1,12}){0,5}(?:\([0-9A]\))?)(?![A-Za-z0-9])"
)
_MEMBERSHIP_NAMED = re.compile(  # numbers by which schools, hospitals and insurers know a person
    r"(?:学籍?号|准考证号?码?|社保(?:卡|账)?号码?|社会保障号码?|医保(?:卡|编)?号码?|病[历案]号|就诊卡号|住院号|保单号码?)"
    r"\s*(?:是|为|:|=)?\s*(?P<value>(?=[A-Za-z-]{0,6}\d)[A-Za-z0-9-]{5,24})(?![A-Za-z0-9])"
)
_LICENCE_NAMED = re.compile(
    r"(?:driv(?:er|ing)(?:'?s)?\s?licen[cs]e|\bf[üu]hrerschein(?:nummer|nr\.?)?|permis de conduire|rijbewijs"
    r"|(?:licencia|carnet) de conducir)(?:\s?(?:no\.?|number|id))?\s*(?:(?:[:=#]|\bis\b|\s)\s*){1,3}"
    r"(?P<value>(?=(?:[A-Z-]*\d){4})[A-Z0-9]{2,18}(?:[ -][A-Z0-9]{1,8}){0,4})(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_TAIWANESE_LETTERS = "ABCDEFGHJKLMNPQRSTUVXYWZIO"  # in the order of the numbers 10 to 35 that they stand for

_MESSENGER_NAMED = re.compile(
    r"(?:(?:微信|威信|薇信|wechat|weixin|we\s?chat|加我?(?:的|个)?\s?(?:[vV]|[微薇威])(?![\u4e00-\u9fff])|[+]\s?[vV](?=[\s:])|绿泡泡|[vV微]\s?[❤♥]\ufe0f?|(?<![A-Za-z])q号|微\s信(?:\s号)?|[vV]信|(?<![A-Za-z0-9])[vV](?=:)|QQ|扣扣|企鹅|支付宝|alipay|钉钉|dingtalk|旺旺|抖音|快手|小红书|微博"
    r"|telegram|\bTG\b|飞机|whats\s?app|skype|(?-i:\bLINE)\b|\bline(?=\s?(?:id|账号|号))|kakao(?:talk)?|instagram"
    r"|\bins(?=\s?(?:id|账号|号|:))|facebook|twitter|zalo|viber"
    r"|discord|(?-i:\bSignal)\b|(?<!人)群(?=(?:号码?)?\s{0,3}:?\s{0,3}[1-9]\d{5,10}(?!\d)))(?:(?<![A-Za-z])|(?![A-Za-z]))"
    r"(?:\s?(?:账号|帐号|账户|号码?|ID|群|account|number|name|handle))*|(?<![A-Za-z])(?:wx|vx)(?:号|ID)?)"
    r"(?:(?:请?(?:加|搜|找|联系))?[我您你他她](?:吧|哦|聊|看|说)?|聊|同号?)?(?P<link>\s*(?:就?是|为|:|=|\bis\b)\s*@?|\s{0,3}@|\s{0,3})(?:live:)?"
    r"(?P<value>[1-9]\d{4,11}(?!\d)|[A-Za-z][-_A-Za-z0-9.]{4,29})(?![A-Za-z0-9_@元]|\.\d)",
    re.IGNORECASE,
)
_MESSENGER_SPREAD = re.compile(  # 微 信 号 l l j 8 8 9: one sign at a time
    r"(?:微\s?信|[威薇]信|(?<![A-Za-z])[vV]信|QQ|wechat)(?:\s?(?:号|ID))?\s?[:是]?\s{0,3}"
    r"(?P<value>[A-Za-z0-9](?:[ ·.-][A-Za-z0-9_-]){4,24})(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_WXID = re.compile(r"(?<![A-Za-z0-9])(?P<value>wxid_[A-Za-z0-9]{6,30})")
_PLAIN_WORD = re.compile(r"[A-Za-z.]+")


def plates(text: str) -> Iterator[Span]:
    for pattern in (_PLATE, _PLATE_NAMED, _PLATE_JAPANESE):
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


def identities(text: str) -> Iterator[Span]:
    """Of other countries and of Hong Kong, Macau and Taiwan; those of the mainland are numbers like others."""
    for pattern in (_IDENTITY_NAMED, _HONG_KONG, _SSN, _CPF, _TAIWANESE):
        for match in pattern.finditer(text):
            value = match.group("value")
            before = text[max(0, match.start("value") - labels.CONTEXT) : match.start("value")]
            if pattern is not _IDENTITY_NAMED and labels.names_an_order(before):
                continue
            if pattern is not _TAIWANESE or _is_taiwanese(value):
                yield Span(DataKind.ID_CARD, *match.span("value"), value)
    for match in _MEMBERSHIP_NAMED.finditer(text):
        yield Span(DataKind.ID_CARD, *match.span("value"), match.group("value"))
    for match in _LICENCE_NAMED.finditer(text):
        yield Span(DataKind.PASSPORT, *match.span("value"), match.group("value"))


def _is_taiwanese(number: str) -> bool:
    """By the check digit."""
    region = 10 + _TAIWANESE_LETTERS.index(number[0])
    second = number[1] if number[1].isdigit() else str(_TAIWANESE_LETTERS.index(number[1]) % 10)
    digits = [region // 10, region % 10, int(second), *map(int, number[2:])]
    return (
        sum(digit * weight for digit, weight in zip(digits, (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1), strict=True)) % 10 == 0
    )


_USER_NAME = re.compile(
    r"(?:用户名|登录名|登陆名|账户名|帐户名|会员名|\b(?:user ?name|login(?: name)?|screen name))\s{0,2}(?:[:=是为\t]"
    r"|(?<=[\u4e00-\u9fff])|\s)\s{0,4}(?P<value>[A-Za-z](?=[\w.-]*[\d_.-])[\w.-]{3,29}"
    r"|[A-Za-z][a-z]{3,29}(?=\s*(?:\n|\Z)))(?![\w@])",
    re.IGNORECASE,
)


def messengers(text: str) -> Iterator[Span]:
    """An account that is a word of letters only counts where `:` or `是` stands before it."""
    for match in _MESSENGER_NAMED.finditer(text):
        value = match.group("value")
        if match.group("link").strip() or not _PLAIN_WORD.fullmatch(value):
            yield Span(DataKind.MESSENGER, *match.span("value"), value)
    for match in (*_USER_NAME.finditer(text), *_MESSENGER_SPREAD.finditer(text), *_WXID.finditer(text)):
        yield Span(DataKind.MESSENGER, *match.span("value"), match.group("value"))
