"""`manage.py evidence`: delete what has been kept long enough, place legal holds, erase a customer's personal data."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet

from tickets.errors import ServiceError
from tickets.models import LegalHold, Ticket
from tickets.services.evidence import erasure, holds, retention

_MOST_SHOWN = 20  # ticket numbers


class Command(BaseCommand):
    help = "Delete what has been kept long enough, keep a ticket from deletion, or erase a customer's personal data."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("retain", help="delete recordings, pictures, exports and audit events whose time is over")
        hold = acts.add_parser("hold", help="keep a ticket from retention and erasure")
        hold.add_argument("action", choices=["place", "lift", "list"])
        hold.add_argument("ticket", nargs="?", default="", help="the ticket's number")
        hold.add_argument("--reason", default="", help="why it must be kept")
        erase = acts.add_parser(
            "erase",
            help="erase a customer's ticket texts, files, recordings, and what audit events say",
            description="Shows what it found and asks first. Audit events stay; what they say about the customer "
            "becomes unreadable because its key is destroyed.",
        )
        erase.add_argument("--name", default="", help="the customer's name as on the tickets")
        erase.add_argument("--mobile", default="", help="the customer's mobile number as on the tickets")
        erase.add_argument("--ticket", default="", help="one ticket's number")
        erase.add_argument("--reason", required=True, help="why, for the audit trail; name nobody here")
        erase.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args: Any, act: str, **options: Any) -> None:
        try:
            {"retain": self._retain, "hold": self._hold, "erase": self._erase}[act](options)
        except ServiceError as error:
            raise CommandError(error.message) from error

    def _retain(self, options: dict[str, Any]) -> None:
        for what, count in retention.delete_due().items():
            self.stdout.write(f"{what}: {count}")

    def _hold(self, options: dict[str, Any]) -> None:
        if options["action"] == "list":
            for hold in LegalHold.objects.select_related("ticket").order_by("placed_at"):
                self.stdout.write(f"{hold.ticket.number}  since {hold.placed_at:%Y-%m-%d}  {hold.reason}")
            return
        ticket = Ticket.objects.filter(number=options["ticket"]).first()
        if ticket is None:
            raise CommandError(f"there is no ticket {options['ticket']!r}")
        if options["action"] == "place":
            holds.place(ticket, options["reason"])
            self.stdout.write(self.style.SUCCESS(f"{ticket.number}: hold placed"))
        else:
            holds.lift(ticket)
            self.stdout.write(self.style.SUCCESS(f"{ticket.number}: hold lifted"))

    def _erase(self, options: dict[str, Any]) -> None:
        tickets = erasure.tickets_of(name=options["name"], mobile=options["mobile"], number=options["ticket"])
        self._show(tickets)
        if not options["yes"] and input("Erase this for good? [y/N] ").strip().lower() != "y":
            raise CommandError("nothing was erased")
        done = erasure.erase(tickets, options["reason"])
        self.stdout.write(self.style.SUCCESS(f"erased {done.tickets} ticket(s), {done.files} file(s)"))
        for file in done.exports:
            self.stdout.write(self.style.WARNING(f"still named in the export {file}: deal with its copies by hand"))

    def _show(self, tickets: QuerySet[Ticket]) -> None:
        numbers = [ticket.number for ticket in tickets]
        if not numbers:
            raise CommandError("no ticket of that customer was found")
        more = " …" if len(numbers) > _MOST_SHOWN else ""
        self.stdout.write(f"{len(numbers)} ticket(s): {', '.join(numbers[:_MOST_SHOWN])}{more}")
