"""Bars of equal parts: those that show another list or page of the app, told from those that do or switch something.

Rule: what its parts are called proves no bar harmless. It is one of tabs where the phone says so, or by where it
stands: at the foot of a page that no way back leads from, or over the papers that it sorts; and one of its parts is
the chosen one.
"""

from __future__ import annotations

import itertools
import re

from cs_agent.engine.gate.lists.actions import does_something, names_an_action
from cs_agent.engine.gate.lists.around import measures_below, tell_of_one
from cs_agent.engine.gate.lists.counted import counts_cards, counts_what_shows
from cs_agent.engine.gate.lists.feet import is_foot_of_app, words_in
from cs_agent.engine.gate.lists.sections import are_contents, are_days, are_of_a_schedule, is_content
from cs_agent.engine.gate.lists.worked import has_pair, is_worked, pairs_below
from cs_agent.engine.screen.drawn.pictured import is_raised, stands_out
from cs_agent.engine.screen.head import heads_told
from cs_agent.engine.screen.structure import (
    column,
    is_reacting,
    is_record,
    own_texts,
    row_peers,
    texts_of,
)
from cs_agent.engine.screen.text import squash
from cs_agent.engine.screen.vocabulary.titles import (
    filters_a_list,
    is_acted_on,
    is_handing_over,
    is_of_a_paper,
    names_an_attribute,
    names_everything,
    names_none,
    switches_a_mode,
)
from cs_agent.engine.screen.words import LabelKind, names_a_state, sense
from cs_agent.observation import Observation, Role

_LEAST_PARTS = 3
_LEAST_COUNTED = 2  # parts, where the chosen one counts what the list shows
_LEAST_ENTRIES = 2
_CHANGES = (LabelKind.OPEN, LabelKind.OPTION)
_WIDE = 0.75  # of the width: an entry of a list
_ALL_OF = re.compile(r"^(?:全部|所有|all)(.{2,})$")
_COUNTED = re.compile(r"\s*[(（]\d{1,4}[)）]$")
_ACROSS = 0.9  # of the width: a bar fills it
_GAP = 2  # pixels between the parts of a bar that is one
_DOWN = 0.85  # of the height: what a bar's pages fill ends further down
_NEAR = 0.1  # of the height: what a bar shows begins no further below it


def is_tab(index: int, seen: Observation) -> bool:
    """Touching it shows something else and leaves all as it is."""
    nodes, places = seen.nodes or (), row_peers(seen.nodes or (), index, seen.size.width)
    said = [text for place in places for text in texts_of(nodes, place)]
    if _holds_contents(index, places, seen):
        return True
    if any(does_something(text) or names_none(text) for text in said) or switches_a_mode(said):
        return False
    chosen = sum(nodes[place].checked and not nodes[place].checkable for place in places) == 1
    if chosen and _filters_what_follows(places, seen):
        return True
    if _parts_what_is_worked(places, seen):
        return True
    if nodes[index].role is Role.TAB:
        return sum(nodes[place].role is Role.TAB for place in places) > 1 and _shows_more(index, places, said, seen)
    if not _is_even(places, seen):
        return False
    if is_foot_of_app(index, places, seen):
        return chosen
    paper = _first_paper_below(index, seen)
    if paper is None:
        return False
    if chosen:
        return sort_by_states(said, paper, seen) and not tell_of_one(places, seen)
    filters = all(map(filters_a_list, said)) and any(map(names_everything, said))
    sorts = filters or (_is_joined(places, seen) and _are_borne(said, paper, seen))
    return sorts and _is_drawn_as_chosen(places, seen)


def _holds_contents(index: int, places: list[int], seen: Observation) -> bool:
    """Whether the other parts name what the page holds; the chosen one may have the name of an action, where another
    is touched."""
    nodes = seen.nodes or ()
    shown, names = _chosen(places, seen), [" ".join(dict.fromkeys(texts_of(nodes, place))) for place in places]
    if shown is None or len(places) < _LEAST_PARTS or measures_below(places, seen):
        return False
    if index == shown:
        return is_content(names[places.index(index)]) and are_contents(names, names)
    others = [name for place, name in zip(places, names, strict=True) if place != shown]
    return are_contents(others, names, alone=is_content(names[places.index(index)]) and _is_joined(places, seen))


def _chosen(places: list[int], seen: Observation) -> int | None:
    """The part that is shown now: the one the phone marks as chosen; if it marks none, the only one drawn
    differently."""
    told = [place for place in places if (seen.nodes or ())[place].checked]
    if told:
        return told[0] if len(told) == 1 and not (seen.nodes or ())[told[0]].checkable else None
    drawn = _drawn_as_chosen(places, seen)
    return places[drawn] if drawn is not None else None


def _filters_what_follows(places: list[int], seen: Observation) -> bool:
    """Whether entries of one kind come right after the bar, no action gives the page its name, and the bar leaves some
    of them out: over records one part shows everything; or most parts are states, counted or said by an entry.
    """
    nodes, heads, entries = seen.nodes or (), heads_told(seen), _entries_after(places, seen)
    names = _names_over(places, seen, least=_LEAST_COUNTED)
    if not names or not entries:
        return False
    said = [own_texts(nodes, index) for index in entries]
    if counts_what_shows(names, [nodes[place].checked for place in places].index(True), said) and not (
        tell_of_one(places, seen) or any(map(names_an_attribute, heads))
    ):
        return True
    if len(names) < _LEAST_PARTS:
        return False
    everything = any(names_everything(name) or _names_all_of(name, heads) for name in names)
    if everything and is_record(nodes, entries[0], seen.size.width, seen.size.height):
        return True
    if tell_of_one(places, seen) or any(map(names_an_attribute, heads)):
        return False
    if any(sense(head, button=True).kind in _CHANGES for head in heads):  # Change appointment
        return False
    worked = all(is_worked(index, seen) for index in entries)
    if are_days(names) and (worked or are_of_a_schedule(said)):
        return True
    if worked and any(map(filters_a_list, names)):
        return True
    counted = any(_COUNTED.search(name) for name in names) or _are_borne(names, entries[0], seen)
    return counted and 2 * sum(filters_a_list(_COUNTED.sub("", name)) for name in names) > len(names)


def _names_over(places: list[int], seen: Observation, least: int = _LEAST_PARTS) -> list[str]:
    """The names of a bar's parts; none if a part switches a mode or an action gives the page its name."""
    if len(places) < least or any(names_an_action(head) or is_handing_over(head) for head in heads_told(seen)):
        return []
    names = [" ".join(dict.fromkeys(texts_of(seen.nodes or (), place))) for place in places]
    return [] if any(switches_a_mode([name]) for name in names) else names


def _parts_what_is_worked(places: list[int], seen: Observation) -> bool:
    """Whether each entry right below the bar has buttons for what is done with it, and the page above the bar is not
    about one thing. The names of the parts do not matter then; of two parts, the chosen one counts the entries."""
    shown, names, heads = _chosen(places, seen), _names_over(places, seen, least=_LEAST_COUNTED), heads_told(seen)
    if shown is None or not names or tell_of_one(places, seen):
        return False
    if any(names_an_attribute(head) or sense(head, button=True).kind in _CHANGES for head in heads):
        return False
    sorts = any(filters_a_list(_COUNTED.sub("", name)) or _COUNTED.search(name) for name in names)
    if not sorts and any(map(is_acted_on, heads)):  # whoever works off a queue has ways of working
        return False
    entries = _entries_after(places, seen)
    nodes, cards = seen.nodes or (), []
    if entries and all(has_pair(index, seen) for index in entries):
        cards = [frozenset(own_texts(nodes, index)) for index in entries]
    elif not entries:
        cards = pairs_below(max(nodes[place].box.bottom for place in places), seen)
    if len(names) < _LEAST_PARTS:
        return counts_cards(names, places.index(shown), cards)
    return bool(cards) and _is_joined(places, seen)


def _names_all_of(name: str, heads: list[str]) -> bool:
    """全部发票, All claims: everything that the page is called by."""
    found = _ALL_OF.match(squash(name))
    return found is not None and any(squash(head).startswith(found[1]) for head in heads)


def _entries_after(places: list[int], seen: Observation) -> list[int]:
    """At least two that are built alike and say different things, the first of them the next thing to touch."""
    nodes, size = seen.nodes or (), seen.size
    low = max(nodes[place].box.bottom for place in places)
    below = [i for i, node in enumerate(nodes) if is_reacting(node) and low <= node.box.top]
    first = min(below, key=lambda index: (nodes[index].box.top, -nodes[index].box.area), default=None)
    if first is None or nodes[first].box.top > low + _NEAR * size.height or nodes[first].box.width < _WIDE * size.width:
        return []
    entries = column(nodes, first, size.width)
    said = [own_texts(nodes, index) for index in entries]
    alike = len({len(texts) for texts in said}) == 1 and len(said[0]) > 1
    return entries if alike and len(set(said)) == len(entries) >= _LEAST_ENTRIES else []


def _are_called_tabs(places: list[int], said: list[str], seen: Observation) -> bool:
    """By the phone, and none of them is called by what is done or by a way of working."""
    tabs = sum((seen.nodes or ())[place].role is Role.TAB for place in places)
    return tabs > 1 and not any(does_something(text) for text in said) and not switches_a_mode(said)


def _shows_more(index: int, places: list[int], said: list[str], seen: Observation) -> bool:
    """Whether the parts switch what is shown: they are the app's own pages at its foot; most have the name of a state
    or a time; they sort the records below; or pages that can be swiped sideways lie below. Without one of these they
    may be ways of working, which are drawn as tabs as well."""
    states = 2 * sum(filters_a_list(text) or names_a_state(text) for text in said) > len(said)
    if is_foot_of_app(index, places, seen) or (states and not tell_of_one(places, seen)):
        return True
    paper = _first_paper_below(places[0], seen)
    return (paper is not None and _are_borne(said, paper, seen)) or _lie_over_pages(places, seen)


def _lie_over_pages(places: list[int], seen: Observation) -> bool:
    """Right under them, from edge to edge and down to the page's foot."""
    nodes, size = seen.nodes or (), seen.size
    low = max(nodes[place].box.bottom for place in places)
    under = range(low - _GAP, low + int(_NEAR * size.height))
    pages = [node.box for node in nodes if node.role is Role.PAGER and node.box.top in under]
    return any(box.width > _ACROSS * size.width and box.bottom > _DOWN * size.height for box in pages)


def tabs_over(entry: int, seen: Observation) -> list[str]:
    """The names of the tabs over the list of this entry; empty if there is no such bar. It includes what the phone
    calls tabs, and plain words side by side of which one is drawn as chosen. Ways of working and answers look like that
    too, so this is no proof that a touch on them is harmless."""
    nodes = seen.nodes or ()
    for index, node in enumerate(nodes):
        if is_reacting(node) and 0 < node.box.bottom <= nodes[entry].box.top:
            places = row_peers(nodes, index, seen.size.width)
            named = [text for place in places for text in texts_of(nodes, place)]
            if is_tab(index, seen) or _are_called_tabs(places, named, seen) or _is_drawn_over(places, seen):
                return named
    return []


def sort_by_states(tabs: list[str], entry: int, seen: Observation) -> bool:
    """Whether the tabs sort the list of the entry: most name a state or a time, or an entry shows the name of one."""
    return 2 * sum(map(filters_a_list, tabs)) > len(tabs) or _are_borne(tabs, entry, seen)


def _are_borne(tabs: list[str], entry: int, seen: Observation) -> bool:
    """An entry of the list says one of these words by itself."""
    nodes = seen.nodes or ()
    entries = column(nodes, entry, seen.size.width)
    states = {squash(text) for index in entries for text in own_texts(nodes, index)}
    return any(squash(tab) in states for tab in tabs)


def _is_even(places: list[int], seen: Observation) -> bool:
    """At least three parts of one width, across the screen."""
    boxes = [(seen.nodes or ())[place].box for place in places]
    widths = {round(box.width / max(1, boxes[0].width), 1) for box in boxes}
    return (
        len(boxes) >= _LEAST_PARTS and len(widths) == 1 and boxes[-1].right - boxes[0].left > _ACROSS * seen.size.width
    )


def _is_drawn_over(places: list[int], seen: Observation) -> bool:
    return _is_joined(places, seen) and _is_drawn_as_chosen(places, seen)


def _is_joined(places: list[int], seen: Observation) -> bool:
    """At least three parts with words, side by side across the screen without a gap."""
    boxes = [(seen.nodes or ())[place].box for place in places]
    joined = all(abs(two.left - one.right) <= _GAP for one, two in itertools.pairwise(boxes))
    across = len(boxes) >= _LEAST_PARTS and boxes[-1].right - boxes[0].left > _ACROSS * seen.size.width
    return joined and across and all(words_in(place, seen) for place in places)


def _first_paper_below(index: int, seen: Observation) -> int | None:
    """Of a list of papers that stands lower down; None for no such list."""
    nodes, size = seen.nodes or (), seen.size
    below = (i for i, node in enumerate(nodes) if node.clickable and node.box.top >= nodes[index].box.bottom)
    papers = (
        place
        for place in below
        if is_record(nodes, place, size.width, size.height) and any(map(is_of_a_paper, own_texts(nodes, place)))
    )
    return next(papers, None)


def _is_drawn_as_chosen(places: list[int], seen: Observation) -> bool:
    return _drawn_as_chosen(places, seen) is not None


def _drawn_as_chosen(places: list[int], seen: Observation) -> int | None:
    """Just one part has its words in another colour, or lies on a raised field: the how manieth."""
    nodes = seen.nodes or ()
    boxes = [nodes[place].box for place in places]
    for drawn in (is_raised, stands_out):
        if (number := drawn(seen, boxes)) is not None:
            return number
    words = [words_in(place, seen) for place in places]
    return stands_out(seen, [found[-1] for found in words]) if all(words) else None
