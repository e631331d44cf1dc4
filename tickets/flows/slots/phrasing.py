"""Whether what leads up to a value is understood: read backwards, word by word, up to a mark or another phrase.

Rule: what is not known leaves the value open. The readers bring the words that may stand before their values.
"""

from __future__ import annotations

import re

from tickets.flows.slots.numerals import NUMERALS

# A mark, a number, a unit or a particle: what stands before it is another phrase. A blank is one only behind Chinese.
_ENDS = re.compile(
    rf"(?:^|[^一-鿿A-Za-z ]|[一-鿿] |[{NUMERALS}了过啊嘛呢吧呀哈着啦元块角毛分钱整款费]|\d[A-Za-z-]{{0,6}}|"
    r"\b(?:yuan|rmb|cny|kuai)) ?$",
    re.I,
)


def understood(lead: str, last_word: re.Pattern[str]) -> bool:
    """`last_word` finds one known word at the end of what is left, with a blank behind it."""
    while not _ENDS.search(lead):
        found = last_word.search(lead)
        if not found:
            return False
        lead = lead[: found.start()]
    return True
