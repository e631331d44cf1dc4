"""Reads a script: lists, pipelines, redirections, groups, if, for, while.

Rule: any text gives a `Script` or a `ShellSyntaxError`; nothing is run, looked up or expanded here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from cs_agent.demo.phone.shell.lexer import MAX_DEPTH, Lexer, Token, is_redirection
from cs_agent.demo.phone.shell.syntax import (
    AndOr,
    Assignment,
    Command,
    For,
    Group,
    If,
    Pipeline,
    Redirect,
    Script,
    ShellSyntaxError,
    Simple,
    Text,
    While,
    Word,
)

_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=(.*)", re.DOTALL)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SEPARATORS = (";", "&", "\n")
_RESERVED = frozenset({"if", "then", "elif", "else", "fi", "for", "do", "done", "while", "until", "{", "}", "!"})


def parse(text: str, depth: int = 0) -> Script:
    """The script that `text` is; `depth` is how many substitutions it is inside of."""
    parser = _Parser(Lexer(text, parse, depth).tokens(), depth)
    script = parser.script(())
    parser.expect_end()
    return script


class _Parser:
    """Recursive descent over the tokens."""

    def __init__(self, tokens: list[Token], depth: int) -> None:
        self._tokens = tokens
        self._index = 0
        self._depth = depth

    # --- looking at tokens

    def _peek(self) -> Token | None:
        return self._tokens[self._index] if self._index < len(self._tokens) else None

    def _take(self) -> Token:
        token = self._peek()
        if token is None:
            raise ShellSyntaxError("syntax error: unexpected end of file")
        self._index += 1
        return token

    def _at_op(self, *ops: str) -> bool:
        token = self._peek()
        return token is not None and token.op in ops

    def _reserved(self) -> str:
        """The reserved word that comes next, or an empty string."""
        token = self._peek()
        literal = token.word.literal if token and token.word else None
        return literal if literal in _RESERVED else ""

    def _expect_word(self, wanted: str) -> None:
        if self._reserved() != wanted:
            self._fail()
        self._index += 1

    def _fail(self) -> None:
        token = self._take()
        raise ShellSyntaxError(f"syntax error: unexpected '{token}'")

    def expect_end(self) -> None:
        if self._peek() is not None:
            self._fail()

    def _skip_newlines(self) -> None:
        while self._at_op("\n"):
            self._index += 1

    # --- lists

    def script(self, ends: tuple[str, ...]) -> Script:
        """Up to one of the reserved words `ends`, a closing bracket, or the end of the text."""
        items: list[AndOr] = []
        self._skip_newlines()
        while (token := self._peek()) is not None and self._reserved() not in ends and token.op != ")":
            items.append(self._and_or())
            if not self._at_op(*_SEPARATORS):
                break
            if self._take().op == "&":
                items[-1] = replace(items[-1], background=True)
            self._skip_newlines()
        return Script(tuple(items))

    def _inner(self, *ends: str) -> Script:
        """A list inside a compound command, which must not be empty."""
        script = self.script(ends)
        if not script.items:
            self._fail()
        return script

    def _and_or(self) -> AndOr:
        first = self._pipeline()
        rest: list[tuple[str, Pipeline]] = []
        while self._at_op("&&", "||"):
            op = self._take().op
            self._skip_newlines()
            rest.append((op, self._pipeline()))
        return AndOr(first, tuple(rest))

    def _pipeline(self) -> Pipeline:
        negated = False
        while self._reserved() == "!":
            self._index += 1
            negated = not negated
        commands = [self._command()]
        while self._at_op("|"):
            self._index += 1
            self._skip_newlines()
            commands.append(self._command())
        return Pipeline(tuple(commands), negated)

    # --- commands

    def _command(self) -> Command:
        compound = self._compound()
        if compound is None:
            return self._simple()
        redirects: list[Redirect] = []
        while (token := self._peek()) and is_redirection(token.op):
            redirects += self._redirect()
        return replace(compound, redirects=tuple(redirects))

    def _compound(self) -> Group | If | While | For | None:
        makers: dict[str, Callable[[], Group | If | While | For]] = {
            "if": self._if,
            "for": self._for,
            "while": self._while,
            "until": self._while,
            "{": self._braces,
        }
        maker = self._subshell if self._at_op("(") else makers.get(self._reserved())
        if maker is None:
            return None
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise ShellSyntaxError("syntax error: nested too deeply")
        made = maker()
        self._depth -= 1
        return made

    def _subshell(self) -> Group:
        self._take()
        body = self._inner()
        if not self._at_op(")"):
            self._fail()
        self._take()
        return Group(body, subshell=True)

    def _braces(self) -> Group:
        self._take()
        body = self._inner("}")
        self._expect_word("}")
        return Group(body, subshell=False)

    def _if(self) -> If:
        branches: list[tuple[Script, Script]] = []
        word = "if"
        while word in ("if", "elif"):
            self._take()
            condition = self._inner("then")
            self._expect_word("then")
            branches.append((condition, self._inner("elif", "else", "fi")))
            word = self._reserved()
        otherwise = Script()
        if word == "else":
            self._take()
            otherwise = self._inner("fi")
        self._expect_word("fi")
        return If(tuple(branches), otherwise)

    def _while(self) -> While:
        until = self._reserved() == "until"
        self._take()
        condition = self._inner("do")
        return While(condition, self._do_body(), until)

    def _for(self) -> For:
        self._take()
        name = self._take()
        literal = name.word.literal if name.word else None
        if literal is None or not _NAME.fullmatch(literal):
            raise ShellSyntaxError(f"syntax error: unexpected '{name}'")
        words = self._for_words()
        while self._at_op(";", "\n"):
            self._index += 1
        return For(literal, words, self._do_body())

    def _for_words(self) -> tuple[Word, ...]:
        self._skip_newlines()
        token = self._peek()
        if token is None or token.word is None or token.word.literal != "in":
            return ()
        self._index += 1
        words = []
        while (token := self._peek()) is not None and token.word is not None:
            words.append(token.word)
            self._index += 1
        return tuple(words)

    def _do_body(self) -> Script:
        self._expect_word("do")
        body = self._inner("done")
        self._expect_word("done")
        return body

    # --- simple commands

    def _simple(self) -> Simple:
        assignments: list[Assignment] = []
        words: list[Word] = []
        redirects: list[Redirect] = []
        if self._reserved():
            self._fail()
        while (token := self._peek()) is not None:
            if token.word is not None:
                self._index += 1
                assignment = None if words else _assignment(token.word)
                if assignment:
                    assignments.append(assignment)
                else:
                    words.append(token.word)
            elif is_redirection(token.op):
                redirects += self._redirect()
            else:
                break
        if not (assignments or words or redirects):
            self._fail()
        return Simple(tuple(assignments), tuple(words), tuple(redirects))

    def _redirect(self) -> list[Redirect]:
        token = self._take()
        target = self._take()
        if target.word is None or token.op == "<<":
            raise ShellSyntaxError(f"syntax error: unexpected '{target if target.word is None else token}'")
        if token.op == "&>":
            return [Redirect(1, ">", target.word), Redirect(2, ">&", Word((Text("1"),)))]
        op = {">|": ">", "<&": ">&"}.get(token.op, token.op)
        default = 0 if token.op.startswith("<") else 1
        return [Redirect(default if token.descriptor is None else token.descriptor, op, target.word)]


def _assignment(word: Word) -> Assignment | None:
    """`name=value` with an unquoted name."""
    first = word.parts[0] if word.parts else None
    if not isinstance(first, Text) or first.quoted:
        return None
    match = _ASSIGNMENT.fullmatch(first.value)
    if not match:
        return None
    rest = (Text(match[2]),) if match[2] else ()
    return Assignment(match[1], Word(rest + word.parts[1:]))
