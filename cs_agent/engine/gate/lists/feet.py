"""The bar of an app's own pages at its foot, told from bars of states and of actions that stand there as well."""

from __future__ import annotations

from cs_agent.engine.gate.lists.sections import is_content
from cs_agent.engine.screen.head import CORNER_WIDTH, HEAD, heads_told
from cs_agent.engine.screen.structure import is_reacting, names_of, texts_of
from cs_agent.engine.screen.text import squash
from cs_agent.engine.screen.vocabulary.titles import names_own_place
from cs_agent.engine.screen.words import go_back
from cs_agent.geometry import Box
from cs_agent.observation import Observation, UiNode

_FOOT = 0.93  # of the height: the bar of an app's pages ends further down
_LEAST_PLACES = 2


def is_foot_of_app(touched: int, places: list[int], seen: Observation) -> bool:
    """Whether the bar leads between an app's own pages: words under pictures at the lower edge, nothing below, more
    controls above than it has parts. States and actions stand in such bars too, so one of these must hold as well: the
    page has the name of the chosen part; there is no way back in the corner and a part names a place that every app
    has; or the touched part and another name such places."""
    nodes, size = seen.nodes or (), seen.size
    parts = [nodes[place].box for place in places]
    if any(box.bottom < _FOOT * size.height for box in parts):
        return False
    names = [" ".join(dict.fromkeys(texts_of(nodes, place))) for place in places]
    own = any(map(names_own_place, names)) and not any(_is_way_back(node, seen) for node in nodes)
    if not (own or _is_page_of(places, seen) or leads_to_a_place(names[places.index(touched)], names)):
        return False
    held = [node.box for node in nodes if is_reacting(node) and node.box.area]
    above = [box for box in held if box.bottom <= parts[0].top]
    if len(above) < len(parts) or any(box.top >= parts[0].bottom for box in held):
        return False
    words = [words_in(place, seen) for place in places]
    return all(boxes and boxes[-1].center.y > part.center.y for part, boxes in zip(parts, words, strict=True))


def leads_to_a_place(name: str, names: list[str]) -> bool:
    """Whether the part and at least one other name a page that every app has, or what a page holds."""
    return _is_place(name) and sum(map(_is_place, names)) >= _LEAST_PLACES


def _is_place(name: str) -> bool:
    return names_own_place(name) or is_content(name)


def _is_page_of(places: list[int], seen: Observation) -> bool:
    """Whether the page's head begins or ends with the name of the chosen part: 订单管理 or 我的订单 over 订单."""
    nodes = seen.nodes or ()
    chosen = [squash(text) for place in places if nodes[place].checked for text in texts_of(nodes, place)]
    heads = [squash(head) for head in heads_told(seen)]
    return any(len(name) > 1 and head.startswith(name) | head.endswith(name) for name in chosen for head in heads)


def _is_way_back(node: UiNode, seen: Observation) -> bool:
    """Whether the control in the upper left corner says that it goes back, or is a sign without words."""
    wide, high = CORNER_WIDTH * seen.size.width, HEAD * seen.size.height
    cornered = is_reacting(node) and node.box.area and node.box.right <= wide and node.box.bottom <= high
    return bool(cornered) and all(go_back(name) for name in names_of(node))


def words_in(place: int, seen: Observation) -> list[Box]:
    """Where a part's words stand, from top to bottom: as the picture shows them, or its tree tells."""
    nodes = seen.nodes or ()
    box = nodes[place].box
    drawn = [line.box for line in seen.lines if box.contains(line.box.center)]
    told = [node.box for node in nodes if node.label.strip() and box.contains(node.box.center)]
    return sorted(drawn or told, key=lambda found: found.center.y)
