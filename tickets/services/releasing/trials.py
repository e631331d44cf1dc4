"""Trials of two versions: which arm a ticket is in, and the one door that moves a trial from state to state.

Rule: `Catalogue` reads the trials that go on and is still the only answer to "which version". A trial that has ended
gives no ticket a version any more: all get what the releases say; runs under way finish on theirs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from tickets.errors import Conflict
from tickets.models import Arm, FlowTemplate, Run, Trial, TrialState, TrialStop
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
_FINE = 10_000  # parts that tickets are divided into


def arm_of(trial: Trial, number: str) -> Arm | None:
    """Of a ticket's number, the same every time; None for a ticket outside the trial's share.

    Two halves of one hash say whether and which. Its salt makes it independent of the releases' shares.
    """
    digest = hashlib.sha256(f"trial:{trial.salt}:{number}".encode()).digest()
    if int.from_bytes(digest[:8], "big") % _FINE >= trial.percent * _FINE // 100:
        return None
    return Arm.A if digest[8] % 2 == 0 else Arm.B


def under_way() -> QuerySet[Trial]:
    """Trials that give tickets their versions now."""
    return Trial.objects.filter(state=S.RUNNING)


def of_run(run: Run) -> Trial | None:
    """The trial under way that the run belongs to: its ticket takes part and it is of one of the two versions."""
    if not run.serves:
        return None
    found = under_way().filter(members__run__ticket=run.ticket_id, template=run.flow_version.template_id)
    trial = found.select_related("template", "a", "b").first()
    return trial if trial and run.flow_version_id in {trial.a_id, trial.b_id} else None


def move(trial: Trial, to: TrialState, *, user: Any = None, **changes: Any) -> Trial:
    """Move it, in the caller's transaction; Conflict where it stands elsewhere by now. What came out is not told."""
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
    """In the transaction of what was seen. Where another cause was first, that one stays."""
    try:
        move(trial, S.SAFETY, stop_reason=reason, stop_run=run, stop_step=step)
    except Conflict:
        return


def stop_for_releases(template: FlowTemplate, user: Any, note: str) -> None:
    """The releases have changed, so it compares nothing any more; in the caller's transaction."""
    for trial in Trial.objects.filter(template=template, state__in=OPEN):
        move(trial, S.STOPPED, user=user, stop_reason=TrialStop.RELEASES, note=note[:300])
