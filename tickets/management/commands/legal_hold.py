"""`manage.py legal_hold place|lift|list`: keep a ticket from retention and erasure."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tickets.errors import ServiceError
from tickets.models import LegalHold, Ticket
from tickets.services.evidence import holds


class Command(BaseCommand):
    help = "Place or lift the legal hold of a ticket, or list all holds."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["place", "lift", "list"])
        parser.add_argument("ticket", nargs="?", default="", help="the ticket's number")
        parser.add_argument("--reason", default="", help="why it must be kept")

    def handle(self, *args: Any, action: str, ticket: str, reason: str, **options: Any) -> None:
        if action == "list":
            for hold in LegalHold.objects.select_related("ticket").order_by("placed_at"):
                self.stdout.write(f"{hold.ticket.number}  since {hold.placed_at:%Y-%m-%d}  {hold.reason}")
            return
        found = Ticket.objects.filter(number=ticket).first()
        if found is None:
            raise CommandError(f"there is no ticket {ticket!r}")
        try:
            holds.place(found, reason) if action == "place" else holds.lift(found)
        except ServiceError as error:
            raise CommandError(error.message) from error
        self.stdout.write(self.style.SUCCESS(f"{ticket}: hold {'placed' if action == 'place' else 'lifted'}"))
