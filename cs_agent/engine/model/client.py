"""The model client: any OpenAI-compatible server, through the openai library.

Rules: every failure is a ModelError of `model.errors`; attempts, waits and time are bounded; what a server does not
take is found out once and then left out; one picture per request.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import openai

from cs_agent.engine.model.errors import (
    ModelInputTooLong,
    ModelOverloaded,
    ModelRefused,
    ModelServerError,
    ModelTimeout,
    ModelUnauthorized,
    ModelUnfinished,
)
from cs_agent.engine.model.features import Features
from cs_agent.engine.model.picture import Picture, fit_picture
from cs_agent.engine.model.settings import ModelSettings
from cs_agent.engine.model.transport import Call, connect, typed
from cs_agent.engine.run.protocols import Message, ModelError, Reply

_WATCH_EVERY_S = 0.2  # how often a waiting call looks whether it is still wanted


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
        off = {"stream", "stream_options"} if not self.settings.stream else set()
        self.features = Features(frozenset(off if self.settings.logprobs else {*off, "logprobs"}))
        self._check = check
        self._address = (base_url, api_key)
        self._connection: openai.OpenAI | None = None
        self._server_errors = 0  # in a row, of requests with all features

    @property
    def _client(self) -> openai.OpenAI:
        """Made when it is first needed, so that a proxy that cannot be used is an error of that request."""
        if self._connection is None:
            self._connection = connect(*self._address, self.settings)
        return self._connection

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()

    def reply(self, messages: list[Message], tools: list[dict[str, Any]] | None = None) -> Reply:
        """The model's answer, after at most `settings.attempts` attempts; raises ModelError.

        `tools`: functions that the model may call instead of writing, as the API describes them.
        """
        picture = self._picture(messages)
        request = self._wanted([_wire(message, picture) for message in messages], tools)
        reply = self._persist(lambda: self._negotiate(request))
        size = picture.size if picture else None
        return replace(reply, coordinates=self.settings.coordinates, image_size=size)

    def models(self) -> list[str]:
        """The names the server offers; raises ModelError."""
        try:
            return [str(model.id) for model in self._client.models.list().data or []]
        except (openai.OpenAIError, httpx.HTTPError, ValueError, AttributeError, TypeError) as error:
            raise typed(error) from error

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

    def _negotiate(self, wanted: dict[str, Any]) -> Reply:
        """Ask; after a refusal ask with fewer fields, and keep what worked."""
        features: Features | None = self.features
        refusal: ModelError | None = None
        while features is not None:
            sent = features.arguments(wanted)
            try:
                reply = self._watched(sent)
            except (ModelInputTooLong, ModelTimeout):
                raise
            except (ModelRefused, ModelServerError, ModelUnauthorized, ModelUnfinished) as error:
                refusal = refusal or error
                features = self._after(error, features, sent)
            else:
                self.features, self._server_errors = features, 0
                return reply
        raise refusal or ModelRefused("the model refused the request")

    def _after(self, error: ModelError, features: Features, sent: dict[str, Any]) -> Features | None:
        """What to leave out next. A server error that names no field may pass by itself: only the second one in a row
        is taken for a refusal. A stream without an end is asked for in one piece."""
        if isinstance(error, ModelUnfinished):
            return features.leaving_out("stream") if features.stream else None
        if isinstance(error, ModelRefused):
            return features.without(str(error), sent)
        if (named := features.without_named(str(error), sent)) is not None:
            return named
        if isinstance(error, ModelUnauthorized):
            return None
        if features == self.features:
            self._server_errors += 1
        return features.without(str(error), sent) if self._server_errors > 1 else None

    def _watched(self, arguments: dict[str, Any]) -> Reply:
        """One attempt in a thread of its own, so that a stop or the deadline ends the wait at once."""
        call = Call(self._client, _for_library(arguments, self.settings.extra_body))
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

    def _wanted(self, messages: list[dict[str, Any]], tools: list[dict[str, Any]] | None) -> dict[str, Any]:
        """All fields of the request, before any is left out."""
        settings = self.settings
        wanted: dict[str, Any] = {
            "model": self.name,
            "messages": messages,
            "max_tokens": settings.max_tokens,
            "temperature": settings.temperature,
            "top_p": settings.top_p,
            "frequency_penalty": settings.frequency_penalty,
            "stream": True,
            "stream_options": {"include_usage": True},
            "logprobs": True,
            **settings.extra_body,
        }
        return {**wanted, "tools": tools, "tool_choice": "auto"} if tools else wanted


def _for_library(arguments: dict[str, Any], extra: dict[str, Any]) -> dict[str, Any]:
    """Fields that only this server knows travel as the library wants them."""
    own = {name: value for name, value in arguments.items() if name in extra}
    rest = {name: value for name, value in arguments.items() if name not in extra}
    return {**rest, "extra_body": own} if own else rest


def _wire(message: Message, picture: Picture | None) -> dict[str, Any]:
    if message.image is None or picture is None:
        return {"role": message.role, "content": message.text}
    parts = [
        {"type": "image_url", "image_url": {"url": picture.url}},
        {"type": "text", "text": message.text},
    ]
    return {"role": message.role, "content": parts}
