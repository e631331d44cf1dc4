"""The noun that a number bears: behind 订单号 it is the order's as it stands, behind another noun (快递单号, 发票号码,
tracking number) it is that.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tickets.flows.slots.numbers.codes import (
    OTHER_NOUN,
    THING,
    Code,
    Noun,
    before_noun,
)
from tickets.flows.slots.text import clause_after, clause_before, sentence_before

SHORTEST_NAMED = 5  # characters of a number behind a flow's own word: a booking of an airline has six
OWN = r"(?:订单|订购|定单|下单(?=编|号))(?:的)? ?(?:编?号码?|单号|编码|号码?|ID|No\.?|number|#)?"
OWN_END = re.compile(
    rf"{OWN}$|(?<![A-Za-z])orders?(?:[\s_-]*(?:no|number|num|nr|id|code|ref|reference))?\.?\s*#?$", re.I
)
_BARE_END = re.compile(r"(?:^|[的我这那下此该查看催,，\s]|[一两俩二三四五六七八九十几\d])单号?$|[这那]个单$")
_NO_NOUN = re.compile(r"(?<![A-Za-z一-鿿])(?<![A-Za-z一-鿿] )(?:U?ID|编号|号码|代码)$", re.I)  # whose, it does not say
_OTHER_ORDER = re.compile(
    r"(?:商户|支付|付款|交易|微信|支付宝|退款|退货|换货|售后|物流|快递|运单|包裹|采购|服务|维修|父|主|母|关联|历史|"
    r"赠品|拆分|合并|"
    r"测试|第三方|代付|还款|借款|贷款|缴费?|"
    r"工|旧|原|上一|别的|其他|另外)(?:的)?(?:订单|定单)[^订]{0,4}$|"
    r"\b(?:purchase|payment|money|work|"
    r"(?:my|the|a|your|this|that|of|for|under|with) return|previous|old|other|last|another) order[^o]{0,12}$",
    re.I,
)
_OTHER_NEAR = re.compile(
    rf"{THING}|驿站(?:短信|通知|的)|取件|寄件|航班|\b(?:imei|tracking|consignment|flight|waybill|parcel|package|invoice|transaction|payment|card|account|"
    rf"phone|serial|receipt|courier|ticket|case)\b",
    re.I,
)
_NAMED_NUMBER = re.compile(r"(?:电话|手机)号?码?[是为:： ]*\d{7,}")  # 单号…,电话138…: each has its noun
_HELLO = re.compile(r"客服(?:小姐姐|小哥哥|同志|亲)?[,， ]?(?:[你您]好|在吗|在不在|[,， ])")
_OWN_AFTER = re.compile(
    rf"^[\"'”」』)）】 ]*(?:这个|这笔|这张|这|那个|那笔|的|是我的?|就?是|为)*\s*(?:{OWN}|"
    rf"(?:这|那|此|该)(?:个|笔|张)?单(?!号|据|子)|order\b)",
    re.I,
)
_OTHER_AFTER = re.compile(
    rf"^[\"'”」』)）】 ]*(?:这个|这张|这|那个|的|是我的?|就?是|为|[（(【])+\s*(?:{THING}|(?:is|"
    rf"was) (?:the|my|a) (?!order)\w+|(?:tracking|waybill|parcel|invoice))(?!(?:单号?|号码?|"
    rf"编号)?[:： ]?[A-Za-z]{{0,4}}\d{{6}})",
    re.I,
)
# 202408175562的物流凭证: the parcel of what bears the number.
_ITS_PARCEL = re.compile(r"[\"'”」』)）】 ]*的(?:快递|物流|包裹|签收|配送|运输)(?![^,，。]{0,4}(?:号|编码))")
# A shop's number begins with the day of the order. Beside it a parcel that is looked for is the order's; who else
# brings the parcel up (快递短信里的, courier gave me) may have the carrier's number from there.
_DATED = re.compile(r"20[2-9]\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])(?:\d{4}|\d{5}|\d{7,8})")
_CARRIED = re.compile(
    r"(?:快递员?|包裹|物流)(?=(?:一直|到底|怎么|都|也|还|就|又|现在|好像|显示|说)*"
    r"(?:到|走|在哪|没|未|不|卡|丢|停|派|送|签收|延误|错|把|态度|骂|已|[一两二三四五六七八九十几\d]天))|"
    r"(?<=[查看催问追踪])(?:一?下|询|我的|个)?(?:快递|包裹|物流)(?=$|[,，。?？ 吧呗啊呀])|"
    r"派送(?!单|编|号)|"
    r"\b(?:parcel|package|courier)(?= (?:is|was|has|hasn|isn|never|not|still|did|didn|says|went|lost|stuck|late))\b|"
    r"\btracking(?= (?:hasn|has not|is|isn|stopped|stuck|not|for|says|shows)\b)",
    re.I,
)
# What the writer has sent off bears the carrier's number: 我已寄出,单号…
_SENT_OFF = re.compile(
    r"(?:已经?|都|刚刚?|昨天|前天|今天|上周)[^,，。]{0,6}(?:寄|退)(?:回|出|走|过去)|"
    r"(?<!能)(?<!怎么)(?:寄|退)(?:回去?|出去?|走|过去)了(?![吗吧])|"
    r"(?:寄|退)(?:回去?|出去?|走)的|\b(?:sent|shipped|mailed|posted) (?:it|them|the \w+)(?: back)?\b",
    re.I,
)
_IS_CARRIED = re.compile(
    r" ?[,，(（]?[这那它]?(?:个|就|也)*[是为]?(?:快递|物流|运单|面单|包裹)(?:的?(?:单?号码?|编号|单)|那|的|[)）]|$)"
)
_NUMBER_OF = re.compile(r"(?: (?:number|no\.?|reference|ref|code|id)|(?<=[一-鿿]{2})(?:编号|号码?|单号))$", re.I)
_SAYS_ORDER = re.compile(r"(?:ORD|Ord|ord)(?:ER|er)?[-_]\d|ORD\d")
_UNKNOWN = re.compile(r"订单(?:号码?|编号)(?:我)?(?:不知道|没有|忘|找不到|不记得|记不|没记|没找到|是多少|在哪)")


# 银行卡号 where a flow's word is 卡号: the whole noun counts.
_WHOLE_NOUN = re.compile(rf"(?:{THING})(?:的)?(?:单?号码?|编号|号码|单)?$")
_PARCEL = re.compile("快递|物流|运单|面单|包裹")
_WHOSE = re.compile(
    r"(?:银行|信用|借记|储蓄|社保|医保|公交|加油|身份|证件|学生|就诊|礼品|充值|购物|流量|门禁)$|"
    r"\b(?:bank|credit|debit|gift|sim|id|identity|insurance|phone|library|parking)\s$",
    re.I,
)


def _is_of_another(lead: str, start: int, own: re.Pattern[str]) -> bool:
    """Whether the flow's word at `start` only ends the noun of something else that bears numbers."""
    whole = _WHOLE_NOUN.search(lead)
    if whole and _PARCEL.match(whole[0]) and _PARCEL.search(own.pattern):
        return False  # the flow is about parcels, whose number has many names
    return bool((whole and whole.start() < start) or _WHOSE.search(lead[:start]))


def named_by(words: Sequence[str]) -> re.Pattern[str]:
    nouns = {*words, *(_NUMBER_OF.sub("", word) for word in words)}  # "reservation number": a reservation bears it
    every = "|".join(re.escape(word) for word in sorted(nouns - {""}, key=len, reverse=True))
    return re.compile(rf"(?:{every})(?:编?号码?|号码|no\.?|number|id)?$", re.I)


_ANOTHERS = Noun.OTHER, True


def noun_of(text: str, code: Code, own: re.Pattern[str]) -> tuple[Noun, bool]:
    """What the number is called, and whether that is certain."""
    lead, after = before_noun(text, code.start), text[code.end : code.end + 24]
    lead = (
        re.sub(r"(?<=[号码单r])\s?[A-Z]{1,4}$", "", lead) if own.search(re.sub(r"\s?[A-Z]{1,4}$", "", lead)) else lead
    )
    if own is OWN_END and _SAYS_ORDER.match(code.text) and not (OTHER_NOUN.search(lead) or _OTHER_ORDER.search(lead)):
        return Noun.OWN, True
    if _OTHER_ORDER.search(lead):
        return Noun.OWN, False
    if named := own.search(lead):
        if own is not OWN_END and _is_of_another(lead, named.start(), own):
            return _ANOTHERS
        return Noun.OWN, after.startswith("的") or not _OTHER_AFTER.search(after)  # 订单…的物流 is the order's
    if own is OWN_END and _BARE_END.search(lead):
        if re.match("[A-Za-z]", code.text) or _UNKNOWN.search(text):
            return Noun.OWN, False  # carriers' numbers begin with letters
        around = _NAMED_NUMBER.sub("", _HELLO.sub("", sentence_before(text, code.start)) + after)
        return Noun.OWN, not _names_another(text, code, around, carried=False)
    if own is OWN_END and _NO_NOUN.search(lead):
        return Noun.NONE, False
    if OTHER_NOUN.search(lead):
        return _ANOTHERS
    if own is OWN_END and _OWN_AFTER.search(after):
        return Noun.OWN, True
    if _OTHER_AFTER.search(after):
        mine = own is OWN_END and _ITS_PARCEL.match(after)
        return (Noun.NONE, bool(_DATED.fullmatch(code.text))) if mine else _ANOTHERS
    if own is not OWN_END:
        return Noun.NONE, False
    around = clause_before(text, code.start) + clause_after(text, code.end)
    near = sentence_before(text, code.start, 60) + around
    around, near = _HELLO.sub("", around), _HELLO.sub("", near)
    near = around if re.search("订单|下单|order", around, re.I) and not _OTHER_NEAR.search(around) else near
    return Noun.NONE, not _names_another(text, code, near)


def _names_another(text: str, code: Code, around: str, *, carried: bool = True) -> bool:
    """Whether what stands around a number without a noun of its own names something else that may bear it. `carried`:
    of a shop's dated number a parcel that is looked for is no such thing; 单号 beside a parcel may be the parcel's."""
    if _IS_CARRIED.match(text, code.end) or _SENT_OFF.search(around):
        return True
    return bool(_OTHER_NEAR.search(_CARRIED.sub("", around) if carried and _DATED.fullmatch(code.text) else around))


def named_fully(text: str, code: Code, own: re.Pattern[str]) -> bool:
    """Whether the noun is of a number, or one that the flow itself gives it, and the code no count."""
    if own is not OWN_END and len(code.clean) >= SHORTEST_NAMED and own.search(before_noun(text, code.start)):
        return True
    return bool(re.search(r"(?:单号|编号|号码|number|no\.?|#)$", before_noun(text, code.start), re.I))
