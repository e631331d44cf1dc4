"""Rows that lead to what the page keeps: 收入明细 12 项 ›, Ended orders 4 ›, 处置手册 PDF ›.

Rule: the mark › alone proves nothing, as what acts bears it too. The name must be that of something written down or of
several things, and what stands beside it counts, measures or dates what lies behind; a state, an offer, an action or a
thing that is switched asks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from cs_agent.engine.gate.findings import Scene
from cs_agent.engine.gate.lists.actions import does_something, names_an_action
from cs_agent.engine.gate.lists.form_rows import may_call, tells_how_it_stands
from cs_agent.engine.gate.lists.marked import MARKS, is_marked_row, parts_of
from cs_agent.engine.gate.windows.pickers import is_pointing
from cs_agent.engine.screen.head import heads_drawn, heads_told
from cs_agent.engine.screen.page import Nature
from cs_agent.engine.screen.targets import Target
from cs_agent.engine.screen.text import fold
from cs_agent.engine.screen.vocabulary.titles import (
    is_acted_on,
    is_entry_acted_on,
    is_handing_over,
    is_on_offer,
    names_contents,
    switches_a_mode,
)
from cs_agent.engine.screen.words import LabelKind, is_bidding, is_read, may_be_done, sense

_PLAIN = (LabelKind.PLAIN, LabelKind.NOMINAL)
_MOST = 3  # a name and two things beside it
_HAN = re.compile(r"[\u4e00-\u9fff]")
_ASKS = re.compile(r"^(?:怎么|怎样|如何|为什么|为何|什么是)|^(?:how|why|what)\b(?! (?:about|not)\b)")
_UNIT = "(?:条|项|笔|份|行|张|页|单|封|篇|则|件|个(?:文件|月)|小时|天)"
_COUNT = re.compile(rf"^(?:共|近|历史|本[月年周季]|开过|累计|约)? ?\d[\d,]* ?{_UNIT}$")
_NUMBER = re.compile(r"^\d{1,3}(?:,\d{3})*(?: [a-z]{3,})?$")
_SEVERAL = re.compile(r"^[a-z]{3,}(?<![suia])s$")
_FILE = re.compile(r"^(?:pdf|docx?|xlsx?|csv|txt|zip|jpe?g|png|epub|\d+(?:[.,]\d+)? ?[kmgt]i?b)$")
# No word that ends so bids somebody do something, as any other word before a noun may: Ended, Opening, Security.
_MODIFIER = re.compile(
    r"^(?:my|your|our|all|past|recent|last|other|"
    r"(?=.*[aeiou].*(?:ed|ing)$)[a-z]*[aeiou][a-z]*[^aeiou](?:ed|ing)|[a-z]{3,}(?:ity|ous|ical|onal|ness|isms?))$"
)


def opens_contents(target: Target, scene: Scene) -> bool:
    """As the tree tells it."""
    seen = scene.observation
    if target.node is None or scene.window is not None or target.choice or target.switch or target.editable:
        return False
    if not is_marked_row(target.node, seen):
        return False
    return leads_to_contents(parts_of(target.node, seen), scene)


def leads_to_contents(parts: Sequence[str], scene: Scene) -> bool:
    """`parts`: what a row with the mark › says, its name first."""
    if scene.put_in or scene.led or scene.page.natures & {Nature.SELECTION, Nature.COMPOSE}:
        return False
    told = [text.strip(MARKS) for text in parts if text.strip(MARKS)]
    return 2 <= len(told) <= _MOST and _names_contents(told[0], told[1:]) and not _is_acted_from(told, scene)


def _is_acted_from(told: Sequence[str], scene: Scene) -> bool:
    """The page, or the row itself, speaks of handing over, of choosing, or of what is switched."""
    seen = scene.observation
    heads = [*heads_told(seen), *(line.text for line in heads_drawn(seen))]
    if is_pointing(seen) or any(is_handing_over(head) or names_an_action(head) or not is_read(head) for head in heads):
        return True
    if switches_a_mode([told[0]]) or is_acted_on(told[0]) or is_handing_over(told[0]):
        return True
    return any(
        is_bidding(text) or does_something(text) or is_on_offer(text) or is_entry_acted_on(text) or not is_read(text)
        for text in told
    )


@lru_cache(maxsize=512)
def _names_kept(name: str) -> bool:
    """What is written down, or several things, with no word before it that may bid."""
    text = fold(name).strip()
    if _HAN.search(text):
        return names_contents(text)
    *before, last = text.split() or [""]
    return bool(names_contents(last) or _SEVERAL.match(last)) and all(map(_MODIFIER.match, before))


def _names_contents(name: str, beside: Sequence[str]) -> bool:
    values = [fold(text).strip() for text in beside]
    if _ASKS.match(fold(name)) and "?" not in name and "?" not in name:
        return not any(map(_stands, beside))
    if sense(name, button=True).kind not in _PLAIN or any(map(_stands, beside)):
        return False
    if any(may_call(text) for text in beside):
        return False
    counted = any(_COUNT.match(value) or _FILE.match(value) for value in values)
    if _names_kept(name):
        return counted or bool(_HAN.search(name)) or any(map(_NUMBER.match, values))
    return counted and bool(_HAN.search(name)) and not may_be_done(name)


def _stands(text: str) -> bool:
    """How something stands, which a touch may change; 近12个月 is a time."""
    return tells_how_it_stands(text) and not any(map(str.isdigit, text))
