"""An entry of a list that opens, told from one that acts: how the list is built, and what stands around it.

Rule: entries that look alike may open or act, so something on the page must tell that its list is one to look things up
in, and nothing may tell that it is one to choose from: neither its heads, nor how the page was come to, nor a way out
of it that is no way back.
"""

from __future__ import annotations

import itertools
import re

from cs_agent.engine.gate.findings import Scene
from cs_agent.engine.gate.searches import is_looked_up_in
from cs_agent.engine.gate.subjects import are_acted_on, are_customers, are_papers
from cs_agent.engine.gate.windows import ends_or_leaves, heads_above, is_pointing
from cs_agent.engine.screen.page import Nature, filters_a_list, is_handing_over, is_on_offer, switches_a_mode
from cs_agent.engine.screen.pictured import is_raised, stands_out
from cs_agent.engine.screen.structure import (
    inside_of,
    is_reacting,
    is_record,
    own_texts,
    row_peers,
    texts_of,
)
from cs_agent.engine.screen.targets import Target
from cs_agent.engine.screen.text import fold, squash
from cs_agent.engine.screen.words import LabelKind, ends_a_choice, is_read, names_a_value, sense
from cs_agent.observation import Observation, Role, UiNode

_ACROSS = 0.9  # of the width: tabs fill it
_AT_END = 0.8  # of the width
_MORE = frozenset("›>❯〉»→")  # at an entry's end: more lies behind it
_NAME_CHARS = 8  # of a page's name in Chinese; three times as many letters
_ACTS = (LabelKind.COMMIT, LabelKind.HOLD)
_TIME_OF_DAY = re.compile(r"^(?:[上下]午|[ap]m)? ?\d{1,2}[::.]\d{2}(?: ?[ap]m)?$", re.IGNORECASE)
_TOP = 0.14  # of the height: where a page's own way out stands


def opens(target: Target, scene: Scene) -> bool:
    """An entry that opens: not of a list that hands something to what is chosen, nor where something was put in."""
    nodes, size = scene.observation.nodes or (), scene.observation.size
    if scene.put_in or target.node is None or target.choice or target.switch or scene.window is not None:
        return False
    if not is_record(nodes, target.node, size.width, size.height) or _hands_over(target.node, scene):
        return False
    if any(is_on_offer(text) for text in scene.observation.texts) or _is_slot(nodes, target.node):
        return False
    return _shows_records(target.node, scene)


def leads_to_a_deed(label: str) -> bool:
    """A control after which something is chosen that then gets, or loses, what it is about: 转派, 申请退款."""
    return is_handing_over(label) or sense(label, button=True).kind in (LabelKind.OPEN, LabelKind.OPTION)


def _hands_over(root: int, scene: Scene) -> bool:
    """The entry that is touched gets something, or is taken: so says a head over the list, a hint, the field that was
    searched in or the control that led here; or things are marked, written or chosen on this page, which is left by
    cancelling it and not by going back.
    """
    seen, nodes = scene.observation, scene.observation.nodes or ()
    heads = heads_above(seen, root)
    if any(is_handing_over(text) for text in (*heads, scene.focus)) or is_pointing(seen) or scene.led:
        return True
    if any(names_a_deed(text) for text in heads) or not heads or not all(is_read(text) for text in heads):
        return True
    if scene.page.natures & {Nature.SELECTION, Nature.COMPOSE}:
        return True
    ends = [i for i, node in enumerate(nodes) if node.box.bottom <= _TOP * seen.size.height]
    return any(ends_or_leaves(nodes[index], seen) and not is_in_tab_bar(index, seen) for index in ends)


def names_a_deed(head: str) -> bool:
    """A page that is called by what is done on it: 转账, 抢单, Confirm order."""
    meant, text = sense(head, button=True), fold(head)
    if meant.kind is LabelKind.OPEN:
        return meant.word == text
    called = text.startswith(meant.word) and len(text) <= _NAME_CHARS * (1 if meant.word[:1] > "~" else 3)
    return meant.kind in (*_ACTS, LabelKind.OPTION) and called and not names_a_value(head)


def _is_slot(nodes: tuple[UiNode, ...], root: int) -> bool:
    """An entry that is called by a time of day alone can be had at that time."""
    own = own_texts(nodes, root)
    return bool(own) and bool(_TIME_OF_DAY.match(own[0].strip()))


def _shows_records(root: int, scene: Scene) -> bool:
    """The list is one to look things up in: entries of a list to choose from are built alike and act at once.

    What tells it: a mark at their end that more lies behind, or buttons within its entries; or, over papers alone, tabs
    or the search field that was just typed into. An entry that is a button itself tells the contrary, but for the mark.
    """
    seen = scene.observation
    nodes, size = seen.nodes or (), seen.size
    inside = [nodes[index] for index in inside_of(nodes, root)]
    if any(node.checkable for node in inside):
        return False
    if any(node.label.strip() in _MORE and node.box.left > _AT_END * size.width for node in inside):
        return True
    if nodes[root].role is Role.BUTTON:
        return False
    buttons = [node for node in inside if is_reacting(node) and node.label.strip()]
    above = nodes[root].box.top
    if buttons:
        return not are_acted_on(root, seen)
    if _has_searched(scene, above):
        return are_papers(root, seen) or are_customers(root, seen, scene.typed)
    return _has_tabs(seen, above) and are_papers(root, seen)


def is_in_tab_bar(index: int, seen: Observation) -> bool:
    """Of a bar of equal tabs; where one of them does something it is a bar of deeds."""
    nodes, width = seen.nodes or (), seen.size.width
    own = nodes[index]
    places = row_peers(nodes, index, width)
    peers = [nodes[place] for place in places]
    said = [text for place in places for text in texts_of(nodes, place)]
    if any(_is_deed_of_bar(text) for text in said) or switches_a_mode(said):
        return False
    if own.role is Role.TAB:
        return sum(peer.role is Role.TAB for peer in peers) > 1
    equal = len({round(peer.box.width / max(1, own.box.width), 1) for peer in peers}) == 1
    if len(peers) < 3 or not equal or peers[-1].box.right - peers[0].box.left <= _ACROSS * width:
        return False
    return sum(peer.checked and not peer.checkable for peer in peers) == 1


def _is_deed_of_bar(text: str) -> bool:
    """完成 and Done may be the name of what is done; other words that say yes do something."""
    kind = sense(text).kind
    return kind in _ACTS or (kind is LabelKind.AFFIRM and not ends_a_choice(fold(text)))


def _has_tabs(seen: Observation, above: int) -> bool:
    """A bar of equal tabs higher up, one of them chosen."""
    nodes = seen.nodes or ()
    bars = [index for index, node in enumerate(nodes) if is_reacting(node) and 0 < node.box.bottom <= above]
    return any(is_in_tab_bar(index, seen) or _is_drawn_as_tabs(index, seen) for index in bars)


def is_segment_over_records(index: int, seen: Observation) -> bool:
    """A part of a segmented control, of which one is raised, over a list of records: it changes what is listed.

    Bars of deeds for what is marked, and switches of a mode, are drawn like that too: each part must name a filter.
    """
    nodes, size = seen.nodes or (), seen.size
    peers = _joined_across(index, seen)
    texts = [text for place in peers for text in texts_of(nodes, place)]
    if not peers or any(_is_deed_of_bar(text) or not filters_a_list(text) for text in texts):
        return False
    if is_raised(seen, [nodes[place].box for place in peers]) is None:
        return False
    below = [i for i, node in enumerate(nodes) if node.clickable and node.box.top >= nodes[index].box.bottom]
    return any(is_record(nodes, place, size.width, size.height) for place in below)


def _is_drawn_as_tabs(index: int, seen: Observation) -> bool:
    """Plain words side by side across the page, without a gap, just one of them in another colour or on a raised field.

    Answers are drawn like that too: it tells that the list below is looked through, and vouches for no touch on them.
    """
    nodes = seen.nodes or ()
    boxes = [nodes[place].box for place in _joined_across(index, seen)]
    return bool(boxes) and (stands_out(seen, boxes) is not None or is_raised(seen, boxes) is not None)


def _joined_across(index: int, seen: Observation) -> list[int]:
    """Controls with words, side by side across the page without a gap; none where these are not such."""
    nodes, width = seen.nodes or (), seen.size.width
    places = row_peers(nodes, index, width)
    peers = [nodes[place] for place in places]
    joined = all(abs(two.box.left - one.box.right) <= 2 for one, two in itertools.pairwise(peers))
    across = len(peers) > 2 and peers[-1].box.right - peers[0].box.left > _ACROSS * width
    worded = all(peer.label.strip() or _has_words(seen, peer) for peer in peers)
    return places if joined and across and worded else []


def _has_words(seen: Observation, node: UiNode) -> bool:
    return any(other.label.strip() and node.box.contains(other.box.center) for other in seen.nodes or ())


def _has_searched(scene: Scene, above: int) -> bool:
    nodes, typed = scene.observation.nodes or (), squash(scene.typed)
    fields = [node for node in nodes if node.editable and squash(node.text) == typed and node.box.bottom <= above]
    return bool(typed) and any(is_looked_up_in(node, scene.observation, typed) for node in fields)
