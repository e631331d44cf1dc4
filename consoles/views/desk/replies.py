"""The texts for customers: a list, and a form with everything a text may be filled with."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url

from consoles.access import FORM, POST, permitted
from tickets.errors import NotFound, ServiceError
from tickets.models import CannedReply, FlowTemplate
from tickets.permissions import Permission
from tickets.services.flows import templates
from tickets.services.tickets import replies


@permitted(Permission.MANAGE_DESK)
def reply_list(request: HttpRequest) -> HttpResponse:
    rows = CannedReply.objects.select_related("template").order_by("template__name", "name")
    return render(request, "consoles/replies/page.html", {"replies": rows})


@permitted(Permission.MANAGE_DESK, FORM)
def reply_form(request: HttpRequest, reply_id: int = 0) -> HttpResponse:
    """A new text or a known one; what was typed stays when it is refused."""
    reply = _known(reply_id) if reply_id else None
    if request.method != "POST":
        return _form(request, reply, _fields(reply))
    fields: dict[str, Any] = {
        "name": request.POST.get("name", ""),
        "text": request.POST.get("text", ""),
        "template": FlowTemplate.objects.filter(slug=request.POST.get("flow", "")).first(),
        "active": request.POST.get("active") == "1",
    }
    try:
        replies.save(request.user, reply, **fields)
    except ServiceError as error:
        return _form(request, reply, fields, error)
    return redirect("replies")


@permitted(Permission.MANAGE_DESK, POST)
def reply_delete(request: HttpRequest, reply_id: int) -> HttpResponse:
    replies.delete(request.user, _known(reply_id))
    return redirect(resolve_url("replies"))


def _known(reply_id: int) -> CannedReply:
    reply = CannedReply.objects.select_related("template").filter(pk=reply_id).first()
    if reply is None:
        raise NotFound
    return reply


def _fields(reply: CannedReply | None) -> dict[str, Any]:
    if reply is None:
        return {"name": "", "text": "", "template": None, "active": True}
    return {"name": reply.name, "text": reply.text, "template": reply.template, "active": reply.active}


def _form(
    request: HttpRequest, reply: CannedReply | None, fields: dict[str, Any], error: ServiceError | None = None
) -> HttpResponse:
    flows = list(templates.by_name())
    context = {
        "reply": reply,
        "fields": fields,
        "error": error,
        "flows": [(flow, replies.places_of(flow)[len(replies.COMMON) :]) for flow in flows],
        "common": replies.places_of(None),
    }
    return render(request, "consoles/replies/form.html", context, status=error.status if error else 200)
