"""Whatever is sent as a number, as JSON or in an address, the answer is one for people and never a stack trace."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.urls.converters import IntConverter
from hypothesis import example, given
from hypothesis import strategies as st

import consoles
import integrations.urls
from consoles.consumers import base
from consoles.consumers.gestures import read_gesture
from consoles.urls import urlpatterns
from tests import hostile_walk
from tests.consoles import story
from tests.consoles.rules import test_access
from tests.consoles.rules.test_access import World, declaration
from tests.consoles.sockets.test_sockets import closing_code, opened, told
from tests.hostile_walk import (
    DEEP,
    HUGE,
    LONGEST_QUERY,
    NUMBERS_AND_JSON,
    TEXTS,
    every_pattern,
    names_in,
    walked,
    words_of,
)
from tickets.errors import Invalid
from tickets.models import (
    Confirmation,
    FlowDraft,
    Ticket,
)
from tickets.web.given import read_json, whole_number

PLAIN = [value for value in [*NUMBERS_AND_JSON, *TEXTS] if len(value) < LONGEST_QUERY]  # for addresses and headers
HEADERS = ("Range", "If-Range", "If-None-Match", "X-Parts", "X-Run", "X-Last-Step", "Idempotency-Key", "HX-Request")


@pytest.fixture
def as_root(alice: User, settings: Any) -> Client:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, hostile_walk.MIDDLEWARE]
    User.objects.filter(pk=alice.pk).update(is_superuser=True, is_staff=True)
    client = Client(raise_request_exception=False)
    client.force_login(alice)
    return client


def _addresses(world: World, reader: User) -> dict[str, str]:
    return {str(each.name): world.address(str(each.name), reader) for each in urlpatterns if _is_plain(each)}


def _is_plain(pattern: Any) -> bool:
    """Without signed tokens, and without those that end the session or say themselves that a part is away."""
    return "token" not in pattern.pattern.converters and pattern.name not in {"logout", "healthz"}


world = test_access.world  # the fixture

# Names that no page asks for here, and why.
ELSEWHERE = {
    "thumb": "of pictures by signed addresses: only whether it is there is asked",
    "pass": "of a frame with a code, for a helpdesk that is set up: tests.consoles.embed.test_entering",
}


def test_no_query_and_no_form_breaks_a_page_whatever_it_asks_for(as_root: Client, world: World, alice: User) -> None:
    asked: set[str] = set()
    views = {pattern.name: pattern.callback for pattern in urlpatterns}
    as_root.post("/flows/complaint_refund/draft/open/")
    valid = {  # what views look up before they read on
        "ticket": world.run.ticket.number,
        "flow": world.slug,
        "draft": str(FlowDraft.objects.get().pk),
        "revision": "1",
        "phone": str(world.run.phone_id),
        "area": "0.1,0.1,0.2,0.2",
    }
    for name, address in _addresses(world, alice).items():
        for method in {"GET", "POST"} & set(declaration(name).methods):
            asked |= walked(as_root, address, method, words_of(views[name]), valid)
    fresh = story.new_ticket(world.run.ticket.department)
    for name in ("ticket-value", "ticket-ask"):  # for a ticket that no run handles yet
        asked |= walked(as_root, reverse(name, args=[fresh.number]), "POST", words_of(views[name]), valid)
    as_root.logout()
    asked |= walked(as_root, reverse("login"), "POST", {})
    sources = (path.read_text("utf-8") for path in Path(str(consoles.__file__)).parent.rglob("*.py"))
    unasked = set().union(*map(names_in, sources)) - asked
    assert unasked == set(ELSEWHERE), f"no view asked for {sorted(unasked)}: say in `valid` what has to be sent first"


def test_every_address_of_the_product_is_walked_by_some_test() -> None:
    pages = {*urlpatterns, *integrations.urls.urlpatterns}
    assert [pattern for pattern in every_pattern() if pattern not in pages] == []


@pytest.mark.parametrize("page", ["audit", "audit-export", "api-audit", "replays", "ticket-list", "ticket-numbers"])
@pytest.mark.parametrize(
    "query", ["since=0001-01-01", "until=9999-12-31", "from=0001-01-01", "before=0001-01-01T00:00:00%2B14:00"]
)
def test_a_day_at_the_ends_of_the_calendar_breaks_no_page(as_root: Client, page: str, query: str) -> None:
    answer = as_root.get(f"{reverse(page)}?{query}")
    assert answer.status_code < 500
    assert b"Traceback" not in story.body(answer)


@pytest.mark.parametrize("digits", ["9" * 20, HUGE])
def test_a_number_in_an_address_that_no_database_keeps_is_not_there(
    as_root: Client, world: World, alice: User, digits: str
) -> None:
    for pattern in urlpatterns:
        numbers = [key for key, kind in pattern.pattern.converters.items() if isinstance(kind, IntConverter)]
        for number in numbers:
            address = world.address(str(pattern.name), alice, **{number: digits})
            for method in {"GET", "POST"} & set(declaration(str(pattern.name)).methods):
                answer = as_root.get(address) if method == "GET" else as_root.post(address)
                assert answer.status_code in {302, 400, 404}, (method, address[:60])


def test_no_header_breaks_a_page(as_root: Client, world: World, alice: User) -> None:
    addresses = [world.address(name, alice) for name in ("ticket-state", "confirmation-picture", "ticket-list")]
    for value, address in product([value for value in PLAIN if value.isascii() and value.isprintable()], addresses):
        headers = dict.fromkeys(HEADERS, value) | {"Range": f"bytes={value}-{value}"}
        assert as_root.get(address, headers=headers).status_code < 500, (address, value[:40])


def test_no_address_breaks_the_console(as_root: Client) -> None:
    rooms = ("tickets", "runs", "flows", "files/steps", "confirmations", "api/audit")
    for value, room, after in product(filter(None, PLAIN), rooms, ("", "/x/")):
        answer = as_root.get(f"/{room}/{quote(value, safe='')}/{after}")
        assert answer.status_code < 500, (room, value[:40], after)


@pytest.mark.parametrize("start", ["9" * 5000, "0" * 5000 + "1"])
def test_a_range_of_thousands_of_digits_is_answered(as_alice: Client, confirmation: Confirmation, start: str) -> None:
    from consoles.web import media

    address = media.address(media.Kind.CONFIRMATION, confirmation.pk)
    for header in (f"bytes={start}-", f"bytes=-{start}", f"bytes=0-{start}"):
        assert as_alice.get(address, headers={"Range": header}).status_code in {200, 206, 416}


@pytest.mark.parametrize(
    "text", [DEEP, '{"a":' * 500, "[NaN]", "[-Infinity]", f"[{'1' * 5000}]", '{"a": "\\ud800"}', '["\\u0000"]', "", "{"]
)
def test_a_definition_that_cannot_be_kept_is_refused_in_words(as_root: Client, refund_flow: Any, text: str) -> None:
    as_root.post("/flows/complaint_refund/draft/open/")
    draft = FlowDraft.objects.get()
    sent = {"draft": draft.pk, "revision": 1, "definition": text}
    answer = as_root.post("/flows/complaint_refund/draft/save/", sent)
    assert answer.status_code == 422
    assert "problems" in answer.content.decode()
    with pytest.raises(ValueError, match=r"\S"):
        read_json(text)


@given(
    st.recursive(st.none() | st.booleans() | st.integers() | st.text('ab"\\[]{}'), lambda x: st.lists(x, max_size=3))
)
def test_json_that_can_be_kept_is_read_as_it_is(value: Any) -> None:
    assert read_json(json.dumps(value), 99) == value


@given(st.text(max_size=30) | st.text("0123456789 +-._e\n٣", max_size=30))
@example("0 ")
def test_a_whole_number_is_plain_digits_between_blanks_and_nothing_else(text: str) -> None:
    number, digits = whole_number(text), text.strip()
    assert number is None or f"{number:0{len(digits)}d}" == digits


BAD_GESTURES: list[dict[str, Any]] = [
    {"kind": "tap", "at": [float("nan"), 0.5]},
    {"kind": "tap", "at": [10**400, 0.5]},
    {"kind": "tap", "at": [0.5, 0.5], "seconds": float("nan")},
    {"kind": "tap", "at": [0.5, 0.5], "seconds": float("inf")},
    {"kind": "tap", "at": [0.5, 0.5], "seconds": 10**400},
    {"kind": "tap", "at": ["0.5", True]},
    {"kind": "tap", "at": {"0": 0.5}},
    {"kind": "tap", "at": "12"},
    {"kind": "tap", "at": None},
    {"kind": "swipe", "at": [0.1] * 100_000},
    {"kind": "type", "text": "a\ud800"},
    {"kind": "type", "text": "a\0"},
    {"kind": "type", "text": ["a"]},
    {"kind": "type", "text": 5},
    {"kind": "key", "key": {}},
    {"kind": ["tap"]},
    {},
]


@pytest.mark.parametrize("message", BAD_GESTURES, ids=lambda message: repr(message)[:40])
def test_what_no_phone_could_carry_out_is_refused_at_the_door(message: dict[str, Any]) -> None:
    with pytest.raises(Invalid, match="bad_gesture"):
        read_gesture(message, takeover="t", user_id=1, size=(1080, 2400))


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(), lambda x: st.lists(x, max_size=4)
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(("kind", "at", "seconds", "text", "key"), JSON)))
def test_any_message_is_a_gesture_a_phone_could_carry_out_or_refused(message: dict[str, Any]) -> None:
    try:
        gesture = read_gesture(message, takeover="t", user_id=1, size=(1080, 2400))
    except Invalid:
        return
    gesture.pack().decode()
    assert 0.05 <= gesture.seconds <= 5
    assert all(0 <= place < 2400 for place in gesture.points)
    gesture.text.encode()


@pytest.mark.django_db(transaction=True)
async def test_a_socket_that_is_not_there_is_closed_in_words(alice: User) -> None:
    for path in ("/ws/", "/ws/nothing/", "/", "/ws/runs/not-a-run/phone/"):
        assert await closing_code(path, alice) == base.NOT_FOUND


@pytest.mark.django_db(transaction=True)
async def test_hostile_messages_leave_a_socket_as_it_was(alice: User, ticket: Ticket) -> None:
    async with opened(f"/ws/tickets/{ticket.number}/", alice) as connection:
        await told(connection, "hello")
        for text in (
            "[" * 8000,
            '{"type":' * 1000,
            "[NaN]",
            "1" * 8000,
            "{}",
            '"',
            '{"type": {}}',
            "\0",
            '{"type":NaN}',
        ):
            await connection.send_text(text)
            assert (await told(connection, "error"))["code"] == "unknown_command"
        await connection.send_json({"type": "ping"})
        assert (await told(connection, "hello"))["run"] == ""
    await sync_to_async(ticket.refresh_from_db)()
