"""The texts, inputs and choices of a screen as items that can be paired: what stands beside or below what.

Pure. One list of items comes from the accessibility tree, another from the picture; both are paired by the same
rules, so that the two readings can be compared.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from cs_agent.engine.confirm.field_marks import has_mark, marked
from cs_agent.engine.screen.text import fold, squash
from cs_agent.geometry import Box
from cs_agent.observation import Observation, UiNode

_HINT = re.compile(
    r"^(?:请输入|请选择|请填写|请上传|点击选择|please (?:enter|select|choose)|enter |select )", re.IGNORECASE
)
_AFTER_CAPTION = re.compile(r"^\s*(?:[:：]\s*|\s+|(?=[¥￥$\d]))(?P<value>.+)$")
_AFTER_COLON = re.compile(r"[:：]\s*\S")
_CAPTION_EXTRAS = re.compile(r"[*＊]|[(（](?:必填|选填|元|required|optional)[)）]|[(（]?\d{1,2}(?:/\d{1,2})?[)）]?$")
_BELOW_GAP = 2.2  # heights of the caption
_BLOCK_ITEMS = 12  # choices or files that may stand under one caption
_SAME_COLUMN = 0.06  # of the screen's width


@dataclass(frozen=True, slots=True)
class Item:
    text: str
    box: Box
    editable: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """A radio button or check box with its label; `checked` is None where the picture does not tell."""

    text: str
    box: Box
    checked: bool | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One reading of a screen."""

    items: tuple[Item, ...]
    choices: tuple[Choice, ...]
    width: int

    @property
    def plain(self) -> tuple[Item, ...]:
        """Items that are not a choice's label."""
        taken = {choice.text for choice in self.choices}
        return tuple(item for item in self.items if item.text not in taken)


def tree_sheet(observation: Observation) -> Sheet | None:
    """None where the phone gave no tree."""
    if observation.nodes is None:
        return None
    nodes = observation.nodes
    choices = tuple(_tree_choice(nodes, index) for index, node in enumerate(nodes) if node.checkable)
    items = tuple(
        Item(_value_of(node), node.box, node.editable)
        for node in nodes
        if (node.editable or node.label.strip()) and not node.checkable and not node.password
    )
    return Sheet(items, choices, observation.size.width)


def picture_sheet(observation: Observation, captions: tuple[str, ...] = (), known: tuple[Choice, ...] = ()) -> Sheet:
    """`known`: the tree's choices, which tell their state better than any picture; else the marks beside lines do."""
    items = tuple(
        Item(line.text, line.box)
        for line in observation.lines
        if not any(choice.box.contains(line.box.center) for choice in known)
    )
    width = observation.size.width
    if known:
        return Sheet(items, known, width)
    return Sheet(items, _pictured_choices(observation, Sheet(items, (), width), captions), width)


def _pictured_choices(observation: Observation, bare: Sheet, captions: tuple[str, ...]) -> tuple[Choice, ...]:
    """Lines under a caption of which one is marked, and lines that are themselves a field with a mark."""
    image = observation.screenshot.image
    found: dict[str, Choice] = {}
    for caption in captions:
        for item in bare.items:
            if is_caption(item.text, caption):
                block = [line for line in block_below(bare, item, captions) if not _AFTER_COLON.search(line.text)]
                for line, state in zip(block, marked(image, [line.box for line in block]), strict=True):
                    if state is not None:
                        found.setdefault(line.text, Choice(line.text, line.box, state))
            elif fold(item.text).startswith(fold(caption)) and has_mark(image, item.box):
                found.setdefault(item.text, Choice(item.text, item.box, marked(image, [item.box])[0]))
    return tuple(found.values())


def is_caption(text: str, caption: str) -> bool:
    return squash(_CAPTION_EXTRAS.sub("", text)) == squash(caption) != ""


def inline_value(text: str, caption: str) -> str:
    """The value in 退款金额:¥399.00 or 退款金额 ¥399.00; "" if the text is not such a pair."""
    start = text.strip().lstrip("*＊ ")
    if not fold(start).startswith(fold(caption)):
        return ""
    match = _AFTER_CAPTION.match(start[len(caption) :])
    return match["value"].strip() if match else ""


def value_in_sentence(text: str, sentences: Iterable[str]) -> str:
    """The text at "{}" of the first sentence that matches; "" if none does.

    Spaces are ignored, since OCR drops or adds them.
    """
    shown = unicodedata.normalize("NFKC", text)
    for sentence in sentences:
        before, _, after = (_loosely(part) for part in sentence.partition("{}"))
        value = r"(?P<value>\S.*?)" if after else r"(?P<value>[^\s,。;?!]+)"
        if match := re.search(rf"{before}\s*{value}\s*{after}", shown, re.IGNORECASE):
            return match["value"]
    return ""


def _loosely(part: str) -> str:
    return r"\s*".join(re.escape(letter) for letter in unicodedata.normalize("NFKC", part) if not letter.isspace())


def is_hint(text: str) -> bool:
    return bool(_HINT.search(fold(text)))


def beside(sheet: Sheet, caption: Item) -> Item | None:
    """The nearest item to the right on the same row."""
    right = [
        item
        for item in sheet.plain
        if item is not caption
        and item.box.left >= caption.box.right - caption.box.height // 2
        and _same_row(item.box, caption.box)
    ]
    return min(right, key=lambda item: item.box.left, default=None)


def below(sheet: Sheet, caption: Item) -> Item | None:
    """The nearest item under it, in its column."""
    reach = caption.box.bottom + _BELOW_GAP * caption.box.height
    under = [
        item
        for item in sheet.plain
        if item is not caption
        and caption.box.center.y < item.box.top + item.box.height // 4
        and item.box.top <= reach
        and _same_column(item.box, caption.box, sheet.width)
    ]
    return min(under, key=lambda item: item.box.top, default=None)


def block_below(sheet: Sheet, caption: Item, captions: tuple[str, ...]) -> list[Item]:
    """What follows a caption down to the next caption."""
    after = sorted(
        (i for i in sheet.items if i.box.top >= caption.box.center.y and i is not caption), key=lambda i: i.box.top
    )
    block: list[Item] = []
    for item in after[:_BLOCK_ITEMS]:
        if any(is_caption(item.text, other) or inline_value(item.text, other) for other in captions):
            break
        block.append(item)
    return block


def choices_of(sheet: Sheet, caption: Item, captions: tuple[str, ...]) -> list[Choice]:
    """The choices beside or under a caption, down to the next text that is neither a choice nor beside one."""
    stops = [
        item.box.top
        for item in sheet.plain
        if item.box.top >= caption.box.bottom and _is_heading(item, caption, sheet) and not _within_choice(item, sheet)
    ]
    end = min(stops, default=1 << 30)
    return [
        c
        for c in sheet.choices
        if c.box.bottom > caption.box.top and c.box.center.y < end and c.box.center.y >= caption.box.top
    ]


def _is_heading(item: Item, caption: Item, sheet: Sheet) -> bool:
    return item.box.left <= caption.box.left + _SAME_COLUMN * sheet.width


def _within_choice(item: Item, sheet: Sheet) -> bool:
    return any(_same_row(item.box, choice.box) for choice in sheet.choices)


def _tree_choice(nodes: tuple[UiNode, ...], index: int) -> Choice:
    node = nodes[index]
    text = node.label.strip() or _label_inside(nodes, index) or _label_beside(nodes, node)
    return Choice(text, node.box, node.checked)


def _label_inside(nodes: tuple[UiNode, ...], index: int) -> str:
    """What the choice holds, or what its parent holds where the mark stands alone."""
    inside = [node.label for node in nodes if node.parent == index and node.label.strip()]
    if inside:
        return " ".join(inside)
    parent = nodes[index].parent
    siblings = [node for node in nodes if parent >= 0 and node.parent == parent]
    if sum(node.checkable for node in siblings) == 1:
        return " ".join(node.label for node in siblings if node.label.strip() and not node.editable)
    return ""


def _label_beside(nodes: tuple[UiNode, ...], mark: UiNode) -> str:
    right = [
        n
        for n in nodes
        if n.label.strip() and not n.checkable and n.box.left >= mark.box.left and _same_row(n.box, mark.box)
    ]
    return min(right, key=lambda n: n.box.left).label if right else ""


def _value_of(node: UiNode) -> str:
    if not node.editable:
        return node.label
    return "" if is_hint(node.text) else node.text


def _same_row(one: Box, other: Box) -> bool:
    overlap = min(one.bottom, other.bottom) - max(one.top, other.top)
    return overlap >= 0.5 * min(one.height, other.height)


def _same_column(one: Box, other: Box, width: int) -> bool:
    near = abs(one.left - other.left) <= _SAME_COLUMN * width
    return near or (one.left < other.right and other.left < one.right)
