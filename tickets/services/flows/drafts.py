"""Drafts: what flow editors work on together, saved with every change kept, and frozen into a version.

Rule: a save names the revision it is based on; if somebody saved in between, nothing is overwritten and the error says
who. A draft may have faults; only a definition without faults becomes a version.
"""

from __future__ import annotations

import json
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tickets.errors import Conflict, InvalidFlow
from tickets.flows.faults import MAX_SIZE
from tickets.models import DraftChange, FlowDraft, FlowTemplate, FlowVersion
from tickets.permissions import Permission, require
from tickets.services.evidence import audit
from tickets.services.flows import publishing
from tickets.services.people import names


def open_draft(template: FlowTemplate, user: Any, base: FlowVersion | None = None) -> FlowDraft:
    """The template's open draft; a new one begins with the content of `base` or of the newest version."""
    require(user, Permission.EDIT_FLOWS)
    current = FlowDraft.objects.filter(template=template, closed_at=None).first()
    if current is not None:
        return current
    base = base or template.latest
    try:
        with transaction.atomic():
            draft = FlowDraft.objects.create(
                template=template, base=base, author=user, definition=base.definition if base else {}
            )
            _keep(draft, user)
            audit.record("flow.draft_opened", user=user, obj=draft, details={"template": template.slug})
    except IntegrityError:  # a colleague opened one at the same moment
        return FlowDraft.objects.get(template=template, closed_at=None)
    return draft


def save(
    draft: FlowDraft,
    definition: Any,
    user: Any,
    *,
    revision: int,
    note: str = "",
    route: dict[str, Any] | None = None,
) -> FlowDraft:
    """Save the draft, with or without faults; Conflict names who saved since `revision`. `route`: from a lesson or an
    import; None keeps the draft's route."""
    require(user, Permission.EDIT_FLOWS)
    _refuse_unusable(definition)
    with transaction.atomic():
        rows = FlowDraft.objects.filter(pk=draft.pk, revision=revision, closed_at=None)
        changes = {"definition": definition, "note": note[:200], "updated_at": timezone.now()}
        changes |= {"route": route} if route is not None else {}
        if not rows.update(revision=revision + 1, **changes):
            raise _lost_race(draft)
        draft.refresh_from_db()
        _keep(draft, user)
        details = {"template": draft.template.slug, "revision": draft.revision}
        audit.record("flow.draft_saved", user=user, obj=draft, details=details)
    return draft


def freeze(draft: FlowDraft, user: Any, *, revision: int) -> FlowVersion:
    """Make the draft the template's next version, in stage draft; InvalidFlow lists every fault."""
    require(user, Permission.EDIT_FLOWS)
    publishing.validate_definition(draft.definition)
    with transaction.atomic():
        if not FlowDraft.objects.filter(pk=draft.pk, revision=revision, closed_at=None).update(
            closed_at=timezone.now()
        ):
            raise _lost_race(draft)
        version = publishing.new_version(draft.template, draft.definition, user, draft.note, route=draft.route)
        details = {"template": draft.template.slug, "number": version.number, "note": draft.note}
        audit.record("flow.version_made", user=user, obj=version, flow_version=str(version), details=details)
    return version


def discard(draft: FlowDraft, user: Any) -> None:
    """Close the draft without making a version; its changes are kept."""
    require(user, Permission.EDIT_FLOWS)
    with transaction.atomic():
        if FlowDraft.objects.filter(pk=draft.pk, closed_at=None).update(closed_at=timezone.now()):
            audit.record("flow.draft_discarded", user=user, obj=draft, details={"template": draft.template.slug})


def _keep(draft: FlowDraft, user: Any) -> None:
    DraftChange.objects.create(draft=draft, revision=draft.revision, definition=draft.definition, user=user)


def _refuse_unusable(definition: Any) -> None:
    """A draft may be incomplete, but it is an object of bounded size."""
    if not isinstance(definition, dict):
        raise InvalidFlow([_("流程定义必须是一个 JSON 对象。")])
    if len(json.dumps(definition)) > MAX_SIZE:
        raise InvalidFlow([_("流程定义超过 %d 字符。") % MAX_SIZE])


def _lost_race(draft: FlowDraft) -> Conflict:
    current = FlowDraft.objects.get(pk=draft.pk)
    if current.closed_at is not None:
        return Conflict(_("这份草稿已经结束,请重新载入。"), code="draft_closed")
    change = current.changes.select_related("user").order_by("-revision").first()
    who = names.called(change.user) if change and change.user else ""
    words = _("%s 在您编辑时保存了这份草稿;您写的内容没有丢失,请对照后再保存。") % who
    return Conflict(words, code="draft_changed", revision=current.revision)
