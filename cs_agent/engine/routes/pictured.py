"""Recognises a page by its picture alone, and on it a control by its words, its look and its surroundings.

Rule: as strict as with a tree. Title, every button and most other texts that the picture showed when the page was
recorded must be read again, in the same app and activity; no new word that asks for a decision may appear; the control
must say the same, look the same and stand between the same texts, as often as before. Everything else needs the tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from cs_agent.engine.routes.slots import filled
from cs_agent.engine.routes.values import RouteControl
from cs_agent.engine.routes.views import ControlView, PageView
from cs_agent.engine.screen.compare import grey_of
from cs_agent.engine.screen.drawn.pictured import is_in_entry, is_on_coloured_fill, room_on_ground
from cs_agent.engine.screen.drawn.windows import is_dimmed_around
from cs_agent.engine.screen.head import HEAD
from cs_agent.engine.screen.signature import PageSignature, stable_label
from cs_agent.engine.screen.targets import Target, find_target
from cs_agent.engine.screen.text import squash
from cs_agent.engine.screen.words import LabelKind, is_hint, sense
from cs_agent.geometry import Box
from cs_agent.observation import Observation, TextLine

_SHARE = 0.8  # of the page's texts besides its title and buttons
_LEAST = 3  # texts; a page with fewer cannot be recognised
_LEAST_WORD = 2  # characters of a label that is recognised within a longer text
LEAST_PIECE = 3  # characters of a value by which an entry of a list is known
_MORE_OTHERS = 1.5, 4  # times as many lines that say something else, and so many besides
_LIT = 0.9  # of the brightest: what is darker is dimmed
_PADDING = 0.04  # of the screen's width, around the texts of a card
_NEAR = 8  # quarters of a text's height: a check box stands nearer to its text
_BUTTON, _FIELD = "button", "editable"
_BY_MARKS = frozenset({"choice", "switch", "slider", "password"})  # no words tell their state
_DECISIONS = (LabelKind.COMMIT, LabelKind.HOLD, LabelKind.AFFIRM, LabelKind.REFUSE, LabelKind.RETRY)


def fits(page: PageSignature, seen: Observation, view: PageView | None = None) -> bool:
    """Whether the picture shows this page; without a view all that the tree said of it must be read."""
    if not page.app or page.app != seen.app.package:
        return False
    if view is not None and (view.activity != seen.app.activity or _others(view.marks, seen) > _most_others(view)):
        return False
    read = _labels(seen)
    buttons, others = _named(page.controls | page.captions if view is None else view.marks)
    if len(buttons | others) < _LEAST or not all(_is_read(label, read) for label in buttons):
        return False
    found = sum(_is_read(label, read) for label in others)
    asks = view.asks if view is not None else 0
    return _has_title(page.title, seen) and found >= _SHARE * len(others) and _asking(page, seen) <= asks


def view_of_page(page: PageSignature, seen: Observation) -> PageView | None:
    """What the picture shows of this page; None if it could not be recognised by that."""
    read = _labels(seen)
    told = frozenset(mark for mark in page.controls | page.captions if _says(mark, read))
    whole = seen.nodes is not None and not any(node.scrollable for node in seen.nodes)
    view = PageView(seen.app.activity, told, _others(told, seen), _asking(page, seen), whole)
    return view if fits(page, seen, view) else None


def shows_all(view: PageView, seen: Observation) -> bool:
    """Whether nothing of the page lies outside the screen: so it was when the page was recorded, and since then nothing
    was added to it. A page that is not known to be whole may go on below with what a person would have to see."""
    return view.whole and _others(view.marks, seen) <= view.others


def find_button(control: RouteControl, name: str, seen: Observation) -> Target | None:
    """The button of that name, for a control without a view; None if there is none, if several lines have the name, or
    if the text is not drawn as a button."""
    if control.signature.role != _BUTTON or control.alike != 1 or not name:
        return None
    lines = [line for line in seen.lines if squash(line.text) == squash(name)]
    if len(lines) != 1 or not is_on_coloured_fill(seen, lines[0].box):
        return None
    return find_target(seen, lines[0].box.center)


def find_control(
    control: RouteControl, view: ControlView, page: PageView, seen: Observation, values: dict[str, str]
) -> Target | None:
    """The control that the view tells of; None if none or several do, or if the picture says its name more or less
    often than when it was recorded."""
    lines = _saying(control, view.hint, seen, values)
    found = [line for line in lines if _looks(control, line, view, page, seen)]
    return find_target(seen, found[0].box.center) if len(lines) == view.alike and len(found) == 1 else None


def shows_text(text: str, view: ControlView, page: PageView, seen: Observation) -> bool:
    """Whether the field that the view tells of shows just this text."""
    lines = [line for line in seen.lines if squash(line.text) == squash(text)]
    return sum(_beside(line.box, page, seen) == (view.above, view.below) for line in lines) == 1


def view_of_control(
    control: RouteControl,
    target: Target,
    page: PageView,
    seen: Observation,
    values: dict[str, str],
    *,
    focused: bool = False,
) -> ControlView | None:
    """How the picture shows this control of the tree; None if it cannot be told by that: no or several lines of its
    own, or a touch at its words would reach something else. `focused`: it is a field with a caret."""
    if control.signature.role in _BY_MARKS or len(control.holds) > 1 or target.box is None:
        return None
    hint = _hint(target.box, page, seen) if control.signature.role == _FIELD else ""
    lines = _saying(control, hint, seen, values)
    own = [line for line in lines if find_target(seen, line.box.center).node == target.node]
    if len(own) != 1:
        return None
    box = own[0].box
    room = None if focused else _room(box, seen)
    view = ControlView(hint, is_on_coloured_fill(seen, box), room, *_beside(box, page, seen), len(lines))
    alone = sum(_looks(control, line, view, page, seen) for line in lines) == 1
    return view if alone else None


def _saying(control: RouteControl, hint: str, seen: Observation, values: dict[str, str]) -> list[TextLine]:
    """The lines that say the control's name, the value it holds, or its hint; none if a slot that it names is empty."""
    if control.holds:
        value = filled(control.holds[0], values) or ""
        return [line for line in seen.lines if shows_value(line.text, value)]
    if control.named:
        name = squash(filled(control.named, values) or "")
        return [line for line in seen.lines if name and squash(line.text) == name]
    return [line for line in seen.lines if hint and stable_label(line.text) == hint]


def shows_value(text: str, value: str) -> bool:
    """Whether it shows the whole value: 10021 does not show 1002."""
    wanted = squash(value)
    if len(wanted) < LEAST_PIECE:
        return False
    edge = r"(?<![0-9a-z])" if wanted[0].isascii() else ""
    close = r"(?![0-9a-z])" if wanted[-1].isascii() else ""
    return any(re.search(edge + re.escape(wanted) + close, squash(word)) for word in text.split())


def _looks(control: RouteControl, line: TextLine, view: ControlView, page: PageView, seen: Observation) -> bool:
    """As recorded; of the room beside an entry's value, which depends on the values, only whether a mark is near."""
    if _beside(line.box, page, seen) != (view.above, view.below):
        return False
    if is_on_coloured_fill(seen, line.box) != view.filled:
        return False
    room = _room(line.box, seen)
    if not (control.holds and view.room):
        return view.agrees(replace(view, room=room))
    return replace(view, room=(min(view.room[0], _NEAR), 0)).agrees(replace(view, room=(min(room[0], _NEAR), 0)))


def _room(box: Box, seen: Observation) -> tuple[int, int]:
    """In quarters of the text's height."""
    left, right = room_on_ground(seen, box)
    return 4 * left // max(1, box.height), 4 * right // max(1, box.height)


def _beside(box: Box, page: PageView, seen: Observation) -> tuple[str, str]:
    """The nearest of the page's stable texts above and below this line."""
    labels = {mark.partition(":")[2] for mark in page.marks}
    others = [(line.box, stable_label(line.text)) for line in seen.lines if line.box != box]
    known = [(place, label) for place, label in others if label in labels]
    above = [(place.bottom, label) for place, label in known if place.bottom <= box.center.y]
    below = [(-place.top, label) for place, label in known if place.top >= box.center.y]
    return max(above, default=(0, ""))[1], max(below, default=(0, ""))[1]


def _hint(field: Box, page: PageView, seen: Observation) -> str:
    """What stands in the field, if it is a text of the page or asks to fill it in; empty for what may be a value."""
    labels = {mark.partition(":")[2] for mark in page.marks}
    within = [stable_label(line.text) for line in seen.lines if field.contains(line.box.center)]
    return within[0] if len(within) == 1 and (within[0] in labels or is_hint(within[0])) else ""


def _labels(seen: Observation) -> list[str]:
    return [label for line in seen.lines if (label := stable_label(line.text))]


def _named(marks: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
    """The labels of its buttons, and of all else that says something."""
    parted = [mark.partition(":") for mark in marks]
    buttons = frozenset(label for role, _, label in parted if role == _BUTTON and label)
    return buttons, frozenset(label for role, _, label in parted if role != _BUTTON and label)


def _says(mark: str, read: list[str]) -> bool:
    """Whether it is read; signs alone are not, as values are masked with them."""
    label = mark.partition(":")[2]
    return any(sign.isalnum() for sign in label) and _is_read(label, read)


def _is_read(label: str, read: list[str]) -> bool:
    return label in read or (len(label) >= _LEAST_WORD and any(label in text for text in read))


def _others(marks: frozenset[str], seen: Observation) -> int:
    """How many lines say something besides these marks; of a card or sheet over a dimmed page only those in it."""
    known = [label for mark in marks if (label := mark.partition(":")[2])]
    lines = {line: [label for label in known if _is_read(label, [stable_label(line.text)])] for line in seen.lines}
    window = _window(known, lines, seen)
    return sum(not said and (window is None or window.contains(line.box.center)) for line, said in lines.items())


def _window(known: list[str], lines: dict[TextLine, list[str]], seen: Observation) -> Box | None:
    """Around the card or sheet over a dimmed page on which all these labels stand; None if they stand on none."""
    shown = {line: _brightest(line.box, seen) for line, said in lines.items() if said}
    lit = [line for line, light in shown.items() if light >= _LIT * max(shown.values())]
    if not known or {label for line in lit for label in lines[line]} != {*known}:
        return None
    box = Box.around([line.box for line in lit]).grown(int(_PADDING * seen.size.width)).clipped(seen.size)
    return box if is_dimmed_around(seen, box) else None


def _brightest(box: Box, seen: Observation) -> float:
    """The grey level of the brightest that is drawn there: the paper, or the letters on a coloured button."""
    return float(grey_of(seen.screenshot.image, box).max(initial=0))


def _most_others(view: PageView) -> float:
    return _MORE_OTHERS[0] * view.others + _MORE_OTHERS[1]


def _has_title(title: str, seen: Observation) -> bool:
    head = HEAD * seen.size.height
    return not title or any(stable_label(line.text) == title for line in seen.lines if line.box.bottom <= head)


def _asking(page: PageSignature, seen: Observation) -> int:
    """How many lines that ask for a decision the page does not name: with more of them than when it was recorded a
    dialog covers it, or it is another page. What the entries of a list say asks for none."""
    known = [mark.partition(":")[2] for mark in page.controls | page.captions]
    return sum(not _is_of(line, known) and _decides(line, seen) for line in seen.lines)


def _is_of(line: TextLine, labels: list[str]) -> bool:
    return any(stable_label(line.text) in label for label in labels)


def _decides(line: TextLine, seen: Observation) -> bool:
    asks = bool(stable_label(line.text)) and sense(line.text).kind in _DECISIONS
    return asks and not is_in_entry(seen, line.box)
