"""The language models an administrator sets up: where they are, how they are spoken to, whether they work, and what
each drives."""

from __future__ import annotations

import re
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from consoles.access import FORM, POST, permitted
from consoles.pages.words import told
from cs_agent.engine.actions.values import Coordinates
from cs_agent.engine.model.families import ACTING, FAMILIES, GROUNDING, PLANNING
from tickets.errors import Invalid, ServiceError
from tickets.models import FlowTemplate, LanguageModel
from tickets.permissions import Permission
from tickets.said import readers_language
from tickets.services import language_models, secret_store
from tickets.services.flows import templates
from tickets.web.given import MOST_WHOLE, whole_number

_PRICE = re.compile(r"\d{1,5}(?:\.\d{1,3})?", re.ASCII)


@permitted(Permission.MANAGE_INTEGRATIONS)
def model_list(request: HttpRequest) -> HttpResponse:
    rows = language_models.rows(request.user)
    kept = language_models.choices()
    flows: list[FlowTemplate | None] = [None, *templates.by_name()]
    context = {
        "rows": [{"model": row, "family": _family_name(row.family)} for row in rows],
        "environment": language_models.of_environment(),
        "choices": [{"flow": flow, "choice": kept.get(flow.pk if flow else None)} for flow in flows],
        "drivers": [row for row in rows if row.family in (*ACTING, *PLANNING)],
        "grounders": [row for row in rows if row.family in GROUNDING],
    }
    return render(request, "consoles/models.html", context)


@permitted(Permission.MANAGE_INTEGRATIONS, FORM)
def model_form(request: HttpRequest, model_id: int | None = None) -> HttpResponse:
    """A new or a known model. What was typed is kept when something is wrong with it; the key is never shown."""
    row = language_models.row_of(request.user, model_id) if model_id else LanguageModel(family="autoglm")
    problem, field = "", ""
    if request.method == "POST":
        try:
            _fill(row, request)
            language_models.save(request.user, row, _key(request))
            return redirect("models")
        except ServiceError as error:
            problem, field = error.message, str(error.data.get("field", ""))
    context = {
        "row": row,
        "known": model_id,
        "problem": problem,
        "field": field,
        "families": [(name, _family_name(name)) for name in FAMILIES],
        "coordinates": list(Coordinates),
        "has_key": bool(model_id) and secret_store.has(row.secret_name),
    }
    return render(request, "consoles/model_form.html", context, status=422 if problem else 200)


@permitted(Permission.MANAGE_INTEGRATIONS, POST)
def model_check(request: HttpRequest, model_id: int) -> HttpResponse:
    """Ask the model about a known screen; takes as long as the model does, a minute and a half at most."""
    lang = readers_language()
    language_models.check(request.user, language_models.row_of(request.user, model_id), lang)
    return redirect("models")


@permitted(Permission.MANAGE_INTEGRATIONS, POST)
def model_delete(request: HttpRequest, model_id: int) -> HttpResponse:
    language_models.delete(request.user, language_models.row_of(request.user, model_id))
    return redirect("models")


@permitted(Permission.MANAGE_INTEGRATIONS, POST)
def model_choose(request: HttpRequest) -> HttpResponse:
    """Which model drives a flow's runs, or all that have none of their own (`flow` empty)."""
    slug = request.POST.get("flow", "")
    flow = FlowTemplate.objects.filter(slug=slug).first() if slug else None
    if slug and flow is None:
        raise Invalid(_("没有这个流程。"), code="no_flow", field="flow")
    language_models.choose(request.user, flow, _chosen(request, "model"), _chosen(request, "grounder"))
    return redirect("models")


def _chosen(request: HttpRequest, name: str) -> LanguageModel | None:
    given = request.POST.get(name, "")
    return language_models.row_of(request.user, _whole(given, name) or 0) if given else None


def _fill(row: LanguageModel, request: HttpRequest) -> None:
    posted = request.POST
    for name in ("name", "family", "base_url", "model", "coordinates"):
        setattr(row, name, posted.get(name, "")[:500])
    row.local = "local" in posted
    for name in ("max_pixels", "max_tokens"):
        setattr(row, name, _whole(posted.get(name, ""), name))
    for name in ("price_sent", "price_received"):
        setattr(row, name, _price(posted.get(name, ""), name))


def _price(text: str, field: str) -> Decimal | None:
    """Yuan for a million tokens."""
    text = text.strip()
    if text and not _PRICE.fullmatch(text):
        raise Invalid(_("请填写不超过 99999 的金额,最多三位小数,如 0.8。"), code="not_a_price", field=field)
    return Decimal(text) if text else None


def _key(request: HttpRequest) -> str | None:
    """None leaves the key as it is."""
    if "no_key" in request.POST:
        return ""
    return request.POST.get("api_key", "").strip() or None


def _whole(text: str, field: str) -> int | None:
    if not text.strip():
        return None
    number = whole_number(text, most=MOST_WHOLE)
    if number is None:
        raise Invalid(_("请填写整数。"), code="not_whole", field=field)
    return number


def _family_name(name: str) -> str:
    family = FAMILIES.get(name)
    return told(family.title) if family else name
