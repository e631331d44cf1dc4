"""Each helpdesk without a connector of its own is set up on the page alone; its calls become what they are about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from integrations.connectors.errors import Refused
from integrations.connectors.fields.mapping import data_of
from integrations.connectors.generic.connector import GenericConnector
from integrations.connectors.generic.settings import GenericSettings
from integrations.connectors.kinds import Setup
from integrations.connectors.protocol import Incoming, RemoteTicket
from tests.integrations.generic.senders import KEY, NOW, URL, Sender
from tests.integrations.generic.senders_packed import PACKED
from tests.integrations.generic.senders_signed import SIGNED

SENDERS = (*SIGNED, *PACKED)
AT = datetime.fromtimestamp(NOW, UTC)


def connector(sender: Sender, key: str = KEY) -> GenericConnector:
    its = GenericSettings(**sender.typed)
    return GenericConnector(Setup("generic-1", its, lambda name: key if name == "signing" else ""))


def incoming(sender: Sender) -> Incoming:
    return Incoming(sender.headers, sender.body, AT, sender.query, "POST", URL)


@pytest.mark.parametrize("sender", SENDERS, ids=lambda sender: str(sender.name))
def test_a_call_is_believed_and_names_its_tickets(sender: Sender) -> None:
    it = connector(sender)
    delivery = it.verify(incoming(sender))
    parts = delivery.parts or (delivery,)
    assert [number for part in parts for number in part.external_ids] == [one["id"] for one in sender.truth]
    if "fetch_path" not in sender.typed:
        for part, truth in zip(parts, sender.truth, strict=True):
            _is_as(it.fetch(part.external_ids[0], part.content), truth)


def _is_as(ticket: RemoteTicket, truth: Mapping[str, object]) -> None:
    data = data_of(ticket)
    assert (ticket.external_id, ticket.subject) == (truth["id"], truth["subject"])
    assert str(truth["text"]) in data["text"]
    assert str(truth.get("not", "<script")) not in data["text"]
    told = {
        "name": ticket.requester.name,
        "mobile": ticket.requester.mobile,
        "tags": ticket.tags,
        "status": ticket.status,
        "at": ticket.updated_at and int(ticket.updated_at.timestamp()),
        "messages": tuple((row["text"], str(row["author"]), row["internal"]) for row in data["messages"]),
        "files": tuple(file.name for file in ticket.files),
    }
    assert {name: told[name] for name in told if name in truth} == {name: truth[name] for name in told if name in truth}


@pytest.mark.parametrize("sender", SENDERS, ids=lambda sender: str(sender.name))
def test_a_call_with_another_key_without_its_proof_or_with_another_body_is_refused(sender: Sender) -> None:
    call = incoming(sender)
    name = str(sender.typed["signature_name"])
    without = {key: text for key, text in call.headers.items() if key != name.lower()}
    with pytest.raises(Refused):
        connector(sender, "another").verify(call)
    with pytest.raises(Refused, match=name):
        connector(sender).verify(replace(call, headers=without, query={}))
    if sender.typed["signing"] != "secret":
        with pytest.raises(Refused):
            connector(sender).verify(replace(call, body=sender.body + b" "))
    if sender.typed.get("time_name"):
        for late in (-600, 600):
            with pytest.raises(Refused):
                connector(sender).verify(replace(call, received_at=datetime.fromtimestamp(NOW + late, UTC)))
