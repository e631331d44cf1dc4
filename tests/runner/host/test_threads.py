"""A thread of the phone host that dies of a defect is started again, and the health of the product says so."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.test import Client

from tests.processes import wait_until
from tickets.runner.pictures.feed import ScreenFeed
from tickets.runner.upkeep import threads
from tickets.runner.upkeep.threads import SupervisedThread
from tickets.services.live import gestures, health
from tickets.services.live.gestures import Gesture, GestureKind

LIMIT_S = 10


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "PAUSES_S", (0.0,))


def test_a_body_that_dies_begins_again_until_it_returns(real_redis: str) -> None:
    begun: list[int] = []

    def body() -> None:
        begun.append(1)
        if len(begun) < 3:
            raise RuntimeError("a defect")

    thread = SupervisedThread("feed-7", body)
    thread.start()
    thread.join(LIMIT_S)
    assert (len(begun), thread.restarts, thread.is_alive()) == (3, 2, False)


def test_a_stopped_thread_is_not_begun_again(real_redis: str) -> None:
    reached, go_on = threading.Event(), threading.Event()

    def body() -> None:
        reached.set()
        go_on.wait(LIMIT_S)
        raise RuntimeError("a defect on the way out")

    thread = SupervisedThread("feed-7", body)
    thread.start()
    assert reached.wait(LIMIT_S)
    thread.stop()
    go_on.set()
    thread.join(LIMIT_S)
    assert (thread.restarts, thread.is_alive()) == (1, False)


def test_a_feed_survives_a_listener_with_a_defect(real_redis: str, hand: Any) -> None:
    feed = ScreenFeed(1, hand)
    heard: list[float] = []

    def listen(frame: Any) -> None:
        heard.append(frame.began_at)
        if len(heard) == 1:
            raise ZeroDivisionError

    feed.listen(listen)
    feed.start()
    try:
        wait_until("the feed to go on", lambda: feed._thread.restarts == 1, LIMIT_S)
        assert feed.capture().image.size == hand.screenshot().image.size
    finally:
        feed.stop()


@pytest.mark.django_db
def test_healthz_reports_a_thread_that_died_and_forgets_it_when_it_has_been_sound(
    real_redis: str, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get("/healthz").json()["parts"]["threads"] == {"ok": True, "age_s": None}
    health.note_defect("gestures-3")
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["parts"]["threads"]["ok"]) == (503, False)
    assert "gestures-3" not in answer.content.decode()  # names are for those who are logged in
    monkeypatch.setattr(health, "DEFECT_TOLD_S", 0.0)
    assert client.get("/healthz").json()["parts"]["threads"]["ok"] is True


@pytest.mark.parametrize(
    "data",
    [
        b"not json",
        b"[]",
        b'{"kind": "tap"}',
        b'{"kind": "jump", "points": [], "takeover": "x", "user_id": 1}',
        b'{"kind": "tap", "points": [NaN, 1], "takeover": "x", "user_id": 1}',
        b'{"kind": "tap", "points": [1e999, 1], "takeover": "x", "user_id": 1}',
        b'{"kind": "tap", "points": [' + b"9" * 400 + b', 1], "takeover": "x", "user_id": 1}',
        b'{"kind": "type", "points": [], "text": "\\ud800", "takeover": "x", "user_id": 1}',
        b'{"kind": "tap", "points": [1, 1], "seconds": NaN, "takeover": "x", "user_id": 1}',
    ],
)
def test_what_is_no_gesture_is_dropped_and_the_next_one_is_received(real_redis: str, data: bytes) -> None:
    import redis

    client = redis.Redis.from_url(real_redis)
    good = Gesture("x", 1, GestureKind.TAP, (10, 20), made_at=4e9)
    client.rpush(gestures._key(5), data, good.pack())
    assert gestures.receive(client, 5, 0.1) is None
    assert gestures.receive(client, 5, 0.1) == good
