"""A keyword's place in a text and the words around it, and how the writer may stand to it."""

from __future__ import annotations

import re
from enum import StrEnum

from tickets.flows.matching.plain import names_an_action
from tickets.flows.slots.text import clause_after, clause_before, sentence_before

_CARRIED = re.compile(r"快递|物流|包裹|运输|parcel|package|tracking|delivery", re.I)


class Standing(StrEnum):
    """How the writer stands to the thing a keyword names."""

    WANTED = "wanted"
    POLITE = "polite"  # 可以退款吗: a wish where something else in the text says so, else a question
    ASKED = "asked"
    REFUSED = "refused"
    DONE = "done"
    UNCLEAR = "unclear"  # among words that say something else of it
    SUPPOSED = "supposed"  # under a condition, or reported


class Spot:
    """A keyword's place, and the words around it in its clause and sentence."""

    def __init__(self, text: str, start: int, end: int, *, action: bool) -> None:
        self.text, self.start, self.end = text, start, end
        self.word = text[start:end]
        self.before, self.after = clause_before(text, start), clause_after(text, end)
        self.sentence, self.behind = sentence_before(text, start), text[end : end + 40]
        self.action = action or names_an_action(self.word)
        self.carried = bool(_CARRIED.search(self.word))  # a parcel and its way
        self.condition = self.sentence if self.sentence.isascii() else self.sentence[-40:]  # where one may stand
