"""`manage.py audit verify` proves the audit trail whole; `audit anchor` writes its head outside the database."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from tickets.models import AuditHead
from tickets.models.record import audit_triggers
from tickets.services.evidence import audit


class Command(BaseCommand):
    help = "Check the chain of audit events, or anchor its newest event outside the database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["verify", "anchor"])

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        {"verify": self._verify, "anchor": self._anchor}[action]()

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
