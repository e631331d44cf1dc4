"""A helpdesk beside the console of the browser tests: its tickets, its connector, and what its workers do meanwhile."""

from __future__ import annotations

import json

KEY = "generic-1"


def connect(url: str) -> None:
    """The connector to the helpdesk at that address; its customers can be answered."""
    from django.contrib.auth.models import User

    from integrations.connectors.build import secret_name
    from integrations.models import Connector
    from integrations.webhooks.endpoints import new_secret
    from tests.integrations.door.flood import options
    from tickets.models import Department
    from tickets.services import secret_store

    alice = User.objects.get(username="alice")
    talks = {"message_customer": "customer", "reply_body": '{"text": "{text}", "public": true}'}
    Connector.objects.create(
        key=KEY,
        kind="generic",
        name="商城客服",
        enabled=True,
        acts_as=alice,
        department=Department.objects.get(),
        options={**options(url), **talks},
    )
    secret_store.put(secret_name(KEY, "signing"), new_secret())


def bring(external_id: str) -> None:
    """The helpdesk called: the ticket is read. Prints its number."""
    from integrations.intake import deliveries, reading
    from integrations.models import Connector, LinkedTicket
    from tickets.services.tickets import fitting

    row = Connector.objects.get(key=KEY)
    deliveries.poke(row, [external_id])
    while reading.read_due(row.pk):
        pass
    fitting.learn()
    linked = LinkedTicket.objects.select_related("ticket").get(connector=row, external_id=external_id)
    row.refresh_from_db()
    assert linked.ticket is not None, linked.fault or row.fault
    print(linked.ticket.number)


def carry() -> None:
    """Everything that waits in the outbox goes out."""
    from tickets.services.outbox import drain
    from tickets.services.outbox.spread import spread

    spread()
    while any(drain.drain(lane) for lane in drain.due_lanes()):
        pass


def slots(number: str) -> None:
    """Print {name: [value, source]} of the ticket's run."""
    from tickets.models import Slot

    rows = Slot.objects.filter(run__ticket__number=number)
    print(json.dumps({row.name: [row.value, row.source] for row in rows}))


def make_administrator(name: str) -> None:
    from django.contrib.auth.models import User

    from tests.consoles import story

    User.objects.create_superuser(name, password=story.PASSWORD)
