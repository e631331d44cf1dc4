"""An entry of a list that opens, told from one that acts: how the list is built, what its entries are, what is around.

Rule: entries that open and entries that act are built alike. So something must tell that the list is one to look things
up in, the entries must be papers (a day, a sum, a number of their own) or those whom a desk serves, and nothing may
speak of what is acted on (a queue, staff, things that are switched) or of choosing and handing over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain

from cs_agent.engine.gate.findings import Scene
from cs_agent.engine.gate.lists.actions import has_buttons, is_done_by_a_button, names_an_action
from cs_agent.engine.gate.lists.bars import is_tab, tabs_over
from cs_agent.engine.gate.lists.worked import has_pair, is_worked
from cs_agent.engine.gate.searches import is_a_key, is_looked_up_in, shows_what_was_typed
from cs_agent.engine.gate.windows.pickers import ends_or_leaves, heads_above, is_pointing
from cs_agent.engine.screen.days import day_of
from cs_agent.engine.screen.drawn.chevrons import ends_in_chevron
from cs_agent.engine.screen.head import HEAD, heads_told
from cs_agent.engine.screen.page import Nature
from cs_agent.engine.screen.papers import (
    are_kept,
    are_sorted_by,
    are_worked_off,
    come_in_now,
    is_of_a_ledger,
    name_what_is_done,
)
from cs_agent.engine.screen.structure import (
    column,
    inside_of,
    is_reacting,
    is_record,
    own_texts,
    row_peers,
    texts_of,
)
from cs_agent.engine.screen.targets import Target
from cs_agent.engine.screen.text import fold, squash
from cs_agent.engine.screen.vocabulary.titles import (
    count_paper_marks,
    is_acted_on,
    is_entry_acted_on,
    is_handing_over,
    is_of_a_paper,
    is_on_offer,
    is_still_to_do,
    names_customers,
)
from cs_agent.engine.screen.words import LabelKind, is_read, sense
from cs_agent.geometry import Box
from cs_agent.observation import Observation, Role, UiNode

_AT_END = 0.8  # of the width
_LEAST_MARKS = 3
_LEAST_WORKED = 2  # entries whose button says what is done with one
_MORE = frozenset("›>❯〉»→")  # at an entry's end: more lies behind it
_TIME_OF_DAY = re.compile(r"^(?:[上下]午|[ap]m)? ?\d{1,2}[::.]\d{2}(?: ?[ap]m)?$", re.IGNORECASE)
_MOMENT = re.compile(
    r"^(?=.*\d[::]\d)(?:[\d\W_年月日上下午周星期一二三四五六]|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
    r"|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*|[ap]m|at)+$"
)
_FOOT = 0.85  # of the height: the button that ends a page stands lower
_BUTTON = 0.25  # of the width: a round sign that floats over a list is no wider
_TALLER = 1.5  # times an entry: no page and no list of them
_EDGE = 0.02  # of the width: edges this near are one edge
_TIME_IN = re.compile(r"(?<![\d:])(?:[01]?\d|2[0-3]):[0-5]\d(?![\d:])")
_CALLED = re.compile(r"^(?!order|ticket|case|invoice|claim|bill|[订工单案发账票])\D{0,16}\d{1,4}\D{0,3}$")
_SUM = re.compile(r"[¥¥$€£] ?\d|\d ?元")
_LONG_NUMBER = 8  # digits
_TELEPHONE = re.compile(r"^\s*(?:\+|00|0\d|1[3-9]\d{9}\s*$)")


def opens(target: Target, scene: Scene) -> bool:
    """An entry that opens: not of a list that hands something to what is chosen, nor where something was put in."""
    nodes, size = scene.observation.nodes or (), scene.observation.size
    if scene.put_in or target.node is None or target.choice or target.switch or scene.window is not None:
        return False
    paired = has_pair(target.node, scene.observation)
    if not (paired or is_record(nodes, target.node, size.width, size.height)) or _hands_over(target.node, scene):
        return False
    if any(is_on_offer(text) for text in scene.observation.texts) or _is_slot(nodes, target.node):
        return False
    return paired or _shows_records(target.node, scene)


def leads_to_an_action(label: str) -> bool:
    """A control after which something is chosen that then gets, or loses, what it is about: 转派, 申请退款."""
    return is_handing_over(label) or sense(label, button=True).kind in (LabelKind.OPEN, LabelKind.OPTION)


def _hands_over(root: int, scene: Scene) -> bool:
    """Whether the touched entry receives something or is taken. A heading, a hint, the field that was searched in or
    the control that led here says so; or things are marked, written or chosen on this page, which is left by cancelling
    and not by going back."""
    seen, nodes = scene.observation, scene.observation.nodes or ()
    heads = heads_above(seen, root)
    if any(is_handing_over(text) for text in (*heads, scene.focus)) or is_pointing(seen) or scene.led:
        return True
    if not heads or (any(map(names_an_action, heads)) and not is_worked(root, seen)):
        return True
    if not all(is_read(text) for text in heads):
        own, entries = own_texts(nodes, root), _entries(root, seen)
        if not (are_sorted_by(tabs_over(root, seen), own, entries) or is_of_a_ledger(own, list(chain(*entries)))):
            return True
    if scene.page.natures & {Nature.SELECTION, Nature.COMPOSE}:
        return True
    ends = [i for i, node in enumerate(nodes) if node.box.bottom <= HEAD * seen.size.height]
    return any(ends_or_leaves(nodes[index], seen) and not is_tab(index, seen) for index in ends)


def _title(seen: Observation) -> str:
    """The uppermost of the page's heads."""
    told = [node for node in seen.nodes or () if node.label.strip() and not is_reacting(node)]
    first = min(told, key=lambda node: node.box.top, default=None)
    return first.label if first is not None and first.box.bottom <= HEAD * seen.size.height else ""


def _is_slot(nodes: tuple[UiNode, ...], root: int) -> bool:
    """Whether the entry's name is a time alone: a time that can be booked, or one that something is reset to."""
    own = own_texts(nodes, root)
    parts = [text for text in own if not any(other in text for other in own if other != text)]  # none joins others
    return bool(parts) and is_a_time(parts[0])


def is_a_time(text: str) -> bool:
    """A time of day, or a day with one, and nothing else."""
    return bool(_TIME_OF_DAY.match(text.strip()) or _MOMENT.match(fold(text)))


def _shows_records(root: int, scene: Scene) -> bool:
    """Whether the list is for looking things up; the entries of a list to choose from look the same and act at once.
    Proof is buttons within the entries (what is done with an entry is done there) or, for papers, a mark at their end
    that more follows, tabs above them, or the search field that was just typed into. An entry that is itself a button
    is no record unless it has that mark."""
    seen = scene.observation
    nodes = seen.nodes or ()
    inside = [nodes[index] for index in inside_of(nodes, root)]
    own, above = own_texts(nodes, root), nodes[root].box.top
    if any(node.checkable for node in inside) or _are_acted_on(root, seen):
        return False
    marks = count_paper_marks(own)
    if _is_marked(root, seen):
        return marks > 0 or any(names_customers(text) for text in _over(root, seen)) or _is_found(root, scene)
    if nodes[root].role is Role.BUTTON:
        return False
    if is_done_by_a_button(nodes, root) or _are_worked_alike(root, seen):
        return True
    if _ends_in_an_action(root, seen) or is_still_to_do(_title(seen)):
        return False
    if _has_searched(scene, above):
        return are_kept(own, _entries(root, seen)) if marks > 0 else _are_customers(root, seen, scene.typed)
    tabs = tabs_over(root, seen)
    return bool(tabs) and marks > 0 and _is_kept(root, tabs, seen)


def _are_worked_alike(root: int, seen: Observation) -> bool:
    """Whether each entry of the list has a button of its own and some of them say that they do something: entries
    that are built alike open alike, whatever the button of this one is called."""
    nodes = seen.nodes or ()
    entries = column(nodes, root, seen.size.width)
    worked = [index for index in entries if is_done_by_a_button(nodes, index)]
    return len(worked) >= _LEAST_WORKED and all(has_buttons(nodes, index) for index in entries)


def _is_marked(root: int, seen: Observation) -> bool:
    """Whether the entry ends with the mark that more follows: written, or drawn there and at the end of two others like
    it."""
    nodes, size = seen.nodes or (), seen.size
    inside = (nodes[index] for index in inside_of(nodes, root))
    if any(node.label.strip() in _MORE and node.box.left > _AT_END * size.width for node in inside):
        return True
    image, like = seen.screenshot.image, column(nodes, root, size.width)
    drawn = ends_in_chevron(image, nodes[root].box)
    return drawn and sum(ends_in_chevron(image, nodes[index].box) for index in like) >= _LEAST_MARKS


def _is_kept(root: int, tabs: list[str], seen: Observation) -> bool:
    """Whether the entries are papers that are kept (`are_kept`) or are named by tabs. A date or number alone may belong
    to a dose, a passenger or a parcel whose state a touch changes: then the states must be known, must not be those of
    one action that is worked off, and no entry may be of today (a time without a day). Nor may the page be called by
    what is done, or the entries come in now."""
    own, entries = own_texts(seen.nodes or (), root), _entries(root, seen)
    told = list(chain(*entries))
    if come_in_now(entries) or name_what_is_done(heads_told(seen), (*tabs, *told)):
        return False
    firm = count_paper_marks(own) > 1 or any(_SUM.search(fold(text)) for text in own)
    if firm:
        return are_kept(own, entries) or are_sorted_by(tabs, own, entries)
    today = any(_TIME_IN.search(text) for text in own) and not any(map(day_of, own))
    return are_kept(own, entries) and not today and not are_worked_off((*tabs, *told))


def _entries(root: int, seen: Observation) -> list[tuple[str, ...]]:
    """What each entry of the list says, those of controls in it left out."""
    nodes = seen.nodes or ()
    return [own_texts(nodes, index) for index in column(nodes, root, seen.size.width)]


def _ends_in_an_action(root: int, seen: Observation) -> bool:
    """Whether the page has a wide button at its foot that is no tab of the app: the entries are then collected or
    ticked off for it."""
    nodes, size = seen.nodes or (), seen.size
    entry = nodes[root].box
    alike = (node for node in nodes if node.role is not Role.BUTTON)
    listed = [node.box for node in alike if _has_edges_of(node.box, entry, size.width)]
    return any(
        is_reacting(node)
        and not node.editable
        and node.box.top >= _FOOT * size.height
        and node.box.width >= _BUTTON * size.width
        and not _stands_in(node.box, listed)
        and bool(texts_of(nodes, index))
        and not is_tab(index, seen)
        for index, node in enumerate(nodes)
    )


def _has_edges_of(box: Box, entry: Box, width: int) -> bool:
    """As an entry of the list that is cut off below has them."""
    same = max(abs(box.left - entry.left), abs(box.right - entry.right)) <= _EDGE * width
    return same and box.height <= _TALLER * entry.height


def _has_searched(scene: Scene, above: int) -> bool:
    nodes, typed = scene.observation.nodes or (), squash(scene.typed)
    fields = [node for node in nodes if node.editable and squash(node.text) == typed and node.box.bottom <= above]
    return bool(typed) and any(is_looked_up_in(node, scene.observation, typed) for node in fields)


def _is_found(root: int, scene: Scene) -> bool:
    """It and all entries like it bear what was typed into the field over them, which only finds."""
    seen, typed = scene.observation, scene.typed
    top = min((seen.nodes or ())[index].box.top for index in column(seen.nodes or (), root, seen.size.width))
    fields = (node for node in seen.nodes or () if node.editable and node.box.bottom <= top)
    return any(shows_what_was_typed(field, seen, typed) and is_looked_up_in(field, seen, typed) for field in fields)


def _are_customers(root: int, seen: Observation, typed: str) -> bool:
    """Whether the entries were found by the number of an order or a card (`typed`), or the heading names those whom a
    desk serves."""
    return is_long_number(typed) or any(names_customers(text) for text in _over(root, seen))


def is_long_number(typed: str) -> bool:
    """Of a paper: staff and devices are looked up by a name or a short number, and anybody by a telephone's."""
    return sum(sign.isdigit() for sign in typed) >= _LONG_NUMBER and is_a_key(typed) and not _TELEPHONE.match(typed)


def _are_acted_on(root: int, seen: Observation) -> bool:
    """What stands over the list, or the entry itself, names people at work, a queue, a device or a place."""
    return tells_of_what_is_acted_on(_over(root, seen), own_texts(seen.nodes or (), root))


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
