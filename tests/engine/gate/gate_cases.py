"""Reads the gate's corpus: labelled screens × actions, laid out as a phone would show them.

Each case is judged three times: as a phone with tree and picture shows it, by the tree alone, by the picture alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from cs_agent.engine.actions.values import Action, Back, DoubleTap, Home, Launch, LongPress, Swipe, Tap, Type
from cs_agent.engine.gate.decide import decide
from cs_agent.engine.run.state import Verdict
from cs_agent.geometry import NormPoint, Point, Size
from cs_agent.observation import ForegroundApp, Observation, Screenshot
from cs_agent.testing.screens import Layout, lay_out

CORPUS = Path(__file__).with_name("corpus")
SIZE = Size(540, 1200)  # of the laid-out screens: small, for speed
VIEWS = ("both", "tree", "picture")
_STEPS = {"up": (0, -350), "down": (0, 350), "left": (-450, 0), "right": (450, 0)}


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    layout: Layout
    action: Action
    irreversible: bool
    picture: Image.Image = field(repr=False)

    def observation(self, view: str) -> Observation:
        return Observation(
            Screenshot(self.picture, 0.0),
            ForegroundApp(self.layout.package),
            lines=self.layout.lines() if view != "tree" else (),
            nodes=self.layout.nodes() if view != "picture" else None,
        )

    def verdict(self, view: str = "both", seen: Observation | None = None) -> Verdict:
        return decide(self.action, seen or self.observation(view), confidence=1.0)


def cases() -> Iterator[Case]:
    for source in sorted(CORPUS.glob("*.json")):
        for screen in json.loads(source.read_text("utf-8")):
            layout = lay_out(screen["rows"], package=screen["app"], size=SIZE)
            picture = layout.image()
            for text, irreversible in screen["cases"]:
                name = f"{source.stem}: {screen['screen']}: {text!r}"
                yield Case(name, layout, read_action(text, layout), irreversible, picture)


def read_action(text: str, layout: Layout) -> Action:
    """tap:LABEL, tap@x,y, dbl:, long:, flag: (a tap the model marked), swipe:WAY[@LABEL], type:, back, home."""
    kind, _, rest = text.partition(":")
    if text.startswith("tap@"):
        x, y = text.removeprefix("tap@").split(",")
        return Tap(NormPoint(int(x), int(y)))
    if kind == "swipe":
        way, _, label = rest.partition("@")
        return _swipe(way, layout.find(label).box.center if label else Point(SIZE.width // 2, SIZE.height // 2), layout)
    simple = {"type": lambda: Type(rest), "launch": lambda: Launch(rest), "back": Back, "home": Home}
    if kind in simple:
        return simple[kind]()
    point = layout.find(rest).box.center.to_norm(layout.size)
    touches = {"tap": Tap(point), "dbl": DoubleTap(point), "long": LongPress(point), "flag": Tap(point, "")}
    return touches[kind]


def _swipe(way: str, start: Point, layout: Layout) -> Swipe:
    begin = start.to_norm(layout.size)
    dx, dy = _STEPS[way]
    return Swipe(begin, NormPoint(min(max(begin.x + dx, 0), 999), min(max(begin.y + dy, 0), 999)))
