"""The connection to a model server: the openai client, and one request on its way.

Rules: an endpoint on this machine, or one declared to be the company's own, is never asked through a proxy (its
pictures are not redacted); whatever the libraries raise becomes a ModelError in words of our own.
"""

from __future__ import annotations

import ipaddress
import json
import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any
from urllib.parse import urlsplit

import httpx
import openai

from cs_agent.engine.model.errors import (
    ModelBadReply,
    ModelCutOff,
    ModelProxyUnusable,
    ModelTimeout,
    ModelUnreachable,
)
from cs_agent.engine.model.server_errors import model_error, page_title
from cs_agent.engine.model.settings import ModelSettings
from cs_agent.engine.model.stream import ReplyCollector
from cs_agent.engine.run.protocols import ModelError, Reply

_UTF_8 = ("utf-8", "utf8")
_PROXY_VARIABLES = ("ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY")


def connect(base_url: str, api_key: str, settings: ModelSettings) -> openai.OpenAI:
    """A client for that endpoint; ModelProxyUnusable or ModelUnreachable where none can be made."""
    direct = settings.direct or is_this_machine(base_url)
    timeout = httpx.Timeout(settings.first_token_timeout_s, connect=settings.connect_timeout_s)
    try:
        return openai.OpenAI(
            base_url=base_url,
            api_key=api_key or "none",  # the library insists on one; local servers ignore it
            max_retries=0,
            timeout=timeout,
            # A redirect is told, not followed: pictures may be meant for this server only.
            http_client=openai.DefaultHttpxClient(trust_env=not direct, timeout=timeout, follow_redirects=False),
        )
    except (ImportError, ValueError, TypeError, httpx.HTTPError, httpx.InvalidURL) as error:
        raise _unusable(base_url, direct) from error


def is_this_machine(base_url: str) -> bool:
    """Whether the address is a loopback one."""
    try:
        host = urlsplit(base_url).hostname or ""
        if host == "localhost" or host.endswith(".localhost"):
            return True
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    inner = getattr(address, "ipv4_mapped", None) or address
    return inner.is_loopback or inner.is_unspecified


def proxy_in_use() -> str:
    """`NAME=value` of the proxy variable that the environment sets, without its password; empty for none."""
    for name in (spelled for known in _PROXY_VARIABLES for spelled in (known, known.lower())):
        if value := os.environ.get(name, ""):
            address = value.rpartition("@")
            return f"{name}={'…@' if address[1] else ''}{address[2]}"
    return ""


def _unusable(base_url: str, direct: bool) -> ModelError:
    proxy = "" if direct else proxy_in_use()
    if proxy:
        return ModelProxyUnusable(f"the proxy that the environment names cannot be used: {proxy}")
    return ModelUnreachable(f"the address of the model cannot be used: {base_url}")


class Call:
    """One request on its way. `abandon` makes a stream stop at its next piece; a finished call ignores it."""

    def __init__(self, client: openai.OpenAI, arguments: dict[str, Any]) -> None:
        self._client = client
        self._arguments = arguments
        self._abandoned = threading.Event()
        self._future: Future[Reply] = Future()
        self._done = threading.Event()

    def run(self) -> None:
        try:
            self._future.set_result(self._ask())
        except ModelError as error:
            self._future.set_exception(error)
        except (openai.OpenAIError, httpx.HTTPError, httpx.StreamError, ValueError, LookupError, TypeError) as error:
            self._future.set_exception(typed(error))
        finally:
            self._done.set()

    def wait(self, seconds: float) -> bool:
        return self._done.wait(seconds)

    def abandon(self) -> None:
        self._abandoned.set()

    def result(self) -> Reply:
        return self._future.result(timeout=0)

    def _ask(self) -> Reply:
        """A stream is read as one unless the server sent one piece of JSON instead."""
        collector = ReplyCollector(time.monotonic())
        with self._client.chat.completions.with_streaming_response.create(**self._arguments) as answer:
            kind = answer.headers.get("content-type", "")
            if self._arguments.get("stream") and "json" not in kind and "html" not in kind:
                return collector.collect(self._wanted(answer.iter_lines()))
            return _whole(collector, answer.read(), answer.http_response.charset_encoding)

    def _wanted(self, lines: Iterator[str]) -> Iterator[str]:
        for line in lines:
            if self._abandoned.is_set():
                raise ModelTimeout("nobody waits for this answer any more")
            yield line


def _whole(collector: ReplyCollector, body: bytes, encoding: str | None = None) -> Reply:
    """The answer in a body that came in one piece, whatever its media type says of it; ModelBadReply where its
    characters cannot be read for certain."""
    try:
        text = body.decode(encoding if encoding and encoding.casefold() not in _UTF_8 else "utf-8-sig").lstrip()
    except (UnicodeDecodeError, LookupError):
        raise ModelBadReply("the answer is not written in the encoding that it names") from None
    if text.startswith(("data:", "event:", "error:", "id:", "retry:", ": ")):
        return collector.collect(text.splitlines())
    if text.startswith("<"):
        raise ModelBadReply(f"a web page came instead of an answer: {page_title(text)}")
    try:
        completion = json.loads(text)
    except ValueError:
        if not text.startswith("{"):
            raise
        return collector.collect(text.splitlines())  # a line of JSON for each piece
    return collector.take(completion)


def typed(error: Exception) -> ModelError:
    """As a ModelError: the library's own errors, transport errors in mid-stream, and answers of no known shape."""
    if isinstance(error, httpx.TimeoutException):
        return ModelTimeout("the model fell silent in the middle of its answer")
    if isinstance(error, httpx.HTTPError):
        return ModelCutOff("the connection closed before the model's answer was whole")
    if isinstance(error, openai.APIConnectionError) and (proxy := proxy_in_use()):
        return ModelUnreachable(f"no connection to the model (through {proxy}): {error.__cause__ or error}")
    if isinstance(error, openai.OpenAIError):
        return model_error(error)
    return ModelBadReply("the answer has a shape that no chat completion has")
