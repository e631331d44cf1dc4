"""A field in which something is looked up, told from one whose text is sent, and the button that belongs to it.

Rule: a field says itself that it is for searching; one that does not counts only where it stands alone near the top
and is for a key (a number, a name), never where a message could be meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from cs_agent.engine.screen.page import Nature, adds_what_it_holds, is_search_field, read_page
from cs_agent.engine.screen.structure import column, share_a_line, texts_of
from cs_agent.engine.screen.text import fold, squash
from cs_agent.engine.screen.vocabulary.titles import names_a_key
from cs_agent.engine.screen.words import looks_up
from cs_agent.observation import Observation, UiNode

_HIGH = 0.5  # of the height: what is looked up in stands over what it finds, what is written in stands below
_IDENTITY = re.compile(r"^\d{17}[\dx]$")  # looked up, it is checked, which is told to its owner or charged for
_PHRASE = 20  # characters
_WORDS = 3
_SEARCHES = frozenset(("搜索", "搜一下", "搜", "检索", "查找", "search", "find"))
_LEAST_TYPED = 2  # characters
_LEAST_FOUND = 2  # entries
_WIDE = 0.75  # of the width: an entry of a list
_KEY = re.compile(r"^(?=.*\d{3})[\w#/-]{3,32}$")  # a number of something, not a sentence


def is_looked_up_in(field: UiNode, seen: Observation, typed: str = "") -> bool:
    """`typed`: what this field holds because the run typed it, which says nothing of what the field is for."""
    if is_search_field(replace(field, text=""), typed):
        return True
    nodes = seen.nodes or ()
    if field.box.top > _HIGH * seen.size.height or Nature.COMPOSE in read_page(seen).natures:
        return False
    if is_search_field(field, typed):
        return True
    if [node for node in nodes if node.editable] != [field]:
        return False
    if shows_what_was_typed(field, seen, typed):
        return True
    holds = squash(field.text) == squash(typed) or is_a_key(field.text)
    if hint := f"{'' if holds else field.text} {field.description}".strip():
        return names_a_key(hint)
    return is_a_key(field.text) or (_is_short(field.text) and _has_beside(field, seen, searches))


def shows_what_was_typed(field: UiNode, seen: Observation, typed: str) -> bool:
    """Whether all entries of the list below the field contain what was typed: the field searches. A field whose words
    are added, sent or booked by a line break shows only the one result."""
    nodes, wanted = seen.nodes or (), squash(typed)
    if len(wanted) < _LEAST_TYPED or squash(field.text) != wanted or adds_what_it_holds(field, typed):
        return False
    below = [i for i, node in enumerate(nodes) if node.clickable and node.box.top >= field.box.bottom]
    wide = [i for i in below if nodes[i].box.width >= _WIDE * seen.size.width and texts_of(nodes, i)]
    first = min(wide, key=lambda index: nodes[index].box.top, default=None)
    if first is None:
        return False
    entries = [texts_of(nodes, index) for index in column(nodes, first, seen.size.width)]
    alike = len(set(entries)) == len(entries) >= _LEAST_FOUND
    return alike and all(any(wanted in squash(text) for text in texts) for texts in entries)


def _is_short(text: str) -> bool:
    """A few words that are looked for, and no sentence that is said to somebody."""
    return len(text.strip()) <= _PHRASE and len(text.split()) <= _WORDS


def searches(label: str) -> bool:
    """搜索, Search: of the words of looking up the ones that no button beside a message bears."""
    return looks_up(label) and fold(label).strip() in _SEARCHES


def _has_beside(field: UiNode, seen: Observation, says: Callable[[str], bool]) -> bool:
    """A control right of the field on its line all of whose texts say so."""
    return any(all(map(says, texts)) for texts in _right_of(field, seen))


def _right_of(field: UiNode, seen: Observation) -> list[tuple[str, ...]]:
    """The texts of each control that stands right of the field on its line."""
    nodes = seen.nodes or ()
    right = [i for i, n in enumerate(nodes) if n.clickable and n.box.left > field.box.left and n is not field]
    return [texts for i in right if share_a_line(nodes[i].box, field.box) and (texts := texts_of(nodes, i))]


def starts_a_search(field: UiNode, seen: Observation, typed: str = "") -> bool:
    """A line break typed into it looks something up and sends nothing."""
    if is_search_field(replace(field, text=""), typed):
        return True
    return is_looked_up_in(field, seen, typed) and (is_search_field(field, typed) or _has_beside(field, seen, looks_up))


def is_a_key(text: str) -> bool:
    """Written like a number of something: 1001, TK-88211."""
    return bool(_KEY.match(fold(text))) and not _IDENTITY.match(fold(text))
