"""The set-up form of a connector, drawn from its kind's schema, and read back into a checked draft.

Rule: what was typed is shown again with the word what is wrong beside its box; nothing is kept until all is right.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args, get_origin

from django.http import QueryDict
from django.utils.translation import gettext as _
from pydantic import BaseModel, ValidationError

from integrations.connectors.fields import mapping as mappings
from integrations.connectors.kinds import Kind
from integrations.connectors.setups import Draft, Rule
from integrations.models import Connector
from integrations.writeback.words import WriteBack
from tickets.models import Department
from tickets.services.people import names
from tickets.web.given import whole_number

OUTCOMES = ("succeeded", "handed_off", "failed", "cancelled")
_EMPTY_RULES = 2  # rows to fill in below those that are there


@dataclass(frozen=True, slots=True)
class Box:
    """One input. `kind`: text, long, lines, number, check or choice."""

    name: str
    label: str
    value: Any
    kind: str = "text"
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()  # value and words
    required: bool = False
    error: str = ""
    rows: int = 3
    wire: bool = False  # how the other side's interface is written: usually left alone


class Faulty(Exception):
    """`faults`: by the name of the box; "" for what belongs to none."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(faults)
        self.faults = dict(faults)


@dataclass
class _Reader:
    """Collects all faults, so that the page shows them together."""

    data: QueryDict
    faults: dict[str, str] = field(default_factory=dict)

    def model(self, model: type[BaseModel], values: dict[str, Any], prefix: str) -> Any:
        try:
            return model.model_validate(values)
        except ValidationError as error:
            for each in error.errors():
                name = "-".join(str(part) for part in each["loc"][:2] if isinstance(part, str))
                self.faults.setdefault(f"{prefix}{name}" if name else "", said(each))
            return None


def option_boxes(kind: Kind, values: Mapping[str, Any], faults: Mapping[str, str]) -> list[Box]:
    return [
        _box(name, info, values.get(name), faults.get(f"o-{name}", ""))
        for name, info in kind.settings.model_fields.items()
    ]


def values_of(row: Connector, kind: Kind, data: QueryDict | None) -> dict[str, Any]:
    """What the boxes show: what was posted, else what is kept, else the kind's own defaults."""
    if data is not None:
        return _posted(kind, data)
    usual = {
        name: info.get_default(call_default_factory=True)
        for name, info in kind.settings.model_fields.items()
        if not info.is_required()
    }
    return {**usual, **row.options}


def options_of(kind: Kind, data: QueryDict) -> BaseModel:
    """Only the settings of the kind; Faulty for what is wrong."""
    reader = _Reader(data)
    found = reader.model(kind.settings, _posted(kind, data), "o-")
    if reader.faults:
        raise Faulty(reader.faults)
    return found  # type: ignore[no-any-return]


def mapping_of(data: QueryDict) -> mappings.Mapping:
    reader = _Reader(data)
    found = _mapping(reader)
    if reader.faults:
        raise Faulty(reader.faults)
    return found  # type: ignore[no-any-return]


def draft_of(kind: Kind, data: QueryDict) -> Draft:
    """Everything the form says, checked; Faulty names every box that is wrong."""
    reader = _Reader(data)
    options = reader.model(kind.settings, _posted(kind, data), "o-")
    mapping, write_back = _mapping(reader), _write_back(reader)
    poll_s = whole_number(str(data.get("poll_s", "120")), most=86_400) or 0
    if poll_s < 30:
        reader.faults["poll_s"] = _("30 到 86400 秒。")
    if not data.get("name", "").strip():
        reader.faults["name"] = _("请填写名称。")
    if reader.faults:
        raise Faulty(reader.faults)
    return Draft(
        name=str(data["name"]).strip()[:80],
        options=options,
        mapping=mapping,
        write_back=write_back,
        department=_department(data.get("department", "")),
        acts_as=_user(data.get("acts_as", "")),
        poll_s=poll_s,
        rules=_rules(data),
        secrets={spec.name: text for spec in kind.secrets if (text := data.get(f"s-{spec.name}", "").strip())},
    )


def rule_rows(row: Connector, data: QueryDict | None) -> list[tuple[str, str, str]]:
    """Queue, tag, and the department's key: "" none chosen, "-" left out."""
    if data is not None:
        found = list(_triples(data))
    else:
        found = [(rule.queue, rule.tag, str(rule.department_id or "-")) for rule in row.rules.all()]
    return [*found, *[("", "", "")] * _EMPTY_RULES]


def mapping_boxes(row: Connector, data: QueryDict | None, faults: Mapping[str, str]) -> list[Box]:
    kept = mappings.Mapping.model_validate(row.mapping)
    shown = {
        "subject": kept.subject,
        "text": kept.text,
        "customer_name": kept.customer_name,
        "customer_mobile": kept.customer_mobile,
        "lines": [f"{line.label} = {line.path}" for line in kept.lines],
        "states": [f"{word} = {state}" for word, state in kept.states.items()],
        "priorities": [f"{word} = {number}" for word, number in kept.priorities.items()],
    }
    said_of = {
        "subject": (_("标题"), _("JMESPath 表达式;留空用对方的标题。")),
        "text": (_("内容"), _("留空用客户最初写的话。")),
        "customer_name": (_("客户"), _("留空用 requester.name,没有姓名时用邮箱。")),
        "customer_mobile": (_("手机号"), _("留空用 requester.mobile。")),
        "lines": (_("附在内容后的字段"), _("每行一个,如:订单号 = fields.order_no")),
        "states": (_("状态的含义"), _("每行一个,如:已完成 = solved(open、pending、solved、closed)")),
        "priorities": (_("优先级的含义"), _("每行一个,如:加急 = 1(1 紧急到 4 低)")),
    }
    boxes = []
    for name, (label, help) in said_of.items():
        value: Any = shown[name]
        lines = isinstance(value, list)
        if data is not None:
            value = data.get(f"m-{name}", "")
        elif lines:
            value = "\n".join(value)
        error = next((text for place, text in faults.items() if place.startswith(f"m-{name}")), "")
        boxes.append(Box(f"m-{name}", label, value, "lines" if lines else "text", help, error=error))
    return boxes


def write_back_of(row: Connector, data: QueryDict | None) -> dict[str, Any]:
    """What the write-back part of the form shows."""
    if data is None:
        return WriteBack.model_validate(row.write_back).model_dump(mode="json")
    shown: dict[str, Any] = {name: data.get(f"w-{name}", "") for name in ("language", "site", "asks")}
    return shown | {name: _part(data, name) for name in OUTCOMES}


def said(error: Any) -> str:
    """One fault of a check in words for people."""
    known = {
        "missing": _("请填写。"),
        "string_too_short": _("请填写。"),
        "string_too_long": _("太长了。"),
        "extra_forbidden": _("没有这一项。"),
        "string_pattern_mismatch": _("格式不对。"),
        "int_parsing": _("请填写整数。"),
        "enum": _("没有这个选项:%s") % str(error.get("input", ""))[:40],
        "literal_error": _("没有这个选项:%s") % str(error.get("input", ""))[:40],
    }
    context = error.get("ctx", {}).get("error")
    return str(context) if isinstance(context, ValueError) else known.get(error["type"], error["msg"])


def _box(name: str, info: Any, value: Any, error: str) -> Box:
    kind, choices = _kind(info)
    shown = "\n".join(map(str, value)) if kind == "lines" and isinstance(value, list) else value
    extra = info.json_schema_extra or {}
    words = extra.get("choices", {})
    help = _(info.description) if info.description else ""
    label = _(info.title or name)
    return Box(
        f"o-{name}",
        label,
        "" if shown is None else shown,
        kind,
        help,
        tuple((choice, _(words[choice]) if choice in words else choice) for choice in choices),
        info.is_required(),
        error,
        extra.get("rows", 3),
        extra.get("wire", False),
    )


def _kind(info: Any) -> tuple[str, tuple[str, ...]]:
    annotation = info.annotation
    if get_origin(annotation) is Literal:
        return "choice", tuple(map(str, get_args(annotation)))
    if annotation is bool:
        return "check", ()
    if annotation is int:
        return "number", ()
    if get_origin(annotation) is list:
        return "lines", ()
    return ("long" if (info.json_schema_extra or {}).get("rows") else "text"), ()


def _posted(kind: Kind, data: QueryDict) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, info in kind.settings.model_fields.items():
        text = data.get(f"o-{name}", "")
        match _kind(info)[0]:
            case "check":
                found[name] = text == "1"
            case "lines":
                found[name] = [line.strip() for line in text.splitlines() if line.strip()]
            case _ if text.strip() or not info.is_required():
                if text.strip() or info.annotation is str:
                    found[name] = text.strip()
    return found


def _mapping(reader: _Reader) -> Any:
    data = reader.data
    lines = [{"label": name, "path": value} for name, value in _pairs(data.get("m-lines", ""))]
    values = {
        **{name: data.get(f"m-{name}", "") for name in ("subject", "text", "customer_name", "customer_mobile")},
        "lines": lines,
        "states": dict(_pairs(data.get("m-states", ""))),
        "priorities": dict(_pairs(data.get("m-priorities", ""))),
    }
    return reader.model(mappings.Mapping, values, "m-")


def _write_back(reader: _Reader) -> Any:
    data = reader.data
    values = {"language": data.get("w-language", "zh-hans"), "site": data.get("w-site", ""), "asks": "w-asks" in data}
    return reader.model(WriteBack, values | {name: _part(data, name) for name in OUTCOMES}, "w-")


def _part(data: QueryDict, name: str) -> dict[str, Any]:
    return {
        "note": data.get(f"w-{name}-note", "") == "1",
        "words": data.get(f"w-{name}-words", "").replace("\r\n", "\n"),
        "status": data.get(f"w-{name}-status", ""),
        "tags": [tag.strip() for tag in data.get(f"w-{name}-tags", "").split(",") if tag.strip()],
    }


def _pairs(text: str) -> Iterable[tuple[str, str]]:
    """Lines of `word = value`; a line without the sign is a word for nothing, which the check refuses."""
    for line in text.splitlines():
        name, _sign, value = line.partition("=")
        if line.strip():
            yield name.strip(), value.strip()


def _triples(data: QueryDict) -> Iterable[tuple[str, str, str]]:
    columns = (data.getlist("rule-queue"), data.getlist("rule-tag"), data.getlist("rule-department"))
    for queue, tag, department in zip(*columns, strict=False):
        if department:
            yield queue.strip()[:120], tag.strip()[:120], department


def _rules(data: QueryDict) -> list[Rule]:
    return [Rule(queue, tag, _department(department)) for queue, tag, department in _triples(data)]


def _department(key: str) -> Department | None:
    number = whole_number(key)
    return Department.objects.filter(pk=number).first() if number else None


def _user(key: str) -> Any:
    return names.with_key(key)
