"""Teaching a flow: a lesson is started, driven on its page, left, continued, and finished as a draft."""

from __future__ import annotations

import time
from collections.abc import Mapping

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _

from consoles.access import POST, permitted
from consoles.pages.studio import lesson as shown
from consoles.views.studio.draft import marked_area, template_of
from tickets.errors import Conflict, Invalid, NotFound, ServiceError
from tickets.flows.lesson_marks import MarkKind
from tickets.models import FlowTemplate, Lesson, LessonState, Phone
from tickets.permissions import Permission
from tickets.services.people import access
from tickets.services.studio import lesson_ends, lesson_words, lessons
from tickets.web.given import whole_number

_LONGEST_AGO_MS = 60_000

_LISTED = 50  # newest tickets to choose a sample from


@permitted(Permission.TEACH)
def lesson_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose a sample ticket and a phone; lessons that were left are listed beside."""
    return _choices(request, template_of(slug), request.GET)


@permitted(Permission.TEACH, POST)
def lesson_start(request: HttpRequest, slug: str) -> HttpResponse:
    """The lesson; or the choices as they were made, with why it does not begin."""
    template = template_of(slug)
    try:
        lesson = lessons.start(
            template,
            request.user,
            access.get_ticket(request.user, request.POST.get("ticket", "")),
            _phone(request),
            with_files=bool(request.POST.get("files")),
            again_from=whole_number(request.POST.get("from", "")),
        )
    except (Conflict, Invalid) as error:
        return _choices(request, template, request.POST, error)
    return redirect("lesson", lesson.pk)


def _choices(
    request: HttpRequest, template: FlowTemplate, given: Mapping[str, str], error: ServiceError | None = None
) -> HttpResponse:
    """`given`: what is looked for (`q`) or was chosen; a chosen ticket is listed whatever is looked for."""
    tickets = access.visible_tickets(request.user)
    wanted = given.get("q", "").strip()[:100]
    if wanted:
        says = Q(text__icontains=wanted) | Q(subject__icontains=wanted) | Q(number__iexact=wanted)
        tickets = tickets.filter(says | Q(number=given.get("ticket", "")))
    kept = template.lessons.filter(state__in=[LessonState.KEPT, LessonState.OPEN])
    context = {
        "template": template,
        "tickets": tickets.order_by("-created_at")[:_LISTED],
        "phones": shown.phones_to_choose(),
        "kept": kept.filter(ticket__in=access.visible_tickets(request.user))
        .select_related("teacher", "phone", "ticket")
        .order_by("-pk")[:10],
        "wanted": wanted,
        "chosen": given,
        "again_from": given.get("from", ""),
        "problem": error.message if error else "",
    }
    return render(request, "consoles/studio/lesson_new.html", context, status=error.status if error else 200)


@permitted(Permission.TEACH)
def lesson_page(request: HttpRequest, lesson_id: int) -> HttpResponse:
    return render(request, "consoles/studio/lesson.html", shown.context(_lesson(request, lesson_id), request.user))


@permitted(Permission.TEACH)
def lesson_state(request: HttpRequest, lesson_id: int) -> HttpResponse:
    """The part of the page that changes while the phone is driven."""
    return _state(request, lesson_id)


@permitted(Permission.TEACH, POST)
def lesson_value(request: HttpRequest, lesson_id: int) -> HttpResponse:
    name = lesson_words.add_value(
        _lesson(request, lesson_id),
        request.user,
        label=request.POST.get("label", ""),
        kind=request.POST.get("kind", ""),
        value=request.POST.get("value", ""),
        fixed=request.POST.get("kind") == "fixed",
    )
    response = _state(request, lesson_id)
    response["X-Slot"] = name
    return response


@permitted(Permission.TEACH, POST)
def lesson_mark(request: HttpRequest, lesson_id: int) -> HttpResponse:
    """A place on the page, or words for what the app will say."""
    lesson = _lesson(request, lesson_id)
    if "text" in request.POST:
        lesson_words.say_success(lesson, request.user, request.POST["text"])
    elif "drop" in request.POST:
        lesson_words.drop_mark(lesson, request.user, _step(request.POST["drop"]))
    else:
        kind = request.POST.get("kind", "")
        if kind not in set(MarkKind):
            raise Invalid(_("请选择标记的种类。"))
        page, area = request.POST.get("page", ""), marked_area(request)
        ago = whole_number(request.POST.get("ago", ""), _LONGEST_AGO_MS)
        begun_at = time.time() - ago / 1000 if ago is not None else None
        lesson_words.mark(lesson, request.user, MarkKind(kind), area, page, begun_at=begun_at)
    return _state(request, lesson_id)


@permitted(Permission.TEACH, POST)
def lesson_again(request: HttpRequest, lesson_id: int) -> HttpResponse:
    lesson = _lesson(request, lesson_id)
    if "join" in request.POST:
        lessons.join(lesson, request.user)
    else:
        lessons.again(lesson, request.user, _step(request.POST.get("from", "")))
    return _state(request, lesson_id)


@permitted(Permission.TEACH, POST)
def lesson_end(request: HttpRequest, lesson_id: int) -> HttpResponse:
    """Finish as a draft, leave for later, give up, or continue."""
    lesson = _lesson(request, lesson_id)
    match request.POST.get("do", ""):
        case "finish":
            lesson_ends.finish(lesson, request.user, amount_limit=_amount(request.POST.get("limit", "")))
            return _to(request, resolve_url("flow-draft", lesson.template.slug))
        case "leave":
            lessons.leave(lesson, request.user)
        case "discard":
            lessons.discard(lesson, request.user)
            return _to(request, resolve_url("flow", lesson.template.slug))
        case "go_on":
            lessons.go_on(lesson, request.user, _phone(request))
        case _:
            raise Invalid(_("请选择完成、中断或放弃。"))
    return _to(request, resolve_url("lesson", lesson.pk))


def _state(request: HttpRequest, lesson_id: int) -> HttpResponse:
    """As it stands after whatever was done."""
    return render(
        request, "consoles/studio/lesson/changed.html", shown.context(_lesson(request, lesson_id), request.user)
    )


def _to(request: HttpRequest, address: str) -> HttpResponse:
    return HttpResponse(headers={"HX-Redirect": address}) if getattr(request, "htmx", False) else redirect(address)


def _lesson(request: HttpRequest, lesson_id: int) -> Lesson:
    rows = Lesson.objects.select_related("template", "base", "ticket", "phone", "run", "teacher")
    lesson = rows.filter(pk=lesson_id, ticket__in=access.visible_tickets(request.user)).first()
    if lesson is None:
        raise NotFound
    return lesson


def _phone(request: HttpRequest) -> Phone:
    number = whole_number(request.POST.get("phone", ""))
    phone = Phone.objects.filter(pk=number).first() if number is not None else None
    if phone is None:
        raise Invalid(_("请选择一台手机。"))
    return phone


def _step(text: str) -> int:
    number = whole_number(text, 10_000)
    if number is None:
        raise Invalid(_("没有这一步。"))
    return number


def _amount(text: str) -> float | None:
    text = text.strip()
    if not text:
        return None
    if not text.replace(".", "", 1).isdecimal() or len(text) > 9 or not float(text):
        raise Invalid(_("请填写大于 0 的金额。"))
    return float(text)
