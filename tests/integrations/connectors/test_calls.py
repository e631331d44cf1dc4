"""Which ticket a call is about, read from its body."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User

from integrations.connectors.build import build
from integrations.connectors.protocol import Incoming
from integrations.connectors.wire.paging import named
from tests.integrations.connectors.test_conformance import set_up
from tests.integrations.desks.freescout import FreeScoutDesk
from tickets.models import Department


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        (84, ("84",)),
        ("84", ("84",)),
        ("8 4", ()),
        ("８４", ()),
        (True, ()),
        (-1, ()),
        (10**15, ()),
        ("9" * 400, ()),
        ("<b>4</b>", ()),
    ],
    ids=["number", "digits", "gap", "full width", "truth", "negative", "too large", "too long", "markup"],
)
def test_a_tickets_number_may_be_written_as_a_number_or_as_its_digits(value: Any, ids: tuple[str, ...]) -> None:
    assert named(value) == ids


def test_a_call_about_a_customer_is_about_no_conversation_of_the_same_number(lin: User, department: Department) -> None:
    with FreeScoutDesk().running() as desk:
        connector = build(set_up(desk, lin, department, "freescout-1"))
        call = desk.sealed(b'{"id": 75, "firstName": "x"}', "one", datetime.now(UTC))
    headers = {name.lower(): value for name, value in call.headers.items()}
    about = {}
    for event in ("convo.created", "customer.updated"):
        incoming = Incoming({**headers, "x-freescout-event": event}, call.body, datetime.now(UTC))
        about[event] = connector.verify(incoming).external_ids
    assert about == {"convo.created": ("75",), "customer.updated": ()}
