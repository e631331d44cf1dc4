"""Refuses a request body that is too large before it is written to disk.

Rule: under ASGI Django spools the whole body to a temporary file before any middleware or view runs, so the limit is
applied in front of Django: a declared length at once, an undeclared one while the body arrives.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from tickets.said import in_both
from tickets.web import request_context
from tickets.web.given import whole_number

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
App = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]

_MESSAGE = _("内容太大,请减小文件后再试。")


class TooLarge(Exception):
    """The body is larger than permitted."""


class BodyLimit:
    """An ASGI application that answers 413 for bodies above `most_bytes` and passes on all else."""

    def __init__(self, app: App, most_bytes: int) -> None:
        self._app = app
        self._most = most_bytes

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if _declared(scope) > self._most:
            await _refuse(scope, send)
            return
        answered = False

        async def counted_send(message: dict[str, Any]) -> None:
            nonlocal answered
            answered = True
            await send(message)

        try:
            await self._app(scope, self._counted(receive), counted_send)
        except TooLarge:
            if not answered:
                await _refuse(scope, send)

    def _counted(self, receive: Receive) -> Receive:
        seen = 0

        async def counted() -> dict[str, Any]:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._most:
                raise TooLarge
            return message

        return counted


def _declared(scope: dict[str, Any]) -> int:
    """The Content-Length; 0 where there is none that can be read, beyond any limit where its digits are too many."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            number = whole_number(value.decode())
            return number if number is not None else sys.maxsize
    return 0


async def _refuse(scope: dict[str, Any], send: Send) -> None:
    """In words for people; a program gets the problem details that it gets for everything else."""
    text, kind = in_both(_MESSAGE), b"text/plain; charset=utf-8"
    if "/api/" in scope.get("path", ""):
        told = {"type": "urn:cs-agent:problem:too_large", "title": "Content Too Large", "status": 413}
        told |= {"code": "too_large", "detail": text, "request_id": request_context.new_request_id()}
        text, kind = json.dumps(told, ensure_ascii=False), b"application/problem+json"
    body = text.encode()
    headers = [
        (b"content-type", kind),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
