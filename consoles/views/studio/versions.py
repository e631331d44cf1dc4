"""One flow: its versions and where each stands, reviews, releases, and the way back to the version before."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from consoles.access import POST, permitted
from consoles.pages.studio import flow_pages
from consoles.views.studio.draft import template_of
from tickets.errors import Invalid, NotFound
from tickets.models import ControlVouch, Department, FlowTemplate, FlowVersion, ReviewVerdict
from tickets.permissions import Permission
from tickets.services.flows import fall_backs, reviews, templates, vouches
from tickets.services.flows.routes import learning
from tickets.services.people import access
from tickets.services.releasing import releases
from tickets.services.tickets import desk
from tickets.web.given import whole_number


@permitted(Permission.REQUEST_FLOWS)
def flow_page(request: HttpRequest, slug: str) -> HttpResponse:
    """The version that was asked for, else the newest; beside it the one it is compared with."""
    template = template_of(slug)
    shown = asked(template, request.GET.get("version", ""))
    context = flow_pages.flow_context(request.user, template, shown, asked(template, request.GET.get("with", "")))
    return render(request, "consoles/studio/flow.html", context)


@permitted(Permission.REQUEST_FLOWS)
def flow_sop(request: HttpRequest, slug: str, version: int) -> HttpResponse:
    """The flow as people read it, for print."""
    template = template_of(slug)
    return render(request, "consoles/studio/sop.html", flow_pages.sop_context(template, _version(template, version)))


@permitted(Permission.EDIT_FLOWS, POST)
def version_submit(request: HttpRequest, slug: str, version: int) -> HttpResponse:
    reviews.submit(of_number(slug, version), request.user, unrehearsed_reason=request.POST.get("reason", ""))
    return shown_again(slug, version)


@permitted(Permission.EDIT_FLOWS, POST)
def version_renew(request: HttpRequest, slug: str, version: int) -> HttpResponse:
    """Make a draft version whose route knows the detour that runs of this one took."""
    made = learning.renew(of_number(slug, version), request.user)
    return shown_again(slug, made.number)


@permitted(Permission.EDIT_FLOWS, POST)
def version_learn(request: HttpRequest, slug: str, version: int) -> HttpResponse:
    """Make a draft version whose route has the way of this run as well."""
    made = learning.learn(of_number(slug, version), request.POST.get("run", ""), request.user)
    return shown_again(slug, made.number)


@permitted(Permission.REVIEW_FLOWS, POST)
def version_review(request: HttpRequest, slug: str, version: int) -> HttpResponse:
    verdict = request.POST.get("verdict", "")
    if verdict not in ReviewVerdict.values:
        raise Invalid(_("请选择通过或退回。"))
    reviews.review(of_number(slug, version), request.user, ReviewVerdict(verdict), request.POST.get("comment", ""))
    return shown_again(slug, version)


@permitted(Permission.RELEASE_FLOWS, POST)
def version_release(request: HttpRequest, slug: str, version: int) -> HttpResponse:
    share, shadow = request.POST.get("percent", ""), request.POST.get("percent") == "shadow"
    percent = 100 if shadow else whole_number(share, most=100)
    if percent is None:
        raise Invalid(_("请选择比例。"))
    releases.release(
        of_number(slug, version),
        request.user,
        percent=percent,
        department=_department(request.POST.get("department", "")),
        shadow=shadow,
        success_floor=_share(request.POST.get("success_floor", "80")),
        rejection_ceiling=_share(request.POST.get("rejection_ceiling", "20")),
    )
    return shown_again(slug, version)


@permitted(Permission.EDIT_FLOWS, POST)
def flow_vouch(request: HttpRequest, slug: str, vouch: int) -> HttpResponse:
    """Say that a proposed control is harmless, or take that back."""
    row = ControlVouch.objects.filter(template=template_of(slug), pk=vouch).first()
    if row is None:
        raise NotFound(_("没有这条认定。"))
    match request.POST.get("do", ""):
        case "give":
            vouches.give(row, request.user)
        case "withdraw":
            vouches.withdraw(row, request.user)
        case _:
            raise Invalid(_("请选择认定或撤回。"))
    return redirect("flow", slug)


@permitted(Permission.EDIT_FLOWS, POST)
def flow_names(request: HttpRequest, slug: str) -> HttpResponse:
    """What the flow is called and what is said of it, in both languages."""
    templates.describe(request.user, template_of(slug), words=request.POST.dict())
    return redirect("flow", slug)


@permitted(Permission.RELEASE_FLOWS, POST)
def flow_take_back(request: HttpRequest, slug: str) -> HttpResponse:
    releases.take_back(template_of(slug), request.user, request.POST.get("note", ""))
    return redirect("flow", slug)


@permitted(Permission.RELEASE_FLOWS, POST)
def flow_retire(request: HttpRequest, slug: str) -> HttpResponse:
    releases.retire(template_of(slug), request.user, request.POST.get("note", ""))
    return redirect("flow", slug)


@permitted(Permission.RELEASE_FLOWS, POST)
def flow_fall_back(request: HttpRequest, slug: str) -> HttpResponse:
    """What happens when a run of the flow fails; `to` is a kind and a key such as person:3, or empty for nothing."""
    template = template_of(slug)
    fall_backs.choose(template, request.user, _fall_back(request, template))
    return redirect("flow", slug)


def _fall_back(request: HttpRequest, template: FlowTemplate) -> fall_backs.Target | None:
    kind, _colon, key = request.POST.get("to", "").partition(":")
    number = whole_number(key) or 0
    target: fall_backs.Target | None = None
    match kind:
        case "":
            return None
        case "person":
            target = desk.colleagues(request.user).filter(pk=number).first()
        case "team":
            target = access.departments(request.user).filter(pk=number).first()
        case "flow":
            target = FlowTemplate.objects.filter(slug=key, active=True).first()
        case "version":
            target = template.versions.filter(number=number).first()
        case "robot":
            return key
    if target is None:
        raise Invalid(_("请选择失败之后怎么办。"), code="bad_fall_back")
    return target


def shown_again(slug: str, version: int, place: str = "") -> HttpResponse:
    """The page of the flow with that version on it, at that place of it."""
    response = redirect("flow", slug)
    response["Location"] += f"?version={version}{place}"
    return response


def of_number(slug: str, version: int) -> FlowVersion:
    """The flow's version of that number; NotFound where there is none."""
    return _version(template_of(slug), version)


def _version(template: FlowTemplate, number: int) -> FlowVersion:
    version = asked(template, str(number))
    if version is None:
        raise NotFound
    return version


def asked(template: FlowTemplate, number: str) -> FlowVersion | None:
    """The version of that number; None for none, and for what is no number."""
    rows = template.versions.select_related("template", "created_by", "life")
    return rows.filter(number=whole_number(number) or 0).first()


def _department(text: str) -> Department | None:
    if not text:
        return None
    row = Department.objects.filter(pk=whole_number(text) or 0).first()
    if row is None:
        raise Invalid(_("没有这个部门。"))
    return row


def _share(text: str) -> float:
    percent = whole_number(text, most=100)
    if percent is None:
        raise Invalid(_("请填写 0 到 100 之间的整数。"))
    return percent / 100
