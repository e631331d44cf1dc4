"""ID cards of eighteen digits in a ticket's text (already made even)."""

from __future__ import annotations

import re

from cs_agent.vision.personal_data.numbers.checks import is_id_card
from tickets.flows.slots import stance
from tickets.flows.slots.numbers.codes import (
    Code,
    before_noun,
    codes,
    touched,
)
from tickets.flows.slots.text import MOST_PLACES, Doubt, Span, clause_after, clause_before, distinct


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


def _about_person(text: str, code: Code) -> Doubt | None:
    before = clause_before(text, code.start)
    return (
        stance.other_person(before)
        or stance.hedged(before, clause_after(text, code.end))
        or stance.corrected(text, code.end)
    )
