"""What is filled in or stated on a page that no flow describes: pairs of caption and value, inputs, choices.

Pure. Rule: it reports what the page says near the action and compares it with nothing.
"""

from __future__ import annotations

import re

from cs_agent.engine.confirm.field_items import Item, Sheet, beside, is_hint, picture_sheet, tree_sheet
from cs_agent.engine.confirm.window_words import front_box, window_words
from cs_agent.engine.run.state import FieldValue
from cs_agent.engine.screen.compare import is_useful
from cs_agent.engine.screen.text import fold, squash
from cs_agent.engine.screen.words import LabelKind, sense
from cs_agent.geometry import Box
from cs_agent.observation import Observation

MOST = 8
WINDOW = "window"  # the name of the field that holds the words of a window
_PAIR = re.compile(r"^\s*(?P<caption>[^:：]{1,12})[:：]\s*(?P<value>\S.*)$")
_CLOCK = re.compile(r"^\d{1,2}[:：]\d{2}")
_CAPTION_CHARS = 12
_STATUS_BAR = 0.04


def generic_fields(
    observation: Observation, target: Box | None, *, nameless: str, asked: str = ""
) -> tuple[FieldValue, ...]:
    """At most MOST of them, the nearest to the target, in reading order; of a window in front only its own, and first
    what it says.

    `nameless`: what a filled field without a caption is called, e.g. the text of a message that is about to be sent.
    `asked`: what the words of a window are called.
    """
    tree = tree_sheet(observation)
    sheet = tree if tree and is_useful(observation.nodes) else picture_sheet(observation)
    source = "tree" if sheet is tree else "ocr"
    top = _STATUS_BAR * observation.size.height
    window = front_box(observation, target)
    found: dict[str, tuple[str, Box]] = {}
    for caption, value, box in [*_inputs(sheet, nameless), *_choices(sheet), *_pairs(sheet)]:
        inside = box.top >= top if window is None else window.contains(box.center)
        if inside and value and any(map(str.isalnum, caption)):  # a lone arrow or dot names nothing
            found.setdefault(caption, (value, box))
    kept = _nearest(found, target)
    fields = tuple(FieldValue(squash(c) or c, c, value, box=box, source=source) for c, (value, box) in kept)
    if window is None or target is None:
        return fields
    told = [text for each in fields for text in (each.label, each.screen_value, each.label + each.screen_value)]
    words = window_words(observation, window, target, told)
    return (FieldValue(WINDOW, asked, words[0], box=words[1], source=source), *fields) if words else fields


def _nearest(found: dict[str, tuple[str, Box]], target: Box | None) -> list[tuple[str, tuple[str, Box]]]:
    items = list(found.items())
    if target is not None:
        items.sort(key=lambda item: abs(item[1][1].center.y - target.center.y))
    return sorted(items[:MOST], key=lambda item: (item[1][1].top, item[1][1].left))


def _inputs(sheet: Sheet, nameless: str) -> list[tuple[str, str, Box]]:
    fields = [item for item in sheet.items if item.editable and item.text.strip()]
    return [(_caption_of(item, sheet) or nameless, item.text.strip(), item.box) for item in fields]


def _caption_of(field: Item, sheet: Sheet) -> str:
    """The text left of a field on its row, else the one right above it."""
    left = [i for i in sheet.items if not i.editable and i.text and beside(sheet, i) is field]
    above = [
        i for i in sheet.items if not i.editable and i.text and 0 <= field.box.top - i.box.bottom <= 2 * i.box.height
    ]
    nearest = left or sorted(above, key=lambda i: -i.box.bottom)
    return _bare(nearest[0].text) if nearest else ""


def _choices(sheet: Sheet) -> list[tuple[str, str, Box]]:
    return [("✓" + choice.text, choice.text, choice.box) for choice in sheet.choices if choice.checked and choice.text]


def _pairs(sheet: Sheet) -> list[tuple[str, str, Box]]:
    found = []
    for item in sheet.plain:
        if item.editable or _CLOCK.match(item.text):
            continue
        if match := _PAIR.match(item.text):
            found.append((_bare(match["caption"]), match["value"].strip(), item.box))
        elif (value := _value_of_row(item, sheet)) is not None:
            found.append((_bare(item.text), value.text.strip(), value.box))
    return found


def _value_of_row(item: Item, sheet: Sheet) -> Item | None:
    """A short text with one other text to its right, neither of them a control that does something."""
    if len(item.text) > _CAPTION_CHARS or is_hint(item.text) or not _is_word(item.text):
        return None
    value = beside(sheet, item)
    if value is None or value.editable or is_hint(value.text) or not _is_word(value.text):
        return None
    return value


def _is_word(text: str) -> bool:
    return sense(text).kind in (LabelKind.PLAIN, LabelKind.NOMINAL, LabelKind.OPTION)


def _bare(text: str) -> str:
    return fold(text).strip(" *:")
