"""The grammar of one call, `do(name=value, …)` or `finish(…)`: text in, values out, nothing is evaluated.

Three readings. The strict one follows the grammar, with backslash escapes. The lenient one, tried only where
the strict one fails, allows unescaped quotes inside a quoted text, and only where a single reading exists. The wide one
takes full-width punctuation and the marks that models put around points for their plain forms.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

MAX_ARGUMENTS = 6  # no action takes more than three; bounds the work on a hostile reply
MAX_QUOTE_ENDS = 24  # places where a text could end; beyond it nobody can tell which is meant
_MAX_NESTING = 3

_OPENING = re.compile(r"(?<![A-Za-z0-9_])(do|finish)\s*\(", re.IGNORECASE)
# What tells an attempted call from a mention in prose, as in "then I call finish(message=…)".
_ATTEMPT = re.compile(
    r"(?<![A-Za-z0-9_])(?:do|finish)\s*\(\s*(?:[A-Za-z_]\w*\s*=|(?:action|message)\s*:)\s*[\"'\[(\dA-Za-z]|(?<![A-Za-z0-9_])finish\s*\(\s*\)",
    re.ASCII | re.IGNORECASE,
)
_WIDE = str.maketrans("\uff08\uff09\uff0c\uff1d\uff3b\uff3d\u3010\u3011\uff1b\uff1a", "(),=[][];:") | {
    wide: wide - 0xFEE0
    for wide in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))  # Ａ５
}
_WIDE_QUOTE = re.compile(r"(?<=[=,(\[])\s*[\u201c\u201d\uff02]|[\u201c\u201d\uff02](?=\s*[,)\]])")
_POINT_MARK = re.compile(r"<\|(?:box|point|begin_of_box|end_of_box)(?:_start|_end)?\|>|</?(?:box|point)>")
_TRIPLE = re.compile(r"\s*(?:\"\"\"|\'\'\')")
_ADJACENT = {  # two texts side by side, or an expression of two
    quote: re.compile(rf"{quote}\s*(?:\+\s*|(?:if|or|and)\b[^{quote}]*)?{quote}") for quote in ('"', "'")
}
_NAME = re.compile(r"\s*([A-Za-z_]\w*)\s*[=:]\s*", re.ASCII)
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"|\'((?:[^\'\\]|\\.)*)\'', re.DOTALL)
_BARE = re.compile(r"[+-]?\w[\w.+]*", re.ASCII)
_CLOSE = re.compile(r"\s*(?:,\s*)?\)")
_COMMA = re.compile(r"\s*,")
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "'": "'", "\\": "\\"}


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quoted text, escapes resolved."""

    text: str


@dataclass(frozen=True, slots=True)
class Bare:
    """A number or a word without quotes, as it was written."""

    text: str


Value = Quoted | Bare | tuple["Value", ...]


@dataclass(frozen=True, slots=True)
class Argument:
    name: str
    value: Value
    span: tuple[int, int]  # of the value in the text, quotes included


@dataclass(frozen=True, slots=True)
class Call:
    head: str  # do | finish
    arguments: tuple[Argument, ...]
    start: int
    end: int  # exclusive, after the closing parenthesis


class AmbiguousCall(Exception):
    """More than one reading of the quotes makes a whole call."""


def find_attempt(text: str, start: int = 0) -> int | None:
    """Where the first attempted call at or after `start` begins."""
    found = _ATTEMPT.search(text, start)
    return found.start() if found else None


def read_strict(text: str, start: int) -> Call | None:
    """The call that begins at `start`, wherever it ends; None where the grammar is broken."""
    opening = _OPENING.match(text, start)
    if not opening:
        return None
    arguments: list[Argument] = []
    at = opening.end()
    while not (close := _CLOSE.match(text, at)):
        argument = _argument(text, _after_comma(text, at) if arguments else at)
        if argument is None or len(arguments) == MAX_ARGUMENTS:
            return None
        arguments.append(argument)
        at = argument.span[1]
    return Call(opening[1].lower(), tuple(arguments), start, close.end())


def plain_punctuation(text: str) -> str:
    """The text with full-width punctuation, and without marks around points; character for character, so that places
    stay. What stands inside quotes may change too: it is to be taken from the original."""
    plain = _POINT_MARK.sub(lambda mark: " " * len(mark[0]), text.translate(_WIDE))
    return _WIDE_QUOTE.sub(lambda found: found[0][:-1] + '"', plain)


def with_texts_of(call: Call, original: str) -> Call:
    """The call with its quoted texts as they stand in the original."""
    arguments = tuple(
        Argument(argument.name, Quoted(_unescape(original[argument.span[0] + 1 : argument.span[1] - 1])), argument.span)
        if isinstance(argument.value, Quoted)
        else argument
        for argument in call.arguments
    )
    return Call(call.head, arguments, call.start, call.end)


def read_lenient(text: str, start: int) -> Call | None:
    """The one call that reaches from `start` to the end of `text` if quotes inside texts need no escape.

    AmbiguousCall where there are several such readings, or where another call hides in the texts.
    """
    opening = _OPENING.match(text, start)
    if not opening or not text.endswith(")"):
        return None
    readings = _LenientReader(text).readings(opening.end())
    if not readings:
        return None
    if len(readings) > 1 or find_attempt(text, opening.end()) is not None:
        raise AmbiguousCall
    return Call(opening[1].lower(), readings[0], start, len(text))


class _LenientReader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.ends = self._quote_ends()
        self.from_position = lru_cache(maxsize=None)(self._from_position)

    def readings(self, at: int) -> list[tuple[Argument, ...]]:
        """At most two ways to read the arguments from `at` to the end of the text."""
        return self.from_position(at, MAX_ARGUMENTS)

    def _quote_ends(self) -> list[int]:
        """Quotes that may close a text: before the final parenthesis or before `, name=value`."""
        pattern = re.compile(r"[\"'](?=\s*(?:,\s*)?\)\Z|\s*,\s*[A-Za-z_]\w*\s*=\s*[\"'\[(\w+-])", re.ASCII)
        ends = [found.start() for found in pattern.finditer(self.text)]
        if len(ends) > MAX_QUOTE_ENDS:
            raise AmbiguousCall
        return [end for end in ends if not _is_escaped(self.text, end)]

    def _from_position(self, at: int, left: int) -> list[tuple[Argument, ...]]:
        name = _NAME.match(self.text, at)
        if not name or not left:
            return []
        found: list[tuple[Argument, ...]] = []
        for argument in self._arguments(name):
            found += [(argument, *rest) for rest in self._rest(argument.span[1], left)]
            if len(found) > 1:
                break
        return found[:2]

    def _rest(self, at: int, left: int) -> list[tuple[Argument, ...]]:
        close = _CLOSE.match(self.text, at)
        if close and close.end() == len(self.text):
            return [()]
        comma = _COMMA.match(self.text, at)
        return self.from_position(comma.end(), left - 1) if comma else []

    def _arguments(self, name: re.Match[str]) -> list[Argument]:
        start = name.end()
        quote = self.text[start : start + 1]
        if quote not in ('"', "'") or name[1] == "action":  # the name of an action holds no quotes
            argument = _argument(self.text, name.start())
            return [argument] if argument else []
        if _TRIPLE.match(self.text, start):
            raise AmbiguousCall
        ends = [end for end in self.ends if end > start and self.text[end] == quote]
        if ends and _ADJACENT[quote].search(self.text, start + 1, ends[0]):  # "a" "b" may be one text or two
            raise AmbiguousCall
        return [Argument(name[1], Quoted(_unescape(self.text[start + 1 : end])), (start, end + 1)) for end in ends]


def _argument(text: str, at: int) -> Argument | None:
    name = _NAME.match(text, at)
    if not name:
        return None
    read = _value(text, name.end(), _MAX_NESTING)
    return Argument(name[1], read[0], (name.end(), read[1])) if read else None


def _after_comma(text: str, at: int) -> int:
    """Past the comma; past the whole text where there is none, so that nothing can follow."""
    comma = _COMMA.match(text, at)
    return comma.end() if comma else len(text)


def _value(text: str, at: int, depth: int) -> tuple[Value, int] | None:
    if string := _STRING.match(text, at):
        return Quoted(_unescape(string[1] if string[1] is not None else string[2])), string.end()
    if bare := _BARE.match(text, at):
        return Bare(bare[0]), bare.end()
    if text[at : at + 1] in ("[", "(") and depth:
        return _sequence(text, at, depth - 1)
    return None


def _sequence(text: str, at: int, depth: int) -> tuple[Value, int] | None:
    closing = "]" if text[at] == "[" else ")"
    items: list[Value] = []
    at = _skip_space(text, at + 1)
    while text[at : at + 1] != closing:
        read = _value(text, at, depth)
        if read is None:
            return None
        items.append(read[0])
        at = _skip_space(text, read[1])
        if text[at : at + 1] == ",":
            at = _skip_space(text, at + 1)
        elif text[at : at + 1] != closing:
            return None
    return tuple(items), at + 1


def _skip_space(text: str, at: int) -> int:
    while text[at : at + 1].isspace():
        at += 1
    return at


def _is_escaped(text: str, at: int) -> bool:
    slashes = at - len(text[:at].rstrip("\\"))
    return slashes % 2 == 1


def _unescape(text: str) -> str:
    return _ESCAPE.sub(_resolve, text)


def _resolve(escape: re.Match[str]) -> str:
    code = escape[1]
    if len(code) == 5:
        return chr(int(code[1:], 16))
    return _ESCAPED.get(code, escape[0])
