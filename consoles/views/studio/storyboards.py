"""The storyboard of a version's route, and what reviewers note at single steps of it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from consoles.access import POST, permitted
from consoles.pages.studio import storyboard
from consoles.views.studio.draft import template_of
from consoles.views.studio.versions import asked, of_number
from tickets.errors import Invalid
from tickets.models import NoteKind
from tickets.permissions import Permission
from tickets.services.studio import route_notes
from tickets.web.given import whole_number


@permitted(Permission.REQUEST_FLOWS)
def storyboard_page(request: HttpRequest, slug: str, version: int) -> HttpResponse:
    """Alone, or beside the version that `with` names."""
    template = template_of(slug)
    other = asked(template, request.GET.get("with", ""))
    context = storyboard.context(request.user, template, of_number(slug, version), other)
    return render(request, "consoles/studio/storyboard.html", context)


@permitted(Permission.REQUEST_FLOWS, POST)
def storyboard_note(request: HttpRequest, slug: str, version: int) -> HttpResponse:
    kind = request.POST.get("kind", "")
    if kind not in NoteKind.values:
        raise Invalid(_("请选择意见、无害或会提交。"))
    way, number = (_whole(request.POST.get(name, "")) for name in ("way", "step"))
    text = request.POST.get("text", "")
    route_notes.add(of_number(slug, version), request.user, way, number, NoteKind(kind), text)
    response = redirect("storyboard", slug, version)
    response["Location"] += f"#step-{way}-{number}"
    return response


def _whole(text: str) -> int:
    number = whole_number(text, 10_000)
    if number is None:
        raise Invalid(_("没有这一步。"))
    return number
