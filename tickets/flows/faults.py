"""Every fault of a flow definition in the reader's language, each with its place as an editor would point at it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _
from pydantic import ValidationError

from tickets.flows.definition import FlowDefinition
from tickets.flows.slots.kinds import ATTACHMENT, KINDS

MAX_SIZE = 200_000  # characters of JSON
PLACE = re.compile(r"\{(\w+)(?::(plain|shown))?\}")


def faults(definition: Any) -> list[str]:
    """One line per fault, "place: what is wrong"; empty for a definition that renders and runs."""
    if not isinstance(definition, dict):
        return [_line("definition", _("必须是一个 JSON 对象"))]
    try:
        size = len(json.dumps(definition))
    except (RecursionError, ValueError, TypeError):
        return [_line("definition", _("嵌套太深,或含有 JSON 不能表示的值"))]
    too_long = [_line("definition", _("超过 %(most)d 个字符") % {"most": MAX_SIZE})] if size > MAX_SIZE else []
    try:
        known = FlowDefinition.model_validate(definition)
    except ValidationError as error:
        return too_long + list(dict.fromkeys(_of_shape(definition, each) for each in error.errors(include_url=False)))
    return too_long + [_line(place, words) for place, words in _between_parts(known)]


def _of_shape(definition: dict[str, Any], error: Any) -> str:
    place = _place(definition, error["loc"], absent=error["type"] == "missing")
    if error["type"] == "enum" and place.endswith(".kind") and place.startswith("slots."):
        return _line(place, _one_of(sorted(KINDS)))
    return _line(place, _words(error))


def _words(error: Any) -> str:
    """What pydantic found, as an editor of flows would say it."""
    context = error.get("ctx", {})
    match error["type"]:
        case "missing":
            return _("必填")
        case "extra_forbidden":
            return _("未知的键")
        case "string_type":
            return _("应为文字")
        case "bool_type" | "bool_parsing":
            return _("应为 true 或 false")
        case "float_type" | "float_parsing" | "int_type" | "finite_number":
            return _("应为数字")
        case "greater_than":
            return _("应大于 %(least)s") % {"least": context["gt"]}
        case "tuple_type" | "list_type":
            return _("应为列表")
        case "dict_type" | "model_type" | "model_attributes_type":
            return _("应为 JSON 对象")
        case "too_short" | "string_too_short":
            return _("不能为空")
        case "enum" | "literal_error":
            return _("应为 %(these)s 之一") % {"these": context["expected"]}
        case "string_pattern_mismatch":
            return _("只能含字母、数字和下划线,不能以数字开头")
    return str(context.get("words") or error["msg"])


def _between_parts(flow: FlowDefinition) -> Iterator[tuple[str, str]]:
    """Faults that show only where parts are set beside each other, as (place, words)."""
    yield from _of_slots(flow)
    yield from _of_instruction(flow)
    yield from _of_engine(flow)
    attachments = {slot.name for slot in flow.slots if slot.kind == ATTACHMENT.name}
    yield from (("media", _("%s 不是附件信息项") % name) for name in flow.media if name not in attachments)
    if not flow.record and not flow.engine.read_only:
        yield "record", _("仅 engine.read_only 的流程可不录像")


def _of_slots(flow: FlowDefinition) -> Iterator[tuple[str, str]]:
    names = [slot.name for slot in flow.slots]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"slots.{name}", _("名称重复")
    for slot in flow.slots:
        for keys in KINDS[slot.kind].needs:
            if not any(getattr(slot, key) for key in keys):
                yield f"slots.{slot.name}.{keys[0]}", _("这一类信息项必须填写")


def _of_instruction(flow: FlowDefinition) -> Iterator[tuple[str, str]]:
    for lang in ("zh", "en"):
        template = getattr(flow.instruction, lang)
        for number, clause in enumerate(template.clauses if template else ()):
            used = {match[1] for match in PLACE.finditer(clause.text)} | set(clause.when)
            for name in sorted(used - flow.slot_names):
                yield f"instruction.{lang}.clauses[{number}]", _("没有信息项 %s") % name


def _of_engine(flow: FlowDefinition) -> Iterator[tuple[str, str]]:
    if not flow.engine.success_evidence:
        yield "engine.success_evidence", _("必填,成功要看得见")
    for field in flow.engine.confirm_fields:
        if field.slot and field.slot not in flow.slot_names:
            yield f"engine.confirm_fields.{field.name}", _("没有信息项 %s") % field.slot


def _place(definition: Any, location: Sequence[str | int], *, absent: bool) -> str:
    """The path of a fault: list items by their name where they have one. Parts of the location that are no part of the
    data (which branch of a union was tried) are left out."""
    path, here = "", definition
    for number, key in enumerate(location):
        last = absent and number == len(location) - 1
        if isinstance(here, list) and isinstance(key, int) and key < len(here):
            here = here[key]
            name = here.get("name") if isinstance(here, dict) else None
            path += f".{name}" if isinstance(name, str) and name else f"[{key}]"
        elif last or (isinstance(here, dict) and key in here):
            path += f".{key}"
            here = here.get(key) if isinstance(here, dict) else None
    return path.lstrip(".") or "definition"


def _one_of(names: Sequence[str]) -> str:
    return _("应为 %(these)s 之一") % {"these": ", ".join(names)}


def _line(place: str, words: str) -> str:
    return f"{place}: {words}"
