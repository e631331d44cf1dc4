"""What programs may ask for, each call with a token of the person it speaks for; see `consoles.access`."""

from __future__ import annotations

import re
from datetime import date

from django.http import HttpRequest, JsonResponse, QueryDict, StreamingHttpResponse
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from consoles.access import GET, permitted
from consoles.pages.audit.search import AuditSearch
from consoles.views.audit import streamed
from tickets.errors import Invalid
from tickets.permissions import Permission
from tickets.services.evidence.exports import audit_export
from tickets.web.given import is_storable

_NAMES = {"from": "since", "to": "until", **{name: name for name in ("ticket", "customer", "user", "device", "type")}}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@permitted(Permission.EXPORT_AUDIT, GET, by_token=True)
def audit_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The events of some days as CSV; the header `Link` names the address of its signed manifest."""
    search = _search(request.GET)
    export, lines = audit_export.export_signed(
        user=request.user, filters=search.filters(), ways=search.ways(request.user)
    )
    response = streamed(lines, audit_export.name_of(export))
    response["Link"] = f'<{reverse("api-audit-manifest", args=[export])}>; rel="describedby"'
    return response


@permitted(Permission.EXPORT_AUDIT, GET, by_token=True)
def audit_manifest(request: HttpRequest, export: str) -> JsonResponse:
    """The signed manifest of an export of one's own, once it was sent to the end."""
    manifest = audit_export.manifest_of(export, user=request.user)
    return JsonResponse(manifest, json_dumps_params={"indent": 2}, headers={"Cache-Control": "no-store"})


def _search(query: QueryDict) -> AuditSearch:
    """What is asked for. A name or day that means nothing is refused: left out, it would let everything through."""
    if unknown := sorted(set(query) - set(_NAMES)):
        text = _("没有 “%(name)s” 这个参数。可用的参数:%(names)s。")
        raise Invalid(text % {"name": unknown[0], "names": ", ".join(_NAMES)})
    begin, end = (_day(query, name) for name in ("from", "to"))
    if begin and end and begin > end:
        raise Invalid(_("日期范围颠倒了:from 在 to 之后。"))
    return AuditSearch(**{field: query.get(name, "").strip() for name, field in _NAMES.items()})


def _day(query: QueryDict, name: str) -> date | None:
    text = query.get(name, "").strip()
    try:
        day = parse_date(text) if _DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if name in query and (day is None or not is_storable(day)):
        raise Invalid(_("%(name)s 不是日期,请写成 2024-05-31 的形式。") % {"name": name})
    return day
