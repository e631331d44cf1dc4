"""Answers a rehearsal's pauses, at which a customer's run would wait for a person.

Rule: a dry rehearsal ends before the irreversible act. On a practice phone a person's grant replaces the yes: for its
version, phone and number of runs, only if every field equals the ticket's, and audited as a grant. Anything else that
would need a person ends the run. A customer's run is never affected.

Called inside the driving task's transaction, right after the pause was written.
"""

from __future__ import annotations

from django.db.models import F
from django.utils import timezone

from tickets.models import Confirmation, PracticeGrant, RehearsalOutcome, RehearsalRun, Run, RunPurpose, RunStatus
from tickets.said import label, said
from tickets.services.evidence import audit
from tickets.services.runs import decisions
from tickets.services.runs import lifecycle as runs

PURPOSES = (RunPurpose.REHEARSAL, RunPurpose.PRACTICE)


def answer(run: Run, confirmation: Confirmation, *, irreversible: bool) -> None:
    """Answer this confirmation in place of a person."""
    if run.purpose not in PURPOSES:
        return
    row = RehearsalRun.objects.select_related("rehearsal__grant").get(run=run)
    if not irreversible or run.flow_version.definition["engine"].get(
        "read_only"
    ):  # a flow that only reads commits nothing
        _close(run, row, RehearsalOutcome.NEEDED_PERSON, said("rehearsal.unsure", what=confirmation.summary))
    elif confirmation.differs:
        _close(run, row, RehearsalOutcome.FIELDS_DIFFER, confirmation.summary)
    elif run.purpose == RunPurpose.REHEARSAL:
        _close(run, row, RehearsalOutcome.COMMIT_REACHED, confirmation.summary)
    elif (grant := row.rehearsal.grant) is not None and _use(grant, run, row):
        decisions.approve_by_grant(run, confirmation, grant)
    else:
        _close(run, row, RehearsalOutcome.NEEDED_PERSON, said("rehearsal.no_grant"))


def give_up(run: Run) -> None:
    """End the run because it asks a question or for a takeover."""
    if run.purpose in PURPOSES:
        row = RehearsalRun.objects.get(run=run)
        _close(run, row, RehearsalOutcome.NEEDED_PERSON, said("rehearsal.person"))


def _use(grant: PracticeGrant, run: Run, row: RehearsalRun) -> bool:
    """Use the grant for this run if it covers it; a run uses it once, however often it submits."""
    rows = PracticeGrant.objects.filter(
        pk=grant.pk, version=run.flow_version_id, phone=run.phone_id, expires_at__gt=timezone.now()
    )
    if row.note == _used_mark(grant):
        return rows.exists()
    if not rows.filter(runs_left__gt=0).update(runs_left=F("runs_left") - 1):
        return False
    row.note = _used_mark(grant)
    row.save(update_fields=["note"])
    return True


def _used_mark(grant: PracticeGrant) -> str:
    return f"grant {grant.pk}"


def _close(run: Run, row: RehearsalRun, outcome: RehearsalOutcome, note: str) -> None:
    row.outcome, row.note = outcome, note
    row.save(update_fields=["outcome", "note"])
    with runs.in_run_language(run):
        result = said("run.rehearsed", outcome=label(outcome))
    runs.end(run, RunStatus.CANCELLED, result=result, failure_code="rehearsal")
    audit.record("rehearsal.run_ended", run=run, result="success", details={"outcome": outcome.value, "note": note})
    runs.enqueue(run)  # the phone's host frees the phone
