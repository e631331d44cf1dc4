"""Reads from the screen what is about to be submitted.

Pure. Rule: the accessibility tree and the picture are read separately and compared. A value found in only one of them
is taken, two that differ are marked, and a required value found in neither is shown as missing, never left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cs_agent.catalogue import _, say
from cs_agent.engine.confirm.field_compare import Expectation, compare
from cs_agent.engine.confirm.field_items import (
    Choice,
    Item,
    Sheet,
    below,
    beside,
    block_below,
    choices_of,
    inline_value,
    is_caption,
    is_hint,
    picture_sheet,
    tree_sheet,
    value_in_sentence,
)
from cs_agent.engine.run.flow import ConfirmField, FieldKind
from cs_agent.engine.run.state import FieldValue
from cs_agent.engine.screen.text import file_names, fold, looks_same, money, squash
from cs_agent.geometry import Box
from cs_agent.observation import Observation

_TWO_READINGS = _("界面元素为“{tree}”,画面为“{picture}”")


@dataclass(frozen=True, slots=True)
class Found:
    """A value on the screen. `other`: what the picture shows if it differs from the tree."""

    value: str
    box: Box | None
    source: str  # tree | ocr | both
    chosen: bool = False  # it is a choice's label
    other: str = ""


def read_view(observation: Observation, wanted: Iterable[ConfirmField]) -> dict[str, Found]:
    """What one screen shows of the wanted fields, by field name."""
    fields = tuple(wanted)
    captions = tuple(dict.fromkeys(label for field in fields for label in field.screen_labels))
    tree = tree_sheet(observation)
    picture = picture_sheet(observation, captions, tree.choices if tree else ())
    found = {}
    for field in fields:
        from_tree = _read(field, tree, captions, "tree") if tree else None
        from_picture = _read(field, picture, captions, "ocr")
        if both := _merge(field, from_tree, from_picture, observation):
            found[field.name] = both
    return found


def fields_in_view(observation: Observation, wanted: tuple[ConfirmField, ...]) -> tuple[FieldValue, ...]:
    """What this screen shows, without comparing it with anything; missing fields are left out."""
    found = read_view(observation, wanted)
    return tuple(
        FieldValue(field.name, field.label, found[field.name].value, box=found[field.name].box)
        for field in wanted
        if field.name in found
    )


def set_beside_ticket(
    wanted: Iterable[ConfirmField],
    found: Mapping[str, Found],
    *,
    seen: Mapping[str, str] | None = None,
    corrections: Mapping[str, str] | None = None,
    lang: str = "zh",
) -> tuple[FieldValue, ...]:
    """Every wanted field with the ticket's value; `seen` holds amounts met earlier in the run, by caption."""
    values = []
    for field in wanted:
        hit = found.get(field.name)
        if hit is None and not field.required:
            continue
        expected = (corrections or {}).get(field.name, field.expected)
        expectation = Expectation(field.kind, expected, _full_amount(field, seen or {}))
        value, ticket, note = compare(hit.value if hit else "", expectation, lang)
        if hit and hit.other:
            note = say(_TWO_READINGS, lang, tree=hit.value, picture=hit.other)
        box, source = (hit.box, hit.source) if hit else (None, "none")
        values.append(FieldValue(field.name, field.label, value, ticket, bool(note), box, source, note))
    return tuple(values)


def amounts_by_caption(observation: Observation, captions: Iterable[str]) -> dict[str, str]:
    """Amounts that stand beside one of the captions on this screen."""
    probes = [ConfirmField(caption, caption, (caption,), FieldKind.MONEY) for caption in dict.fromkeys(captions)]
    found = read_view(observation, probes) if probes else {}
    return {name: hit.value for name, hit in found.items() if money(hit.value) is not None and not hit.chosen}


def _full_amount(field: ConfirmField, seen: Mapping[str, str]) -> float | None:
    amounts = [money(seen[caption]) for caption in field.full_of if caption in seen]
    return next((amount for amount in amounts if amount is not None), None)


def _read(field: ConfirmField, sheet: Sheet, captions: tuple[str, ...], source: str) -> Found | None:
    """A sentence that names it, else a pair of caption and value, else a chosen option under a caption, else an option
    that is the field itself."""
    for item in sheet.items:
        if value := value_in_sentence(item.text, field.screen_sentences):
            return Found(value, item.box, source)
    for caption in field.screen_labels:
        for item in sheet.items:
            found = _at_item(field, caption, item, sheet, captions, source)
            if found is not None and _fits(field, found):
                return found
    return _files_of_page(sheet, source) if field.kind is FieldKind.FILE else _own_choice(field, sheet, source)


def _fits(field: ConfirmField, found: Found) -> bool:
    """Money must be money and a file a file: a caption such as 退款 is also a heading, 附件 1 a count."""
    if field.kind is FieldKind.FILE:
        return bool(file_names(found.value))
    return field.kind is not FieldKind.MONEY or found.chosen or money(found.value) is not None


def _at_item(
    field: ConfirmField, caption: str, item: Item, sheet: Sheet, captions: tuple[str, ...], source: str
) -> Found | None:
    is_label = item.text in {choice.text for choice in sheet.choices}
    value = "" if is_label else inline_value(item.text, caption)
    if value and (field.kind is not FieldKind.FILE or file_names(value)):
        return Found(value, item.box, source)
    if not is_caption(item.text, caption):
        return None
    if field.kind is FieldKind.FILE:
        return _files(item, sheet, captions, source)
    options = choices_of(sheet, item, captions)
    pair = _pair(item, sheet, captions)
    if options and (pair is None or pair.box.top >= min(option.box.top for option in options)):
        return _chosen(options, source)
    return Found(pair.text, pair.box, source) if pair else None


def _pair(caption: Item, sheet: Sheet, captions: tuple[str, ...]) -> Item | None:
    for item in (beside(sheet, caption), below(sheet, caption)):
        if item is None or not item.text.strip() or is_hint(item.text):
            continue
        if not any(is_caption(item.text, other) for other in captions):
            return item
    return None


def _chosen(options: list[Choice], source: str) -> Found | None:
    checked = [option for option in options if option.checked]
    if not checked:
        return None
    text = "、".join(option.text for option in checked)
    return Found(text, Box.around([option.box for option in checked]), source, chosen=True)


def _own_choice(field: ConfirmField, sheet: Sheet, source: str) -> Found | None:
    """A tick whose label is the field itself: 补偿50元, 全额退款."""
    for choice in sheet.choices:
        named = any(fold(choice.text).startswith(fold(caption)) for caption in field.screen_labels)
        if named and choice.checked:
            return Found(choice.text, choice.box, source, chosen=True)
    return None


def _files(caption: Item, sheet: Sheet, captions: tuple[str, ...], source: str) -> Found | None:
    return _named_files(
        [item for item in (beside(sheet, caption), *block_below(sheet, caption, captions)) if item], source
    )


def _files_of_page(sheet: Sheet, source: str) -> Found | None:
    """File names need no caption to be known as such."""
    return _named_files(list(sheet.items), source)


def _named_files(items: list[Item], source: str) -> Found | None:
    named = [(name, item.box) for item in items for name in file_names(item.text)]
    names = tuple(dict.fromkeys(name for name, _ in named))
    if not names:
        return None
    return Found("、".join(names), Box.around([box for _, box in named]), source)


def _merge(field: ConfirmField, tree: Found | None, picture: Found | None, observation: Observation) -> Found | None:
    if tree is None or picture is None:
        return tree or picture
    if tree.chosen or _agree(field, tree.value, picture.value):
        return Found(tree.value, tree.box, "both" if not tree.chosen else "tree", tree.chosen)
    if any(
        _agree(field, tree.value, line.text) for line in observation.lines if tree.box and line.box.intersects(tree.box)
    ):
        return Found(tree.value, tree.box, "both")
    return Found(tree.value, tree.box, "both", other=picture.value)


def _agree(field: ConfirmField, one: str, other: str) -> bool:
    if field.kind is FieldKind.MONEY and money(one) is not None and money(other) is not None:
        return money(one) == money(other)
    if field.kind is FieldKind.FILE:
        return {squash(name) for name in file_names(one)} == {squash(name) for name in file_names(other)}
    return looks_same(one, other) or (len(squash(other)) >= 4 and squash(one).startswith(squash(other)))
