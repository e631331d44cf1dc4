"""The keys and names of the secret store, for the administrator at the command line; never a secret itself."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tickets.errors import ServiceError
from tickets.models import Secret
from tickets.services import sealed_files, secret_store


class Command(BaseCommand):
    help = (
        "Make a key for CS_AGENT_SECRETS_KEYS, list and check stored secrets, encrypt them (and sealed files) under "
        "the newest key; encrypt all attachments, recordings and pictures (seal-files) or decrypt them (open-files)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=("new-key", "list", "check", "rotate", "seal-files", "open-files"))

    def handle(self, *args: Any, act: str, **options: Any) -> None:
        acts = {
            "new-key": self._new_key,
            "list": self._list,
            "check": self._check,
            "rotate": self._rotate,
            "seal-files": self._seal_files,
            "open-files": self._open_files,
        }
        acts[act]()

    def _new_key(self) -> None:
        self.stdout.write(secret_store.new_key())

    def _list(self) -> None:
        for row in Secret.objects.select_related("changed_by"):
            self.stdout.write(f"{row.changed_at:%Y-%m-%d %H:%M}  {row.changed_by or '-'}  {row.name}")

    def _check(self) -> None:
        try:
            names = secret_store.unreadable()
        except ServiceError as error:
            raise CommandError(error.message) from error
        if names:
            raise CommandError(f"no key of CS_AGENT_SECRETS_KEYS opens: {', '.join(names)}")
        self.stdout.write("every stored secret can be read")

    def _rotate(self) -> None:
        try:
            self.stdout.write(f"{secret_store.rotate()} secrets are encrypted under the newest key")
        except ServiceError as error:
            name = error.data.get("name", "")
            raise CommandError(f"{name}: {error.message} Nothing was changed.") from error
        if sealed_files.wanted():
            self._seal_files()

    def _seal_files(self) -> None:
        self.stdout.write(f"{self._rewritten(sealed=True)} files are encrypted under the newest key")

    def _open_files(self) -> None:
        self.stdout.write(f"{self._rewritten(sealed=False)} files are no longer encrypted")

    @staticmethod
    def _rewritten(*, sealed: bool) -> int:
        try:
            return sealed_files.rewrite_all(sealed=sealed)
        except ServiceError as error:
            raise CommandError(f"{error.message} Files before it are done; the rest is as it was.") from error
