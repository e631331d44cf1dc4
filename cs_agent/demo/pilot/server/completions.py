"""Writes replies as chat completion objects and chunks, as the OpenAI API and vLLM write them.

Rule: what is streamed, joined, is what is returned at once; usage counts the same tokens in both.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cs_agent.demo.pilot.server.brain import Said, Token, pieces
from cs_agent.demo.pilot.server.requests import MODEL, ChatRequest

_LOWEST = 1e-9
PICTURE_TOKENS_PER_PIXEL = 1 / 784  # patches of 28 x 28: how models of this kind count a picture
_STREAMED_AT_ONCE = 8  # tokens per chunk


@dataclass(frozen=True, slots=True)
class Completion:
    """A reply to one request. `created` in seconds since the epoch."""

    id: str
    created: int
    request: ChatRequest
    said: Said

    @property
    def tokens(self) -> tuple[Token, ...]:
        return self.said.tokens[: self.request.max_tokens]

    @property
    def finish_reason(self) -> str:
        return "stop" if len(self.tokens) == len(self.said.tokens) else "length"

    def whole(self) -> dict[str, Any]:
        message = {"role": "assistant", "content": "".join(token.text for token in self.tokens)}
        choice = {
            "index": 0,
            "message": message,
            "logprobs": self._logprobs(self.tokens),
            "finish_reason": self.finish_reason,
        }
        return {**self._head("chat.completion"), "choices": [choice], "usage": self.usage()}

    def chunks(self) -> Iterator[str]:
        """Server-sent events, `data: …` each, the last one `[DONE]`."""
        yield _event(self._chunk({"role": "assistant", "content": ""}))
        for start in range(0, len(self.tokens), _STREAMED_AT_ONCE):
            part = self.tokens[start : start + _STREAMED_AT_ONCE]
            yield _event(self._chunk({"content": "".join(token.text for token in part)}, self._logprobs(part)))
        yield _event(self._chunk({}, finish_reason=self.finish_reason))
        if self.request.include_usage:
            yield _event({**self._head("chat.completion.chunk"), "choices": [], "usage": self.usage()})
        yield "data: [DONE]\n\n"

    def usage(self) -> dict[str, int]:
        prompt = sum(len(pieces(text)) + 4 for _, text in self.request.messages)
        if self.request.picture is not None:
            width, height = self.request.picture.size
            prompt += math.ceil(width * height * PICTURE_TOKENS_PER_PIXEL)
        count = len(self.tokens)
        return {"prompt_tokens": prompt, "completion_tokens": count, "total_tokens": prompt + count}

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self.created, "model": MODEL}

    def _chunk(
        self, delta: dict[str, Any], logprobs: dict[str, Any] | None = None, finish_reason: str | None = None
    ) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "logprobs": logprobs, "finish_reason": finish_reason}
        return {**self._head("chat.completion.chunk"), "choices": [choice]}

    def _logprobs(self, tokens: tuple[Token, ...]) -> dict[str, Any] | None:
        if not self.request.logprobs:
            return None
        return {"content": [self._entry(token) for token in tokens]}

    def _entry(self, token: Token) -> dict[str, Any]:
        plain = {
            "token": token.text,
            "logprob": math.log(max(token.probability, _LOWEST)),
            "bytes": list(token.text.encode()),
        }
        return {**plain, "top_logprobs": [plain] if self.request.top_logprobs else []}


def _event(data: dict[str, Any]) -> str:
    return f"data: {json.dumps(data, ensure_ascii=False)}\n\n"


def error_body(message: str, kind: str, param: str | None = None, code: str | None = None) -> dict[str, Any]:
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}
