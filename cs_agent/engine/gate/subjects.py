"""What the entries of a list are: papers that are looked up, or people, devices and places that a touch acts on.

Rule: both are built alike, so an entry is taken for a paper only where it bears what a paper bears (a day, a sum, a
number of its own), and never where the page or the entry speaks of a queue, of staff or of things that are switched.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from cs_agent.engine.gate.searches import is_a_key
from cs_agent.engine.gate.windows import heads_above
from cs_agent.engine.screen.page import (
    is_acted_on,
    is_entry_acted_on,
    is_of_a_paper,
    names_customers,
)
from cs_agent.engine.screen.structure import column, is_reacting, own_texts, row_peers, texts_of
from cs_agent.engine.screen.text import fold
from cs_agent.geometry import Box
from cs_agent.observation import Observation

_CALLED = re.compile(r"^(?!order|ticket|case|invoice|claim|bill|[订工单案发账票])\D{0,16}\d{1,4}\D{0,3}$")
_SUM = re.compile(r"[¥¥$€£] ?\d|\d ?元")
_LONG_NUMBER = 8  # digits
_TELEPHONE = re.compile(r"^\s*(?:\+|00|0\d|1[3-9]\d{9}\s*$)")


def are_papers(root: int, seen: Observation) -> bool:
    """The entry bears a day, a sum or a paper's number, and neither it nor the page is about what is acted on."""
    own = own_texts(seen.nodes or (), root)
    return any(is_of_a_paper(text) for text in own) and not are_acted_on(root, seen)


def are_customers(root: int, seen: Observation, typed: str) -> bool:
    """They were looked up by the number of an order or a card (`typed`), or what stands over the list names those whom
    a desk serves; and nothing speaks of what is acted on."""
    wanted = is_long_number(typed) or any(names_customers(text) for text in _over(root, seen))
    return wanted and not are_acted_on(root, seen)


def is_long_number(typed: str) -> bool:
    """Of a paper: staff and devices are looked up by a name or a short number, and anybody by a telephone's."""
    return sum(sign.isdigit() for sign in typed) >= _LONG_NUMBER and is_a_key(typed) and not _TELEPHONE.match(typed)


def are_acted_on(root: int, seen: Observation) -> bool:
    """What stands over the list, or the entry itself, names people at work, a queue, a device or a place."""
    own = own_texts(seen.nodes or (), root)
    return tells_of_what_is_acted_on(_over(root, seen), own)


def tells_of_what_is_acted_on(over: Iterable[str], own: Iterable[str]) -> bool:
    """`over`: what the page says above its list; `own`: what an entry says."""
    said = list(own)
    return any(is_acted_on(text) for text in over) or any(is_entry_acted_on(text) for text in said) or _is_a_thing(said)


def _is_a_thing(own: list[str]) -> bool:
    """It is called by a short number, Key 101, and neither costs anything nor is the number a paper's."""
    called = bool(own) and bool(_CALLED.match(fold(own[0]))) and not is_of_a_paper(own[0])
    return called and not any(_SUM.search(text) for text in own)


def _over(root: int, seen: Observation) -> list[str]:
    """The page's heads, the names of its tabs, and what its fields are for."""
    nodes, width = seen.nodes or (), seen.size.width
    top, entries = nodes[root].box.top, [nodes[index].box for index in column(nodes, root, width)]
    above = [i for i, node in enumerate(nodes) if is_reacting(node) and node.box.bottom <= top]
    bars = [i for i in above if len(row_peers(nodes, i, width)) > 1 and not _stands_in(nodes[i].box, entries)]
    names = [text for index in bars for text in texts_of(nodes, index)]
    return [*heads_above(seen, root), *names, *(nodes[i].description for i in above if nodes[i].editable)]


def _stands_in(box: Box, entries: list[Box]) -> bool:
    return any(entry.contains(box.center) for entry in entries)
