"""Rehearsals on the pages of the studio: started, watched, stopped, reported; grants and phones for practice."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from consoles.access import POST, permitted
from consoles.views.studio.named_tickets import named_tickets
from consoles.views.studio.versions import of_number, shown_again
from tickets.errors import Invalid, NotFound
from tickets.metrics import rehearsed, report_files
from tickets.models import Phone, PhoneUse, PracticeGrant, Rehearsal, RehearsalMode
from tickets.permissions import Permission
from tickets.services.flows import rehearsals
from tickets.web.given import whole_number


@permitted(Permission.REQUEST_FLOWS)
def rehearsal_page(request: HttpRequest, rehearsal_id: int) -> HttpResponse:
    report = rehearsed.report(_rehearsal(rehearsal_id), request.user)
    return render(request, "consoles/studio/rehearsal.html", {"report": report, "rehearsal": report.rehearsal})


@permitted(Permission.REQUEST_FLOWS)
def rehearsal_pdf(request: HttpRequest, rehearsal_id: int) -> HttpResponse:
    """The same report, printed; takes some seconds."""
    row = _rehearsal(rehearsal_id)
    name = f"{row.version.template.slug}-v{row.version.number}-{row.pk}.pdf"
    report = rehearsed.report(row, request.user)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(report_files.pdf(report), content_type="application/pdf", headers=headers)


@permitted(Permission.EDIT_FLOWS, POST)
def rehearsal_start(request: HttpRequest, slug: str, version: int) -> HttpResponse:
    posted = request.POST
    times, seconds = whole_number(posted.get("times", "1")), posted.get("person_seconds", "").strip()
    if times is None or (seconds and whole_number(seconds) is None):
        raise Invalid(_("请填写整数。"))
    grant = PracticeGrant.objects.filter(pk=whole_number(posted.get("grant", "")) or 0).first()
    of = of_number(slug, version)
    tickets = named_tickets(request.user, posted.get("tickets", ""), most=rehearsals.MOST_RUNS)
    if not tickets:
        tickets = rehearsals.spread(rehearsals.suitable(of, request.user, times), times)
        times = 1
    started = rehearsals.start(
        of,
        request.user,
        tickets,
        times=times,
        mode=RehearsalMode.PRACTICE if grant else RehearsalMode.DRY,
        grant=grant,
        person_seconds=whole_number(seconds) if seconds else None,
    )
    return redirect("rehearsal", started.pk)


@permitted(Permission.EDIT_FLOWS, POST)
def rehearsal_stop(request: HttpRequest, rehearsal_id: int) -> HttpResponse:
    rehearsals.stop(_rehearsal(rehearsal_id), request.user)
    return redirect("rehearsal", rehearsal_id)


@permitted(Permission.DECIDE, POST)
def practice_grant(request: HttpRequest, slug: str, version: int) -> HttpResponse:
    count = whole_number(request.POST.get("count", "")) or 0
    rehearsals.grant(of_number(slug, version), _phone(request.POST.get("phone", "")), request.user, count)
    return shown_again(slug, version, "#rehearse")


@permitted(Permission.MANAGE_PHONES, POST)
def phone_use(request: HttpRequest, phone_id: int) -> HttpResponse:
    """Customers or rehearsals; or one of the two steps that make a practice phone."""
    phone, use = _phone(str(phone_id)), request.POST.get("use", "")
    if use == "mark":
        rehearsals.mark_for_practice(phone, request.user, request.POST.get("accounts", ""))
    elif use == "agree":
        rehearsals.agree_to_practice(phone, request.user)
    elif use in PhoneUse.values:
        rehearsals.set_use(phone, request.user, PhoneUse(use))
    else:
        raise Invalid(_("请选择手机的用途。"))
    return redirect("phones")


def _rehearsal(rehearsal_id: int) -> Rehearsal:
    rows = Rehearsal.objects.select_related("version__template", "started_by", "grant__granted_by")
    row = rows.filter(pk=rehearsal_id).first() if rehearsal_id < 2**62 else None
    if row is None:
        raise NotFound
    return row


def _phone(number: str) -> Phone:
    phone = Phone.objects.filter(pk=whole_number(number) or 0).first()
    if phone is None:
        raise NotFound
    return phone
