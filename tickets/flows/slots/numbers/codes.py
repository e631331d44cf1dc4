"""Runs of digits and letters in a text: where one begins and ends, what joins it to the next, and the noun it bears.

Rule: a code is read to its end. Whatever touches it on either side, an invisible character, a line break or a mask
belongs to it, so that no part of a longer code ever stands for a code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from tickets.flows.slots.numerals import DIGITS, NUMERALS, UNITS
from tickets.flows.slots.text import INVISIBLE, MOST_PLACES, Doubt, Span, clause_before

_CHAR = "0-9A-Za-z\u00b2\u00b3\u00b9\u00c0-\u024f\u0370-\u052f\u2070-\u209f\u2460-\u24ff\u2776-\u2793"
_CODE = re.compile(
    rf"[{_CHAR}](?:[{_CHAR}]|[{INVISIBLE}]+(?=[{_CHAR}])|[-_./]{{1,2}}(?=[{_CHAR}])|[*•×]+|"
    rf"(?:(?<=[(（]\d\d)|(?<=[(（]\d{{3}})|(?<=[(（]\d{{4}}))[)）](?=\d))*+"
)
_LABELLED = re.compile(r"(?:no|nr|id)\.(?=\d)", re.I)
_DIGIT = re.compile(r"\d")
_GAP = re.compile(r" {1,2}|\s?\n\s?")
_ALIKE = str.maketrans("OoQDIl|", "0000111")
_DATE = re.compile(
    r"(?:19|20)\d{2}[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\d|3[01])|(?:19|20)\d{2}(?:0[1-9]|"
    r"1[0-2])(?:0[1-9]|[12]\d|3[01])|"
    r"(?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\d|3[01])"
)
_MEASURED = re.compile(
    r"^ ?(?:[元块圆角毛分件个次台天张部盒包双只条本瓶箱袋套单年月日号时点秒周岁位楼层栋幢室]|"
    r"[米斤克升寸码款份种名人%％￥折成倍]|"
    r"(?:rmb|cny|yuan|usd|dollars?|items?|pieces?|times?|days?|hours?|minutes?|weeks?|months?|years?|pcs?|am|pm)\b)",
    re.I,
)

THING = (
    r"快递|物流|运单|面单|包裹|顺丰|[中圆申]通|韵达|极兔|邮政|德邦|百世|丰巢|菜鸟|京东物流|支付|付款|"
    r"交易|流水|转账|发票|税号|条形?码|"
    r"序列号|串号|型号|货号|款号|批号|会员|卡号|银行卡|信用卡|账号|账户|账单|身份证|护照|车牌|电话|"
    r"手机|号码|座机|固话|热线|传真|微信|QQ|支付宝|邮编|"
    r"工单|投诉单|案件|编号|合同|保单|券码|兑换码|取件码|验证码|密码|工号|房间|邮箱|时间|日期|金额|"
    r"价格|版本|邀请码|优惠码|客服|退货单|换货单|售后单|维修单|服务单"
)
OTHER_NOUN = re.compile(
    rf"(?:{THING})(?:的)?(?:单?号码?|编号|号码|单|ID|No\.?)?$|[一-鿿](?:号|码|号码|编号|卡|证|券| ?ID)$|(?<![订定])"
    rf"单号?$|"
    r"(?<![A-Za-z])(?:IMEI|IMSI|SN|S/N|MAC|SKU|EAN|UPC|ISBN|EMS|UPS|DHL|FedEx|SF|YTO|ZTO|STO|tel|"
    r"phone|mobile|cell|fax|card|account|acct|invoice|"
    r"tracking|waybill|parcel|package|shipment|shipping|courier|transaction|payment|receipt|ticket|"
    r"case|serial|barcode|passport|model|batch|"
    r"coupon|voucher|contract|policy|booking|reservation|flight|member(?:ship)?|customer|user|iban|"
    r"zip|pin|otp|code|date|time|ref(?:erence)?)"
    r"(?:\s*(?:no|number|num|id|code|ref))?\.?\s*#?$|(?<![A-Za-z])(?!order)[a-z]{2,}\s+(?:no|number|"
    r"num|id|code)\.?\s*#?$",
    re.I,
)
_SPOKEN = dict(zip(DIGITS + "幺", [0, 0, 0, 1, 2, 2, *range(3, 10), *range(1, 10), 1], strict=True))
_NUMERAL = re.compile(rf"[{DIGITS}幺]")
_SPOKEN_RUN = re.compile(rf"[{DIGITS}幺0-9](?:[ ,，、-]?[{DIGITS}幺0-9]){{6,}}+")


_NUMERALS_BEFORE = re.compile(rf"[{NUMERALS}幺]$|[{NUMERALS}\d](?:['·~+*.xX\-②]|[{INVISIBLE}]){{1,3}}$")
# One numeral may begin a word (202405218876一直没到); a numeral before anything else goes on with the number.
_NUMERALS_BEHIND = re.compile(rf"[{DIGITS}幺](?:[{NUMERALS}幺]|(?![一-鿿]))|[{UNITS}]|['·~+][\dA-Za-z①-⑳{NUMERALS}]")


class Noun(Enum):
    OWN = "own"  # the kind that is looked for
    OTHER = "other"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Code:
    """One code of the text, or several that only blanks or a line break divide (`gaps`)."""

    text: str
    start: int
    end: int
    groups: tuple[str, ...] = ()

    @property
    def digits(self) -> str:
        return re.sub(r"\D", "", self.text)

    @property
    def clean(self) -> str:
        """Without invisible characters."""
        return re.sub(f"[{INVISIBLE}]", "", self.text)

    @property
    def broken(self) -> bool:
        """By an invisible character or a mask: what is seen is not what stands there."""
        return self.clean != self.text or any(char in "*•×" for char in self.text)

    @property
    def mistyped(self) -> bool:
        """Letters that look like digits in the middle of digits: 2O24, 13800l38000."""
        letters = re.sub(r"[\W\d_]", "", self.clean)
        inner = bool(re.search(r"\d[OoQDIl|]|^[OoIl|]\d\d", self.clean))
        return bool(letters) and inner and self.clean.translate(_ALIKE).isdecimal()

    @property
    def unmistyped(self) -> str:
        return self.clean.translate(_ALIKE)


@lru_cache(maxsize=2)  # the slots of one flow ask for the same two texts one after the other
def codes(text: str) -> list[Code]:
    """Every code that holds a digit, in order."""
    return [
        _without_label(Code(match[0].rstrip("-_./"), match.start(), match.end()))
        for match in _CODE.finditer(text)
        if _DIGIT.search(match[0])
    ]


def _without_label(code: Code) -> Code:
    """NO.2024… without its label."""
    label = _LABELLED.match(code.text) if code.text[0] in "nNiI" else None
    return Code(code.text[label.end() :], code.start + label.end(), code.end) if label else code


def chains(text: str, found: list[Code]) -> Iterator[list[Code]]:
    """The codes, those that only blanks or a line break divide together; an amount, a count, a date or an item's number
    ("2.") that follows a code is no part of it."""
    chain: list[Code] = []
    for code in found:
        gap = _GAP.fullmatch(text, chain[-1].end, code.start) if chain else None
        if chain and (gap is None or stands_alone(text, code) or stands_alone(text, chain[-1])):
            yield chain
            chain = []
        chain.append(code)
    if chain:
        yield chain


def capped(text: str, found: Iterable[list[Code]], read: Callable[[list[Code]], Iterator[Span]]) -> list[Span]:
    """What `read` says of each chain, the same chain in the same words read once; beyond the most places that are
    judged, only that there are more."""
    spans: list[Span] = []
    known: set[tuple[str, str]] = set()
    for chain in found:
        around = text[max(0, chain[0].start - 24) : chain[-1].end + 16]
        key = (text[chain[0].start : chain[-1].end], around)
        if key in known:
            continue
        if len(known) == MOST_PLACES or len(chain) > MOST_PLACES:
            return [*spans, Span("", chain[0].start, chain[-1].end, Doubt.UNCLEAR)]
        known.add(key)
        spans += read(chain)
    return spans


def stands_alone(text: str, code: Code) -> bool:
    after = text[code.end : code.end + 12]
    counted = len(code.digits) <= 6 and _MEASURED.search(after)
    item = len(code.text) <= 2 and re.match(r"[.、)）:：](?!\d)", after)
    english = len(code.digits) <= 3 and re.match(r" [A-Za-z]", after)
    return bool(
        counted or item or english or is_date(code.text) or text[max(0, code.start - 1) : code.start] in set("¥￥$€£")
    )


def is_date(text: str) -> bool:
    return bool(_DATE.fullmatch(text))


def is_moment(digits: str) -> bool:
    """20240521143000: a date with its time."""
    return (
        len(digits) in {12, 14}
        and is_date(digits[:8])
        and all(int(digits[at : at + 2]) < 60 for at in range(10, len(digits), 2))
        and int(digits[8:10]) < 24
    )


def touched(text: str, code: Code) -> bool:
    """Whether more of the code seems to stand beside it in numerals, behind an ellipsis, or behind a mark."""
    before, after = text[max(0, code.start - 3) : code.start], text[code.end : code.end + 2]
    numerals = _NUMERALS_BEFORE.search(before) or _NUMERALS_BEHIND.match(after)
    marks = re.search(rf"[*•×@%…{INVISIBLE}]$|[A-Za-z\d] ?=$|\.\.$", before) or re.match(
        rf"[*•×@=…]|\.\.|[{INVISIBLE}]+[^{INVISIBLE}\s]", after
    )
    return bool(numerals or marks)


_QUOTES = " \t\"'“”‘’「」『』【】《》()（）[]<>:：=*"
_LINK = re.compile(r"(?:应该|分别)?(?:是|为|叫|填的?|写的?|即|\bis|\bwas|\bare|\bof)\s*$", re.I)


def before_noun(text: str, start: int, reach: int = 40) -> str:
    """What stands directly before a code, connecting words and marks taken off; a label may stand on the line above
    or before a comma."""
    part = re.sub(r"(?<![A-Za-z])(?:no|nr|id)\.$", "", clause_before(text, start, reach), flags=re.I)
    lead = _stripped(part)
    if not lead:
        at = start - len(part)
        while at > 0 and text[at - 1] in "\n ,，:：":
            at -= 1
        above = _stripped(clause_before(text, at, reach))
        return above if at < start - len(part) and re.search(r"(?:[号码单]|number|no\.?|id)$", above, re.I) else ""
    return lead


def _stripped(part: str) -> str:
    while True:
        shorter = _LINK.sub("", part.rstrip(_QUOTES)).rstrip(_QUOTES)
        if shorter == part:
            return part
        part = shorter


def spoken_digits(text: str) -> list[Span]:
    """Runs of seven digits and more written as numerals, as a transcript has them. In digits, to be offered: what was
    heard may not be what was said."""
    found = []
    for match in _SPOKEN_RUN.finditer(text):
        if len(_NUMERAL.findall(match[0])) < 3:
            continue
        digits = "".join(str(_SPOKEN.get(char, char)) for char in re.sub(r"[ ,，、-]", "", match[0]))
        if digits.isdecimal():
            found.append(Span(digits, *match.span(), Doubt.UNREADABLE))
    return found
