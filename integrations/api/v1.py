"""Version 1 put together: the routers, the shape of errors, and the OpenAPI document."""

from __future__ import annotations

import json
import logging
from copy import deepcopy
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser

from integrations.api import problems
from integrations.api.operations import evidence, links, people, runs, tickets
from tickets.errors import ServiceError

log = logging.getLogger(__name__)
PREFIX = "api/v1"
DOCUMENT = Path(__file__).with_name("openapi.json")


class Utf8Json(Parser):
    """JSON as RFC 8259 has it: UTF-8, no numbers that are none, and no name twice: nobody could tell which is meant."""

    def parse_body(self, request: HttpRequest) -> Any:
        body = request.body.decode("utf-8")
        return json.loads(body, parse_constant=_no_number, object_pairs_hook=_each_once)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _value in pairs]
        raise problems.of_repeated("body", sorted({name for name in names if names.count(name) > 1}))
    return found


def _no_number(name: str) -> None:
    raise ValueError(name)


api = NinjaAPI(
    title="cs_agent",
    version="1",
    urls_namespace="api-v1",
    docs_url=None,
    openapi_url=None,
    parser=Utf8Json(),
    description=(
        "Tickets in, runs and evidence out. Every call carries `Authorization: Bearer` with a token of a person; it "
        "may what the token's scopes and the person's rights both allow. Only people say yes, in the console."
    ),
)
for _router in (tickets.router, runs.router, people.router, evidence.router, links.router):
    api.add_router("", _router)


@api.exception_handler(problems.Refused)
def _refused(request: HttpRequest, error: problems.Refused) -> HttpResponse:
    return problems.of_refusal(error)


@api.exception_handler(ServiceError)
def _service_error(request: HttpRequest, error: ServiceError) -> HttpResponse:
    return problems.of_service(error)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return problems.of_validation(error.errors)


@api.exception_handler(HttpError)
def _unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    if isinstance(error.__cause__, problems.Refused):  # the library wraps what reading a body raises
        return problems.of_refusal(error.__cause__)
    if error.status_code == 400:
        return problems.problem(400, "unreadable", _("请求内容无法读取:应为 UTF-8 编码的 JSON。"))
    return problems.problem(error.status_code, "refused", str(error))


@api.exception_handler(Exception)
def _defect(request: HttpRequest, error: Exception) -> HttpResponse:
    """A defect of ours; the log has its trace under the request's id, the caller gets nothing of it."""
    log.error("api: %s %s", request.method, request.path, exc_info=error)
    text = _("这里出了故障,没有任何改动。请稍后用同一个 Idempotency-Key 重试;管理员可按 request_id 在日志中查找。")
    return problems.problem(500, "defect", text)


def document() -> dict[str, Any]:
    """The OpenAPI document: refusals are problem details, the header of idempotency stands with the parameters."""
    with translation.override("en"):
        made = json.loads(json.dumps(deepcopy(dict(api.get_openapi_schema(path_prefix=f"/{PREFIX}/"))), default=str))
    for methods in made["paths"].values():
        for operation in methods.values():
            for status, answer in operation["responses"].items():
                if int(status) >= 400 and "application/json" in answer.get("content", {}):
                    answer["content"] = {problems.CONTENT_TYPE: answer["content"].pop("application/json")}
                if told := _headers(status, answer):
                    answer["headers"] = told
            if operation["operationId"] == "get_ticket":
                operation["parameters"].append(_IF_NONE_MATCH)
                operation["responses"]["304"] = {"description": "Not Modified", "headers": {"ETag": _ETAG}}
    return dict(made)


def _headers(status: str, answer: dict[str, Any]) -> dict[str, Any]:
    """The headers that a client must know of an answer."""
    text = {"type": "string"}
    if status == "401":
        return {"WWW-Authenticate": {"schema": text}}
    if status == "429":
        return {"Retry-After": {"description": "Seconds to wait.", "schema": text}}
    if status in ("412", "428") or "TicketWhole" in str(answer.get("content", "")):
        return {"ETag": _ETAG}
    return {}


_ETAG = {"description": "The version of the ticket.", "schema": {"type": "string"}}
_IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "An `ETag` that you have; 304 where the ticket is still the same.",
    "schema": {"type": "string"},
}


def as_text() -> str:
    return json.dumps(document(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"
