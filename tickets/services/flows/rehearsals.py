"""Rehearsals: a version is tested with chosen tickets before its release, on phones that serve no customer.

Rule: a rehearsal never changes its tickets and is excluded from all figures. A practice grant is one person's advance
approval for a version, a phone and a number of runs; the phone must have been marked for practice by two people.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import cycle, islice
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tickets.errors import Conflict, FourEyes, Invalid, ServiceError, SlotsNeeded
from tickets.flows.slots import read_slots
from tickets.models import (
    FlowVersion,
    Phone,
    PhoneState,
    PhoneUse,
    PracticeGrant,
    Rehearsal,
    RehearsalMode,
    RehearsalOutcome,
    RehearsalRun,
    Run,
    RunPurpose,
    RunStatus,
    Ticket,
    VersionStage,
)
from tickets.permissions import Permission, require
from tickets.said import bounded, said
from tickets.services.evidence import audit
from tickets.services.flows.recommendation import flow_fit
from tickets.services.people import access
from tickets.services.releasing import stages
from tickets.services.runs import lifecycle as runs
from tickets.services.runs import starts
from tickets.services.runs.transitions import ENDED

MOST_RUNS = 500
DRY_USES = (PhoneUse.PRACTICE, PhoneUse.REHEARSAL, PhoneUse.SHARED)
GOOD = (RehearsalOutcome.COMMIT_REACHED, RehearsalOutcome.COMPLETED)
_LOOKED_AT = 200  # the newest tickets examined if none are named
_GRANT_FOR = timedelta(days=7)
_PURPOSES = {RehearsalMode.DRY: RunPurpose.REHEARSAL, RehearsalMode.PRACTICE: RunPurpose.PRACTICE}


def start(
    version: FlowVersion,
    user: Any,
    tickets: Sequence[Ticket],
    *,
    times: int = 1,
    mode: RehearsalMode = RehearsalMode.DRY,
    grant: PracticeGrant | None = None,
    person_seconds: int | None = None,
) -> Rehearsal:
    """Queue `times` runs for each ticket. A ticket whose slots cannot be read is recorded as not started."""
    require(user, Permission.EDIT_FLOWS)
    for ticket in tickets:
        access.require_visible(user, ticket)
    _check(version, tickets, times, mode, grant)
    with transaction.atomic():
        rehearsal = Rehearsal.objects.create(
            version=version, mode=mode, grant=grant, started_by=user, person_seconds=person_seconds
        )
        for ticket in (ticket for ticket in tickets for _each in range(times)):
            _queue(rehearsal, ticket, user)
        details = {"mode": mode.value, "runs": len(tickets) * times}
        audit.record("rehearsal.started", user=user, obj=rehearsal, flow_version=str(version), details=details)
    return rehearsal


def suitable(version: FlowVersion, user: Any, most: int) -> list[Ticket]:
    """The newest tickets that the user may see, that the version fits and whose values are complete; at most `most`."""
    newest = access.visible_tickets(user).order_by("-created_at")[:_LOOKED_AT]
    fitting = (ticket for ticket in newest if _fits(version, ticket))
    found = list(islice(fitting, min(most, MOST_RUNS)))
    if not found:
        raise Invalid(_("最近 %d 个工单中没有适合这个流程的;请指定工单。") % _LOOKED_AT)
    return found


def spread(tickets: Sequence[Ticket], total: int) -> list[Ticket]:
    """Repeat the tickets evenly up to `total` runs."""
    if not 1 <= total <= MOST_RUNS:
        raise Invalid(_("一次演练 1 到 %d 次。") % MOST_RUNS)
    return list(islice(cycle(tickets), total))


def stop(rehearsal: Rehearsal, user: Any) -> int:
    """Stop all runs of the rehearsal; returns how many."""
    require(user, Permission.EDIT_FLOWS)
    stopped = 0
    for row in rehearsal.runs.filter(outcome="").select_related("run__ticket"):
        if row.run is None:
            continue
        with transaction.atomic():
            run = runs.locked(row.run)
            if run.status in ENDED:
                continue
            runs.end(
                run, RunStatus.CANCELLED, result=said("run.rehearsal_stopped"), failure_code="rehearsal", user=user
            )
            RehearsalRun.objects.filter(pk=row.pk).update(outcome=RehearsalOutcome.STOPPED)
            runs.enqueue(run)
            stopped += 1
    return stopped


def mark_for_practice(phone: Phone, user: Any, accounts: str) -> Phone:
    """First of two steps: a person declares that the phone has only test accounts, and names them."""
    require(user, Permission.MANAGE_PHONES)
    accounts = accounts.strip()
    if not accounts:
        raise Invalid(_("请写明用于练习的应用和测试账号。"))
    with transaction.atomic():
        row = Phone.objects.select_for_update().get(pk=phone.pk)
        row.practice_marked_by, row.practice_agreed_by = user, None
        row.practice_accounts, row.use = accounts[:200], PhoneUse.REHEARSAL
        row.save(update_fields=["practice_marked_by", "practice_agreed_by", "practice_accounts", "use"])
        details = {"phone": row.name, "accounts": row.practice_accounts}
        audit.record("phone.practice_proposed", user=user, obj=row, details=details)
    return row


def agree_to_practice(phone: Phone, user: Any) -> Phone:
    """Second step: another person agrees; the phone becomes a practice phone."""
    require(user, Permission.MANAGE_PHONES)
    with transaction.atomic():
        row = Phone.objects.select_for_update().get(pk=phone.pk)
        if row.practice_marked_by_id is None or row.use != PhoneUse.REHEARSAL:
            raise Conflict(_("这台手机没有等待同意的练习标记。"), code="nothing_marked")
        if row.practice_marked_by_id == user.pk:
            raise FourEyes(_("需要另一位同事同意。"))
        row.practice_agreed_by, row.use = user, PhoneUse.PRACTICE
        row.save(update_fields=["practice_agreed_by", "use"])
        details = {"phone": row.name, "accounts": row.practice_accounts}
        audit.record("phone.practice_agreed", user=user, obj=row, details=details)
    return row


def set_use(phone: Phone, user: Any, use: PhoneUse) -> Phone:
    """Customers or rehearsals; a practice phone is made by two people, see `mark_for_practice`."""
    require(user, Permission.MANAGE_PHONES)
    if use is PhoneUse.PRACTICE:
        raise Invalid(_("练习手机由两个人标记。"))
    with transaction.atomic():
        row = Phone.objects.select_for_update().get(pk=phone.pk)
        if row.lease_run_id is not None:
            raise Conflict(_("手机正在使用,请稍后再改。"), code="phone_busy")
        row.use, row.practice_marked_by, row.practice_agreed_by = use, None, None
        row.save(update_fields=["use", "practice_marked_by", "practice_agreed_by"])
        audit.record("phone.use_changed", user=user, obj=row, details={"phone": row.name, "use": use.value})
    return row


def grant(version: FlowVersion, phone: Phone, user: Any, count: int) -> PracticeGrant:
    """Approve `count` runs of this version on this practice phone in advance; expires after a week."""
    require(user, Permission.DECIDE)
    if phone.use != PhoneUse.PRACTICE:
        raise Invalid(_("只有练习手机可以预先授权。"))
    if not 1 <= count <= MOST_RUNS:
        raise Invalid(_("授权次数应为 1 到 %d。") % MOST_RUNS)
    with transaction.atomic():
        row = PracticeGrant.objects.create(
            version=version,
            phone=phone,
            granted_by=user,
            runs_granted=count,
            runs_left=count,
            expires_at=timezone.now() + _GRANT_FOR,
        )
        details = {"version": str(version), "phone": phone.name, "runs": count}
        audit.record("rehearsal.granted", user=user, obj=row, flow_version=str(version), details=details)
    return row


def close_finished() -> int:
    """Record the outcome of ended runs, and close rehearsals whose runs have all ended. Called periodically."""
    for row in RehearsalRun.objects.filter(outcome="", run__status__in=ENDED).select_related("run"):
        if row.run is not None:
            _note_end(row, row.run)
    waiting = RehearsalRun.objects.filter(outcome="").values("rehearsal")
    closed = 0
    for rehearsal in Rehearsal.objects.filter(ended_at=None).exclude(pk__in=waiting).select_related("version"):
        closed += _end(rehearsal)
    return closed


def _check(
    version: FlowVersion, tickets: Sequence[Ticket], times: int, mode: RehearsalMode, grant: PracticeGrant | None
) -> None:
    if not tickets:
        raise Invalid(_("请至少选择一个工单。"))
    if not times >= 1 or len(tickets) * times > MOST_RUNS:
        raise Invalid(_("一次演练 1 到 %d 次。") % MOST_RUNS)
    uses = (PhoneUse.PRACTICE,) if mode is RehearsalMode.PRACTICE else DRY_USES
    if not Phone.objects.filter(use__in=uses, state=PhoneState.READY).exists():
        raise Conflict(_("没有可用的演练手机;请管理员把一台手机标记为演练用。"), code="no_rehearsal_phone")
    if mode is RehearsalMode.PRACTICE and (grant is None or grant.version_id != version.pk):
        raise Invalid(_("在练习手机上提交需要对这个版本的授权。"))


def _fits(version: FlowVersion, ticket: Ticket) -> bool:
    text = f"{ticket.subject}\n{ticket.text}"
    return flow_fit(version.definition, text).fit >= 1 and read_slots(version.definition, ticket).complete


def _queue(rehearsal: Rehearsal, ticket: Ticket, user: Any) -> None:
    row = RehearsalRun(rehearsal=rehearsal, ticket_number=ticket.number)
    try:
        reading = read_slots(rehearsal.version.definition, ticket)
        if not reading.complete:
            raise SlotsNeeded(reading)
        purpose = _PURPOSES[RehearsalMode(rehearsal.mode)]
        row.run = starts.create_run(ticket, user, rehearsal.version, reading, "zh", purpose)
    except ServiceError as error:
        row.outcome, row.note = RehearsalOutcome.NOT_STARTED, bounded(error.message, 300)
    row.save()


def _note_end(row: RehearsalRun, run: Run) -> None:
    """Record the outcome of a run that ended without a pause."""
    outcome = RehearsalOutcome.COMPLETED if run.status == RunStatus.SUCCEEDED else RehearsalOutcome.FAILED
    if run.status == RunStatus.CANCELLED:
        outcome = RehearsalOutcome.STOPPED
    RehearsalRun.objects.filter(pk=row.pk, outcome="").update(outcome=outcome, note=run.result)


def _end(rehearsal: Rehearsal) -> int:
    with transaction.atomic():
        if not Rehearsal.objects.filter(pk=rehearsal.pk, ended_at=None).update(ended_at=timezone.now()):
            return 0
        well = rehearsal.runs.filter(outcome__in=GOOD).count()
        total = rehearsal.runs.count()
        if well and stages.of(rehearsal.version) is VersionStage.DRAFT:
            stages.move(rehearsal.version, VersionStage.REHEARSED)
        details = {"runs": total, "well": well}
        version = rehearsal.version
        audit.record("rehearsal.ended", obj=rehearsal, flow_version=str(version), details=details)
    return 1
