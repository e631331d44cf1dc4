"""People's decisions on a paused run: approve, reject, correct a value, answer a question.

Rule: a confirmation is decided once, by one conditional update under the run's lock; of two simultaneous decisions the
second fails and names who was first. The two-person rule of a flow applies to everybody, administrators included.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from cs_agent.engine.run import human
from cs_agent.engine.run.phases import IllegalTransition
from cs_agent.engine.run.state import CheckpointError, RunState
from tickets.errors import AlreadyDecided, Expired, FourEyes, Invalid, NeedsReason, NotPending
from tickets.models import Confirmation, ConfirmationState, PracticeGrant, Question, Run, RunPurpose, RunStatus
from tickets.permissions import Permission, require
from tickets.said import joined, said
from tickets.services.evidence import audit
from tickets.services.live import events as live
from tickets.services.people import access, names
from tickets.services.runs import checkpoints, values
from tickets.services.runs import lifecycle as runs
from tickets.services.runs.notes import clean_note

_DECIDED = {ConfirmationState.APPROVED, ConfirmationState.REJECTED, ConfirmationState.CORRECTED}
EXPIRED_CODE = "confirmation_expired"
REJECTED_CODE = "rejected"


def decide(
    *,
    confirmation: Confirmation,
    user: Any,
    approve: bool,
    version: int,
    note: str = "",
    then_end: bool = True,
    idempotency_key: str = "",
) -> Confirmation:
    """Approve or reject. `version` is the one the person saw. After a rejection the run ends, or goes on with the
    note as guidance. The same `idempotency_key` by the same person gives the first answer again.

    Errors: AlreadyDecided, NotPending, Expired, NeedsReason, FourEyes.
    """
    _require_decider(user, confirmation.run)
    note = clean_note(note)
    expire_if_due(confirmation)
    with transaction.atomic():
        run = runs.locked(confirmation.run)
        row = Confirmation.objects.get(pk=confirmation.pk)
        if _is_repeat(row, user, idempotency_key):
            return row
        _refuse_closed(row, run, version)
        if not approve:
            return _reject(run, row, user, note, then_end, idempotency_key)
        _refuse_approval(run, row, user, note)
        if row.approvals_needed > 1 and row.first_approved_by_id is None:
            return _approve_first(run, row, user, note)
        return _approve(run, row, user, note, idempotency_key)


def approve_by_grant(run: Run, confirmation: Confirmation, grant: PracticeGrant) -> None:
    """Approve by a practice grant that a person gave in advance; called inside the driving task's transaction, see
    `rehearsing`.

    Refused for any other purpose: an act of a customer's run needs a person's own click.
    """
    if run.purpose != RunPurpose.PRACTICE or run.flow_version_id != grant.version_id or run.phone_id != grant.phone_id:
        raise NotPending
    _close(confirmation, run, ConfirmationState.APPROVED, grant.granted_by, said("confirmation.granted"))
    state = _changed(human.approve, run, confirmation.action_digest, "")
    details = {"grant": grant.pk, "runs_left": grant.runs_left}
    _resume(run, state, grant.granted_by, "confirmation.granted", confirmation, details)


def correct_field(*, confirmation: Confirmation, user: Any, name: str, value: str, version: int) -> Confirmation:
    """Have the agent enter another value for one field; it asks for confirmation again."""
    _require_decider(user, confirmation.run)
    value = _line(value)
    expire_if_due(confirmation)
    with transaction.atomic():
        run = runs.locked(confirmation.run)
        row = Confirmation.objects.get(pk=confirmation.pk)
        _refuse_closed(row, run, version)
        if name not in {item["name"] for item in row.fields}:
            raise Invalid(_("没有这个字段:%s") % name, code="unknown_field")
        value = values.read(run, name, value)
        label = next(str(item.get("label") or name) for item in row.fields if item["name"] == name)
        _close(row, run, ConfirmationState.CORRECTED, user, f"{label} → {value}")
        values.keep(run, name, value)
        state = _changed(human.correct, run, name, value)
        _resume(run, state, user, "confirmation.corrected", row, {"field": name, "value": value})
    return row


def answer_question(question: Question, user: Any, text: str) -> Question:
    """Answer the agent's question and resume the run."""
    _require_decider(user, question.run)
    text = clean_note(text)
    if not text:
        raise Invalid(_("请填写回答。"), code="empty_answer")
    with transaction.atomic():
        run = runs.locked(question.run)
        row = Question.objects.select_related("answered_by").get(pk=question.pk)
        if row.answered_at is not None:
            _raise_answered(row)
        if run.status != RunStatus.AWAITING_ANSWER:
            raise NotPending
        row.answer, row.answered_by, row.answered_at = text, user, timezone.now()
        row.save(update_fields=["answer", "answered_by", "answered_at"])
        state = _changed(human.answer, run, text)
        runs.move(run, RunStatus.QUEUED, user=user, audit="question.answered", checkpoint=state.to_json())
        runs.enqueue(run)
    return row


def expire_if_due(confirmation: Confirmation, now: datetime | None = None) -> bool:
    """Deny an expired confirmation: the act is not done, and the ticket goes to people."""
    now = now or timezone.now()
    if confirmation.due_at > now:
        return False
    with transaction.atomic():
        run = runs.locked(confirmation.run)
        row = Confirmation.objects.get(pk=confirmation.pk)
        if row.state != ConfirmationState.PENDING or run.status != RunStatus.AWAITING_CONFIRMATION:
            return False
        _close(row, run, ConfirmationState.EXPIRED, None, "")
        with runs.in_run_language(run):
            text = said("run.confirmation_expired")
        runs.end(run, RunStatus.HANDED_OFF, result=text, failure_code=EXPIRED_CODE)
        audit.record("confirmation.expired", run=run, obj=row, confirmation_id=str(row.pk), result="failure")
        runs.enqueue(run)
    return True


def _require_decider(user: Any, run: Run) -> None:
    require(user, Permission.DECIDE, run=run)
    access.require_visible(user, run.ticket)


def _is_repeat(row: Confirmation, user: Any, key: str) -> bool:
    return bool(key) and row.idempotency_key == key and row.decided_by_id == user.pk


def _refuse_closed(row: Confirmation, run: Run, version: int) -> None:
    if row.state in _DECIDED:
        raise AlreadyDecided(str(row.decided_by or "?"), row.decided_at, row.state)
    if row.state == ConfirmationState.EXPIRED:
        raise Expired
    if row.state != ConfirmationState.PENDING or run.status != RunStatus.AWAITING_CONFIRMATION:
        raise NotPending
    if row.version != version:
        raise NotPending(_("该确认刚刚有变化,请重新查看。"), code="stale_confirmation", version=row.version)


def _refuse_approval(run: Run, row: Confirmation, user: Any, note: str) -> None:
    if run.flow_version.definition.get("four_eyes") and run.started_by_id == user.pk:
        raise FourEyes(_("该流程需要启动者以外的同事确认。"))
    if row.first_approved_by_id == user.pk:
        raise FourEyes(_("金额超过限额,需要第二位同事确认。"))
    if row.differs and not note:
        raise NeedsReason


def _approve_first(run: Run, row: Confirmation, user: Any, note: str) -> Confirmation:
    """Record the first of two approvals: the run waits for another person's."""
    row.first_approved_by, row.first_approved_at = user, timezone.now()
    row.note, row.version = note, row.version + 1
    row.save(update_fields=["first_approved_by", "first_approved_at", "note", "version"])
    live.publish_run(run, "confirmation.asked", {"confirmation": str(row.pk), "first_approved_by": str(user)})
    _record(run, row, user, "confirmation.first_approved", {"note": note})
    return row


def _approve(run: Run, row: Confirmation, user: Any, note: str, key: str) -> Confirmation:
    note = joined("\n", [row.note, note])
    _close(row, run, ConfirmationState.APPROVED, user, note, key)
    state = _changed(human.approve, run, row.action_digest, note)
    _resume(run, state, user, "confirmation.approved", row, {"note": note})
    return row


def _reject(run: Run, row: Confirmation, user: Any, note: str, then_end: bool, key: str) -> Confirmation:
    _close(row, run, ConfirmationState.REJECTED, user, note, key)
    state = _changed(human.reject, run, note, end=then_end)
    if not then_end:
        _resume(run, state, user, "confirmation.rejected", row, {"note": note, "then": "go_on"})
        return row
    with runs.in_run_language(run):
        who = names.called(user)
        text = said("run.rejected_because", who=who, note=note) if note else said("run.rejected", who=who)
    Run.objects.filter(pk=run.pk).update(checkpoint=state.to_json())
    runs.end(run, RunStatus.CANCELLED, result=text, failure_code=REJECTED_CODE, user=user)
    _record(run, row, user, "confirmation.rejected", {"note": note, "then": "end"})
    runs.enqueue(run)  # the phone's host frees the phone
    return row


def _close(row: Confirmation, run: Run, state: ConfirmationState, user: Any, note: str, key: str = "") -> None:
    """Close the confirmation by a conditional update, which makes it single-use, and return the new row."""
    now = timezone.now()
    open_row = Confirmation.objects.filter(pk=row.pk, state=ConfirmationState.PENDING, version=row.version)
    changed = open_row.update(
        state=state, version=F("version") + 1, decided_by=user, decided_at=now, note=note, idempotency_key=key[:80]
    )
    row.refresh_from_db()
    if not changed:
        raise AlreadyDecided(str(row.decided_by or "?"), row.decided_at, row.state)
    data = {"confirmation": str(row.pk), "state": row.state, "by": str(user) if user else ""}
    live.publish_run(run, "confirmation.decided", data)


def _resume(run: Run, state: RunState, user: Any, type: str, row: Confirmation, details: dict[str, Any]) -> None:
    runs.move(run, RunStatus.QUEUED, user=user, audit="run.resumed", checkpoint=state.to_json())
    _record(run, row, user, type, details)
    runs.enqueue(run)


def _record(run: Run, row: Confirmation, user: Any, type: str, details: dict[str, Any]) -> None:
    audit.record(
        type,
        user=user,
        run=run,
        step=row.step_number,
        obj=row,
        confirmation_id=str(row.pk),
        result="success",
        decided_by=user.get_username(),
        details={"summary": row.summary, **details},
    )


def _changed(change: Callable[..., RunState], run: Run, *args: Any, **kwargs: Any) -> RunState:
    """The checkpoint after the person's decision; NotPending if the agent is no longer at that point,
    CheckpointUnreadable if it cannot be read."""
    try:
        return change(checkpoints.restored(run), *args, **kwargs)
    except CheckpointError as error:
        raise checkpoints.CheckpointUnreadable from error
    except IllegalTransition as error:
        raise NotPending from error


def _raise_answered(row: Question) -> None:
    if row.answered_by is None:  # the run went on without an answer
        raise NotPending
    raise AlreadyDecided(str(row.answered_by), row.answered_at, "answered")


def _line(text: str) -> str:
    clean = " ".join(clean_note(text).split())
    if not clean:
        raise Invalid(_("请填写新的值。"), code="empty_value")
    return clean
