"""`manage.py export_audit FOLDER`: the compliance CSV with its signed manifest, for a scheduled job or by hand."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date

from tickets.services.evidence.exports import audit_export


class Command(BaseCommand):
    help = "Export audit events as CSV with a signed manifest."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--ticket", default="", help="only this ticket's events")
        parser.add_argument("--since", default="", help="first day, YYYY-MM-DD, local time")
        parser.add_argument("--until", default="", help="last day, YYYY-MM-DD, local time")
        parser.add_argument("--yesterday", action="store_true", help="the whole of yesterday, for a daily job")
        parser.add_argument("--check", action="store_true", help="FOLDER is a CSV: check it against its manifest")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        if options["check"]:
            self._check(folder)
            return
        path = audit_export.write(folder, user=None, filters=_filters(options))
        self.stdout.write(str(path))

    def _check(self, path: Path) -> None:
        try:
            fault = audit_export.check_manifest(path)
        except (OSError, ValueError) as error:
            raise CommandError(f"{path}: no readable manifest: {error}") from error
        if fault:
            raise CommandError(f"{path}: {fault}")
        self.stdout.write(self.style.SUCCESS("the file is the one that was exported"))


def _filters(options: dict[str, Any]) -> dict[str, Any]:
    if options["yesterday"]:
        yesterday = str(timezone.localdate() - timedelta(days=1))
        options = {**options, "since": yesterday, "until": yesterday}
    wanted = {
        "ticket_no": options["ticket"],
        "at__gte": _midnight(options["since"], 0),
        "at__lt": _midnight(options["until"], 1),
    }
    return {name: value for name, value in wanted.items() if value}


def _midnight(text: str, days_later: int) -> datetime | None:
    if not text:
        return None
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise CommandError(f"{text!r} is not a date like 2024-05-31")
    return timezone.make_aware(datetime.combine(day + timedelta(days=days_later), time.min))
