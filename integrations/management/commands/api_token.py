"""`manage.py api_token make|list|revoke`: tokens by which programs call the API for a person."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tickets.errors import ServiceError
from tickets.models import ApiToken
from tickets.permissions import SCOPES, Permission
from tickets.services.people import api_tokens, names


class Command(BaseCommand):
    help = "Make a token for a user (it is shown once), list all tokens, or revoke one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["make", "list", "revoke"])
        parser.add_argument("which", nargs="?", default="", help="make: the user's name; revoke: the token's number")
        parser.add_argument("--name", default="", help="what the token is for")
        scopes = ", ".join(scope.value for scope in SCOPES)
        parser.add_argument("--scope", action="append", default=[], help=f"what it opens; again for more: {scopes}")
        parser.add_argument("--network", action="append", default=[], help="where it may come from, e.g. 10.0.0.0/8")
        parser.add_argument("--days", type=int, default=90, help="how long it is good for")

    def handle(self, *args: Any, action: str, which: str, **options: Any) -> None:
        if action == "list":
            for row in ApiToken.objects.select_related("user"):
                state = f"revoked {row.revoked_at:%Y-%m-%d}" if row.revoked_at else f"until {row.expires_at:%Y-%m-%d}"
                self.stdout.write(f"{row.pk}  {row.user.get_username()}  {row.name}  {state}  {','.join(row.scopes)}")
        elif action == "make":
            self._make(which, options)
        else:
            self._revoke(which)

    def _make(self, which: str, options: dict[str, Any]) -> None:
        user = names.with_log_in(which).first()
        if user is None:
            raise CommandError(f"there is no active user {which!r}")
        try:
            scopes = options["scope"] or [Permission.EXPORT_AUDIT]
            self.stdout.write(
                api_tokens.make(user, options["name"], options["days"], scopes=scopes, networks=options["network"])
            )
        except ServiceError as error:
            raise CommandError(error.message) from error

    def _revoke(self, which: str) -> None:
        row = ApiToken.objects.filter(pk=int(which)).first() if which.isdecimal() else None
        if row is None:
            raise CommandError(f"there is no token {which!r}")
        api_tokens.revoke(row)
        self.stdout.write(self.style.SUCCESS(f"token {row.pk} of {row.user.get_username()} is revoked"))
