"""Trials of two versions: a ticket's arm, and the only function that changes a trial's state.

Rule: only `Catalogue` decides which version handles a ticket; it reads the active trials. After a trial's end the
releases decide for all tickets; runs under way finish on their version.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from tickets.errors import Conflict
from tickets.models import Arm, FlowTemplate, FlowVersion, Run, Trial, TrialState, TrialStop
from tickets.services.evidence import audit

S = TrialState
MOVES: Mapping[TrialState, frozenset[TrialState]] = {
    S.PLANNED: frozenset({S.RUNNING, S.STOPPED}),
    S.RUNNING: frozenset({S.ENDED, S.SAFETY, S.STOPPED}),
    S.ENDED: frozenset(),
    S.SAFETY: frozenset(),
    S.STOPPED: frozenset(),
}
OPEN = (S.PLANNED, S.RUNNING)
_EVENTS = {
    S.RUNNING: "trial.begun",
    S.ENDED: "trial.ended",
    S.SAFETY: "trial.stopped_for_safety",
    S.STOPPED: "trial.stopped",
}
_FINE = 10_000  # buckets that tickets are divided into


def arm_of(trial: Trial, number: str) -> Arm | None:
    """The arm for a ticket's number, deterministic; None for a ticket outside the trial's share.

    The halves of one hash decide on participation and arm. Its salt makes it independent of the releases' shares.
    """
    digest = hashlib.sha256(f"trial:{trial.salt}:{number}".encode()).digest()
    if int.from_bytes(digest[:8], "big") % _FINE >= trial.percent * _FINE // 100:
        return None
    return Arm.A if digest[8] % 2 == 0 else Arm.B


def under_way() -> QuerySet[Trial]:
    """The active trials."""
    return Trial.objects.filter(state=S.RUNNING)


def is_compared_now(version: FlowVersion) -> bool:
    """Whether a trial measures it: until its end no page counts how the version's runs went."""
    return under_way().filter(Q(a=version) | Q(b=version)).exists()


def of_run(run: Run) -> Trial | None:
    """The active trial that includes the run: its ticket takes part and it has one of the two versions."""
    if not run.serves:
        return None
    found = under_way().filter(members__run__ticket=run.ticket_id, template=run.flow_version.template_id)
    trial = found.select_related("template", "a", "b").first()
    return trial if trial and run.flow_version_id in {trial.a_id, trial.b_id} else None


def move(trial: Trial, to: TrialState, *, user: Any = None, **changes: Any) -> Trial:
    """Change the trial's state inside the caller's transaction; Conflict if it has changed meanwhile. Results are not
    published."""
    row = Trial.objects.select_for_update(of=("self",)).select_related("template", "a", "b").get(pk=trial.pk)
    if to not in MOVES[TrialState(row.state)]:
        raise Conflict(_("版本对比已处于“%s”。") % row.get_state_display(), code="trial_state")
    who, when = ("began_by", "began_at") if to is S.RUNNING else ("ended_by", "ended_at")
    changes |= {"state": to, who: user, when: timezone.now()}
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(update_fields=list(changes))
    details = {
        "template": row.template.slug,
        "versions": f"v{row.a.number}, v{row.b.number}",
        "reason": row.stop_reason,
        "note": row.note,
        "step": row.stop_step,
    }
    told = {name: value for name, value in details.items() if value not in ("", None)}
    result = "failure" if to is S.SAFETY else "success"
    audit.record(_EVENTS[to], user=user, run=row.stop_run, obj=row, result=result, details=told)
    return row


def stop_for_safety(trial: Trial, reason: TrialStop, *, run: Run | None = None, step: int | None = None) -> None:
    """Stop the trial for safety, in the transaction of the cause; an earlier stop is kept."""
    try:
        move(trial, S.SAFETY, stop_reason=reason, stop_run=run, stop_step=step)
    except Conflict:
        return


def stop_for_releases(template: FlowTemplate, user: Any, note: str) -> None:
    """Stop trials whose comparison is void because the releases changed, inside the caller's transaction."""
    for trial in Trial.objects.filter(template=template, state__in=OPEN):
        move(trial, S.STOPPED, user=user, stop_reason=TrialStop.RELEASES, note=note[:300])
