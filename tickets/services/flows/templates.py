"""Flow templates: made empty, to be filled by a draft; named and described in both languages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tickets.errors import Conflict, Invalid
from tickets.models import FlowTemplate, Release
from tickets.permissions import Permission, require
from tickets.services.evidence import audit
from tickets.services.flows import drafts

_TAKEN = {"new", "exchange", "requests"}  # addresses of the studio itself
_LONGEST_NAME, _LONGEST = 80, 2000
_SLUG = re.compile(r"[a-z][a-z0-9_]{1,49}")


def by_name() -> QuerySet[FlowTemplate]:
    return FlowTemplate.objects.order_by("name")


def that_serve() -> QuerySet[FlowTemplate]:
    """Those of which a version handles tickets, by name."""
    at_work = Release.objects.filter(ended_at=None, shadow=False)
    return by_name().filter(active=True, pk__in=at_work.values("template"))


def create(user: Any, *, name: str, slug: str) -> FlowTemplate:
    """A new flow with an open, empty draft; Invalid or Conflict say what is wrong with the name or the short name."""
    require(user, Permission.EDIT_FLOWS)
    name, slug = _name(name), slug.strip().lower()
    if not _SLUG.fullmatch(slug) or slug in _TAKEN:
        raise Invalid(_("标识以小写字母开头,只含小写字母、数字和下划线,2 到 50 个字符。"))
    try:
        with transaction.atomic():
            template = FlowTemplate.objects.create(slug=slug, name=name)
            audit.record("flow.created", user=user, obj=template, details={"template": slug})
    except IntegrityError as error:
        raise Conflict(_("已经有标识为 %s 的流程。") % slug) from error
    drafts.open_draft(template, user)
    return template


def describe(user: Any, template: FlowTemplate, *, words: Mapping[str, str]) -> FlowTemplate:
    """Set what the flow is called and what is said of it; `words` by field, in both languages."""
    require(user, Permission.EDIT_FLOWS)
    said = {key: words.get(key, "").strip() for key in ("name", "name_en", "description", "description_en")}
    said["name"] = _name(said["name"])
    if len(said["name_en"]) > _LONGEST_NAME or max(len(said[key]) for key in said) > _LONGEST:
        raise Invalid(_("名称最多 80 个字,说明最多 2000 个字。"))
    changed = [key for key, text in said.items() if getattr(template, key) != text]
    with transaction.atomic():
        FlowTemplate.objects.filter(pk=template.pk).update(**said)
        if changed:
            details = {"template": template.slug, "changed": changed}
            audit.record("flow.described", user=user, obj=template, details=details)
    template.refresh_from_db()
    return template


def _name(text: str) -> str:
    name = text.strip()
    if not name or len(name) > _LONGEST_NAME:
        raise Invalid(_("请用不超过 80 个字写明流程名称。"))
    return name
