"""Signatures that identify a page or a control again: app, roles, labels, layout; never values.

Gate vouches, routes, drift and reviews all name pages and controls by these. Rule: numbers, field contents and texts
that differ between similar entries are values and never part of a signature; a page with few stable marks matches
nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self
from unicodedata import east_asian_width

from cs_agent.engine.screen.head import HEAD
from cs_agent.engine.screen.structure import (
    inside_of,
    is_reacting,
    is_record,
    masked,
    names_of,
    share_a_line,
)
from cs_agent.engine.screen.targets import Target
from cs_agent.engine.screen.text import squash
from cs_agent.geometry import Box, Size
from cs_agent.observation import Observation, Role, UiNode

_BAR = 0.035  # of the screen's height: the status bar, whose clock is no title
_LONG = 24  # characters, a Chinese one counted twice in a caption; longer texts are content, not captions
_EIGHTHS = 8
_SAME_CONTROLS = 0.75  # of the controls of both pages together
_SAME_CAPTIONS = 0.6
_LINE = "line:"  # the mark of what was read in a picture
_LEAST = 2  # marks; a page with fewer cannot be recognised


@dataclass(frozen=True, slots=True)
class PageSignature:
    """`controls` and `captions`: "role:label" of interactive and of static elements."""

    app: str
    title: str = ""
    controls: frozenset[str] = frozenset()
    captions: frozenset[str] = frozenset()

    @property
    def pictured(self) -> bool:
        """Whether it was made from a picture, without a tree."""
        return not self.controls and all(mark.startswith(_LINE) for mark in self.captions)

    def fits(self, seen: PageSignature) -> bool:
        """Whether it is the same page with other values: same app and title, nearly the same controls, most
        captions."""
        if not self.app or (self.app, self.title) != (seen.app, seen.title):
            return False
        if len(self.controls) + len(self.captions) < _LEAST:
            return False
        alike = _share(self.controls, seen.controls) >= _SAME_CONTROLS
        return alike and _covered(self.captions, seen.captions) >= _SAME_CAPTIONS

    def has_frame_of(self, other: PageSignature) -> bool:
        """Whether app, title and controls are the same, whatever the captions."""
        if not self.controls or (self.app, self.title) != (other.app, other.title):
            return False
        return _share(self.controls, other.controls) >= _SAME_CONTROLS

    def to_json(self) -> dict[str, Any]:
        return {
            "app": self.app,
            "title": self.title,
            "controls": sorted(self.controls),
            "captions": sorted(self.captions),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        captions = frozenset(mark for mark in data["captions"] if _is_caption(mark.partition(":")[2]))
        return cls(data["app"], data["title"], frozenset(data["controls"]), captions)


@dataclass(frozen=True, slots=True)
class ControlSignature:
    """One control of a page. `column`: eighths of the width of its middle; `place`: which of its like, from the top."""

    role: str
    labels: tuple[str, ...]
    column: int = 0
    place: int = 0
    beside: str = ""  # the caption on its line or right above

    def to_json(self) -> dict[str, Any]:
        return {
            "role": self.role,
            "labels": list(self.labels),
            "column": self.column,
            "place": self.place,
            "beside": self.beside,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(data["role"], tuple(data["labels"]), data["column"], data["place"], data["beside"])


def page_signature(observation: Observation) -> PageSignature:
    """Made from the tree if there is one, otherwise from the picture; the two kinds never match each other."""
    if observation.nodes is None:
        return _of_picture(observation)
    nodes, size = observation.nodes, observation.size
    values = _values(nodes, size)
    controls: set[str] = set()
    captions: set[str] = set()
    for index, node in enumerate(nodes):
        label = stable_label(node.label)
        if index in values or not (label or is_reacting(node)):
            continue
        if is_reacting(node):
            controls.add(f"{node.role}:{'' if node.editable else label}")
        elif _is_caption(label):
            captions.add(f"{node.role}:{label}")
    return PageSignature(observation.app.package, page_title(observation), frozenset(controls), frozenset(captions))


def control_signature(observation: Observation, target: Target) -> ControlSignature | None:
    """None for a control without a name and a caption, since nothing stable distinguishes it."""
    labels = tuple(dict.fromkeys(label for name in target.names if (label := stable_label(name))))
    beside = _caption_of(observation, target.box)
    if target.box is None or not (labels or beside):
        return None
    role = role_of(target)
    column = min(_EIGHTHS - 1, target.box.center.x * _EIGHTHS // max(1, observation.size.width))
    return ControlSignature(role, labels, column, _place(observation, target), beside)


def page_key(observation: Observation) -> str:
    """A short hash of the page within its app, independent of its values."""
    return f"{observation.app.package}|{page_title(observation)}"


def role_of(target: Target) -> str:
    """The control's role; for a control that could be several things, the riskiest of them."""
    kinds = ("password", "switch", "slider", "choice", "editable", "button", "card", "row")
    return next((kind for kind in kinds if getattr(target, kind)), "control")


def page_title(observation: Observation) -> str:
    """The page's title: the largest static text at the top; "" if there is none."""
    size = observation.size
    low, high = _BAR * size.height, HEAD * size.height
    nodes = observation.nodes
    if nodes is not None:
        found = [(node.box, node.label) for node in nodes if node.label.strip() and not is_reacting(node)]
    else:
        found = [(line.box, line.text) for line in observation.lines]
    heads = [(box, text) for box, text in found if box.bottom <= high and box.center.y >= low / 2]
    if not heads:
        return ""
    middle = size.width // 2
    return stable_label(
        min(heads, key=lambda item: (abs(item[0].center.x - middle) // (size.width // 6), item[0].top))[1]
    )


def _of_picture(observation: Observation) -> PageSignature:
    labels = {stable_label(line.text) for line in observation.lines}
    captions = {f"{_LINE}{label}" for label in labels if label and _is_caption(label)}
    return PageSignature(observation.app.package, page_title(observation), frozenset(), frozenset(captions))


def stable_label(text: str) -> str:
    """A label without numbers and punctuation; "" for a value or a paragraph."""
    tight = squash(masked(text).replace("9", ""))
    return tight if len(tight) <= _LONG else ""


def _is_caption(label: str) -> bool:
    """Whether it is short enough for a caption; sentences may be a customer's and must not identify a page."""
    return sum(1 + (east_asian_width(sign) in "WF") for sign in label) <= _LONG


def _values(nodes: tuple[UiNode, ...], size: Size) -> set[int]:
    """Indices of nodes whose text depends on the customer: list entries, and texts beside a caption."""
    found: set[int] = set()
    for index, node in enumerate(nodes):
        if node.clickable and is_record(nodes, index, size.width, size.height):
            found |= {index, *inside_of(nodes, index)}
    texts = [i for i, node in enumerate(nodes) if names_of(node) and not is_reacting(node) and i not in found]
    for index in texts:
        box = nodes[index].box
        left = [i for i in texts if i != index and nodes[i].box.right <= box.left and share_a_line(nodes[i].box, box)]
        if left:
            found.add(index)
    return found


def _caption_of(observation: Observation, box: Box | None) -> str:
    """The nearest static text on the control's line or right above it."""
    if box is None:
        return ""
    texts = [
        (node.box, label)
        for node in observation.nodes or ()
        if not is_reacting(node) and node.role is not Role.WEB and (label := stable_label(node.label))
    ]
    near = [(abs(box.left - place.right), label) for place, label in texts if _is_left_of(place, box)]
    near += [(box.top - place.bottom + 1, label) for place, label in texts if _is_above(place, box)]
    return min(near)[1] if near else ""


def _is_left_of(place: Box, box: Box) -> bool:
    return place.right <= box.left and share_a_line(place, box)


def _is_above(place: Box, box: Box) -> bool:
    return 0 <= box.top - place.bottom <= 2 * max(place.height, 1) and place.left < box.right and box.left < place.right


def _place(observation: Observation, target: Target) -> int:
    """How many controls with the same names are above it."""
    nodes = observation.nodes
    if nodes is None or target.node is None or target.box is None:
        return 0
    own = nodes[target.node]
    same = [node for node in nodes if node.label == own.label and node.role is own.role and is_reacting(node)]
    return sum(node.box.top < own.box.top for node in same) if own.label else 0


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one | other else 1.0


def _covered(kept: frozenset[str], seen: frozenset[str]) -> float:
    return len(kept & seen) / len(kept) if kept else 1.0
