"""The pilot's HTTP side: `/v1/chat/completions`, `/v1/models`, `/health`, as a vLLM server offers them.

Rule: the event loop never looks at a picture; that is done by a bounded number of threads with a bounded queue before
them, and a request that finds the queue full gets 429 at once.
"""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from cs_agent.demo.pilot.server.brain import Brain, Said
from cs_agent.demo.pilot.server.completions import Completion, error_body
from cs_agent.demo.pilot.server.requests import MODEL, ChatRequest, RequestError, read_request

MAX_BODY_BYTES = 32_000_000
DEFAULT_WORKERS = 1  # one reading already uses every core
DEFAULT_QUEUE = 16
_RETRY_AFTER_S = 1


class Busy(Exception):
    """More requests wait than the queue holds."""


class Desk:
    """Hands requests to the brain, a few at a time."""

    def __init__(self, brain: Brain, workers: int, queue: int) -> None:
        self._brain = brain
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="pilot")
        self._limit = workers + queue
        self._waiting = 0

    async def answer(self, request: ChatRequest) -> Said:
        if self._waiting >= self._limit:
            raise Busy
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._pool, self._brain.answer, request.messages, request.picture)
        finally:
            self._waiting -= 1

    async def read(self, raw: bytes) -> ChatRequest:
        """Decoding a picture takes long enough to be kept off the event loop."""
        return await asyncio.to_thread(_parsed, raw)

    @property
    def waiting(self) -> int:
        return self._waiting


def _parsed(raw: bytes) -> ChatRequest:
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise RequestError(f"the request body is not JSON: {error}") from error
    return read_request(body)


def build_app(brain: Brain, *, workers: int = DEFAULT_WORKERS, queue: int = DEFAULT_QUEUE) -> Starlette:
    desk = Desk(brain, workers, queue)
    started = int(time.time())

    async def models(_: Request) -> Response:
        return JSONResponse({"object": "list", "data": [_model_card(started)]})

    async def model(request: Request) -> Response:
        name = request.path_params["name"]
        if name == MODEL:
            return JSONResponse(_model_card(started))
        return _error(404, f"The model `{name}` does not exist.", "NotFoundError", "model", "model_not_found")

    async def health(_: Request) -> Response:
        return JSONResponse({"status": "ok", "model": MODEL, "waiting": desk.waiting})

    async def complete(request: Request) -> Response:
        return await _complete(request, desk)

    return Starlette(
        routes=[
            Route("/v1/chat/completions", complete, methods=["POST"]),
            Route("/v1/models", models),
            Route("/v1/models/{name:path}", model),
            Route("/health", health),
        ],
        exception_handlers={
            RequestError: _refused,
            Busy: _busy,
            HTTPException: _http_error,
            ClientDisconnect: _gone,
            Exception: _failed,
        },
    )


async def _complete(request: Request, desk: Desk) -> Response:
    chat = await desk.read(await _body(request))
    said = await desk.answer(chat)
    done = Completion(f"chatcmpl-{uuid.uuid4().hex}", int(time.time()), chat, said)
    if not chat.stream:
        return JSONResponse(done.whole())
    return StreamingResponse(done.chunks(), media_type="text/event-stream", headers={"Cache-Control": "no-cache"})


async def _body(request: Request) -> bytes:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MAX_BODY_BYTES:
            raise RequestError(f"the request is larger than {MAX_BODY_BYTES} bytes")
        parts.append(part)
    return b"".join(parts)


def _model_card(created: int) -> dict[str, Any]:
    return {"id": MODEL, "object": "model", "created": created, "owned_by": "cs-agent"}


def _error(
    status: int, message: str, kind: str, param: str | None = None, code: str | None = None, **headers: str
) -> Response:
    return JSONResponse(error_body(message, kind, param, code), status_code=status, headers=headers or None)


async def _refused(_: Request, error: Exception) -> Response:
    if not isinstance(error, RequestError):
        raise error
    return _error(error.status, str(error), error.kind, error.param, error.code)


async def _busy(_: Request, __: Exception) -> Response:
    headers = {"Retry-After": str(_RETRY_AFTER_S)}
    body = error_body("The pilot is busy; try again.", "rate_limit_error", None, "queue_full")
    return JSONResponse(body, status_code=429, headers=headers)


async def _http_error(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    detail = error.detail if isinstance(error, HTTPException) else "error"
    return _error(status, detail, "invalid_request_error" if status < 500 else "server_error")


async def _gone(_: Request, __: Exception) -> Response:
    return Response(status_code=499)


async def _failed(_: Request, error: Exception) -> Response:
    """The traceback goes to the log (Starlette raises it on after this answer)."""
    return _error(500, f"The pilot failed: {type(error).__name__}", "server_error")
