"""Reads a model's reply into a thought and one action.

Rule: tolerant where the meaning is certain, a typed error where it is not. Nothing is evaluated, an
unreadable reply never counts as finished, and a reply with two readings gives no action.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from cs_agent.catalogue import _, say
from cs_agent.engine.actions import values as actions
from cs_agent.engine.actions.call_syntax import (
    AmbiguousCall,
    Argument,
    Bare,
    Call,
    Quoted,
    Value,
    find_attempt,
    plain_punctuation,
    read_lenient,
    read_strict,
    with_texts_of,
)
from cs_agent.engine.actions.leading import leads_to_no_act, only_tells_of, says_not_to
from cs_agent.engine.actions.values import Action, Coordinates
from cs_agent.geometry import NORM_MAX, NormPoint, Point, Size
from cs_agent.said import Said, Sentence

MAX_REPLY_CHARS = 40_000  # 3000 tokens, the usual limit, are far fewer; more is a runaway model
MAX_TEXT_CHARS = 16_000  # of one argument: with every character escaped it still renders within MAX_REPLY_CHARS
MAX_WAIT_S = 60.0  # a longer wait is cut to this: the loop looks again instead

_CLOSERS = re.compile(r"(?:\s|</answer>|</tool_call>|<\|\w+\|>|</s>|`|;|\uff1b|(?<=\))[.\u3002])\Z")
_WRAPPERS = re.compile(r"</?(?:think|answer)>|<\|\w+\|>|```\w*")
_DURATION = re.compile(
    r"\s*\+?(\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*(ms|毫秒|milliseconds?|s|secs?|seconds?|秒钟?|m|mins?|minutes?|分钟?)?\s*",
    re.IGNORECASE | re.ASCII,
)
_UNREADABLE_CHARS = re.compile("[\x00\ud800-\udfff]")


class ParseErrorCode(StrEnum):
    EMPTY = "empty"
    TOO_LONG = "too_long"
    GARBLED = "garbled"
    UNCLOSED_THOUGHT = "unclosed_thought"
    NO_ACTION = "no_action"
    NO_CALL = "no_call"
    NO_PLACE = "no_place"
    TWO_ACTIONS = "two_actions"
    TRAILING_TEXT = "trailing_text"
    AMBIGUOUS_QUOTES = "ambiguous_quotes"
    NEGATED = "negated"
    NOT_NOW = "not_now"
    MALFORMED = "malformed"
    UNKNOWN_ACTION = "unknown_action"
    MISSING_ARGUMENT = "missing_argument"
    UNKNOWN_ARGUMENT = "unknown_argument"
    DUPLICATE_ARGUMENT = "duplicate_argument"
    BAD_POINT = "bad_point"
    BAD_DURATION = "bad_duration"
    BAD_VALUE = "bad_value"


PREFIX = "reply."  # of the codes under which a reason is stored as a part of other texts
_EXPLANATIONS: dict[ParseErrorCode, str] = {
    ParseErrorCode.EMPTY: _("回复是空的"),
    ParseErrorCode.TOO_LONG: _("回复太长"),
    ParseErrorCode.GARBLED: _("回复中有无法解码的字符"),
    ParseErrorCode.UNCLOSED_THOUGHT: _("思考部分没有结束"),
    ParseErrorCode.NO_ACTION: _("其中没有 do(…) 或 finish(…)"),
    ParseErrorCode.NO_CALL: _("其中没有工具调用"),
    ParseErrorCode.NO_PLACE: _("屏幕上找不到 {detail}"),
    ParseErrorCode.TWO_ACTIONS: _("其中有不止一个动作"),
    ParseErrorCode.TRAILING_TEXT: _("动作后面还有别的内容"),
    ParseErrorCode.AMBIGUOUS_QUOTES: _('引号有多种读法,文本中的引号请写成 \\"'),
    ParseErrorCode.NEGATED: _("动作前面的话说不要这样做"),
    ParseErrorCode.NOT_NOW: _("动作前面的话没有说现在就做它:是条件、举例、别人的话、已做过的事,或不是一个动作的标题"),
    ParseErrorCode.MALFORMED: _("动作的写法不完整或不正确"),
    ParseErrorCode.UNKNOWN_ACTION: _("没有动作 {detail}"),
    ParseErrorCode.MISSING_ARGUMENT: _("缺少参数 {detail}"),
    ParseErrorCode.UNKNOWN_ARGUMENT: _("参数 {detail} 不属于该动作"),
    ParseErrorCode.DUPLICATE_ARGUMENT: _("参数 {detail} 出现了两次"),
    ParseErrorCode.BAD_POINT: _("坐标 {detail} 不是屏幕范围内的 [x,y]"),
    ParseErrorCode.BAD_DURATION: _('时长 {detail} 不是 "3 seconds" 这样的秒数'),
    ParseErrorCode.BAD_VALUE: _("参数 {detail} 的值不是文本"),
}


class ParseError(Exception):
    """A reply that cannot be read as exactly one action. `raw` is the reply; `reason` is for the model."""

    def __init__(self, code: ParseErrorCode, detail: str = "", raw: str = "") -> None:
        self.code = code
        self.detail = detail
        self.raw = raw
        super().__init__(self.reason("en"))

    def reason(self, lang: str) -> Said:
        """Why, as a clause that completes "your last reply could not be read because …"."""
        detail = self.detail[:80]
        text = say(_EXPLANATIONS[self.code], lang, detail=detail)
        return Said(text, Sentence(PREFIX + self.code.value, {"detail": detail}))


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
        action = _ActionBuilder(call, size).build()
    except ParseError as error:
        raise ParseError(error.code, error.detail, text) from None
    spans = tuple((argument.name, *argument.span) for argument in call.arguments)
    thought = _clean_thought(text[: call.start])
    return Parsed(thought, action, text[call.start : call.end], (call.start, call.end), spans)


def action_of(name: str, arguments: Mapping[str, object], *, pixels_of: Size | None = None) -> Action:
    """The action of that name (`finish`, `Tap`, …) with JSON values as arguments; ParseError where they do not fit.

    `pixels_of`: the size of the picture that the points are pixels of; None where they are 0-999.
    """
    head = "finish" if name.casefold() == "finish" else "do"
    given = [] if head == "finish" else [Argument("action", Quoted(name), (0, 0))]
    given += [Argument(key, _json_value(key, value), (0, 0)) for key, value in arguments.items()]
    return _ActionBuilder(Call(head, tuple(given), 0, 0), pixels_of).build()


def _json_value(name: str, value: object) -> Value:
    if isinstance(value, str):
        return Quoted(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Bare(str(value))
    if isinstance(value, list | tuple):
        return tuple(_json_value(name, item) for item in value)
    raise ParseError(ParseErrorCode.BAD_VALUE, name)


def _checked(text: str) -> str:
    if not text.strip():
        raise ParseError(ParseErrorCode.EMPTY)
    if len(text) > MAX_REPLY_CHARS:
        raise ParseError(ParseErrorCode.TOO_LONG)
    if _UNREADABLE_CHARS.search(text):
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


class _ActionBuilder:
    """Turns a call's arguments into an action; every argument must be known and used once."""

    def __init__(self, call: Call, pixels_of: Size | None) -> None:
        self.call = call
        self.pixels_of = pixels_of
        self.values: dict[str, Value] = {}
        for argument in call.arguments:
            self._add(argument)

    def _add(self, argument: Argument) -> None:
        name = argument.name.casefold()
        if name in self.values:
            raise ParseError(ParseErrorCode.DUPLICATE_ARGUMENT, argument.name)
        self.values[name] = argument.value

    def build(self) -> Action:
        action = self._finish() if self.call.head == "finish" else self._do()
        if self.values:
            raise ParseError(ParseErrorCode.UNKNOWN_ARGUMENT, next(iter(self.values)))
        return action

    def _finish(self) -> Action:
        return actions.Finish(self._text("message", ""))

    def _do(self) -> Action:
        name = self._text("action")
        maker = _MAKERS.get(re.sub(r"[\s_-]", "", name).casefold())
        if maker is None:
            raise ParseError(ParseErrorCode.UNKNOWN_ACTION, name)
        return maker(self)

    def text(self, name: str, default: str | None = None) -> str:
        return self._text(name, default)

    def filled_text(self, name: str) -> str:
        if not (text := self._text(name)).strip():
            raise ParseError(ParseErrorCode.BAD_VALUE, name)
        return text

    def _text(self, name: str, default: str | None = None) -> str:
        value = self._take(name, Quoted(default) if default is not None else None)
        if not isinstance(value, Quoted | Bare):
            raise ParseError(ParseErrorCode.BAD_VALUE, name)
        if isinstance(value, Bare) and name == "text" and _VARIABLE.fullmatch(value.text):
            raise ParseError(ParseErrorCode.BAD_VALUE, name)
        if _UNREADABLE_CHARS.search(value.text):
            raise ParseError(ParseErrorCode.GARBLED)
        if len(value.text) > MAX_TEXT_CHARS:
            raise ParseError(ParseErrorCode.TOO_LONG)
        return value.text

    def optional_text(self, name: str) -> str | None:
        """None only where the argument is absent: a flag counts by its presence."""
        return self._text(name) if name in self.values else None

    def point(self, name: str) -> NormPoint:
        value = self._take(name)
        numbers = _coordinates(value)
        if numbers is None or len(numbers) not in (2, 4):
            raise ParseError(ParseErrorCode.BAD_POINT, _shown(value))
        corners = [self._norm(x, y, value) for x, y in zip(numbers[::2], numbers[1::2], strict=True)]
        if len(corners) == 1:
            return corners[0]
        first, last = corners
        if last.x < first.x or last.y < first.y:
            raise ParseError(ParseErrorCode.BAD_POINT, _shown(value))
        return NormPoint((first.x + last.x) // 2, (first.y + last.y) // 2)

    def seconds(self, name: str) -> float:
        value = self._take(name)
        match = _DURATION.fullmatch(value.text) if isinstance(value, Quoted | Bare) else None
        if not match:
            raise ParseError(ParseErrorCode.BAD_DURATION, _shown(value))
        return min(float(match[1]) * _unit_seconds(match[2] or "s"), MAX_WAIT_S)

    def _take(self, name: str, default: Value | None = None) -> Value:
        value = self.values.pop(name, default)
        if value is None:
            raise ParseError(ParseErrorCode.MISSING_ARGUMENT, name)
        return value

    def _norm(self, x: int, y: int, value: Value) -> NormPoint:
        size = self.pixels_of or Size(NORM_MAX + 1, NORM_MAX + 1)
        if not (0 <= x < size.width and 0 <= y < size.height):
            raise ParseError(ParseErrorCode.BAD_POINT, _shown(value))
        return Point(x, y).to_norm(size) if self.pixels_of else NormPoint(x, y)


_MAKERS: dict[str, Callable[[_ActionBuilder], Action]] = {
    "launch": lambda b: actions.Launch(b.filled_text("app")),
    "tap": lambda b: actions.Tap(b.point("element"), b.optional_text("message")),
    "doubletap": lambda b: actions.DoubleTap(b.point("element"), b.optional_text("message")),
    "longpress": lambda b: actions.LongPress(b.point("element"), b.optional_text("message")),
    "type": lambda b: actions.Type(b.text("text")),
    "typename": lambda b: actions.Type(b.text("text")),
    "swipe": lambda b: actions.Swipe(b.point("start"), b.point("end")),
    "wait": lambda b: actions.Wait(b.seconds("duration")),
    "back": lambda b: actions.Back(),
    "home": lambda b: actions.Home(),
    "takeover": lambda b: actions.TakeOver(b.text("message", "")),
    "interact": lambda b: actions.Interact(b.text("message", "")),
    "note": lambda b: actions.Note(b.text("message", "")),
    "callapi": lambda b: actions.CallApi(b.text("instruction", "")),
}


_VARIABLE = re.compile(r"[A-Za-z_][\w.\[\]]*", re.ASCII)  # a program's name for a text is no text


def _coordinates(value: Value) -> list[int] | None:
    """The whole numbers of a point or box, however it is bracketed or quoted; None for anything else."""
    match value:
        case Quoted(text):
            bare = text.strip().strip("[]()")
            return _whole_numbers(re.split(r"\s*[,\uff0c]\s*|\s+", bare.strip()))
        case ((*_,) as only,):
            return _coordinates(only)
        case ((*_,) as first, (*_,) as last) if len(first) == len(last) == 2:
            return _coordinates((*first, *last))
        case (*items,) if all(isinstance(item, Bare | Quoted) for item in items):
            return _whole_numbers([item.text for item in items if isinstance(item, Bare | Quoted)])
    return None


def _whole_numbers(texts: list[str]) -> list[int] | None:
    """Rounded; None where one is no number, or where all are shares of the screen (0.5) instead of places on it."""
    found = [re.fullmatch(r"\s*([+-]?\d{1,6}(?:\.\d{1,6})?)\s*", text, re.ASCII) for text in texts]
    numbers = [float(match[1]) for match in found if match]
    shares = any(not number.is_integer() for number in numbers) and all(abs(number) <= 1 for number in numbers)
    return None if len(numbers) < len(texts) or shares else [math.floor(number + 0.5) for number in numbers]


def _unit_seconds(unit: str) -> float:
    unit = unit.casefold()
    if unit.startswith(("ms", "milli", "毫")):
        return 0.001
    return 60.0 if unit.startswith(("m", "分")) else 1.0


def _shown(value: Value) -> str:
    if isinstance(value, Quoted | Bare):
        return value.text
    return "[" + ",".join(_shown(item) for item in value) + "]"
