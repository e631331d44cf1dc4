"""The work of bench_waiting, in the product's database: `python -m benchmarks.pages.waiting_work fill N` or `… sweep`.

Half of the runs are in line for a phone that is not there (its labels), so that each sweep looks through the whole
line; the other half wait for a human's yes, as runs of phones that were retired meanwhile do.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import django

SWEEPS = 12
WATCHED_S = 15.0
_BATCH = 1000
_ABSENT = "a label no phone has"


def main(arguments: list[str]) -> int:
    django.setup()
    works: dict[str, Callable[..., Any]] = {"fill": fill, "sweep": sweep, "workers": workers}
    print(json.dumps(works[arguments[0]](*arguments[1:])), flush=True)
    return 0


def fill(count: str, prefix: str = "B") -> dict[str, str]:
    """So many tickets with a run each; an operator's session, and the number of one of the tickets.

    Numbers of tickets begin with the prefix.
    """
    from django.contrib.auth import get_user_model
    from django.db import transaction

    user = get_user_model().objects.get(username="lin")
    with transaction.atomic():
        tickets = make_tickets(int(count), prefix, user)
        _runs(tickets, user, _version())
        _lonely_phone()
    return {"cookie": session_of(user), "ticket": tickets[-1].number}


def session_of(user: Any) -> str:
    """The key of a new session in which the user is logged in."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def sweep() -> list[float]:
    """Seconds of each sweep, made here beside the product's own."""
    from tickets.runner.upkeep import sweeper

    taken = []
    for _ in range(SWEEPS):
        begun = time.perf_counter()
        sweeper.sweep()
        taken.append(time.perf_counter() - begun)
    return taken


def workers() -> dict[str, int]:
    """The most tasks that drove runs at any look, how often was looked, and messages that wait on the queues."""
    from celery import current_app
    from django.conf import settings

    from tickets import queues

    most = looks = 0
    ends = time.monotonic() + WATCHED_S
    while time.monotonic() < ends:
        active = current_app.control.inspect(timeout=2).active() or {}
        tasks = [task for each in active.values() for task in each if task["name"] == queues.DRIVE_TASK]
        most, looks = max(most, len(tasks)), looks + 1
        time.sleep(0.2)
    with current_app.connection_for_read() as connection:
        client = connection.default_channel.client
        messages = client.llen(settings.CS_AGENT["CS_AGENT_QUEUE"])
    return {"most": most, "looks": looks, "messages": int(messages)}


def make_tickets(count: int, prefix: str, user: Any) -> list[Any]:
    from django.utils import timezone

    from tickets.models import Department, Priority, Ticket, TicketStatus

    department, now = Department.objects.filter(members=user).first(), timezone.now()
    rows = (
        Ticket(
            number=f"{prefix}{n:08d}",
            subject="收不到验证码",
            text="一直收不到短信验证码。",
            status=TicketStatus.OPEN,
            customer_mobile=f"138{n:08d}",
            department=department,
            assignee=user,
            created_at=now,
            priority=Priority.values[n % 4],
            due_at=now + timedelta(seconds=n),
        )
        for n in range(count)
    )
    return list(Ticket.objects.bulk_create(rows, batch_size=_BATCH))


def _version() -> Any:
    """The resend, for phones with a label that none has."""
    from tickets.models import FlowVersion
    from tickets.services.flows import publishing as flows

    newest = FlowVersion.objects.filter(template__slug="resend_code").latest("pk")
    return flows.publish_version(newest.template, {**newest.definition, "phone_labels": [_ABSENT]}, None)


def _runs(tickets: list[Any], user: Any, version: Any) -> None:
    from tickets.models import Confirmation, Run, RunStatus

    asked, queued = RunStatus.AWAITING_CONFIRMATION, RunStatus.QUEUED
    runs = Run.objects.bulk_create(
        (
            Run(
                ticket=ticket,
                flow_version=version,
                instruction="重发验证码",
                started_by=user,
                status=asked if n % 2 else queued,
            )
            for n, ticket in enumerate(tickets)
        ),
        batch_size=_BATCH,
    )
    waiting = (run for run in runs if run.status == asked)
    Confirmation.objects.bulk_create(map(confirmation_of, waiting), batch_size=_BATCH)


def confirmation_of(run: Any) -> Any:
    from django.conf import settings
    from django.utils import timezone

    from tickets.models import Confirmation

    fields = [
        {
            "name": "mobile",
            "label": "手机号",
            "screen_value": run.ticket.customer_mobile,
            "box": [40, 400, 600, 470],
            "ticket_value": run.ticket.customer_mobile,
            "differs": False,
            "source": "tree",
        }
    ]
    return Confirmation(
        run=run,
        step_number=6,
        summary=f"手机号:{run.ticket.customer_mobile}",
        action_digest="d",
        fingerprint="f",
        action_text='do(action="Tap", element=[500,500])',
        fields=fields,
        due_at=timezone.now() + timedelta(seconds=settings.CS_AGENT["CS_AGENT_CONFIRM_DUE_S"]),
    )


def _lonely_phone() -> None:
    """Always free, and of a host that is not there; it has nobody's label."""
    from tickets.models import Phone

    Phone.objects.get_or_create(serial="lonely", defaults={"name": "lonely", "queue": "elsewhere"})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
