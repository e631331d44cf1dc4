"""Parts of a bar that count the papers of the list below them: Mine 4 over four tickets.

Rule: the chosen part counts just what the list shows, one part names a state, and each entry is called by a number.
Votes and answers are counted as well, over the people who gave them, who are called by their names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from cs_agent.engine.screen.text import fold
from cs_agent.engine.screen.vocabulary.titles import filters_a_list
from cs_agent.engine.screen.words import names_a_state

_COUNT = re.compile(r"(?<!\d)\(?(\d{1,3})\)?$")
_LEAST = 2  # entries
_NUMBER = re.compile(r"#\d{2,}|\b[a-z]{2,5}-\d{2,}|(?<![\d+.,:/-])(?!1[3-9]\d{9}(?!\d)|0)\d{5,}(?![.,]\d)")


def counts_what_shows(names: Sequence[str], chosen: int, entries: Sequence[Sequence[str]]) -> bool:
    """`names`: of the bar's parts; `entries`: the texts of each entry of the list."""
    called = all(texts and _is_numbered(texts[0]) for texts in entries)
    return called and counts_so_many(names, chosen, len(entries))


def counts_cards(names: Sequence[str], chosen: int, cards: Sequence[Iterable[str]]) -> bool:
    """`cards`: what is told in each, which has buttons for what is done with it. Every part is a state of theirs."""
    numbered = all(any(map(_is_numbered, texts)) for texts in cards)
    sorts = all(filters_a_list(name) or names_a_state(name) for name in map(_bare, names))
    return numbered and sorts and counts_so_many(names, chosen, len(cards))


def counts_so_many(names: Sequence[str], chosen: int, shown: int) -> bool:
    """The chosen part counts what is shown, and one part names a state."""
    if shown < _LEAST or _count(names[chosen]) != shown:
        return False
    return any(filters_a_list(name) or names_a_state(name) for name in map(_bare, names))


def _bare(name: str) -> str:
    return _COUNT.sub("", fold(name)).strip()


def _is_numbered(text: str) -> bool:
    return bool(_NUMBER.search(fold(text)))


def _count(name: str) -> int | None:
    found = _COUNT.search(fold(name))
    return int(found[1]) if found else None
