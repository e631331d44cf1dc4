"""`manage.py flow …`: what a text says for a flow's slots, which flow fits it, and the schema of a definition."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, ProgrammingError
from django.utils.translation import gettext_lazy as _

from tickets.flows import definition
from tickets.flows.slots import SlotState, parse_specs, read_slots
from tickets.management import rehearse
from tickets.models import FlowTemplate, Ticket
from tickets.said import in_both, in_each
from tickets.services.flows.recommendation import weigh
from tickets.services.releasing.releases import Catalogue
from tickets.services.tickets.reading import SlotReview, reviewed

SHIPPED = Path(settings.BASE_DIR) / "fixtures" / "flows"
MOST = 200_000  # characters of standard input


class Command(BaseCommand):
    help = (
        "Read a ticket's text (standard input) for a flow, recommend a flow for it, rehearse a version, or print the "
        "definition's schema."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        tasks = parser.add_subparsers(dest="task", required=True)
        read = tasks.add_parser("read", help="what a text on standard input says for each slot of a flow, as JSON")
        read.add_argument("slug", help="the flow, e.g. complaint_refund")
        read.add_argument("--mobile", default="", help="the mobile number of the customer's record")
        tasks.add_parser("recommend", help="the flow that fits a text on standard input, or a person, as JSON")
        tasks.add_parser("schema", help="print the JSON schema of a flow definition")
        rehearse.add_arguments(tasks.add_parser("rehearse", help="rehearse a version, wait, and write the report"))

    def handle(self, *args: Any, **options: Any) -> None:
        match options["task"]:
            case "read":
                answer = read(definition_of(options["slug"]), standard_input(), options["mobile"])
            case "recommend":
                answer = recommend(standard_input())
            case "rehearse":
                self.stdout.write(rehearse.run(options))
                return
            case _:
                answer = definition.schema()
        self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))


def read(flow: dict[str, Any], text: str, mobile: str = "") -> dict[str, Any]:
    """By slot: `value` (None unless certain), `state`, `source` and its position in the text; for an uncertain one also
    `why` and `candidates`."""
    ticket = Ticket(number="", subject="", text=text, customer_mobile=mobile)
    slots = reviewed(parse_specs(flow), read_slots(flow, ticket), text)
    return {slot.spec.name: _said(slot, text) for slot in slots}


def recommend(text: str) -> dict[str, Any]:
    """`recommend` is "flow" or "person"; `flow` its slug, or None; `fitting` the flow that would fit either way."""
    advice = weigh(text, released())
    return {
        "recommend": "person" if advice.person else "flow",
        "flow": None if advice.person else advice.flow,
        "fitting": advice.flow,
        "fit": round(advice.fit, 2),
        "reasons": [in_each(reason) for reason in advice.reasons],
    }


def definition_of(slug: str) -> dict[str, Any]:
    """The released definition, else the newest version, else the shipped one of that name."""
    try:
        template = FlowTemplate.objects.filter(slug=slug).first()
        version = Catalogue.load().version(template, Ticket(number="")) or template.latest if template else None
    except (OperationalError, ProgrammingError):
        version = None  # no database yet: the shipped flows need none
    if version is not None:
        return dict(version.definition)
    shipped = _shipped()
    if slug not in shipped:
        known = ", ".join(sorted(shipped))
        raise CommandError(in_both(_("没有名为 {slug} 的流程;随附的流程:{known}"), slug=slug, known=known))
    return shipped[slug]


def released() -> list[tuple[str, dict[str, Any]]]:
    """Slug and definition of every released flow; the shipped ones if none is."""
    try:
        versions = Catalogue.load().versions(Ticket(number=""))
        at_work = [(version.template.slug, version.definition) for version in versions]
    except (OperationalError, ProgrammingError):
        at_work = []
    return at_work or sorted(_shipped().items())


def standard_input() -> str:
    try:
        text = sys.stdin.buffer.read().decode("utf-8") if hasattr(sys.stdin, "buffer") else sys.stdin.read()
    except UnicodeDecodeError as error:
        raise CommandError(in_both(_("标准输入不是 UTF-8 文本"))) from error
    if len(text) > MOST:
        raise CommandError(in_both(_("文本超过 {most} 个字符"), most=MOST))
    return text


def _shipped() -> dict[str, dict[str, Any]]:
    files = [json.loads(path.read_text("utf-8")) for path in sorted(SHIPPED.glob("*.json"))]
    return {item["slug"]: item["definition"] for item in files}


def _said(slot: SlotReview, text: str) -> dict[str, Any]:
    found = slot.found
    said: dict[str, Any] = {"value": found.value if found else None, "state": slot.state, "source": None}
    if found:
        said["source"] = found.source
        if found.start is not None:
            said |= {"start": found.start, "end": found.end, "text": text[found.start : found.end]}
    elif slot.state is not SlotState.MISSING:
        said |= {"candidates": [each.value for each in slot.candidates], "why": slot.why, "text": list(slot.quotes)}
    return said
