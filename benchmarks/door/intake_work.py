"""The work of bench_intake: `python -m benchmarks.door.intake_work set_up URL` and others."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

KEY = "bench"


def main(arguments: list[str]) -> int:
    django.setup()
    works: dict[str, Callable[..., Any]] = {"set_up": set_up, "left": left, "wrong": wrong, "times": times, "end": end}
    print(json.dumps(works[arguments[0]](*arguments[1:])), flush=True)
    return 0


def set_up(url: str) -> dict[str, str]:
    """The connector; where it is called and with which secret."""
    from django.contrib.auth import get_user_model

    from integrations.connectors.build import secret_name
    from integrations.models import Connector
    from integrations.webhooks.endpoints import new_secret
    from tests.integrations.door.flood import options
    from tickets.services import secret_store

    lin, secret = get_user_model().objects.get(username="lin"), new_secret()
    row = Connector.objects.create(
        key=KEY, kind="generic", enabled=True, acts_as=lin, department=lin.departments.first(), options=options(url)
    )
    secret_store.put(secret_name(row.key, "signing"), secret)
    return {"hook": row.hook, "secret": secret}


def left() -> dict[str, int]:
    """How many tickets are still to be read."""
    from django.db.models import F

    from integrations.models import LinkedTicket

    return {"left": LinkedTicket.objects.filter(connector__key=KEY).exclude(read=F("wanted")).count()}


def wrong(path: str) -> list[str]:
    from tests.integrations.door.flood import faults
    from tickets.models import ExternalRef

    ExternalRef.objects.exclude(connector=KEY).delete()  # the demo's own
    return faults(json.loads(Path(path).read_text()))


def times() -> dict[str, float]:
    """By the helpdesk's number, when the ticket stood in the queue (seconds since 1970)."""
    from tickets.models import ExternalRef

    rows = ExternalRef.objects.filter(connector=KEY).select_related("ticket")
    return {row.external_id: row.created_at.timestamp() for row in rows}


def end(count: str) -> dict[str, float]:
    """Start and stop a run on so many tickets; when each ended, by the helpdesk's number."""
    from django.contrib.auth import get_user_model
    from django.utils import timezone

    from integrations.models import Connector
    from integrations.writeback.words import Part, WriteBack
    from tickets.models import FlowTemplate, Ticket
    from tickets.services.releasing import releases
    from tickets.services.runs import lifecycle, starts

    lin = get_user_model().objects.get(username="lin")
    Connector.objects.filter(key=KEY).update(write_back=WriteBack(cancelled=Part(note=True)).model_dump(mode="json"))
    ended = {}
    for ticket in Ticket.objects.filter(refs__connector=KEY).order_by("pk")[: int(count)]:
        version = releases.version_for(FlowTemplate.objects.get(slug="order_status"), ticket)
        answers = {"order_number": "4471902386615024"}
        run = starts.start_run(ticket=ticket, user=lin, flow_version=version, answers=answers)
        lifecycle.stop_run(run, lin)
        ended[ticket.refs.get(connector=KEY).external_id] = timezone.now().timestamp()
    return ended


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
