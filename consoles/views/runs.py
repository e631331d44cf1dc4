"""Start and stop a run, answer what it asks, and take its phone over. Every view here is a POST."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from consoles.access import POST, permitted
from consoles.pages.cockpit import cockpit_of
from consoles.pages.parts import live_answer
from consoles.pages.words import run_language
from consoles.views.desk.bulk import picked_flow
from tickets.errors import Invalid, InvalidSlot, SlotsNeeded
from tickets.models import Ticket
from tickets.permissions import Permission
from tickets.services.flows import vouches
from tickets.services.people import access
from tickets.services.runs import attention, decisions, starts, takeovers, values
from tickets.services.runs import lifecycle as runs
from tickets.web.given import whole_number

ANSWER = "slot."


@permitted(Permission.START_RUNS, POST)
def run_start(request: HttpRequest, number: str) -> HttpResponse:
    """Start the picked or recommended flow; what is still missing is asked on the page."""
    ticket = access.get_ticket(request.user, number)
    answers = _answers(request)
    flow = request.POST.get("flow", "")
    try:
        starts.start_run(
            ticket=ticket, user=request.user, template=picked_flow(flow), answers=answers, lang=run_language()
        )
    except (SlotsNeeded, InvalidSlot) as error:
        cockpit = cockpit_of(ticket, request.user, flow=flow, answers=tuple(answers.items()), problem=error.message)
        return live_answer(request, cockpit)
    return _state(request, ticket)


@permitted(Permission.STOP_RUNS, POST)
def run_stop(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    run = access.get_run(request.user, run_id)
    runs.stop_run(run, request.user)
    return _state(request, run.ticket)


@permitted(Permission.START_RUNS, POST)
def run_nudge(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Remind those who may answer that somebody waits behind this run."""
    attention.nudge(access.get_run(request.user, run_id), request.user)
    return HttpResponse(status=204)


@permitted(Permission.DECIDE, POST)
def confirmation_decide(request: HttpRequest, confirmation_id: uuid.UUID) -> HttpResponse:
    """Y or N, for exactly the confirmation and version that was shown."""
    confirmation = access.get_confirmation(request.user, confirmation_id)
    answer = _one_of(request, "answer", "yes", "no")
    then = _one_of(request, "then", "end", "go_on", default="end")
    version = _number(request, "version")
    decisions.decide(
        confirmation=confirmation,
        user=request.user,
        approve=answer == "yes",
        version=version,
        note=request.POST.get("note", "").strip(),
        then_end=then == "end",
        idempotency_key=_idempotency_key(request, f"{confirmation.pk}:{version}:{answer}"),
    )
    return _state(request, confirmation.run.ticket)


@permitted(Permission.DECIDE, POST)
def confirmation_vouch(request: HttpRequest, confirmation_id: uuid.UUID) -> HttpResponse:
    """An operator's "do not ask again": a proposal that a flow editor decides on."""
    vouches.propose(access.get_confirmation(request.user, confirmation_id), request.user)
    return HttpResponse(format_html('<p class="small muted">{}</p>', _("已提议给流程编辑者。")))


@permitted(Permission.DECIDE, POST)
def confirmation_correct(request: HttpRequest, confirmation_id: uuid.UUID) -> HttpResponse:
    """Have the agent correct one field, and ask again."""
    confirmation = access.get_confirmation(request.user, confirmation_id)
    decisions.correct_field(
        confirmation=confirmation,
        user=request.user,
        version=_number(request, "version"),
        name=request.POST.get("field", ""),
        value=request.POST.get("value", "").strip(),
    )
    return _state(request, confirmation.run.ticket)


@permitted(Permission.DECIDE, POST)
def question_answer(request: HttpRequest, question_id: uuid.UUID) -> HttpResponse:
    question = access.get_question(request.user, question_id)
    text = request.POST.get("text", "").strip() or request.POST.get("choice", "").strip()
    decisions.answer_question(question, request.user, text)
    return _state(request, question.run.ticket)


@permitted(Permission.TAKE_OVER, POST)
def takeover_begin(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    run = access.get_run(request.user, run_id)
    takeovers.begin(run, request.user)
    return _state(request, run.ticket)


@permitted(Permission.TAKE_OVER, POST)
def takeover_hand_back(request: HttpRequest, takeover_id: uuid.UUID) -> HttpResponse:
    takeover = access.get_takeover(request.user, takeover_id)
    takeovers.hand_back(takeover, request.user, request.POST.get("note", "").strip())
    return _state(request, takeover.run.ticket)


@permitted(Permission.TAKE_OVER, POST)
def takeover_value(request: HttpRequest, takeover_id: uuid.UUID) -> HttpResponse:
    """Another value while driving: sent to the agent at once, which compares with it from here on."""
    takeover = access.get_takeover(request.user, takeover_id)
    values.change(takeover, request.user, request.POST.get("name", ""), request.POST.get("value", "").strip())
    return _state(request, takeover.run.ticket)


@permitted(Permission.TAKE_OVER, POST)
def takeover_finish(request: HttpRequest, takeover_id: uuid.UUID) -> HttpResponse:
    """The human keeps the ticket: automation ends here."""
    takeover = access.get_takeover(request.user, takeover_id)
    takeovers.finish_by_hand(takeover, request.user, request.POST.get("note", "").strip())
    return _state(request, takeover.run.ticket)


def _state(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    """The live page after the change, read afresh."""
    fresh = access.get_ticket(request.user, ticket.number)
    return live_answer(request, cockpit_of(fresh, request.user))


def _answers(request: HttpRequest) -> dict[str, str]:
    """What was chosen or typed for each slot; what was typed counts more."""
    given = {
        name.removeprefix(ANSWER): [str(value) for value in values if str(value).strip()]
        for name, values in request.POST.lists()
        if name.startswith(ANSWER)
    }
    return {name: values[-1] for name, values in given.items() if values}


def _one_of(request: HttpRequest, name: str, *choices: str, default: str = "") -> str:
    value = request.POST.get(name, default)
    if value not in choices:
        text = _("%(name)s 应为其中之一:%(choices)s。")
        raise Invalid(text % {"name": name, "choices": ", ".join(choices)}, code=f"bad_{name}")
    return value


def _number(request: HttpRequest, name: str) -> int:
    value = whole_number(request.POST.get(name, ""))
    if value is None:
        raise Invalid(_("%(name)s 应为整数,请刷新页面后再试。") % {"name": name}, code=f"bad_{name}")
    return value


def _idempotency_key(request: HttpRequest, same: str) -> str:
    """The client's own key, or one that makes the same answer of the same person to the same question one answer."""
    return (request.headers.get("Idempotency-Key") or f"{request.user.pk}:{same}")[:80]
