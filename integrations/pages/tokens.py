"""API tokens: made, rotated and revoked. A token is shown once, on the answer to the form that made it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tickets.declared import FORM, POST, permitted
from tickets.errors import Invalid, NotFound, ServiceError
from tickets.models import ApiToken
from tickets.permissions import SCOPES, Permission
from tickets.services.people import api_tokens, names
from tickets.web.given import whole_number

SCOPE_NAMES = {
    Permission.VIEW_TICKETS: _("查看工单、处理和手机"),
    Permission.CREATE_TICKETS: _("创建和修改工单"),
    Permission.START_RUNS: _("启动处理"),
    Permission.STOP_RUNS: _("停止处理"),
    Permission.VIEW_REPLAYS: _("获取回放地址"),
    Permission.VIEW_AUDIT: _("查看审计事件"),
    Permission.EXPORT_AUDIT: _("导出审计记录"),
}


@permitted(Permission.MANAGE_INTEGRATIONS, FORM)
def tokens(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request)
    form = request.POST
    try:
        token = api_tokens.make(
            _person(form.get("user", "")),
            form.get("name", ""),
            _days(form.get("days", "")),
            scopes=form.getlist("scope"),
            networks=form.get("networks", "").split(),
            by=request.user,
        )
    except ServiceError as error:
        return _page(request, error=error, status=error.status)
    return _page(request, made=token)


@permitted(Permission.MANAGE_INTEGRATIONS, POST)
def token_rotate(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, made=api_tokens.rotate(_row(pk), by=request.user))


@permitted(Permission.MANAGE_INTEGRATIONS, POST)
def token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    api_tokens.revoke(_row(pk), by=request.user)
    return redirect("api-tokens")


def _page(
    request: HttpRequest, *, made: str = "", error: ServiceError | None = None, status: int = 200
) -> HttpResponse:
    now = timezone.now()
    rows = [
        {
            "row": row,
            "live": row.revoked_at is None and row.expires_at > now,
            "scopes": [SCOPE_NAMES[scope] for scope in SCOPES if scope in row.scopes],
        }
        for row in ApiToken.objects.select_related("user").order_by("revoked_at", "-pk")
    ]
    people = get_user_model().objects.filter(is_active=True).order_by(names.log_in())
    context: dict[str, Any] = {
        "rows": rows,
        "people": people,
        "scopes": SCOPE_NAMES.items(),
        "made": made,
        "error": error,
        "form": request.POST if error else {},
        "chosen": request.POST.getlist("scope"),
        "here_tab": "tokens",
    }
    return render(request, "integrations/tokens.html", context, status=status)


def _row(pk: int) -> ApiToken:
    row = ApiToken.objects.select_related("user").filter(pk=pk).first()
    if row is None:
        raise NotFound
    return row


def _person(key: str) -> Any:
    found = names.with_key(key, get_user_model().objects.filter(is_active=True))
    if found is None:
        raise Invalid(str(_("请选择令牌代表的人员。")), code="no_person")
    return found


def _days(text: str) -> int:
    return whole_number(text, most=99_999) or 0
