"""`manage.py flow schema`: the JSON schema of a flow definition, for editors and other programs."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from tickets.flows import definition


class Command(BaseCommand):
    help = "Flow definitions: their JSON schema."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        tasks = parser.add_subparsers(dest="task", required=True)
        tasks.add_parser("schema", help="print the JSON schema of a flow definition")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(json.dumps(definition.schema(), ensure_ascii=False, indent=2))
