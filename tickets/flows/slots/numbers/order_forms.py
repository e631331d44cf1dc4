"""What the characters of a number themselves leave open: a part of it, a count run into it, a bar code, a card."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cs_agent.vision.personal_data.numbers.checks import is_id_card
from tickets.flows.slots.numbers.codes import (
    Code,
    Noun,
    is_date,
    is_moment,
    touched,
)
from tickets.flows.slots.numbers.phones import is_mobile
from tickets.flows.slots.text import Doubt, clause_before

UNMARKED = range(12, 33)  # digits of a number that is taken for an order number without a noun
MARKED = range(6, 33)  # digits behind a noun
_PART = re.compile(
    r"(?:尾号|末尾|后[几三四五六八]?位|末[几三四五六八]?位|结尾|开头|前[几三四五六八]?位|ending(?: in|"
    r" with)?|last (?:four|4|six|6) (?:digits)?|starting with|starts with|ends with)\s*$",
    re.I,
)
_PART_AFTER = re.compile(r"[ \"”」)）]*(?:开头|打头|结尾|收尾|等[几多]|什么的|后面|\.\.)")
# A count that runs into the number: 订单号3024105588722件都坏了.
_COUNTED = re.compile(
    r"[元件个份](?!旦)|台(?!灯)|盒(?!子)|包(?!裹|装|邮)|双(?!十)|只(?!有|要|是|想|退|收|发)|条(?!码)|本(?!人|来|月|"
    r"单)|套(?!餐)|箱(?!子)|袋(?!子)|瓶(?!子)"
)
_LIKE_A_DIGIT = re.compile(r"\d{3,}[BSZGg]\d{2,}")  # one letter alone in the midst of digits


def in_fours(groups: Sequence[str]) -> bool:
    return (
        all(group.isdecimal() for group in groups)
        and all(len(group) == 4 for group in groups[:-1])
        and 1 <= len(groups[-1]) <= 4
    )


def doubt_about_form(text: str, code: Code, noun: Noun, value: str, *, named: bool = False) -> Doubt | None:
    """What the characters themselves leave open; `named`: the flow's own noun says that it is a whole number."""
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
    if _PART.search(clause_before(text, code.start)) or _PART_AFTER.match(text, code.end):
        return Doubt.UNREADABLE
    if (
        not named
        and re.search(r"[A-Za-z] $", text[max(0, code.start - 2) : code.start])
        and re.search(r"(?:[^A-Za-z ]|^) ?[A-Z]{1,4} $", text[max(0, code.start - 8) : code.start])
    ):
        return Doubt.UNREADABLE  # JD 20240521001
    if (
        len(digits) >= MARKED.stop
        or not (named or long_enough(code))
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
    mobile = len(digits) == 12 and is_mobile(digits[:11])
    return bars or card or set_number or mobile or (len(digits) == 14 and is_moment(digits)) or (is_id_card(digits))


def _luhn(digits: str) -> bool:
    total = sum(int(d) if at % 2 == 0 else sum(divmod(2 * int(d), 10)) for at, d in enumerate(reversed(digits)))
    return total % 10 == 0


def _weighted(digits: str) -> int:
    return sum(int(d) * (3 if at % 2 else 1) for at, d in enumerate(digits)) % 10


def long_enough(code: Code) -> bool:
    return len(code.digits) >= MARKED.start or (len(code.digits) >= 3 and len(code.clean) >= 8 and "-" not in code.text)
