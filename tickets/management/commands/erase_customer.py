"""`manage.py erase_customer --mobile 138… --reason "…"`: erase one customer's personal data at their request.

Shows what it found and asks, unless `--yes` is given. Audit events stay; what they say about the customer becomes
unreadable because its key is destroyed.
"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tickets.errors import ServiceError
from tickets.services.evidence import erasure


class Command(BaseCommand):
    help = "Erase one customer's personal data: ticket texts, files, recordings, and what audit events say."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--name", default="", help="the customer's name as on the tickets")
        parser.add_argument("--mobile", default="", help="the customer's mobile number as on the tickets")
        parser.add_argument("--ticket", default="", help="one ticket's number")
        parser.add_argument("--reason", required=True, help="why, for the audit trail; name nobody here")
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args: Any, name: str, mobile: str, ticket: str, reason: str, yes: bool, **options: Any) -> None:
        try:
            tickets = erasure.tickets_of(name=name, mobile=mobile, number=ticket)
            self._show(tickets)
            if not yes and input("Erase this for good? [y/N] ").strip().lower() != "y":
                raise CommandError("nothing was erased")
            done = erasure.erase(tickets, reason)
        except ServiceError as error:
            raise CommandError(error.message) from error
        self.stdout.write(self.style.SUCCESS(f"erased {done.tickets} ticket(s), {done.files} file(s)"))
        for file in done.exports:
            self.stdout.write(self.style.WARNING(f"still named in the export {file}: deal with its copies by hand"))

    def _show(self, tickets: Any) -> None:
        numbers = [ticket.number for ticket in tickets]
        if not numbers:
            raise CommandError("no ticket of that customer was found")
        self.stdout.write(f"{len(numbers)} ticket(s): {', '.join(numbers[:20])}{' …' if len(numbers) > 20 else ''}")
