"""`manage.py redact`: prints the text on standard input with personal data covered, or covers a picture.

Rule: nothing is printed of an input that could not be read to its end.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from PIL import Image, UnidentifiedImageError

from cs_agent.vision.personal_data.kinds import DataKind
from cs_agent.vision.personal_data.search import find
from cs_agent.vision.reader import RapidOcrReader
from cs_agent.vision.redaction import Audience, RedactionPolicy, redact_text
from cs_agent.vision.redaction.pictures import redact_image
from tickets.models import FlowTemplate
from tickets.services.evidence.redaction import policy_of

_FOUND = 1  # exit code of --check where something would be covered


class Command(BaseCommand):
    help = (
        "Cover personal data: text from standard input to standard output (UTF-8), or a picture with --picture. "
        "Exit codes: 0 done, 1 an error, or with --check: something would be covered."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--audience",
            choices=[audience.value for audience in Audience],
            default=Audience.STORED.value,
            help="whose policy applies (default: stored)",
        )
        parser.add_argument("--flow", metavar="SLUG", help="the policy of this flow's newest version")
        parser.add_argument("--kinds", metavar="A,B", help="cover these kinds only: " + ", ".join(DataKind))
        parser.add_argument(
            "--check", action="store_true", help="print kind and number of what would be covered instead"
        )
        parser.add_argument("--picture", type=Path, metavar="FILE", help="cover this picture instead of text")
        parser.add_argument(
            "--output", type=Path, metavar="FILE", help="where the covered picture is written (PNG, JPEG)"
        )

    def handle(self, **options: Any) -> None:
        audience = Audience(options["audience"])
        policy = _policy(options["kinds"], options["flow"])
        if options["picture"]:
            _cover_picture(options["picture"], options["output"], policy, audience)
            return
        if options["output"]:
            raise CommandError("--output belongs to --picture; text goes to standard output")
        text = _standard_input()
        if options["check"]:
            self._check(text, policy.hidden_from(audience))
        else:
            self.stdout.write(redact_text(text, policy, audience), ending="")

    def _check(self, text: str, hidden: frozenset[DataKind]) -> None:
        kinds = [span.kind for span in find(text) if span.kind in hidden]
        for kind in sorted(set(kinds)):
            self.stdout.write(f"{kind.value} {kinds.count(kind)}")
        if kinds:
            raise SystemExit(_FOUND)


def _policy(kinds: str | None, flow: str | None) -> RedactionPolicy:
    if kinds is None:
        return policy_of(_definition(flow) if flow else None)
    chosen = frozenset(_kinds(kinds.split(",")))
    return RedactionPolicy(chosen, chosen, chosen)


def _kinds(names: Iterable[str]) -> Iterable[DataKind]:
    for name in (name.strip() for name in names):
        try:
            yield DataKind(name)
        except ValueError:
            raise CommandError(f"--kinds: no kind {name!r}; there are {', '.join(DataKind)}") from None


def _definition(slug: str) -> dict[str, Any]:
    template = FlowTemplate.objects.filter(slug=slug).first()
    if template is None or template.latest is None:
        known = ", ".join(FlowTemplate.objects.order_by("slug").values_list("slug", flat=True))
        raise CommandError(f"--flow: no flow {slug!r}; there are {known or 'none'}")
    return dict(template.latest.definition)


def _standard_input() -> str:
    try:
        return sys.stdin.buffer.read().decode("utf-8")
    except UnicodeDecodeError as error:
        raise CommandError(
            f"standard input is not UTF-8 (byte {error.start}); convert it first, e.g. with iconv"
        ) from None


def _cover_picture(source: Path, output: Path | None, policy: RedactionPolicy, audience: Audience) -> None:
    if output is None:
        raise CommandError("--picture needs --output FILE, where the covered picture is written")
    if output.resolve() == source.resolve():
        raise CommandError("--output would overwrite the picture itself; name another file")
    try:
        image = Image.open(source).convert("RGB")
    except (OSError, UnidentifiedImageError) as error:
        raise CommandError(f"{source} cannot be read as a picture: {error}") from None
    covered = redact_image(image, RapidOcrReader().read(image, thorough=True), policy, audience)
    try:
        covered.save(output)
    except (OSError, ValueError) as error:
        raise CommandError(f"{output} cannot be written: {error}") from None
