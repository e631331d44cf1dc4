"""Answers in the forms of strangers' systems (`answers`): older versions, what is null, numbers as texts, other times.

Each file holds what a connector is answered by address, and what must be read from it; those of mails have the forms
that the systems write today: pictures within a text, what is quoted, logos, deleted messages, guests.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from integrations.connectors import kinds
from integrations.connectors.errors import BadAnswer
from integrations.connectors.fields.mapping import Mapping, mapped
from integrations.connectors.kinds import Setup
from integrations.connectors.protocol import Connector
from integrations.connectors.wire.http import Http
from integrations.intake.history import words_of
from tests.integrations.rest_server import Answer, Asked, Rest, rest_server

ANSWERS = Path(__file__).resolve().parents[1] / "answers"
SEARCHES = {
    "zammad": ("/api/v1/tickets/search", {"tickets": "{rows}"}),
    "chatwoot": ("/api/v1/accounts/1/conversations", {"data": {"payload": "{rows}"}}),
    "zendesk": ("/api/v2/incremental/tickets/cursor.json", {"tickets": "{rows}", "end_of_stream": True}),
    "freescout": ("/api/conversations", {"_embedded": {"conversations": "{rows}"}, "page": None}),
    "redmine": ("/issues.json", {"issues": "{rows}"}),
    "glpi": ("/apirest.php/search/Ticket", {"totalcount": 3, "data": "{rows}"}),
    "qiyu": ("/openapi/v2/ticket/search", {"code": 200, "message": {"tickets": "{rows}"}}),
}


@pytest.fixture
def rest() -> Iterator[Rest]:
    with rest_server() as made:
        yield made


def told(kind: str) -> dict[str, Any]:
    return dict(json.loads((ANSWERS / f"{kind}.json").read_text("utf-8")))


def connector(kind: str, rest: Rest, options: dict[str, Any]) -> Connector:
    found = kinds.of(kind)
    assert found is not None
    options = {"url": rest.url, "networks": ["127.0.0.0/8"], **options}
    return found.build(Setup(f"{kind}-1", found.settings.model_validate(options), lambda name: "secret"))


def answering(answers: dict[str, Any]) -> Any:
    def handle(asked: Asked) -> Answer:
        answer = answers.get(f"{asked.method} {asked.path}")
        return (404, {}) if answer is None else (200, answer)

    return handle


@pytest.mark.parametrize("name", sorted(path.stem for path in ANSWERS.iterdir()))
def test_a_ticket_of_a_strangers_system_is_read_whole(name: str, rest: Rest) -> None:
    case, kind = told(name), name.partition("_")[0]
    rest.handle = answering(json.loads(json.dumps(case["answers"]).replace("{url}", rest.url)))
    remote = connector(kind, rest, case["options"]).fetch(case["id"])
    ours = mapped(remote, Mapping(), kinds.of(kind))
    read = {"subject": remote.subject, "text": ours.text, "customer": ours.customer_name}
    read |= {"mobile": ours.customer_mobile, "queue": remote.queue, "state": ours.state, "fields": dict(remote.fields)}
    assert read == case["want"]
    assert [[each.author.value, words_of(each)] for each in remote.messages] == case["said"]
    assert [file.name for file in remote.files] == case["files"]
    assert all(each.at is None or each.at.utcoffset() is not None for each in remote.messages)


@pytest.mark.parametrize("name", ["chatwoot_mail", "freescout_mail", "zammad_mail"])
def test_a_picture_within_a_mail_is_loaded_from_the_helpdesk_itself(name: str, rest: Rest) -> None:
    case = told(name)
    rest.handle = answering(json.loads(json.dumps(case["answers"]).replace("{url}", rest.url)))
    *_others, picture = connector(name.partition("_")[0], rest, case["options"]).fetch(case["id"]).files
    rest.handle = lambda asked: (200, b"\x89PNG")
    assert b"".join(picture.load()) == b"\x89PNG"
    assert rest.asked[-1].path.startswith(
        ("/rails/active_storage/", "/storage/attachment/", "/api/v1/ticket_attachment/")
    )


@pytest.mark.parametrize("kind", sorted(SEARCHES))
def test_one_strange_ticket_in_a_list_keeps_no_other_out(kind: str, rest: Rest) -> None:
    path, form = SEARCHES[kind]
    now = 4102444800  # a change that no search leaves out
    strange = {"id": 7, "2": 7, "updated_at": now, "subject": ["x"], "status": [], "project": "x", "createdAt": 1}
    rows = [
        {"id": 5, "2": 5, "updated_at": now, "last_activity_at": None},
        None,
        6 if kind == "zammad" else "x",
        strange,
    ]
    body = json.loads(json.dumps(form).replace('"{rows}"', json.dumps(rows)))
    method = "POST" if kind == "qiyu" else "GET"
    rest.handle = answering({**told(kind)["answers"], f"{method} {path}": body})
    assert {"5", "7"} <= set(connector(kind, rest, told(kind)["options"]).changed_since("").external_ids)


def test_a_file_without_an_address_is_said_to_have_none_and_nothing_is_loaded(rest: Rest) -> None:
    with pytest.raises(BadAnswer):
        next(Http(rest.url, networks=["127.0.0.0/8"]).load(""))
    assert rest.asked == []


def test_an_address_without_a_scheme_is_the_other_hosts(rest: Rest) -> None:
    assert Http("https://desk.example.com/api").url("//files.example.com/x") == "https://files.example.com/x"
