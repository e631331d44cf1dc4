"""`manage.py flow rehearse`: rehearses a version from a terminal and writes the report of the page as PDF or HTML."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from tickets.errors import ServiceError
from tickets.metrics import rehearsed, report_files
from tickets.models import FlowTemplate, FlowVersion, Rehearsal, Ticket
from tickets.services.flows import rehearsals
from tickets.services.people import names

_POLL_S = 1.0


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("slug")
    parser.add_argument("--version", type=int, help="the version; by default the newest")
    parser.add_argument(
        "--tickets", default="", help="ticket numbers, separated by commas; by default the newest that fit"
    )
    count = parser.add_mutually_exclusive_group()
    count.add_argument("--runs", type=int, help="runs altogether, spread over the tickets")
    count.add_argument("--times", type=int, default=1, help="runs for each ticket")
    parser.add_argument("--user", default="admin", help="who rehearses, for the record")
    parser.add_argument("--report", type=Path, help="a .pdf or .html file")
    parser.add_argument("--wait-s", type=float, default=3600, help="give up after so many seconds")


def run(options: dict[str, Any]) -> str:
    """Start the rehearsal, wait for its end, write the report; one line for the terminal. CommandError in words."""
    version, user = _version(options), _user(options["user"])
    tickets, total = _tickets(options["tickets"]), options["runs"]
    try:
        tickets = tickets or rehearsals.suitable(version, user, total or 1)
        wanted = tickets if total is None else rehearsals.spread(tickets, total)
        rehearsal = rehearsals.start(version, user, wanted, times=options["times"])
    except ServiceError as error:
        raise CommandError(error.message) from error
    _wait(rehearsal, options["wait_s"])
    report = rehearsed.report(rehearsal)
    if options["report"]:
        write(report, options["report"])
    share, proved = report.share, "yes" if report.proves_floor else "no"
    return f"{share.good}/{share.all} went well ({share.low:.1%} to {share.high:.1%}); shows 95 %: {proved}"


def write(report: rehearsed.Report, path: Path) -> None:
    """Write the report in the format of the file's extension."""
    if path.suffix.lower() == ".pdf":
        path.write_bytes(report_files.pdf(report))
    else:
        path.write_text(report_files.html(report), encoding="utf-8")


def _wait(rehearsal: Rehearsal, at_most_s: float) -> None:
    """Wait until all runs have ended and their videos are made; the workers do both."""
    end = time.monotonic() + at_most_s
    while rehearsal.runs.filter(outcome="").exists():
        rehearsals.close_finished()
        if time.monotonic() > end:
            raise CommandError(f"not all runs ended within {at_most_s:.0f} s; are the workers running?")
        time.sleep(_POLL_S)
    rehearsals.close_finished()
    while rehearsed.recordings_under_way(rehearsal) and time.monotonic() < end:  # the report holds their hashes
        time.sleep(_POLL_S)


def _version(options: dict[str, Any]) -> FlowVersion:
    template = FlowTemplate.objects.filter(slug=options["slug"]).first()
    if template is None:
        raise CommandError(f"there is no flow {options['slug']}")
    number = options["version"]
    version = template.versions.filter(number=number).first() if number else template.latest
    if version is None:
        raise CommandError(f"{options['slug']} has no such version")
    return version


def _user(name: str) -> Any:
    user = names.with_log_in(name).first()
    if user is None:
        raise CommandError(f"there is no user {name}; name one with --user")
    return user


def _tickets(numbers: str) -> list[Ticket]:
    wanted = [number.strip() for number in numbers.split(",") if number.strip()]
    found = {ticket.number: ticket for ticket in Ticket.objects.filter(number__in=wanted)}
    if missing := [number for number in wanted if number not in found]:
        raise CommandError(f"there is no ticket {missing[0]}")
    return [found[number] for number in wanted]
