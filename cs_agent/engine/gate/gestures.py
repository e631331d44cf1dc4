"""The gate's rules for swipes and typed text."""

from __future__ import annotations

from collections.abc import Iterator

from cs_agent.engine.actions.values import Swipe, Type
from cs_agent.engine.gate import touch as gate_touch
from cs_agent.engine.gate.findings import Finding, Scene
from cs_agent.engine.gate.reasons import reason
from cs_agent.engine.gate.touch import ask, confirm
from cs_agent.engine.run.state import VerdictKind
from cs_agent.engine.screen.page import Nature, is_search_field, is_search_page
from cs_agent.engine.screen.targets import Target, find_target, row_texts
from cs_agent.engine.screen.text import fold, money, show_money
from cs_agent.engine.screen.words import LabelKind, sense
from cs_agent.geometry import Box, Point
from cs_agent.observation import UiNode

_STILL = 0.02  # of the screen's height: a shorter swipe is a press
_BAND = 0.03  # of the screen's height, above and below a sideways swipe, where a slider's caption stands
_WEIGHTY = (LabelKind.COMMIT, LabelKind.HOLD, LabelKind.AFFIRM)


def judge_swipe(action: Swipe, scene: Scene) -> Iterator[Finding]:
    size = scene.observation.size
    start, end = action.start.to_point(size), action.end.to_point(size)
    first, last = find_target(scene.observation, start), find_target(scene.observation, end)
    dx, dy = abs(end.x - start.x), abs(end.y - start.y)
    if max(dx, dy) <= _STILL * size.height:
        yield from gate_touch.judge_target(first, scene)
        return
    yield from _holding(start, end, first, last, scene)
    yield from _controls(first, last, scene)
    if dx > dy:
        yield from _sideways(first, scene)


def _holding(start: Point, end: Point, first: Target, last: Target, scene: Scene) -> Iterator[Finding]:
    """A caption that asks for a slide or a hold, at either end or along the way."""
    margin = int(_BAND * scene.observation.size.height)
    way = Box.around([Box(p.x, p.y, p.x + 1, p.y + 1) for p in (start, end)])
    vertical = abs(end.y - start.y) > abs(end.x - start.x)
    band = Box(way.left, way.center.y, way.right, way.center.y + 1).grown(margin)
    along = () if vertical else row_texts(scene.observation, band)
    for label in dict.fromkeys((*first.labels, *last.labels, *along)):
        if sense(label).kind is LabelKind.HOLD:
            yield confirm("hold", label, scene)
            return


def _controls(first: Target, last: Target, scene: Scene) -> Iterator[Finding]:
    for target in (first, last):
        label, meant = gate_touch.target_sense(target, scene)
        harmless = target.editable or target.choice or target.card or _only_words(target, scene)
        if meant.kind in _WEIGHTY and not harmless:
            yield ask("swipe_on_control", label, scene)
            return


def _only_words(target: Target, scene: Scene) -> bool:
    """The tree knows of nothing there that could be pressed: a heading, over which a page may be scrolled."""
    return scene.observation.nodes is not None and not (target.button or target.row or target.switch)


def _sideways(first: Target, scene: Scene) -> Iterator[Finding]:
    picture_only = scene.observation.nodes is None and bool(first.labels)
    if first.slider and scene.page.sensitive:
        yield confirm("slider", first.label, scene)
    elif first.row or first.card or picture_only or scene.page.sensitive:
        yield ask("row_swipe", first.label, scene)


def judge_typing(action: Type, scene: Scene) -> Iterator[Finding]:
    field = _focused(scene.observation.nodes or ())
    yield from _password(field, scene)
    if "\n" in action.text or "\r" in action.text:
        yield from _line_break(action.text, field, scene)
    limit, typed = scene.rules.refuse_above, money(action.text)
    if limit is not None and typed is not None and typed > limit and _is_amount_field(field, scene):
        shown = reason("amount_over_limit", label=show_money(typed), word=show_money(limit))
        yield Finding(scene.policy.over_limit, shown, irreversible=True)


def _focused(nodes: tuple[UiNode, ...]) -> UiNode | None:
    fields = [node for node in nodes if node.editable]
    focused = [node for node in fields if node.focused]
    if focused:
        return focused[0]
    return fields[0] if len(fields) == 1 else None


def _password(field: UiNode | None, scene: Scene) -> Iterator[Finding]:
    named = bool(sense_of_password(field.label if field else scene.focus))
    if (field is not None and field.password) or named:
        yield Finding(VerdictKind.TAKE_OVER, reason("password"), irreversible=True)
    elif field is None and Nature.PASSWORD in scene.page.natures:
        yield ask("password_maybe", "", scene)


def sense_of_password(label: str) -> bool:
    text = fold(label)
    return any(word in text for word in ("密码", "password", "passcode", "cvv", "pin码")) or text == "pin"


def _line_break(text: str, field: UiNode | None, scene: Scene) -> Iterator[Finding]:
    """Only the line break that starts a search is let off."""
    inside = "\n" in text.strip() or "\r" in text.strip()
    searching = (field is not None and is_search_field(field)) or is_search_page(scene.observation)
    if inside or not searching or Nature.COMPOSE in scene.page.natures:
        yield confirm("newline", "", scene)


def _is_amount_field(field: UiNode | None, scene: Scene) -> bool:
    named = fold(f"{field.label} {field.resource_id}" if field else scene.focus)
    if any(word in named for word in ("金额", "amount", "元", "¥", "money", "price")):
        return True
    return scene.page.about_money or Nature.REFUND in scene.page.natures
