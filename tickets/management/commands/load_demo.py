"""`manage.py load_demo` fills a database with the demo: accounts, flows, tickets and phones. Running it again adds
what is missing and leaves the rest alone."""

from __future__ import annotations

import json
import logging
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.core.files import File
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from tickets import demo, permissions, queues
from tickets.models import Department, ExternalRef, FlowTemplate, Phone, PhoneUse, Priority, Ticket
from tickets.services.evidence import audit
from tickets.services.flows import publishing as flows
from tickets.services.tickets.changes import DUE_IN, create_ticket

CONNECTOR = "demo"


class Command(BaseCommand):
    help = "Load the demo's accounts, flows, tickets and phones (never in production mode)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        words = "deactivate the demo's accounts instead, in any mode"
        parser.add_argument("--retire-accounts", action="store_true", help=words)
        parser.add_argument("--migrate", action="store_true", help="bring the database up to date first")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["retire_accounts"]:
            self._retire()
            return
        if settings.PRODUCTION:
            raise CommandError("load_demo makes accounts with a known password; it refuses to run in production mode")
        if options["migrate"]:
            call_command("migrate", verbosity=0)
        logging.getLogger("tickets.services.live.events").setLevel(
            logging.ERROR
        )  # no console is open yet, nor need Redis run
        with queues.held_back():
            with transaction.atomic():
                permissions.ensure_groups()
                departments = load_accounts()
                made = load_flows()
                phones = load_phones()
            tickets = load_tickets(departments)  # each in its own transaction, after its files were copied
        self.stdout.write(f"demo: {made} flow version(s), {tickets} ticket(s), {phones} phone(s) added")

    def _retire(self) -> None:
        with transaction.atomic():
            number = demo.retire_accounts()
            audit.record("accounts.deactivated", result="success", details={"number": number})
        self.stdout.write(f"demo: {number} account(s) deactivated")


def load_accounts() -> dict[str, Department]:
    names = (demo.DEPARTMENT, demo.OTHER_DEPARTMENT)
    departments = {name: Department.objects.get_or_create(name=name)[0] for name in names}
    password = make_password(demo.PASSWORD)  # slow on purpose; once is enough for the demo
    for account in demo.ACCOUNTS:
        _load_account(account, password, departments[demo.DEPARTMENT])
    return departments


def load_flows() -> int:
    """Publish each flow file whose definition is not the newest version yet."""
    return sum(_load_flow(json.loads(path.read_text("utf-8"))) for path in sorted(demo.FIXTURES.glob("flows/*.json")))


def load_tickets(departments: dict[str, Department]) -> int:
    items = json.loads((demo.FIXTURES / "tickets.json").read_text("utf-8"))
    known = set(ExternalRef.objects.filter(connector=CONNECTOR).values_list("external_id", flat=True))
    missing = [item for item in items if item["external_id"] not in known]
    for item in missing:
        _load_ticket(item, departments)
    return len(missing)


def load_phones() -> int:
    """The virtual phones of the demo, by the ports in the settings. With one phone, too, flows can be taught."""
    values = settings.CS_AGENT
    made = 0
    for number in range(values["CS_AGENT_PHONES"]):
        serial = f"127.0.0.1:{values['CS_AGENT_PHONE_PORT'] + number}"
        defaults = {
            "name": f"虚拟手机 {number + 1}",
            "queue": values["CS_AGENT_QUEUE"],
            "labels": ["virtual"],
            "use": PhoneUse.SHARED,
        }
        made += Phone.objects.get_or_create(serial=serial, defaults=defaults)[1]
    return made


def _load_account(account: demo.Account, password: str, department: Department) -> None:
    users = get_user_model().objects
    if users.filter(username=account.name).exists():
        return
    user = users.create(
        username=account.name,
        email=f"{account.name}@{demo.MAIL_DOMAIN}",
        password=password,
        first_name=account.full_name,
        is_superuser=account.administrator,
        is_staff=account.staff,
    )
    if account.group:
        user.groups.add(Group.objects.get(name=account.group))
    department.members.add(user)


def _load_flow(data: dict[str, Any]) -> int:
    defaults = {"name": data["name"]["zh"], "name_en": data["name"]["en"], "description": data["description"]}
    defaults["description_en"] = data["description_en"]
    template, _made = FlowTemplate.objects.get_or_create(slug=data["slug"], defaults=defaults)
    if not template.description_en and template.description == data["description"]:  # of an earlier release
        FlowTemplate.objects.filter(pk=template.pk).update(description_en=data["description_en"])
    latest = template.latest
    route = _route(data["slug"])
    known = latest is not None and (latest.definition, latest.route) == (data["definition"], route)
    if latest is not None and (latest.created_by is not None or known):
        return 0  # an editor's own version stays the newest
    flows.publish_version(template, data["definition"], None, "demo", route=route)
    return 1


def _route(slug: str) -> dict[str, Any] | None:
    """The reviewed route that the flow is shipped with."""
    path = demo.FIXTURES / "routes" / f"{slug}.json"
    return json.loads(path.read_text("utf-8")) if path.is_file() else None


def _load_ticket(item: dict[str, Any], departments: dict[str, Department]) -> None:
    paths = [(demo.FIXTURES / "media" / each["file"], each["name"]) for each in item.get("files", [])]
    opened = [File(path.open("rb"), name=name) for path, name in paths]
    try:
        ticket = create_ticket(
            user=None,
            subject=item["subject"],
            text=item["text"],
            customer_name=item["customer_name"],
            customer_mobile=item["customer_mobile"],
            priority=item["priority"],
            files=opened,
            connector=CONNECTOR,
            department=departments[item.get("department", demo.DEPARTMENT)],
            external_id=item["external_id"],
        )
    finally:
        for file in opened:
            file.close()
    created = timezone.now() - timedelta(minutes=item["minutes_ago"])
    due = created + DUE_IN[Priority(item["priority"])]
    Ticket.objects.filter(pk=ticket.pk).update(created_at=created, due_at=due)
