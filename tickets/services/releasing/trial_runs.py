"""The runs of a trial: assigned at their start, monitored for safety, counted until the trial is full.

Rule: every run that began on a phone counts, also one stopped by a person; one cancelled while queued does not. Runs
count in the order they were started, so that slow ones are not excluded.
"""

from __future__ import annotations

from contextlib import nullcontext

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from cs_agent.engine.run.state import ConfirmationKind
from tickets.errors import Conflict
from tickets.metrics.shares import Share
from tickets.models import (
    Arm,
    Confirmation,
    ConfirmationState,
    Run,
    RunStatus,
    Step,
    Trial,
    TrialRun,
    TrialState,
    TrialStop,
)
from tickets.services.releasing import trials
from tickets.task_entry import Apart

_LEAST = 10  # runs of an arm before its floor is checked
_YES = (ConfirmationKind.ACTION.value, ConfirmationKind.UNCERTAIN.value)


def join(run: Run) -> None:
    """Record the arm of a new run, in the transaction that creates it. Only a ticket's first run takes part."""
    if not run.serves:
        return
    trial = trials.under_way().filter(template=run.flow_version.template_id).first()
    if trial is None or trial.members.filter(run__ticket=run.ticket_id).exists():
        return
    arm = trials.arm_of(trial, run.ticket.number)
    if arm is not None and trial.version(arm).pk == run.flow_version_id:
        TrialRun.objects.create(trial=trial, run=run, arm=arm)


def watch(run: Run, step: Step, digest: str) -> None:
    """Consume the approval of an irreversible act, in the transaction of its intent.

    `digest`: of the act, as in its confirmation. Each approval covers one act of its own step; an act without one stops
    an active trial.
    """
    if not run.serves:
        return
    given = Confirmation.objects.filter(run=run, step_number=step.number, action_digest=digest, kind__in=_YES)
    given = given.filter(state=ConfirmationState.APPROVED)
    unused = given.filter(used_at=None).order_by("decided_at").first()
    if unused is not None:
        Confirmation.objects.filter(pk=unused.pk).update(used_at=timezone.now())
        return
    trial = trials.of_run(run)
    if trial is not None:
        reason = TrialStop.DOUBLED if given.exists() else TrialStop.NO_YES
        trials.stop_for_safety(trial, reason, run=run, step=step.number)


def counted(trial: Trial, arm: Arm) -> list[Run]:
    """The counting, ended runs of one arm, in the order of their start, at most `runs_each`."""
    return [run for run in _members(trial, arm)[: trial.runs_each] if run.ended_at is not None]


def finish_all(apart: Apart = nullcontext) -> int:
    """Finish full trials and stop those with an arm significantly below its floor; returns how many. Called
    periodically."""
    ended = 0
    for trial in trials.under_way().select_related("template", "a", "b"):
        with apart(f"trial {trial.pk}"):
            ended += _finish(trial)
    return ended


def left_out(trial: Trial, arm: Arm) -> int:
    """Runs of one arm that never got a phone."""
    return trial.members.filter(arm=arm, run__ended_at__isnull=False, run__started_at=None).count()


def _finish(trial: Trial) -> int:
    arms = {arm: counted(trial, arm) for arm in Arm}
    bad = next((arm for arm, runs in arms.items() if _is_below(trial, runs)), None)
    try:
        with transaction.atomic():
            if bad is not None:
                number = trial.version(bad).number
                trials.move(trial, TrialState.SAFETY, stop_reason=TrialStop.BELOW_FLOOR, note=f"v{number}")
            elif all(len(runs) >= trial.runs_each for runs in arms.values()):
                trials.move(trial, TrialState.ENDED)
            else:
                return 0
    except Conflict:  # something else was first
        return 0
    return 1


def _members(trial: Trial, arm: Arm) -> list[Run]:
    never_began = Q(run__started_at=None, run__ended_at__isnull=False)
    rows = trial.members.filter(arm=arm).exclude(never_began).select_related("run")
    return [row.run for row in rows.order_by("run__created_at", "pk")]


def _is_below(trial: Trial, runs: list[Run]) -> bool:
    share = Share(sum(run.status == RunStatus.SUCCEEDED for run in runs), len(runs))
    return share.all >= _LEAST and share.high < trial.floor
