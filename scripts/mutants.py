"""Judges the tests by the faults they notice: seeded mutants of the parts that must not be wrong, each tried in a fork.

    make mutants MUTANTS=300 SEED=1

A mutant is one small change inside one function: a comparison turned, `and` for `or`, a condition negated, a number one
off, a value not returned, a call left out, a keyword of a database filter dropped. It is killed when a test of its part
fails. Survivors are listed with file, line and change; less than `LEAST` of all killed fails the run.

The changed function gets its new code in a forked process that has everything imported already, so that a mutant costs
the time of its tests and no more. Nothing is written to the sources.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LEAST = 0.9
LIMIT_S = 240  # a mutant whose tests hang is killed, too
# Each part: the modules that are changed, and the tests that must notice.
PARTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "gate": (
        ("cs_agent/engine/gate/*.py",),
        ("tests/engine/test_gate*.py", "tests/engine/test_route_vouches.py", "tests/engine/test_loop*.py"),
    ),
    "slots": (("tickets/flows/slots/*.py",), ("tests/tickets/test_slot*.py", "tests/tickets/test_reading_corpus.py")),
    "claims": (
        ("tickets/runner/holds/claims.py", "tickets/runner/holds/leases.py"),
        (
            "tests/runner/test_claims.py",
            "tests/runner/test_drive.py",
            "tests/runner/test_trouble.py",
            "tests/runner/test_sweeper.py",
            "tests/runner/test_pool.py",
        ),
    ),
    "decisions": (
        ("tickets/services/runs/decisions.py", "tickets/services/runs/pauses.py"),
        ("tests/tickets/test_decisions.py", "tests/tickets/test_desk.py", "tests/runner/test_drive.py"),
    ),
    "takeovers": (
        (
            "tickets/services/runs/takeovers.py",
            "tickets/services/runs/guard.py",
            "tickets/services/runs/takeover_clock.py",
        ),
        (
            "tests/tickets/test_takeovers.py",
            "tests/tickets/test_takeover_clock.py",
            "tests/tickets/test_desk.py",
            "tests/runner/test_trouble.py",
        ),
    ),
    "outbox": (("tickets/services/outbox/*.py",), ("tests/tickets/test_outbox.py",)),
}
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


@dataclass(frozen=True, slots=True)
class Mutant:
    part: str
    path: str  # below the root
    function: str  # as in `Class.method`
    line: int
    change: str
    tree: ast.Module


def mutants_of(part: str, path: Path) -> Iterator[Mutant]:
    """Every mutant of a module, in the order of its lines."""
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    for name, function in _functions(tree):
        for node in ast.walk(function):
            for change, apply in _changes(node):
                made = copy.deepcopy(tree)
                twin = _same_place(made, tree, node)
                before = ast.unparse(twin)
                apply(twin)
                after = ast.unparse(twin) if not isinstance(twin, ast.If) else f"if {ast.unparse(twin.test)}"
                text = f"{change}: {before.splitlines()[0][:70]} → {after.splitlines()[0][:70]}"
                yield Mutant(part, str(path.relative_to(ROOT)), name, getattr(node, "lineno", 0), text, made)


def _functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node
        if isinstance(node, ast.ClassDef):
            yield from ((f"{node.name}.{item.name}", item) for item in node.body if isinstance(item, ast.FunctionDef))


def _same_place(made: ast.AST, tree: ast.AST, node: ast.AST) -> Any:
    twins = zip(ast.walk(tree), ast.walk(made), strict=True)
    return next(twin for original, twin in twins if original is node)


def _changes(node: ast.AST) -> Iterator[tuple[str, Callable[[Any], None]]]:
    """The ways to change this one node, each with a name."""
    match node:
        case ast.Compare(ops=[op]) if type(op) in _TURNED:
            turned = _TURNED[type(op)]
            yield "turned", lambda twin: setattr(twin, "ops", [turned()])
        case ast.BoolOp(op=op):
            other = ast.Or if isinstance(op, ast.And) else ast.And
            yield "and/or", lambda twin: setattr(twin, "op", other())
        case ast.Constant(value=bool()):
            yield "truth", lambda twin: setattr(twin, "value", not twin.value)
        case ast.Constant(value=int()):
            yield "off by one", lambda twin: setattr(twin, "value", twin.value + 1)
        case ast.If():
            yield "negated", lambda twin: setattr(twin, "test", ast.UnaryOp(ast.Not(), twin.test))
        case ast.IfExp():
            yield "negated", lambda twin: setattr(twin, "test", ast.UnaryOp(ast.Not(), twin.test))
        case ast.Return(value=value) if value is not None and not _is_falsy(value):
            yield "not returned", lambda twin: setattr(twin, "value", ast.Constant(None))
        case ast.Expr(value=ast.Call()) if not _is_log(node):
            yield "left out", lambda twin: setattr(twin, "value", ast.Constant(None))
        case ast.Call(func=ast.Attribute(attr=name), keywords=[*keywords]) if name in _QUERIES and len(keywords) > 1:
            yield from ((f"without {word.arg}", _dropping(place)) for place, word in enumerate(keywords) if word.arg)


def _dropping(place: int) -> Callable[[Any], None]:
    return lambda twin: twin.keywords.pop(place)


def _is_falsy(node: ast.expr) -> bool:
    """None in its place would say the same."""
    return isinstance(node, ast.Constant) and not node.value


def _is_log(node: ast.Expr) -> bool:
    """Or a close of stale connections, which only a database that went away would show."""
    return ast.unparse(node).startswith(("log.", "close_old_connections("))


def chosen(count: int, seed: int, parts: list[str]) -> list[Mutant]:
    """The same mutants for the same sources and seed, equally many of each part where it has so many."""
    found: list[Mutant] = []
    for place, part in enumerate(parts):
        paths = sorted(path for pattern in PARTS[part][0] for path in ROOT.glob(pattern))
        every = [mutant for path in paths for mutant in mutants_of(part, path)]
        random.Random(f"{seed}{part}").shuffle(every)  # noqa: S311 - a draw that can be repeated
        share = count // len(parts) + (place < count % len(parts))
        found += sorted(every[:share], key=lambda mutant: (mutant.path, mutant.line))
    return found


def tests_of(part: str) -> list[str]:
    return sorted({str(path.relative_to(ROOT)) for pattern in PARTS[part][1] for path in ROOT.glob(pattern)})


def put_in(mutant: Mutant) -> bool:
    """Give the live function its changed code; False when nothing of it is different, or it cannot be reached."""
    module = importlib.import_module(mutant.path.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
    code = _code_of(compile(ast.fix_missing_locations(mutant.tree), module.__file__ or "", "exec"), mutant.function)
    function = _live(module, mutant.function)
    if code is None or function is None or code.co_freevars != function.__code__.co_freevars:
        return False
    function.__code__ = code
    return True


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
        found = getattr(found, "fget", None) or getattr(found, "__func__", None) or found
    while hasattr(found, "__wrapped__"):
        found = found.__wrapped__
    return found if isinstance(found, FunctionType) else None


def _in_fork(work: Callable[[], int]) -> int:
    """The exit code of `work` in a process of its own; 124 when it took too long."""
    child = os.fork()
    if child == 0:
        os.setsid()
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), 1)
            os.dup2(nowhere.fileno(), 2)
        os._exit(work())
    ends_at = time.monotonic() + LIMIT_S
    while time.monotonic() < ends_at:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.05)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return 124


def _run_tests(part: str) -> int:
    import pytest

    quick = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:rerunfailures", "--no-migrations"]
    return int(pytest.main([*quick, "-m", "not browser and not story and not soak", *tests_of(part)]))


def _try_out(mutant: Mutant) -> int:
    return _run_tests(mutant.part) if put_in(mutant) else 125


def _import_everything(parts: list[str]) -> None:
    """Once, so that a fork begins with it: Django, the product and the tests."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cs_agent.project.settings_test")
    sys.path.insert(0, str(ROOT))
    os.chdir(ROOT)
    import django

    django.setup()
    for part in parts:
        for path in tests_of(part):
            importlib.import_module(path.removesuffix(".py").replace("/", "."))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--mutants", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    options = parser.parse_args()
    _import_everything(options.parts)
    for part in options.parts:
        if _in_fork(lambda part=part: _run_tests(part)):  # type: ignore[misc]
            print(f"{part}: its tests fail without any mutant; mend them first", flush=True)
            return 2
    tried = [
        (mutant, _in_fork(lambda mutant=mutant: _try_out(mutant)))  # type: ignore[misc]
        for mutant in _told(chosen(options.mutants, options.seed, options.parts))
    ]
    return _report(tried)


def _told(mutants: list[Mutant]) -> Iterator[Mutant]:
    for number, mutant in enumerate(mutants, 1):
        print(f"\r{number}/{len(mutants)} {mutant.part}", end="", file=sys.stderr, flush=True)
        yield mutant


def _report(tried: list[tuple[Mutant, int]]) -> int:
    counted = [(mutant, code) for mutant, code in tried if code != 125]
    survivors = [mutant for mutant, code in counted if code == 0]
    for mutant in survivors:
        print(f"survived  {mutant.path}:{mutant.line} {mutant.function}: {mutant.change}")
    for part in PARTS:
        of_part = [code for mutant, code in counted if mutant.part == part]
        if of_part:
            print(f"{part}: {sum(code != 0 for code in of_part)} of {len(of_part)} killed")
    killed = (len(counted) - len(survivors)) / max(1, len(counted))
    print(f"{killed:.1%} of {len(counted)} mutants killed; {len(tried) - len(counted)} could not be put in")
    return 0 if killed >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
