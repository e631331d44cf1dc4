"""django-helpdesk's rows were saved: have their tickets read again.

Rule: nothing here can stop what the helpdesk does. It runs after the commit, and what is lost the poller finds.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models.signals import post_save

from integrations.connectors.django_helpdesk.connector import KIND, account_of


def connect() -> None:
    """Every way a ticket changes ends in one of these rows: pages, its API, its mail intake, the admin."""
    for name, receiver in (("Ticket", _ticket_saved), ("FollowUp", _followup_saved)):
        post_save.connect(receiver, apps.get_model("helpdesk", name), dispatch_uid=f"cs_agent.{name}")


def _ticket_saved(sender: Any, instance: Any, raw: bool = False, **kwargs: Any) -> None:
    if not raw:
        transaction.on_commit(partial(_poke, str(instance.pk), ""), robust=True)


def _followup_saved(sender: Any, instance: Any, raw: bool = False, **kwargs: Any) -> None:
    if not raw:
        author = instance.user.get_username() if instance.user_id else ""
        transaction.on_commit(partial(_poke, str(instance.ticket_id), author), robust=True)


def _poke(external_id: str, author: str) -> None:
    from integrations.intake import deliveries
    from integrations.models import Connector

    for row in Connector.objects.filter(kind=KIND, enabled=True):
        if not author or author != account_of(row.options):
            deliveries.poke(row, [external_id])
