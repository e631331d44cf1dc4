"""Marks by which a person reports afterwards that an act of the agent was wrong. A mark stops a trial that includes the
run.

Rule: a mark refers to a completed step; the step itself and its confirmation stay unchanged.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cs_agent.engine.run.state import StepStatus
from tickets.errors import Conflict, Forbidden, Invalid
from tickets.models import ActFault, ActMark, Confirmation, ConfirmationState, Step, StepActor, TrialStop
from tickets.permissions import Permission, has, require
from tickets.services.evidence import audit
from tickets.services.live import events as live
from tickets.services.people import access
from tickets.services.releasing import trials

LONGEST = 1000
_DONE = {StepStatus.DONE.value, StepStatus.UNCERTAIN.value}


def faults_of(step: Step) -> list[ActFault]:
    """The faults that can be reported of the step: none for a step that was not done or that a person did."""
    if not step.run.serves or step.actor != StepActor.AGENT or step.status not in _DONE:
        return []
    given = Confirmation.objects.filter(run=step.run_id, step_number=step.number, state=ConfirmationState.APPROVED)
    return [ActFault.WRONG, ActFault.DOUBLED] if given.exists() else [ActFault.NOT_ASKED]


def current(step: Step) -> ActMark | None:
    return step.marks.filter(withdrawn_at=None).select_related("marked_by").first()


def may_withdraw(row: ActMark, user: Any) -> bool:
    return row.marked_by_id == user.pk or has(user, Permission.RELEASE_FLOWS)


def mark(step: Step, user: Any, fault: ActFault, reason: str) -> ActMark:
    """Mark a step, once, by a user who may decide on its ticket; stops an active trial in the same transaction."""
    reason = _allowed(step, user, reason)
    if fault not in faults_of(step):
        raise Invalid(_("这一步没有执行,或没有这样的错误可标记。"), code="bad_mark")
    with transaction.atomic():
        Step.objects.select_for_update(of=("self",)).get(pk=step.pk)
        if (other := current(step)) is not None:
            raise Conflict(_("%s 已标记过这一步。") % (other.marked_by or "?"), code="already_marked")
        row = ActMark.objects.create(step=step, fault=fault, reason=reason, marked_by=user)
        _show(step)
        if (trial := trials.of_run(step.run)) is not None:
            trials.stop_for_safety(trial, TrialStop.MARKED, run=step.run, step=step.number)
        _record(step, user, "act.marked", {"kind": fault.value, "reason": reason})
    return row


def withdraw(row: ActMark, user: Any, reason: str) -> None:
    """Withdraw a mark, by its author or a user who may release flows. A trial it stopped stays stopped."""
    reason = _allowed(row.step, user, reason)
    if not may_withdraw(row, user):
        raise Forbidden(_("只有标记的人或主管可以撤回。"))
    changes = {"withdrawn_at": timezone.now(), "withdrawn_by": user, "withdrawn_reason": reason}
    with transaction.atomic():
        if not ActMark.objects.filter(pk=row.pk, withdrawn_at=None).update(**changes):
            raise Conflict(_("标记已经撤回。"), code="already_withdrawn")
        _show(row.step)
        _record(row.step, user, "act.mark_withdrawn", {"kind": row.fault, "reason": reason})


def _allowed(step: Step, user: Any, reason: str) -> str:
    """The reason, tidied; raises unless the user may speak about the step."""
    require(user, Permission.DECIDE, run=step.run)
    access.require_visible(user, step.run.ticket)
    reason = reason.strip()
    if not reason:
        raise Invalid(_("请写明原因。"), code="reason_needed")
    if len(reason) > LONGEST:
        raise Invalid(_("原因最多 %s 个字。") % LONGEST, code="reason_too_long")
    return reason


def _show(step: Step) -> None:
    live.publish_run(step.run, "step.changed", {"step": step.number, "status": step.status, "actor": step.actor})


def _record(step: Step, user: Any, event: str, details: dict[str, Any]) -> None:
    audit.record(event, user=user, run=step.run, step=step, obj=step, details=details)
