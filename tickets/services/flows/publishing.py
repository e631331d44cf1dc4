"""Flow definitions: checked in words, published as immutable versions.

Rule: a definition that `validate_definition` accepts renders and runs: its slots exist, its templates name only
them, its engine rules are the engine's.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from cs_agent.engine.run.flow import FlowRules
from tickets.errors import Conflict, InvalidFlow
from tickets.flows.slots.spec import SlotKind
from tickets.models import AttachmentKind, FlowTemplate, FlowVersion
from tickets.permissions import Permission, require
from tickets.services.evidence import audit, redaction
from tickets.services.flows.instructions import PLACE
from tickets.services.flows.recommendation import Recommendation, recommend

__all__ = ["Recommendation", "publish_version", "recommend", "validate_definition"]

KEYS = {
    "match",
    "slots",
    "instruction",
    "engine",
    "media",
    "bring_back",
    "phone_labels",
    "four_eyes",
    "amount_limit",
    "name",
    "description",
    *redaction.KEYS,
}
_SLOT_KEYS = {
    "name", "label", "kind", "required", "words", "full", "half", "media", "options", "default", "suggestions",
    "from_customer", "group",
}  # fmt: skip
MAX_SIZE = 200_000


def validate_definition(definition: Any) -> None:
    """Raise InvalidFlow with every fault, each naming its place; return nothing for a good definition."""
    if not isinstance(definition, dict):
        raise InvalidFlow(["definition: 必须是一个 JSON 对象 / must be a JSON object"])
    problems: list[str] = []
    if len(json.dumps(definition)) > MAX_SIZE:
        problems.append(f"definition: 超过 {MAX_SIZE} 字符 / longer than {MAX_SIZE} characters")
    problems += [f"{key}: 未知的键 / unknown key" for key in sorted(set(definition) - KEYS)]
    for check in (_slots, _instruction, _match, _media, _engine, _limits, redaction.problems):
        problems += _guarded(check, definition)
    if problems:
        raise InvalidFlow(problems)


def publish_version(template: FlowTemplate, definition: dict[str, Any], user: Any, note: str = "") -> FlowVersion:
    """Check the definition and make it the template's newest version; running runs keep theirs."""
    if user is not None:
        require(user, Permission.EDIT_FLOWS)
    validate_definition(definition)
    try:
        with transaction.atomic():
            last = template.versions.aggregate(last=Max("number"))["last"] or 0
            version = FlowVersion.objects.create(
                template=template, number=last + 1, definition=definition, note=note[:200], created_by=user
            )
            details = {"template": template.slug, "number": version.number, "note": note}
            audit.record("flow.published", user=user, obj=version, flow_version=str(version), details=details)
    except IntegrityError as error:
        raise Conflict("另一位同事刚刚发布了新版本,请重新载入 / another version was just published") from error
    return version


def _guarded(check: Callable[[Mapping[str, Any]], Iterable[str]], definition: Mapping[str, Any]) -> list[str]:
    """The faults a check finds; a wrong shape that trips the check itself is a fault, too."""
    part = check.__name__.lstrip("_")
    try:
        return list(check(definition))
    except KeyError as error:
        return [f"{part}: 缺少键 {error} / key {error} is missing"]
    except (TypeError, ValueError, AttributeError) as error:
        return [f"{part}: 格式不正确 ({error}) / wrong shape ({error})"]


def _slots(definition: Mapping[str, Any]) -> Iterable[str]:
    names = [item["name"] for item in definition["slots"]]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"slots.{name}: 名称重复 / the name is used twice"
    for item in definition["slots"]:
        yield from _slot(item)


def _slot(item: Mapping[str, Any]) -> Iterable[str]:
    place = f"slots.{item['name']}"
    if not str(item["name"]).isidentifier():
        yield f"{place}: 名称只能含字母、数字和下划线 / the name must be a plain identifier"
    for key in sorted(set(item) - _SLOT_KEYS):
        yield f"{place}.{key}: 未知的键 / unknown key"
    if not item["label"].get("zh"):
        yield f"{place}.label.zh: 必填 / must be given"
    yield from _kind(place, item)


def _kind(place: str, item: Mapping[str, Any]) -> Iterable[str]:
    kinds = {kind.value for kind in SlotKind}
    kind = item["kind"]
    if kind not in kinds:
        yield f"{place}.kind: 应为 {', '.join(sorted(kinds))} 之一 / must be one of these"
    elif kind == SlotKind.CHOICE and not all(o["value"] and o["phrases"] for o in item["options"]):
        yield f"{place}.options: 每项需要 value 和 phrases / each needs a value and phrases"
    elif kind == SlotKind.ATTACHMENT and item.get("media") not in AttachmentKind.values:
        yield f"{place}.media: 应为 {', '.join(AttachmentKind.values)} 之一 / must be one of these"
    elif kind in {SlotKind.MONEY, SlotKind.TEXT} and not item.get("words") and not item.get("full"):
        yield f"{place}.words: 需要至少一个词 / at least one word is needed"


def _instruction(definition: Mapping[str, Any]) -> Iterable[str]:
    templates = definition["instruction"]
    names = {item["name"] for item in definition["slots"]}
    if "zh" not in templates:
        yield "instruction.zh: 必填 / must be given"
    for lang, template in templates.items():
        if not template["clauses"]:
            yield f"instruction.{lang}.clauses: 至少一条 / at least one"
        for number, clause in enumerate(template["clauses"]):
            used = {match[1] for match in PLACE.finditer(clause["text"])} | set(clause.get("when", {}))
            place = f"instruction.{lang}.clauses[{number}]"
            yield from (f"{place}: 没有信息项 {name} / no such slot" for name in sorted(used - names))


def _match(definition: Mapping[str, Any]) -> Iterable[str]:
    match = definition["match"]
    if not match["keywords"]:
        yield "match.keywords: 至少一个关键词 / at least one keyword"
    for word, weight in match["keywords"].items():
        if isinstance(weight, bool) or not isinstance(weight, (int, float)):
            yield f"match.keywords.{word}: 权重应为数字 / the weight must be a number"
    if not float(match.get("threshold", 1)) > 0:
        yield "match.threshold: 应大于 0 / must be greater than 0"


def _media(definition: Mapping[str, Any]) -> Iterable[str]:
    attachments = {item["name"] for item in definition["slots"] if item["kind"] == SlotKind.ATTACHMENT}
    for name in definition.get("media", []):
        if name not in attachments:
            yield f"media: {name} 不是附件信息项 / is not an attachment slot"
    for kind in definition.get("bring_back", []):
        if kind not in AttachmentKind.values:
            yield f"bring_back: 应为 {', '.join(AttachmentKind.values)} 之一 / must be one of these"
    labels = definition.get("phone_labels", [])
    if not isinstance(labels, list) or not all(isinstance(label, str) and label.strip() for label in labels):
        yield "phone_labels: 应为标签文字的列表 / must be a list of labels"


def _engine(definition: Mapping[str, Any]) -> Iterable[str]:
    rules = definition["engine"]
    FlowRules.from_json(rules, {})  # ValueError names the key that is wrong
    names = {item["name"] for item in definition["slots"]}
    if not rules.get("success_evidence"):
        yield "engine.success_evidence: 必填,成功要看得见 / must be given: done means seen"
    for item in rules.get("confirm_fields", []):
        if item.get("slot") and item["slot"] not in names:
            yield f"engine.confirm_fields.{item['name']}: 没有信息项 {item['slot']} / no such slot"


def _limits(definition: Mapping[str, Any]) -> Iterable[str]:
    if not isinstance(definition.get("four_eyes", False), bool):
        yield "four_eyes: 应为 true 或 false / must be true or false"
    limit = definition.get("amount_limit")
    if limit is not None and (isinstance(limit, bool) or not isinstance(limit, (int, float)) or limit <= 0):
        yield "amount_limit: 应为正数 / must be a positive number"
