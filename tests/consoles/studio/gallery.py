"""Comparisons of versions and batches for the pictures of every page (`tests.consoles.gallery`)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any


def trials(department: Any) -> None:
    """One of each state: planned, under way, ended with a better version, stopped for safety."""
    from django.contrib.auth.models import User
    from django.utils import timezone

    from tests.consoles import story
    from tickets.models import Trial, TrialState, TrialStop
    from tickets.services.releasing import trial_plans

    sara, now = User.objects.get(username="sara"), timezone.now()
    for slug, state in (
        ("identity_check", TrialState.PLANNED),
        ("change_address", TrialState.RUNNING),
        ("order_status", TrialState.ENDED),
        ("return_goods", TrialState.SAFETY),
    ):
        b, a = (story.publish(slug) for _each in range(2))
        trial = trial_plans.plan(a.template, sara, trial_plans.Terms(a, b, 50, Trial.measure.field.default, 0.9, 0.2))
        if state != TrialState.PLANNED:
            trial = trial_plans.begin(trial, sara)
            _runs(trial, department, trial.runs_each if state == TrialState.ENDED else trial.runs_each // 3)
        if state in {TrialState.ENDED, TrialState.SAFETY}:
            run = trial.members.first().run if state == TrialState.SAFETY else None
            reason = {"stop_reason": TrialStop.MARKED, "stop_run": run, "stop_step": 7} if run else {}
            Trial.objects.filter(pk=trial.pk).update(state=state, ended_at=now, **reason)


def _runs(trial: Any, department: Any, count: int) -> None:
    """The first arm succeeds in two of three runs, the second in nearly all."""
    from django.utils import timezone

    from tickets.models import Arm, Run, RunStatus, Step, Ticket, TrialRun

    now = timezone.now() - timedelta(days=1)
    plain = {
        "subject": "?",
        "text": "?",
        "department": department,
        "created_at": now,
        "due_at": now,
        "status": "closed",
    }
    for arm in Arm:
        made = Ticket.objects.bulk_create(Ticket(number=f"{trial.pk}{arm}{n}", **plain) for n in range(count))
        for n, ticket in enumerate(made):
            status = RunStatus.FAILED if n % (3 if arm == Arm.A else 25) == 0 else RunStatus.SUCCEEDED
            ends = {"started_at": now, "ended_at": now, "status": status}
            run = Run.objects.create(ticket=ticket, flow_version=trial.version(arm), **ends)
            TrialRun.objects.create(trial=trial, run=run, arm=arm)
            Step.objects.create(run=run, number=1, status="done", started_at=now, timings={"total": 12 + n % 5})
