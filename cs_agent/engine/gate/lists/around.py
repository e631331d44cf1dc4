"""What stands above and below a bar on its page.

Rule: a bar over a mere reading, or below what tells of one thing, may set that; what it shows has words.
"""

from __future__ import annotations

import re

from cs_agent.engine.screen.structure import is_reacting, names_of
from cs_agent.engine.screen.vocabulary.titles import is_of_a_paper
from cs_agent.observation import Observation

_WORD = re.compile(r"[^\W\d_]{3}|[\u4e00-\u9fff]{2}")


def tell_of_one(places: list[int], seen: Observation) -> bool:
    """Whether the page above the bar shows one thing, whose state a part may set: the head has its number, or there is
    more text below the head that is no control."""
    nodes = seen.nodes or ()
    top = min(nodes[place].box.top for place in places)
    held = [node.box for node in nodes if is_reacting(node)]
    told = [node for node in nodes if node.label.strip() and not is_reacting(node) and node.box.bottom <= top]
    told = [node for node in told if not any(box.contains(node.box.center) for box in held)]
    first = min(told, key=lambda node: node.box.top, default=None)
    if first is None:
        return False
    more = any(node.box.top >= first.box.bottom for node in told)
    return more or any(map(is_of_a_paper, names_of(first)))


def measures_below(places: list[int], seen: Observation) -> bool:
    """What stands below the bar is a reading (21°, 4 ml/h) and no words: the bar sets what is measured."""
    nodes = seen.nodes or ()
    low = max(nodes[place].box.bottom for place in places)
    told = [node.label for node in nodes if node.box.top >= low and node.label.strip()]
    return any(sign.isdigit() for text in told for sign in text) and not any(map(_WORD.search, told))
