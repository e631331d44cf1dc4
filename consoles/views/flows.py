"""Flow templates for flow editors: their versions, the definition as JSON, and publishing a new version."""

from __future__ import annotations

import difflib
import json
from typing import Any

from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _

from consoles.access import POST, permitted
from consoles.web.given import read_json
from tickets.errors import InvalidFlow, NotFound
from tickets.models import FlowTemplate, FlowVersion
from tickets.permissions import Permission
from tickets.services.flows import publishing as flows


@permitted(Permission.EDIT_FLOWS)
def flow_list(request: HttpRequest) -> HttpResponse:
    templates = FlowTemplate.objects.annotate(
        newest=Max("versions__number"), changed=Max("versions__created_at"), used=Count("versions__runs", distinct=True)
    )
    return render(request, "consoles/flows.html", {"templates": templates.order_by("name")})


@permitted(Permission.EDIT_FLOWS)
def flow_page(request: HttpRequest, slug: str) -> HttpResponse:
    """The newest version in the editor, or an older one to look at or start from."""
    template = _template(slug)
    versions = list(template.versions.select_related("created_by").order_by("-number"))
    asked = request.GET.get("version", "")
    shown = next((item for item in versions if str(item.number) == asked), versions[0] if versions else None)
    context = {
        "template": template,
        "versions": versions,
        "shown": shown,
        "text": _text(shown.definition) if shown else "{}",
        "changes": _changes(versions, shown),
    }
    return render(request, "consoles/flow.html", context)


@permitted(Permission.EDIT_FLOWS, POST)
def flow_check(request: HttpRequest, slug: str) -> HttpResponse:
    """Say what is wrong with the text in the editor; nothing is stored."""
    _template(slug)
    definition, problems = _read(request.POST.get("definition", ""))
    if definition is not None:
        problems = _problems(definition)
    return render(request, "consoles/flow_problems.html", {"problems": problems, "checked": True})


@permitted(Permission.EDIT_FLOWS, POST)
def flow_publish(request: HttpRequest, slug: str) -> HttpResponse:
    template = _template(slug)
    definition, problems = _read(request.POST.get("definition", ""))
    if definition is not None:
        try:
            flows.publish_version(template, definition, request.user, request.POST.get("note", "").strip())
        except InvalidFlow as error:
            problems = error.data["problems"]
    if problems:
        response = render(request, "consoles/flow_problems.html", {"problems": problems}, status=422)
        response["HX-Retarget"] = "#problems"
        return response
    address = resolve_url("flow", slug)
    if not getattr(request, "htmx", False):
        return redirect(address)
    return HttpResponse(headers={"HX-Redirect": address})


def _template(slug: str) -> FlowTemplate:
    template = FlowTemplate.objects.filter(slug=slug).first()
    if template is None:
        raise NotFound
    return template


def _read(text: str) -> tuple[dict[str, Any] | None, list[str]]:
    """The definition, or None with what is wrong, by its place where the JSON is broken."""
    try:
        definition = read_json(text)
    except ValueError as error:
        return None, [str(error)]
    if not isinstance(definition, dict):
        return None, [_("流程定义必须是一个 JSON 对象。")]
    return definition, []


def _problems(definition: dict[str, Any]) -> list[str]:
    try:
        flows.validate_definition(definition)
    except InvalidFlow as error:
        return list(error.data["problems"])
    return []


def _changes(versions: list[FlowVersion], shown: FlowVersion | None) -> list[str]:
    """A unified diff of the shown version against the one before it."""
    before = next((item for item in versions if shown and item.number < shown.number), None)
    if shown is None or before is None:
        return []
    old, new = _text(before.definition).splitlines(), _text(shown.definition).splitlines()
    lines = difflib.unified_diff(old, new, f"v{before.number}", f"v{shown.number}", lineterm="", n=2)
    return list(lines)[2:]


def _text(definition: dict[str, Any]) -> str:
    return json.dumps(definition, ensure_ascii=False, indent=2)
