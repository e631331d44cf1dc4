"""What a ticket is called elsewhere, and that an upgrade carries it over."""

from __future__ import annotations

import importlib

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import connection

from tickets.errors import Invalid
from tickets.models import Department, ExternalRef, Ticket
from tickets.services.tickets.changes import create_ticket

migration = importlib.import_module("tickets.migrations.0011_outbox_secrets_refs")


class Editor:
    connection = connection


def older(department: Department, channel: str, external_id: str) -> Ticket:
    """A ticket as the release before wrote it."""
    ticket = create_ticket(user=None, subject="s", text="t", department=department)
    Ticket.objects.filter(pk=ticket.pk).update(channel=channel, external_id=external_id)
    return ticket


def test_an_upgrade_gives_every_ticket_from_elsewhere_its_reference(department: Department) -> None:
    mail, web, api, typed = (
        older(department, *source) for source in (("mail", "M-1"), ("web", "W-1"), ("api", ""), ("console", ""))
    )
    migration.refer(apps, Editor)
    found = dict(ExternalRef.objects.values_list("ticket", "external_id"))
    assert found == {mail.pk: "M-1", web.pk: "W-1", api.pk: api.number}
    assert [ticket.connector for ticket in (mail, web, api, typed)] == ["mail", "web", "api", ""]


def test_going_back_fills_the_columns_the_older_release_reads(department: Department) -> None:
    ticket = create_ticket(user=None, subject="s", text="t", department=department, connector="mail", external_id="M-1")
    migration.put_back(apps, Editor)
    ticket.refresh_from_db()
    assert (ticket.channel, ticket.external_id) == ("mail", "M-1")


def test_a_ticket_without_an_id_at_its_connector_goes_by_our_number(lin: User) -> None:
    ticket = create_ticket(user=lin, subject="s", text="t", connector="api")
    assert ExternalRef.objects.get(ticket=ticket).external_id == ticket.number


def test_an_id_of_no_connector_is_refused(lin: User) -> None:
    with pytest.raises(Invalid) as refused:
        create_ticket(user=lin, subject="s", text="t", external_id="Z-1")
    assert refused.value.code == "no_connector"
