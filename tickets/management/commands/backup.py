"""`manage.py backup make|check|restore FOLDER`: back up the installation into a folder, verify a back-up, restore
one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tickets.errors import ServiceError
from tickets.services.installation import backups


class Command(BaseCommand):
    help = "Back up the database, files and anchors into a folder, check such a folder, restore from it."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=("make", "check", "restore"))
        parser.add_argument("folder", type=Path)
        parser.add_argument("--replace", action="store_true", help="restore also where tickets are kept already")

    def handle(self, *args: Any, act: str, folder: Path, replace: bool, **options: Any) -> None:
        try:
            if act == "restore":
                self._restore(folder, replace)
            else:
                manifest = backups.make(folder) if act == "make" else backups.check(folder)
                figures = "{tickets} tickets, {audit_head} audit events, made {made_at}".format(**manifest)
                self.stdout.write(f"{folder}: whole, {len(manifest['files'])} files, {figures}")
        except ServiceError as error:
            raise CommandError(error.message) from error

    def _restore(self, folder: Path, replace: bool) -> None:
        restored = backups.restore(folder, replace=replace)
        for path in restored.kept:
            self.stdout.write(f"what was there before is kept in {path}")
        for run in restored.open_runs:
            self.stdout.write(f"run {run} had not ended: find out on its ticket what became of it")
        self.stdout.write("Now: audit verify, secrets check; then start the product. Automation is paused.")
