"""Error responses: RFC 9457 problem details with the product's codes, in the caller's language."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from integrations.api import faults
from tickets.errors import ServiceError
from tickets.web import request_context

CONTENT_TYPE = "application/problem+json"


class Refused(Exception):
    """The API refuses the call before any service is called."""

    def __init__(self, status: int, code: str, detail: str, *, headers: dict[str, str] | None = None, **more: Any):
        super().__init__(code)
        self.status, self.code, self.detail, self.more = status, code, detail, more
        self.headers = headers or {}


def problem(status: int, code: str, detail: str, *, headers: dict[str, str] | None = None, **more: Any) -> HttpResponse:
    """The answer; `request_id` finds the call in the log and in the audit trail."""
    body = {
        "type": f"urn:cs-agent:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        "request_id": request_context.current().request_id,
        **more,
    }
    text = json.dumps(body, ensure_ascii=False)
    return HttpResponse(
        text, status=status, content_type=CONTENT_TYPE, headers={"Cache-Control": "no-store", **(headers or {})}
    )


def of_refusal(error: Refused) -> HttpResponse:
    return problem(error.status, error.code, error.detail, headers=error.headers, **error.more)


def of_service(error: ServiceError) -> HttpResponse:
    """`data` holds what a program can act on: the missing slots, the run that is active already."""
    return problem(error.status, error.code, error.message, data=error.data)


def of_validation(errors: list[dict[str, Any]]) -> HttpResponse:
    """Validation faults with their places; a malformed id in the path gives 404."""
    if any(error["loc"][0] == "path" for error in errors):
        return problem(404, "not_found", _("找不到该内容,或它不属于您的部门。"))
    return problem(422, "invalid_request", _("请求的内容不符合接口说明,见 errors。"), errors=faults.told(errors))


def of_repeated(place: str, names: list[str]) -> Refused:
    """What is given twice has two readings."""
    text = _("同一项写了两次,无法确定以哪个为准,见 errors。")
    return Refused(422, "repeated", text, errors=faults.repeated(place, names))


def of_unknown(names: list[str]) -> Refused:
    """Unknown parameters are refused, since a misspelt filter would return everything."""
    text = _("这个地址没有这样的参数,见 errors。")
    return Refused(422, "unknown_parameter", text, errors=faults.unknown("query", names))
