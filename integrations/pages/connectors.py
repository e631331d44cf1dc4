"""Connectors: added, set up by the form of their kind, tried, switched; what came in; a preview of a pasted body."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from integrations.connectors import kinds, setups
from integrations.connectors.build import Unusable, kind_of
from integrations.connectors.errors import ConnectorError, Refused
from integrations.connectors.fields import mapping
from integrations.connectors.protocol import Capability, Finding
from integrations.models import Connector
from integrations.pages import connector_form as form
from integrations.pages import paths
from tickets.declared import FORM, POST, permitted
from tickets.errors import NotFound, ServiceError
from tickets.models import Department
from tickets.permissions import Permission
from tickets.said import gettext_said as _
from tickets.services.tickets import external

MANAGE = Permission.MANAGE_INTEGRATIONS
_MOST_PASTED = 1024 * 1024  # bytes, as much as a call may carry
_LONGEST_NUMBER = 120
_MOST_SHOWN = 5  # events of a pasted body


@dataclass
class Shown:
    """What one answer of the page shows besides the row itself."""

    data: QueryDict | None = None
    faults: dict[str, str] = field(default_factory=dict)
    error: str = ""
    findings: list[Finding] | None = None
    secret: str = ""
    saved: bool = False
    status: int = 200


@permitted(MANAGE, FORM)
def connectors(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _list(request)
    try:
        site = request.build_absolute_uri("/")
        row = setups.make(request.user, request.POST.get("kind", ""), request.POST.get("name", ""), site)
    except ServiceError as error:
        return _list(request, error, error.status)
    return redirect("connector", row.pk)


@permitted(MANAGE, FORM)
def connector(request: HttpRequest, pk: int) -> HttpResponse:
    row = setups.get(request.user, pk)
    if request.method != "POST":
        return _page(request, row, Shown(saved=request.GET.get("saved") == "1"))
    refused = _refused(request, row)
    return _page(request, row, refused) if refused else redirect(f"{reverse('connector', args=[row.pk])}?saved=1")


def _refused(request: HttpRequest, row: Connector) -> Shown | None:
    """Save what the form holds; what to show where that is refused."""
    try:
        setups.change(row, request.user, form.draft_of(_kind(row), request.POST))
    except form.Faulty as faulty:
        return Shown(request.POST, faulty.faults, faulty.faults.get("", ""), status=400)
    except ServiceError as error:
        place = {str(error.data.get("field", "")): error.message}
        return Shown(request.POST, place, error.message, status=error.status)
    return None


@permitted(MANAGE, POST)
def connector_test(request: HttpRequest, pk: int) -> HttpResponse:
    """Save the form if it is sent along, then test: what is tested is what the page shows."""
    row, sent = setups.get(request.user, pk), _holds_form(request)
    if sent and (refused := _refused(request, row)):
        return _page(request, row, refused)
    return _page(request, row, Shown(findings=setups.test(row, request.user), saved=sent))


@permitted(MANAGE, POST)
def connector_switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Save the form if it is sent along: nothing that was typed is lost by switching on."""
    row = setups.get(request.user, pk)
    if _holds_form(request) and (refused := _refused(request, row)):
        return _page(request, row, refused)
    try:
        setups.switch(row, request.user, request.POST.get("on") == "1")
    except ServiceError as error:
        return _page(request, row, Shown(error=error.message, status=error.status))
    return redirect("connector", row.pk)


@permitted(MANAGE, POST)
def connector_secret(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    row = setups.get(request.user, pk)
    typed = request.POST if _holds_form(request) else None
    return _page(request, row, Shown(typed, secret=setups.make_secret(row, request.user, name)))


@permitted(MANAGE, POST)
def connector_delete(request: HttpRequest, pk: int) -> HttpResponse:
    setups.delete(setups.get(request.user, pk), request.user)
    return redirect("connectors")


@permitted(MANAGE, POST)
def connector_read_again(request: HttpRequest, pk: int, linked: int) -> HttpResponse:
    row = setups.get(request.user, pk)
    setups.read_again(row, request.user, linked)
    return redirect("connector", row.pk)


@permitted(MANAGE, POST)
def connector_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What a pasted body, or one of the helpdesk's tickets, would become under what the form says now; nothing is
    kept."""
    row = setups.get(request.user, pk)
    kind = _kind(row)
    context: dict[str, Any] = {}
    try:
        rules = form.mapping_of(request.POST)
        read = _read(request, row, kind)
        context = {"shown": [_as_shown(each, rules, kind) for each in read[:_MOST_SHOWN]], "all": len(read)}
        context["paths"] = paths.leaves(read[0].event) if read else []
    except form.Faulty as faulty:
        context = {"problems": [_named(kind, place, text) for place, text in faulty.faults.items()]}
    except ConnectorError as error:
        context = {"problems": [error.text]}
    return render(request, "integrations/connector_preview.html", context)


def _holds_form(request: HttpRequest) -> bool:
    return "poll_s" in request.POST


def _read(request: HttpRequest, row: Connector, kind: kinds.Kind) -> Sequence[kinds.Preview]:
    if kind.preview is not None:
        pasted = request.POST.get("sample", "").strip().encode("utf-8", "replace")
        if len(pasted) > _MOST_PASTED:
            raise Refused(_("内容超过 %d kB,这样的调用不会被接受。") % (_MOST_PASTED // 1024))
        return kind.preview(form.options_of(kind, request.POST), pasted)
    if not _can_read(kind):
        raise NotFound
    number = request.POST.get("ticket", "").strip()[:_LONGEST_NUMBER]
    remote = setups.read_one(row, request.user, number) if number else None
    return [kinds.Preview(remote, mapping.fields_of(remote))] if remote else []


def _can_read(kind: kinds.Kind) -> bool:
    """Whether a ticket can be looked at before it comes in."""
    return kind.preview is None and Capability.FETCH in kind.capabilities


def _named(kind: kinds.Kind, place: str, text: str) -> str:
    """A fault with the title of its box, for where it does not stand beside it."""
    info = kind.settings.model_fields.get(place.removeprefix("o-"))
    return f"{gettext(info.title)}:{text}" if info is not None and info.title else text


def _as_shown(each: kinds.Preview, rules: mapping.Mapping, kind: kinds.Kind) -> dict[str, Any]:
    data = mapping.data_of(each.remote)
    known = mapping.knows_priority(each.remote.priority, rules, kind)
    lines = [(line.label, mapping.line_of(line, data)) for line in rules.lines]
    return {
        "read": each,
        "remote": each.remote,
        "ours": mapping.mapped(each.remote, rules, kind),
        "lines": lines,
        "messages": data["messages"],
        "priority_known": known,
    }


def _kind(row: Connector) -> kinds.Kind:
    try:
        return kind_of(row)
    except Unusable as error:
        raise NotFound(error.text, code="no_kind") from error


def _list(request: HttpRequest, error: ServiceError | None = None, status: int = 200) -> HttpResponse:
    context = {
        "rows": [(row, kinds.of(row.kind)) for row in setups.all_of(request.user)],
        "kinds": kinds.everyone(),
        "error": error,
        "here_tab": "connectors",
    }
    return render(request, "integrations/connectors.html", context, status=status)


def _page(request: HttpRequest, row: Connector, shown: Shown) -> HttpResponse:
    kind, data = _kind(row), shown.data
    boxes = form.option_boxes(kind, form.values_of(row, kind, data), shown.faults)
    hook = request.build_absolute_uri(reverse("connector-hook", args=[row.hook]))
    context = {
        "row": row,
        "kind": kind,
        "hook": hook,
        "steps": [str(step).partition("{hook}") for step in kind.steps],  # before, whether it stands there, after
        "boxes": [box for box in boxes if not box.wire],
        "wire_boxes": [box for box in boxes if box.wire],
        "wire_open": any(box.error for box in boxes if box.wire),
        "secrets": [(spec, setups.has_secret(row, spec.name)) for spec in kind.secrets],
        "rules": form.rule_rows(row, data),
        "mapping_boxes": form.mapping_boxes(row, data, shown.faults),
        "write_back": _outcomes(form.write_back_of(row, data), shown.faults),
        "departments": Department.objects.order_by("name"),
        "accounts": setups.accounts(),
        "department": data.get("department", "") if data else str(row.department_id or ""),
        "acts_as": data.get("acts_as", "") if data else str(row.acts_as_id or ""),
        "poll_s": data.get("poll_s", "") if data else str(row.poll_s),
        "name": data.get("name", "") if data else row.name,
        "calls": setups.last_calls(row),
        "can_preview": kind.preview is not None,  # a template would call it
        "can_read": _can_read(kind),
        "can_reply": Capability.REPLY in kind.capabilities,
        "troubled": setups.in_trouble(row),
        "came_in": external.of_connector(row.key),
        "shown": shown,
        "here_tab": "connectors",
    }
    return render(request, "integrations/connector.html", context, status=shown.status)


def _outcomes(values: dict[str, Any], faults: dict[str, str]) -> dict[str, Any]:
    """The write-back part: language, site, and the outcomes with their names and faults."""
    parts = []
    for name in form.OUTCOMES:
        error = next((text for place, text in faults.items() if place.startswith(f"w-{name}")), "")
        parts.append({"name": name, **values[name], "error": error})
    return {"language": values["language"], "site": values["site"], "asks": values["asks"], "parts": parts}
