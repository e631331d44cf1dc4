"""The websockets: who is let in, what they hear, and that nothing once allowed lasts."""

from __future__ import annotations

import asyncio
import io
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.db import OperationalError
from django.test import Client
from PIL import Image

from consoles.consumers import base, phone
from cs_agent.project.asgi import application
from tests.consoles import story
from tests.consoles.sockets.wire import Wire
from tests.redis_server import redis_server
from tickets.models import Phone, Run, Takeover, Ticket
from tickets.runner.host.handover import tell_late
from tickets.services.live import frames, gestures
from tickets.services.live.events import publish_phone, publish_run
from tickets.services.live.frames import Frame
from tickets.services.live.store import store
from tickets.services.runs import lifecycle as runs
from tickets.services.runs import switches, takeovers

pytestmark = pytest.mark.django_db(transaction=True)
ORIGIN = "http://localhost"


def cookie(user: User | None) -> bytes:
    if user is None:
        return b""
    client = Client()
    client.force_login(user)
    return f"sessionid={client.cookies['sessionid'].value}".encode()


def socket(path: str, session: bytes, origin: str = ORIGIN) -> Wire:
    headers = [(b"host", b"localhost"), (b"cookie", session)]
    if origin:
        headers.append((b"origin", origin.encode()))
    return Wire(application, path, headers)


@asynccontextmanager
async def opened(path: str, user: User | None) -> AsyncIterator[Wire]:
    connection = socket(path, await sync_to_async(cookie)(user))
    assert await connection.connect()
    try:
        yield connection
    finally:
        await connection.disconnect()


async def closing_code(path: str, user: User | None) -> int:
    async with opened(path, user) as connection:
        message = await connection.receive_output(timeout=5)
        assert message["type"] == "websocket.close"
        return int(message["code"])


async def told(connection: Wire, kind: str) -> dict[str, Any]:
    """The next text message of that type."""
    while True:
        message = await connection.receive_output(timeout=5)
        assert message["type"] == "websocket.send", message
        if message.get("text") and (said := json.loads(message["text"]))["type"] == kind:
            return said


@pytest.fixture
def ticket_path(ticket: Ticket) -> str:
    return f"/ws/tickets/{ticket.number}/"


async def test_a_socket_from_a_foreign_origin_is_refused(alice: User, ticket_path: str) -> None:
    session = await sync_to_async(cookie)(alice)
    for origin in ("https://evil.example", ""):
        assert not await socket(ticket_path, session, origin).connect()


async def test_a_socket_without_a_log_in_is_closed(ticket_path: str) -> None:
    assert await closing_code(ticket_path, None) == base.NOT_LOGGED_IN
    assert await closing_code("/ws/queue/", None) == base.NOT_LOGGED_IN


async def test_a_person_without_a_role_is_refused(alice: User, ticket_path: str) -> None:
    await sync_to_async(alice.groups.clear)()
    assert await closing_code(ticket_path, alice) == base.NOT_PERMITTED


async def test_a_ticket_of_another_department_is_not_there(charlie: User, ticket_path: str, run: Run) -> None:
    assert await closing_code(ticket_path, charlie) == base.NOT_FOUND
    assert await closing_code(f"/ws/runs/{run.pk}/phone/", charlie) == base.NOT_FOUND


async def test_the_page_learns_where_the_run_stands_and_hears_numbered_events(
    victor: User, ticket_path: str, run: Run
) -> None:
    async with opened(ticket_path, victor) as connection:
        hello = await told(connection, "hello")
        assert hello["run"] == str(run.pk)
        await sync_to_async(publish_run)(run, "step.changed", {"step": 1})
        event = await told(connection, "event")
        assert event["kind"] == "step.changed"
        assert event["seq"] == hello["seq"] + 1
        assert event["ticket"] == run.ticket.number


async def test_a_ping_tells_of_what_was_missed(victor: User, ticket_path: str, run: Run) -> None:
    async with opened(ticket_path, victor) as connection:
        first = await told(connection, "hello")
        await Run.objects.filter(pk=run.pk).aupdate(event_seq=first["seq"] + 5)
        await connection.send_json({"type": "ping"})
        assert (await told(connection, "hello"))["seq"] == first["seq"] + 5


async def test_the_queue_hears_of_its_own_departments_only(
    alice: User, charlie: User, ticket: Ticket, run: Run
) -> None:
    async with opened("/ws/queue/", alice) as hers, opened("/ws/queue/", charlie) as his:
        await told(hers, "hello")
        await told(his, "hello")
        await sync_to_async(publish_run)(run, "run.changed", {})
        assert (await told(hers, "changed"))["ticket"] == ticket.number
        assert await his.receive_nothing(0.2)


async def test_every_open_page_hears_at_once_that_all_is_paused(
    victor: User, charlie: User, sara: User, ticket_path: str, run: Run
) -> None:
    async with opened(ticket_path, victor) as page, opened("/ws/queue/", charlie) as queue:
        await told(page, "hello")
        await told(queue, "hello")
        await sync_to_async(switches.pause_all)(sara, "系统维护")
        assert (await told(page, "event"))["kind"] == "automation.changed"
        assert (await told(queue, "changed"))["kind"] == "automation.changed"


async def test_a_ticket_page_hears_of_its_own_phone_only(
    victor: User, ticket_path: str, run: Run, phone: Phone
) -> None:
    other = await Phone.objects.acreate(name="二号机", serial="127.0.0.1:5999", queue="phones")
    async with opened(ticket_path, victor) as page, opened("/ws/queue/", victor) as queue:
        await told(page, "hello")
        await told(queue, "hello")
        await sync_to_async(publish_phone)(other)
        assert (await told(queue, "changed"))["kind"] == "phone.changed"
        assert await page.receive_nothing(0.2)


async def test_a_colleague_who_looks_at_the_ticket_breaks_no_phone_socket(
    victor: User, alice: User, ticket_path: str, run: Run
) -> None:
    async with opened(f"/ws/runs/{run.pk}/phone/", victor) as connection:
        async with opened(ticket_path, alice) as page:
            await told(page, "hello")
        await connection.send_json({"type": "ping", "id": 7})
        assert (await told(connection, "pong"))["id"] == 7


async def log_out(user: User) -> None:
    from django.contrib.sessions.models import Session

    await Session.objects.all().adelete()


async def lose_role(user: User) -> None:
    await sync_to_async(user.groups.clear)()


async def change_password(user: User) -> None:
    user.set_password("another-long-password")
    await user.asave()


async def be_blocked(user: User) -> None:
    user.is_active = False
    await user.asave()


@pytest.mark.parametrize(
    ("happens", "code"),
    [(log_out, 4401), (lose_role, 4403), (change_password, 4401), (be_blocked, 4401)],
)
async def test_the_next_command_after_a_role_or_session_ended_closes_the_socket(
    victor: User, ticket_path: str, happens: Callable[[User], Any], code: int
) -> None:
    async with opened(ticket_path, victor) as connection:
        await told(connection, "hello")
        await happens(victor)
        await connection.send_json({"type": "ping"})
        message = await connection.receive_output(timeout=5)
        assert (message["type"], message["code"]) == ("websocket.close", code)


async def test_a_silent_socket_is_closed_too(victor: User, ticket_path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "CHECK_EVERY_S", 0.05)
    async with opened(ticket_path, victor) as connection:
        await told(connection, "hello")
        await lose_role(victor)
        message = await connection.receive_output(timeout=5)
        assert message["code"] == base.NOT_PERMITTED


async def test_a_database_that_was_away_for_a_moment_ends_neither_a_socket_nor_its_checks(
    victor: User, ticket_path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures, look = 3, base.session_user

    def failing_at_first(scope: dict[str, Any]) -> Any:
        nonlocal failures
        if failures:
            failures -= 1
            raise OperationalError("the database system is starting up")
        return look(scope)

    monkeypatch.setattr(base, "CHECK_EVERY_S", 0.05)
    monkeypatch.setattr(base, "RETRY_S", 0.05)
    async with opened(ticket_path, victor) as connection:
        await told(connection, "hello")
        monkeypatch.setattr(base, "session_user", failing_at_first)
        await lose_role(victor)
        message = await connection.receive_output(timeout=5)
        assert (message["type"], message["code"], failures) == ("websocket.close", base.NOT_PERMITTED, 0)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '"x"', '{"type": "fly"}', '{"type": ["ping"]}', '{"type":"ping","x":"' + "y" * 20_000 + '"}'],
)
async def test_a_message_that_is_no_command_is_told_so_and_changes_nothing(
    victor: User, ticket_path: str, text: str
) -> None:
    async with opened(ticket_path, victor) as connection:
        await told(connection, "hello")
        await connection.send_text(text)
        assert (await told(connection, "error"))["code"] == "unknown_command"


# --- the live phone, with a real Redis -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    with redis_server() as url:
        yield url


@pytest.fixture
def redis(redis_url: str, settings: Any) -> Iterator[str]:
    settings.REDIS_URL = redis_url
    store.cache_clear()
    store().flushdb()
    yield redis_url
    store.cache_clear()


def show(phone_row: Phone, number: int, age_s: float = 0.0, colour: str = "red") -> None:
    data = io.BytesIO()
    Image.new("RGB", (54, 120), colour).save(data, "JPEG")
    for covered in (True, False):
        frame = Frame(number, time.time() - age_s, 1080, 2400, data.getvalue())
        frames.publish(phone_row.pk, frame, covered=covered)


async def next_frame(connection: Wire) -> tuple[tuple[int, ...], bytes]:
    """Header (age, width, height, number) and JPEG of the next picture."""
    while True:
        message = await connection.receive_output(timeout=5)
        assert message["type"] == "websocket.send", message
        if message.get("bytes"):
            data = message["bytes"]
            return phone.HEADER.unpack_from(data), data[phone.HEADER.size :]


def phone_path(run: Run) -> str:
    return f"/ws/runs/{run.pk}/phone/"


async def test_a_viewer_gets_the_newest_frame_with_its_age(redis: str, victor: User, run: Run, phone: Phone) -> None:
    await sync_to_async(story.drive)(run, phone)
    show(phone, 7, age_s=0.5)
    async with opened(phone_path(run), victor) as connection:
        (age, width, height, number), jpeg = await next_frame(connection)
        assert 500 <= age < 3000
        assert (width, height, number) == (1080, 2400, 7)
        assert jpeg.startswith(b"\xff\xd8")


async def test_one_frame_is_in_flight_and_the_next_is_the_newest_then(
    redis: str, victor: User, run: Run, phone: Phone
) -> None:
    await sync_to_async(story.drive)(run, phone)
    show(phone, 1)
    async with opened(phone_path(run), victor) as connection:
        await next_frame(connection)
        for number in range(2, 30):
            show(phone, number)
        assert await connection.receive_nothing(0.3)
        await connection.send_json({"type": "ack", "seq": 1})
        header, _jpeg = await next_frame(connection)
        assert header[3] == 29


async def test_an_unchanged_screen_sends_its_age_and_no_picture(
    redis: str, victor: User, run: Run, phone: Phone
) -> None:
    await sync_to_async(story.drive)(run, phone)
    show(phone, 1)
    async with opened(phone_path(run), victor) as connection:
        await next_frame(connection)
        await connection.send_json({"type": "ack", "seq": 1})
        show(phone, 1)
        message = await connection.receive_output(timeout=5)
        assert json.loads(message["text"])["type"] == "fresh"
        assert json.loads(message["text"])["age"] < 2000


async def test_a_screen_that_did_not_change_for_minutes_is_live_all_the_same(
    redis: str, alice: User, run: Run, phone: Phone
) -> None:
    await sync_to_async(story.drive)(run, phone)
    show(phone, 1, age_s=300)
    frames.confirm(phone.pk, time.time())
    async with opened(phone_path(run), alice) as connection:
        (age, *_rest), _jpeg = await next_frame(connection)
        assert age < 5000


async def test_only_who_decides_or_takes_over_sees_the_screen_uncovered(
    redis: str, alice: User, victor: User, run: Run, phone: Phone
) -> None:
    await sync_to_async(story.drive)(run, phone)
    show(phone, 1)
    frames.publish(phone.pk, Frame(8, time.time(), 1080, 2400, b"bare"))
    frames.publish(phone.pk, Frame(9, time.time(), 1080, 2400, b"covered"), covered=True)
    async with opened(phone_path(run), alice) as hers, opened(phone_path(run), victor) as his:
        assert (await next_frame(hers))[1] == b"bare"
        assert (await next_frame(his))[1] == b"covered"


@pytest.mark.parametrize("lost", [{"status": "succeeded"}, {"phone": None}], ids=["ended", "without_its_phone"])
async def test_the_next_runs_screen_is_not_shown_although_no_event_told_that_this_run_lost_the_phone(
    redis: str, alice: User, run: Run, phone: Phone, lost: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("consoles.consumers.phone.HOLD_CHECK_S", 0.0)
    await sync_to_async(story.drive)(run, phone)
    show(phone, 1)
    async with opened(phone_path(run), alice) as connection:
        await next_frame(connection)
        await Run.objects.filter(pk=run.pk).aupdate(**lost)
        show(phone, 2)
        await connection.send_json({"type": "ack", "seq": 1})
        assert await told(connection, "waiting")
        show(phone, 3)
        assert await connection.receive_nothing(0.3)


def readers(phone_row: Phone) -> int:
    channel = frames._channel(phone_row.pk, covered=True)
    return int(store().pubsub_numsub(channel)[0][1])


async def test_viewers_of_one_phone_share_a_reader_and_none_waits_for_another(
    redis: str, victor: User, run: Run, phone: Phone
) -> None:
    await sync_to_async(story.drive)(run, phone)
    show(phone, 1)
    async with opened(phone_path(run), victor) as stalled, opened(phone_path(run), victor) as quick:
        await next_frame(stalled)
        for number in (2, 3, 4):
            header, _jpeg = await next_frame(quick)
            assert header[3] == number - 1
            show(phone, number)
            await quick.send_json({"type": "ack", "seq": number - 1})
        header, _jpeg = await next_frame(quick)
        assert (header[3], readers(phone)) == (4, 1)
        await stalled.send_json({"type": "ack", "seq": 1})
        header, _jpeg = await next_frame(stalled)
        assert header[3] == 4
    async with opened(phone_path(run), victor) as again:
        header, _jpeg = await next_frame(again)
        assert (header[3], readers(phone)) == (4, 1)


async def test_while_no_phone_is_assigned_the_viewer_waits_and_then_sees_it(
    redis: str, victor: User, run: Run, phone: Phone
) -> None:
    async with opened(phone_path(run), victor) as connection:
        await told(connection, "waiting")
        show(phone, 1)
        await sync_to_async(story.drive)(run, phone)
        header, _jpeg = await next_frame(connection)
        assert header[3] == 1


async def test_the_end_of_the_run_ends_the_stream(redis: str, victor: User, run: Run, phone: Phone) -> None:
    run = await sync_to_async(story.drive)(run, phone)
    show(phone, 1)
    async with opened(phone_path(run), victor) as connection:
        await next_frame(connection)
        await connection.send_json({"type": "ack", "seq": 1})
        await sync_to_async(runs.end)(run, "failed", result="x")
        await told(connection, "ended")
        show(phone, 2)
        assert await connection.receive_nothing(0.3)


async def test_a_redis_that_is_away_makes_the_viewer_wait_not_fail(
    settings: Any, victor: User, run: Run, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    await sync_to_async(story.drive)(run, phone)
    async with opened(phone_path(run), victor) as connection:
        await told(connection, "waiting")
        await connection.send_json({"type": "ping", "id": 3})
        assert (await told(connection, "pong"))["id"] == 3


async def driving(run: Run, phone_row: Phone, user: User) -> Takeover:
    takeover = await sync_to_async(story.take_over)(run, phone_row, user)
    show(phone_row, 1)
    return takeover


def received(redis_url: str, phone_row: Phone) -> gestures.Gesture | None:
    import redis as client

    return gestures.receive(client.Redis.from_url(redis_url), phone_row.pk, 2)


async def test_the_holder_taps_in_the_phones_own_pixels(redis: str, alice: User, run: Run, phone: Phone) -> None:
    takeover = await driving(run, phone, alice)
    async with opened(phone_path(run), alice) as connection:
        await next_frame(connection)
        await connection.send_json({"type": "gesture", "id": 1, "kind": "tap", "at": [0.5, 0.25]})
        assert (await told(connection, "sent"))["id"] == 1
        gesture = await sync_to_async(received)(redis, phone)
    assert gesture is not None
    assert gesture.points == (540, 600)
    assert (gesture.takeover, gesture.user_id) == (str(takeover.pk), alice.pk)


async def test_a_gesture_that_the_phone_was_too_busy_for_is_told_to_who_made_it(
    redis: str, alice: User, run: Run, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    def host(url: str) -> gestures.Gesture | None:
        import redis as client

        return gestures.receive(client.Redis.from_url(url), phone.pk, 2, late=tell_late)

    await driving(run, phone, alice)
    async with opened(phone_path(run), alice) as connection:
        await next_frame(connection)
        await connection.send_json({"type": "gesture", "id": 1, "kind": "tap", "at": [0.5, 0.25]})
        await told(connection, "sent")
        monkeypatch.setattr(gestures, "MAX_AGE_S", -1.0)
        assert await sync_to_async(host)(redis) is None
        assert "请再做一次" in (await told(connection, "error"))["message"]


async def test_chinese_text_and_keys_reach_the_phone(redis: str, alice: User, run: Run, phone: Phone) -> None:
    await driving(run, phone, alice)
    async with opened(phone_path(run), alice) as connection:
        await next_frame(connection)
        await connection.send_json({"type": "gesture", "kind": "type", "text": "验证码 🙂"})
        await told(connection, "sent")
        await connection.send_json({"type": "gesture", "kind": "key", "key": "back"})
        await told(connection, "sent")
        first = await sync_to_async(received)(redis, phone)
        second = await sync_to_async(received)(redis, phone)
    assert first is not None
    assert first.text == "验证码 🙂"
    assert second is not None
    assert second.key == "back"


async def test_nobody_but_the_holder_moves_the_phone(
    redis: str, alice: User, bob: User, victor: User, run: Run, phone: Phone
) -> None:
    await driving(run, phone, alice)
    for user, code in ((bob, "not_pending"), (victor, "forbidden")):
        async with opened(phone_path(run), user) as connection:
            await next_frame(connection)
            await connection.send_json({"type": "gesture", "kind": "tap", "at": [0.5, 0.5]})
            assert (await told(connection, "error"))["code"] == code
    assert store().llen(gestures._key(phone.pk)) == 0


async def test_after_the_hand_back_no_gesture_is_passed_on(redis: str, alice: User, run: Run, phone: Phone) -> None:
    takeover = await driving(run, phone, alice)
    async with opened(phone_path(run), alice) as connection:
        await next_frame(connection)
        await sync_to_async(takeovers.hand_back)(takeover, alice, "")
        await connection.send_json({"type": "gesture", "kind": "tap", "at": [0.5, 0.5]})
        assert (await told(connection, "error"))["code"] == "not_pending"


async def test_a_gesture_that_a_stalled_line_held_back_is_refused_in_words(
    redis: str, alice: User, run: Run, phone: Phone
) -> None:
    await driving(run, phone, alice)
    async with opened(phone_path(run), alice) as connection:
        await next_frame(connection)
        late = {"type": "gesture", "kind": "tap", "at": [0.5, 0.5], "after": -1000 * gestures.MAX_AGE_S}
        await connection.send_json({**late, "id": 1})
        error = await told(connection, "error")
        assert (error["code"], error["id"]) == ("late_gesture", 1)
        await connection.send_json({**late, "id": 2, "after": 0})
        assert (await told(connection, "sent"))["id"] == 2
    assert store().llen(gestures._key(phone.pk)) == 1


@pytest.mark.parametrize(
    "gesture",
    [
        {"kind": "fly"},
        {"kind": "tap"},
        {"kind": "tap", "at": [1.2, 0]},
        {"kind": "tap", "at": ["a", "b"]},
        {"kind": "tap", "at": 5},
        {"kind": "swipe", "at": [0, 0]},
        {"kind": "type", "text": ""},
        {"kind": "type", "text": "x" * 3000},
        {"kind": "key", "key": "power"},
        {"kind": "tap", "at": [0.1, 0.1], "seconds": "x"},
        {"kind": "tap", "at": [10**400, 0.5]},
    ],
)
async def test_what_is_no_gesture_is_refused(
    redis: str, alice: User, run: Run, phone: Phone, gesture: dict[str, Any]
) -> None:
    await driving(run, phone, alice)
    async with opened(phone_path(run), alice) as connection:
        await next_frame(connection)
        await connection.send_json({"type": "gesture", **gesture})
        assert (await told(connection, "error"))["code"] == "bad_gesture"
    assert store().llen(gestures._key(phone.pk)) == 0


async def test_many_viewers_each_get_the_frame(redis: str, victor: User, run: Run, phone: Phone) -> None:
    await sync_to_async(story.drive)(run, phone)
    show(phone, 5)

    async def watch() -> int:
        async with opened(phone_path(run), victor) as connection:
            header, _jpeg = await next_frame(connection)
            return header[3]

    assert await asyncio.gather(*(watch() for _ in range(5))) == [5] * 5
