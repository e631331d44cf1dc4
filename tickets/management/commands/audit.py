"""`manage.py audit`: check the chain of audit events, anchor its head outside the database, export it as CSV."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone
from django.utils.dateparse import parse_date

from tickets.models import AuditHead
from tickets.models.record import audit_triggers
from tickets.services.evidence import audit
from tickets.services.evidence.exports import audit_export, manifests


class Command(BaseCommand):
    help = "Check the chain of audit events, anchor its newest event outside the database, or export events as CSV."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("verify", help="check the stored chain and its anchors")
        acts.add_parser("anchor", help="write the newest event's number and hash outside the database")
        export = acts.add_parser("export", help="write events as CSV with a signed manifest")
        export.add_argument("folder", type=Path)
        export.add_argument("--ticket", default="", help="only this ticket's events")
        export.add_argument("--since", default="", help="first day, YYYY-MM-DD, local time")
        export.add_argument("--until", default="", help="last day, YYYY-MM-DD, local time")
        export.add_argument("--yesterday", action="store_true", help="the whole of yesterday, for a daily job")
        export.add_argument("--check", action="store_true", help="FOLDER is a CSV: check it against its manifest")

    def handle(self, *args: Any, act: str, **options: Any) -> None:
        match act:
            case "verify":
                self._verify()
            case "anchor":
                self._anchor()
            case "export" if options["check"]:
                self._check(options["folder"])
            case "export":
                self.stdout.write(str(audit_export.write(options["folder"], user=None, filters=_filters(options))))

    def _verify(self) -> None:
        problems = audit.verify()
        for problem in problems:
            self.stderr.write(self.style.ERROR(f"{problem.kind}: {problem.text}"))
        if not audit_triggers.installed(connection):
            self.stderr.write(self.style.ERROR("triggers: the database does not protect the events; run migrate"))
            raise CommandError("the audit trail is not protected")
        if problems:
            raise CommandError(f"the audit trail is broken in {len(problems)} place(s)")
        head = AuditHead.objects.filter(pk=1).first()
        self.stdout.write(self.style.SUCCESS(f"{head.seq if head else 0} events, unbroken"))

    def _anchor(self) -> None:
        anchor = audit.write_anchor()
        if anchor is None:
            raise CommandError("there is no event to anchor yet")
        self.stdout.write(f"anchored event {anchor.seq} {anchor.hash}")

    def _check(self, path: Path) -> None:
        try:
            fault = manifests.check(path)
        except (OSError, ValueError) as error:
            raise CommandError(f"{path}: no readable manifest: {error}") from error
        if fault:
            raise CommandError(f"{path}: {fault}")
        self.stdout.write(self.style.SUCCESS("the file is the one that was exported"))


def _filters(options: Mapping[str, Any]) -> dict[str, Any]:
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
