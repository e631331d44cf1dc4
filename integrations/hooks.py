"""Where helpdesks call us: `POST /hooks/<address>/`. Kept and answered at once; read by a worker afterwards.

Rule: the address is public and says nothing to strangers; what a call may do is decided by its connector's check.
"""

from __future__ import annotations

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import RawPostDataException, UnreadablePostError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from integrations.connectors.protocol import ConnectorError, Incoming, Refused
from integrations.intake import deliveries
from integrations.models import Connector
from tickets.declared import POST, Access, permitted
from tickets.web.given import whole_number

MOST_BYTES = 1024 * 1024  # a poke is small; attachments are fetched
_RETRY_S = "60"


@csrf_exempt
@permitted(Access.PUBLIC, POST)
def hook(request: HttpRequest, hook: str) -> HttpResponse:
    row = Connector.objects.filter(hook=hook).first()
    if row is None:
        return _no(404, "not_found", _("没有这个地址。"))
    if not row.enabled:
        return _no(403, "switched_off", _("这个连接器已停用。"))
    body = _body(request)
    if body is None:
        return _no(413, "too_large", _("内容超过 %d kB,或没有传完。") % (MOST_BYTES // 1024))
    headers = {name.lower(): text for name, text in request.headers.items()}
    incoming = Incoming(headers, body, timezone.now(), request.GET.dict())
    try:
        answer = deliveries.receive(row, incoming)
    except Refused as error:
        return _no(401, "refused", error.text)
    except ConnectorError:
        return _no(503, "not_ready", _("连接器暂时无法检查签名,请稍后再送。"), {"Retry-After": _RETRY_S})
    return HttpResponse(answer, content_type="text/plain; charset=utf-8")


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
