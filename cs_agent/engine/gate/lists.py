"""An entry of a list that opens, told from one that acts: how the list is built, and what stands around it.

Rule: entries that look alike may open or act, so something on the page must tell that its list is one to look things up
in, and nothing may tell that it is one to choose from: neither its heads, nor how the page was come to, nor a way out
of it that is no way back.
"""

from __future__ import annotations

import itertools

from cs_agent.engine.gate.findings import Scene
from cs_agent.engine.gate.windows import ends_or_leaves, heads_above, is_pointing
from cs_agent.engine.screen.page import Nature, is_handing_over, is_on_offer, is_search_field
from cs_agent.engine.screen.pictured import is_raised, stands_out
from cs_agent.engine.screen.structure import inside_of, is_reacting, is_record, row_peers
from cs_agent.engine.screen.targets import Target
from cs_agent.engine.screen.text import squash
from cs_agent.engine.screen.words import LabelKind, sense
from cs_agent.observation import Observation, Role, UiNode

_ACROSS = 0.9  # of the width: tabs fill it
_AT_END = 0.8  # of the width
_MORE = frozenset("›>❯〉»→")  # at an entry's end: more lies behind it
_TOP = 0.14  # of the height: where a page's own way out stands


def opens(target: Target, scene: Scene) -> bool:
    """An entry that opens: not of a list that hands something to what is chosen, nor where something was put in."""
    nodes, size = scene.observation.nodes or (), scene.observation.size
    if scene.put_in or target.node is None or target.choice or target.switch or scene.window is not None:
        return False
    if not is_record(nodes, target.node, size.width, size.height) or _hands_over(target.node, scene):
        return False
    if any(is_on_offer(text) for text in scene.observation.texts):
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
    seen = scene.observation
    said = (*heads_above(seen, root), scene.focus)
    if any(is_handing_over(text) for text in said) or is_pointing(seen) or scene.led:
        return True
    if scene.page.natures & {Nature.SELECTION, Nature.COMPOSE}:
        return True
    return any(ends_or_leaves(node, seen) for node in seen.nodes or () if node.box.bottom <= _TOP * seen.size.height)


def _shows_records(root: int, scene: Scene) -> bool:
    """The list is one to look things up in: entries of a list to choose from are built alike and act at once.

    What tells it: tabs over it, buttons within its entries, a mark at their end that more lies behind, or the
    search field above that was just typed into. An entry that is a button itself tells the contrary, but for the mark.
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
    return bool(buttons) or _has_tabs(seen, above) or _has_searched(scene, above)


def is_in_tab_bar(index: int, seen: Observation) -> bool:
    nodes, width = seen.nodes or (), seen.size.width
    own = nodes[index]
    peers = [nodes[place] for place in row_peers(nodes, index, width)]
    if own.role is Role.TAB:
        return sum(peer.role is Role.TAB for peer in peers) > 1
    equal = len({round(peer.box.width / max(1, own.box.width), 1) for peer in peers}) == 1
    if len(peers) < 3 or not equal or peers[-1].box.right - peers[0].box.left <= _ACROSS * width:
        return False
    return sum(peer.checked and not peer.checkable for peer in peers) == 1


def _has_tabs(seen: Observation, above: int) -> bool:
    """A bar of equal tabs higher up, one of them chosen."""
    nodes = seen.nodes or ()
    bars = [index for index, node in enumerate(nodes) if is_reacting(node) and 0 < node.box.bottom <= above]
    return any(is_in_tab_bar(index, seen) or _is_drawn_as_tabs(index, seen) for index in bars)


def _is_drawn_as_tabs(index: int, seen: Observation) -> bool:
    """Plain words side by side across the page, without a gap, just one of them in another colour or on a raised field.

    Answers are drawn like that too: it tells that the list below is looked through, and vouches for no touch on them.
    """
    nodes, width = seen.nodes or (), seen.size.width
    peers = [nodes[place] for place in row_peers(nodes, index, width)]
    joined = all(abs(two.box.left - one.box.right) <= 2 for one, two in itertools.pairwise(peers))
    across = len(peers) > 2 and peers[-1].box.right - peers[0].box.left > _ACROSS * width
    if not joined or not across or not all(peer.label.strip() or _has_words(seen, peer) for peer in peers):
        return False
    boxes = [peer.box for peer in peers]
    return stands_out(seen, boxes) is not None or is_raised(seen, boxes) is not None


def _has_words(seen: Observation, node: UiNode) -> bool:
    return any(other.label.strip() and node.box.contains(other.box.center) for other in seen.nodes or ())


def _has_searched(scene: Scene, above: int) -> bool:
    nodes, typed = scene.observation.nodes or (), squash(scene.typed)
    fields = [node for node in nodes if node.editable and squash(node.text) == typed and node.box.bottom <= above]
    return bool(typed) and any(is_search_field(node) or is_alone(node, nodes) for node in fields)


def is_alone(field: UiNode, nodes: tuple[UiNode, ...]) -> bool:
    return [node for node in nodes if node.editable] == [field]
