"""What a customer is asked: sent after a person's yes, answered by hand, or no longer waited for."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from consoles.access import POST, permitted
from consoles.pages.cockpit import chosen_version, cockpit_of
from consoles.pages.parts import live_answer
from tickets.errors import Conflict
from tickets.permissions import Permission
from tickets.services.clarify import answers, asking, ending
from tickets.services.people import access
from tickets.services.tickets import edits


@permitted(Permission.CREATE_TICKETS, POST)
def ticket_ask(request: HttpRequest, number: str) -> HttpResponse:
    """The press is the person's yes to exactly these words."""
    ticket = access.get_ticket(request.user, number)
    flow = request.POST.get("flow", "")
    version = chosen_version(ticket, request.user, flow)
    send_by, lang = request.POST.get("send_by", "")[:40], request.POST.get("lang", "")
    asking.ask(ticket, version, request.user, request.POST.get("text", ""), send_by=send_by, lang=lang)
    return _answer(request, number, flow)


@permitted(Permission.CREATE_TICKETS, POST)
def ticket_ask_answered(request: HttpRequest, number: str) -> HttpResponse:
    """What the customer said by telephone or in another window; kept as a note too."""
    ticket = access.get_ticket(request.user, number)
    text = request.POST.get("text", "")
    with transaction.atomic():
        if text.strip() and answers.take(ticket, text, request.user) is None:
            raise Conflict(_("现在没有等待客户回复的询问。"), code="nothing_asked")
        edits.comment(ticket, _("【客户回复】") + "\n" + text if text.strip() else "", request.user)
    return _answer(request, number, request.POST.get("flow", ""))


@permitted(Permission.CREATE_TICKETS, POST)
def ticket_ask_end(request: HttpRequest, number: str) -> HttpResponse:
    ending.stop_waiting(access.get_ticket(request.user, number), request.user)
    return _answer(request, number, request.POST.get("flow", ""))


def _answer(request: HttpRequest, number: str, flow: str) -> HttpResponse:
    return live_answer(request, cockpit_of(access.get_ticket(request.user, number), request.user, flow=flow))
