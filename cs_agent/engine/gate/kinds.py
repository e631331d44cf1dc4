"""Touches that are harmless by their kind: a short list of acts that change nothing, or nothing that cannot be undone.

Rule: a kind is proven by how the control is built and where it stands; a word is asked only where the kind is one of
words (a search button, a way back). What cannot be proven is not of any kind, and asks.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import replace

from cs_agent.engine.gate.findings import Scene
from cs_agent.engine.gate.lists import bars
from cs_agent.engine.gate.lists.contents import opens_contents
from cs_agent.engine.gate.lists.entries import opens
from cs_agent.engine.gate.lists.form_rows import opens_choices
from cs_agent.engine.gate.menus import opens_from_bar
from cs_agent.engine.gate.pictures import own_kind as picture
from cs_agent.engine.gate.searches import is_looked_up_in, searches, shows_what_was_typed
from cs_agent.engine.gate.windows.dialogs import leaves, stays
from cs_agent.engine.gate.windows.pickers import is_choice, is_wheel_choice
from cs_agent.engine.screen.head import CORNER_WIDTH, HEAD
from cs_agent.engine.screen.page import MONEY, Nature, is_search_field, is_search_word
from cs_agent.engine.screen.structure import is_reacting, share_a_line
from cs_agent.engine.screen.targets import Target, find_target
from cs_agent.engine.screen.text import fold, squash
from cs_agent.engine.screen.vocabulary.titles import costs
from cs_agent.engine.screen.words import clears_text, go_back, looks_up
from cs_agent.geometry import Box
from cs_agent.observation import AppKind, Observation, Role, UiNode

FIELD, BACK, LEAVE, SEARCH, CLEAR, TAB, RECORD, CHOICE, LAUNCHER, LIST, MENU = (
    "field",
    "back",
    "leave",
    "search",
    "clear",
    "tab",
    "record",
    "choice",
    "launcher",
    "list",
    "menu",
)
_BESIDE = 0.35  # of the width: a search field's own button is no wider
_ICON = 0.4  # of the width: an icon on the home screen is no wider
_TAB_WORDS = 10  # characters
_AGREES = 0.6  # of the letters: what the picture reads and the tree says are one text
_WHOLE = 0.97  # of the picture: the tree's window reaches no further
_ANYWHERE = frozenset({FIELD, BACK, LEAVE})  # kinds that stand on pages of payment and deletion too


def own_kind(target: Target, scene: Scene) -> str:
    """One of the kinds above; empty where nothing proves one."""
    seen = scene.observation
    if seen.nodes is None:
        kind = picture.own_kind(target, scene)
    elif tree_fits(seen) and is_wheel_choice(target, seen, scene.window):
        kind = CHOICE
    elif tree_fits(seen) and _is_caption_of_field(target, seen):
        kind = FIELD
    elif target.node is None or not tree_fits(seen) or not picture_agrees(target, seen):
        kind = _as_drawn(target, scene)
    else:
        kind = next((name for name, proves in _KINDS if proves(target, scene)), "")
    return kind if kind in _ANYWHERE or not scene.page.natures & MONEY else ""


def _as_drawn(target: Target, scene: Scene) -> str:
    """By the picture, where the tree tells of nothing that reacts but fields, and so proves nothing."""
    seen = scene.observation
    if target.editable or any((node.clickable or node.checkable) and not node.editable for node in seen.nodes or ()):
        return ""
    bare = replace(seen, nodes=None)
    return picture.own_kind(find_target(bare, target.point), replace(scene, observation=bare))


def tree_fits(seen: Observation) -> bool:
    """The tree is of this picture: not older, and of a window that lies within it."""
    if seen.nodes_at is not None and seen.nodes_at < seen.screenshot.captured_at:
        return False
    boxes = [node.box for node in seen.nodes or () if node.box.area]
    right, bottom = max((box.right for box in boxes), default=0), max((box.bottom for box in boxes), default=0)
    wide, high = seen.size.width, seen.size.height
    return 0 < right <= wide / _WHOLE and 0 < bottom <= high / _WHOLE


def is_proven(seen: Observation) -> bool:
    """There is a tree, and it is of this picture."""
    return seen.nodes is not None and tree_fits(seen)


def picture_agrees(target: Target, seen: Observation) -> bool:
    """Whether the picture, as far as it was read there, shows within the control what the tree says of it."""
    box = target.box
    if box is None or not seen.lines or seen.nodes is None:
        return True
    nodes = seen.nodes or ()
    said = [squash(text) for node in nodes if node.box.intersects(box) for text in (node.text, node.description)]
    said = [text for text in said if text]
    within = [line for line in seen.lines if box.contains(line.box.center) and len(squash(line.text)) > 1]
    agreed = [line for line in within if any(_same(squash(line.text), other) for other in said)]
    touched = [line for line in within if line.box.contains(target.point)]
    return (bool(agreed) or not within) and all(line in agreed for line in touched)


def _same(shown: str, said: str) -> bool:
    if shown in said or said in shown:
        return True
    return difflib.SequenceMatcher(None, shown, said).ratio() >= _AGREES


def _node(target: Target, scene: Scene) -> UiNode:
    return (scene.observation.nodes or ())[target.node or 0]


def _is_field(target: Target, scene: Scene) -> bool:
    """Whether the touch reaches the field itself. A box for one digit is part of a code that submits itself."""
    node = _node(target, scene)
    return (node.editable and node.enabled and not node.password) or _is_label_of_field(target, scene)


def _is_label_of_field(target: Target, scene: Scene) -> bool:
    """A field is described by just these words, which stand left of it or over it: touching them is touching it."""
    own, nodes = _node(target, scene), scene.observation.nodes or ()
    if own.role is Role.BUTTON or own.checkable or len(target.names) != 1 or len(squash(own.label)) < 2:
        return False
    labelled = [each for each in nodes if each.editable and squash(each.description) == squash(own.label)]
    return len(labelled) == 1 and _can_be_filled(labelled[0]) and _stands_by(own.box, labelled[0].box)


def _is_caption_of_field(target: Target, seen: Observation) -> bool:
    """Whether it is text beside a field with nothing between them, and no control: a touch there does nothing or
    focuses the field."""
    nodes, box = seen.nodes or (), target.box
    if target.node is not None or box is None or len(target.names or target.labels) != 1:
        return False
    if len(squash(target.label)) < 2 or not any(node.box == box and node.label.strip() for node in nodes):
        return False
    fields = [node for node in nodes if node.editable and _stands_by(box, node.box)]
    between = [
        node
        for field in fields
        for node in nodes
        if (node.label.strip() or is_reacting(node)) and _is_between(node.box, box, field.box)
    ]
    return len(fields) == 1 and _can_be_filled(fields[0]) and not between


def _can_be_filled(field: UiNode) -> bool:
    return field.enabled and not field.password


def _stands_by(box: Box, field: Box) -> bool:
    """Left of the field on its line, or right over it."""
    beside = box.right <= field.left and share_a_line(box, field)
    over = box.bottom <= field.top < box.bottom + 2 * box.height and abs(box.left - field.left) <= box.height
    return beside or over


def _is_between(other: Box, box: Box, field: Box) -> bool:
    middle = other.center
    across = box.right <= middle.x < field.left and share_a_line(other, box)
    return across or (box.bottom <= middle.y < field.top and other.left < field.right and other.right > box.left)


def _is_back(target: Target, scene: Scene) -> bool:
    """In the corner of every app, and says so. An arrow without words is not read as one."""
    size = scene.observation.size
    corner = target.point.x <= CORNER_WIDTH * size.width and target.point.y <= HEAD * size.height
    small = target.box is not None and target.box.width <= CORNER_WIDTH * size.width
    return corner and small and bool(target.labels) and all(go_back(name) for name in target.names)


def _leaves(target: Target, scene: Scene) -> bool:
    seen, window = scene.observation, scene.window
    return (
        leaves(target, seen, window)
        or stays(target, seen, window)
        or (Nature.PERMISSION in scene.page.natures and scene.declines(target))
    )


def _is_search(target: Target, scene: Scene) -> bool:
    """The button of the search field that was just typed into: on its line, right beside it."""
    node, nodes = _node(target, scene), scene.observation.nodes or ()
    typed, width = squash(scene.typed), scene.observation.size.width
    if not typed or node.editable or not all(looks_up(name) for name in target.names):
        return False
    if any(costs(text) for text in scene.observation.texts):
        return False
    fields = [
        each for each in nodes if each.editable and squash(each.text) == typed and share_a_line(each.box, node.box)
    ]
    beside = [each for each in fields if each.box.left < node.box.left and node.box.width <= _BESIDE * width]
    plain = all(is_search_word(name) or searches(name) for name in target.names)  # 查询, no mere Go
    seen = scene.observation
    return any(
        is_search_field(each, typed)
        or (plain and is_looked_up_in(each, seen, typed))
        or shows_what_was_typed(each, seen, typed)
        for each in beside
    )


def _is_clear(target: Target, scene: Scene) -> bool:
    """Whether it is the sign that clears a search field: small, on the field's line, at its very end."""
    node, typed = _node(target, scene), squash(scene.typed)
    said = [name for name in target.names if squash(name) != typed]  # what stands in the field may reach to here
    if not typed or node.editable or not said or not all(clears_text(name) for name in said):
        return False
    fields = [each for each in scene.observation.nodes or () if each.editable and squash(each.text) == typed]
    return any(
        is_search_field(field, typed)
        and share_a_line(field.box, node.box)
        and max(node.box.width, node.box.height) <= 1.5 * field.box.height
        and field.box.center.x < node.box.left <= field.box.right + field.box.height
        for field in fields
    )


def _is_tab(target: Target, scene: Scene) -> bool:
    """Of a bar of tabs; never where something was put in."""
    if scene.put_in or target.node is None or scene.window is not None or not target.labels:
        return False
    if any(len(squash(name)) > _TAB_WORDS + 4 for name in target.names):
        return False
    return bars.is_tab(target.node, scene.observation)


def _is_choice(target: Target, scene: Scene) -> bool:
    return is_choice(target, scene.observation, scene.window)


def _opens_list(target: Target, scene: Scene) -> bool:
    """A drop-down list that is shut, or a form's row: a touch shows what can be chosen."""
    return (_node(target, scene).role is Role.PICKER and scene.window is None) or opens_choices(target, scene)


def _is_launcher(target: Target, scene: Scene) -> bool:
    """Whether it is the icon of one of the flow's apps on the home screen, which starts that app; a wide row is
    none."""
    if scene.observation.app.kind is not AppKind.HOME or target.app_kind is not AppKind.HOME:
        return False
    if target.box is None or target.box.width > _ICON * scene.observation.size.width:
        return False
    return squash(target.label) in {squash(name) for name in scene.rules.app_names}


_KINDS: tuple[tuple[str, Callable[[Target, Scene], bool]], ...] = (
    (FIELD, _is_field),
    (BACK, _is_back),
    (LEAVE, _leaves),
    (SEARCH, _is_search),
    (CLEAR, _is_clear),
    (CHOICE, _is_choice),
    (TAB, _is_tab),
    (RECORD, opens),
    (RECORD, opens_contents),
    (LIST, _opens_list),
    (LAUNCHER, _is_launcher),
    (MENU, opens_from_bar),
)
_CODE = re.compile(r"验证码|校验码|动态码|短信码|激活码|口令|\bcode\b|\botp\b|one[- ]time|verification")
_SCANS = re.compile(
    r"扫[码描一]|条[形]?码|\b(?:re)?scan(?:ned)?\b|\bbar ?code\b|\bean\b|\bupc\b"
)  # scanners end what they type
_BOXES = 4  # narrow fields in a row are one code


def submits_by_itself(field: UiNode | None, seen: Observation) -> bool:
    """Whether it is a field for a code, which may submit itself with its last digit or after a scan."""
    nodes = seen.nodes or ()
    narrow = [node for node in nodes if node.editable and node.box.width < 0.2 * seen.size.width]
    if len(narrow) >= _BOXES and (field is None or field in narrow):
        return True
    if field is None:
        return False
    fields = [node for node in nodes if node.editable]
    said = fold(f"{field.label} {field.description} {field.resource_id}")
    own = _CODE.search(said) or is_scanned_into(said)
    return bool(own or (len(fields) == 1 and asks_for_code(seen))) and not is_search_field(field)


def is_scanned_into(text: str) -> bool:
    return bool(_SCANS.search(fold(text)))


def asks_for_code(seen: Observation) -> bool:
    return any(_CODE.search(fold(text)) for text in seen.texts)
