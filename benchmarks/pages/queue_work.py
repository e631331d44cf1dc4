"""The work of bench_queue in a database of its own: `python -m benchmarks.pages.queue_work N`.

N tickets as a year leaves them: nine of ten solved with a run each, the rest to be done, some of them being handled or
waiting for a person. Prints each page's processor time on the server in ms: database, rows and template.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from datetime import timedelta
from typing import Any

import django

PAGES = 12
_BATCH = 2000
QUERIES = {
    "the queue": "",
    "the queue, its last page": "?page=999999",
    "all, sorted by customer": "?status=all&sort=customer",
    "all, sorted by run": "?status=all&sort=-run",
    "all, sorted by person": "?status=all&sort=who",
    "solved, newest first": "?status=solved",
    "solved, last page": "?status=solved&page=999999",
    "of one flow": "?flow=complaint_refund",
    "mine": "?who=me&status=all",
    "created within 30 days": "?created=30d&status=all",
    "search: a ticket's number": "?q={number}",
    "search: an order's number": "?q=2024{order}",
    "search: a word all have": "?q=耳机",
    "search: a word none has": "?q=没有这个词",
}


def main(arguments: list[str]) -> int:
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    user, number = _fill(int(arguments[0]))
    gc.collect()
    gc.freeze()  # as the server does once it has loaded everything
    print(
        json.dumps(
            {name: _taken(user, query.format(number=number, order="00000007")) for name, query in QUERIES.items()}
        )
    )
    return 0


def _taken(user: Any, query: str) -> list[float]:
    from django.test import Client

    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user)
    client.get("/tickets/")
    taken = []
    for _ in range(PAGES):
        begun = time.process_time()
        answer = client.get(f"/tickets/{query}", headers={"HX-Request": "true"})
        taken.append(1000 * (time.process_time() - begun))
        assert answer.status_code == 200, answer.status_code
    return taken


def _fill(count: int) -> tuple[Any, str]:
    from django.contrib.auth.models import Group, User
    from django.db import connection, transaction

    from tests.consoles import story
    from tickets.models import Department, SavedView

    department = Department.objects.create(name="售后一部")
    versions = [story.publish(slug) for slug in ("complaint_refund", "resend_code")]
    people = [User.objects.create_user(f"op{n}", first_name=f"坐席{n}") for n in range(20)]
    for person in people:
        person.groups.add(Group.objects.get(name="operator"))
    department.members.add(*people)
    SavedView.objects.bulk_create(SavedView(owner=people[0], name=f"视图{n}", query="who=me") for n in range(500))
    with transaction.atomic():
        tickets = _tickets(count, department, people, versions)
        _runs(tickets, people, versions)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return people[0], tickets[count // 2].number


def _tickets(count: int, department: Any, people: list[Any], versions: list[Any]) -> list[Any]:
    from django.utils import timezone

    from tests.consoles import story
    from tickets.models import Priority, Ticket

    now = timezone.now()
    rows = (
        Ticket(
            number=f"T{n:09d}",
            subject="蓝牙耳机充不上电,要求全额退款",
            text=story.REFERENCE.replace("202405218876", f"2024{n:08d}"),
            customer_name=f"客户{n % 9973}",
            customer_mobile=f"138{n:08d}",
            status="solved" if n % 10 else ("new", "open", "pending")[n % 3],
            priority=Priority.values[n % 4],
            department=department,
            assignee=people[n % 21] if n % 21 < 20 else None,
            created_at=now - timedelta(minutes=5 * (count - n)),
            due_at=now - timedelta(minutes=5 * (count - n) - 1440),
            solved_at=now - timedelta(minutes=4 * (count - n)) if n % 10 else None,
            fitting=versions[n % 2].template,
            handling=versions[n % 2].template if n % 10 else None,
            fit_known=True,
        )
        for n in range(count)
    )
    return list(Ticket.objects.bulk_create(rows, batch_size=_BATCH))


def _runs(tickets: list[Any], people: list[Any], versions: list[Any]) -> None:
    """Of all that are solved; of the others every tenth is in line and a hundred wait for a person."""
    from benchmarks.pages.waiting_work import confirmation_of
    from tickets.models import Confirmation, Run, RunStatus, Slot

    solved = [ticket for ticket in tickets if ticket.status == "solved"]
    undone = [ticket for ticket in tickets if ticket.status != "solved"][::10]
    pairs = [(ticket, RunStatus.SUCCEEDED) for ticket in solved]
    pairs += [(ticket, RunStatus.QUEUED) for ticket in undone[100:]]
    pairs += [(ticket, RunStatus.AWAITING_CONFIRMATION) for ticket in undone[:100]]
    made = (
        Run(ticket=ticket, flow_version=versions[n % 2], status=status, started_by=people[n % 20])
        for n, (ticket, status) in enumerate(pairs)
    )
    runs = Run.objects.bulk_create(made, batch_size=_BATCH)
    Slot.objects.bulk_create(
        (
            Slot(run=run, name="order_number", label="订单号", value=f"2024{run.ticket_id:08d}", source="ticket")
            for run in runs
        ),
        batch_size=_BATCH,
    )
    waiting = (run for run in runs if run.status == RunStatus.AWAITING_CONFIRMATION)
    Confirmation.objects.bulk_create(map(confirmation_of, waiting), batch_size=_BATCH)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
