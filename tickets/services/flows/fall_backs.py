"""Fall-backs: chosen for a flow by people, carried out by a periodic task when a run has failed.

Rule: at most once per run of a ticket, and never by another run or a robot after an irreversible act or a person's own
gestures, whose outcome only a person can judge.
"""

from __future__ import annotations

import logging
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from cs_agent.engine.run.state import StepStatus
from tickets.errors import Invalid, ServiceError
from tickets.models import (
    Department,
    FallBack,
    FallBackKind,
    FallBackState,
    FallBackUse,
    FlowTemplate,
    FlowVersion,
    Run,
    RunPurpose,
    RunStatus,
    StepActor,
    Ticket,
    VersionStage,
)
from tickets.models.ticket.tickets import UNFINISHED
from tickets.permissions import Permission, require
from tickets.said import said
from tickets.services.evidence import audit
from tickets.services.flows import robots
from tickets.services.live import events as live
from tickets.services.people import access
from tickets.services.releasing import stages
from tickets.services.runs import starts
from tickets.task_entry import Apart

log = logging.getLogger(__name__)
_AT_A_TIME = 50
_LOST_AFTER = timedelta(minutes=5)  # after which an unfinished hand-over counts as lost
CHOOSABLE = {VersionStage.RELEASED, VersionStage.RETIRED}
_REPEATS = {FallBackKind.FLOW, FallBackKind.VERSION, FallBackKind.ROBOT}

Target = User | Department | FlowTemplate | FlowVersion | str


def choose(template: FlowTemplate, user: Any, target: Target | None) -> FallBack | None:
    """Set what happens when a run of the flow fails; None: nothing. A string names a robot."""
    require(user, Permission.RELEASE_FLOWS)
    terms = _terms(template, target)
    with transaction.atomic():
        FallBack.objects.filter(template=template).delete()
        made = FallBack.objects.create(template=template, since=timezone.now(), **terms) if terms else None
        details = {"template": template.slug, "kind": terms.get("kind", ""), "target": str(target or "")}
        audit.record("flow.fall_back_chosen", user=user, obj=template, details=details)
    return made


def key_of(chosen: FallBack | None) -> str:
    """Its form value: `person:3`, `flow:resend_code`; "" for nothing."""
    if chosen is None:
        return ""
    keys = {
        FallBackKind.PERSON: chosen.person_id,
        FallBackKind.TEAM: chosen.team_id,
        FallBackKind.FLOW: chosen.flow.slug if chosen.flow else "",
        FallBackKind.VERSION: chosen.version.number if chosen.version else "",
        FallBackKind.ROBOT: chosen.robot,
    }
    return f"{chosen.kind}:{keys[FallBackKind(chosen.kind)]}"


def take_all(apart: Apart = nullcontext) -> int:
    """Carry out the fall-back of every failed run; returns how many. Called periodically."""
    _give_up_lost()
    _ask_robots(apart)
    failed = Run.objects.serving().filter(status=RunStatus.FAILED, fall_back=None)
    failed = failed.filter(ended_at__gte=F("flow_version__template__fall_back__since"), ticket__status__in=UNFINISHED)
    taken = 0
    for run in failed.select_related("flow_version__template__fall_back", "ticket__department")[:_AT_A_TIME]:
        with apart(f"fall-back of run {run.pk}"):
            taken += _take(run, run.flow_version.template.fall_back)
    return taken


def may_repeat(run: Run) -> bool:
    """Whether another try cannot repeat anything that the run, or a person in it, did."""
    acts = Q(irreversible=True) & ~Q(status=StepStatus.REFUSED.value)
    return not run.steps.filter(acts | Q(actor=StepActor.HUMAN)).exists()


def _terms(template: FlowTemplate, target: Target | None) -> dict[str, Any]:
    match target:
        case None:
            return {}
        case User():
            if not target.is_active:
                raise Invalid(_("这个账号已停用。"), code="bad_fall_back")
            return {"kind": FallBackKind.PERSON, "person": target}
        case Department():
            return {"kind": FallBackKind.TEAM, "team": target}
        case FlowTemplate():
            if target.pk == template.pk:
                raise Invalid(_("请选择另一个流程。"), code="bad_fall_back")
            return {"kind": FallBackKind.FLOW, "flow": target}
        case FlowVersion():
            if target.template_id != template.pk or stages.of(target) not in CHOOSABLE:
                raise Invalid(_("只能选择这个流程发布过的版本。"), code="bad_fall_back")
            return {"kind": FallBackKind.VERSION, "version": target}
        case str():
            return {"kind": FallBackKind.ROBOT, "robot": _robot(template, target)}


def _robot(template: FlowTemplate, name: str) -> str:
    if name not in robots.names():
        raise Invalid(_("没有设置名为“%s”的机器人。") % name[:60], code="bad_fall_back")
    if not _only_reads(template.latest):
        raise Invalid(_("机器人只能接手只查询的流程:不可撤销的操作须由人确认。"), code="bad_fall_back")
    return name


def _only_reads(version: FlowVersion | None) -> bool:
    return bool(version and version.definition.get("engine", {}).get("read_only"))


def _take(run: Run, chosen: FallBack) -> int:
    """Record the fall-back first, then carry it out: a concurrent process finds the row."""
    try:
        with transaction.atomic():
            use = FallBackUse.objects.create(run=run, kind=chosen.kind, robot=chosen.robot)
    except IntegrityError:
        return 0
    reason = _refusal(run, chosen)
    if reason:
        _leave(use, reason)
    elif chosen.kind in {FallBackKind.PERSON, FallBackKind.TEAM}:
        _hand_to_people(use, chosen)
    elif chosen.kind == FallBackKind.ROBOT:
        _hand_to_robot(use)
    else:
        _start_another(use, chosen)
    return 1


def _refusal(run: Run, chosen: FallBack) -> str:
    """Why only the ticket's own person may continue; "" if the fall-back may be carried out."""
    if Run.objects.filter(ticket=run.ticket_id, created_at__gt=run.created_at).exclude(pk=run.pk).serving().exists():
        return said("fall_back.newer")
    if chosen.kind not in _REPEATS:
        return ""
    if FallBackUse.objects.filter(next_run=run).exists():
        return said("fall_back.once")
    if not may_repeat(run):
        return said("fall_back.has_acted")
    if chosen.kind == FallBackKind.ROBOT and not _only_reads(run.flow_version):
        return said("fall_back.robot_acts")
    return ""


def _hand_to_people(use: FallBackUse, chosen: FallBack) -> None:
    ticket, person = use.run.ticket, chosen.person
    if person is not None and not (person.is_active and access.may_see(person, ticket)):
        _leave(use, said("fall_back.not_in_team"))
        return
    changes: dict[str, Any] = {"assignee": person}
    changes |= {"department": chosen.team} if chosen.team else {}
    with transaction.atomic():
        Ticket.objects.filter(pk=ticket.pk).update(**changes)
        _end(use, FallBackState.TAKEN, to=person.get_username() if person else str(chosen.team))


def _start_another(use: FallBackUse, chosen: FallBack) -> None:
    run = use.run
    try:
        with transaction.atomic():
            use.next_run = starts.start_run(
                ticket=run.ticket,
                user=run.started_by,
                flow_version=chosen.version,
                template=chosen.flow,
                lang=run.lang,
                purpose=RunPurpose(run.purpose),
            )
            _end(use, FallBackState.TAKEN, next_run=str(use.next_run.pk))
    except ServiceError as error:
        use.next_run = None
        _leave(use, error.message)


def _hand_to_robot(use: FallBackUse) -> None:
    run = use.run
    values = {slot.name: slot.value for slot in run.slots.all()}
    job = robots.RobotJob(str(run.pk), run.flow_version.template.slug, run.ticket.number, values)
    try:
        use.reference = robots.named(use.robot).hand_over(job)[:200]
    except robots.RobotError as error:
        _leave(use, str(error))
        return
    with transaction.atomic():
        _end(use, FallBackState.WORKING, robot=use.robot)


def _ask_robots(apart: Apart) -> None:
    for use in FallBackUse.objects.filter(state=FallBackState.WORKING).select_related("run__ticket")[:_AT_A_TIME]:
        with apart(f"robot {use.robot} of run {use.run_id}"):
            _ask_robot(use)


def _ask_robot(use: FallBackUse) -> None:
    try:
        outcome = robots.named(use.robot).outcome(use.reference)
    except robots.RobotError as error:
        log.warning("robot %s cannot say how run %s stands: %s", use.robot, use.run_id, error)
        return
    if outcome.state is robots.RobotState.FAILED:
        _leave(use, outcome.words)
    elif outcome.state is robots.RobotState.DONE:
        with transaction.atomic():  # a person looks at what it says before the ticket is solved
            Ticket.objects.filter(pk=use.run.ticket_id).update(result=outcome.words)
            use.note = outcome.words
            _end(use, FallBackState.DONE, robot=use.robot)


def _give_up_lost() -> None:
    """Close fall-backs begun by a process that died: their outcome is unknown, so a person must look."""
    lost = FallBackUse.objects.filter(state=FallBackState.BEGUN, at__lt=timezone.now() - _LOST_AFTER)
    for use in lost.select_related("run__ticket"):
        _leave(use, said("fall_back.cut_off"))


def _leave(use: FallBackUse, why: str) -> None:
    """Leave the ticket to its assignee, with the failed run."""
    use.note = why
    with transaction.atomic():
        _end(use, FallBackState.PERSON, reason=why)


def _end(use: FallBackUse, state: FallBackState, **details: Any) -> None:
    use.state = state
    use.save(update_fields=["state", "next_run", "reference", "note"])
    result = "failure" if state is FallBackState.PERSON else "success"
    audit.record("run.fallen_back", run=use.run, result=result, details={"kind": use.kind, "state": state, **details})
    live.publish_ticket(use.run.ticket, {"fall_back": state})
