"""A ticket's data at the helpdesk it came from, as of the newest message.

Rule: written by connectors only; nothing of it is part of an instruction.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.db import transaction

from tickets.models import ExternalRef, Ticket
from tickets.services.live import events as live

CONNECTOR_LANE = "connector"  # the outbox's lanes that lead back to helpdesks
MOST_FACTS = 30
_LONGEST = 500
_LONGEST_SAID = 20  # what is longer is a key of a program, no number that a customer was told
_NO_NAME = re.compile(r"[+(]?[\d\s()-]{5,}", re.ASCII)


def note_facts(ticket: Ticket, connector: str, *, number: str, url: str, facts: Mapping[str, str]) -> bool:
    """Store the helpdesk's data of the ticket; returns whether anything changed. `url` only if it is a web address."""
    web = url if url.startswith(("https://", "http://")) and len(url) <= _LONGEST and url.isprintable() else ""
    kept = {name[:40]: _line(text) for name, text in list(facts.items())[:MOST_FACTS] if _line(text)}
    new = {"number": _line(number)[:120], "url": web, "facts": kept}
    rows = ExternalRef.objects.filter(ticket=ticket, connector=connector)
    with transaction.atomic():
        changed = rows.exclude(**new).update(**new)
        if changed:
            live.publish_ticket(ticket, {"external": connector})
    return bool(changed)


def note_left(ticket: Ticket, connector: str, why: str, into: str = "") -> None:
    """Store why the ticket no longer comes in from there: `deleted`, `merged` (`into` which), `hidden` or `moved`."""
    for ref in ExternalRef.objects.filter(ticket=ticket, connector=connector):
        facts = {**ref.facts, "left": why, **({"into": _line(into)} if into else {})}
        ExternalRef.objects.filter(pk=ref.pk).update(facts=facts)


def forget_helpdesk(connector: str, home: str) -> int:
    """Detach the tickets of a deleted connector: they keep their number and link, but nothing is sent there. `home` is
    stored, so that a later connector of the same helpdesk finds them (`adopt`). Returns how many."""
    rows = ExternalRef.objects.filter(connector=connector)
    for ref in rows.exclude(facts={}).select_for_update().iterator():
        facts = {name: text for name, text in ref.facts.items() if name != "answers"}
        ExternalRef.objects.filter(pk=ref.pk).update(facts=facts | ({"home": home} if home else {}))
    return rows.count()


def adopt(connector: str, home: str, external_id: str) -> Ticket | None:
    """Attach to this connector a ticket left by a deleted connector of the same helpdesk; None if there is none."""
    left = ExternalRef.objects.filter(external_id=external_id, facts__home=home).select_related("ticket")
    ref = left.order_by("-pk").first() if home else None
    if ref is None:
        return None
    facts = {name: text for name, text in ref.facts.items() if name != "home"}
    ExternalRef.objects.filter(pk=ref.pk).update(connector=connector, facts=facts)
    return ref.ticket


def number_for_customer(ticket: Ticket) -> str:
    """How the customer knows the ticket: by its one helpdesk's number, else by ours."""
    refs = list(ticket.refs.all()[:2])
    theirs = (refs[0].number or refs[0].external_id) if len(refs) == 1 else ""
    return theirs if 0 < len(theirs) <= _LONGEST_SAID else ticket.number


def name_for_customer(ticket: Ticket) -> str:
    """What he is greeted by: nothing where the helpdesk knows an address or a telephone number only."""
    name = ticket.customer_name
    return "" if "@" in name or _NO_NAME.fullmatch(name) else name


def of_connector(connector: str) -> int:
    """The number of its tickets."""
    return ExternalRef.objects.filter(connector=connector).count()


def _line(text: str) -> str:
    clean = "".join(char for char in " ".join(text.split()) if char.isprintable())
    return clean.encode("utf-8", "ignore").decode()[:_LONGEST]
