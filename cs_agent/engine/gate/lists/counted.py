"""Parts of a bar that count the papers of the list below them: Mine 4 over four tickets.

Rule: the chosen part counts just what the list shows, one part names a state, and each entry has a number of its own.
Votes and answers are counted as well, over the people who gave them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from cs_agent.engine.screen.text import fold
from cs_agent.engine.screen.vocabulary.titles import filters_a_list
from cs_agent.engine.screen.words import names_a_state

_COUNT = re.compile(r"(?<!\d)\(?(\d{1,3})\)?$")
_LEAST = 2  # entries
_NUMBER = re.compile(r"#\d{2,}|\b[a-z]{2,5}-\d{2,}|(?<![\d+.,:/-])(?!1[3-9]\d{9}(?!\d)|0)\d{5,}(?![.,]\d)")


def counts_what_shows(names: Sequence[str], chosen: int, entries: Sequence[Sequence[str]]) -> bool:
    """`names`: of the bar's parts; `entries`: the texts of each entry of the list."""
    numbered = all(any(map(_is_numbered, texts)) for texts in entries)
    return numbered and counts_so_many(names, chosen, len(entries))


def counts_so_many(names: Sequence[str], chosen: int, shown: int) -> bool:
    """The chosen part counts what is shown, and one part names a state."""
    if shown < _LEAST or _count(names[chosen]) != shown:
        return False
    bare = [_COUNT.sub("", fold(name)).strip() for name in names]
    return any(filters_a_list(name) or names_a_state(name) for name in bare)


def _is_numbered(text: str) -> bool:
    return bool(_NUMBER.search(fold(text)))


def _count(name: str) -> int | None:
    found = _COUNT.search(fold(name))
    return int(found[1]) if found else None
