"""One step of a run, and a person's word that it was wrong: made, read, withdrawn."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from consoles.access import FORM, permitted
from consoles.pages.timeline import timeline
from tickets.errors import Invalid, NotFound, ServiceError
from tickets.models import ActFault, Run, Step
from tickets.permissions import Permission
from tickets.services.people import access
from tickets.services.releasing import act_marks


@permitted(Permission.DECIDE, FORM)
def act_mark(request: HttpRequest, run_id: uuid.UUID, step_number: int) -> HttpResponse:
    """What was typed stays while something is wrong with it."""
    run = access.get_run(request.user, run_id)
    step = run.steps.select_related("run__ticket").filter(number=step_number).first()
    if step is None:
        raise NotFound(_("没有这一步。"))
    problem = ""
    if request.method == "POST":
        try:
            _act(request, step)
        except ServiceError as error:
            problem = error.message
        else:
            return redirect("act-mark", run.pk, step.number)
    return render(request, "consoles/replay/mark.html", _context(request, run, step, problem), status=_status(problem))


def _act(request: HttpRequest, step: Step) -> None:
    reason, fault = request.POST.get("reason", ""), request.POST.get("fault", "")
    if request.POST.get("do") == "withdraw":
        mark = act_marks.current(step)
        if mark is None:
            raise Invalid(_("标记已经撤回。"))
        act_marks.withdraw(mark, request.user, reason)
    elif fault in ActFault.values:
        act_marks.mark(step, request.user, ActFault(fault), reason)
    else:
        raise Invalid(_("请选择哪里有误。"))


def _context(request: HttpRequest, run: Run, step: Step, problem: str) -> dict[str, object]:
    view = next(each for each in timeline(run, since=step.number) if each.number == step.number)
    mark = act_marks.current(step)
    return {
        "run": run,
        "ticket": run.ticket,
        "step": view,
        "mark": mark,
        "may_withdraw": mark is not None and act_marks.may_withdraw(mark, request.user),
        "past": step.marks.exclude(withdrawn_at=None).select_related("marked_by", "withdrawn_by"),
        "faults": [(fault.value, fault.label) for fault in act_marks.faults_of(step)],
        "typed": request.POST,
        "problem": problem,
        "longest": act_marks.LONGEST,
    }


def _status(problem: str) -> int:
    return 422 if problem else 200
