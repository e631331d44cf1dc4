"""`manage.py route`: learn a flow's route from its runs, and see where runs leave it."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cs_agent.engine.routes.values import Route
from tickets.errors import ServiceError
from tickets.models import FlowTemplate, FlowVersion, Run, RunStatus
from tickets.services.flows.routes import drifts, learning
from tickets.services.people import names
from tickets.services.releasing import releases


class Command(BaseCommand):
    help = "Learn a flow's route from its newest runs that succeeded, or say where runs leave the route."

    def add_arguments(self, parser: ArgumentParser) -> None:
        tasks = parser.add_subparsers(dest="task", required=True)
        record = tasks.add_parser("record", help="learn the route: into a new draft version, or into a file")
        record.add_argument("slug", help="the flow, e.g. resend_code")
        record.add_argument("--runs", type=int, default=3, help="how many of the newest runs (default: 3)")
        where = record.add_mutually_exclusive_group(required=True)
        where.add_argument("--user", help="the flow editor in whose name the draft version is made")
        where.add_argument("--out", type=Path, help="write the route to this file and change nothing")
        told = tasks.add_parser("drift", help="where the newest runs of the released version left its route")
        told.add_argument("slug")
        renew = tasks.add_parser("renew", help="a draft version whose route knows the newest detour that succeeded")
        renew.add_argument("slug")
        renew.add_argument("--user", required=True, help="the flow editor in whose name the draft version is made")

    def handle(self, *args: Any, **options: Any) -> None:
        template = FlowTemplate.objects.filter(slug=options["slug"]).first()
        if template is None:
            known = ", ".join(FlowTemplate.objects.order_by("slug").values_list("slug", flat=True))
            raise CommandError(f"there is no flow {options['slug']}; there are: {known or 'none'}")
        match options["task"]:
            case "drift":
                self._drift(template)
            case "renew":
                self._renew(template, options["user"])
            case _:
                self._record(template, options)

    def _record(self, template: FlowTemplate, options: dict[str, Any]) -> None:
        if options["runs"] < 1:
            raise CommandError("--runs must be at least 1")
        ended = Run.objects.filter(flow_version__template=template, status=RunStatus.SUCCEEDED)
        runs = list(ended.order_by("-created_at")[: options["runs"]])
        if options["out"] is not None:
            self._write(learning.learned(Route(), runs), options["out"])
            return
        try:
            version = learning.record(template, runs, _user(options["user"]), "route")
        except ServiceError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{version}: learned from {len(runs)} run(s); it is a draft until it is reviewed")

    def _write(self, route: Route, path: Path) -> None:
        if not route.ways:
            raise CommandError("no run of this flow succeeded without a person at the phone; there is nothing to learn")
        try:
            path.write_text(json.dumps(route.to_json(), ensure_ascii=False, indent=1) + "\n", "utf-8")
        except OSError as error:
            raise CommandError(f"cannot write {path}: {error.strerror}") from error
        self.stdout.write(f"{path}: {', '.join(f'{len(way.steps)} steps' for way in route.ways)}")

    def _drift(self, template: FlowTemplate) -> None:
        version = _at_work(template)
        found = drifts.drift(version) if version else []
        for each in found:
            flag = "; the route wants to be renewed" if each.is_flagged else ""
            self.stdout.write(
                f"step {each.step} “{each.page}” {each.control}: {each.runs} of {each.of} runs; newest "
                f"{each.newest.pk}{flag}"
            )
        if not found:
            self.stdout.write("no run left the route")

    def _renew(self, template: FlowTemplate, name: str) -> None:
        version = _at_work(template)
        if version is None:
            raise CommandError(f"{template.slug} has no version")
        try:
            made = learning.renew(version, _user(name))
        except ServiceError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{made}: the route of {version} with its newest detour; it is a draft until it is reviewed")


def _at_work(template: FlowTemplate) -> FlowVersion | None:
    """The version of the newest release, else the newest version."""
    row = releases.at_work().filter(template=template).select_related("version").order_by("-pk").first()
    return row.version if row else template.latest


def _user(name: str) -> Any:
    user = names.with_log_in(name).first()
    if user is None:
        raise CommandError(f"there is no user {name}")
    return user
