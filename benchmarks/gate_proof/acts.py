"""The acts tried on a page: where, how, and with what the run knows; each judged before and then really done."""

from __future__ import annotations

import random
from dataclasses import dataclass

from benchmarks.gate_proof.browser import Spot, Stage
from benchmarks.gate_proof.pages import Page
from cs_agent.engine.actions.values import Action, DoubleTap, LongPress, Swipe, Tap, Type, Wait
from cs_agent.engine.gate.decide import StepContext
from cs_agent.geometry import NormPoint, Point, Size

_EDGE = 6  # device pixels: spots are touched inside their edge
_RANDOM_TAPS = 0.08  # of the taps: anywhere on the page
_UP = (0.75, 0.35)


@dataclass(frozen=True, slots=True)
class Act:
    name: str
    action: Action
    context: StepContext
    focus_first: Point | None = None  # a field that is touched before, as the run would have


def acts_of(page: Page, spots: list[Spot], stage: Stage, luck: random.Random, taps: int) -> list[Act]:
    """Taps on what shows, some anywhere, and the page's own gestures."""
    size, context = stage.size, StepContext(typed=page.typed, put_in=page.put_in)
    places = [_inside(spot, luck) for spot in luck.sample(spots, min(taps, len(spots)))]
    places = [_anywhere(size, luck) if luck.random() < _RANDOM_TAPS else place for place in places]
    found = [Act("tap", Tap(place.to_norm(size)), context) for place in places]
    if places and luck.random() < 0.15:
        found.append(Act("long press", LongPress(places[0].to_norm(size)), context))
        found.append(Act("double tap", DoubleTap(places[-1].to_norm(size)), context))
    for gesture in page.gestures:
        found += _gesture(gesture, page, spots, stage, luck, context)
    return found


def _gesture(
    gesture: str, page: Page, spots: list[Spot], stage: Stage, luck: random.Random, context: StepContext
) -> list[Act]:
    kind, _, rest = gesture.partition(":")
    size, fields = stage.size, stage.fields()
    if kind == "wait":
        return [Act("wait", Wait(2.0), context)]
    if kind == "swipe":
        return _swipes(rest, spots, size, luck, context)
    if kind == "hold" and spots:
        return [Act("long press", LongPress(spots[-1].box.center.to_norm(size)), context)]
    if not fields:
        return []
    at = luck.choice(fields).box.center
    text = {"text": "客户说明 ok", "query": page.typed, "code": "482913"}.get(rest, page.typed or "ok") or "ok"
    ends = "\n" if kind == "enter" else ""
    return [Act("enter" if ends else f"type {rest}", Type(text + ends), StepContext(put_in=page.put_in), at)]


def _swipes(way: str, spots: list[Spot], size: Size, luck: random.Random, context: StepContext) -> list[Act]:
    if way in ("up", "down"):
        x = luck.uniform(0.1, 0.9)
        start, end = _UP if way == "up" else _UP[::-1]
        swipe = Swipe(_norm(x, start), _norm(x, end))
        return [Act("scroll", swipe, context)]
    part = luck.choice(spots).box if spots else None
    if part is None:
        return []
    y = part.center.y / size.height
    ends = (0.12, 0.88) if way.startswith("right") else (0.88, 0.12)
    return [Act("sideways swipe", Swipe(_norm(ends[0], y), _norm(ends[1], y)), context)]


def perform(act: Act, stage: Stage) -> None:
    """The act as a finger would do it. The pause is the page's own: a handler may run in the next frames."""
    size = stage.size
    match act.action:
        case Tap(element):
            stage.tap(element.to_point(size))
        case DoubleTap(element):
            stage.double_tap(element.to_point(size))
        case LongPress(element):
            stage.hold(element.to_point(size))
        case Swipe(start, end):
            stage.swipe(start.to_point(size), end.to_point(size))
        case Type(text):
            stage.type(text)
        case Wait(seconds):
            stage.rest(int(seconds * 1000))
    stage.rest(50)


def _inside(spot: Spot, luck: random.Random) -> Point:
    box = spot.box
    if box.width <= 2 * _EDGE or box.height <= 2 * _EDGE or luck.random() < 0.6:
        return box.center
    return Point(luck.randint(box.left + _EDGE, box.right - _EDGE), luck.randint(box.top + _EDGE, box.bottom - _EDGE))


def _anywhere(size: Size, luck: random.Random) -> Point:
    return Point(luck.randrange(size.width), luck.randrange(size.height))


def _norm(x: float, y: float) -> NormPoint:
    return NormPoint(min(999, max(0, int(x * 1000))), min(999, max(0, int(y * 1000))))
