"""Expands words: variables, substitutions, arithmetic, field splitting, file patterns.

Rule: a quoted part stays one piece of one field and never becomes a pattern; an unquoted expansion is split at
blanks; a pattern that matches nothing stays as it is written.
"""

from __future__ import annotations

import ast
import fnmatch
import glob
import operator
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from cs_agent.demo.phone.device.files import PhoneFiles
from cs_agent.demo.phone.shell.syntax import (
    Arithmetic,
    Script,
    ShellSyntaxError,
    Substitution,
    Text,
    Variable,
    Word,
)

_MAX_EXPONENT = 64  # shifts beyond a machine word are no use and could fill the memory

_ALL_ARGUMENTS = Word((Text("", quoted=True), Variable("@", quoted=True)))  # "$@" is no field where there are none


class Scope(Protocol):
    """What expansion needs of the shell."""

    cwd: str
    args: list[str]

    @property
    def files(self) -> PhoneFiles: ...

    def lookup(self, name: str) -> str | None: ...

    async def substitute(self, script: Script) -> str: ...


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of an expanded word; `breaks` are the field borders that an unquoted expansion brought."""

    text: str
    quoted: bool
    splits: bool = False  # came from an unquoted expansion
    field_end: bool = False  # "$@": the field ends here whatever follows


async def expand_fields(word: Word, scope: Scope) -> list[str]:
    """The arguments that one word becomes: none, one or many."""
    pieces = await _pieces(word, scope)
    fields: list[str] = []
    for field in _split(pieces):
        fields += _glob(field, scope)
    return fields


async def expand_text(word: Word, scope: Scope) -> str:
    """The word as one string: redirection targets, assigned values, operands."""
    return "".join(piece.text for piece in await _pieces(word, scope))


async def _pieces(word: Word, scope: Scope) -> list[_Piece]:
    if word == _ALL_ARGUMENTS and not scope.args:
        return []
    pieces: list[_Piece] = []
    for part in word.parts:
        if isinstance(part, Text):
            pieces.append(_Piece(part.value, part.quoted))
        elif isinstance(part, Variable) and part.name == "@" and part.quoted and not part.op:
            pieces += [_Piece(arg, True, field_end=True) for arg in scope.args[:-1]]
            pieces += [_Piece(arg, True) for arg in scope.args[-1:]]
        else:
            pieces.append(_Piece(await _value(part, scope), part.quoted, splits=not part.quoted))
    return pieces


async def _value(part: Variable | Substitution | Arithmetic, scope: Scope) -> str:
    if isinstance(part, Substitution):
        return (await scope.substitute(part.script)).rstrip("\n")
    if isinstance(part, Arithmetic):
        return str(reckon(await expand_text(part.expression, scope), scope.lookup))
    return await _variable(part, scope)


async def _variable(part: Variable, scope: Scope) -> str:
    value = scope.lookup(part.name)
    if part.length:
        return str(len(value or ""))
    if not part.op or part.operand is None:
        return value or ""
    missing = value is None or (part.op.startswith(":") and not value)
    if part.op in (":-", "-"):
        return await expand_text(part.operand, scope) if missing else value or ""
    if part.op in (":+", "+"):
        return "" if missing else await expand_text(part.operand, scope)
    return _trimmed(value or "", part.op, await expand_text(part.operand, scope))


def _trimmed(value: str, op: str, pattern: str) -> str:
    """`%` cuts the shortest match from the end, `%%` the longest, `#` and `##` from the start."""
    at_end = op[0] == "%"
    sizes = range(len(value) + 1) if len(op) == 1 else range(len(value), -1, -1)
    for size in sizes:
        cut = value[len(value) - size :] if at_end else value[:size]
        if fnmatch.fnmatchcase(cut, pattern):
            return value[: len(value) - size] if at_end else value[size:]
    return value


def _split(pieces: list[_Piece]) -> list[list[_Piece]]:
    """Fields: lists of pieces that belong together."""
    fields: list[list[_Piece]] = []
    current: list[_Piece] = []

    def finish() -> None:
        nonlocal current
        if current:
            fields.append(current)
        current = []

    for piece in pieces:
        if not piece.splits:
            current.append(piece)
            if piece.field_end:
                finish()
            continue
        if piece.text[:1].isspace():
            finish()
        for index, text in enumerate(piece.text.split()):
            if index:
                finish()
            current.append(_Piece(text, False))
        if piece.text[-1:].isspace():
            finish()
    finish()
    return fields


def _glob(field: list[_Piece], scope: Scope) -> list[str]:
    text = "".join(piece.text for piece in field)
    pattern = "".join(glob.escape(piece.text) if piece.quoted else piece.text for piece in field)
    if not any(glob.has_magic(piece.text) for piece in field if not piece.quoted):
        return [text]
    return _matches(pattern, scope) or [text]


def _matches(pattern: str, scope: Scope) -> list[str]:
    """Names on the phone, folder by folder, in order."""
    found = ["/"] if pattern.startswith("/") else [""]
    for part in filter(None, pattern.split("/")):
        found = [f"{base}{name}" for folder in found for base, name in _children(folder, part, scope)]
        found = [f"{name}/" for name in found]
    return sorted(name.rstrip("/") for name in found)


def _children(folder: str, pattern: str, scope: Scope) -> list[tuple[str, str]]:
    if not glob.has_magic(pattern):
        exists = scope.files.host(scope.files.resolve(folder + pattern, scope.cwd)).exists()
        return [(folder, pattern)] if exists else []
    names: list[str] = []
    with suppress(OSError):
        names = os.listdir(scope.files.host(scope.files.resolve(folder, scope.cwd)))
    hidden = pattern.startswith(".")
    kept = [name for name in names if hidden or not name.startswith(".")]
    return [(folder, name) for name in fnmatch.filter(kept, pattern)]


# --- arithmetic

_BINARY: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.BitXor: operator.xor,
    ast.LShift: lambda left, right: left << min(right, _MAX_EXPONENT),
    ast.RShift: operator.rshift,
    ast.Div: lambda left, right: _quotient(left, right),
    ast.Mod: lambda left, right: left - right * _quotient(left, right),
}
_COMPARE: dict[type[ast.cmpop], Callable[[int, int], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


def reckon(expression: str, lookup: Callable[[str], str | None]) -> int:
    """Integer arithmetic of C's kind; unset names are 0. ShellSyntaxError for anything else."""
    try:
        tree = ast.parse(expression.strip() or "0", mode="eval")
        return _wrap(_reckon(tree.body, lookup))
    except (SyntaxError, ValueError, KeyError, ZeroDivisionError, OverflowError, RecursionError, MemoryError):
        raise ShellSyntaxError(f"{expression}: bad number") from None


def _reckon(node: ast.expr, lookup: Callable[[str], str | None]) -> int:
    match node:
        case ast.Constant(value=int() as number):
            return number
        case ast.Name(id=name):
            return int(lookup(name) or "0")
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_reckon(operand, lookup)
        case ast.BinOp(left=left, op=op, right=right):
            return _wrap(_BINARY[type(op)](_reckon(left, lookup), _reckon(right, lookup)))
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return int(_COMPARE[type(op)](_reckon(left, lookup), _reckon(right, lookup)))
    raise ValueError(type(node).__name__)


def _quotient(left: int, right: int) -> int:
    """Rounded towards zero, as C does."""
    size = abs(left) // abs(right)
    return size if (left < 0) == (right < 0) else -size


def _wrap(number: int) -> int:
    """As a signed 64-bit word."""
    return (number + (1 << 63)) % (1 << 64) - (1 << 63)
