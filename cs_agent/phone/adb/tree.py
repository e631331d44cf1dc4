"""Reads the XML of `uiautomator dump` into nodes.

Rule: document order is kept, parents are indices into the same tuple, and text comes out as it was written, also
where a build put characters into the file that XML does not allow. A toolkit that draws its own views (Flutter) tells
all texts of a control as one description, a line each; they come out as texts in the control, as from any other app.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections import defaultdict
from dataclasses import replace

from cs_agent.geometry import Box
from cs_agent.observation import Role, UiNode
from cs_agent.phone.adb.android_names import kind_of, role_of

_BOUNDS = re.compile(r"\[(-?\d+)(?:\.\d+)?,(-?\d+)(?:\.\d+)?\]\[(-?\d+)(?:\.\d+)?,(-?\d+)(?:\.\d+)?\]")
_BARE_AMPERSAND = re.compile(r"&(?!(?:#\d+|#x[0-9a-fA-F]+|amp|lt|gt|quot|apos);)")
_FORBIDDEN = re.compile(
    "[\ud800-\udfff\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|&#(?:x0*(?:[0-8bBcCeEfF]|1[0-9a-fA-F])|0*(?:[0-8]|1[124-9]|2\\d|3[01]));"
)
# Halves of a character outside the first 65,536, each written as a character of its own.
_HALVES = re.compile(
    r"(?:&#(?:[xX][dD][89a-fA-F][0-9a-fA-F]{2}|5(?:5(?:29[6-9]|[3-9]\d\d)|6\d{3}|7(?:[0-2]\d\d|3[0-3]\d|34[0-3])));)+"
)
_NUMBERS = re.compile(r"\d+")
_DOCTYPE = re.compile(r"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ROOT = re.compile(r"<(?P<name>hierarchy|displays)\b(?:[^>]*?(?P<empty>/)>)?")
_MAIN_DISPLAY = "0"


class NotATree(ValueError):
    """The text holds no whole hierarchy."""


def parse_tree(text: str) -> tuple[UiNode, ...]:
    """All nodes of the first hierarchy in the text; of a dump of all windows (`uiautomator dump --windows`, Android 12
    and later) those of the main display, what lies on top last. NotATree where there is none, or it is cut short."""
    opening = _ROOT.search(text)
    if opening is None:
        raise NotATree(text[:200])
    if opening["empty"]:
        return ()
    closing = f"</{opening['name']}>"
    end = text.find(closing, opening.end())
    if end < 0:
        raise NotATree(text[:200])
    declared = text.rfind("<?xml", 0, opening.start())
    start = declared if declared >= 0 else opening.start()
    document = _FORBIDDEN.sub("", _HALVES.sub(_joined, text[start : end + len(closing)]))
    document = _BARE_AMPERSAND.sub("&amp;", document)
    if _DOCTYPE.search(document):  # uiautomator writes none; entities are how XML attacks its reader
        raise NotATree("a document type")
    try:
        root = ElementTree.fromstring(document)  # noqa: S314 - see above
    except ElementTree.ParseError as error:
        raise NotATree(str(error)) from error
    nodes: list[UiNode] = []
    for hierarchy in [root] if root.tag == "hierarchy" else _of_windows(root):
        for child in hierarchy:
            _collect(child, -1, nodes)
    return _parted(_with_counted_tabs(nodes))


def _of_windows(displays: ElementTree.Element) -> list[ElementTree.Element]:
    """The hierarchy of each window of the main display, the lowest first; of the only display, where it is another."""
    found = displays.findall("display")
    display = next((one for one in found if one.get("id") == _MAIN_DISPLAY), found[0] if found else displays)
    windows = sorted(display.iter("window"), key=_layer)
    return [hierarchy for window in windows for hierarchy in window.findall("hierarchy")]


def _layer(window: ElementTree.Element) -> int:
    said = window.get("layer", "")
    return int(said) if re.fullmatch(r"-?\d{1,9}", said) else 0


def _with_counted_tabs(nodes: list[UiNode]) -> list[UiNode]:
    """Neighbours that end in "Tab 1 of 3", "Tab 2 of 3" … in any language are tabs, and the counts no names of them."""
    families: dict[int, list[int]] = defaultdict(list)
    for index, node in enumerate(nodes):
        families[node.parent].append(index)
    found = list(nodes)
    for family in families.values():
        tabs = [index for index in family if not nodes[index].text and "\n" in nodes[index].description]
        ends = [nodes[index].description.rpartition("\n")[2] for index in tabs]
        if len(tabs) > 1 and _count_up(ends):
            for index in tabs:
                name = nodes[index].description.rpartition("\n")[0]
                found[index] = replace(nodes[index], description=name, role=Role.TAB)
    return found


def _count_up(ends: list[str]) -> bool:
    """They differ in a number alone, which counts from 1 to how many they are, as another number in each says."""
    numbers = [[int(number) for number in _NUMBERS.findall(end)] for end in ends]
    if len({_NUMBERS.sub("", end) for end in ends}) != 1 or any(len(pair) != 2 for pair in numbers):
        return False
    own, whole = zip(*(sorted(pair) if pair[0] != pair[1] else pair for pair in numbers), strict=True)
    return list(own) == list(range(1, len(ends) + 1)) and set(whole) == {len(ends)}


def _parted(nodes: list[UiNode]) -> tuple[UiNode, ...]:
    """Each line of a description of several becomes a text in its node, in equal strips from top to bottom."""
    found: list[UiNode] = []
    places = {-1: -1}
    for index, node in enumerate(nodes):
        places[index] = own = len(found)
        lines = [line.strip() for line in node.description.split("\n") if line.strip()]
        merged = not node.text and len(lines) > 1
        found.append(replace(node, parent=places[node.parent], description="" if merged else node.description))
        if merged:
            found += [_strip(node, own, line, number, len(lines)) for number, line in enumerate(lines)]
    return tuple(found)


def _strip(node: UiNode, parent: int, line: str, number: int, count: int) -> UiNode:
    top, bottom = (node.box.top + node.box.height * place // count for place in (number, number + 1))
    box = Box(node.box.left, top, node.box.right, bottom)
    return UiNode(line, box, role=Role.TEXT, package=node.package, app_kind=node.app_kind, parent=parent)


def _joined(halves: re.Match[str]) -> str:
    """The characters that the halves make; a half without its other one is left out."""
    codes = re.findall(r"&#(?:[xX]([0-9a-fA-F]+)|(\d+));", halves[0])
    numbers = (int(by_hex, 16) if by_hex else int(decimal) for by_hex, decimal in codes)
    units = b"".join(number.to_bytes(2, "little") for number in numbers)
    return units.decode("utf-16-le", "ignore")


def _collect(top: ElementTree.Element, parent: int, nodes: list[UiNode]) -> None:
    """Depth first, without recursion: trees of web pages nest deeper than Python likes."""
    waiting = [(top, parent)]
    while waiting:
        element, parent = waiting.pop()
        own = parent
        if element.tag == "node" or "bounds" in element.attrib:
            own = len(nodes)
            nodes.append(_node(element.attrib, parent))
        waiting += [(child, own) for child in reversed(element)]


def _node(attributes: dict[str, str], parent: int) -> UiNode:
    def is_set(name: str) -> bool:
        return attributes.get(name) == "true"

    package = attributes.get("package", "")
    return UiNode(
        text=attributes.get("text", ""),
        box=_box(attributes.get("bounds", "")),
        description=attributes.get("content-desc", ""),
        resource_id=attributes.get("resource-id", ""),
        role=role_of(attributes.get("class", "")),
        package=package,
        app_kind=kind_of(package),
        clickable=is_set("clickable"),
        checkable=is_set("checkable"),
        checked=is_set("checked") or is_set("selected"),
        password=is_set("password"),
        enabled=attributes.get("enabled", "true") == "true",
        focused=is_set("focused"),
        scrollable=is_set("scrollable"),
        parent=parent,
    )


def _box(bounds: str) -> Box:
    match = _BOUNDS.fullmatch(bounds)
    return Box(*(int(group) for group in match.groups())) if match else Box(0, 0, 0, 0)
