"""Order numbers, mobile numbers and ID cards in a ticket's text (already made even)."""

from __future__ import annotations

import re
from datetime import date

from tickets.flows.slots.text import Span, clause_before, distinct, outside

ORDER_DIGITS = range(12, 33)  # an unmarked number this long is taken for an order number
MARKED_DIGITS = range(6, 33)  # behind the word 订单号 a shorter one is, too
_REACH = 10  # characters before a number in which a word can mark it

_ORDER_WORD = re.compile(r"订单号?|订单编号|单号是|\border\s*(?:no\.?|number|id|#)?", re.I)
_OTHER_WORD = re.compile(r"快递|运单|物流单|面单|身份证|银行卡|卡号|账号|tracking|waybill|\bcard\b|\bid card\b", re.I)
_RUN = re.compile(r"(?<![\dA-Za-z])([A-Za-z]{0,4})(\d+(?:[ -]\d+)*)(?!\d)")
_MOBILE = re.compile(r"(?<![\dA-Za-z])(?:\+?86[ -]?)?(1[3-9]\d(?:[ -]?\d{4}){2})(?!\d)")
_ID_CARD = re.compile(r"(?<![\dA-Za-z])\d{17}[\dXx](?![\dA-Za-z])")
_DATE = re.compile(r"(?<!\d)(?:19|20)\d{2}[-/.年]\s?\d{1,2}[-/.月]\s?\d{1,2}日?(?!\d)")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK = "10X98765432"


def mobiles(text: str) -> list[Span]:
    """Mainland mobile numbers, with or without +86, spaces and dashes."""
    return distinct([Span(_digits(found[1]), *found.span(1)) for found in _MOBILE.finditer(text)])


def id_cards(text: str) -> list[Span]:
    """18-digit identity numbers whose birth date and check digit are right."""
    found = [Span(match[0].upper(), *match.span()) for match in _ID_CARD.finditer(text)]
    return distinct([span for span in found if is_id_card(span.value)])


def orders(text: str) -> list[Span]:
    """Order numbers: long numbers, or shorter ones behind a word that says so; never a mobile, date or ID card."""
    taken = mobiles(text) + _dates(text) + [span for span in id_cards(text) if not _marked(text, span.start)]
    return distinct([span for match in _RUN.finditer(text) for span in _orders_in(text, match, taken)])


def is_id_card(number: str) -> bool:
    if not re.fullmatch(r"\d{17}[\dX]", number):
        return False
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_ID_WEIGHTS, number, strict=False))
    return _ID_CHECK[total % 11] == number[17]


def _orders_in(text: str, match: re.Match[str], taken: list[Span]) -> list[Span]:
    """One number written in groups, or else each group of digits that is an order number by itself."""
    run = match[2]
    groups = [Span(g[0], match.start(2) + g.start(), match.start(2) + g.end()) for g in re.finditer(r"\d+", run)]
    whole = Span(match[1].upper() + _digits(run), match.start(), match.end())
    several = len(groups) > 1 and any(len(group.value) >= ORDER_DIGITS.start for group in groups)
    if not several and outside([whole], taken) and _is_order(text, whole):
        return [whole]
    return [span for span in outside(groups, taken) if len(groups) > 1 and _is_order(text, span)]


def _is_order(text: str, span: Span) -> bool:
    before = clause_before(text, span.start, _REACH)
    word = _last(_ORDER_WORD, before)
    other = _last(_OTHER_WORD, before)
    if other > word:
        return False
    digits = len(_digits(span.value))
    if span.value[:1].isalpha():
        return word >= 0 and digits in MARKED_DIGITS
    return digits in ORDER_DIGITS or (word >= 0 and digits in MARKED_DIGITS)


def _marked(text: str, start: int) -> bool:
    return _last(_ORDER_WORD, clause_before(text, start, _REACH)) >= 0


def _last(pattern: re.Pattern[str], text: str) -> int:
    """Where the last match ends; -1 for none."""
    return max((match.end() for match in pattern.finditer(text)), default=-1)


def _dates(text: str) -> list[Span]:
    return [Span(match[0], *match.span()) for match in _DATE.finditer(text)]


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)
