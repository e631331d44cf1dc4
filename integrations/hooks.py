"""Receives helpdesks' calls: `POST /hooks/<address>/`. Stored and answered at once; processed by a worker.

Rule: the address is public and reveals nothing; each call is authenticated by its connector. Bodies are bounded, and
calls are rate-limited before they are read. A GET stores nothing: some helpdesks verify the address by it.
"""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import RawPostDataException, UnreadablePostError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from integrations.connectors.build import build
from integrations.connectors.errors import ConnectorError, Refused
from integrations.connectors.protocol import Challenged, Incoming
from integrations.intake import deliveries
from integrations.models import Connector
from tickets.declared import FORM, Access, permitted
from tickets.web import rates
from tickets.web.given import whole_number

MOST_BYTES = 1024 * 1024  # a poke is small; attachments are fetched
_RETRY_S = "60"
_KINDS = {"{": "application/json", "<": "text/xml; charset=utf-8"}  # of answers, by how they begin


@csrf_exempt
@permitted(Access.PUBLIC, FORM)
def hook(request: HttpRequest, hook: str) -> HttpResponse:
    row = Connector.objects.filter(hook=hook).first()
    if row is None:
        return _no(404, "not_found", _("没有这个地址。"))
    body = _body(request)
    if body is None:
        return _no(413, "too_large", _("内容超过 %d kB,或没有传完。") % (MOST_BYTES // 1024))
    most: int = settings.CS_AGENT["CS_AGENT_HOOK_CALLS_PER_MINUTE"]
    used, wait = rates.count(f"hook-calls:{row.pk}")
    if used > most:
        return _no(429, "too_many_calls", _("调用过于频繁,请稍后再送。"), {"Retry-After": str(wait)})
    if not row.enabled:
        return _no(403, "switched_off", _("这个连接器已停用。"))
    headers = {name.lower(): text for name, text in request.headers.items()}
    called = request.build_absolute_uri()
    incoming = Incoming(headers, body, timezone.now(), request.GET.dict(), request.method or "", called)
    try:
        answer = deliveries.receive(row, incoming) if request.method == "POST" else _proven(row, incoming)
    except Refused as error:
        return _no(401, "refused", error.text)
    except ConnectorError:
        return _no(503, "not_ready", _("连接器暂时无法检查签名,请稍后再送。"), {"Retry-After": _RETRY_S})
    if answer is None:
        return _no(405, "post_only", _("这个地址只接受 POST。"), {"Allow": "POST"})
    kind = next((kind for sign, kind in _KINDS.items() if answer.startswith(sign)), "text/plain; charset=utf-8")
    return HttpResponse(answer, content_type=kind)


def _proven(row: Connector, incoming: Incoming) -> str | None:
    """The answer to a helpdesk that tries the address; None from a kind that never does."""
    helpdesk = build(row)
    return helpdesk.challenge(incoming) if isinstance(helpdesk, Challenged) else None


def _body(request: HttpRequest) -> bytes | None:
    """The raw bytes; None for too many, and for what broke off."""
    if whole_number(request.META.get("CONTENT_LENGTH") or "0", MOST_BYTES) is None:
        return None
    try:
        body = request.body
    except (RawPostDataException, RequestDataTooBig, UnreadablePostError):
        return None
    return body if len(body) <= MOST_BYTES else None


def _no(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> HttpResponse:
    return JsonResponse({"code": code, "message": message}, status=status, headers=headers)
