"""What no documentation confirmed of a helpdesk's interface is a setting: another form needs no new release."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from pydantic import ValidationError

from integrations.connectors import kinds
from integrations.connectors.errors import BadAnswer, ConnectorError, NotAllowed
from integrations.connectors.kinds import Setup
from integrations.connectors.protocol import Incoming, Level
from integrations.connectors.wecom import api
from integrations.models import Connector
from tests.integrations.desks.base import Desk
from tests.integrations.desks.chatwoot import ChatwootDesk
from tests.integrations.desks.freescout import FreeScoutDesk
from tests.integrations.desks.glpi import GlpiDesk
from tests.integrations.desks.wecom import WeComDesk
from tests.integrations.desks.zendesk import ZendeskDesk

SETTINGS = {
    "chatwoot": {"id", "file_url", "note_path", "note_body", "status_path", "status_body", "tags_path", "tags_body"},
    "zendesk": {"id", "delivery_header", "signed_s", "merged_tag", "change_path", "note_body", "status_body", "safe"},
    "freescout": {"tags_path", "tags_body", "tags_replace"},
    "glpi": {"id", "note_path", "note_body"},
    "wecom": {"states", "media_days", "sent_before", "expired_codes", "refused_codes", "limited_codes", "late_codes"},
}


def wire(kind: str) -> dict[str, Any]:
    found = kinds.of(kind)
    assert found is not None
    fields = found.settings.model_fields.items()
    return {name: info for name, info in fields if (info.json_schema_extra or {}).get("wire")}  # type: ignore[union-attr]


def made(desk: Desk, **options: Any) -> Any:
    kind = kinds.of(desk.kind)
    assert kind is not None
    settings = cast("Any", kind.settings)(url=desk.url, networks=["127.0.0.0/8"], **{**desk.options(), **options})
    return kind.build(Setup("x-1", settings, lambda name: desk.secrets.get(name, "")))


@pytest.mark.parametrize("kind", sorted(SETTINGS))
def test_what_is_not_confirmed_is_a_setting_with_the_usual_form_filled_in(kind: str) -> None:
    found = wire(kind)
    assert set(found) >= SETTINGS[kind]
    assert all(not info.is_required() and info.title for info in found.values())


@pytest.mark.parametrize(
    ("desk", "options", "act", "path", "body"),
    [
        (
            ChatwootDesk(),
            {"note_path": "talks/{id}/lines", "note_body": '{"text": "{text}", "hidden": "{internal}"}'},
            lambda helpdesk: helpdesk.note("7", "好", marker="m"),
            "/api/v1/accounts/2/talks/7/lines",
            {"text": "好", "hidden": True},
        ),
        (
            ChatwootDesk(),
            {"status_path": "talks/{id}", "status_body": '{"to": {"state": "{status}"}}'},
            lambda helpdesk: helpdesk.set_status("7", "resolved"),
            "/api/v1/accounts/2/talks/7",
            {"to": {"state": "resolved"}},
        ),
        (
            ZendeskDesk(),
            {"change_path": "api/v3/tickets/{id}", "tags_body": '{"tags": {"add": "{tags}"}}'},
            lambda helpdesk: helpdesk.add_tags("7", ["a b"]),
            "/api/v3/tickets/7",
            {"tags": {"add": ["a_b"]}},
        ),
        (
            FreeScoutDesk(),
            {"tags_path": "api/labels/{id}", "tags_body": '{"names": "{tags}"}', "tags_replace": False},
            lambda helpdesk: helpdesk.add_tags("7", ["ai"]),
            "/api/labels/7",
            {"names": ["ai"]},
        ),
        (
            GlpiDesk(),
            {"note_path": "Tickets/{id}/Note", "note_body": '{"ticket": "{id}", "words": "{text}"}'},
            lambda helpdesk: helpdesk.note("7", "a<b", marker="m"),
            "/apirest.php/Tickets/7/Note",
            {"ticket": 7, "words": "a&lt;b"},
        ),
    ],
    ids=["chatwoot-note", "chatwoot-status", "zendesk-tags", "freescout-tags", "glpi-note"],
)
def test_what_is_written_goes_where_and_as_the_setting_says(
    desk: Desk, options: dict[str, Any], act: Callable[[Any], Any], path: str, body: Any
) -> None:
    with desk.running():
        held = desk.file("请退款")
        desk.tickets = {7: replace(held, id=7, tags=["vip"])}
        with suppress(ConnectorError):  # this server knows the usual form only
            act(made(desk, **options))
    written = [asked.json() for asked in desk.asked if asked.path == path and asked.method != "GET"]
    assert written == [body]


@pytest.mark.parametrize(
    ("desk", "body"),
    [
        (ChatwootDesk(), b'{"talk": {"nr": "7"}}'),
        (ZendeskDesk(), b'{"talk": {"nr": 7}}'),
        (GlpiDesk(), b'{"talk": {"nr": 7}}'),
    ],
    ids=["chatwoot", "zendesk", "glpi"],
)
def test_a_call_names_its_ticket_where_the_setting_says(desk: Desk, body: bytes) -> None:
    now = datetime.now(UTC)
    call = desk.sealed(body, "d", now)
    incoming = Incoming({name.lower(): text for name, text in call.headers.items()}, call.body, now, {})
    desk.url = "https://desk.example.com"
    assert made(desk, id="talk.nr").verify(incoming).external_ids == ("7",)
    assert made(desk).verify(incoming).external_ids == ()


def test_the_meaning_of_wecoms_codes_and_states_can_be_changed() -> None:
    desk = WeComDesk()
    with desk.running():
        helpdesk = made(desk, refused_codes=[777], late_codes=[888], states=list("abcde"))
        held = desk.file("请退款")
        assert helpdesk._status("wkAccount", f"wm{held.id}") == "d"
        assert type(api.error_of(777, "x", helpdesk._codes)) is NotAllowed
        assert "别的方式" in api.error_of(888, "x", helpdesk._codes).text
        assert type(api.error_of(48002, "x", helpdesk._codes)) is BadAnswer


@pytest.mark.parametrize(
    "options",
    [
        {"note_body": "{"},
        {"note_body": ""},
        {"note_path": "talks"},
        {"note_path": "https://other.example.com/{id}"},
        {"note_path": "//other.example.com/{id}"},
        {"id": "]["},
        {"file_url": ""},
    ],
)
def test_a_form_that_cannot_be_meant_is_refused(options: dict[str, str]) -> None:
    desk = ChatwootDesk()
    desk.url = "https://desk.example.com"
    with pytest.raises(ValidationError):
        made(desk, **options)


def test_an_address_with_a_key_in_it_is_refused() -> None:
    desk = ChatwootDesk()
    desk.url = "https://desk.example.com/?api_key=key"
    with pytest.raises(ValidationError, match="密钥"):
        made(desk)


def test_the_page_shows_them_folded_with_the_usual_form_and_opens_them_where_one_is_wrong(ann: User) -> None:
    client = Client()
    client.force_login(ann)
    client.post(reverse("connectors"), {"kind": "chatwoot", "name": "客服"})
    address = reverse("connector", args=[Connector.objects.get().pk])
    page = client.get(address).content.decode()
    assert '<details class="wire">' in page
    assert "conversations/{id}/toggle_status" in page
    posted = {"name": "客服", "poll_s": "60", "o-url": "https://d.example.com", "o-account": "2", "o-note_body": "{"}
    wrong = client.post(address, posted)
    assert wrong.status_code == 400
    assert '<details class="wire" open>' in wrong.content.decode()
    assert "不是 JSON" in wrong.content.decode()


def test_a_token_that_no_header_can_hold_is_told_in_words() -> None:
    desk = ChatwootDesk()
    with desk.running():
        kind = kinds.of(desk.kind)
        assert kind is not None
        settings = cast("Any", kind.settings)(url=desk.url, networks=["127.0.0.0/8"], **desk.options())
        [finding] = kind.build(Setup("x-1", settings, lambda name: "令牌")).test()
    assert finding.level is Level.PROBLEM
    assert "密钥" in str(finding.text)
