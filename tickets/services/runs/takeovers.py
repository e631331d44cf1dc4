"""Takeovers: a human drives the phone. Requested, begun, every gesture recorded, handed back.

Rule: the run is `taken_over` the whole time and keeps the phone's lease; the agent cannot move. One human at a time.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from cs_agent.engine.run import human
from cs_agent.engine.run.state import StepStatus
from tickets.errors import Conflict, RunEnded
from tickets.models import Run, RunStatus, Step, StepActor, Takeover
from tickets.permissions import Permission, require
from tickets.said import joined, said, said_again
from tickets.services.evidence import audit
from tickets.services.live import events as live
from tickets.services.live.gestures import Gesture, GestureKind
from tickets.services.people import access
from tickets.services.runs import checkpoints, guard, transitions
from tickets.services.runs import lifecycle as runs
from tickets.services.runs.notes import clean_note

_OPEN = {"ended_at": None}


def begin(run: Run, user: Any) -> Takeover:
    """Give the phone to the user: at once if no worker drives it (`begun_at` is set), else as soon as the worker
    releases it (`begun_at` is null until then)."""
    require(user, Permission.TAKE_OVER, run=run)
    access.require_visible(user, run.ticket)
    with transaction.atomic():
        run = runs.locked(run)
        _refuse_untakeable(run)
        takeover = _open(run) or Takeover(run=run, code="operator")
        guard.refuse_other_person(takeover, user)
        takeover.user = user
        takeover.save()
        if runs.is_driven(run):
            Run.objects.filter(pk=run.pk).update(takeover_requested=True)
            live.publish_run(run, "takeover.asked", {"takeover": str(takeover.pk), "by": user.get_username()})
            audit.record("takeover.requested", user=user, run=run, obj=takeover)
            return takeover
        return _begin(run, takeover, user)


def begin_now(run: Run) -> Takeover:
    """Begin a requested takeover; called by the worker that released the phone."""
    with transaction.atomic():
        takeover = _open(run) or Takeover.objects.create(run=run, code="operator")
        return _begin(run, takeover, takeover.user)


def hand_back(takeover: Takeover, user: Any, note: str = "") -> Takeover:
    """Hand the phone back: the agent looks at the screen again and is told what the human did."""
    require(user, Permission.TAKE_OVER, run=takeover.run)
    access.require_visible(user, takeover.run.ticket)
    note = clean_note(note)
    with transaction.atomic():
        run, takeover = guard.under_takeover(takeover.pk, user)
        takeover.summary = summary = _summary(run, takeover, note)
        if note:
            _record_note(run, user, note)
        takeover.ended_at = timezone.now()
        takeover.save(update_fields=["summary", "ended_at"])
        live.publish_run(run, "takeover.ended", {"takeover": str(takeover.pk)})
        _resume(run, takeover, user, summary)
    return takeover


def ask_anew(run: Run, takeover: Takeover, *, code: str, reason: str) -> Takeover:
    """End an idle takeover and request another: the run stays taken over and keeps its phone.

    The summary of gestures is carried over, since the agent gets it at the handback.
    """
    with transaction.atomic():
        takeover.summary, takeover.ended_at = _summary(run, takeover, ""), timezone.now()
        takeover.save(update_fields=["summary", "ended_at"])
        anew = Takeover.objects.create(run=run, reason=reason, code=code, summary=takeover.summary)
        live.publish_run(run, "takeover.ended", {"takeover": str(takeover.pk), "code": code})
        live.publish_run(run, "takeover.asked", {"takeover": str(anew.pk), "reason": reason})
        details = {"reason": code, "summary": takeover.summary}
        audit.record("takeover.ended", user=takeover.user, run=run, obj=takeover, result="failure", details=details)
        audit.record("takeover.asked", run=run, obj=anew, details={"reason": reason, "code": code})
    return anew


def finish_by_hand(takeover: Takeover, user: Any, note: str) -> Run:
    """End the run and hand the ticket off to people, with a summary of what was done.

    A requested takeover belongs to nobody yet: anyone who may take over may end it.
    """
    require(user, Permission.TAKE_OVER, run=takeover.run)
    access.require_visible(user, takeover.run.ticket)
    note = clean_note(note)
    with transaction.atomic():
        run, takeover = guard.under_takeover(takeover.pk, user, begun=False)
        with runs.in_run_language(run):
            result = note or said("run.by_hand")
        runs.end(run, RunStatus.HANDED_OFF, result=result, failure_code="by_hand", user=user)
        runs.enqueue(run)
    return run


def begin_gesture(gesture: Gesture) -> Step:
    """Record a human's gesture as a step before it is carried out.

    NotPending or Conflict, with nothing written, if its takeover has ended or is another person's.
    """
    now = timezone.now()
    with transaction.atomic():
        run, takeover = guard.under_takeover(gesture.takeover, get_user_model()(pk=gesture.user_id))
        Takeover.objects.filter(pk=takeover.pk).update(last_gesture_at=now)
        step = Step.objects.create(
            run=run,
            number=last_number(run) + 1,
            actor=StepActor.HUMAN,
            user_id=gesture.user_id,
            status=StepStatus.INTENDED.value,
            action_name=gesture.kind.value,
            action_text=_described(gesture),
            touch=list(gesture.points),
            started_at=now,
        )
        live.publish_run(run, "step.changed", {"step": step.number, "status": step.status, "actor": step.actor})
        details = {"gesture": gesture.kind.value, "points": list(gesture.points)}
        audit.record("takeover.gesture_made", user=step.user, run=run, step=step, obj=takeover, details=details)
    return step


def end_gesture(step: Step, *, fault: str = "") -> Step:
    """Record the gesture's outcome, even if the takeover ended meanwhile: the step remains the human's."""
    with transaction.atomic():
        run = runs.locked(step.run)
        step.status = (StepStatus.FAILED if fault else StepStatus.DONE).value
        step.outcome, step.ended_at = fault, timezone.now()
        step.save(update_fields=["status", "outcome", "ended_at"])
        live.publish_run(run, "step.changed", {"step": step.number, "status": step.status, "actor": step.actor})
        if fault:
            details = {"gesture": step.action_name, "outcome": fault}
            audit.record(
                "takeover.gesture_failed",
                user=step.user,
                run=run,
                step=step,
                obj=step,
                result="failure",
                details=details,
            )
    return step


def name_gesture(step: Step, control: str) -> None:
    """Set the name of the control that a human touched, read afterwards, for display."""
    with transaction.atomic():
        run = runs.locked(step.run)
        Step.objects.filter(pk=step.pk).update(control=control[:200])
        live.publish_run(run, "step.changed", {"step": step.number, "status": step.status, "actor": step.actor})


def last_number(run: Run) -> int:
    return Step.objects.filter(run=run).aggregate(last=Max("number"))["last"] or 0


def _begin(run: Run, takeover: Takeover, user: Any) -> Takeover:
    """Begin the takeover; the checkpoint is updated first, and a waiting question or confirmation is dropped."""
    if run.status != RunStatus.TAKEN_OVER:
        state = checkpoints.taken_over(run)
        changes: dict[str, Any] = {"claimed_until": None, "takeover_requested": False}
        runs.move(run, RunStatus.TAKEN_OVER, user=user, audit="run.taken_over", checkpoint=state.to_json(), **changes)
        runs.void_waiting(run, keep=takeover)
    takeover.begun_at = takeover.last_gesture_at = timezone.now()
    takeover.save(update_fields=["begun_at", "last_gesture_at"])
    name = user.get_username() if user else ""
    live.publish_run(run, "takeover.begun", {"takeover": str(takeover.pk), "by": name})
    audit.record("takeover.begun", user=user, run=run, obj=takeover)
    return takeover


def _resume(run: Run, takeover: Takeover, user: Any, summary: str) -> None:
    state = human.handed_back(checkpoints.taken_over(run), summary)
    state = state.evolve(step_no=max(state.step_no, last_number(run)))
    runs.move(
        run,
        RunStatus.QUEUED,
        user=user,
        audit="run.resumed",
        checkpoint=state.to_json(),
        failures_in_a_row=0,
        drivers_lost=0,
    )
    audit.record("takeover.ended", user=user, run=run, obj=takeover, result="success", details={"summary": summary})
    runs.enqueue(run)


def _record_note(run: Run, user: Any, note: str) -> None:
    """Add the human's note as a step, visible to colleagues and in the replay."""
    now = timezone.now()
    Step.objects.create(
        run=run,
        number=last_number(run) + 1,
        actor=StepActor.HUMAN,
        user=user,
        status="done",
        action_name="handback",
        action_text=said("hand.note", note=note),
        started_at=now,
        ended_at=now,
    )


def _open(run: Run) -> Takeover | None:
    return Takeover.objects.filter(run=run, **_OPEN).order_by("-asked_at").first()


def _refuse_untakeable(run: Run) -> None:
    if run.status in transitions.ENDED:
        raise RunEnded
    if not run.checkpoint or run.phone is None:
        raise Conflict(_("手机还没有分配,暂时不能接管。"), code="no_phone")


def _summary(run: Run, takeover: Takeover, note: str) -> str:
    """The text for the agent: the gestures in order, and the note of the last human."""
    steps = Step.objects.filter(run=run, actor=StepActor.HUMAN, started_at__gte=takeover.begun_at)
    done = [said_again(step.action_text) for step in steps.order_by("number")][-20:]
    did = said("hand.did", what=joined(";", done)) if done else said("hand.nothing")
    return joined("\n", [said_again(takeover.summary), did, note])


_POINTED = {
    GestureKind.SWIPE: "hand.swipe",
    GestureKind.LONG_PRESS: "hand.long_press",
    GestureKind.COMMIT: "hand.commit",
}


def _described(gesture: Gesture) -> str:
    """The gesture in words, without typed text, which may be a password or a code."""
    if gesture.kind is GestureKind.TYPE:
        return said("hand.typed", count=len(gesture.text))
    if gesture.kind is GestureKind.KEY:
        return said(f"hand.key_{gesture.key}")
    places = [f"({x},{y})" for x, y in zip(gesture.points[::2], gesture.points[1::2], strict=True)]
    return said(_POINTED.get(gesture.kind, "hand.tap"), points=" → ".join(places))
