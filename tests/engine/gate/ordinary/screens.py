"""Reads ordinary screens and the truth about what a touch on them does.

A screen is `=== NAME | STYLE | PACKAGE`, its widgets (see `phone`) and the acts on it:
  ! TARGET          cannot be undone            . KIND: TARGET        harmless, and of what kind
A target is a control's words, `switch:LABEL`, or an icon's name; before it may stand `left`, `long`, `slide` or `type`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cs_agent.engine.actions.values import Action, LongPress, Swipe, Tap, Type
from cs_agent.geometry import Box, NormPoint, Point, Size
from cs_agent.observation import ForegroundApp, Observation, Screenshot, TextLine
from cs_agent.phone.adb.android_names import kind_of
from cs_agent.phone.adb.tree import parse_tree
from tests.engine.gate.ordinary.canvas import HIGH, WIDE, Fonts, Part
from tests.engine.gate.ordinary.phone import Phone
from tests.engine.gate.ordinary.trees import tree_of

_SIZE = Size(WIDE, HIGH)


@dataclass(frozen=True, slots=True)
class Act:
    """What is done on a screen; `kind` is empty for what cannot be undone."""

    kind: str
    told: str
    action: Action


@dataclass(frozen=True, slots=True)
class Shown:
    name: str
    style: str
    package: str
    phone: Phone
    tree: str | None
    acts: tuple[Act, ...]

    @property
    def typed(self) -> str:
        """What the first field holds."""
        return next((part.text for top in self.phone.parts for part in top.all() if part.kind == "edit"), "")

    def observation(self, tree: bool = True, lines: tuple[TextLine, ...] | None = None) -> Observation:
        nodes = parse_tree(self.tree) if tree and self.tree else None
        if lines is None:
            lines = tuple(TextLine(text, Box(*box), 0.99) for text, box in self.phone.lines)
        app = ForegroundApp(self.package, kind=kind_of(self.package))
        return Observation(Screenshot(self.phone.picture, 0.0), app, lines, nodes)


def read(file: Path, fonts: Fonts = lambda _: None) -> Iterator[Shown]:
    for block in file.read_text("utf-8").split("=== ")[1:]:
        head, *lines = block.strip().splitlines()
        name, style, package = head.split(" | ")
        phone = Phone(fonts)
        for line in lines:
            if line[0] not in "!.":
                phone.put(line)
        acts = tuple(_act(phone, line) for line in lines if line[0] in "!.")
        yield Shown(name, style, package, phone, None if style == "none" else tree_of(phone, style, package), acts)


def _act(phone: Phone, line: str) -> Act:
    kind, target = ("", line[2:]) if line[0] == "!" else line[2:].split(": ", 1)
    how, _, rest = target.partition(" ")
    if how == "type":
        return Act(kind, target, Type(rest.replace("\\n", "\n")))
    if how not in ("left", "long", "slide"):
        return Act(kind, target, Tap(_norm(_middle(find(phone, target)))))
    part = find(phone, rest)
    at = _middle(part)
    if how == "long":
        return Act(kind, target, LongPress(_norm(at)))
    reach = {"left": (at.x + 300, 60), "slide": (part.box[0] + 66, part.box[2] - 30)}[how]
    return Act(kind, target, Swipe(_norm(Point(reach[0], at.y)), _norm(Point(reach[1], at.y))))


def find(phone: Phone, target: str) -> Part:
    """The control of that name; LookupError for none."""
    target, _, number = target.partition("@")
    parts = [part for top in (phone.parts if phone.over is None else phone.over) for part in top.all()]
    label = target.removeprefix("switch:").removeprefix("icon:")
    places = [
        n
        for n, part in enumerate(parts)
        if label in ((part.text, part.hint) if part.kind in ("edit", "icon") else (part.text,))
    ]
    for n in places[int(number or 1) - 1 :]:
        if parts[n].clickable:
            return parts[n]
        if parts[n + 1 :] and parts[n + 1].kind in ("edit", "switch"):
            return parts[n + 1]
        around = [part for part in parts if (part.clickable or part.kind == "slide") and parts[n] in part.all()]
        if around:
            return around[-1]
    raise LookupError(target)


def _middle(part: Part) -> Point:
    return Point((part.box[0] + part.box[2]) // 2, (part.box[1] + part.box[3]) // 2)


def _norm(point: Point) -> NormPoint:
    return Point(min(point.x, WIDE - 1), min(point.y, HIGH - 1)).to_norm(_SIZE)
