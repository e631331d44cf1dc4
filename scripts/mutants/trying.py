"""Tries mutants against the tests that reach them: one pytest session is set up once, each mutant gets a fork of it.

First every test runs once with statements that note themselves; what that showed is kept below `var/` for as long as
neither the test's file nor the product changes. A mutant then needs only the tests that executed its statement: the
quickest first, until one fails. Of a mutant that no test executes nothing has to run: it survives.
"""

from __future__ import annotations

import ast
import copy
import hashlib
import json
import os
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol
from making import ROOT, Mutant, functions, parsed, put_in

_NOTE = "_note_statement"
_KEPT = ROOT / "var" / "mutants"
_PRODUCT = ("cs_agent", "tickets", "consoles", "integrations")


class Fate(StrEnum):
    KILLED = "killed"
    HUNG = "hung"  # killed, too: the tests did not come to an end
    SURVIVED = "survived"
    UNREACHED = "survived, no test executes it"
    NOT_PUT_IN = "not put in"


@dataclass(slots=True)
class Record:
    """What one run without mutants showed."""

    seconds: dict[str, float] = field(default_factory=dict)  # of each test
    statements: dict[str, list[str]] = field(default_factory=dict)  # `path:line` executed by each test
    failed: list[str] = field(default_factory=list)

    def reaching(self, mutant: Mutant) -> set[str]:
        place = f"{mutant.path}:{mutant.statement}"
        return {test for test, places in self.statements.items() if place in places}

    def add(self, other: Record) -> None:
        self.seconds |= other.seconds
        self.statements |= other.statements
        self.failed += other.failed


class Session:
    """A plugin: takes the place of pytest's loop over the tests."""

    def __init__(self, paths: list[str], mutants: list[Mutant], told: Callable[[Mutant, Fate, str], None]) -> None:
        self.paths = paths  # of the modules whose statements are noted
        self.mutants = mutants
        self.told = told
        self.failing: list[str] = []  # without any mutant

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            raise pytest.UsageError("the tests cannot be collected")
        database = next(item for item in session.items if item.name == "test_the_database_is_made_once")
        runtestprotocol(database, nextitem=session.items[-1], log=False)  # keeps what lives as long as the session
        tests = [item for item in session.items if item is not database]
        record = _recorded(session, tests, self.paths)
        self.failing = record.failed
        for mutant in self.mutants if not record.failed else ():
            self.told(mutant, *_tried(session, tests, record, mutant))
        return True


def run(
    files: list[str], paths: list[str], mutants: list[Mutant], told: Callable[[Mutant, Fate, str], None]
) -> list[str]:
    """Tell the fate of every mutant of these paths and what killed it; gives the tests that fail without any, which end
    the run."""
    _make_repeatable()
    plugin = Session(paths, mutants, told)
    quiet = ["-q", "--no-header", "--no-summary", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:rerunfailures"]
    chosen = ["-m", "not browser and not story and not soak and not example", "--no-migrations"]
    warm_up = str(Path(__file__).with_name("test_warm_up.py"))
    code = pytest.main([*quiet, *chosen, warm_up, *files], plugins=[plugin])
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        raise SystemExit(int(code))
    return plugin.failing


def _make_repeatable() -> None:
    """Drawn examples are the same for each mutant, kept nowhere, and not made small: that one fails is enough."""
    from hypothesis import HealthCheck, Phase, settings

    phases = (Phase.explicit, Phase.generate)
    unhurried = (HealthCheck.too_slow,)
    settings.register_profile(
        "mutants", derandomize=True, database=None, phases=phases, deadline=None, suppress_health_check=unhurried
    )
    settings.load_profile("mutants")


def _recorded(session: pytest.Session, tests: list[pytest.Item], paths: list[str]) -> Record:
    """Of every test, file by file: kept from an earlier run, or shown now."""
    product = _digest([*(path for name in _PRODUCT for path in sorted((ROOT / name).rglob("*.py"))), Path(__file__)])
    record = Record()
    for file in sorted({item.path for item in tests}):
        conftests = [folder / "conftest.py" for folder in file.parents if (folder / "conftest.py").exists()]
        kept = _KEPT / f"{file.stem}-{_digest([file, *conftests], [product, *paths])[:20]}.json"
        if kept.exists():
            record.add(Record(**json.loads(kept.read_text("utf-8"))))
            continue
        shown = _shown(session, [item for item in tests if item.path == file], paths)
        record.add(shown)
        if not shown.failed:
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_text(json.dumps(asdict(shown)), "utf-8")
    return record


def _digest(files: list[Path], more: list[str] = []) -> str:  # noqa: B006 - is not changed
    every = [path.read_bytes() for path in files] + [text.encode() for text in more]
    return hashlib.sha256(b"".join(hashlib.sha256(each).digest() for each in every)).hexdigest()


def _shown(session: pytest.Session, tests: list[pytest.Item], paths: list[str]) -> Record:
    def work() -> dict[str, object]:
        executed: set[str] = set()
        for path in paths:
            _let_note(path, executed)
        record = Record()
        for item in tests:
            executed.clear()
            begun = time.perf_counter()
            if _fails(item, session.items):
                record.failed.append(item.nodeid)
            record.seconds[item.nodeid] = time.perf_counter() - begun
            if executed:
                record.statements[item.nodeid] = sorted(executed)
        return asdict(record)

    print(f"recording {tests[0].path.name}", file=sys.stderr, flush=True)
    answer = _in_fork(session, work, limit_s=3600)
    if not isinstance(answer, dict):
        raise SystemExit(f"{tests[0].path} did not come to its end without any mutant")
    return Record(**answer)


def _let_note(path: str, executed: set[str]) -> None:
    """Each statement of the module's functions notes its line before it is executed."""
    tree = copy.deepcopy(parsed(path))
    for _name, function in functions(tree):
        for node in list(ast.walk(function)):
            for name in ("body", "orelse", "finalbody"):
                block = getattr(node, name, None)
                if isinstance(block, list):
                    setattr(node, name, [each for statement in block for each in (_note(path, statement), statement)])
    module = None
    for name, _function in functions(tree):
        put_in(path, name, tree)
        module = module or sys.modules[path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")]
    if module is not None:
        vars(module)[_NOTE] = executed.add


def _note(path: str, statement: ast.stmt) -> ast.stmt:
    note = ast.Expr(ast.Call(ast.Name(_NOTE, ast.Load()), [ast.Constant(f"{path}:{statement.lineno}")], []))
    return ast.copy_location(note, statement)


def _tried(session: pytest.Session, tests: list[pytest.Item], record: Record, mutant: Mutant) -> tuple[Fate, str]:
    reaching = record.reaching(mutant)
    chosen = sorted((item for item in tests if item.nodeid in reaching), key=lambda item: _turn(item, record))

    def work() -> str:
        if not mutant.put_in():
            return Fate.NOT_PUT_IN
        return next((item.nodeid for item in chosen if _fails(item, session.items)), Fate.SURVIVED)

    answer = _in_fork(session, work, limit_s=60 + 10 * sum(record.seconds[item.nodeid] for item in chosen))
    if answer is None:
        return Fate.HUNG, ""
    if answer == Fate.SURVIVED:
        return (Fate.SURVIVED if chosen else Fate.UNREACHED), ""
    return (Fate.NOT_PUT_IN, "") if answer == Fate.NOT_PUT_IN else (Fate.KILLED, str(answer))


def _turn(item: pytest.Item, record: Record) -> tuple[bool, float]:
    """A test that empties the database comes last, as pytest-django has it; else the quicker one first."""
    marker = item.get_closest_marker("django_db")
    return bool(marker and marker.kwargs.get("transaction")), record.seconds[item.nodeid]


def _fails(item: pytest.Item, others: list[pytest.Item]) -> bool:
    """Whether setting up, calling or tearing down fails; what lives as long as the session stays."""
    following = next(other for other in others if other is not item)
    reports = runtestprotocol(item, nextitem=following, log=False)
    return any(report.failed for report in reports)


def _in_fork(session: pytest.Session, work: Callable[[], object], limit_s: float) -> object:
    """The answer of `work` from a process of its own; None when it took too long or died."""
    with tempfile.TemporaryFile("w+") as answer:
        child = os.fork()
        if child == 0:
            os.setsid()
            with open(os.devnull, "w") as nowhere:
                os.dup2(nowhere.fileno(), 1)
                os.dup2(nowhere.fileno(), 2)
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            json.dump(work(), answer)
            answer.flush()
            session._setupstate.teardown_exact(None)  # servers that tests started end, too
            os._exit(0)
        _await(child, time.monotonic() + limit_s)
        answer.seek(0)
        text = answer.read()
    return json.loads(text) if text else None


def _await(child: int, ends_at: float) -> None:
    while time.monotonic() < ends_at:
        if os.waitpid(child, os.WNOHANG)[0]:
            break
        time.sleep(0.02)
    else:
        os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)  # what the tests left running
