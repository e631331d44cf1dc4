"""Reads a command line: lists, pipelines, redirections, quotes, variables. It knows no loops, functions or arithmetic.

Rule: any text gives a `Script` or a `ShellSyntaxError`; nothing is run or looked up here. A quoted part is never split.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
    (?P<blank>[ \t\r]+|\\\n)
  | (?P<comment>(?<![^\s;&|])\#[^\n]*)
  | (?P<redirect>(?P<descriptor>[012]?)(?P<way>>>|>&|>|<))
  | (?P<operator>&&|\|\||[;&|\n])
  | (?P<unsupported>[()`]|\$\(|<<)
  | '(?P<single>[^']*)'
  | "(?P<double>(?:[^"\\]|\\.)*)"
  | \$(?P<variable>\w+|[?$!\#]|\{[\w?]+\})
  | \\(?P<escaped>.)
  | (?P<plain>[^\s;&|<>()'"$\\`]+|\$)
    """,
    re.VERBOSE | re.DOTALL,
)
_INSIDE = re.compile(
    r"""\\(?P<escaped>[$`"\\\n])|\$(?P<variable>\w+|[?$!\#]|\{[\w?]+\})|(?P<plain>[^\\$]+|.)""", re.DOTALL
)


class ShellSyntaxError(ValueError):
    """The text is no script; the message is what the shell prints after its name."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a word: its text, or the name of a variable."""

    text: str
    quoted: bool = False
    variable: bool = False


Word = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Redirect:
    """`op` is `<`, `>`, `>>` or `>&`."""

    descriptor: int
    op: str
    target: Word


@dataclass(frozen=True, slots=True)
class Simple:
    """One command with its arguments and redirections."""

    words: tuple[Word, ...]
    redirects: tuple[Redirect, ...] = ()


Pipeline = tuple[Simple, ...]


@dataclass(frozen=True, slots=True)
class AndOr:
    """`rest` pairs `&&` or `||` with the pipeline behind it."""

    first: Pipeline
    rest: tuple[tuple[str, Pipeline], ...] = ()
    background: bool = False


Script = tuple[AndOr, ...]


def parse(text: str) -> Script:
    return _Reader(text).script()


class _Reader:
    """Collects words into commands, commands into pipelines, pipelines into lists, in one pass."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._items: list[AndOr] = []
        self._chain: list[tuple[str, Pipeline]] = []  # of the list that is being read; the first has no operator
        self._pipeline: list[Simple] = []
        self._words: list[Word] = []
        self._redirects: list[Redirect] = []
        self._parts: list[Part] = []
        self._waiting: tuple[int, str] | None = None  # a redirection whose target comes next
        self._joiner = ""

    def script(self) -> Script:
        place = 0
        while place < len(self._text):
            match = _TOKEN.match(self._text, place)
            if match is None:
                raise ShellSyntaxError("no closing quote")
            place = match.end()
            self._take(match)
        self._operator("\n")
        if self._pipeline or self._chain:
            raise ShellSyntaxError("syntax error: unexpected end of file")
        return tuple(self._items)

    def _take(self, match: re.Match[str]) -> None:
        found = match.groupdict()
        kind = match.lastgroup
        if kind in ("blank", "comment"):
            self._end_word()
        elif found["operator"] is not None:
            self._operator(found["operator"])
        elif found["redirect"] is not None:
            self._redirect(found["descriptor"], found["way"])
        elif found["unsupported"] is not None:
            raise ShellSyntaxError(f"syntax error: unexpected '{found['unsupported']}'")
        else:
            self._part(found)

    def _part(self, found: dict[str, str | None]) -> None:
        if found["single"] is not None:
            self._parts.append(Part(found["single"], quoted=True))
        elif found["double"] is not None:
            self._parts += _inside(found["double"])
        elif found["variable"] is not None:
            self._parts.append(Part(found["variable"].strip("{}"), variable=True))
        elif found["escaped"] is not None:
            self._parts.append(Part(found["escaped"], quoted=True))
        else:
            self._parts.append(Part(found["plain"] or ""))

    def _redirect(self, descriptor: str, way: str) -> None:
        self._end_word()
        if self._waiting:
            raise ShellSyntaxError(f"syntax error: unexpected '{way}'")
        self._waiting = (int(descriptor) if descriptor else int(way != "<"), way)

    def _end_word(self) -> None:
        if not self._parts:
            return
        word = tuple(self._parts)
        self._parts = []
        if self._waiting:
            self._redirects.append(Redirect(*self._waiting, word))
            self._waiting = None
        else:
            self._words.append(word)

    def _end_command(self, operator: str) -> bool:
        """Whether there was one."""
        self._end_word()
        if self._waiting:
            raise ShellSyntaxError(f"syntax error: unexpected '{operator if operator != chr(10) else 'newline'}'")
        if not (self._words or self._redirects):
            return False
        self._pipeline.append(Simple(tuple(self._words), tuple(self._redirects)))
        self._words, self._redirects = [], []
        return True

    def _operator(self, operator: str) -> None:
        if not self._end_command(operator):
            if operator != "\n":  # an empty line is nothing, and a list may go on in the next one
                raise ShellSyntaxError(f"syntax error: unexpected '{operator}'")
            return
        if operator == "|":
            return
        self._chain.append((self._joiner, tuple(self._pipeline)))
        self._pipeline, self._joiner = [], ""
        if operator in ("&&", "||"):
            self._joiner = operator
            return
        (_, first), *rest = self._chain
        self._items.append(AndOr(first, tuple(rest), background=operator == "&"))
        self._chain = []


def _inside(text: str) -> list[Part]:
    """What stands between double quotes: variables are still read, all else is taken as it is."""
    parts = [Part("", quoted=True)]
    for match in _INSIDE.finditer(text):
        if match["variable"] is not None:
            parts.append(Part(match["variable"].strip("{}"), quoted=True, variable=True))
        elif match["escaped"] != "\n":
            parts.append(Part(match["escaped"] or match["plain"], quoted=True))
    return parts
