"""Recorded calls of a system without a connector of its own, from the door to the ticket: harmless, or refused."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from integrations.connectors.build import secret_name
from integrations.intake import reading
from integrations.models import Connector
from tests.integrations.generic.test_connector import SECRET, signed
from tests.integrations.recorded import Recorded, recorded, variations
from tickets.models import Department, ExternalRef, Ticket
from tickets.services import secret_store


@pytest.fixture
def row(lin: User, department: Department) -> Connector:
    secret_store.put(secret_name("shop", "signing"), SECRET)
    return Connector.objects.create(
        key="shop", kind="generic", name="商城", enabled=True, acts_as=lin, department=department
    )


def sent(row: Connector, one: Recorded) -> int:
    """The answer's status; what was kept is read at once."""
    call = signed(one.body)
    answer = Client().post(f"/hooks/{row.hook}/", one.body, content_type="application/json", headers=dict(call.headers))
    while reading.read_due(row.pk):
        pass
    return int(answer.status_code)


@pytest.mark.parametrize("one", recorded("generic"), ids=lambda one: str(one.name))
def test_a_recorded_call_makes_the_ticket_it_names_and_its_words_stay_words(row: Connector, one: Recorded) -> None:
    assert sent(row, one) == 200
    row.refresh_from_db()
    assert row.fault == ""
    assert list(ExternalRef.objects.values_list("external_id", flat=True)) == list(one.about or ())
    for ref in ExternalRef.objects.select_related("ticket"):
        assert ref.url in ("", "https://crm.example.com/tickets/7")
        page = Client()
        page.force_login(User.objects.get(username="lin"))
        shown = page.get(f"/tickets/{ref.ticket.number}/").content.decode()
        assert "<script>fetch(" not in shown
        assert "<img src=x" not in shown


def test_a_call_that_is_cut_too_deep_too_large_or_no_text_is_refused(row: Connector) -> None:
    answers = {one.name.rpartition(", ")[2]: sent(row, one) for one in variations(recorded("generic")[0])}
    assert answers == {"cut": 401, "deep": 401, "large": 413, "not text": 401}
    assert not Ticket.objects.exists()
