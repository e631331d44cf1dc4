"""`manage.py helpdesk_button add|set|rotate|list|link`: the button on a helpdesk's ticket page."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from tickets.errors import ServiceError
from tickets.models import HelpdeskButton
from tickets.services.panels import buttons, links


class Command(BaseCommand):
    help = "Add, change, rotate or list the buttons of helpdesks (a secret is shown once), or make one link."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["add", "set", "rotate", "list", "link"])
        parser.add_argument("connector", nargs="?", default="", help="the connector's name")
        parser.add_argument("ticket", nargs="?", default="", help="link: the ticket's number at the helpdesk")
        parser.add_argument("--name", default="", help="how people call the helpdesk")
        parser.add_argument(
            "--origin", action="append", default=None, help="whose pages may frame the panel; again for more"
        )
        parser.add_argument("--off", action="store_true", help="set: switch the button off")
        parser.add_argument("--person", default="", help="link: the user name it is for")
        parser.add_argument("--panel", action="store_true", help="link: to the panel for a frame")
        parser.add_argument("--base", default="", help="link: the console's address, e.g. https://console.example.com")

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        try:
            getattr(self, f"_{action}")(options)
        except ServiceError as error:
            raise CommandError(error.message) from error

    def _add(self, options: dict[str, Any]) -> None:
        name = options["name"] or options["connector"]
        origins = options["origin"] or []
        self.stdout.write(buttons.make(None, connector=options["connector"], name=name, origins=origins)[1])

    def _set(self, options: dict[str, Any]) -> None:
        row = self._row(options)
        origins = row.origins if options["origin"] is None else options["origin"]
        buttons.change(row, None, name=options["name"] or row.name, origins=origins, active=not options["off"])

    def _rotate(self, options: dict[str, Any]) -> None:
        self.stdout.write(buttons.rotate(self._row(options), None))

    def _list(self, options: dict[str, Any]) -> None:
        for row in HelpdeskButton.objects.all():
            state = "on" if row.active else "off"
            self.stdout.write(f"{row.connector}  {row.name}  {state}  {' '.join(row.origins) or 'not framed'}")

    def _link(self, options: dict[str, Any]) -> None:
        given = links.make(options["connector"], options["ticket"], options["person"])
        path = reverse("panel-open", args=[options["connector"]]) if options["panel"] else reverse("open-ticket")
        self.stdout.write(links.address(options["base"], path, given))

    def _row(self, options: dict[str, Any]) -> HelpdeskButton:
        row = HelpdeskButton.objects.filter(connector=options["connector"]).first()
        if row is None:
            raise CommandError(f"there is no button of the connector {options['connector']!r}")
        return row
