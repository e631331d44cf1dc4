"""An OpenAI-compatible server that answers from a script, on a free or a given port: for tests and benchmarks.

It can do over real HTTP what a good server never does on demand: be slow, break off, refuse, talk nonsense.
"""

from __future__ import annotations

import asyncio
import json
import math
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Self

PIECE_CHARS = 4  # of a streamed answer


@dataclass(frozen=True, slots=True)
class Answer:
    """One scripted answer to a chat completion."""

    text: str = ""
    reasoning: str = ""
    probability: float = 0.99  # of every token
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None  # sent as it is instead of a completion
    content_type: str = "application/json"
    delay_s: float = 0.0  # before the first byte
    piece_delay_s: float = 0.0  # before each piece of a stream
    cut_after: int | None = None  # pieces of a stream, then the connection is dropped
    finish_reason: str | None = "stop"  # None: the choices never say why they stopped
    done: bool = True  # whether a stream ends with [DONE]
    events: tuple[str, ...] | None = None  # data of a stream, sent as it is instead of the text's pieces
    as_parts: bool = False  # the text as a list of parts instead of a string
    reasoning_field: str = "reasoning_content"
    tool_calls: tuple[tuple[str, str], ...] = ()  # (function, arguments as JSON)
    null_logprobs: bool = False  # tokens are listed, their probabilities are null


@dataclass(frozen=True, slots=True)
class Refusal:
    """How a server refuses a field: with this status and body, whenever the request sets the field."""

    status: int
    body: dict[str, Any]


class ScriptedEndpoint:
    """Use as a context manager; `base_url` is what a client needs, `requests` the JSON bodies it sent.

    The script is a series of answers (the last one repeats) or a function of the request's body.
    """

    def __init__(
        self,
        script: Iterable[Answer | str] | Callable[[dict[str, Any]], Answer | str],
        *,
        models: tuple[str, ...] = ("scripted",),
        accepts: frozenset[str] = frozenset({"stream", "stream_options", "logprobs"}),
        refuses: Mapping[str, Refusal] | None = None,
        api_key: str = "",
        port: int = 0,
    ) -> None:
        self.requests: list[dict[str, Any]] = []
        self.base_url = ""
        self._next = script if callable(script) else _series(script)
        self._models = models
        self._refused = {"stream", "stream_options", "logprobs"} - accepts
        self._refuses = refuses or {}
        self._api_key = api_key
        self._port = port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="scripted-endpoint", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        started = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(self._serve, "127.0.0.1", self._port, limit=64 * 2**20), self._loop
        )
        self._server = started.result(timeout=10)
        self.base_url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/v1"
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(timeout=10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)
        self._loop.close()

    async def _stop(self) -> None:
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            path, headers, body = await _read_request(reader)
            async for data in self._response(path, headers, body):
                writer.write(data)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            return  # the client went away, which is its right
        finally:
            writer.close()

    async def _response(self, path: str, headers: dict[str, str], body: bytes) -> AsyncIterator[bytes]:
        if self._api_key and headers.get("authorization") != f"Bearer {self._api_key}":
            yield _refusal(401, "invalid api key")
        elif path.endswith("/models"):
            yield _whole({"object": "list", "data": [{"id": name, "object": "model"} for name in self._models]})
        elif not path.endswith("/chat/completions"):
            yield _refusal(404, f"no such path: {path}")
        else:
            async for data in self._complete(json.loads(body)):
                yield data

    async def _complete(self, request: dict[str, Any]) -> AsyncIterator[bytes]:
        self.requests.append(request)
        refused = [name for name in sorted(self._refused) if request.get(name)]
        if refused:
            yield _refusal(400, f"unsupported parameter: {refused[0]}")
            return
        disliked = next((self._refuses[name] for name in self._refuses if request.get(name) not in (None, False)), None)
        if disliked is not None:
            body = json.dumps(disliked.body).encode()
            yield _head(disliked.status, "application/json", {}, len(body)) + body
            return
        if request["model"] not in self._models:
            yield _refusal(404, f"the model {request['model']} does not exist")
            return
        answer = await asyncio.to_thread(self._next, request)  # a slow script keeps only its own asker waiting
        answer = Answer(answer) if isinstance(answer, str) else answer
        await asyncio.sleep(answer.delay_s)
        async for data in _answer(answer, request):
            yield data


def _series(script: Iterable[Answer | str]) -> Callable[[dict[str, Any]], Answer | str]:
    answers = list(script)
    return lambda _: answers.pop(0) if len(answers) > 1 else answers[0]


async def _read_request(reader: asyncio.StreamReader) -> tuple[str, dict[str, str], bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    pairs = (line.split(":", 1) for line in head[1:] if ":" in line)
    headers = {name.strip().casefold(): value.strip() for name, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return head[0].split(" ")[1], headers, body


async def _answer(answer: Answer, request: dict[str, Any]) -> AsyncIterator[bytes]:
    if answer.body is not None or answer.status != 200:
        body = answer.body if answer.body is not None else _error_body("scripted failure")
        yield _head(answer.status, answer.content_type, answer.headers, len(body)) + body
    elif request.get("stream"):
        async for data in _stream(answer, request):
            yield data
    else:
        yield _whole(_completion(answer, request), answer.headers)


async def _stream(answer: Answer, request: dict[str, Any]) -> AsyncIterator[bytes]:
    """Chunked, so that a client can tell a dropped connection from an end."""
    yield _head(200, "text/event-stream", {**answer.headers, "Transfer-Encoding": "chunked"}, None)
    for data in answer.events or ():
        yield _piece(f"data: {data}\n\n".encode())
    if answer.events is not None:
        yield (_piece(b"data: [DONE]\n\n") if answer.done else b"") + b"0\r\n\r\n"
        return
    for number, delta in enumerate(_deltas(answer)):
        if number == answer.cut_after:
            return
        await asyncio.sleep(answer.piece_delay_s)
        yield _event(_chunk(answer, request, delta, None))
    if answer.finish_reason:
        yield _event(_chunk(answer, request, {}, answer.finish_reason))
    if (request.get("stream_options") or {}).get("include_usage"):
        yield _event({**_envelope("chat.completion.chunk", request), "choices": [], "usage": _usage(answer)})
    yield (_piece(b"data: [DONE]\n\n") if answer.done else b"") + b"0\r\n\r\n"


def _deltas(answer: Answer) -> list[dict[str, Any]]:
    """The pieces of a stream: reasoning, then text, then calls with their arguments in two pieces."""
    deltas: list[dict[str, Any]] = [{answer.reasoning_field: piece} for piece in _pieces(answer.reasoning)]
    deltas += [{"content": _content(answer, piece)} for piece in _pieces(answer.text)]
    for index, (name, arguments) in enumerate(answer.tool_calls):
        half = len(arguments) // 2
        call = {"index": index, "id": f"call_{index}", "type": "function"}
        deltas.append({"tool_calls": [{**call, "function": {"name": name, "arguments": arguments[:half]}}]})
        deltas.append({"tool_calls": [{"index": index, "function": {"arguments": arguments[half:]}}]})
    return deltas


def _content(answer: Answer, text: str) -> Any:
    return [{"type": "text", "text": text}] if answer.as_parts else text


def _chunk(answer: Answer, request: dict[str, Any], delta: dict[str, Any], finish: str | None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    if request.get("logprobs") and "content" in delta:
        text = "".join(part["text"] for part in delta["content"]) if answer.as_parts else delta["content"]
        choice["logprobs"] = {"content": [_token(text, answer)]}
    return {**_envelope("chat.completion.chunk", request), "choices": [choice]}


def _completion(answer: Answer, request: dict[str, Any]) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": _content(answer, answer.text)}
    if answer.reasoning:
        message[answer.reasoning_field] = answer.reasoning
    if answer.tool_calls:
        message["tool_calls"] = [
            {"id": f"call_{number}", "type": "function", "function": {"name": name, "arguments": arguments}}
            for number, (name, arguments) in enumerate(answer.tool_calls)
        ]
    choice: dict[str, Any] = {"index": 0, "message": message, "finish_reason": answer.finish_reason}
    if request.get("logprobs"):
        tokens = [_token(piece, answer) for piece in _pieces(answer.text)]
        choice["logprobs"] = {"content": tokens}
    return {**_envelope("chat.completion", request), "choices": [choice], "usage": _usage(answer)}


def _envelope(kind: str, request: dict[str, Any]) -> dict[str, Any]:
    return {"id": "scripted", "object": kind, "created": 0, "model": request["model"]}


def _usage(answer: Answer) -> dict[str, int]:
    said = len(_pieces(answer.text)) + len(_pieces(answer.reasoning))
    return {"prompt_tokens": 100, "completion_tokens": said, "total_tokens": 100 + said}


def _token(text: str, answer: Answer) -> dict[str, Any]:
    logprob = None if answer.null_logprobs else math.log(answer.probability)
    return {"token": text, "logprob": logprob, "bytes": list(text.encode()), "top_logprobs": []}


def _pieces(text: str) -> list[str]:
    return [text[start : start + PIECE_CHARS] for start in range(0, len(text), PIECE_CHARS)]


def _event(data: dict[str, Any]) -> bytes:
    return _piece(b"data: " + json.dumps(data).encode() + b"\n\n")


def _piece(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def _whole(data: dict[str, Any], headers: dict[str, str] | None = None) -> bytes:
    body = json.dumps(data).encode()
    return _head(200, "application/json", headers or {}, len(body)) + body


def _refusal(status: int, message: str) -> bytes:
    body = _error_body(message)
    return _head(status, "application/json", {}, len(body)) + body


def _error_body(message: str) -> bytes:
    return json.dumps({"error": {"message": message, "type": "scripted"}}).encode()


def _head(status: int, content_type: str, headers: dict[str, str], length: int | None) -> bytes:
    phrase = HTTPStatus(status).phrase if status in {item.value for item in HTTPStatus} else "Unknown"
    lines = [f"HTTP/1.1 {status} {phrase}", f"Content-Type: {content_type}", "Connection: close"]
    lines += [f"Content-Length: {length}"] if length is not None else []
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
