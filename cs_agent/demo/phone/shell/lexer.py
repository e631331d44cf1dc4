"""Cuts a script into words and operators.

Rule: quotes, escapes and `$` forms are understood here and nowhere else; any text at all gives either tokens or a
`ShellSyntaxError`, also text that nests without end.
"""

from __future__ import annotations

import string
from collections.abc import Callable
from dataclasses import dataclass

from cs_agent.demo.phone.shell.syntax import (
    Arithmetic,
    Part,
    Script,
    ShellSyntaxError,
    Substitution,
    Text,
    Variable,
    Word,
)

MAX_DEPTH = 40  # of substitutions and groups within each other; far more than anybody writes

# Longest first. A newline is an operator too.
_OPERATORS = ("&&", "||", ";;", ">>", "<<", ">&", "<&", "&>", ">|", ";", "&", "|", "(", ")", "<", ">", "\n")
_REDIRECTIONS = frozenset({"<", ">", ">>", "<<", ">&", "<&", ">|"})
_BLANK = " \t\r"
_META = frozenset(" \t\r\n;&|()<>")
_NAME_START = frozenset(string.ascii_letters + "_")
_NAME = _NAME_START | frozenset(string.digits)
_PUNCTUATION = frozenset("?$!#@*-")
_SPECIAL = _PUNCTUATION | frozenset(string.digits)
_ESCAPED_IN_DOUBLE = frozenset('$`"\\\n')

ParseScript = Callable[[str, int], Script]


@dataclass(frozen=True, slots=True)
class Token:
    """Either a word or an operator; `descriptor` is the number written before a redirection."""

    word: Word | None = None
    op: str = ""
    descriptor: int | None = None

    def __str__(self) -> str:
        if self.op:
            return "newline" if self.op == "\n" else self.op
        return (self.word.literal if self.word else "") or "word"


class Lexer:
    """One pass over one text. `parse` turns the inside of a substitution into a script."""

    def __init__(self, text: str, parse: ParseScript, depth: int = 0) -> None:
        if depth > MAX_DEPTH:
            raise ShellSyntaxError("syntax error: nested too deeply")
        self._text = text
        self._pos = 0
        self._parse = parse
        self._depth = depth

    def tokens(self) -> list[Token]:
        found = []
        while (token := self._next()) is not None:
            found.append(token)
        return found

    def whole_as_word(self) -> Word:
        """The text as one word in which blanks and operators mean nothing (operands, arithmetic)."""
        return self._word(ends=frozenset())

    # --- tokens

    def _next(self) -> Token | None:
        self._skip_blanks()
        if self._pos >= len(self._text):
            return None
        if (descriptor := self._descriptor()) is not None:
            return Token(op=self._operator(), descriptor=descriptor)
        if self._peek() in _META:
            return Token(op=self._operator())
        return Token(word=self._word(_META))

    def _skip_blanks(self) -> None:
        while self._pos < len(self._text):
            if self._text.startswith("\\\n", self._pos):
                self._pos += 2
            elif self._peek() in _BLANK:
                self._pos += 1
            elif self._peek() == "#":
                end = self._text.find("\n", self._pos)
                self._pos = len(self._text) if end < 0 else end
            else:
                return

    def _descriptor(self) -> int | None:
        """A single digit right before a redirection."""
        if self._peek() in "012" and self._peek(1) and self._peek(1) in "<>":
            self._pos += 1
            return int(self._text[self._pos - 1])
        return None

    def _operator(self) -> str:
        op = next(op for op in _OPERATORS if self._text.startswith(op, self._pos))
        self._pos += len(op)
        return op

    def _peek(self, ahead: int = 0) -> str:
        index = self._pos + ahead
        return self._text[index] if index < len(self._text) else ""

    # --- words

    def _word(self, ends: frozenset[str]) -> Word:
        parts: list[Part] = []
        while (char := self._peek()) and char not in ends:
            parts += self._part(char, ends)
        return Word(_merged(parts))

    def _part(self, char: str, ends: frozenset[str]) -> list[Part]:
        match char:
            case "'":
                return [Text(self._until("'"), quoted=True)]
            case '"':
                return self._double_quoted()
            case "\\":
                return self._escaped()
            case "$":
                return [self._dollar(quoted=False)]
            case "`":
                return [self._backquoted(quoted=False)]
        start = self._pos
        while (char := self._peek()) and char not in ends and char not in "'\"\\$`":
            self._pos += 1
        return [Text(self._text[start : self._pos])]

    def _until(self, quote: str) -> str:
        end = self._text.find(quote, self._pos + 1)
        if end < 0:
            raise ShellSyntaxError("no closing quote")
        inside = self._text[self._pos + 1 : end]
        self._pos = end + 1
        return inside

    def _escaped(self) -> list[Part]:
        following = self._peek(1)
        self._pos += 2
        if following == "\n":
            return []
        return [Text(following or "\\", quoted=True)]

    def _double_quoted(self) -> list[Part]:
        self._pos += 1
        parts: list[Part] = [Text("", quoted=True)]  # "" is a word, too
        while (char := self._peek()) != '"':
            if not char:
                raise ShellSyntaxError("no closing quote")
            parts += self._quoted_part(char)
        self._pos += 1
        return parts

    def _quoted_part(self, char: str) -> list[Part]:
        if char == "$":
            return [self._dollar(quoted=True)]
        if char == "`":
            return [self._backquoted(quoted=True)]
        if char == "\\" and self._peek(1) in _ESCAPED_IN_DOUBLE and self._peek(1):
            return self._escaped()
        self._pos += 1
        return [Text(char, quoted=True)]

    # --- $ forms

    def _dollar(self, quoted: bool) -> Part:
        following = self._peek(1)
        if self._text.startswith("$((", self._pos) and (inside := self._arithmetic()) is not None:
            return Arithmetic(self._inner(inside).whole_as_word(), quoted)
        if following == "(":
            inside = self._balanced(self._pos + 2, ")")
            return Substitution(self._parse(inside, self._depth + 1), quoted)
        if following == "{":
            return self._braced(self._balanced(self._pos + 2, "}"), quoted)
        if following and following in _NAME_START:
            return Variable(self._name(self._pos + 1), quoted)
        if following and following in _SPECIAL:
            self._pos += 2
            return Variable(following, quoted)
        self._pos += 1
        return Text("$", quoted)

    def _name(self, start: int) -> str:
        end = start
        while end < len(self._text) and self._text[end] in _NAME:
            end += 1
        self._pos = end
        return self._text[start:end]

    def _arithmetic(self) -> str | None:
        """The inside of `$((…))`, or None when it is a substitution that starts with a group."""
        start = self._pos
        inside = self._balanced(start + 2, ")")
        if inside.startswith("(") and inside.endswith(")"):
            return inside[1:-1]
        self._pos = start
        return None

    def _braced(self, inside: str, quoted: bool) -> Variable:
        if len(inside) > 1 and inside[0] == "#" and set(inside[1:]) <= _NAME:
            return Variable(inside[1:], quoted, length=True)
        size = 1 if inside[:1] in _PUNCTUATION else len(inside) - len(inside.lstrip("".join(_NAME)))
        name, rest = inside[:size], inside[size:]
        if not name:
            raise ShellSyntaxError(f"${{{inside}}}: bad substitution")
        if not rest:
            return Variable(name, quoted)
        for op in (":-", ":+", "%%", "##", "-", "+", "%", "#"):
            if rest.startswith(op):
                return Variable(name, quoted, op, self._inner(rest[len(op) :]).whole_as_word())
        raise ShellSyntaxError(f"${{{inside}}}: bad substitution")

    def _backquoted(self, quoted: bool) -> Substitution:
        end = self._pos + 1
        while end < len(self._text) and self._text[end] != "`":
            end += 2 if self._text[end] == "\\" else 1
        if end >= len(self._text):
            raise ShellSyntaxError("no closing quote")
        inside = self._text[self._pos + 1 : end].replace("\\`", "`")
        self._pos = end + 1
        return Substitution(self._parse(inside, self._depth + 1), quoted)

    def _inner(self, text: str) -> Lexer:
        return Lexer(text, self._parse, self._depth + 1)

    def _balanced(self, start: int, closing: str) -> str:
        """From `start` to the closing bracket that belongs to it; the position moves behind it."""
        opening = {")": "(", "}": "{"}[closing]
        depth, index = 1, start
        while index < len(self._text):
            char = self._text[index]
            depth += (char == opening) - (char == closing)
            if depth == 0:
                self._pos = index + 1
                return self._text[start:index]
            index = self._after_quoted(index)
        raise ShellSyntaxError("no closing quote")

    def _after_quoted(self, index: int) -> int:
        """The index behind the character, escape or quoted string at `index`."""
        char = self._text[index]
        if char == "\\":
            return index + 2
        if char not in "'\"":
            return index + 1
        index += 1
        while index < len(self._text) and self._text[index] != char:
            index += 2 if char == '"' and self._text[index] == "\\" else 1
        return index + 1


def _merged(parts: list[Part]) -> tuple[Part, ...]:
    """Neighbouring texts of equal quoting as one."""
    merged: list[Part] = []
    for part in parts:
        last = merged[-1] if merged else None
        if isinstance(part, Text) and isinstance(last, Text) and part.quoted == last.quoted:
            merged[-1] = Text(last.value + part.value, part.quoted)
        else:
            merged.append(part)
    return tuple(merged)


def is_redirection(op: str) -> bool:
    return op in _REDIRECTIONS or op == "&>"
