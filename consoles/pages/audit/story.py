"""Describes an audit event in words: a sentence for its row, further facts, labels instead of column names.

Rule: nothing is left out: what has no words of its own is shown under the name it is stored by. The stored form itself
stays one click away, for whoever compares it with an export.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consoles.pages.audit.names import NAMES, VALUES
from consoles.pages.words import in_language, stored_in_words
from tickets.models import AuditEvent
from tickets.said import read_in_json

_MOST_TOLD = 3  # facts in the sentence of a row
_CHECKS = {"digest"}  # proof for machines: among the details, never in the sentence
_NAMING = {"field", "fields", "slot"}  # whose values are names of a flow's values
_NAMED = {"slots"}  # whose keys are
_ACTION, _REASONS, _SUMMARY = "action", "reasons", "summary"
_CONFIRMED = "[确认] "  # how a summary stored as text begins; its parts stand between bars
_COLUMNS = (
    ("flow_version", gettext_lazy("流程版本")),
    ("device_id", gettext_lazy("手机")),
    ("decided_by", gettext_lazy("决定人")),
    ("model", gettext_lazy("模型")),
    ("data_accessed", gettext_lazy("涉及的个人信息")),
    ("ip", gettext_lazy("来源地址")),
    ("run_id", gettext_lazy("处理编号")),
    ("object", gettext_lazy("对象")),
    ("request_id", gettext_lazy("请求编号")),
    ("recording_sha256", gettext_lazy("录像校验值")),
    ("hash", gettext_lazy("本条哈希")),
)


@dataclass(frozen=True, slots=True)
class Story:
    """`sentence` for the row; `facts` are all details and columns by name; `raw` the details as they are stored."""

    sentence: str
    facts: list[tuple[str, str]]
    raw: str


def story_of(event: AuditEvent, labels: Mapping[str, str] | None = None) -> Story:
    """`labels`: what the flow's values are called."""
    details = {key: _readable(key, value, labels or {}) for key, value in read_in_json(event.details).items()}
    raw = json.dumps(event.details, ensure_ascii=False, indent=1) if event.details else ""
    facts = [*_told(details), *_columns(event)]
    if details.get("erased"):
        return Story(_("客户资料已清除,内容不可恢复"), facts, raw)
    change = _change(details)
    left_out = _CHECKS | ({"from", "to"} if change else set())
    rest = {name: value for name, value in details.items() if name not in left_out}
    parts = [change] if change else []
    parts += [_("%(name)s:%(value)s") % {"name": name, "value": value} for name, value in _told(rest)]
    return Story(_(";").join(parts[:_MOST_TOLD]), facts, raw)


def _readable(key: str, value: Any, labels: Mapping[str, str]) -> Any:
    """A detail with the flow's values under what they are called, and acts and reasons in words."""
    if key in _NAMED and isinstance(value, Mapping):
        return {labels.get(name, name): each for name, each in value.items()}
    if key in _NAMING:
        return _called(value, labels)
    if key == _SUMMARY and isinstance(value, str):
        return _summary(value, labels)
    if key == _ACTION and isinstance(value, str):
        return stored_in_words(value)
    if key == _REASONS and isinstance(value, list):
        return [in_language(each) for each in value]
    return value


def _summary(stored: str, labels: Mapping[str, str]) -> str:
    """What was confirmed, its values called as in the reader's language; a summary in other words is left as it is."""
    begin = f"[{_('确认')}] "
    said = next((each for each in (_CONFIRMED, begin) if stored.startswith(each)), None)
    if said is None:
        return stored
    parts = [part.partition(":") for part in stored.removeprefix(said).split(" | ")]
    told = [
        _("%(label)s:%(value)s") % {"label": labels.get(label, label), "value": value} if colon else label
        for label, colon, value in parts
    ]
    return begin + " | ".join(told)


def _called(value: Any, labels: Mapping[str, str]) -> Any:
    """What a name, or names, stand for: a field of a screen by its own label."""
    if isinstance(value, list):
        return [_called(each, labels) for each in value]
    if isinstance(value, Mapping):
        shown = {_("工单上"): value.get("ticket_value"), _("屏幕上"): value.get("screen_value")}
        said = _("、").join(f"{name} {text}" for name, text in shown.items() if text)
        name = labels.get(str(value.get("name")), str(value.get("label") or value.get("name", "")))
        return f"{name}({said})" if said else name
    return labels.get(value, value) if isinstance(value, str) else value


def _change(details: Mapping[str, Any]) -> str:
    """From what to what."""
    if "from" not in details or "to" not in details:
        return ""
    old, new = (_value(details[name]) or _("无") for name in ("from", "to"))
    return _("从“%(old)s”改为“%(new)s”") % {"old": old, "new": new}


def _told(details: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for key, value in details.items():
        name = str(NAMES.get(key, key))
        name = f"{above} · {name}" if above else name
        if isinstance(value, Mapping):
            yield from _told(value, name)
        elif text := _value(value):
            yield name, text


def _value(value: Any) -> str:
    match value:
        case None | "" | []:
            return ""
        case bool():
            return _("是") if value else _("否")
        case float():
            return f"{value:.2f}".rstrip("0").rstrip(".")
        case list():
            return _("、").join(_value(item) for item in value)
        case Mapping():
            return _(",").join(f"{name} {text}" for name, text in _told(value))
        case _:
            return str(VALUES.get(str(value), value))


def _kind(object_type: str) -> str:
    """What the object is called; rows of kinds that are gone keep the name they were stored by."""
    found = (model for model in apps.get_models() if model._meta.model_name == object_type)
    return str(next((model._meta.verbose_name for model in found), object_type))


def _columns(event: AuditEvent) -> Iterator[tuple[str, str]]:
    values = {"object": f"{_kind(event.object_type)} {event.object_id}".strip()}
    for name, label in _COLUMNS:
        if value := values.get(name, getattr(event, name, "")):
            yield str(label), str(value)
    if event.confidence is not None:
        yield _("置信度"), f"{event.confidence:.3f}"
