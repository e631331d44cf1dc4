"""Flow templates: made empty, to be filled by a draft."""

from __future__ import annotations

import re
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tickets.errors import Conflict, Invalid
from tickets.models import FlowTemplate
from tickets.permissions import Permission, require
from tickets.services.evidence import audit
from tickets.services.flows import drafts

_TAKEN = {"new", "exchange", "requests"}  # addresses of the studio itself
_SLUG = re.compile(r"[a-z][a-z0-9_]{1,49}")


def by_name() -> QuerySet[FlowTemplate]:
    return FlowTemplate.objects.order_by("name")


def create(user: Any, *, name: str, slug: str) -> FlowTemplate:
    """A new flow with an open, empty draft; Invalid or Conflict say what is wrong with the name or the short name."""
    require(user, Permission.EDIT_FLOWS)
    name, slug = name.strip(), slug.strip().lower()
    if not name or len(name) > 80:
        raise Invalid(_("请用不超过 80 个字写明流程名称。"))
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
