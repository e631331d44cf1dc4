"""Turns what an OpenAI-compatible server sends, in one piece or streamed, into a Reply.

Rules: only a finish reason or `[DONE]` ends an answer; one that broke off, hit a limit or was filtered is an error,
never a short answer. What servers add or leave out (null fields, lists of parts, reasoning fields) is no error.
"""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from cs_agent.engine.model.errors import (
    ModelBadReply,
    ModelCutOff,
    ModelEmptyReply,
    ModelFiltered,
    ModelOnlyReasoned,
    ModelOtherApi,
    ModelTruncated,
    ModelUnfinished,
)
from cs_agent.engine.model.server_errors import error_object, object_error, other_api
from cs_agent.engine.run.protocols import Reply, ToolCall

Json = Mapping[str, Any]

_REASONING_FIELDS = ("reasoning_content", "reasoning", "thinking")  # not part of OpenAI's schema; servers differ
# Finish reasons that are no end of an answer; servers have their own words, so parts of them count.
_FILTERED = re.compile(r"filter|safety|sensitive|recitation|block|prohibit|moderat|refus|spii|violat|risk")
_TOO_LONG = re.compile(r"length|max_|_max|limit|truncat|repetition|context|window|exceed|budget|incomplete|partial")
_BROKEN = re.compile(
    r"error|abort|cancel|timeout|interrupt|overload|insufficient|unavailable|fail|disconnect|malformed|paus|preempt"
    r"|evict|kill|shutdown|shed|exhaust|expire"
)
_NO_FINISH = frozenset({"", "null", "none", "unknown", "unspecified"})
_DONE = "[DONE]"


@dataclass(slots=True)
class ReplyCollector:
    """Gathers one answer. `started` is the monotonic time the request was sent."""

    started: float
    text: list[str] = field(default_factory=list)
    reasoning: list[str] = field(default_factory=list)
    tokens: list[Any] = field(default_factory=list)
    calls: dict[int, list[str]] = field(default_factory=dict)  # by place: name, then pieces of the arguments
    ids: dict[str, int] = field(default_factory=dict)  # the places of calls that name themselves
    refusal: str = ""
    first_token_s: float = 0.0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    finish: str | None = None

    def collect(self, lines: Iterable[str]) -> Reply:
        """The whole answer of a stream of server-sent events, given line by line. A connection that breaks after the
        finish reason cuts nothing off."""
        try:
            done = self._is_ended_by(lines)
        except httpx.TransportError:
            if self.finish is None:
                raise
            done = True
        if self.finish is None and not done:
            raise ModelUnfinished("the model's stream ended in the middle of its answer")
        return self._reply()

    def _is_ended_by(self, lines: Iterable[str]) -> bool:
        """Take in the stream; whether it says itself that it is over."""
        for data in events(lines):
            if data.strip() == _DONE:
                return True
            for piece in _parsed(data):
                self._take_in(piece, "delta")
        return False

    def take(self, completion: object) -> Reply:
        """The answer that came in one piece."""
        _refuse_other_api(completion)
        if not isinstance(completion, Mapping):
            raise ModelBadReply("the answer is no chat completion")
        self._take_in(completion, "message")
        if not completion.get("choices"):
            raise ModelBadReply("the answer holds no choices")
        return self._reply()

    def _take_in(self, data: Json, part: str) -> None:
        _refuse_other_api(data)
        if (error := error_object(data)) is not None:
            raise object_error(error)
        self._count(data.get("usage"))
        choices = data.get("choices") or []
        for choice in choices if isinstance(choices, list) else []:
            if not isinstance(choice, Mapping) or choice.get("index") not in (None, 0, "0"):
                continue  # of several answers only the first is read
            if isinstance(failed := choice.get("error"), Mapping) and failed:
                raise object_error(failed)
            whole = None if any(self.text) else choice.get("message")  # some end a stream with the whole answer again
            self._add(_mapping(choice.get(part) or whole), _mapping(choice.get("logprobs")))
            self.finish = _finish_of(choice) or self.finish
            break

    def _count(self, usage: object) -> None:
        counts = _mapping(usage)
        self.prompt_tokens = _whole(counts.get("prompt_tokens")) or self.prompt_tokens
        self.completion_tokens = _whole(counts.get("completion_tokens")) or self.completion_tokens

    def _add(self, part: Json, logprobs: Json) -> None:
        text, thought = _texts(part.get("content"))
        thought += next((found for name in _REASONING_FIELDS if (found := "".join(_texts(part.get(name))))), "")
        self.text.append(text)
        self.reasoning.append(thought)
        self.refusal += str(part.get("refusal") or "")
        self._add_calls(part.get("tool_calls"))
        if older := _mapping(part.get("function_call")):
            self._add_calls([{"index": 0, "function": older}])
        tokens = logprobs.get("content")
        self.tokens += tokens if isinstance(tokens, list) else []
        if not self.first_token_s and (text or thought or self.calls):
            self.first_token_s = time.monotonic() - self.started

    def _add_calls(self, calls: object) -> None:
        """Calls of tools come whole, or in pieces that name their place or the call that they belong to."""
        for number, call in enumerate(calls if isinstance(calls, list) else []):
            given = _mapping(call)
            function = _mapping(given.get("function"))
            pieces = self.calls.setdefault(self._place(given, number), [""])
            pieces[0] = pieces[0] or str(function.get("name") or "")
            arguments = function.get("arguments")
            pieces.append(arguments if isinstance(arguments, str) else json.dumps(arguments) if arguments else "")

    def _place(self, call: Json, number: int) -> int:
        index, name = call.get("index"), call.get("id")
        if isinstance(index, int):
            return index
        if isinstance(name, str) and name:
            return self.ids.setdefault(name, len(self.calls))
        return max(self.calls, default=number) if not _mapping(call.get("function")).get("name") else number

    def _reply(self) -> Reply:
        text, reasoning = "".join(self.text), "".join(self.reasoning)
        _check_finish(self.finish)
        if not text.strip() and not self.calls:
            if self.refusal.strip():
                raise ModelFiltered(f"the model refuses to answer: {self.refusal.strip()[:200]}")
            if reasoning.strip():
                raise ModelOnlyReasoned("the whole answer came as reasoning, and nothing as the answer itself")
            raise ModelEmptyReply("the model's answer is empty")
        return Reply(
            text=text,
            reasoning=reasoning,
            token_probabilities=token_probabilities(self.tokens),
            first_token_s=self.first_token_s,
            total_s=time.monotonic() - self.started,
            prompt_tokens=self.prompt_tokens,
            completion_tokens=self.completion_tokens or len(self.tokens),
            tool_calls=tuple(ToolCall(name, "".join(pieces)) for _, (name, *pieces) in sorted(self.calls.items())),
        )


def _refuse_other_api(data: object) -> None:
    if name := other_api(data):
        raise ModelOtherApi(f"the answer is that of {name} API and no chat completion")


def events(lines: Iterable[str]) -> Iterator[str]:
    """The data of each server-sent event; comments and other fields are skipped. A line of plain JSON, or of a field
    `error`, is one more event: an error that a server writes when its stream breaks, or the whole of a stream that has
    no other form."""
    data: list[str] = []
    for number, whole_line in enumerate(lines):
        line = whole_line if number else whole_line.removeprefix("\ufeff")
        if line.startswith("error:") and not data:
            yield found if (found := line[6:].strip()).startswith("{") else line
        elif line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))
        elif line.startswith("{") and not data:
            yield line
        elif not line.strip() and data:
            yield "\n".join(data)
            data = []
    if data:
        yield "\n".join(data)


def token_probabilities(tokens: Iterable[Any]) -> tuple[tuple[str, float], ...] | None:
    """(text, probability) per token; None where there are none, or where one has no probability.

    A token may hold part of a character only (Chinese, emoji): such tokens are joined until they make whole
    characters, with the product of their probabilities.
    """
    found: list[tuple[str, float]] = []
    pending, logprob = b"", 0.0
    for token in map(_mapping, tokens):
        given = token.get("logprob")
        if isinstance(given, bool) or not isinstance(given, int | float) or math.isnan(given):
            return None
        pending += _bytes(token)
        logprob += given
        if (text := _decoded(pending)) is not None:
            found.append((text, math.exp(min(logprob, 0.0))))
            pending, logprob = b"", 0.0
    return tuple(found) or None


def _finish_of(choice: Json) -> str | None:
    """Servers that write the word where they mean that there is none are understood."""
    said = choice.get("finish_reason")
    return None if str(said or "").casefold() in _NO_FINISH else str(said)


def _check_finish(reason: str | None) -> None:
    """`length` and filters mean that the answer is not whole, however it looks."""
    said = str(reason or "").casefold()
    if _FILTERED.search(said):
        raise ModelFiltered(f"the server's filter kept the answer back ({said})")
    if _BROKEN.search(said):
        raise ModelCutOff(f"the server broke the answer off ({said})")
    if _TOO_LONG.search(said):
        raise ModelTruncated("the answer hit the limit of tokens (max_tokens) and was cut off")


def _parsed(data: str) -> list[Json]:
    """The JSON of an event; some gateways forget the empty line between events, and each line is one then."""
    for pieces in ([data], [line for line in data.splitlines() if line.strip() not in ("", _DONE)]):
        try:
            return [_mapping(json.loads(piece)) for piece in pieces]
        except ValueError:
            continue
    if re.match(r"\W*error\b", data, re.IGNORECASE):
        raise object_error({"message": data})
    raise ModelBadReply(f"a piece of the stream is not JSON: {data[:120]}")


def _texts(content: object) -> tuple[str, str]:
    """The text and the reasoning in a content: plain, a list of parts, or nothing."""
    if isinstance(content, str):
        return content, ""
    text, thought = "", ""
    for part in content if isinstance(content, list) else []:
        if isinstance(part, str):
            text += part
            continue
        given = _mapping(part)
        if given.get("type") in ("thinking", "reasoning"):
            thought += "".join(_texts(given.get("thinking") or given.get("text") or given.get("reasoning")))
        else:
            said = given.get("text")
            said = said.get("value") if isinstance(said, Mapping) else said
            text += said if isinstance(said, str) else ""
    return text, thought


def _mapping(value: object) -> Json:
    return value if isinstance(value, Mapping) else {}


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def _bytes(token: Json) -> bytes:
    given = token.get("bytes")
    if isinstance(given, list) and all(isinstance(byte, int) and 0 <= byte < 256 for byte in given) and given:
        return bytes(given)
    return str(token.get("token") or "").encode("utf-8", "replace")


def _decoded(data: bytes) -> str | None:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        unfinished = len(data) - error.start < 4 and error.reason == "unexpected end of data"
        return None if unfinished else data.decode("utf-8", "replace")
