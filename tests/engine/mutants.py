"""Pages that look like those of a way and are not, or no longer: moved, renamed, doubled, covered, in other words.

`mutate` shows one of them to the way and says what it did wrong: an act whose control is not the one that was recorded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random

from cs_agent.engine.actions.touch import touch_points
from cs_agent.engine.actions.values import Action, Tap, Type
from cs_agent.engine.routes.position import Position
from cs_agent.engine.routes.propose import next_act
from cs_agent.engine.routes.slots import filled
from cs_agent.engine.routes.values import RouteStep, Way
from cs_agent.geometry import Box, Size
from cs_agent.observation import ForegroundApp, Observation, Role, Screenshot, UiNode
from cs_agent.testing.phone import FakeScreen
from cs_agent.testing.screens import Element, Layout, lay_out

SIZE = Size(540, 1200)
WORDS = [
    "删除",
    "Pay now",
    "立即支付",
    "确定",
    "关闭",
    "取消订单",
    "注销账号",
    "Отправить",
    "送信",
    "ส่ง",
    "下一步",
    "全额退款",
]
Nodes = list[UiNode]


@dataclass(frozen=True)
class Tried:
    acted: int = 0
    faults: list[str] = field(default_factory=list)


def mutate(way: Way, screens: dict[str, FakeScreen], values: dict[str, str], dice: Random) -> Tried:
    """What the way would do on one mutated page."""
    name = dice.choice(sorted(screens))
    layout = lay_out(screens[name].rows, package=screens[name].package, size=SIZE)
    nodes, app = list(layout.nodes()), ForegroundApp(screens[name].package)
    changes = dice.sample(MUTATIONS, dice.randint(1, 3))
    for change in changes:
        nodes, app = change(nodes, app, dice)
    seen = Observation(Screenshot(layout.image(), 0.0), app, (), tuple(nodes))
    at = Position(dice.randrange(len(way.steps)))
    _, proposal = next_act(way, at, seen, values)
    if proposal is None:
        return Tried()
    told = f"{name} {[change.__name__ for change in changes]} step {proposal.number}: "
    faults = [told + fault for fault in _faults(proposal.step, proposal.action, seen, values)]
    return Tried(1, faults)


def _faults(step: RouteStep, action: Action, seen: Observation, values: dict[str, str]) -> list[str]:
    """Judged by the nodes themselves, not by what the way's own matching says."""
    if seen.app.package != step.page.app:
        return ["another app"]
    if isinstance(action, Type):
        focused = [node for node in seen.nodes or () if node.focused]
        return [] if len(focused) == 1 and focused[0].editable else ["typed without the focus in one field"]
    if not isinstance(action, Tap):
        return []
    point = touch_points(action, seen.size)[0]
    touched = [node for node in seen.nodes or () if node.box.contains(point) and _reacts(node)]
    if len(touched) != 1 and not any(node.editable for node in touched):
        return [f"{len(touched)} controls at the touch point"]
    return _not_as_recorded(step, touched[-1], seen, values)


def _not_as_recorded(step: RouteStep, node: UiNode, seen: Observation, values: dict[str, str]) -> list[str]:
    control = step.control
    if control is None:
        return ["a control out of nothing"]
    wanted = filled(control.named or "".join(control.holds), values)
    if wanted and wanted not in node.label:
        return [f"touched “{node.label}” for “{wanted}”"]
    shown = [other for other in seen.nodes or () if _reacts(other) and other.enabled and other.box.area]
    like = [other for other in shown if wanted and other.label == node.label]
    if wanted and len(like) != control.alike:
        return [f"{len(like)} controls called “{node.label}”"]
    return []


def _reacts(node: UiNode) -> bool:
    return node.clickable or node.checkable or node.editable


def _pick(nodes: Nodes, dice: Random, wanted: Callable[[UiNode], bool] = _reacts) -> int | None:
    found = [index for index, node in enumerate(nodes) if wanted(node)]
    return dice.choice(found) if found else None


def rename(nodes: Nodes, app: ForegroundApp, dice: Random) -> tuple[Nodes, ForegroundApp]:
    """One control says something else."""
    return _changed(nodes, _pick(nodes, dice), text=dice.choice(WORDS)), app


def rename_all(nodes: Nodes, app: ForegroundApp, dice: Random) -> tuple[Nodes, ForegroundApp]:
    """The page is in another language."""
    return [replace(node, text=f"{node.text[::-1]}x") if node.text else node for node in nodes], app


def swap(nodes: Nodes, app: ForegroundApp, dice: Random) -> tuple[Nodes, ForegroundApp]:
    """Two controls have changed places."""
    one, other = _pick(nodes, dice), _pick(nodes, dice)
    if one is None or other is None:
        return nodes, app
    moved = list(nodes)
    moved[one], moved[other] = replace(nodes[one], box=nodes[other].box), replace(nodes[other], box=nodes[one].box)
    return moved, app


def double(nodes: Nodes, app: ForegroundApp, dice: Random) -> tuple[Nodes, ForegroundApp]:
    """The same control stands there twice."""
    index = _pick(nodes, dice)
    if index is None:
        return nodes, app
    box = nodes[index].box
    twin = replace(nodes[index], box=Box(box.left, min(box.top + 3 * box.height, 1150), box.right, box.bottom + 300))
    return [*nodes, twin], app


def remove(nodes: Nodes, app: ForegroundApp, dice: Random) -> tuple[Nodes, ForegroundApp]:
    """A control is gone; nothing stands in its place."""
    index = _pick(nodes, dice)
    return (nodes if index is None else _changed(nodes, index, box=Box(0, 0, 0, 0))), app


def shift(nodes: Nodes, app: ForegroundApp, dice: Random) -> tuple[Nodes, ForegroundApp]:
    """The page was scrolled."""
    by = dice.randint(-200, 200)
    return [
        replace(n, box=Box(n.box.left, n.box.top + by, n.box.right, n.box.bottom + by)) if n.parent >= 0 else n
        for n in nodes
    ], app


def disguise(nodes: Nodes, app: ForegroundApp, dice: Random) -> tuple[Nodes, ForegroundApp]:
    """A control is of another kind: a button where a box to tick was."""
    role = dice.choice([Role.BUTTON, Role.SWITCH, Role.TEXT])
    return _changed(nodes, _pick(nodes, dice), role=role, checkable=role is Role.SWITCH), app


def elsewhere(nodes: Nodes, app: ForegroundApp, dice: Random) -> tuple[Nodes, ForegroundApp]:
    """Another app shows the very same page."""
    return [replace(node, package="com.evil") for node in nodes], ForegroundApp("com.evil")


def ask(nodes: Nodes, app: ForegroundApp, dice: Random) -> tuple[Nodes, ForegroundApp]:
    """A dialog lies over the page and takes its middle."""
    texts = [("确定要删除该订单吗?", False), ("取消", True), ("删除", True)]
    front = [
        UiNode(
            text,
            Box(60, 520 + 70 * n, 480, 580 + 70 * n),
            role=Role.BUTTON if press else Role.TEXT,
            package=app.package,
            clickable=press,
            parent=0,
        )
        for n, (text, press) in enumerate(texts)
    ]
    kept = [node for node in nodes if node.parent < 0 or not (500 <= node.box.center.y <= 740)]
    return [*kept, *front], app


def retitle(nodes: Nodes, app: ForegroundApp, dice: Random) -> tuple[Nodes, ForegroundApp]:
    """A page of another name with the same controls."""
    return _changed(nodes, _pick(nodes, dice, lambda node: bool(node.text) and not _reacts(node)), text="别的页面"), app


def disable(nodes: Nodes, app: ForegroundApp, dice: Random) -> tuple[Nodes, ForegroundApp]:
    return _changed(nodes, _pick(nodes, dice), enabled=False), app


def same(nodes: Nodes, app: ForegroundApp, dice: Random) -> tuple[Nodes, ForegroundApp]:
    return nodes, app


def _changed(nodes: Nodes, index: int | None, **changes: object) -> Nodes:
    if index is None:
        return nodes
    return [replace(node, **changes) if n == index else node for n, node in enumerate(nodes)]  # type: ignore[arg-type]


MUTATIONS = [rename, rename_all, swap, double, remove, shift, disguise, elsewhere, ask, retitle, disable, same]


def mutate_picture(way: Way, screens: dict[str, FakeScreen], values: dict[str, str], dice: Random) -> Tried:
    """What the way would do on one mutated page of which there is only the picture."""
    name = dice.choice(sorted(screens))
    rows, package = [_parts(row) for row in screens[name].rows], screens[name].package
    changes = dice.sample(PICTURE_MUTATIONS, dice.randint(1, 2))
    for change in changes:
        rows, package = change(rows, package, dice)
    layout = lay_out(rows, package=package, size=SIZE)
    seen = Observation(Screenshot(layout.image(), 0.0), ForegroundApp(package), layout.lines(), None)
    _, proposal = next_act(way, Position(dice.randrange(len(way.steps))), seen, values)
    if proposal is None:
        return Tried()
    told = f"{name} {[change.__name__ for change in changes]} step {proposal.number}: "
    return Tried(1, [told + fault for fault in _picture_faults(proposal.step, proposal.action, layout, rows, values)])


def _picture_faults(step: RouteStep, action: Action, layout: Layout, rows: Rows, values: dict[str, str]) -> list[str]:
    """Judged by what was laid out; only of what is drawn as the recorded control would be, any kind will do."""
    if layout.package != step.page.app:
        return ["another app"]
    if any(element.text == DIALOG for element in layout.elements):
        return ["acted under a dialog"]
    if isinstance(action, Type):
        fields = [element for element in layout.elements if element.kind in ("input", "hint")]
        return [] if len(fields) <= 1 else [f"typed on a page of {len(fields)} fields"]  # without any the phone refuses
    if not isinstance(action, Tap) or step.control is None:
        return [f"{action.name} on a picture"]
    point = touch_points(action, layout.size)[0]
    touched = [element for element in layout.elements if element.box.contains(point) and element.kind != "text"]
    wanted = filled(step.control.named or "".join(step.control.holds), values) or HINT
    kinds = _KINDS_OF[step.control.signature.role]
    if len(touched) != 1 or touched[0].text != wanted or not _is_drawn_as(kinds, touched[0], layout, rows):
        return [f"touched {[(element.kind, element.text) for element in touched]} for “{wanted}”"]
    alike = [element for element in layout.elements if element.text == wanted]
    return [] if len(alike) == 1 else [f"{len(alike)} called “{wanted}”"]


Rows = list[list[str]]
DIALOG = "确定要删除该订单吗?"
HINT = "请输入订单号"
_KINDS_OF = {"button": ("button",), "row": ("row",), "editable": ("input", "hint")}


def _is_drawn_as(kinds: tuple[str, ...], element: Element, layout: Layout, rows: Rows) -> bool:
    """Whether it is of such a kind, or no picture could tell: with one of that kind in its place, the page looks the
    same to the last pixel."""
    if element.kind in kinds:
        return True
    own = (element.kind, element.text)
    others = (
        [[f"{kind}:{element.text}" if _kind_and_text(part) == own else part for part in row] for row in rows]
        for kind in kinds
    )
    drawn = layout.image().tobytes()
    return any(lay_out(o, package=layout.package, size=SIZE).image().tobytes() == drawn for o in others)


def _kind_and_text(part: str) -> tuple[str, str]:
    kind, _, text = part.partition(":")
    return kind.rstrip("*!"), text


def _parts(row: str | list[str]) -> list[str]:
    return [row] if isinstance(row, str) else list(row)


def _place(rows: Rows, dice: Random) -> tuple[int, int] | None:
    found = [(y, x) for y, row in enumerate(rows) for x, part in enumerate(row) if ":" in part]
    return dice.choice(found) if found else None


def _with(rows: Rows, place: tuple[int, int] | None, change: Callable[[str, str], str]) -> Rows:
    if place is None:
        return rows
    kind, _, text = rows[place[0]][place[1]].partition(":")
    return [
        [change(kind, text) if (y, x) == place else part for x, part in enumerate(row)] for y, row in enumerate(rows)
    ]


def say_otherwise(rows: Rows, package: str, dice: Random) -> tuple[Rows, str]:
    return _with(rows, _place(rows, dice), lambda kind, _: f"{kind}:{dice.choice(WORDS)}"), package


def say_all_otherwise(rows: Rows, package: str, dice: Random) -> tuple[Rows, str]:
    for place in [(y, x) for y, row in enumerate(rows) for x, part in enumerate(row) if ":" in part]:
        rows = _with(rows, place, lambda kind, text: f"{kind}:{text[::-1]}x")
    return rows, package


def be_another_kind(rows: Rows, package: str, dice: Random) -> tuple[Rows, str]:
    kind = dice.choice(["label", "button", "radio", "sentence", "link"])
    return _with(rows, _place(rows, dice), lambda _, text: f"{kind}:{text}"), package


def stand_twice(rows: Rows, package: str, dice: Random) -> tuple[Rows, str]:
    if not rows:
        return rows, package
    row = dice.choice(rows)
    return [*rows[: rows.index(row)], row, *rows[rows.index(row) :]], package


def be_gone(rows: Rows, package: str, dice: Random) -> tuple[Rows, str]:
    return [row for row in rows if row != dice.choice(rows)], package


def lie_under_a_dialog(rows: Rows, package: str, dice: Random) -> tuple[Rows, str]:
    return [*rows, ["###"], [f"sentence:{DIALOG}"], ["button:取消", "button:删除"]], package


def be_moved(rows: Rows, package: str, dice: Random) -> tuple[Rows, str]:
    """One row stands elsewhere."""
    if not rows:
        return rows, package
    row = dice.choice(rows)
    others = [other for other in rows if other is not row]
    place = dice.randint(0, len(others))
    return [*others[:place], row, *others[place:]], package


def be_another_app(rows: Rows, package: str, dice: Random) -> tuple[Rows, str]:
    return rows, "com.evil"


def be_the_same(rows: Rows, package: str, dice: Random) -> tuple[Rows, str]:
    return rows, package


PICTURE_MUTATIONS = [
    say_otherwise,
    say_all_otherwise,
    be_another_kind,
    stand_twice,
    be_gone,
    be_moved,
    lie_under_a_dialog,
    be_another_app,
    be_the_same,
]
