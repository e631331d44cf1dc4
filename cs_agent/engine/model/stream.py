"""Turns what an OpenAI-compatible server sends, in one piece or streamed, into a Reply.

Rule: an answer that broke off is an error, never a short answer.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from openai.types.chat import ChatCompletion, ChatCompletionChunk

from cs_agent.engine.model.errors import ModelBadReply, ModelCutOff, ModelEmptyReply
from cs_agent.engine.run.protocols import Reply

_REASONING_FIELDS = ("reasoning_content", "reasoning")  # not part of OpenAI's schema; servers differ


@dataclass(slots=True)
class ReplyCollector:
    """Gathers one answer. `started` is the monotonic time the request was sent."""

    started: float
    text: list[str] = field(default_factory=list)
    reasoning: list[str] = field(default_factory=list)
    tokens: list[Any] = field(default_factory=list)
    first_token_s: float = 0.0
    prompt_tokens: int = 0
    completion_tokens: int = 0

    def collect(self, chunks: Iterable[ChatCompletionChunk]) -> Reply:
        """The whole streamed answer; ModelCutOff when the stream ended without saying why it stopped."""
        finished = False
        for chunk in chunks:
            self._count(chunk.usage)
            for choice in chunk.choices[:1]:
                self._add(choice.delta, choice.logprobs)
                finished = finished or choice.finish_reason is not None
        if not finished:
            raise ModelCutOff("the model's stream ended in the middle of its answer")
        return self._reply()

    def take(self, completion: ChatCompletion) -> Reply:
        """The answer that came in one piece."""
        if not getattr(completion, "choices", None):
            raise ModelBadReply("the answer holds no choices")
        self._count(completion.usage)
        self._add(completion.choices[0].message, completion.choices[0].logprobs)
        return self._reply()

    def _count(self, usage: Any) -> None:
        if usage is not None:
            self.prompt_tokens = usage.prompt_tokens or 0
            self.completion_tokens = usage.completion_tokens or 0

    def _add(self, part: Any, logprobs: Any) -> None:
        reasoning = _reasoning(part)
        self.reasoning.append(reasoning)
        self.text.append(part.content or "")
        self.tokens += getattr(logprobs, "content", None) or []
        if not self.first_token_s and (reasoning or part.content):
            self.first_token_s = time.monotonic() - self.started

    def _reply(self) -> Reply:
        text, reasoning = "".join(self.text), "".join(self.reasoning)
        if not text.strip() and not reasoning.strip():
            raise ModelEmptyReply("the model's answer is empty")
        return Reply(
            text=text,
            reasoning=reasoning,
            token_probabilities=token_probabilities(self.tokens),
            first_token_s=self.first_token_s,
            total_s=time.monotonic() - self.started,
            prompt_tokens=self.prompt_tokens,
            completion_tokens=self.completion_tokens or len(self.tokens),
        )


def _reasoning(part: Any) -> str:
    found = (getattr(part, name, None) for name in _REASONING_FIELDS)
    return next((text for text in found if isinstance(text, str)), "")


def token_probabilities(tokens: Iterable[Any]) -> tuple[tuple[str, float], ...] | None:
    """(text, probability) per token; None where there are none.

    A token may hold part of a character only (Chinese, emoji): such tokens are joined until they make whole
    characters, with the product of their probabilities.
    """
    found: list[tuple[str, float]] = []
    pending, logprob = b"", 0.0
    for token in tokens:
        pending += bytes(token.bytes) if token.bytes else token.token.encode("utf-8", "replace")
        logprob += token.logprob
        if (text := _decoded(pending)) is not None:
            found.append((text, math.exp(min(logprob, 0.0))))
            pending, logprob = b"", 0.0
    return tuple(found) or None


def _decoded(data: bytes) -> str | None:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        unfinished = len(data) - error.start < 4 and error.reason == "unexpected end of data"
        return None if unfinished else data.decode("utf-8", "replace")
