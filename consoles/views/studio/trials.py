"""Two versions of a flow compared: planned, begun, stopped, read."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from consoles.access import FORM, POST, permitted
from consoles.pages.studio import trial_pages
from consoles.views.studio.draft import template_of
from consoles.views.studio.versions import asked
from tickets.errors import Invalid, NotFound, ServiceError
from tickets.models import FlowTemplate, FlowVersion, Trial, TrialMeasure
from tickets.permissions import Permission
from tickets.services.releasing import trial_plans
from tickets.web.given import whole_number


@permitted(Permission.RELEASE_FLOWS, FORM)
def trial_new(request: HttpRequest, slug: str) -> HttpResponse:
    """The form, with what was typed while something is wrong with it."""
    template, problem = template_of(slug), ""
    if request.method == "POST":
        try:
            made = trial_plans.plan(template, request.user, _terms(request, template))
        except ServiceError as error:
            problem = error.message
        else:
            return redirect("trial", slug, made.pk)
    context = trial_pages.form_context(template, request.POST.dict()) | {"problem": problem}
    return render(request, "consoles/studio/trial/new.html", context, status=422 if problem else 200)


@permitted(Permission.REQUEST_FLOWS)
def trial_page(request: HttpRequest, slug: str, trial_id: int) -> HttpResponse:
    trial = _of(slug, trial_id)
    return render(request, "consoles/studio/trial/page.html", trial_pages.page_context(trial))


@permitted(Permission.RELEASE_FLOWS, POST)
def trial_act(request: HttpRequest, slug: str, trial_id: int) -> HttpResponse:
    trial = _of(slug, trial_id)
    match request.POST.get("do", ""):
        case "begin":
            trial_plans.begin(trial, request.user)
        case "stop":
            trial_plans.stop(trial, request.user, request.POST.get("note", ""))
        case _:
            raise Invalid(_("请选择开始或停止。"))
    return redirect("trial", slug, trial.pk)


def _terms(request: HttpRequest, template: FlowTemplate) -> trial_plans.Terms:
    measure = request.POST.get("measure", "")
    if measure not in TrialMeasure.values:
        raise Invalid(_("请选择衡量什么。"))
    difference = _number(request, "difference")
    return trial_plans.Terms(
        a=_version(request, template, "a"),
        b=_version(request, template, "b"),
        percent=_number(request, "percent"),
        measure=TrialMeasure(measure),
        expected=_number(request, "expected") / 100,
        difference=difference / 100 if measure == TrialMeasure.SUCCESS else difference,
        alpha=_choice(request, "alpha", trial_plans.ALPHAS),
        power=_choice(request, "power", trial_plans.POWERS),
        floor=_number(request, "floor") / 100,
    )


def _version(request: HttpRequest, template: FlowTemplate, name: str) -> FlowVersion:
    version = asked(template, request.POST.get(name, ""))
    if version is None:
        raise Invalid(_("请选择两个版本。"))
    return version


def _number(request: HttpRequest, name: str) -> int:
    number = whole_number(request.POST.get(name, ""), most=100_000)
    if number is None:
        raise Invalid(_("请填写整数。"))
    return number


def _choice(request: HttpRequest, name: str, offered: tuple[float, ...]) -> float:
    found = {str(value): value for value in offered}.get(request.POST.get(name, ""))
    if found is None:
        raise Invalid(_("请选择给出的误判率和检出率。"))
    return found


def _of(slug: str, trial_id: int) -> Trial:
    rows = Trial.objects.select_related("template", "a", "b", "planned_by", "began_by", "ended_by", "stop_run__ticket")
    trial = rows.filter(template__slug=slug, pk=trial_id).first()
    if trial is None:
        raise NotFound(_("没有这个对比。"))
    return trial
