"""The work of bench_audit on one database: `python -m benchmarks.evidence.audit_work EVENTS` prints JSON."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "cs_agent.project.settings"
django.setup()

from django.contrib.auth.models import Group, User  # noqa: E402 - needs the app registry
from django.core.management import call_command  # noqa: E402
from django.db import DatabaseError, connection  # noqa: E402
from django.test import Client  # noqa: E402

from benchmarks.evidence import audit_fill  # noqa: E402
from benchmarks.evidence.audit_fill import PER_TICKET, START, customer_of, number_of  # noqa: E402
from benchmarks.figures import percentile  # noqa: E402
from consoles.pages.audit.search import PAGE, AuditSearch  # noqa: E402
from tickets.models import AuditEvent, Department, Ticket  # noqa: E402
from tickets.models.record import seals  # noqa: E402
from tickets.services.evidence import audit  # noqa: E402
from tickets.services.evidence.exports import audit_lines  # noqa: E402

Row = tuple[str, str, str]
LOOKUPS = 100
PAGES = 100
WRITERS = 8
WRITING_S = float(os.environ.get("BENCH_AUDIT_WRITING_S", "30"))
BUDGET = "≤ 100 ms p95"
_START: Any = None  # what the writers wait at, in each of their processes


def main(events: int) -> list[Row]:
    call_command("migrate", verbosity=0)
    call_command("load_demo", verbosity=0, stdout=sys.stderr)
    begun = time.perf_counter()
    audit_fill.fill(events)
    figures = [("building the chain", f"{time.perf_counter() - begun:.0f} s", "")]
    sun = _supervisor()
    figures += lookups(events, sun)
    figures += pages(events, sun)
    figures += [*export(), verification(), *writing()]
    return figures


def _supervisor() -> User:
    user = User.objects.create_user("bench_supervisor", password="not-a-real-password")
    user.groups.add(Group.objects.get(name="supervisor"))
    Department.objects.get(name="部门3").members.add(user)
    return user


def lookups(events: int, user: User) -> list[Row]:
    """The newest page of each kind of search, as the audit page asks for it, by one department's supervisor."""
    tickets = max(1, events // PER_TICKET)
    days = max(1, (audit_fill.EVERY * events).days)

    def own() -> int:
        """A ticket of the supervisor's department."""
        return min(tickets - 1, random.randrange(max(1, tickets // 8)) * 8 + 3)

    def day() -> str:
        return (START + timedelta(days=random.randrange(days))).date().isoformat()

    kinds: dict[str, Callable[[], AuditSearch]] = {
        "one ticket": lambda: AuditSearch(ticket=number_of(own())),
        "customer by name": lambda: AuditSearch(customer=customer_of(own())),
        "customer by mobile": lambda: AuditSearch(customer=f"138{own() // audit_fill.CUSTOMERS_TICKETS:08d}"),
        "operator": lambda: AuditSearch(user=f"operator{own() % 60}"),
        "phone": lambda: AuditSearch(device=f"127.0.0.1:{5600 + own() % 20}"),
        "one day": lambda: (lambda d: AuditSearch(since=d, until=d))(day()),
        "action type": lambda: AuditSearch(type="confirmation.approved"),
        "action type, rare": lambda: AuditSearch(type="ticket.created"),
        "operator on one day": lambda: (lambda d: AuditSearch(user=f"operator{own() % 60}", since=d, until=d))(day()),
        "words: an order number": lambda: AuditSearch(words=str(audit_fill.ORDERS + own())),
        "words: a person's name": lambda: AuditSearch(words=f"operator{own() % 60}"),
        "words: a kind of event": lambda: AuditSearch(words="确认"),
        "words that nothing says": lambda: AuditSearch(words="从未说过的话"),
        "nothing asked": lambda: AuditSearch(),
    }
    return [(f"look-up by {kind}", _spread(_searches(make, user)), BUDGET) for kind, make in kinds.items()]


def _searches(make: Callable[[], AuditSearch], user: User) -> list[float]:
    taken = []
    for _ in range(LOOKUPS):
        search = make()
        seals._keys.clear()  # each look-up as if it were this process's first
        begun = time.perf_counter()
        search.newest(user, PAGE + 1)
        taken.append(time.perf_counter() - begun)
    return taken


def pages(events: int, user: User) -> list[Row]:
    """The whole page: query, decryption and HTML; by a logged-in supervisor."""
    client = Client()
    client.force_login(user)
    tickets = [random.randrange(max(1, events // PER_TICKET // 8)) * 8 + 3 for _ in range(PAGES)]
    client.get("/audit/", headers={"host": "localhost"})  # templates and addresses are loaded once for each process
    taken = []
    for ticket in tickets:
        begun = time.perf_counter()
        response = client.get("/audit/", {"ticket": number_of(ticket)}, headers={"host": "localhost"})
        taken.append(time.perf_counter() - begun)
        assert response.status_code == 200, response.status_code
    return [("audit page of one ticket, whole", _spread(taken), "≤ 300 ms p95")]


def export() -> list[Row]:
    list(audit_lines.lines(AuditEvent.objects.filter(seq__lte=1000)))  # what is loaded once, is
    rows, size = AuditEvent.objects.count(), 0
    before, clock = _peak_mb_from_now(), Clock()
    for piece in audit_lines.lines(AuditEvent.objects.all()):
        size += len(piece)
    rate = clock.rate(rows, "rows/s")
    return [
        ("CSV export", f"{rate} ({rows:,} rows, {size / 1e6:,.0f} MB)", "≥ 50,000 rows/s"),
        ("memory growth while exporting", f"{_peak_mb() - before:.1f} MB", "≤ 50 MB"),
    ]


def verification() -> Row:
    count, clock = AuditEvent.objects.count(), Clock()
    problems = audit.verify()
    return ("verification of the chain", f"{clock.rate(count, 'events/s')}, {len(problems)} problems", "")


def writing() -> list[Row]:
    """Eight processes append without a pause; each event is about a ticket and a transaction of its own."""
    connection.close()  # no process may inherit it
    context = multiprocessing.get_context("fork")
    start = context.Barrier(WRITERS)
    with ProcessPoolExecutor(WRITERS, mp_context=context, initializer=_share, initargs=(start,)) as pool:
        written = list(pool.map(_write, range(WRITERS)))
    taken = [seconds for spans, _failed in written for seconds in spans]
    failed = [failure for _spans, failures in written for failure in failures]
    least, most = (pick(len(spans) for spans, _failed in written) for pick in (min, max))
    return [
        (f"append with {WRITERS} processes", f"{len(taken) / WRITING_S:,.0f} events/s over {WRITING_S:.0f} s", ""),
        ("one append among them", f"{_spread(taken)}, {max(taken) * 1000:.0f} ms at most", "≤ 30 s"),
        ("appends of one process", f"{least:,} to {most:,}", ""),
        ("appends that failed", f"{len(failed)} {failed[0] if failed else ''}".strip(), "0"),
        ("the chain after them", f"{len(audit.verify())} problems", ""),
    ]


def _share(start: Any) -> None:
    global _START
    _START = start


def _write(writer: int) -> tuple[list[float], list[str]]:
    """How long each append of one writer took, and those that failed; all writers begin together."""
    ticket = Ticket.objects.get(number=number_of(writer))
    taken, failed = [], []
    _START.wait()
    end = time.perf_counter() + WRITING_S
    while (begun := time.perf_counter()) < end:
        try:
            audit.record("bench.written", ticket=ticket, details={"text": "内容", "n": len(taken)})
        except DatabaseError as error:
            failed.append(str(error))
        taken.append(time.perf_counter() - begun)
    return taken, failed


class Clock:
    """Time since it was made: on the wall, and of this process's own, which a busy machine does not stretch."""

    def __init__(self) -> None:
        self._wall, self._own = time.perf_counter(), time.process_time()

    def rate(self, count: int, unit: str) -> str:
        wall, own = time.perf_counter() - self._wall, time.process_time() - self._own
        return f"{count / wall:,.0f} {unit}, {count / own:,.0f} per second of its own CPU time"


def _spread(seconds: list[float]) -> str:
    p50, p95 = (percentile(seconds, share) * 1000 for share in (0.5, 0.95))
    return f"{p50:.1f} ms p50, {p95:.1f} ms p95 (n={len(seconds)})"


def _peak_mb_from_now() -> float:
    """Forget the highest memory use so far; the present one."""
    Path("/proc/self/clear_refs").write_text("5")
    return _peak_mb()


def _peak_mb() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(int(sys.argv[1]))) + "\n")
