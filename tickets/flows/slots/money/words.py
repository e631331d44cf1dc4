"""A money slot's words and those of its rivals in a text, and the clauses they stand in."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from tickets.flows.slots.text import CLAUSE_END

_WISH = re.compile(r"[退赔补还减免]|refund|compens|reimburs|back|credit", re.I)
Stretch = tuple[int, int]  # start and end
# give me … back, … yuan returned to me, 把…块还给我: the amount stands before the word.
_BACK = r"(?:(?<=yuan )|(?<=rmb )|(?<=cny )|(?<=kuai )|(?<=\d ))(?:back|returned)\b"
_GIVEN_BACK = r"(?<=[元块毛角分钱])(?:都|得|要|请|全部?|一起|直接|原路)?(?:还|返|打|转)(?:给我|回来|回给我)"


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a slot (`own`) or of another one."""

    start: int
    end: int
    own: bool
    name: str


class Words:
    """The words of a slot and of its rivals, found in any stretch of a text."""

    def __init__(self, own: Iterable[str], rivals: Iterable[str]) -> None:
        self._given = False
        self._own = {word.lower(): False for word in rivals} | {word.lower(): True for word in own}
        every = sorted(self._own, key=lambda word: (-len(word), word))
        parts = [re.escape(word) + (r"[a-z]{0,3}\b" if word.isascii() else "") for word in every]
        if parted := next((word for word in self._own if word.endswith(" back")), None):
            parts.append(_BACK)
            self._own |= dict.fromkeys(("back", "returned"), self._own[parted])
        if given := next((word for word in self._own if word in {"退", "退款", "退还"}), None):
            parts.append(_GIVEN_BACK)
            self._given = self._own[given]
        # What may begin a word is looked at before the words are tried: most of a text begins none.
        begins = "".join({word[0] for word in self._own}) + "brdoe都得要请全一直原还返打转"
        self.pattern = f"(?=[{re.escape(begins)}])(?:{'|'.join(parts)})" if parts else r"(?!)"

    @property
    def facts(self) -> bool:
        """Whether the slot's words name what was paid or is owed (扣款, charge of), and not what is wished."""
        return not any(own and _WISH.search(word) for word, own in self._own.items())

    def within(self, text: str, stretch: Stretch) -> list[Word]:
        return list(self.each(text, stretch))

    def each(self, text: str, stretch: Stretch) -> Iterator[Word]:
        places = _places(self.pattern, text)
        for start, end in islice(places, bisect_left(places, (stretch[0], 0)), None):
            if end > stretch[1]:
                return
            found = text[start:end].lower()
            yield Word(start, end, self._owned(found), found)

    def own_in(self, text: str) -> bool:
        """Whether the text holds one of the slot's own words at all."""
        others: set[str] = set()  # a long text says the same words again and again
        for start, end in _places(self.pattern, text):
            if (found := text[start:end].lower()) not in others:
                if self._owned(found):
                    return True
                others.add(found)
        return False

    def any_within(self, text: str, stretch: Stretch) -> bool:
        places = _places(self.pattern, text)
        first = bisect_left(places, (stretch[0], 0))
        return first < len(places) and places[first][1] <= stretch[1]

    def _owned(self, found: str) -> bool:
        """Whether the word is the slot's own; an English one may bear an ending."""
        if found in self._own:
            return self._own[found]
        named = max((word for word in self._own if found.startswith(word)), key=len, default=None)
        return self._given if named is None else self._own[named]


@lru_cache(maxsize=4)  # two texts (with and without what others wrote), and the slots of a flow share their words
def _places(pattern: str, text: str) -> list[Stretch]:
    return [match.span() for match in re.finditer(pattern, text, re.I)]


def clause_of(text: str, at: int) -> Stretch:
    """The clause that `at` stands in; a comma inside a number ends none."""
    ends = _clause_ends(text)
    number = bisect_right(ends, at)
    return ends[number - 1] + 1 if number else 0, ends[number] if number < len(ends) else len(text)


@lru_cache(maxsize=2)  # with and without what others wrote
def _clause_ends(text: str) -> list[int]:
    return [match.start() for match in _ENDS.finditer(text)]


_ENDS = re.compile(rf"(?!(?<=\d)[,，]\d)(?:{CLAUSE_END.pattern})")  # no comma inside a number
