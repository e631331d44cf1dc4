"""Reads a model's reply into a thought and one action.

Rule: tolerant where the meaning is certain, a typed error where it is not. Nothing is evaluated, an
unreadable reply never counts as finished, and a reply with two readings gives no action.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from cs_agent.engine.actions.building import UNREADABLE_CHARS, ActionBuilder
from cs_agent.engine.actions.call_syntax import (
    AmbiguousCall,
    Call,
    find_attempt,
    plain_punctuation,
    read_lenient,
    read_strict,
    with_texts_of,
)
from cs_agent.engine.actions.leading import leads_to_no_act, only_tells_of, says_not_to
from cs_agent.engine.actions.parse_errors import ParseError, ParseErrorCode
from cs_agent.engine.actions.values import Action, Coordinates
from cs_agent.geometry import Size

MAX_REPLY_CHARS = 40_000  # 3000 tokens, the usual limit, are far fewer; more is a runaway model

_CLOSERS = re.compile(r"(?:\s|</answer>|</tool_call>|<\|\w+\|>|</s>|`|;|\uff1b|(?<=\))[.\u3002])\Z")
_WRAPPERS = re.compile(r"</?(?:think|answer)>|<\|\w+\|>|```\w*")


@dataclass(frozen=True, slots=True)
class Parsed:
    """A readable reply. Spans are places in the reply's text: of the call and of each argument's value."""

    thought: str
    action: Action
    call_text: str  # the call as the model wrote it, in its own coordinates
    span: tuple[int, int]
    value_spans: tuple[tuple[str, int, int], ...] = ()  # (argument name, start, end)


def parse_reply(
    text: str, *, coordinates: Coordinates = Coordinates.NORMALIZED, image_size: Size | None = None
) -> Parsed:
    """ParseError when the reply is not certainly one action. `image_size` is that of the picture sent."""
    if coordinates is Coordinates.PIXEL and image_size is None:
        raise ValueError("pixel coordinates need the size of the picture that was sent")
    try:
        call = _find_call(_checked(text))
        size = image_size if coordinates is Coordinates.PIXEL else None
        action = ActionBuilder(call, size).build()
    except ParseError as error:
        raise ParseError(error.code, error.detail, text) from None
    spans = tuple((argument.name, *argument.span) for argument in call.arguments)
    thought = _clean_thought(text[: call.start])
    return Parsed(thought, action, text[call.start : call.end], (call.start, call.end), spans)


def _checked(text: str) -> str:
    if not text.strip():
        raise ParseError(ParseErrorCode.EMPTY)
    if len(text) > MAX_REPLY_CHARS:
        raise ParseError(ParseErrorCode.TOO_LONG)
    if UNREADABLE_CHARS.search(text):
        raise ParseError(ParseErrorCode.GARBLED)
    return _without_closers(text)


def _without_closers(text: str) -> str:
    while closer := _CLOSERS.search(text, max(0, len(text) - 64)):
        text = text[: closer.start()]
    return text


def _clean_thought(text: str) -> str:
    return _WRAPPERS.sub("", text).strip()


def _find_call(text: str) -> Call:
    """The one call, with its place in `text`; in a second reading, with full-width punctuation taken for plain.

    1. A reply whose thought is marked: everything before the mark's end is thought, and holds no whole call of its own.
    2. A reply that is one well-formed call to its very end: that call, even if its texts hold such marks.
    3. Otherwise the call must follow the last mark that is there, and no answer may have ended before it.
    """
    try:
        return _marked_call(text)
    except ParseError as error:
        plain = plain_punctuation(text)
        if plain == text or error.code not in (ParseErrorCode.NO_ACTION, ParseErrorCode.MALFORMED):
            raise
        try:
            call = _marked_call(plain)
        except ParseError:
            raise error from None
        if read_strict(plain, call.start) is None:  # only what is certain is read in a second way
            raise
        return with_texts_of(call, text)


def _marked_call(text: str) -> Call:
    start = 0
    if text.lstrip().startswith("<think>"):
        start = _end_of_thought(text)
        _refuse_call_in(text[:start])
    elif _opens_a_thought(text):
        raise ParseError(ParseErrorCode.UNCLOSED_THOUGHT)
    elif (whole := _whole_call(text, find_attempt(text))) is not None:
        if 0 <= text.find("</answer>") < whole.start:
            raise ParseError(ParseErrorCode.TWO_ACTIONS)
        return _meant(text, 0, whole)
    start = start or _past_mark(text, "</think>")
    if start:
        _refuse_call_in(text[:start])
        if _opens_a_thought(text[start:]):
            raise ParseError(ParseErrorCode.UNCLOSED_THOUGHT)
    call = _call_after(text, start)
    if 0 <= _find_mark(text, "</answer>", start) < call.start:
        raise ParseError(ParseErrorCode.TWO_ACTIONS)
    return _meant(text, start, call)


def _opens_a_thought(text: str) -> bool:
    """Whether a thought begins somewhere and never ends: nobody can tell what of the rest is meant."""
    opened = _find_mark(text, "<think>", 0)
    return opened >= 0 and _find_mark(text, "</think>", opened) < 0


def _refuse_call_in(thought: str) -> None:
    """A whole call in the thought and another in the answer: which of them is meant cannot be told."""
    attempt = find_attempt(thought)
    while attempt is not None:
        if read_strict(thought, attempt) is not None:
            raise ParseError(ParseErrorCode.TWO_ACTIONS)
        attempt = find_attempt(thought, attempt + 1)


def _meant(text: str, start: int, call: Call) -> Call:
    """The call, unless the words that lead to it take it back: `Do not finish()`, `例如 finish(…)`."""
    refuse_unless_meant(text[start : call.start])
    return call


def refuse_unless_meant(before: str) -> None:
    """ParseError where the words that lead to an action take it back or tell of it only."""
    if says_not_to(before):
        raise ParseError(ParseErrorCode.NEGATED)
    if only_tells_of(before) or leads_to_no_act(before):
        raise ParseError(ParseErrorCode.NOT_NOW)


def _past_mark(text: str, mark: str) -> int:
    found = _find_mark(text, mark, 0)
    return found + len(mark) if found >= 0 else 0


def _end_of_thought(text: str) -> int:
    for mark in ("</think>", "<answer>"):
        if mark in text:
            return text.index(mark) + len(mark)
    raise ParseError(ParseErrorCode.UNCLOSED_THOUGHT)


def _call_after(text: str, start: int) -> Call:
    attempt = find_attempt(text, start)
    if (whole := _whole_call(text, attempt)) is not None:
        return whole
    answer = _find_mark(text, "<answer>", start)
    if answer >= 0:
        attempt = find_attempt(text, answer)
    if attempt is None:
        raise ParseError(ParseErrorCode.NO_ACTION)
    return _one_call(text, attempt)


def _find_mark(text: str, mark: str, start: int) -> int:
    """Where the mark stands as a mark, not inside the text of a well-formed call; -1 for nowhere."""
    while (found := text.find(mark, start)) >= 0:
        attempt = find_attempt(text, start)
        if attempt is None or attempt > found:
            break
        call = read_strict(text, attempt)
        start = call.end if call else attempt + 1
    return found


def _whole_call(text: str, attempt: int | None) -> Call | None:
    call = read_strict(text, attempt) if attempt is not None else None
    return call if call and call.end == len(text) else None


def _one_call(text: str, attempt: int) -> Call:
    call = read_strict(text, attempt)
    if call is not None and call.end == len(text):
        return call
    if call is not None:
        another = find_attempt(text, call.end) is not None
        raise ParseError(ParseErrorCode.TWO_ACTIONS if another else ParseErrorCode.TRAILING_TEXT)
    try:
        call = read_lenient(text, attempt)
    except AmbiguousCall:
        raise ParseError(ParseErrorCode.AMBIGUOUS_QUOTES) from None
    if call is None:
        raise ParseError(ParseErrorCode.MALFORMED)
    return call
