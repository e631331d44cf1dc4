"""What the gate says of thousands of acts, written down: `python -m tests.engine.gate.written.verdicts` writes it anew.

The acts are those of the corpus, others on its screens, and touches on pages that are built for one kind and then
changed a little; each with what a run may know besides (what was typed, put in or led here, the flow's rules). Each
screen has a draw of its own, so that one that is added changes no line of the others.

Rule: a difference is looked at by a person before the file is written anew; what must never pass is the business of the
corpus and of the properties.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from cs_agent.engine.actions.values import Action, DoubleTap, LongPress, Swipe, Tap, Type, Wait
from cs_agent.engine.gate.decide import GatePolicy, StepContext, UnknownConfidence, decide
from cs_agent.engine.gate.reasons import told
from cs_agent.engine.run.flow import ConfirmField, FieldKind, FlowRules
from cs_agent.engine.run.state import Unproven, VerdictKind
from cs_agent.geometry import Box, NormPoint
from cs_agent.observation import AppKind, Observation, Role
from tests.engine.gate.gate_cases import VIEWS, Case

WRITTEN = Path(__file__).with_name("verdicts.txt")
OF_A_CASE = 2
OF_A_PAGE = 60
_TYPED = ("", "1001", "1001", "20240", "耳机")
_FOCUS = (*[""] * 6, "搜索", "金额", "Search", "密码")
_LED = (*[""] * 10, "转派", "Apply for a refund")
_TEXTS = ("1001", "8888.50", "你好\n", "shoes\n", "a\nb")


@dataclass(frozen=True, slots=True)
class Shown:
    """One screen with an act of its own: the corpus's, or any touch on a page that was built for a kind."""

    name: str
    observation: Observation
    boxes: list[Box]
    own: Action | None = None


def verdicts(cases: list[Case]) -> Iterator[str]:
    for case in cases:
        for number in range(OF_A_CASE):
            draw = random.Random(f"{case.name}{number}")
            yield _line(draw, _of_corpus(draw, case))
    for name, seen in _built():
        for number in range(OF_A_PAGE):
            draw = random.Random(f"{name}{number}")
            yield _line(draw, _changed(draw, name, seen))


def _line(draw: random.Random, shown: Shown) -> str:
    action = _action(draw, shown)
    context = StepContext(
        focus=draw.choice(_FOCUS),
        typed=draw.choice(_TYPED),
        put_in=draw.random() < 0.1,
        unproven=draw.choice((*[Unproven.NOTHING] * 6, *Unproven)),
        led=draw.choice(_LED),
    )
    policy = GatePolicy(unknown_confidence=draw.choice(list(UnknownConfidence)))
    rules, sure = _rules(draw, shown.observation), draw.choice((None, 0.5, *[1.0] * 8))
    verdict = decide(action, shown.observation, rules, policy, sure, context)
    said = "; ".join(told(reason, draw.choice(("zh", "en"))) for reason in verdict.reasons)
    told_as = f"{verdict.kind}{' irreversible' * verdict.irreversible} {verdict.vouched_by}".strip()
    return f"{shown.name}\t{_written(action)}\t{told_as}\t{said}".replace("\n", "\\n")


def _of_corpus(draw: random.Random, case: Case) -> Shown:
    view = draw.choice(VIEWS)
    boxes = [node.box for node in case.layout.nodes() if node.box.area]
    own = case.action if draw.random() < 0.4 else None
    return Shown(f"{case.name.partition(': ')[2]}, {view}", case.observation(view), boxes, own)


def _built() -> list[tuple[str, Observation]]:
    """Pages on which one kind of touch is harmless, as the tests of the kinds build them."""
    from tests.engine.gate.test_gate_kinds import (
        FIELD,
        ORDERS,
        bar,
        browsed,
        dialog,
        node,
        page,
        picker,
        pictured,
        records,
    )
    from tests.engine.gate.test_gate_kinds import search as searched
    from tests.engine.gate.written.test_bars import LEFT, SHELF, field_with, foot
    from tests.engine.gate.written.test_windows import told_by_children, wheel

    back = node("返回", (10, 50, 80, 110), Role.BUTTON, clickable=True)
    buttons = [node("办结", (420, 200, 500, 235), Role.BUTTON, clickable=True, parent=1)]
    icon = node("短信平台", (20, 200, 120, 320), Role.OTHER, clickable=True, app_kind=AppKind.HOME)
    codes = [node("", (20 + n * 80, 200, 80 + n * 80, 260), Role.EDIT, clickable=True) for n in range(6)]
    slider = node("滑动完成", (20, 400, 520, 460), Role.SLIDER, clickable=True)
    hint = node("1001", (20, 110, 400, 135), Role.EDIT, clickable=True, description="搜索订单")
    clear = node("", (370, 112, 398, 134), Role.IMAGE, clickable=True, description="清除")
    list_ = node("请选择原因", (20, 300, 520, 360), Role.PICKER, clickable=True)
    return [
        ("records", page(*browsed(*ORDERS))),
        ("list", page(*records(*ORDERS))),
        ("buttons", page(*records(*ORDERS), *buttons)),
        ("more", page(*records(*((name, f"{value} ›") for name, value, _ in ORDERS)))),
        ("found", page(hint, *records(*ORDERS))),
        ("tabs", page(back, *bar("全部", "待发货", "已完成"))),
        ("bar", page(back, *bar("首页", "订单", "我的", role=Role.OTHER))),
        ("search", searched()),
        ("clear", page(back, hint, clear)),
        ("dialog", dialog("办理这项业务吗", "再想想", "办")),
        ("question", dialog("确定取消订单吗?", "取消", "确定")),
        ("picker", picker("取消", "完成")),
        ("sheet", picker("取消")),
        ("field", page(FIELD, back)),
        ("form", page(FIELD, back, list_, slider)),
        ("code", page(*codes)),
        ("home", page(icon, kind=AppKind.HOME)),
        ("picture", pictured()),
        ("foot", foot()),
        ("detail's foot", foot(also=(back,))),
        ("mode", page(*bar("Eco", "Turbo", "Leise", role=Role.OTHER), *SHELF[1:])),
        ("wheel", wheel()),
        ("caption", field_with(LEFT)),
        ("web dialog", told_by_children(dialog("要清空列表吗?", "取消", "清空"))),
        ("booking", dialog("客房 1203 的预订", "取消", "改期")),
        ("pool", page(*browsed(("修空调", "¥120.00"), ("修冰箱", "¥150.00"), ("通下水", "¥90.00"), title="附近"))),
    ]


def _changed(draw: random.Random, name: str, seen: Observation) -> Shown:
    """The page, and in one of two draws with one thing on it moved, resized, or of another role."""
    nodes = list(seen.nodes or ())
    place = draw.randrange(len(nodes)) if nodes and draw.random() < 0.5 else None
    if place is not None:
        node = nodes[place]
        left, top, right, bottom = (
            each + draw.choice((0, 0, draw.randint(-20, 20), draw.randint(-150, 150)))
            for each in (node.box.left, node.box.top, node.box.right, node.box.bottom)
        )
        if 0 <= left < right <= 540 and 0 <= top < bottom <= 1200:
            nodes[place] = replace(node, box=Box(left, top, right, bottom))
        if draw.random() < 0.2:
            changes = ({"role": draw.choice(list(Role))}, {"checked": not node.checked}, {"checkable": True})
            nodes[place] = replace(nodes[place], **draw.choice((*changes, {"text": ""}, {"clickable": False})))
        name += f" with {place} at {left},{top},{right},{bottom}"
    lines = [line.box for line in seen.lines]
    tree = tuple(nodes) if seen.nodes is not None else None
    return Shown(name, replace(seen, nodes=tree), lines or [node.box for node in nodes])


def _action(draw: random.Random, shown: Shown) -> Action:
    """The screen's own act, or another one: on one of its controls, a little beside it, or anywhere."""
    if shown.own is not None:
        return shown.own
    near = draw.choice(shown.boxes).center.to_norm(shown.observation.size)
    point = draw.choice((*[near] * 5, _moved(draw, near, 40), _moved(draw, near, 999)))
    kinds = (Tap, Tap, Tap, DoubleTap, LongPress)
    match draw.randrange(14):
        case 0:
            return Type(draw.choice(_TEXTS))
        case 1 | 2:
            return Swipe(point, _moved(draw, point, draw.choice((10, 300, 999))))
        case 3:
            return Wait(1)
    return draw.choice(kinds)(point, *draw.choice((*[()] * 12, ("",))))


def _moved(draw: random.Random, point: NormPoint, most: int) -> NormPoint:
    x, y = (min(max(each + draw.randint(-most, most), 0), 999) for each in (point.x, point.y))
    return NormPoint(x, y)


def _rules(draw: random.Random, seen: Observation) -> FlowRules:
    rules = FlowRules(read_only=draw.random() < 0.1, sensitive_words=draw.choice((*[()] * 5, ("备注", "Note"))))
    if draw.random() < 0.3:
        money = ConfirmField("refund", "退款", ("退款", "退款金额", "实付", "合计", "Total"), FieldKind.MONEY)
        rules = replace(rules, refuse_above=draw.choice((1.0, 100.0, 5000.0)), confirm_fields=(money,))
    return replace(rules, allowed_apps=draw.choice((*[()] * 8, (seen.app.package,), ("com.other",))))


def _written(action: Action) -> str:
    match action:
        case Swipe(start, end):
            return f"swipe {start.x},{start.y} {end.x},{end.y}"
        case Type(text):
            return f"type {text!r}"
        case Tap(at) | DoubleTap(at) | LongPress(at):
            return f"{type(action).__name__} {at.x},{at.y}{'' if action.message is None else ' marked'}"
    return type(action).__name__


def main() -> None:
    from tests.engine.gate.gate_cases import cases

    lines = list(verdicts(list(cases())))
    WRITTEN.write_text("\n".join(lines) + "\n", "utf-8")
    passed = sum(f"\t{VerdictKind.ALLOW}" in line for line in lines)
    print(f"{len(lines)} verdicts, {passed} of them let the act pass")


if __name__ == "__main__":
    main()
