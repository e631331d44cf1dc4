"""The draft of a flow in a form, or as JSON for experts: saved by itself, checked in words, made into a version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _

from consoles.access import POST, permitted
from consoles.pages.studio import draft as shown
from consoles.pages.studio import in_words
from tickets.errors import Conflict, Invalid, InvalidFlow, NotFound, ServiceError
from tickets.flows import form
from tickets.flows.faults import faults
from tickets.flows.lesson_marks import MarkKind
from tickets.models import DraftChange, FlowDraft, FlowTemplate, Step
from tickets.permissions import Permission, has
from tickets.services.flows import drafts
from tickets.services.people import access
from tickets.services.studio import picture_marks
from tickets.web.given import MOST_WHOLE, area_of, read_json, whole_number


@permitted(Permission.EDIT_FLOWS)
def draft_page(request: HttpRequest, slug: str) -> HttpResponse:
    """The open draft; where there is none, what one would begin with, and a button that begins it."""
    template = template_of(slug)
    draft = _open(template)
    if draft is None:
        return _no_draft(request, template)
    expert = request.GET.get("view") == "json"
    return render(request, "consoles/studio/draft.html", shown.context(request.user, template, draft, expert=expert))


@permitted(Permission.EDIT_FLOWS, POST)
def draft_open(request: HttpRequest, slug: str) -> HttpResponse:
    template = template_of(slug)
    base = template.versions.filter(number=whole_number(request.POST.get("base", "")) or 0).first()
    drafts.open_draft(template, request.user, base)
    return redirect("flow-draft", slug)


@permitted(Permission.EDIT_FLOWS, POST)
def draft_save(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep what the form or the expert's box holds; the answer says what is still wrong with it."""
    template = template_of(slug)
    draft = _posted(request, template)
    try:
        definition = _definition(request, draft)
        if definition != draft.definition or request.POST.get("note", "") != draft.note:
            note = request.POST.get("note", "")
            draft = drafts.save(draft, definition, request.user, revision=_revision(request), note=note)
    except InvalidFlow as error:
        return _state(request, template, draft, error.data["problems"], 422)
    except Conflict as error:
        return _refused(request, template, draft, error, definition)
    except ServiceError as error:
        return _state(request, template, draft, [error.message], error.status)
    return _state(request, template, draft, faults(draft.definition), 200)


@permitted(Permission.EDIT_FLOWS, POST)
def draft_freeze(request: HttpRequest, slug: str) -> HttpResponse:
    """Make the draft a version, which can be rehearsed and put to review."""
    template = template_of(slug)
    draft = _posted(request, template)
    try:
        version = drafts.freeze(draft, request.user, revision=_revision(request))
    except InvalidFlow as error:
        return _state(request, template, draft, error.data["problems"], 422)
    except Conflict as error:
        return _refused(request, template, draft, error)
    except ServiceError as error:
        return _state(request, template, draft, [error.message], error.status)
    address = f"{resolve_url('flow', slug)}?version={version.number}"
    return HttpResponse(headers={"HX-Redirect": address}) if getattr(request, "htmx", False) else redirect(address)


@permitted(Permission.EDIT_FLOWS, POST)
def draft_discard(request: HttpRequest, slug: str) -> HttpResponse:
    template = template_of(slug)
    drafts.discard(_posted(request, template), request.user)
    return redirect("flow", slug)


@permitted(Permission.EDIT_FLOWS)
def draft_history(request: HttpRequest, slug: str) -> HttpResponse:
    """One save of the open draft: what it held otherwise, and the way back to it."""
    template = template_of(slug)
    draft = _open(template)
    if draft is None:
        return _no_draft(request, template)
    change = _change(draft, request.GET.get("revision", ""))
    return render(request, "consoles/studio/form/history.html", shown.history_context(template, draft, change))


@permitted(Permission.EDIT_FLOWS, POST)
def draft_restore(request: HttpRequest, slug: str) -> HttpResponse:
    """Go back to an earlier save; what was there before stays among the saves."""
    draft = _posted(request, template_of(slug))
    change = _change(draft, request.POST.get("to", ""))
    drafts.save(draft, change.definition, request.user, revision=_revision(request), note=draft.note)
    return redirect("flow-draft", slug)


@permitted(Permission.EDIT_FLOWS, POST)
def draft_preview(request: HttpRequest, slug: str) -> HttpResponse:
    """What the form, as it stands now, would do: tickets that match, slots of a sample text, the instruction."""
    template = template_of(slug)
    definition = _definition(request, _posted(request, template))
    context = shown.preview(request.user, definition, request.POST.get("sample", ""))
    return render(request, "consoles/studio/preview.html", context)


@permitted(Permission.EDIT_FLOWS, POST)
def draft_mark(request: HttpRequest, slug: str) -> HttpResponse:
    """What stands at a place of a stored picture, as rows for the form; nothing is stored. 202 while it is read."""
    which, kind = request.POST.get("which", ""), request.POST.get("kind", "")
    step = _pictured(request, slug)
    if which not in ("before", "after"):
        raise NotFound
    if kind not in set(MarkKind):
        raise Invalid(_("请选择标记的种类。"))
    found = picture_marks.read(step, which, MarkKind(kind), marked_area(request))
    if found is None:
        return JsonResponse({"message": _("这幅画面的文字还没有读出来,请过一会儿再框选。")}, status=202)
    return JsonResponse({"marks": found})


def _pictured(request: HttpRequest, slug: str) -> Step:
    """The step whose picture is meant, if this person may see it."""
    rows = Step.objects.filter(run__flow_version__template=template_of(slug))
    step = (
        rows.select_related("run__ticket", "run__phone")
        .filter(pk=whole_number(request.POST.get("step", ""), most=MOST_WHOLE) or 0)
        .first()
    )
    sees = step is not None and has(request.user, Permission.VIEW_REPLAYS)
    if step is None or not sees or not access.may_see(request.user, step.run.ticket):
        raise NotFound
    return step


def marked_area(request: HttpRequest) -> tuple[float, ...]:
    """The place that was dragged over."""
    area = area_of(request.POST.get("area", ""))
    if area is None:
        raise Invalid(_("请在画面上框选一块地方。"))
    return area


def template_of(slug: str) -> FlowTemplate:
    template = FlowTemplate.objects.filter(slug=slug).first()
    if template is None:
        raise NotFound
    return template


def _no_draft(request: HttpRequest, template: FlowTemplate) -> HttpResponse:
    return render(request, "consoles/studio/form/no_draft.html", {"template": template, "base": template.latest})


def _change(draft: FlowDraft, revision: str) -> DraftChange:
    """The save of that number."""
    number = whole_number(revision, most=MOST_WHOLE) or 0
    change = draft.changes.select_related("user").filter(revision=number).first()
    if change is None:
        raise NotFound
    return change


def _open(template: FlowTemplate) -> FlowDraft | None:
    return FlowDraft.objects.filter(template=template, closed_at=None).select_related("author", "base").first()


def _posted(request: HttpRequest, template: FlowTemplate) -> FlowDraft:
    """The draft that the page was made of, even when a colleague has closed it since: the service then says so."""
    rows = FlowDraft.objects.filter(template=template).select_related("author", "base")
    draft = rows.filter(pk=whole_number(request.POST.get("draft", "")) or 0).first()
    if draft is None:
        raise NotFound
    return draft


def _revision(request: HttpRequest) -> int:
    revision = whole_number(request.POST.get("revision", ""), most=MOST_WHOLE)
    if revision is None:
        raise Invalid(_("请重新载入页面。"))
    return revision


def _definition(request: HttpRequest, draft: FlowDraft) -> dict[str, Any]:
    """What was posted as a definition: the expert's text, or the form over what the draft holds."""
    text = request.POST.get("definition")
    if text is None:
        return form.read(draft.definition, {key: request.POST.getlist(key) for key in request.POST})
    try:
        definition = read_json(text)
    except ValueError as error:
        raise InvalidFlow([str(error)]) from error
    if not isinstance(definition, dict):
        raise InvalidFlow([_("流程定义必须是一个 JSON 对象。")])
    return definition


def _refused(
    request: HttpRequest,
    template: FlowTemplate,
    draft: FlowDraft,
    error: Conflict,
    sent: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Somebody else was first. The page keeps the revision it was made of, so that its next save is refused as well:
    only who chooses to replaces what the colleague saved. `sent`: the definition that was not saved."""
    conflict: dict[str, Any] = {"revision": _revision(request), "open": draft.closed_at is None}
    if sent is not None:
        conflict["changes_in_words"] = in_words.changes_in_words(draft.definition, sent)
        conflict["changes"] = shown.changes(draft.definition, sent)
    return _state(request, template, draft, [error.message], error.status, conflict)


def _state(
    request: HttpRequest,
    template: FlowTemplate,
    draft: FlowDraft,
    found: list[str],
    status: int,
    conflict: Mapping[str, Any] | None = None,
) -> HttpResponse:
    problems = shown.problems(found, draft.definition, expert="definition" in request.POST)
    context = {"template": template, "draft": draft, "problems": problems, "saved": status == 200, "conflict": conflict}
    response = render(request, "consoles/studio/draft_state.html", context, status=status)
    if (
        status >= 400
    ):  # what is refused has its place on the page; without one it would be told as a fault of the server
        response["HX-Retarget"], response["HX-Reswap"] = "#draft-state", "outerHTML"
    return response
