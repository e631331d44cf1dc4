"""`manage.py retain`: the nightly deletion of what has been kept long enough, by hand."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from tickets.services.evidence import retention


class Command(BaseCommand):
    help = "Delete recordings, pictures, exports and audit events whose time is over, and write it down."

    def handle(self, *args: Any, **options: Any) -> None:
        for what, count in retention.delete_due().items():
            self.stdout.write(f"{what}: {count}")
