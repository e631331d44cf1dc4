"""The gate's rules for swipes and typed text."""

from __future__ import annotations

from collections.abc import Iterator

from cs_agent.engine.actions.values import Swipe, Type
from cs_agent.engine.gate import kinds, touch
from cs_agent.engine.gate.findings import Finding, Scene
from cs_agent.engine.gate.labels import target_sense
from cs_agent.engine.gate.pictures.own_kind import stands_by_search
from cs_agent.engine.gate.reasons import reason
from cs_agent.engine.gate.searches import starts_a_search
from cs_agent.engine.gate.touch import ask, confirm
from cs_agent.engine.gate.vouches import vouched_swipe
from cs_agent.engine.run.state import VerdictKind
from cs_agent.engine.screen.drawn.cards import find_sheet
from cs_agent.engine.screen.drawn.pictured import is_on_coloured_fill, is_pressed_out
from cs_agent.engine.screen.drawn.signs import is_blank_across, is_on_sign, is_on_wheel
from cs_agent.engine.screen.page import MONEY, Nature, is_search_field
from cs_agent.engine.screen.structure import ancestors, is_record
from cs_agent.engine.screen.targets import Target, find_target, row_texts
from cs_agent.engine.screen.text import fold, money, show_money, squash
from cs_agent.engine.screen.words import WEIGHTY, LabelKind, sense
from cs_agent.geometry import Box, Point
from cs_agent.observation import Observation, Role, UiNode

_STILL = 0.02  # of the screen's height: a shorter swipe is a press
_BAND = 0.03  # of the screen's height, above and below a sideways swipe, where a slider's caption stands
_SMALL = 0.02  # of the screen: a smaller control may be a handle that is dragged
_WHOLE = 0.9  # of the screen: what is larger is the page itself
_PAGE = 0.4  # of the screen: a larger control is a page, not a button
_CODE_CHARS = 8


def judge_swipe(action: Swipe, scene: Scene) -> Iterator[Finding]:
    size = scene.observation.size
    start, end = action.start.to_point(size), action.end.to_point(size)
    first, last = find_target(scene.observation, start), find_target(scene.observation, end)
    dx, dy = abs(end.x - start.x), abs(end.y - start.y)
    if max(dx, dy) <= _STILL * size.height:
        yield from touch.judge_target(first, scene)
        return
    yield from _holding(start, end, first, last, scene)
    if dx > dy:
        yield from _sideways(first, last, scene)
    else:
        yield from _up_or_down(first, last, scene)


def _holding(start: Point, end: Point, first: Target, last: Target, scene: Scene) -> Iterator[Finding]:
    """A caption that asks for a slide or a hold, at either end or along the way."""
    margin = int(_BAND * scene.observation.size.height)
    way = Box.around(map(Box.at, (start, end)))
    vertical = abs(end.y - start.y) > abs(end.x - start.x)
    middle = Box.at(way.center)
    band = Box(way.left, middle.top, way.right, middle.bottom).grown(margin)
    along = () if vertical else row_texts(scene.observation, band)
    for label in dict.fromkeys((*first.names, *last.names, *along)):
        if sense(label).kind is LabelKind.HOLD:
            yield confirm("hold", label, scene)
            return


def _up_or_down(first: Target, last: Target, scene: Scene) -> Iterator[Finding]:
    """A page is scrolled: nothing at either end is a thing that is dragged or pressed."""
    if is_on_sign(scene.observation, first.point) or _turns_a_wheel(first, scene):
        yield ask("slider", first.label, scene)
        return
    held = [target for target in (first, last) if not _is_free(target, scene)]
    if not held or (first.node != last.node and all(_stands_in_entry(target, scene) for target in held)):
        return
    moved = next((target for target in held if target.slider or target.switch), None)
    may_vouch = moved is None and not scene.page.natures & MONEY
    if may_vouch and (voucher := vouched_swipe(scene.observation, scene.vouches)):
        yield touch.vouched(voucher, held[0].label)
    else:
        yield ask("slider" if moved and moved.slider else "swipe_on_control", (moved or held[0]).label, scene)


def _turns_a_wheel(first: Target, scene: Scene) -> bool:
    """Of numbers that stand on the page itself: what is chosen takes effect at once; a picker has its own end."""
    seen = scene.observation
    if not is_on_wheel(seen, first.point) or (seen.nodes is None and find_sheet(seen)):
        return False
    return kinds.own_kind(first, scene) != kinds.CHOICE


def _is_free(target: Target, scene: Scene) -> bool:
    seen, label = scene.observation, target_sense(target, scene)[1].kind
    if seen.nodes is None:
        weighty = label in WEIGHTY
        return not weighty and not (target.box is not None and target.labels and is_pressed_out(seen, target.box))
    if not kinds.tree_fits(seen) or target.slider or target.switch:
        return False
    if target.node is None:
        return not _is_on_a_card(target.point, seen)
    if target.editable or target.choice:
        return True
    node, size = seen.nodes[target.node], seen.size
    if is_record(seen.nodes, target.node, size.width, size.height):
        return True
    if kinds.own_kind(target, scene) == kinds.CHOICE:  # the wheel of a picker
        return True
    large = node.box.area >= _SMALL * size.width * size.height
    return large and node.role not in (Role.BUTTON, Role.IMAGE) and label not in WEIGHTY


def _is_on_a_card(point: Point, seen: Observation) -> bool:
    """On something that reacts, where nothing on the page scrolls: a card that is thrown away or kept."""
    held = any(node.clickable for node in _parts_at(point, seen))
    return held and not any(node.scrollable for node in seen.nodes or ())


def _stands_in_entry(target: Target, scene: Scene) -> bool:
    """Whether the touch begins on a button with words in an entry of a list: a finger that leaves it moves the list. A
    sign without words may be a handle for putting entries in order."""
    seen = scene.observation
    if seen.nodes is None or not kinds.tree_fits(seen) or target.node is None or not target.names:
        return False
    if target.slider or target.switch or target_sense(target, scene)[1].kind is LabelKind.HOLD:
        return False
    size, nodes = seen.size, seen.nodes
    return any(is_record(nodes, index, size.width, size.height) for index in ancestors(nodes, target.node))


def _sideways(first: Target, last: Target, scene: Scene) -> Iterator[Finding]:
    """Entries are deleted and sliders moved by such a swipe; a strip of pictures cannot be told from them."""
    if first.slider or last.slider:
        yield confirm("slider", first.label, scene)
    elif not kinds.is_proven(scene.observation) or _stands_in_row(first, last, scene):
        yield ask("row_swipe", first.label, scene)


def _stands_in_row(first: Target, last: Target, scene: Scene) -> bool:
    """Whether the touch begins on a control, beside text or on anything drawn. An entry that reacts to swipes alone, or
    a slider, may be no control in the tree."""
    beside = [target for target in (first, last) if target.node is not None or target.labels or target.near]
    seen = scene.observation
    if beside or scene.page.sensitive or _reacts(first.point, seen) or _crosses_words(first, last, seen):
        return True
    return not all(is_blank_across(seen, target.point) for target in (first, last))


def _crosses_words(first: Target, last: Target, seen: Observation) -> bool:
    """Whether words stand along the way: those of an entry, or of a drawn bar that is no control in the tree."""
    way = Box.around(Box.at(each.point) for each in (first, last))
    most = _PAGE * seen.size.width * seen.size.height
    told = [node.box for node in seen.nodes or () if node.label.strip() and node.box.area < most]
    return any(box.intersects(way) for box in (*told, *(line.box for line in seen.lines)))


def _reacts(point: Point, seen: Observation) -> bool:
    """On a large card or picture, which the page itself is not."""
    return any(node.clickable or node.role is Role.IMAGE for node in _parts_at(point, seen))


def _parts_at(point: Point, seen: Observation) -> Iterator[UiNode]:
    """What stands at the point, but for what is as large as the page itself."""
    most = _WHOLE * seen.size.width * seen.size.height
    return (node for node in seen.nodes or () if node.box.contains(point) and node.box.area < most)


def judge_typing(action: Type, scene: Scene) -> Iterator[Finding]:
    seen = scene.observation
    field = focused_field(seen.nodes or ())
    yield from _password(field, scene)
    if seen.nodes is not None and not any(node.editable for node in seen.nodes):
        yield ask("nowhere_to_type", "", scene)
    if kinds.submits_by_itself(field, seen) or _has_no_other_end(field, seen) or _may_be_a_code(action.text, scene):
        yield confirm("submits_itself", "", scene)
    if "\n" in action.text or "\r" in action.text:
        yield from _line_break(action.text, field, scene)
    limit, typed = scene.rules.refuse_above, money(action.text)
    if limit is not None and typed is not None and typed > limit and _is_amount_field(field, scene):
        shown = reason("amount_over_limit", label=show_money(typed), word=show_money(limit))
        yield Finding(scene.policy.over_limit, shown, irreversible=True)


def focused_field(nodes: tuple[UiNode, ...]) -> UiNode | None:
    fields = [node for node in nodes if node.editable]
    focused = [node for node in fields if node.focused]
    if focused:
        return focused[0]
    return fields[0] if len(fields) == 1 else None


def _has_no_other_end(field: UiNode | None, seen: Observation) -> bool:
    """The only field of a page with nothing beside or below it to press: it can only end by itself."""
    nodes = seen.nodes or ()
    if field is None or is_search_field(field) or sum(node.editable for node in nodes) != 1:
        return False
    most = _PAGE * seen.size.width * seen.size.height  # the page itself may be told as clickable
    controls = [n for n in nodes if not n.editable and (n.clickable or n.checkable) and n.box.area < most]
    return not any(n.box.bottom > field.box.top for n in controls)


def _may_be_a_code(text: str, scene: Scene) -> bool:
    """For pictures without a tree: whether what is typed may be a code that submits itself. So it is on a page for
    scanning, or if it is as short as a code and a code is asked for or no button ends the input."""
    seen, typed = scene.observation, squash(text)
    if seen.nodes is None and any(map(kinds.is_scanned_into, seen.texts)):
        return True
    if seen.nodes is not None or len(typed) > _CODE_CHARS or not any(char.isdigit() for char in typed):
        return False
    if _hints_at_search(scene):
        return False
    return kinds.asks_for_code(seen) or not any(is_on_coloured_fill(seen, line.box) for line in seen.lines)


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
    seen, typed = scene.observation, scene.typed
    searching = starts_a_search(field, seen, typed) if field is not None else _is_searching(scene)
    if inside or not searching or Nature.COMPOSE in scene.page.natures:
        yield confirm("newline", "", scene)


def _is_searching(scene: Scene) -> bool:
    """On a picture: a search field was touched, or what was typed stands beside the button that looks it up."""
    return _hints_at_search(scene) or (scene.observation.nodes is None and stands_by_search(scene))


def _hints_at_search(scene: Scene) -> bool:
    """On a picture: the words that were touched last were those of a search field."""
    words = fold(scene.focus)
    return scene.observation.nodes is None and any(word in words for word in ("搜索", "查找", "查询", "search", "find"))


def _is_amount_field(field: UiNode | None, scene: Scene) -> bool:
    named = fold(f"{field.label} {field.resource_id}" if field else scene.focus)
    if any(word in named for word in ("金额", "amount", "元", "¥", "money", "price")):
        return True
    return scene.page.about_money or Nature.REFUND in scene.page.natures
