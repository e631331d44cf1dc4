"""Rules that every module keeps: what asks changes nothing, and what goes wrong is caught by its kind."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

PARTS = ("cs_agent", "tickets", "consoles", "integrations")
WITH_ROWS = ("tickets", "consoles", "integrations", "x.py")
ASKING = tuple(f"{lead}{verb}_" for lead in ("", "_") for verb in ("is", "has", "can", "may", "must", "needs", "was"))
WRITES = frozenset(
    {"save", "create", "update", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "record"}
)
COUNTS_AS_IT_ASKS = {"consoles/web/logins.py:is_allowed"}  # axes calls it so: the try is counted before the password
EVERYTHING = frozenset({"Exception", "BaseException"})
# The task entry, a server's loop, the supervisor of threads.
CATCHES_EVERYTHING = {
    "tickets/task_entry.py",
    "cs_agent/demo/phone/adbd/server.py",
    "tickets/runner/upkeep/threads.py",
}


@cache
def _modules() -> dict[str, ast.Module]:
    root = Path(settings.BASE_DIR)
    paths = [path for part in PARTS for path in (root / part).rglob("*.py") if "migrations" not in path.parts]
    return {str(path.relative_to(root)): ast.parse(path.read_text("utf-8")) for path in paths}


Function = ast.FunctionDef | ast.AsyncFunctionDef


def _writing_predicates() -> Iterator[str]:
    for path, module in _modules().items():
        if not path.startswith(WITH_ROWS):
            continue
        functions = {node.name: node for node in ast.walk(module) if isinstance(node, Function)}
        for name in functions:
            if name.startswith(ASKING) and _writes(name, functions, set()):
                yield f"{path}:{name}"


def _writes(name: str, functions: dict[str, Function], seen: set[str]) -> bool:
    """It writes a row, or calls a function of its module that does."""
    seen.add(name)
    for call in (node for node in ast.walk(functions[name]) if isinstance(node, ast.Call)):
        if isinstance(call.func, ast.Attribute) and call.func.attr in WRITES:
            return True
        called = call.func.id if isinstance(call.func, ast.Name) else ""
        if called in functions and called not in seen and _writes(called, functions, seen):
            return True
    return False


def test_what_only_asks_writes_nothing() -> None:
    assert set(_writing_predicates()) == COUNTS_AS_IT_ASKS


@pytest.mark.parametrize("body", ["row.save()", "_note(row)"])
def test_a_predicate_that_writes_would_be_found(body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    source = f"def is_free(row):\n    {body}\n    return True\ndef _note(row):\n    audit.record('x')\n"
    monkeypatch.setitem(globals(), "_modules", lambda: {"x.py": ast.parse(source)})
    assert set(_writing_predicates()) == {"x.py:is_free"}


def test_what_is_caught_is_named_but_in_three_places() -> None:
    found = {
        path
        for path, module in _modules().items()
        for node in ast.walk(module)
        if isinstance(node, ast.ExceptHandler) and _catches_everything(node)
    }
    assert found == CATCHES_EVERYTHING


def _catches_everything(handler: ast.ExceptHandler) -> bool:
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or (isinstance(kind, ast.Name) and kind.id in EVERYTHING) for kind in caught)
