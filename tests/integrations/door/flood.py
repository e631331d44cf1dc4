"""A helpdesk of the tests that calls far too often: each change several times, in disorder, some of them late.

At the end our tickets must be exactly its tickets, each with every message once.
"""

from __future__ import annotations

import json
import random
import threading
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from standardwebhooks import Webhook

from tests.integrations.rest_server import Answer, Asked

_OPTIONS = {
    "networks": ["127.0.0.0/8"],
    "id": "ticket",
    **{name: name for name in ("subject", "text", "updated_at", "status", "messages")},
    "name": "customer",
    "fetch_path": "tickets/{id}",
    "notes_path": "tickets/{id}/notes",
    "note_path": "tickets/{id}/notes",
    "note_body": '{"text": "{text}"}',
}
_WINDOW = 60  # calls of which any may come before any other
_MOST_MESSAGES = 20


def options(url: str) -> dict[str, Any]:
    """How the generic connector is set up for it."""
    return {**_OPTIONS, "url": url}


@dataclass
class Busy:
    """The helpdesk. `handle` serves its REST; `notes` are what was written back, with the time they came."""

    seed: int = 0
    tickets: dict[str, dict[str, Any]] = field(default_factory=dict)
    notes: list[tuple[str, str, datetime]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def handle(self, asked: Asked) -> Answer:
        key = asked.path.split("/")[2]
        with self.lock:
            if key not in self.tickets:
                return 404, {}
            if not asked.path.endswith("/notes"):
                return 200, json.loads(json.dumps(self.tickets[key]))
            if asked.method == "POST":
                self.notes.append((key, asked.json()["text"], datetime.now(UTC)))
                return 201, {"id": len(self.notes)}
            return 200, {"items": [{"text": text} for ticket, text, _at in self.notes if ticket == key]}

    def change(self, chance: random.Random, most: int) -> str:
        """A new ticket, or something more said on one; its number."""
        with self.lock:
            known = [key for key, ticket in self.tickets.items() if len(ticket["messages"]) < _MOST_MESSAGES]
            if not known or (len(self.tickets) < most and chance.random() < 0.3):
                return self._open(str(len(self.tickets) + 1))
            key = chance.choice(known)
            ticket = self.tickets[key]
            number = len(ticket["messages"]) + 1
            ticket["messages"].append({"id": f"{key}-{number}", "text": f"message {key}-{number}"})
            later = datetime.fromisoformat(ticket["updated_at"]) + timedelta(seconds=1)
            ticket["updated_at"] = later.isoformat()
            return key

    def open(self) -> str:
        with self.lock:
            return self._open(str(len(self.tickets) + 1))

    def calls(self, count: int, most: int) -> Iterator[tuple[str, str]]:
        """(delivery, ticket) for so many calls: each change once to three times, in disorder."""
        chance = random.Random(self.seed)
        waiting: list[tuple[str, str]] = []
        for _ in range(count):
            while len(waiting) < _WINDOW:
                waiting += [(uuid.uuid4().hex, self.change(chance, most))] * chance.randint(1, 3)
            yield waiting.pop(chance.randrange(len(waiting)))

    def _open(self, key: str) -> str:
        at = datetime(2026, 11, 1, tzinfo=UTC).isoformat()
        words = {"subject": f"ticket {key}", "text": f"words of {key}", "customer": f"customer {key}"}
        self.tickets[key] = {"ticket": key, **words, "status": "open", "updated_at": at, "messages": []}
        return key


def signed(secret: str, delivery: str, ticket: str) -> tuple[bytes, Mapping[str, str]]:
    """Body and headers of one call."""
    body, now = json.dumps({"type": "ticket.changed", "ticket": ticket}), datetime.now(UTC)
    headers = {"webhook-id": delivery, "webhook-timestamp": str(int(now.timestamp()))}
    return body.encode(), {**headers, "webhook-signature": Webhook(secret).sign(delivery, now, body)}


def faults(there: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """What of our tickets differs from the helpdesk's; in the product's process."""
    from tickets.models import Comment, ExternalRef

    refs = {ref.external_id: ref for ref in ExternalRef.objects.select_related("ticket")}
    found = [f"{key}: missing" for key in there if key not in refs] + [f"{key}: made up" for key in refs.keys() - there]
    for key, ticket in there.items():
        if key not in refs:
            continue
        ours = refs[key].ticket
        if (ours.subject, ours.text) != (ticket["subject"], ticket["text"]):
            found.append(f"{key}: other words")
        said = [row.text.split("\n")[-1] for row in Comment.objects.filter(ticket=ours).order_by("pk")]
        if said != [each["text"] for each in ticket["messages"]]:
            found.append(f"{key}: {len(said)} messages for {len(ticket['messages'])}")
    return found
