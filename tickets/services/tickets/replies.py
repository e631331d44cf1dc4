"""A department's canned texts for customers, with placeholders filled from the ticket.

Rule: edited by users who manage the desk; unknown placeholders are refused when saving.
"""

from __future__ import annotations

import re
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tickets.errors import Invalid
from tickets.flows.slots import parse_specs
from tickets.models import CannedReply, FlowTemplate, FlowVersion
from tickets.permissions import Permission, require
from tickets.services.evidence import audit

MAX_NAME = 80
MAX_TEXT = 5000
MOST = 300
COMMON = ("customer", "ticket", "result", "case")
_PLACE = re.compile(r"\{(\w{1,60})\}")


def places_of(template: FlowTemplate | None) -> list[tuple[str, str]]:
    """The permitted placeholders with their labels: the ticket's own and the flow's slots."""
    names = {"customer": _("客户姓名"), "ticket": _("工单号"), "result": _("处理结果"), "case": _("单号")}
    newest = FlowVersion.objects.filter(template=template).order_by("-number").first() if template else None
    slots = [(spec.name, spec.label) for spec in parse_specs(newest.definition)] if newest else []
    return [*((name, names[name]) for name in COMMON), *slots]


def save(
    user: Any, reply: CannedReply | None, *, name: str, text: str, template: FlowTemplate | None, active: bool = True
) -> CannedReply:
    """Create or change a text; Invalid names an unknown placeholder."""
    require(user, Permission.MANAGE_DESK)
    name, text = " ".join(name.split()), text.replace("\r\n", "\n").strip()
    if not name or len(name) > MAX_NAME:
        raise Invalid(_("名称应为 1 到 %d 个字。") % MAX_NAME, code="bad_name", field="name")
    if not text or len(text) > MAX_TEXT:
        raise Invalid(_("内容应为 1 到 %d 个字。") % MAX_TEXT, code="bad_text", field="text")
    _refuse_unknown_places(text, template)
    if reply is None and CannedReply.objects.count() >= MOST:
        raise Invalid(_("最多 %d 个回复模板。") % MOST, code="too_many")
    row = reply or CannedReply()
    row.name, row.text, row.template, row.active = name, text, template, active
    with transaction.atomic():
        row.save()
        audit.record("reply.saved", user=user, obj=row, result="success", details={"name": name, "active": active})
    return row


def delete(user: Any, reply: CannedReply) -> None:
    require(user, Permission.MANAGE_DESK)
    with transaction.atomic():
        audit.record("reply.deleted", user=user, obj=reply, result="success", details={"name": reply.name})
        reply.delete()


def _refuse_unknown_places(text: str, template: FlowTemplate | None) -> None:
    known = [name for name, _label in places_of(template)]
    unknown = sorted(set(_PLACE.findall(text)) - set(known))
    if not unknown:
        return
    words = _("没有名为 {%(name)s} 的内容。可用:%(known)s。")
    names = _("、").join("{" + name + "}" for name in known)
    raise Invalid(words % {"name": unknown[0], "known": names}, code="unknown_place", field="text")
