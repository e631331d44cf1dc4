"""Finds the control at and around a touch point, its names and its kind.

Rule: both the accessibility tree and the picture are read; if they give different names, both count.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from cs_agent.engine.screen.compare import grey_of
from cs_agent.engine.screen.drawn.lines import (
    SIDES,
    agrees,
    is_glyph,
    is_told_beside,
    labels_near,
    lines_in,
    lines_near,
    lines_of_row,
    lines_under,
)
from cs_agent.engine.screen.structure import ancestors, is_reacting, own_texts, own_words, texts_of
from cs_agent.engine.screen.text import squash
from cs_agent.geometry import Box, Point, Size
from cs_agent.observation import AppKind, Observation, Role, TextLine, UiNode

_CONTROL_AREA = 0.25  # of the screen; anything larger is a page or a list, not a control
_EDGE = 0.68  # of the screen's width: icons without words that send and delete stand further right
_INK_REACH = 0.022  # of the screen's width, around a touch point
_INK_SHARE = 0.04  # of those pixels, that makes an icon
_INK_STEP = 32  # grey levels
_CORNER = (0.3, 0.08)  # width and height of a mark in the corner, parts of the screen
_INSET = 0.08  # of the screen's width, from its left edge to such a mark
_MARKS = (Role.CHECK_BOX, Role.RADIO, Role.SWITCH)  # whether or not the phone says that they can be marked
_CARD_TEXTS = 3  # a control with more texts than this is a card that opens, named by its first text


@dataclass(frozen=True, slots=True)
class Target:
    """`labels`: every name it may have, the most certain first; empty if nothing can be read."""

    point: Point
    labels: tuple[str, ...] = ()
    names: tuple[str, ...] = ()  # every text of the control, and all of them as one word
    node: int | None = None  # the control's index in the tree
    box: Box | None = None
    package: str = ""
    app_kind: AppKind = AppKind.APP
    button: bool = False
    choice: bool = False  # a radio button or check box: chooses, commits nothing yet
    switch: bool = False  # takes effect at once
    editable: bool = False
    password: bool = False
    slider: bool = False
    row: bool = False  # a full-width entry of a list
    card: bool = False  # a large entry with several texts
    corner: bool = False  # a small mark without words in the top left corner, where pages have their way back
    edge: bool = False  # without words at the right edge, where icons send and delete
    near: tuple[str, ...] = ()  # labels a finger's breadth away

    @property
    def label(self) -> str:
        return self.labels[0] if self.labels else ""


def find_target(observation: Observation, point: Point) -> Target:
    """The control that a touch at that point reaches."""
    under = lines_under(observation.lines, point)
    nodes = observation.nodes or ()
    chain = _nodes_under(nodes, point, observation.size)
    if not chain:
        return _from_picture(observation, point, under)
    return _from_tree(observation, nodes, chain, point, under)


def control_box(observation: Observation, point: Point) -> Box | None:
    """The box of the control at that point; None if the tree has none."""
    nodes = observation.nodes or ()
    control = _control(nodes, _nodes_under(nodes, point, observation.size))
    return control.box if control else None


def has_ink(image: Image.Image, point: Point) -> bool:
    """Whether anything is drawn around the point."""
    reach = max(4, int(_INK_REACH * image.width))
    box = Box(point.x - reach, point.y - reach, point.x + reach, point.y + reach)
    grey = grey_of(image, box)
    return bool(grey.size) and float((np.abs(grey - np.median(grey)) > _INK_STEP).mean()) > _INK_SHARE


def row_texts(observation: Observation, box: Box) -> tuple[str, ...]:
    """Texts beside the box, left to right."""
    nodes = [(node.label, node.box) for node in observation.nodes or () if node.label]
    lines = [(line.text, line.box) for line in observation.lines]
    beside = [(text, place) for text, place in nodes or lines if _beside(place, box)]
    return tuple(text for text, _ in sorted(beside, key=lambda item: item[1].left))


def _from_picture(observation: Observation, point: Point, under: list[TextLine]) -> Target:
    size = observation.size
    if _is_drawn_in_corner(observation, point, under):
        return Target(point, corner=True, near=labels_near(observation, point))
    lines = under or lines_near(observation.lines, point, size)
    if not lines and not has_ink(observation.screenshot.image, point):
        lines = lines_of_row(observation.lines, point, size)
    box = lines[0].box if lines else None
    return Target(
        point,
        labels=tuple(line.text for line in lines[:1]),
        names=tuple(line.text for line in lines),
        edge=not lines and point.x > _EDGE * size.width,
        box=box,
        near=labels_near(observation, point),
    )


def _is_drawn_in_corner(observation: Observation, point: Point, under: list[TextLine]) -> bool:
    """Whether the picture has an icon in the top left corner: no word, or a single letter that OCR read it as."""
    size = observation.size
    if point.x > SIDES[0] * size.width or point.y > _CORNER[1] * size.height:
        return False
    wordless = all(len(text := squash(line.text)) <= 1 and text.isascii() for line in under)
    return wordless and has_ink(observation.screenshot.image, point)


def _from_tree(
    observation: Observation,
    nodes: tuple[UiNode, ...],
    chain: list[int],
    point: Point,
    under: list[TextLine],
) -> Target:
    size = observation.size
    leaf = nodes[chain[0]]
    control = _control(nodes, chain)
    box = control.box if control else leaf.box
    family = [nodes[index] for index in chain] + _descendants(nodes, chain, control)
    labels = _named(_tree_labels(observation, chain, control))
    checkable = _checkable(observation, nodes, family, control, chain[0])
    switch = checkable is not None and checkable.role is Role.SWITCH
    if checkable is not None and not labels:
        labels = row_texts(observation, box)
    root = next((index for index in chain if nodes[index] is control), None)
    corner = root is not None and not labels and _is_corner_mark(observation, root)
    if not corner:
        near = tuple(line.text for line in lines_near(observation.lines, point, size))
        own = [line for line in under if not is_told_beside(line, box, nodes)]
        labels = _named(_joined(labels, own)) or _named(near)
    parts = _descendants(nodes, chain, control)
    return Target(
        point,
        labels=labels,
        names=() if corner else _named(_all_names(observation, labels, root)),
        node=root,
        corner=corner,
        box=box,
        package=leaf.package,
        app_kind=leaf.app_kind,
        button=_is_button(control, size),
        choice=checkable is not None and not switch,
        switch=switch,
        editable=any(node.editable for node in family if node.box.contains(point)),
        password=any(node.password for node in family if node.box.contains(point)),
        slider=any(node.role is Role.SLIDER for node in family),
        row=control is not None and _is_row(control.box, size),
        card=len([node for node in parts if node.label]) > _CARD_TEXTS,
        near=labels_near(observation, point),
    )


def _all_names(observation: Observation, labels: tuple[str, ...], root: int | None) -> tuple[str, ...]:
    """Every text of the control in the tree and in the picture, with short pieces joined: 提 交 is one word."""
    nodes = observation.nodes
    if nodes is None or root is None:
        return labels
    own = own_texts(nodes, root)
    others = set(texts_of(nodes, root)) - set(own) if own else set()  # buttons in an entry are controls of their own
    lines = [line.text for line in lines_in(observation, nodes[root].box) if not is_glyph(line)]
    lines = [text for text in lines if not agrees(text, tuple(others))]
    return tuple(dict.fromkeys((*labels, *(own or texts_of(nodes, root)), *lines, *own_words(nodes, root))))


def _nodes_under(nodes: tuple[UiNode, ...], point: Point, size: Size) -> list[int]:
    """Indices of the controls that contain the point, smallest first, and of equal ones the later (drawn above) first.
    A multi-line field counts whatever its size."""
    limit = _CONTROL_AREA * size.width * size.height
    under = [(i, node) for i, node in enumerate(nodes) if node.box.contains(point) and node.box.area]
    held = [i for i, node in under if node.box.area <= limit or node.editable]
    return sorted(held, key=lambda i: (nodes[i].box.area, -i))


def _control(nodes: tuple[UiNode, ...], chain: list[int]) -> UiNode | None:
    """The smallest interactive node at the point."""
    reacting = [nodes[i] for i in chain if nodes[i].clickable or nodes[i].checkable or nodes[i].editable]
    return reacting[0] if reacting else None


def _descendants(nodes: tuple[UiNode, ...], chain: list[int], control: UiNode | None) -> list[UiNode]:
    if control is None:
        return []
    root = next(i for i in chain if nodes[i] is control)
    inside = {root}
    found = []
    for index, node in enumerate(nodes):
        if node.parent in inside and index != root:
            inside.add(index)
            found.append(node)
    return found


def _tree_labels(observation: Observation, chain: list[int], control: UiNode | None) -> tuple[str, ...]:
    """Labels of the nodes that contain the point, smallest first; a nameless control is named by its contents."""
    nodes = observation.nodes or ()
    root = next((index for index in chain if nodes[index] is control), None)
    named = [i for i in chain if nodes[i].label.strip() and (root is None or not _lies_over(observation, i, root))]
    if named or root is None:
        return tuple(dict.fromkeys(nodes[i].label for i in named))
    inside = own_texts(nodes, root) or texts_of(nodes, root)  # not those of the buttons that stand in an entry
    if len(inside) > _CARD_TEXTS:
        return (inside[0],)
    return (" ".join(inside),) if inside else ()


def _lies_over(observation: Observation, index: int, root: int) -> bool:
    """Whether a large text's box covers the control while its words are drawn elsewhere, such as a title across the
    bar."""
    nodes = observation.nodes or ()
    node, box = nodes[index], nodes[root].box
    if index == root or is_reacting(node) or node.box.area < 2 * box.area:
        return False
    if root in ancestors(nodes, index) or index in ancestors(nodes, root):
        return False
    drawn = [line.box for line in observation.lines if agrees(line.text, (node.label,))]
    return bool(drawn) and not any(place.intersects(box) for place in drawn)


def _is_corner_mark(observation: Observation, root: int) -> bool:
    """Whether it is a small control in the top left corner without text in the tree and in the picture."""
    nodes, size = observation.nodes or (), observation.size
    box = nodes[root].box
    small = box.width <= _CORNER[0] * size.width and box.height <= _CORNER[1] * size.height
    if not small or box.left > _INSET * size.width or box.bottom > 2 * _CORNER[1] * size.height:
        return False
    if nodes[root].editable or nodes[root].checkable:
        return False
    drawn = [line.text for line in lines_in(observation, box) if not is_glyph(line)]
    return not _named((*texts_of(nodes, root), *drawn))


def _named(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Texts without glyphs and arrows: an icon is no name."""
    return tuple(text for text in texts if any(char.isalnum() for char in text))


def _checkable(
    observation: Observation,
    nodes: tuple[UiNode, ...],
    family: list[UiNode],
    control: UiNode | None,
    leaf: int,
) -> UiNode | None:
    """The radio button, check box or switch that a touch here toggles: the node itself, inside it, or right beside a
    bare label."""
    inside = [node for node in family if node.checkable or node.role in _MARKS]
    if inside:
        return inside[0]
    if control is not None and control.role is Role.BUTTON:
        return None
    reach = observation.size.width // 12
    label = nodes[leaf].box
    beside = [node for node in nodes if node.checkable and _adjacent(node.box, label, reach)]
    return beside[0] if len(beside) == 1 else None


def _adjacent(mark: Box, label: Box, reach: int) -> bool:
    """Whether the mark is on the label's row, right beside it."""
    return label.top <= mark.center.y < label.bottom and mark.grown(reach).intersects(label)


def _is_button(control: UiNode | None, size: Size) -> bool:
    if control is None:
        return False
    named = control.role is Role.BUTTON and not control.checkable
    return named or (control.clickable and control.box.area < 0.02 * size.width * size.height)


def _is_row(box: Box, size: Size) -> bool:
    return box.width >= 0.8 * size.width and box.height <= 0.16 * size.height


def _joined(labels: tuple[str, ...], under: list[TextLine]) -> tuple[str, ...]:
    """Names from the tree first, then different ones from the picture."""
    strange = [line.text for line in under if not is_glyph(line) and not agrees(line.text, labels)]
    return (*labels, *strange) if labels else tuple(line.text for line in under)


def _beside(place: Box, box: Box) -> bool:
    return place != box and box.top <= place.center.y < box.bottom
