"""Steps of a run as rows: the intent before the act, the outcome after it, under the driver's claim."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from cs_agent.engine.actions.stored import to_json
from cs_agent.engine.actions.values import digest
from cs_agent.engine.run.state import Phase, StepRecord, StepStatus
from tickets.models import Run, Step, StepActor, Ticket
from tickets.said import joined, said, said_again
from tickets.services.evidence import audit
from tickets.services.live import events as live
from tickets.services.releasing import trial_runs
from tickets.services.runs import guard, transitions
from tickets.services.runs import lifecycle as runs

_RESULTS = {StepStatus.DONE: "success", StepStatus.FAILED: "failure", StepStatus.REFUSED: "failure"}
_TYPES = {
    StepStatus.INTENDED: "step.intended",
    StepStatus.DONE: "step.done",
    StepStatus.FAILED: "step.failed",
    StepStatus.REFUSED: "step.refused",
    StepStatus.UNCERTAIN: "step.found_uncertain",
}


def save_step(run: Run, record: StepRecord, *, claim_token: int) -> Step:
    """Create or update the step's row; ClaimLost, with nothing saved, for a worker that lost its claim.

    Pictures are not written here (see `tickets.runner.pictures.step_pictures`). IntegrityError if a human's gesture has
    the number already: the checkpoint is older than the steps.
    """
    with transaction.atomic():
        held = guard.under_claim(run.pk, claim_token)
        own = Step.objects.filter(run=run, number=record.number, actor=StepActor.AGENT)
        step = own.first() or Step(run=run, number=record.number, started_at=timezone.now())
        _fill(step, record)
        step.save()
        live.publish_run(run, "step.changed", {"step": step.number, "status": step.status, "actor": step.actor})
        if step.irreversible and record.action is not None and _is_about_to_act(held, record):
            trial_runs.watch(run, step, digest(record.action))
        _record(run, step, record)
    return step


def save_late_outcome(run: Run, record: StepRecord, *, claim_token: int) -> bool:
    """Record the outcome of an act that was under way when its run was stopped.

    An irreversible act that happened is added to the run's result. False if this worker did not write the step's
    intent.
    """
    if record.status is StepStatus.INTENDED:
        return False
    with transaction.atomic():
        run = Run.objects.select_for_update(of=("self",)).select_related("ticket", "phone").get(pk=run.pk)
        step = _cut_off(run)
        if step is None or run.claim_token != claim_token or step.number != record.number:
            return False
        _fill(step, record)
        step.save()
        _tell_end(run, step)
        _record(run, step, record)
    return True


def settle_cut_off(run: Run, *, touched: bool) -> bool:
    """After a run's end, record what is known of an act without an outcome.

    `touched` False: the phone was certainly not touched.
    """
    with transaction.atomic():
        run = Run.objects.select_for_update(of=("self",)).select_related("ticket", "phone").get(pk=run.pk)
        step = _cut_off(run)
        if step is None:
            return False
        with runs.in_run_language(run):
            outcome = said("step.unknown" if touched else "step.not_done")
        step.status = (StepStatus.UNCERTAIN if touched else StepStatus.REFUSED).value
        step.outcome, step.ended_at = outcome, timezone.now()
        step.save(update_fields=["status", "outcome", "ended_at"])
        _tell_end(run, step)
        audit.record(_TYPES[StepStatus(step.status)], run=run, step=step, obj=step, details={"outcome": outcome})
    return True


def _is_about_to_act(run: Run, record: StepRecord) -> bool:
    """Whether the act follows immediately; an intent is also recorded when a person is asked."""
    return record.status is StepStatus.INTENDED and run.checkpoint.get("phase") == Phase.ACTING


def _cut_off(run: Run) -> Step | None:
    """The act that an ended run was carrying out, by its checkpoint."""
    acting = run.status in transitions.ENDED and run.checkpoint.get("phase") == Phase.ACTING
    intended = Step.objects.filter(run=run, number=run.checkpoint.get("step_no"), status=StepStatus.INTENDED.value)
    return intended.first() if acting else None


def _tell_end(run: Run, step: Step) -> None:
    """Publish the step's end; for an irreversible act also add a line to the run's result."""
    live.publish_run(run, "step.changed", {"step": step.number, "status": step.status, "actor": step.actor})
    if not step.irreversible or step.status == StepStatus.REFUSED:
        return
    with runs.in_run_language(run):
        code = "run.done_at_stop" if step.status == StepStatus.DONE else "run.unknown_at_stop"
        line = said(code, what=step.thought or step.action_text)
        run.result = joined("\n", [said_again(run.result), line])
    Run.objects.filter(pk=run.pk).update(result=run.result)
    Ticket.objects.filter(pk=run.ticket_id).update(result=run.result)
    live.publish_run(run, "run.changed", {"status": run.status, "version": run.version})


def _fill(step: Step, record: StepRecord) -> None:
    step.status = record.status.value
    for name in ("thought", "action_text", "action_name", "confidence", "outcome", "app"):
        setattr(step, name, getattr(record, name))
    step.action = to_json(record.action) if record.action else None
    step.control = record.control[:200]
    step.source, step.route_mark = record.source.value, record.route_mark
    step.goal = record.goal[:120]
    step.touch, step.timings, step.tokens = list(record.touch), dict(record.timings), dict(record.tokens)
    if record.verdict is not None:
        step.verdict, step.irreversible = record.verdict.kind.value, record.verdict.irreversible
        step.reasons = [reason.to_json() for reason in record.verdict.reasons]
    if record.status is not StepStatus.INTENDED:
        step.ended_at = timezone.now()


def _record(run: Run, step: Step, record: StepRecord) -> None:
    """Audit every outcome, and the intent of every irreversible act."""
    if record.status is StepStatus.INTENDED and not step.irreversible:
        return
    details: dict[str, Any] = {
        "action": step.action_text,
        "control": step.control,
        "app": step.app,
        "verdict": step.verdict,
        "irreversible": step.irreversible,
        "reasons": [reason["code"] for reason in step.reasons],
        "outcome": step.outcome,
        "thought": step.thought,
    }
    audit.record(
        _TYPES[record.status],
        run=run,
        step=step,
        obj=step,
        result=_RESULTS.get(record.status, ""),
        confidence=step.confidence,
        details=details,
    )
