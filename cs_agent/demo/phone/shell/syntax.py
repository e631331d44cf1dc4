"""What a shell script consists of, as values: the parser makes them, the interpreter runs them.

Rule: quoting is resolved here once; a `quoted` part is never split, and never a pattern.
"""

from __future__ import annotations

from dataclasses import dataclass


class ShellSyntaxError(ValueError):
    """The text is no script; the message is what the shell prints after its name."""


@dataclass(frozen=True, slots=True)
class Text:
    value: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Variable:
    """`$name`, `${#name}`, or `${name op operand}` with `op` one of `:-` `-` `:+` `+` `%` `%%` `#` `##`."""

    name: str
    quoted: bool = False
    op: str = ""
    operand: Word | None = None
    length: bool = False


@dataclass(frozen=True, slots=True)
class Substitution:
    """`$(script)` or its backquoted form."""

    script: Script
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`$((expression))`; the expression is expanded before it is reckoned."""

    expression: Word
    quoted: bool = False


Part = Text | Variable | Substitution | Arithmetic


@dataclass(frozen=True, slots=True)
class Word:
    parts: tuple[Part, ...]

    @property
    def literal(self) -> str | None:
        """The word as written when nothing in it is quoted or expanded; only such words are reserved."""
        if len(self.parts) == 1 and isinstance(self.parts[0], Text) and not self.parts[0].quoted:
            return self.parts[0].value
        return None


@dataclass(frozen=True, slots=True)
class Redirect:
    """`op` is `<`, `>`, `>>`, or `>&` (target names a descriptor)."""

    descriptor: int
    op: str
    target: Word


@dataclass(frozen=True, slots=True)
class Assignment:
    name: str
    value: Word


@dataclass(frozen=True, slots=True)
class Simple:
    assignments: tuple[Assignment, ...]
    words: tuple[Word, ...]
    redirects: tuple[Redirect, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """`{ …; }`, or `( … )` when it is a subshell."""

    body: Script
    subshell: bool
    redirects: tuple[Redirect, ...] = ()


@dataclass(frozen=True, slots=True)
class If:
    """Tried in order; `otherwise` when no condition held."""

    branches: tuple[tuple[Script, Script], ...]
    otherwise: Script
    redirects: tuple[Redirect, ...] = ()


@dataclass(frozen=True, slots=True)
class While:
    condition: Script
    body: Script
    until: bool
    redirects: tuple[Redirect, ...] = ()


@dataclass(frozen=True, slots=True)
class For:
    name: str
    words: tuple[Word, ...]
    body: Script
    redirects: tuple[Redirect, ...] = ()


Command = Simple | Group | If | While | For


@dataclass(frozen=True, slots=True)
class Pipeline:
    commands: tuple[Command, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class AndOr:
    """`first`, then each pipeline whose operator (`&&`, `||`) the status so far allows."""

    first: Pipeline
    rest: tuple[tuple[str, Pipeline], ...] = ()
    background: bool = False


@dataclass(frozen=True, slots=True)
class Script:
    items: tuple[AndOr, ...] = ()
