"""Mutants: one small change inside the body of one function, found, drawn by a seed and put into the running program.

Left out are changes that no test could see: a line of the log left out, a stale connection not closed, a value of the
same truth returned, a change that compiles to the same code. Nothing is written to the sources.
"""

from __future__ import annotations

import ast
import copy
import functools
import importlib
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
Function = ast.FunctionDef | ast.AsyncFunctionDef
_TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_QUERIES = {"filter", "exclude", "update", "get"}
_UNSEEN_CALLS = ("log.", "logger.", "close_old_connections(")


@dataclass(frozen=True, slots=True)
class Mutant:
    path: str  # below the root
    function: str  # as in `Class.method`
    line: int
    statement: int  # the line of the innermost statement around the change
    change: str
    node: int  # its place in `ast.walk` of the module
    way: int  # which of the changes of that node

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.function}: {self.change}"

    def put_in(self) -> bool:
        """Give the live function its changed code; False when it cannot be reached or compiles to the same code."""
        tree = copy.deepcopy(parsed(self.path))
        node = _nodes(tree)[self.node]
        _changes(node)[self.way][1](node)
        return put_in(self.path, self.function, tree)


def drawn(paths: list[str], count: int, seed: str) -> list[Mutant]:
    """The same for the same sources and seed; in the order of their lines."""
    every = [mutant for path in paths for mutant in mutants_of(path)]
    random.Random(seed).shuffle(every)  # noqa: S311 - a draw that can be repeated
    return sorted(every[:count], key=lambda mutant: (mutant.path, mutant.line, mutant.node, mutant.way))


def mutants_of(path: str) -> Iterator[Mutant]:
    """Every mutant of a module."""
    tree = parsed(path)
    places = {id(node): place for place, node in enumerate(_nodes(tree))}
    for name, function in functions(tree):
        for statement, node in _inside(function.body, 0):
            for way, (change, apply) in enumerate(_changes(node)):
                twin = copy.deepcopy(node)
                apply(twin)
                text = f"{change}: {_shown(node)} → {_shown(twin)}"
                yield Mutant(path, name, getattr(node, "lineno", 0), statement, text, places[id(node)], way)


@functools.cache
def parsed(path: str) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def functions(tree: ast.Module) -> Iterator[tuple[str, Function]]:
    for node in tree.body:
        if isinstance(node, Function):
            yield node.name, node
        if isinstance(node, ast.ClassDef):
            yield from ((f"{node.name}.{item.name}", item) for item in node.body if isinstance(item, Function))


def put_in(path: str, function: str, tree: ast.Module) -> bool:
    """Give the live function the code that it has in the tree; False when that changes nothing or cannot be done."""
    module = importlib.import_module(path.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
    code = _code_of(compile(ast.fix_missing_locations(tree), module.__file__ or "", "exec"), function)
    live = _live(module, function)
    if code is None or live is None or code.co_freevars != live.__code__.co_freevars or code == live.__code__:
        return False
    live.__code__ = code
    return True


def _nodes(tree: ast.Module) -> list[ast.AST]:
    return list(ast.walk(tree))


def _inside(nodes: list[Any], statement: int) -> Iterator[tuple[int, ast.AST]]:
    """Everything below, each with the line of the statement it belongs to."""
    for node in nodes:
        line = node.lineno if isinstance(node, ast.stmt) else statement
        yield line, node
        yield from _inside(list(ast.iter_child_nodes(node)), line)


def _shown(node: ast.AST) -> str:
    text = f"if {ast.unparse(node.test)}" if isinstance(node, ast.If) else ast.unparse(node)
    return text.splitlines()[0][:90]


def _changes(node: ast.AST) -> list[tuple[str, Callable[[Any], None]]]:
    """The ways to change this one node, each with a name."""
    match node:
        case ast.Compare(ops=[op]) if type(op) in _TURNED:
            turned = _TURNED[type(op)]
            return [("turned", lambda twin: setattr(twin, "ops", [turned()]))]
        case ast.BoolOp(op=op):
            other = ast.Or if isinstance(op, ast.And) else ast.And
            return [("and/or", lambda twin: setattr(twin, "op", other()))]
        case ast.Constant(value=bool()):
            return [("truth", lambda twin: setattr(twin, "value", not twin.value))]
        case ast.Constant(value=int()):
            return [("off by one", lambda twin: setattr(twin, "value", twin.value + 1))]
        case ast.If() | ast.IfExp():
            return [("negated", lambda twin: setattr(twin, "test", ast.UnaryOp(ast.Not(), twin.test)))]
        case ast.Return(value=value) if value is not None and not _is_falsy(value):
            return [("not returned", lambda twin: setattr(twin, "value", ast.Constant(None)))]
        case ast.Expr(value=ast.Call()) if not ast.unparse(node).startswith(_UNSEEN_CALLS):
            return [("left out", lambda twin: setattr(twin, "value", ast.Constant(None)))]
        case ast.Call(func=ast.Attribute(attr=name), keywords=[*keywords]) if name in _QUERIES and len(keywords) > 1:
            return [(f"without {word.arg}", _dropping(place)) for place, word in enumerate(keywords) if word.arg]
    return []


def _dropping(place: int) -> Callable[[Any], None]:
    return lambda twin: twin.keywords.pop(place)


def _is_falsy(node: ast.expr) -> bool:
    """None in its place would say the same."""
    return isinstance(node, ast.Constant) and not node.value


def _code_of(code: CodeType, function: str) -> CodeType | None:
    for name in function.split("."):
        inner = [const for const in code.co_consts if isinstance(const, CodeType) and const.co_name == name]
        if not inner:
            return None
        code = inner[-1]
    return code


def _live(module: ModuleType, function: str) -> FunctionType | None:
    found: Any = module
    for name in function.split("."):
        found = vars(found).get(name)
        for holder in ("fget", "__func__", "func"):  # property, class or static method, cached property
            found = getattr(found, holder, None) or found
    while hasattr(found, "__wrapped__"):
        found = found.__wrapped__
    return found if isinstance(found, FunctionType) else None
