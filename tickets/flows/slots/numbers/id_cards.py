"""ID cards of eighteen digits in a ticket's text (already made even)."""

from __future__ import annotations

import re
from datetime import date

from tickets.flows.slots import stance
from tickets.flows.slots.numbers.codes import (
    Code,
    before_noun,
    codes,
    touched,
)
from tickets.flows.slots.text import MOST_PLACES, Doubt, Span, clause_after, clause_before, distinct

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK = "10X98765432"


def id_cards(text: str) -> list[Span]:
    """18-digit identity numbers whose birth date and check digit are right; a wrong one behind its noun is doubtful."""
    found = []
    for code in codes(text)[: 4 * MOST_PLACES]:
        named = re.search(r"(?:身份证|证件|ID)(?:号码?|no\.?|number)?$", before_noun(text, code.start), re.I)
        whole = code.text.upper()
        if is_id_card(whole) and not touched(text, code):
            found.append(Span(whole, code.start, code.end, _about_person(text, code)))
        elif named and len(code.digits) >= 6:
            found.append(Span("", code.start, code.end, Doubt.UNREADABLE))
    return distinct(found)


def is_id_card(number: str) -> bool:
    if not re.fullmatch(r"\d{17}[\dX]", number):
        return False
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_ID_WEIGHTS, number, strict=False))
    return _ID_CHECK[total % 11] == number[17]


def _about_person(text: str, code: Code) -> Doubt | None:
    before = clause_before(text, code.start)
    return (
        stance.other_person(before)
        or stance.hedged(before, clause_after(text, code.end))
        or stance.corrected(text, code.end)
    )
