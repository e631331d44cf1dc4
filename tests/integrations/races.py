"""Of many calls with one key at once one acts and all get its answer. Run by test_real_databases.py."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User

from tests.integrations.conftest import Program
from tests.tickets.races import at_once
from tickets.models import Department, Ticket
from tickets.permissions import SCOPES
from tickets.services.people import api_tokens
from tickets.services.tickets.changes import create_ticket

pytestmark = [pytest.mark.django_db(transaction=True)]


def test_four_at_once_with_one_key_are_one_act(lin: User) -> None:
    program = Program(api_tokens.make(lin, "race", scopes=SCOPES))
    answers = at_once(*(lambda: program.post("/tickets", {"text": "退款"}, key="k") for _ in range(4)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["number"] for answer in answers}) == 1
    assert Ticket.objects.count() == 1
    assert sum("Idempotent-Replayed" in answer for answer in answers) == 3


def test_of_two_changes_of_one_version_at_once_one_is_made(lin: User, department: Department) -> None:
    program = Program(api_tokens.make(lin, "race", scopes=SCOPES))
    ticket = create_ticket(user=lin, subject="s", text="t")
    etag = program.get(f"/tickets/{ticket.number}")["ETag"]

    def change(priority: int) -> Any:
        return program.patch(f"/tickets/{ticket.number}", {"priority": priority}, if_match=etag)

    answers = at_once(lambda: change(1), lambda: change(4))
    assert sorted(answer.status_code for answer in answers) == [200, 412]
