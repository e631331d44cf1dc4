"""Walks an address with hostile values: each name that its view asks a query or a form for is found by watching it.

Nobody lists the names: `watching` stands before the view and notes what it asks for, so that an input that was added
yesterday is walked today. Words that a view compares an input with (`match request.POST.get("do"): case "finish":`) are
read from its module and sent as well, so that the names behind them are asked for.

Each name gets a share of the values, another for each name; HOSTILE=all sends them all.
"""

from __future__ import annotations

import ast
import functools
import inspect
import os
from collections import defaultdict
from collections.abc import Callable, Iterator
from enum import Enum
from typing import Any
from zlib import crc32

from django.db import transaction
from django.http import QueryDict
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.consoles import story
from tests.tickets import column_lengths
from tests.transactions import held_by_the_test

DEEP = "[" * 100_000
HUGE = "9" * 5000
ENDS_OF_TIME = ["9999-12-31", "0001-01-01T00:00:00+14:00"]
# What breaks readers of numbers and of JSON; each is sent under each name, the others plain.
NUMBERS_AND_JSON = ["", "-1", "9" * 20, HUGE, "½", "٣", "NaN", "1e999", DEEP, "[1e400]", '["\\ud800"]', *ENDS_OF_TIME]
# What breaks readers of texts; sent under all names at once.
TEXTS = ["0", "1.5", "'; DROP TABLE x; --", "\u202e", "💥" * 200, "a\0b", "{}", '{"a":' * 5000, "x" * 20_000]
LONGEST_QUERY = 6000  # no server lets a longer address through
PLAIN = "1"
SHARE = 99 if os.environ.get("HOSTILE") == "all" else 2  # values of each kind
MIDDLEWARE = "tests.hostile_walk.watching"
_asked: set[str] = set()


class _Watched(QueryDict):
    def __getitem__(self, key: str) -> Any:
        _asked.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        _asked.add(str(key))
        return super().__contains__(key)

    def getlist(self, key: str, default: Any = None) -> Any:
        _asked.add(key)
        return super().getlist(key, default)

    def dict(self) -> Any:
        return _WatchedDict({key: self[key] for key in list(self)})


class _WatchedDict(dict):  # type: ignore[type-arg]
    def __contains__(self, key: object) -> bool:
        _asked.add(str(key))
        return super().__contains__(key)

    def get(self, key: str, default: Any = None) -> Any:
        _asked.add(key)
        return super().get(key, default)


def watching(answer: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A middleware, the innermost: what the others ask for is not the view's."""

    def middleware(request: Any) -> Any:
        _asked.clear()
        request.GET = _watched(request.GET)
        if request.method == "POST" and request.content_type != "application/json":
            request.POST = _watched(request.POST)
        return answer(request)

    return middleware


def _watched(given: QueryDict) -> QueryDict:
    watched = _Watched(mutable=True)
    for name, values in given.lists():
        watched.setlist(name, list(values))
    watched._mutable = False
    return watched


def walked(
    client: Client, address: str, method: str, words: dict[str, set[str]], valid: dict[str, str] | None = None
) -> set[str]:
    """Send everything; the names that were asked for. Nothing that is sent leaves a trace in the database.

    `valid`: what a view has to be given that asks for more only where all of it is in order.
    """
    found: dict[str, dict[str, str]] = {}  # what has to be sent for a name to be asked for

    def ask(given: dict[str, str], behind: dict[str, str]) -> None:
        if method == "GET" and sum(map(len, given.values())) > LONGEST_QUERY:
            return
        for name in _ask(client, address, method, given) - found.keys():
            found[name] = behind

    def plain() -> dict[str, str]:
        return {**dict.fromkeys(found, PLAIN), **(valid or {})}

    ask(valid or {}, {})
    done: set[str] = set()
    while waiting := sorted(found.keys() - done):
        name = waiting[0]
        done.add(name)
        ask({**plain(), **found[name]}, found[name])  # what is asked for only where this one is a number
        for value in sorted(words.get(name, ())):
            behind = {**found[name], name: value}
            ask({**plain(), **behind}, behind)
            ask({**(valid or {}), **behind}, behind)  # some are read only where others are not sent
        for value in _share(NUMBERS_AND_JSON, address + name):
            ask({**plain(), **found[name], name: value}, found[name])
    for value in _share(TEXTS, address) if found else ():
        ask(dict.fromkeys(found, value), {})
    return set(found)


def _share(values: list[str], of: str) -> list[str]:
    start = crc32(of.encode()) % len(values)
    return [*values[start:], *values[:start]][:SHARE]


def _ask(client: Client, address: str, method: str, given: dict[str, str]) -> set[str]:
    with held_by_the_test(), column_lengths.kept():
        answer = client.get(address, given) if method == "GET" else client.post(address, given)
        where = (method, address[:200], {name: value[:40] for name, value in given.items()})
        assert answer.status_code < 500, (answer.status_code, *where)
        assert b"Traceback" not in story.body(answer), where
        transaction.set_rollback(True)
    return set(_asked)


def words_of(view: Any) -> dict[str, set[str]]:
    """By name, the words that the view's module compares with what was sent under it."""
    return _words_of_module(inspect.getmodule(inspect.unwrap(view)))


@functools.cache
def _words_of_module(module: Any) -> dict[str, set[str]]:
    tree = ast.parse(inspect.getsource(module))
    assigned = {
        target.id: value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target, value in _pairs(node.targets[0], node.value)
        if isinstance(target, ast.Name)
    }
    found: dict[str, set[str]] = defaultdict(set)

    def note(about: ast.AST, words: ast.AST) -> None:
        about = assigned.get(about.id, about) if isinstance(about, ast.Name) else about
        words = assigned.get(words.id, words) if isinstance(words, ast.Name) else words
        names = _constants(about) if isinstance(about, ast.Call) else set()
        keys = {key for each in words.keys if each for key in _constants(each)} if isinstance(words, ast.Dict) else None
        for name in names:
            found[name] |= {word for word in (_constants(words) if keys is None else keys) if word.isidentifier()}
            found[name] |= {str(member.value) for kind in _enumerations(words, module) for member in kind}

    for node in ast.walk(tree):
        match node:
            case ast.Compare(left=left, comparators=[right]):
                note(left, right)
            case ast.Match(subject=subject, cases=cases):
                for case in cases:
                    note(subject, case.pattern)
            case ast.Call(func=ast.Attribute(value=ast.Name() as table, attr="get"), args=[ast.Call() as sent, *_]):
                note(sent, table)
    return found


def _pairs(target: ast.AST, value: ast.AST) -> list[tuple[ast.AST, ast.AST]]:
    """`a, b = x, y` as two assignments."""
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        return list(zip(target.elts, value.elts, strict=True))
    return [(target, value)]


def _enumerations(node: ast.AST, module: Any) -> list[type[Enum]]:
    named = (getattr(module, each.id, None) for each in ast.walk(node) if isinstance(each, ast.Name))
    return [each for each in named if isinstance(each, type) and issubclass(each, Enum)]


def _constants(node: ast.AST) -> set[str]:
    constants = (each.value for each in ast.walk(node) if isinstance(each, ast.Constant))
    return {value for value in constants if isinstance(value, str)}


def every_pattern(patterns: Any = None) -> Iterator[URLPattern]:
    """Every address of the product; the back office is Django's own."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            if pattern.app_name != "admin":
                yield from every_pattern(pattern.url_patterns)
        else:
            yield pattern


def names_in(source: str) -> set[str]:
    """The names that a module asks `request.GET`, `request.POST`, or a variable that is one of them, for."""
    tree = ast.parse(source)
    held = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and _is_sent(node.value, set())
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    found: list[Any] = []
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=place, attr="get" | "getlist"), args=[ast.Constant(value=name), *_]):
                found += [name] if _is_sent(place, held) else []
            case ast.Subscript(value=place, slice=ast.Constant(value=name)):
                found += [name] if _is_sent(place, held) else []
            case ast.Compare(left=ast.Constant(value=name), ops=[ast.In()], comparators=[place]):
                found += [name] if _is_sent(place, held) else []
    return set(found)


def _is_sent(node: ast.AST, held: set[str]) -> bool:
    if isinstance(node, ast.Name):
        return node.id in held
    is_request = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "request"
    return is_request and node.attr in {"GET", "POST"}  # type: ignore[attr-defined]
