"""`manage.py rollback check|prepare OLDER`: whether this installation can go back to an older release, and how."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tickets.errors import ServiceError
from tickets.services.installation import releases, rollback


class Command(BaseCommand):
    help = (
        "Tell whether this installation can go back to an older release (check), or back it up and pause automation "
        "for it (prepare). OLDER: the wheel of that release, or its source folder. Nothing is migrated back: the older "
        "release runs on the database as it is."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=("check", "prepare"))
        parser.add_argument("older", type=Path)
        parser.add_argument("--backup", type=Path, help="new folder for the back-up; needed by prepare")

    def handle(self, *args: Any, act: str, older: Path, backup: Path | None, **options: Any) -> None:
        if act == "prepare" and backup is None:
            raise CommandError("prepare needs --backup FOLDER: the way back, should the older release do harm")
        try:
            release = releases.read(older)
            findings = rollback.look(release)
            self._tell(findings)
            if findings.refusals:
                raise CommandError(f"cannot go back to {release.version} yet; nothing was changed")
            if backup is not None and act == "prepare":
                manifest = rollback.prepare(release, backup)
                self.stdout.write(f"{backup}: whole, {manifest['tickets']} tickets. Automation is paused.")
        except ServiceError as error:
            raise CommandError(error.message) from error
        self.stdout.write(_steps(release, older, backup, prepared=act == "prepare"))

    def _tell(self, findings: rollback.Findings) -> None:
        for mark, lines in (("NO", findings.refusals), ("FIRST", findings.first), ("NOTE", findings.notes)):
            for line in lines:
                self.stdout.write(f"{mark}: {line}")


def _steps(release: releases.Release, older: Path, backup: Path | None, *, prepared: bool) -> str:
    before = [] if prepared else ["stop every process", f"rollback prepare {older} --backup NEW_FOLDER"]
    after = [
        f"install {release.version} (pip install {older})",
        "collectstatic --noinput, never migrate",
        "audit verify, start the processes, resume automation",
    ]
    lines = [f"{number}. {line}" for number, line in enumerate([*before, *after], 1)]
    kept = backup if prepared else "NEW_FOLDER"
    last = f"To come back: install this release, migrate, start. Damage only: backup restore {kept} --replace."
    return "\n".join([f"{release.version} reads and writes this database as it is.", *lines, last])
