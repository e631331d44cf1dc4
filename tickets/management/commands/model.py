"""`manage.py model check`: whether the model endpoint can drive phones, and how fast it answers."""

from __future__ import annotations

from argparse import ArgumentParser
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext_lazy as _

from cs_agent.catalogue import say
from cs_agent.engine.model.check import ModelCheck, check_family
from cs_agent.engine.model.families import FAMILIES
from tickets.said import in_both
from tickets.services import language_models


class Command(BaseCommand):
    help = "Ask the model endpoint about a known screen and say whether it is usable."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["check"])
        parser.add_argument("--base-url", default=settings.MODEL_BASE_URL)
        parser.add_argument("--model", default=settings.CS_AGENT["CS_AGENT_MODEL_NAME"])
        parser.add_argument("--api-key", default=settings.CS_AGENT["CS_AGENT_MODEL_API_KEY"])
        parser.add_argument("--family", choices=list(FAMILIES), default=settings.CS_AGENT["CS_AGENT_MODEL_FAMILY"])
        parser.add_argument("--lang", choices=["zh", "en"], default="zh")

    def handle(self, *args: Any, **options: Any) -> None:
        named = language_models.of_environment()
        asked = replace(
            named,
            base_url=options["base_url"],
            api_key=options["api_key"],
            model=options["model"],
            family=FAMILIES[options["family"]],
        )
        found = check_family(asked.client(), asked.family, lang=options["lang"])
        self.stdout.write(f"{options['model']} @ {options['base_url']} ({options['family']})")
        for name, value in _rows(found):
            self.stdout.write(f"  {name:<22} {value}")
        if not found.usable:
            advice = "\n".join(say(found.advice, lang) for lang in ("zh", "en"))
            problem = in_both(_("不可用:{what}"), what=found.problem)
            raise CommandError(f"{problem}\n{advice}".rstrip())
        self.stdout.write(self.style.SUCCESS(in_both(_("这个模型可用"))))


def _rows(found: ModelCheck) -> list[tuple[str, str]]:
    speed = f"{found.tokens_per_s:.0f}/s" if found.tokens_per_s else "?"
    return [
        ("listed", _yes(found.listed)),
        ("streaming", _yes(found.streaming)),
        ("logprobs", _yes(found.logprobs)),
        ("action", found.action_text or "-"),
        ("hit the known button", _yes(found.on_target)),
        ("confidence", "unknown" if found.confidence is None else f"{found.confidence:.2f}"),
        ("first token", f"{found.first_token_s:.2f} s"),
        ("whole reply", f"{found.total_s:.2f} s"),
        ("tokens", speed),
    ]


def _yes(value: bool | None) -> str:
    return {True: "yes", False: "no", None: "?"}[value]
