"""What a teacher drags over on a page: a value that must be confirmed, or a text that proves success.

Rule: a mark keeps captions and slots, never a value of the ticket; a text with a number that no slot stands for is
refused, as it would be another customer's next time. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from cs_agent.engine.routes.slots import plain, templated
from cs_agent.engine.screen.structure import share_a_line
from cs_agent.engine.screen.text import money, squash
from cs_agent.geometry import Box
from cs_agent.observation import Observation
from tickets.errors import Invalid

_LONGEST = 60  # characters of a caption or of a text that proves success
_NUMBER = re.compile(r"\d{4,}")
_MOST_TEXTS = 12
_COLONS = re.compile(r"\s*[:\uff1a]+$")
_AROUND_SLOT = re.compile(r"([^{}]*)\{(\w+)(?::plain)?\}([^{}]*)")


class MarkKind(StrEnum):
    CONFIRM = "confirm"
    SUCCESS = "success"


@dataclass(frozen=True, slots=True)
class _Text:
    text: str
    box: Box


def marked(
    kind: MarkKind, area: Box, seen: Observation, values: Mapping[str, str], *, caption_alone: bool = False
) -> list[dict[str, Any]]:
    """The marks that this place of the page gives; Invalid says why it gives none.

    `area`: device pixels. `caption_alone`: a caption will do where its value is covered or of another ticket. A confirm
    mark: {"kind", "slot", "labels", "sentence", "money"}; a success mark: {"kind", "text"}, a text in which slots may
    stand.
    """
    inside = [item for item in _texts(seen) if area.contains(item.box.center)]
    if not inside:
        raise Invalid(_("框里没有读到文字,请框住文字再松开。"), code="nothing_marked")
    if len(inside) > _MOST_TEXTS:
        raise Invalid(_("框里的文字太多,请只框住要用的那一处。"), code="too_much_marked")
    if kind is MarkKind.SUCCESS:
        return [_success(item.text, values) for item in inside]
    return [_confirm(inside, seen, values, caption_alone)]


def spoken(text: str) -> dict[str, Any]:
    """A success mark from words that the teacher writes: what the app will say after the commit."""
    text = text.strip()
    if not text or len(text) > _LONGEST:
        raise Invalid(_("请用不超过 %d 个字写出成功后会出现的文字。") % _LONGEST)
    return {"kind": MarkKind.SUCCESS.value, "text": text}


def _success(text: str, values: Mapping[str, str]) -> dict[str, Any]:
    shown = templated(text.strip(), dict(values))
    if _NUMBER.search(re.sub(r"\{[^}]*\}", "", shown)):
        words = _("“%s”里的数字每次都会不同,请只框住不变的文字。")
        raise Invalid(words % text.strip()[:_LONGEST], code="changing_text")
    if len(shown) > _LONGEST:
        raise Invalid(_("这段文字太长,请只框住能证明成功的几个字。"), code="long_text")
    return {"kind": MarkKind.SUCCESS.value, "text": shown.replace(":plain}", "}")}


def _confirm(inside: list[_Text], seen: Observation, values: Mapping[str, str], caption_alone: bool) -> dict[str, Any]:
    held = [(item, slot) for item in inside if (slot := _slot_of(item.text, values))]
    if held:
        value, slot = held[0]
        return _field(slot, _caption(value, inside, seen), "", values)
    for item in inside:
        if around := _AROUND_SLOT.search(templated(item.text, dict(values))):
            before, slot, after = around.groups()
            return _field(slot, "", f"{before}{{}}{after}", values)
    caption = min(inside, key=lambda item: (item.box.left, item.box.top))
    if (len(inside) == 1 and not caption_alone) or _NUMBER.search(caption.text):
        raise Invalid(_("框里没有这张工单的值;请把名称和值一起框住,或先在右侧添加这个值。"), code="no_value")
    return _field("", caption.text, "", values)


def _field(slot: str, caption: str, sentence: str, values: Mapping[str, str]) -> dict[str, Any]:
    amount = bool(slot) and money(values[slot], bare=True) is not None and "." in values[slot]
    labels = [bare] if (bare := _COLONS.sub("", caption.strip())) else []
    if len(caption) > _LONGEST or not (labels or sentence):
        raise Invalid(_("没有读到这个值的名称;请把名称和值一起框住。"), code="no_caption")
    return {"kind": MarkKind.CONFIRM.value, "slot": slot, "labels": labels, "sentence": sentence, "money": amount}


def _slot_of(text: str, values: Mapping[str, str]) -> str:
    """The slot whose value the text is, whole; an amount in any way of writing it."""
    for name, value in values.items():
        amount = money(value) if "." in value else None
        if value and squash(text) in {squash(value), squash(plain(value))}:
            return name
        if amount is not None and money(text, bare=False) == amount:
            return name
    return ""


def _caption(value: _Text, inside: list[_Text], seen: Observation) -> str:
    """The nearest text on the value's line or above it, within the box before elsewhere."""
    for texts in (inside, _texts(seen)):
        near = [
            (value.box.left - item.box.right, item.text)
            for item in texts
            if item.box.right <= value.box.left and share_a_line(item.box, value.box)
        ]
        above = [
            (value.box.top - item.box.bottom, item.text)
            for item in texts
            if 0 <= value.box.top - item.box.bottom <= 2 * value.box.height and item.box.left < value.box.right
        ]
        if near or above:
            return min(near or above)[1]
    return ""


def _texts(seen: Observation) -> list[_Text]:
    nodes = [_Text(node.label, node.box) for node in seen.nodes or () if node.label.strip() and node.box.area]
    lines = [_Text(line.text, line.box) for line in seen.lines if line.text.strip()]
    distinct: dict[tuple[str, Box], _Text] = {(squash(item.text), item.box): item for item in [*nodes, *lines]}
    return [item for item in distinct.values() if not _is_outer(item, distinct.values())]


def _is_outer(item: _Text, others: Any) -> bool:
    """A container that repeats what it holds."""
    return any(
        other is not item
        and other.box.area < item.box.area
        and item.box.contains(other.box.center)
        and squash(other.text) in squash(item.text)
        for other in others
    )
