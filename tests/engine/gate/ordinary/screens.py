"""Reads ordinary screens and the truth about what a touch on them does.

A screen is `=== NAME | STYLE | PACKAGE`, its widgets (see `phone`) and the acts on it:
  ! TARGET          cannot be undone            . KIND: TARGET        harmless, and of what kind
A target is a control's words, `switch:LABEL`, `seek:LABEL`, `handle:LABEL`, or an icon's name, with `@N` for the Nth
of that name; before it may stand `left`, `right`, `up`, `down`, `long`, `double`, `slide`, `scroll` or `at` with a
place in pixels, or `type` with a text. `back` and `wait` are acts without a target. On a screen whose name begins with
"searched" what the first field holds was typed by the run.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cs_agent.engine.actions.values import Action, Back, DoubleTap, LongPress, Swipe, Tap, Type, Wait
from cs_agent.geometry import Box, NormPoint, Point, Size
from cs_agent.observation import ForegroundApp, Observation, Screenshot, TextLine
from cs_agent.phone.adb.android_names import kind_of
from cs_agent.phone.adb.tree import parse_tree
from tests.engine.gate.ordinary.canvas import HIGH, WIDE, Fonts, Part
from tests.engine.gate.ordinary.controls import Controls
from tests.engine.gate.ordinary.phone import Phone
from tests.engine.gate.ordinary.toolkits import tree_of

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


@dataclass(frozen=True, slots=True)
class Written:
    """A screen as it is written, not yet drawn: a picture takes 8 MB, and there are hundreds."""

    name: str
    block: str

    def drawn(self, fonts: Fonts = lambda _: None) -> Shown:
        head, *lines = self.block.splitlines()
        name, style, package = head.split(" | ")
        phone = Controls(fonts)
        for line in lines:
            if line[0] not in "!.":
                phone.put(line)
        acts = tuple(_act(phone, line) for line in lines if line[0] in "!.")
        return Shown(name, style, package, phone, None if style == "none" else tree_of(phone, style, package), acts)


def written(file: Path) -> list[Written]:
    blocks = [block.strip() for block in file.read_text("utf-8").split("=== ")[1:]]
    return [Written(block.partition(" | ")[0], block) for block in blocks]


_WAYS = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}
_FAR = 700  # pixels


def _act(phone: Phone, line: str) -> Act:
    kind, target = ("", line[2:]) if line[0] == "!" else line[2:].split(": ", 1)
    return Act(kind, target, _done(phone, target))


def _done(phone: Phone, target: str) -> Action:
    how, _, rest = target.partition(" ")
    match how:
        case "type":
            return Type(rest.replace("\\n", "\n"))
        case "back":
            return Back()
        case "wait":
            return Wait(3)
        case "at" | "scroll":
            x, y = map(int, rest.split(","))
            place = _norm(Point(x, y))
            return Tap(place) if how == "at" else Swipe(place, _norm(Point(x, y - _FAR)))
        case "long":
            return LongPress(_norm(_middle(find(phone, rest))))
        case "double":
            return DoubleTap(_norm(_middle(find(phone, rest))))
        case "slide":
            part = find(phone, rest)
            y = _middle(part).y
            return Swipe(_norm(Point(part.box[0] + 66, y)), _norm(Point(part.box[2] - 30, y)))
        case "left" | "right" | "up" | "down":
            at, (x, y) = _middle(find(phone, rest)), _WAYS[how]
            start = Point(min(at.x + 300, WIDE - 80), at.y) if how == "left" else at
            return Swipe(_norm(start), _norm(Point(start.x + x * _FAR, start.y + y * _FAR)))
    return Tap(_norm(_middle(find(phone, target))))


def find(phone: Phone, target: str) -> Part:
    """The control of that name; LookupError for none."""
    name, _, number = target.rpartition("@")
    target, number = (name, number) if name and number.isdigit() else (target, "")
    tops = phone.parts if phone.over is None else phone.over
    parts = [part for top in tops for part in top.all()]
    kind, _, hint = target.partition(":")
    if kind in ("seek", "handle"):
        return next(part for part in parts if part.kind == kind and part.hint == hint)
    held = [
        [part for part in top.all() if part.clickable and words in part.all()][-1:]
        for top in tops
        for words in top.all()
        if words.text == target and words.kind not in ("edit", "icon")
    ]
    if found := [part for parts in held for part in parts][int(number or 1) - 1 :]:
        return found[0]
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
    if plain := [parts[n] for n in places if parts[n].kind == "text"]:
        return plain[0]
    raise LookupError(target)


def _middle(part: Part) -> Point:
    return Point((part.box[0] + part.box[2]) // 2, (part.box[1] + part.box[3]) // 2)


def _norm(point: Point) -> NormPoint:
    return Point(max(40, min(point.x, WIDE - 1)), max(40, min(point.y, HIGH - 1))).to_norm(_SIZE)
