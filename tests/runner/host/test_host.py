"""The phone host acts on who has the phone now, not on what it read a moment ago."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from cs_agent.phone.driver import Pace
from tests.runner.world import Handset
from tickets.models import Phone, PhoneState, Run
from tickets.runner.host import service
from tickets.runner.host.service import Parts, PhoneHost
from tickets.runner.pictures.feed import ScreenFeed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def host(hand: Handset, real_redis: str, nothing_hidden: None) -> Iterator[PhoneHost]:
    """A host whose ticks the tests make."""
    made = PhoneHost("phones", Parts(connect=lambda _row: hand, feed=ScreenFeed))  # type: ignore[arg-type,return-value]
    yield made
    made.stop()


def lease(phone: Phone, run: Run | None) -> None:
    Phone.objects.filter(pk=phone.pk).update(lease_run=run)


def test_a_row_read_before_a_run_got_the_phone_does_not_end_its_recording(
    host: PhoneHost, phone: Phone, run: Run
) -> None:
    read_before = Phone.objects.get(pk=phone.pk)
    lease(phone, run)
    host.attend(Phone.objects.get(pk=phone.pk))
    recorder = host.recorder(phone.pk)
    host.attend(read_before)
    assert recorder is not None
    assert host.recorder(phone.pk) is recorder
    assert not recorder.has_left


def test_a_phone_that_got_a_run_after_the_look_is_not_left(host: PhoneHost, phone: Phone, run: Run) -> None:
    lease(phone, run)
    _phone, feed = host.attend(Phone.objects.get(pk=phone.pk))
    host._leave_unwanted(phone.pk)  # what a tick does that had found the phone idle
    assert host.attend(Phone.objects.get(pk=phone.pk))[1] is feed


def test_a_retired_phone_is_attended_until_its_run_is_over(host: PhoneHost, phone: Phone, run: Run) -> None:
    lease(phone, run)
    host._tick()
    feed = host.attend(Phone.objects.get(pk=phone.pk))[1]
    Phone.objects.update(state=PhoneState.RETIRED)
    host._tick()
    assert host.recorder(phone.pk) is not None
    assert host.attend(Phone.objects.get(pk=phone.pk))[1] is feed
    lease(phone, None)
    host._tick()
    assert host.recorder(phone.pk) is None
    assert feed._stopping.is_set()


def test_what_was_measured_of_a_phone_is_known_when_it_is_attended_again(
    host: PhoneHost, phone: Phone, hand: Handset
) -> None:
    recalled: list[Pace] = []

    class Paced(Handset):
        pace = Pace("png", 1.8)

        def recall(self, pace: Pace) -> None:
            recalled.append(pace)

    paced = Paced(hand.screens, hand.start)
    host.parts = Parts(connect=lambda _row: paced, feed=ScreenFeed)  # type: ignore[arg-type,return-value]
    host.attend(phone)
    host._leave(phone.pk)
    host.attend(phone)
    assert recalled == [Pace(), Pace("png", 1.8)]


def test_a_phone_whose_row_is_gone_is_left(host: PhoneHost, phone: Phone) -> None:
    host.attend(phone)
    Phone.objects.all().delete()
    host._tick()
    assert host._attended.ids() == []


def test_the_round_looks_who_holds_the_phone_now(host: PhoneHost, phone: Phone, run: Run, hand: Handset) -> None:
    """A phone that got a run since is not woken and its screen is not read."""
    Phone.objects.update(state=PhoneState.FAULTY)
    read_before = Phone.objects.get(pk=phone.pk)
    lease(phone, run)
    asked: list[str] = []
    hand.on_act = asked.append
    host._rounds._check(read_before)
    assert "wake" not in asked
    assert "screenshot" not in asked


def test_one_process_has_one_host(monkeypatch: pytest.MonkeyPatch, hand: Handset, real_redis: str, db: Any) -> None:
    monkeypatch.setattr(service, "_host", None)
    parts = Parts(connect=lambda _row: hand)  # type: ignore[arg-type,return-value]
    made = service.current(parts)
    assert service.current() is made
    service.shut_down()
    assert service._host is None
