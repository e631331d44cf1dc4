"""Pauses a run for a human: the request is stored in the transaction that parks the run.

Rule: called inside the driving task's transaction, under its claim and after the checkpoint is saved. The picture is
drawn and stored before that transaction (`picture_of`): no file is written while rows are locked. A takeover requested
by an operator meanwhile is honoured here, so that it is not lost between running and waiting.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from cs_agent.engine.actions.stored import to_json
from cs_agent.engine.run import state as engine
from cs_agent.engine.run.flow import FieldKind
from cs_agent.geometry import Box
from cs_agent.vision.highlight import Highlight, Tone, draw_highlights
from tickets.flows.definition import stored
from tickets.flows.slots.money import read_one
from tickets.flows.slots.numerals import number
from tickets.models import Confirmation, Question, Run, RunStatus, Takeover
from tickets.services.evidence import audit, pictures
from tickets.services.live import events as live
from tickets.services.runs import lifecycle as runs


@dataclass(frozen=True, slots=True)
class Picture:
    """A stored picture: its path below MEDIA_ROOT and its size in pixels; an empty path for none."""

    path: str = ""
    width: int = 0
    height: int = 0


def picture_of(run_id: uuid.UUID, request: engine.Pause) -> Picture:
    """Store the picture for the request, for a confirmation with its fields highlighted. Writes a file; raises
    OSError."""
    if not isinstance(request, engine.ConfirmationRequest | engine.Question) or request.screenshot is None:
        return Picture()
    image, kind = request.screenshot, "question"
    if isinstance(request, engine.ConfirmationRequest):
        image, kind = draw_highlights(image, list(_marks(request))), "confirmation"
    return Picture(pictures.store(image, run_id, kind), *request.screenshot.size)


def ask_confirmation(
    run: Run, *, step_number: int, request: engine.ConfirmationRequest, picture: Picture | None = None
) -> Confirmation:
    """Park the run until somebody decides. A caller inside a transaction must pass the `picture`."""
    shown = picture or picture_of(run.pk, request)
    with transaction.atomic():
        runs.move(run, RunStatus.AWAITING_CONFIRMATION, audit="run.paused", claimed_until=None)
        confirmation = Confirmation.objects.create(
            run=run,
            step_number=step_number,
            kind=request.kind,
            summary=request.summary,
            action=to_json(request.action),
            action_text=request.action_text,
            control=request.control[:200],
            near=request.near[:60],
            action_digest=request.action_digest,
            fingerprint=request.fingerprint,
            fields=[_field(value) for value in request.fields],
            reasons=[reason.to_json() for reason in request.reasons],
            commits=request.commits,
            place=request.place,
            approvals_needed=_approvals_needed(run, request),
            due_at=timezone.now() + timedelta(seconds=settings.CS_AGENT["CS_AGENT_CONFIRM_DUE_S"]),
            screenshot=shown.path,
            screenshot_width=shown.width,
            screenshot_height=shown.height,
        )
        live.publish_run(run, "confirmation.asked", {"confirmation": str(confirmation.pk), "summary": request.summary})
        _record_asked(run, confirmation)
        _honour_requests(run)
    return confirmation


def ask_question(run: Run, question: engine.Question, picture: Picture | None = None) -> Question:
    shown = picture or picture_of(run.pk, question)
    with transaction.atomic():
        runs.move(run, RunStatus.AWAITING_ANSWER, audit="run.paused", claimed_until=None)
        row = Question.objects.create(
            run=run, text=question.text, choices=list(question.choices), screenshot=shown.path
        )
        live.publish_run(run, "question.asked", {"question": str(row.pk), "text": question.text})
        audit.record("question.asked", run=run, obj=row, details={"text": question.text})
        _honour_requests(run)
    return row


def ask_takeover(run: Run, request: engine.TakeoverRequest) -> Takeover:
    """Request a takeover; the run counts as taken over from now on, the phone stays leased to it."""
    with transaction.atomic():
        changes: dict[str, Any] = {"claimed_until": None, "takeover_requested": False}
        runs.move(run, RunStatus.TAKEN_OVER, audit="run.paused", **changes)
        row = Takeover.objects.filter(run=run, ended_at=None).first() or Takeover(run=run)
        row.reason, row.code = request.reason, request.code
        row.save()
        live.publish_run(run, "takeover.asked", {"takeover": str(row.pk), "reason": request.reason})
        audit.record("takeover.asked", run=run, obj=row, details={"reason": request.reason, "code": request.code})
        if row.user_id is not None:  # an operator wanted the phone already
            return _takeovers().begin_now(run)
    return row


def _honour_requests(run: Run) -> None:
    """Begin a takeover that an operator requested while the worker was entering this pause."""
    if Run.objects.filter(pk=run.pk, takeover_requested=True).exists():
        _takeovers().begin_now(run)


def _takeovers() -> Any:
    from tickets.services.runs import takeovers

    return takeovers


def _field(value: engine.FieldValue) -> dict[str, Any]:
    box = value.box
    return {
        "name": value.name,
        "label": value.label,
        "screen_value": value.screen_value,
        "ticket_value": value.ticket_value,
        "differs": value.differs,
        "source": value.source,
        "box": [box.left, box.top, box.right, box.bottom] if box else None,
    }


def _marks(request: engine.ConfirmationRequest) -> list[Highlight]:
    """Highlights of the fields, numbered in list order, and of the touch target."""
    marks = [
        Highlight(value.box, str(place), Tone.DIFFERS if value.differs else Tone.FIELD)
        for place, value in enumerate(request.fields, 1)
        if isinstance(value.box, Box)
    ]
    return marks + ([Highlight(request.target, "", Tone.TARGET)] if request.target else [])


def _approvals_needed(run: Run, request: engine.ConfirmationRequest) -> int:
    """Two if an amount is above the flow's limit or unreadable; for an irreversible act also if a required amount, or
    any amount, was not found on the screen, since it may be above the limit."""
    flow = stored(run.flow_version.definition)
    if flow.second_approval_above is None:
        return 1
    limit = Decimal(str(flow.second_approval_above))
    money = [field for field in flow.engine.confirm_fields if field.kind is FieldKind.MONEY]
    texts = {value.name: value.screen_value for value in request.fields if value.screen_value}
    amounts = [_amount(texts[field.name]) for field in money if field.name in texts]
    lacking = not amounts or any(field.required and field.name not in texts for field in money)
    is_doubtful = any(amount is None or amount > limit for amount in amounts) or (request.irreversible and lacking)
    return 2 if is_doubtful else 1


def _amount(text: str) -> Decimal | None:
    """None if it cannot be read. Nothing is an amount too ("¥0.00"), though no ticket can ask for it."""
    if number(text.strip(" ¥￥元")) == 0:
        return Decimal(0)
    try:
        return Decimal(read_one(text) or "")
    except InvalidOperation:
        return None


def _record_asked(run: Run, confirmation: Confirmation) -> None:
    details = {
        "summary": confirmation.summary,
        "action": confirmation.action_text,
        "fields": confirmation.fields,
        "reasons": confirmation.reasons,
        "kind": confirmation.kind,
        "digest": confirmation.action_digest,
    }
    audit.record(
        "confirmation.asked",
        run=run,
        step=confirmation.step_number,
        obj=confirmation,
        confirmation_id=str(confirmation.pk),
        details=details,
    )
