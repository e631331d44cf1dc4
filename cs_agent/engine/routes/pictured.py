"""Recognises by its picture alone a page that was recorded with a tree, and a button on it by its words.

Rule: the title, every button and most other texts of the page must be found, no new word that asks for a decision may
appear, and only a control drawn as a button with a unique name is touched. Everything else needs the tree.
"""

from __future__ import annotations

from cs_agent.engine.routes.values import RouteControl
from cs_agent.engine.screen.pictured import is_on_coloured_fill
from cs_agent.engine.screen.signature import PageSignature, stable_label
from cs_agent.engine.screen.targets import Target, find_target
from cs_agent.engine.screen.text import squash
from cs_agent.engine.screen.words import LabelKind, sense
from cs_agent.observation import Observation, TextLine

_HEAD = 0.14  # of the screen's height: where titles stand
_SHARE = 0.8  # of the page's texts besides its title and buttons
_LEAST = 3  # texts; a page with fewer cannot be recognised
_BUTTON = "button"
_DECISIONS = (LabelKind.COMMIT, LabelKind.HOLD, LabelKind.AFFIRM, LabelKind.REFUSE, LabelKind.RETRY)


def fits(page: PageSignature, seen: Observation) -> bool:
    """Whether the picture shows this page."""
    if not page.app or page.app != seen.app.package:
        return False
    read = [label for line in seen.lines if (label := stable_label(line.text))]
    buttons, others = _named(page)
    if len(buttons | others) < _LEAST or not all(_is_read(label, read) for label in buttons):
        return False
    found = sum(_is_read(label, read) for label in others)
    return _has_title(page.title, seen) and found >= _SHARE * len(others) and not _asks_more(page, seen)


def find_button(control: RouteControl, name: str, seen: Observation) -> Target | None:
    """The button of that name; None if there is none, if several lines have the name, or if the text is not drawn as a
    button."""
    if control.signature.role != _BUTTON or control.alike != 1 or not name:
        return None
    lines = [line for line in seen.lines if squash(line.text) == squash(name)]
    if len(lines) != 1 or not is_on_coloured_fill(seen, lines[0].box):
        return None
    return find_target(seen, lines[0].box.center)


def _named(page: PageSignature) -> tuple[frozenset[str], frozenset[str]]:
    """The labels of its buttons, and of all else that says something."""
    marks = [mark.partition(":") for mark in page.controls | page.captions]
    buttons = frozenset(label for role, _, label in marks if role == _BUTTON and label)
    return buttons, frozenset(label for role, _, label in marks if role != _BUTTON and label)


def _is_read(label: str, read: list[str]) -> bool:
    return any(label in text for text in read)


def _has_title(title: str, seen: Observation) -> bool:
    head = _HEAD * seen.size.height
    return not title or any(stable_label(line.text) == title for line in seen.lines if line.box.bottom <= head)


def _asks_more(page: PageSignature, seen: Observation) -> bool:
    """Whether a decision word appears that the recorded page lacked: a dialog covers it, or it is another page."""
    known = [mark.partition(":")[2] for mark in page.controls | page.captions]
    return any(_decides(line) and not any(stable_label(line.text) in label for label in known) for line in seen.lines)


def _decides(line: TextLine) -> bool:
    return bool(stable_label(line.text)) and sense(line.text).kind in _DECISIONS
