"""The library: every flow as a card with what it does, where it stands and how it fares; and what is asked for."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consoles.access import FORM, POST, permitted
from consoles.pages.studio import library_cards
from consoles.views.studio.named_tickets import named_tickets
from tickets.errors import Invalid, NotFound, ServiceError
from tickets.models import FlowRequest, FlowTemplate, RequestStatus, Ticket
from tickets.permissions import Permission
from tickets.services.flows import requests, templates
from tickets.web.given import MOST_WHOLE, whole_number

_MOST_EXAMPLES = 20
_MOST_ANSWERED = 20
_NUMBERS: dict[str, Promise] = {
    "per_week": gettext_lazy("每周工单数"),
    "minutes_each": gettext_lazy("人工每单分钟"),
    "rule_based": gettext_lazy("规则有多明确"),
    "exceptions": gettext_lazy("例外有多少"),
}


@permitted(Permission.REQUEST_FLOWS)
def library(request: HttpRequest) -> HttpResponse:
    context = {
        "cards": library_cards.cards(),
        "requests": library_cards.ranked_requests(request.user),
        "answered": requests.answered()[:_MOST_ANSWERED],
    }
    return render(request, "consoles/studio/library.html", context)


@permitted(Permission.EDIT_FLOWS, POST)
def flow_new(request: HttpRequest) -> HttpResponse:
    """A new, empty flow; its draft opens in the editor."""
    template = templates.create(request.user, name=request.POST.get("name", ""), slug=request.POST.get("slug", ""))
    return redirect("flow-draft", template.slug)


@permitted(Permission.REQUEST_FLOWS, FORM)
def request_new(request: HttpRequest) -> HttpResponse:
    """Ask for a flow. What was typed is kept when something is wrong with it."""
    problem = ""
    if request.method == "POST":
        try:
            requests.ask(request.user, _values(request), _examples(request))
            return redirect(f"{resolve_url('flows')}#requests")
        except ServiceError as error:
            problem = error.message
    context = {"problem": problem, "typed": request.POST}
    return render(request, "consoles/studio/request.html", context, status=422 if problem else 200)


@permitted(Permission.EDIT_FLOWS, POST)
def request_answer(request: HttpRequest, request_id: int) -> HttpResponse:
    row = FlowRequest.objects.filter(pk=request_id).first()
    if row is None:
        raise NotFound
    accepted = request.POST.get("answer") == RequestStatus.ACCEPTED
    template = FlowTemplate.objects.filter(slug=request.POST.get("flow", "")).first() if accepted else None
    status = RequestStatus.ACCEPTED if accepted else RequestStatus.DECLINED
    requests.answer(row, request.user, status, request.POST.get("text", ""), template)
    return redirect(f"{resolve_url('flows')}#requests")


def _values(request: HttpRequest) -> dict[str, object]:
    posted = request.POST
    values: dict[str, object] = {key: posted.get(key, "").strip() for key in ("title", "description")}
    given = {key: label for key, label in _NUMBERS.items() if posted.get(key, "").strip()}
    values |= {key: _whole(posted[key], label) for key, label in given.items()}
    return {**values, "personal_data": "personal_data" in posted, "writes": "writes" in posted}


def _whole(text: str, label: Promise) -> int:
    number = whole_number(text, most=MOST_WHOLE)
    if number is None:
        raise Invalid(_("“%s”请填写整数。") % label)
    return number


def _examples(request: HttpRequest) -> list[Ticket]:
    return named_tickets(request.user, request.POST.get("examples", ""), most=_MOST_EXAMPLES)
