"""Handles every API call before and after its operation.

Steps: 1. the method, a usable address, the caller's language; 2. the token, its rate; 3. the permission that the
operation declares; 4. the form of the request: its parameters, its media type, for a POST the idempotency key; 5. the
operation, whose refusals become problem details.

Rule: operations are added only by `operation`, so that each has a declaration.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, HttpResponseBase, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.urls import URLPattern, path
from django.utils import translation
from django.utils.translation import get_language_from_request
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Router
from ninja.security import HttpBearer
from ninja.utils import normalize_path

from integrations.api import etags, idempotency, problems, rates
from integrations.api.problems import Refused, problem
from integrations.api.schemas import Problem
from tickets.declared import Declaration
from tickets.errors import ServiceError
from tickets.permissions import Permission, require
from tickets.services.evidence import refusals
from tickets.services.people import api_tokens
from tickets.web import request_context

REFUSALS = frozenset({400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 428, 429})
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
_FORM = "multipart/form-data"
_JSON = re.compile(r"application/([a-z0-9.+-]+\+)?json|")  # without a media type JSON is assumed


class Bearer(HttpBearer):
    """Names the scheme in the OpenAPI document; the token was checked before the operation is reached."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        return request.user


def operation(
    router: Router,
    method: str,
    route: str,
    permission: Permission,
    *,
    answers: Any,
    idempotent: bool = True,
    versioned: bool = False,
    **more: Any,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add an operation with what it demands. `answers`: the schema of a 200, or schemas by status; `idempotent`:
    a POST asks for a key; `versioned`: it asks which version is meant."""
    schemas = answers if isinstance(answers, dict) else {200: answers}
    responses: dict[Any, Any] = {**schemas, REFUSALS: Problem}
    key = method == "POST" and idempotent
    asked = [_KEY_PARAMETER] * key + [_VERSION_PARAMETER] * versioned
    extra = {"x-permission": permission.value, **({"parameters": asked} if asked else {})}

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        function.declaration = Declaration(permission, (method,), by_token=True)  # type: ignore[attr-defined]
        function.asks_for_key = key  # type: ignore[attr-defined]
        name = function.__name__
        summary, _gap, description = (function.__doc__ or name).partition("\n\n")
        register = router.api_operation(
            [method],
            route,
            response=responses,
            auth=Bearer(),
            operation_id=name,
            url_name=f"api-{name}",
            summary=" ".join(summary.split()),
            description=" ".join(description.split()) or None,
            openapi_extra=extra,
            **more,
        )
        return register(function)

    return decorate


def beforehand(prepare: Callable[[HttpRequest], AbstractContextManager[None]]) -> Callable[[Any], Any]:
    """What an operation does before its transaction and after it; see `idempotency.once`."""

    def decorate(function: Any) -> Any:
        function.beforehand = prepare
        return function

    return decorate


def _nothing(request: HttpRequest) -> AbstractContextManager[None]:
    return nullcontext()


def addresses(api: NinjaAPI, prefix: str) -> list[URLPattern]:
    """One URL pattern for each path of the API, with the declarations of all its methods."""
    found = []
    for bound in api._get_bound_routers():
        for route, view in bound.path_operations.items():
            operations = {op.methods[0]: op for op in view.operations}
            full = normalize_path(f"{prefix}/{bound.prefix}/{route}").lstrip("/")
            name = next(iter(operations.values())).url_name
            found.append(path(_django_route(full), _guarded(view.get_view(), operations), name=name))
    return found


def not_there(request: HttpRequest, **rest: Any) -> HttpResponse:
    """The 404 for an unknown address below the API's; needs no token."""
    with translation.override(_language(request)):
        text = _("接口中没有这个地址,见接口说明。")
        headers = {"Content-Language": translation.get_language() or ""}
        return problem(404, "no_such_address", text, headers=headers)


def _guarded(view: Callable[..., HttpResponseBase], operations: dict[str, Any]) -> Callable[..., HttpResponseBase]:
    declared = {method: op.view_func.declaration for method, op in operations.items()}

    def guarded(request: HttpRequest, **parameters: Any) -> HttpResponseBase:
        with translation.override(_language(request)):
            response = _answer(request, partial(view, request, **parameters), operations)
            response.headers.setdefault("Cache-Control", "no-store")
            response.headers["Content-Language"] = translation.get_language() or ""
            return response

    guarded.declarations = tuple(declared.values())  # type: ignore[attr-defined]
    guarded.csrf_exempt = True  # type: ignore[attr-defined] # no cookie opens anything here
    return guarded


def _answer(request: HttpRequest, act: Callable[[], HttpResponseBase], operations: dict[str, Any]) -> HttpResponseBase:
    limits: dict[str, str] = {}
    try:
        op = _operation_of(request, operations)
        _refuse_unusable(request)
        user = caller(request)
        limits = rates.spend(user.api_token.pk)
        with request_context.use(user.api_token.last_used_from, request_context.current().request_id, user):
            require(user, op.view_func.declaration.permission)
            if request.method in UNSAFE:  # the answer shows the ticket: refused now, not after the act
                require(user, Permission.VIEW_TICKETS)
            _refuse_another_form(request, op)
            prepared = getattr(op.view_func, "beforehand", _nothing)(request)
            response = idempotency.once(request, user, act, prepared) if op.view_func.asks_for_key else act()
    except Refused as refusal:
        response = problems.of_refusal(refusal)
    except ServiceError as error:
        response = problems.of_service(error)
    except (RequestDataTooBig, TooManyFilesSent):
        response = problem(413, "too_large", _("请求内容太大。大文件请用附件接口逐个上传。"))
    except (SuspiciousOperation, MultiPartParserError, UnreadablePostError):
        response = problem(400, "unreadable", _("请求内容无法读取。"))
    for name, value in limits.items():
        response.headers.setdefault(name, value)
    return response


def _operation_of(request: HttpRequest, operations: dict[str, Any]) -> Any:
    op = operations.get(request.method or "")
    if op is None:
        allowed = ", ".join(operations)
        text = _("这个地址只接受:%s。") % allowed
        raise Refused(405, "method_not_allowed", text, headers={"Allow": allowed})
    return op


def _refuse_unusable(request: HttpRequest) -> None:
    """Refuse bytes that no database accepts, such as NUL."""
    if "\x00" in request.path or any("\x00" in value for values in request.GET.lists() for value in values[1]):
        raise Refused(400, "bad_address", _("地址中含有不能使用的字符。"))


def _refuse_another_form(request: HttpRequest, op: Any) -> None:
    """Refuse unknown parameters and unsupported media types."""
    takes = {model.__ninja_param_source__: list(model.model_fields) for model in op.models}
    if unknown := sorted(set(request.GET) - set(takes.get("query", ()))):
        raise problems.of_unknown(unknown)
    if repeated := sorted(name for name, values in request.GET.lists() if len(values) > 1):
        raise problems.of_repeated("query", repeated)
    if not _has_body(request):
        return
    if request.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
        raise Refused(415, "encoded", _("不接受压缩或另行编码的请求内容(Content-Encoding)。"))
    if "file" in takes and request.content_type != _FORM:
        raise Refused(415, "media_type", _("请求内容应为 multipart/form-data(Content-Type)。"))
    if "body" in takes and not _JSON.fullmatch(request.content_type or ""):
        raise Refused(415, "media_type", _("请求内容应为 JSON,Content-Type 为 application/json。"))


def _has_body(request: HttpRequest) -> bool:
    length = request.META.get("CONTENT_LENGTH") or "0"
    return length != "0" or "Transfer-Encoding" in request.headers


def caller(request: HttpRequest) -> Any:
    """Whose token it is, as it stands now: to be asked again by whatever takes its time."""
    user = api_tokens.owner(request)
    if user is None:
        refusals.record("api_token.refused", details={"path": request.path[:200]}, request=request)
        text = _("令牌缺失、有误、已过期、已撤销或不允许来自该网络。请求头应为 Authorization: Bearer 令牌。")
        raise Refused(401, "token", text, headers={"WWW-Authenticate": "Bearer"})
    request.user = user
    return user


def _language(request: HttpRequest) -> str:
    """The caller's language by Accept-Language; English where that names only languages that this product has not,
    Chinese where it is missing or names none."""
    wanted = [parts.partition(";")[0].strip() for parts in request.headers.get("Accept-Language", "").split(",")]
    named = [name for name in wanted if re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*", name)]
    if not named:
        return settings.LANGUAGE_CODE
    ours = {code.partition("-")[0] for code, _name in settings.LANGUAGES}
    return get_language_from_request(request) if any(name[:2].lower() in ours for name in named) else "en"


def _django_route(route: str) -> str:
    return route.replace("{", "<").replace("}", ">")


_KEY_PARAMETER = {
    "name": idempotency.HEADER,
    "in": "header",
    "required": True,
    "description": "A new value (such as a UUID) for each act, the same one when the act is tried again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": idempotency.LONGEST, "pattern": idempotency.LOOKS},
}
_VERSION_PARAMETER = {
    "name": etags.HEADER,
    "in": "header",
    "required": True,
    "description": "The `ETag` of the version that is meant to be changed, or `*` for whichever is there.",
    "schema": {"type": "string", "minLength": 1, "maxLength": etags.LONGEST, "pattern": etags.LOOKS},
    "example": "*",
}
