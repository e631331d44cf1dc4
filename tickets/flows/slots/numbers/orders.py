"""Order numbers in a ticket's text.

Rule: the noun that a number bears decides. Behind 订单号 it is the order's as it stands, behind another noun (快递单号,
发票号码, IMEI, tracking number) it is that. A long number without a noun is the order's only where nothing around it
names something else and its digits do not have the form of something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tickets.flows.slots import stance
from tickets.flows.slots.numbers.codes import (
    OTHER_NOUN,
    THING,
    Code,
    Noun,
    before_noun,
    capped,
    chains,
    codes,
    is_date,
    is_moment,
    spoken_digits,
    touched,
)
from tickets.flows.slots.numbers.of_people import is_id_card, is_mobile
from tickets.flows.slots.text import Doubt, Span, clause_after, clause_before, sentence_before

UNMARKED = range(12, 33)  # digits of a number that is taken for an order number without a noun
WITH_LETTERS = 8  # digits of such a number that holds letters; it is offered
MARKED = range(6, 33)  # digits behind a noun
LONGEST = 40  # digits that are shown

_OWN = r"(?:订单|订购|定单|下单(?=编|号))(?:的)? ?(?:编?号码?|单号|编码|号码?|ID|No\.?|number|#)?"
_OWN_END = re.compile(
    rf"{_OWN}$|(?<![A-Za-z])orders?(?:[\s_-]*(?:no|number|num|nr|id|code|ref|reference))?\.?\s*#?$", re.I
)
_BARE_END = re.compile(r"(?:^|[的我这那下此该,，\s]|[一两俩二三四五六七八九十几\d])单号?$|[这那]个单$")
_NO_NOUN = re.compile(r"(?<![A-Za-z一-鿿])(?<![A-Za-z一-鿿] )(?:U?ID|编号|号码|代码)$", re.I)  # whose, it does not say
_OTHER_ORDER = re.compile(
    r"(?:商户|支付|付款|交易|微信|支付宝|退款|退货|换货|售后|物流|快递|运单|包裹|采购|服务|维修|父|主|母|关联|历史|"
    r"赠品|拆分|合并|"
    r"测试|第三方|代付|还款|借款|贷款|缴费?|"
    r"工|旧|原|上一|别的|其他|另外)(?:的)?\s*(?:订单|定单)[^订]{0,4}$|"
    r"\b(?:purchase|payment|money|work|return|previous|old|other|last|another) order[^o]{0,12}$",
    re.I,
)
_OTHER_NEAR = re.compile(
    rf"{THING}|\b(?:imei|tracking|waybill|parcel|package|invoice|transaction|payment|card|account|"
    rf"phone|serial|receipt|courier|ticket|case)\b",
    re.I,
)
_NAMED_NUMBER = re.compile(r"(?:电话|手机)号?码?[是为:： ]*\d{7,}")  # 单号…,电话138…: each has its noun
_OWN_AFTER = re.compile(
    rf"^[\"'”」』)）】 ]*(?:这个|这笔|这张|这|那个|那笔|的|是我的?|就?是|为)*\s*(?:{_OWN}|order\b)", re.I
)
_OTHER_AFTER = re.compile(
    rf"^[\"'”」』)）】 ]*(?:这个|这张|这|那个|的|是我的?|就?是|为|[（(【])+\s*(?:{THING}|(?:is|"
    rf"was) (?:the|my|a) (?!order)\w+|(?:tracking|waybill|parcel|invoice))(?!(?:单号?|号码?|"
    rf"编号)?[:： ]?[A-Za-z]{{0,4}}\d{{6}})",
    re.I,
)
_PART = re.compile(
    r"(?:尾号|末尾|后[几三四五六八]?位|末[几三四五六八]?位|结尾|开头|前[几三四五六八]?位|ending(?: in|"
    r" with)?|last (?:four|4|six|6) (?:digits)?|starting with|starts with|ends with)\s*$",
    re.I,
)
_PART_AFTER = re.compile(r"^[ \"”」)）]*(?:开头|打头|结尾|收尾|等[几多]|什么的|后面|\.\.)")
_EXAMPLE = re.compile(
    r"(?:例[:：]|例如|比如|譬如|类似|格式|示例|样例|像|e\.g\.|for example|such as|format|like)\s*(?:是|为|:|"
    r"：)?[^,，。]{0,6}$",
    re.I,
)
# Whether it is the number (…吗), not what became of the order (…发货了吗).
_ASKED_ABOUT = re.compile(
    r"(?:是不是|是否)[^#]{0,6}#|#[\"”』」)） ]*(?:这个|的|是)?(?:吗|么$|对吗|对不对|对么|是吗|(?:是不是|是否)(?=对|"
    r"正确|$|[,，。?？]))"
)
_BARE_QUESTION = re.compile(r"[\"”』」)） ]*[?？]")  # 订单号302410558872?
# A count that runs into the number: 订单号3024105588722件都坏了.
_COUNTED = re.compile(
    r"[元件个份](?!旦)|台(?!灯)|盒(?!子)|包(?!裹|装|邮)|双(?!十)|只(?!有|要|是|想|退|收|发)|条(?!码)|本(?!人|来|月|"
    r"单)|套(?!餐)|箱(?!子)|袋(?!子)|瓶(?!子)"
)
_LIKE_A_DIGIT = re.compile(r"\d{3,}[BSZGg]\d{2,}")  # one letter alone in the midst of digits
# The order before it, the other one of that day.
_ANOTHER_AFTER = re.compile(
    r"[”\"）)]*(?:的|之|以|那天的?|后面|前面|旁边){1,2}(?:[前后上下另]|其他)(?:面|边|"
    r"下)*的?[一那个下]?"
)
_UNSURE_AFTER = re.compile(r"^[^。\n]{0,12}(?:看不清|模糊|不确定|记不清|记不得|对不对|是不是对|不敢确定)")
_UNKNOWN = re.compile(r"订单(?:号码?|编号)(?:我)?(?:不知道|没有|忘|找不到|不记得|记不|没记|没找到|是多少|在哪)")
_FORMER = re.compile(
    r"上次|上回|上一[单个次]|前一[单个次]|以前那|之前那|旧订?单|原来[的那]|那次|另一[单个]|别的|"
    r"previous|old (?:one|order)|last time",
    re.I,
)


def orders(text: str, words: Sequence[str] = ()) -> list[Span]:
    """The order numbers of a text; `words` name the number in place of 订单号 where a flow has another (合同号)."""
    own = _named_by(words) if words else _OWN_END
    written = capped(text, chains(text, codes(text)), lambda chain: _in_chain(text, chain, own))
    spoken = [span for span in spoken_digits(text) if own.search(before_noun(text, span.start))]
    found = sorted([*written, *spoken], key=lambda span: span.start)
    return _without_unnamed(text, found, own)


def _without_unnamed(text: str, found: list[Span], own: re.Pattern[str]) -> list[Span]:
    """Where one number is certain by its noun, a code of letters without that noun is something else's."""
    named = [span for span in found if own.search(before_noun(text, span.start))]
    if not any(span.doubt is None for span in named):
        return found
    return [span for span in found if span in named or span.value.isdecimal() or span.doubt is not Doubt.UNCLEAR]


def _named_by(words: Sequence[str]) -> re.Pattern[str]:
    every = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return re.compile(rf"(?:{every})(?:编?号码?|号码|no\.?|number|id)?$", re.I)


def _in_chain(text: str, chain: list[Code], own: re.Pattern[str]) -> Iterator[Span]:
    while len(chain) > 1 and is_mobile(chain[-1].text):
        yield from _single(text, chain[-1], own, behind=True)
        chain = chain[:-1]
    whole = [code for code in chain if len(code.digits) in UNMARKED and code.text.isdecimal()]
    if len(chain) > 1 and len(whole) == len(chain) and len({len(code.text) for code in chain}) == 1:
        for number, code in enumerate(chain):
            yield from _single(text, code, own, behind=number > 0)
    elif len(chain) == 1:
        yield from _single(text, chain[0], own)
    else:
        joined = "".join(code.clean for code in chain)
        code = Code(joined, chain[0].start, chain[-1].end)
        inside = text[code.start : code.end]
        four = _in_fours([each.text for each in chain]) and "\n" not in inside and len(joined) >= 8
        for span in _single(text, code, own):
            yield span if four else span.doubted(Doubt.UNREADABLE)


def _single(text: str, code: Code, own: re.Pattern[str], *, behind: bool = False) -> Iterator[Span]:
    """The code as an order number, where it is one or may be one. `behind`: another code stands before it."""
    value = _value(code)
    if is_date(code.text) and not own.search(before_noun(text, code.start)):
        return
    noun, certain = (Noun.NONE, True) if behind else _noun(text, code, own)
    if noun is Noun.OTHER or (noun is Noun.NONE and not _may_be_an_order(text, code)):
        return
    if noun is Noun.OWN and not _long_enough(code) and not _named_fully(text, code) and not code.broken:
        return
    doubt = _form(text, code, noun, value) or (None if certain else Doubt.UNCLEAR) or _stance(text, code)
    shown = "" if any(char in "*•×" for char in code.text) or len(code.digits) > LONGEST else value
    yield Span(shown, code.start, code.end, doubt)


def _may_be_an_order(text: str, code: Code) -> bool:
    """Whether a code that bears no noun is long enough and has not the form of something else."""
    letters = re.search("[A-Za-z]", code.clean)
    if len(code.digits) not in UNMARKED and not (letters and len(code.digits) >= WITH_LETTERS):
        return False
    telephone = not letters and is_mobile(re.sub("^(?:00)?86", "", code.digits))
    return not (telephone or is_id_card(code.text.upper()) or "@" in text[max(0, code.start - 1) : code.end + 1])


def _value(code: Code) -> str:
    """As it stands, but for digits written in groups of four and letters for digits."""
    groups = re.split(r"-", code.clean)
    if code.mistyped:
        return code.unmistyped
    return "".join(groups) if len(groups) > 1 and _in_fours(groups) else code.clean


def _in_fours(groups: Sequence[str]) -> bool:
    return (
        all(group.isdecimal() for group in groups)
        and all(len(group) == 4 for group in groups[:-1])
        and 1 <= len(groups[-1]) <= 4
    )


def _form(text: str, code: Code, noun: Noun, value: str) -> Doubt | None:
    """What the characters themselves leave open."""
    digits, plain = code.digits, value.isdecimal()
    goes_on = re.match(r"[,，、;；] ?\d", text[code.end : code.end + 3]) and len(digits) < UNMARKED.start
    if (
        goes_on
        or code.broken
        or code.mistyped
        or re.match(r"(?:no|nr|num)\d", code.text, re.I)  # a label or a part of the number
        or touched(text, code)
        or (plain and _COUNTED.match(text, code.end))
        or _LIKE_A_DIGIT.fullmatch(value)
        or re.search(r"[./_)]", code.text)
        or not value.isascii()
    ):
        return Doubt.UNREADABLE
    if _PART.search(clause_before(text, code.start, 24)) or _PART_AFTER.search(text[code.end : code.end + 8]):
        return Doubt.UNREADABLE
    if re.search(r"[A-Za-z] $", text[max(0, code.start - 2) : code.start]) and re.search(
        r"(?:[^A-Za-z ]|^) ?[A-Z]{1,4} $", text[max(0, code.start - 8) : code.start]
    ):
        return Doubt.UNREADABLE  # JD 20240521001
    if (
        len(digits) >= MARKED.stop
        or not _long_enough(code)
        or (plain and is_date(digits))
        or (noun is Noun.OWN and is_mobile(digits))
    ):
        return Doubt.UNCLEAR
    if noun is Noun.NONE and (not plain or _other_form(digits)):
        return Doubt.UNCLEAR
    return Doubt.UNCLEAR if "-" in value and noun is not Noun.OWN else None


def _other_form(digits: str) -> bool:
    """Whether the digits have the form of a bar code, a card, a telephone set's number, a mobile or a moment."""
    bars = len(digits) == 13 and digits[:2] in {"69", "97", "88", "49", "50", "40"} and _weighted(digits) == 0
    card = len(digits) in range(16, 20) and (digits[:2] == "62" or (digits[0] in "3456" and _luhn(digits)))
    set_number = len(digits) == 15 and digits[:2] in {"35", "86", "99", "01"} and _luhn(digits)
    abroad = len(digits) == 13 and digits.startswith("86") and is_mobile(digits[2:])
    mobile = len(digits) == 12 and is_mobile(digits[:11])
    return (
        bars
        or card
        or set_number
        or abroad
        or mobile
        or (len(digits) == 14 and is_moment(digits))
        or (is_id_card(digits))
    )


def _luhn(digits: str) -> bool:
    total = sum(int(d) if at % 2 == 0 else sum(divmod(2 * int(d), 10)) for at, d in enumerate(reversed(digits)))
    return total % 10 == 0


def _weighted(digits: str) -> int:
    return sum(int(d) * (3 if at % 2 else 1) for at, d in enumerate(digits)) % 10


def _noun(text: str, code: Code, own: re.Pattern[str]) -> tuple[Noun, bool]:
    """What the number is called, and whether that is certain."""
    lead, after = before_noun(text, code.start), text[code.end : code.end + 24]
    lead = (
        re.sub(r"(?<=[号码单r])\s?[A-Z]{1,4}$", "", lead) if own.search(re.sub(r"\s?[A-Z]{1,4}$", "", lead)) else lead
    )
    if _OTHER_ORDER.search(lead):
        return Noun.OWN, False
    if own.search(lead):
        return Noun.OWN, after.startswith("的") or not _OTHER_AFTER.search(after)  # 订单…的物流 is the order's
    if own is _OWN_END and _BARE_END.search(lead):
        if re.match("[A-Za-z]", code.text) or _UNKNOWN.search(text):
            return Noun.OWN, False  # carriers' numbers begin with letters
        return Noun.OWN, not _OTHER_NEAR.search(_NAMED_NUMBER.sub("", sentence_before(text, code.start) + after))
    if own is _OWN_END and _NO_NOUN.search(lead):
        return Noun.NONE, False
    if OTHER_NOUN.search(lead):
        return Noun.OTHER, True
    if own is _OWN_END and _OWN_AFTER.search(after):
        return Noun.OWN, True
    if _OTHER_AFTER.search(after):
        return Noun.OTHER, True
    if own is not _OWN_END:
        return Noun.NONE, False
    around = clause_before(text, code.start) + clause_after(text, code.end)
    near = sentence_before(text, code.start, 60) + around
    return Noun.NONE, not _OTHER_NEAR.search(
        around if re.search("订单|下单|order", around, re.I) and not _OTHER_NEAR.search(around) else near
    )


def _long_enough(code: Code) -> bool:
    return len(code.digits) >= MARKED.start or (len(code.digits) >= 3 and len(code.clean) >= 8 and "-" not in code.text)


def _named_fully(text: str, code: Code) -> bool:
    return bool(re.search(r"(?:单号|编号|号码|number|no\.?|#)$", before_noun(text, code.start), re.I))


def _stance(text: str, code: Code) -> Doubt | None:
    before, after = clause_before(text, code.start), clause_after(text, code.end)
    sentence = sentence_before(text, code.start)
    lead = before_noun(text, code.start)
    outer = re.sub(rf"(?:{_OWN})[是为:：\s]*$", "", before, flags=re.I)
    if (
        stance.refused(outer, "")
        or stance.refused(before, "")
        or re.search(
            r"^[^,，。(（]{0,2}(?:不是|不对|错了)|^(?:这单|那单|的)?(?:不用|不要|别|先别)再?(?:查|处理|管|"
            r"退|看)",
            after,
        )
    ):
        return Doubt.NEGATED
    if re.search(r"(?:不要|不用|别|勿|不必|先别)再?(?:处理|退|查|动|发|取消|管|看|改)[^,，。]{0,4}$", outer):
        return Doubt.NEGATED
    if _FORMER.search(before[-24:]) or _FORMER.search(lead):
        return Doubt.OTHER_TIME
    if _EXAMPLE.search(before) or _UNSURE_AFTER.search(text[code.end : code.end + 24]):
        return Doubt.UNCLEAR
    if re.search(r"(?:除了?|除去|排除|\bexcept(?: for)?)(?:订单号?)?[是:： ]*$", before, re.I):
        return Doubt.NEGATED
    if _ANOTHER_AFTER.match(text, code.end) or re.search(r"(?:合并|拆|变)成$", lead):
        return Doubt.UNCLEAR
    if re.search(
        r"\b(?!(?:it|that|here|what|there|today|yesterday)['’])\w+['’]s (?:\w+ )?(?:orders?)?[\s#:]*(?:is|"
        r"no\.?|number)?[\s:]*$",
        before,
        re.I,
    ):
        return Doubt.OTHER_PERSON
    quoted = stance.hearsay(outer.rstrip("\"“「『‘'"), sentence.rstrip("\"“「『‘'"))
    return (
        stance.hedged(before, after)
        or stance.other_person(outer)
        or quoted
        or (
            Doubt.QUESTION
            if not outer
            and re.search(
                r"号$|号码$|编号$|number$|"
                r"no\.?$",
                lead,
                re.I,
            )
            and _BARE_QUESTION.match(text, code.end)
            else None
        )
        or stance.corrected(text, code.end)
        or (Doubt.QUESTION if _ASKED_ABOUT.search(before[-8:] + "#" + after[:6]) else None)
    )
