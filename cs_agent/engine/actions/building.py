"""Turns a call's arguments, as written or as JSON, into an action; whatever does not fit is a ParseError."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping

from cs_agent.engine.actions import values as actions
from cs_agent.engine.actions.call_syntax import Argument, Bare, Call, Quoted, Value
from cs_agent.engine.actions.parse_errors import ParseError, ParseErrorCode
from cs_agent.engine.actions.values import Action
from cs_agent.geometry import NORM_MAX, NormPoint, Point, Size

MAX_TEXT_CHARS = 16_000  # of one argument: with every character escaped it still renders within MAX_REPLY_CHARS
MAX_WAIT_S = 60.0  # a longer wait is cut to this: the loop looks again instead

_DURATION = re.compile(
    r"\s*\+?(\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*(ms|毫秒|milliseconds?|s|secs?|seconds?|秒钟?|m|mins?|minutes?|分钟?)?\s*",
    re.IGNORECASE | re.ASCII,
)
_VARIABLE = re.compile(r"[A-Za-z_][\w.\[\]]*", re.ASCII)  # a program's name for a text is no text
UNREADABLE_CHARS = re.compile("[\x00\ud800-\udfff]")


def action_of(name: str, arguments: Mapping[str, object], *, pixels_of: Size | None = None) -> Action:
    """The action of that name (`finish`, `Tap`, …) with JSON values as arguments; ParseError where they do not fit.

    `pixels_of`: the size of the picture that the points are pixels of; None where they are 0-999.
    """
    head = "finish" if name.casefold() == "finish" else "do"
    given = [] if head == "finish" else [Argument("action", Quoted(name), (0, 0))]
    given += [Argument(key, _json_value(key, value), (0, 0)) for key, value in arguments.items()]
    return ActionBuilder(Call(head, tuple(given), 0, 0), pixels_of).build()


def _json_value(name: str, value: object) -> Value:
    if isinstance(value, str):
        return Quoted(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Bare(str(value))
    if isinstance(value, list | tuple):
        return tuple(_json_value(name, item) for item in value)
    raise ParseError(ParseErrorCode.BAD_VALUE, name)


class ActionBuilder:
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
        if UNREADABLE_CHARS.search(value.text):
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


_MAKERS: dict[str, Callable[[ActionBuilder], Action]] = {
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
