"""The model client: any OpenAI-compatible server, through the openai library.

Rules: every failure is a ModelError of `model_errors`; attempts, waits and time are bounded; what a server does
not support (token probabilities, streaming) is found out once and then left out; one picture per request.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Any

import httpx
import openai
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from cs_agent.engine.model.errors import (
    ModelCutOff,
    ModelInputTooLong,
    ModelOverloaded,
    ModelRefused,
    ModelTimeout,
    model_error,
)
from cs_agent.engine.model.picture import Picture, fit_picture
from cs_agent.engine.model.settings import ModelSettings
from cs_agent.engine.model.stream import ReplyCollector
from cs_agent.engine.run.protocols import Message, ModelError, Reply

_WATCH_EVERY_S = 0.2  # how often a waiting call looks whether it is still wanted


@dataclass(frozen=True, slots=True)
class Features:
    """What the server has been found to support."""

    stream: bool
    usage: bool  # token counts at the end of a stream
    logprobs: bool

    def without(self, refusal: str) -> Features | None:
        """What to try next after a refusal; None when nothing is left to leave out.

        A server that names what it dislikes is believed; otherwise the least needed goes first.
        """
        order = [name for name in ("usage", "logprobs", "stream") if getattr(self, name)]
        words = {"usage": "stream_options", "logprobs": "logprob", "stream": "stream"}
        named = [name for name in order if words[name] in refusal.casefold()]
        dropped = (named or order)[:1]
        return replace(self, **dict.fromkeys(dropped, False)) if dropped else None


class OpenAIModel:
    """`check` is called a few times a second while the model is waited for; what it raises ends the wait."""

    def __init__(
        self,
        base_url: str,
        api_key: str,
        model: str,
        settings: ModelSettings | None = None,
        *,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        self.name = model
        self.settings = settings or ModelSettings()
        self.features = Features(self.settings.stream, self.settings.stream, self.settings.logprobs)
        self._check = check
        self._client = openai.OpenAI(
            base_url=base_url,
            api_key=api_key or "none",  # the library insists on one; local servers ignore it
            max_retries=0,
            timeout=httpx.Timeout(self.settings.first_token_timeout_s, connect=self.settings.connect_timeout_s),
        )

    def close(self) -> None:
        self._client.close()

    def reply(self, messages: list[Message]) -> Reply:
        """The model's answer, after at most `settings.attempts` attempts; raises ModelError."""
        picture = self._picture(messages)
        request = [_wire(message, picture) for message in messages]
        reply = self._persist(lambda: self._negotiate(request))
        size = picture.size if picture else None
        return replace(reply, coordinates=self.settings.coordinates, image_size=size)

    def models(self) -> list[str]:
        """The names the server offers; raises ModelError."""
        try:
            return [model.id for model in self._client.models.list().data or []]
        except (openai.OpenAIError, ValueError, AttributeError) as error:
            raise _typed(error) from error

    def _picture(self, messages: list[Message]) -> Picture | None:
        pictures = [message.image for message in messages if message.image is not None]
        if len(pictures) > 1:
            raise ValueError("one request carries at most one picture")
        if not pictures:
            return None
        return fit_picture(
            pictures[0],
            max_pixels=self.settings.max_pixels,
            max_bytes=self.settings.max_picture_bytes,
            form=self.settings.picture_format,
        )

    def _persist(self, ask: Callable[[], Reply]) -> Reply:
        """Ask again after failures that may pass, waiting longer each time or as long as the server says."""
        for attempt in range(1, self.settings.attempts + 1):
            try:
                return ask()
            except ModelError as error:
                slow = isinstance(error, ModelTimeout)  # asked again at once it would only be slower
                if slow or not error.retryable or attempt == self.settings.attempts:
                    raise
                self._wait(self._backoff(attempt, error))
        raise AssertionError("unreachable: settings.attempts is at least 1")

    def _backoff(self, attempt: int, error: ModelError) -> float:
        wait = self.settings.backoff_s * 2 ** (attempt - 1)
        if isinstance(error, ModelOverloaded) and error.retry_after_s is not None:
            wait = max(wait, error.retry_after_s)
        return min(wait, self.settings.max_backoff_s)

    def _wait(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._check()
            threading.Event().wait(min(left, _WATCH_EVERY_S))

    def _negotiate(self, request: list[dict[str, Any]]) -> Reply:
        """Ask; after a refusal ask with fewer features, and keep what worked."""
        features: Features | None = self.features
        refusal: ModelRefused | None = None
        while features is not None:
            try:
                reply = self._watched(request, features)
            except ModelInputTooLong:
                raise
            except ModelRefused as error:
                refusal = refusal or error
                features = features.without(str(error))
            else:
                self.features = features
                return reply
        raise refusal or ModelRefused("the model refused the request")

    def _watched(self, request: list[dict[str, Any]], features: Features) -> Reply:
        """One attempt in a thread of its own, so that a stop or the deadline ends the wait at once."""
        call = _Call(self._client, self._arguments(request, features), features.stream)
        threading.Thread(target=call.run, name="model-call", daemon=True).start()
        deadline = time.monotonic() + self.settings.total_timeout_s
        try:
            while not call.wait(_WATCH_EVERY_S):
                self._check()
                if time.monotonic() > deadline:
                    raise ModelTimeout(f"no whole answer within {self.settings.total_timeout_s:g} s")
        finally:
            call.abandon()
        return call.result()

    def _arguments(self, request: list[dict[str, Any]], features: Features) -> dict[str, Any]:
        settings = self.settings
        arguments: dict[str, Any] = {
            "model": self.name,
            "messages": request,
            "max_tokens": settings.max_tokens,
            "temperature": settings.temperature,
            "top_p": settings.top_p,
            "frequency_penalty": settings.frequency_penalty,
            "stream": features.stream,
        }
        if features.logprobs:
            arguments["logprobs"] = True
        if features.stream and features.usage:
            arguments["stream_options"] = {"include_usage": True}
        if settings.extra_body:
            arguments["extra_body"] = settings.extra_body
        return arguments


class _Call:
    """One request on its way. `abandon` makes a stream stop at its next piece; a finished call ignores it."""

    def __init__(self, client: openai.OpenAI, arguments: dict[str, Any], stream: bool) -> None:
        self._client = client
        self._arguments = arguments
        self._stream = stream
        self._abandoned = threading.Event()
        self._future: Future[Reply] = Future()
        self._done = threading.Event()

    def run(self) -> None:
        try:
            self._future.set_result(self._ask())
        except ModelError as error:
            self._future.set_exception(error)
        except (openai.OpenAIError, httpx.HTTPError, ValueError, AttributeError, TypeError) as error:
            self._future.set_exception(_typed(error))
        finally:
            self._done.set()

    def wait(self, seconds: float) -> bool:
        return self._done.wait(seconds)

    def abandon(self) -> None:
        self._abandoned.set()

    def result(self) -> Reply:
        return self._future.result(timeout=0)

    def _ask(self) -> Reply:
        collector = ReplyCollector(time.monotonic())
        answer = self._client.chat.completions.create(**self._arguments)
        if not self._stream:
            return collector.take(answer)
        with answer as chunks:
            if "json" in chunks.response.headers.get("content-type", ""):  # it ignored the wish for a stream
                return collector.take(ChatCompletion.model_validate_json(chunks.response.read()))
            return collector.collect(self._wanted(chunks))

    def _wanted(self, chunks: Iterator[ChatCompletionChunk]) -> Iterator[ChatCompletionChunk]:
        for chunk in chunks:
            if self._abandoned.is_set():
                raise ModelTimeout("nobody waits for this answer any more")
            yield chunk


def _typed(error: Exception) -> ModelError:
    """As a ModelError: the library's own errors, transport errors in mid-stream, and answers of no known shape."""
    if isinstance(error, httpx.TimeoutException):
        return ModelTimeout("the model fell silent in the middle of its answer")
    if isinstance(error, httpx.HTTPError):
        return ModelCutOff(f"the model's answer broke off: {error}")
    if isinstance(error, openai.OpenAIError):
        return model_error(error)
    return model_error(openai.OpenAIError(f"{type(error).__name__}: {error}"))


def _wire(message: Message, picture: Picture | None) -> dict[str, Any]:
    if message.image is None or picture is None:
        return {"role": message.role, "content": message.text}
    parts = [
        {"type": "image_url", "image_url": {"url": picture.url}},
        {"type": "text", "text": message.text},
    ]
    return {"role": message.role, "content": parts}
