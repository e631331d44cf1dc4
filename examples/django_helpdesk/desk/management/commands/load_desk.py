"""`manage.py load_desk`: a queue, its staff, two tickets, and the connector between the helpdesk and cs_agent.

Staff are the demo's accounts of cs_agent: one project has one table of users.
"""

from __future__ import annotations

import json
from typing import Any

from django.contrib.auth import get_user_model
from django.core.files import File
from django.core.management.base import BaseCommand
from django.db import transaction
from helpdesk.models import FollowUp, FollowUpAttachment, Queue, Ticket

from integrations.models import Connector
from tickets import demo
from tickets.models import Department, HelpdeskButton
from tickets.services.panels import buttons

KEY = "helpdesk"
ACCOUNT = "cs-agent"
WORDS = "智能处理已完成({flow})。\n{result}\n工单 {ticket}:{link}\n回放:{replay}"
OUTCOMES = {"succeeded": {"note": True, "status": "resolved", "words": WORDS}}


class Command(BaseCommand):
    help = "Fill the example with a queue, staff, tickets and the connector; adds what is missing."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--site", default="http://127.0.0.1:8000", help="our own address, for links in notes")

    @transaction.atomic
    def handle(self, *args: Any, site: str, **options: Any) -> None:
        users = get_user_model().objects
        users.filter(username__in=[account.name for account in demo.ACCOUNTS]).update(is_staff=True)
        acting, _made = users.get_or_create(username=ACCOUNT, defaults={"is_staff": True, "first_name": "CS Agent"})
        department = Department.objects.get(name=demo.DEPARTMENT)
        department.members.add(acting)
        acting.groups.set(users.get(username="lin").groups.all())
        settings = {"kind": "django_helpdesk", "name": "django-helpdesk", "enabled": True, "home": "django_helpdesk"}
        settings |= {"options": {"account": ACCOUNT}, "department": department, "acts_as": acting}
        settings |= {"write_back": {"site": site, **OUTCOMES}, "poll_s": 60}
        Connector.objects.get_or_create(key=KEY, defaults=settings)
        if not HelpdeskButton.objects.filter(connector=KEY).exists():
            buttons.make(None, connector=KEY, name="django-helpdesk", origins=[buttons.SAME])
        queue, _made = Queue.objects.get_or_create(slug="service", defaults={"title": "售后"})
        if not queue.ticket_set.exists():
            for item in json.loads((demo.FIXTURES / "tickets.json").read_text("utf-8"))[:3]:
                _load(queue, item)


def _load(queue: Queue, item: dict[str, Any]) -> None:
    ticket = Ticket.objects.create(
        queue=queue, title=item["subject"], description=item["text"], submitter_email="customer@example.com", priority=3
    )
    opened = FollowUp.objects.create(ticket=ticket, title="Ticket Opened", comment=item["text"], public=True)
    for each in item.get("files", []):
        path = demo.FIXTURES / "media" / each["file"]
        with path.open("rb") as file:
            FollowUpAttachment.objects.create(
                followup=opened, file=File(file, name=each["name"]), filename=each["name"]
            )
