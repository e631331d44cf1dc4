"""A phone that fails leaves the pool with its reason and comes back by itself; a check disturbs nobody."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from tests.runner.messages import listening
from tests.runner.world import Handset, broken_app, gone
from tickets.models import AuditEvent, Phone, PhoneState, Run
from tickets.runner.holds import pool, run_queue
from tickets.runner.host import checkup
from tickets.runner.pictures.feed import FeedStalled

pytestmark = pytest.mark.django_db
SILENT = FeedStalled("no picture from phone 1 in 15 s")


def test_a_phone_that_fails_is_out_with_its_reason_and_gets_no_run(phone: Phone, run: Run) -> None:
    assert pool.take_out(phone.pk, SILENT)
    phone.refresh_from_db()
    assert (phone.state, phone.fault) == (PhoneState.FAULTY, SILENT.told("zh"))
    with translation.override("en"):
        phone.refresh_from_db()
    assert phone.fault == SILENT.told("en") != SILENT.told("zh")
    assert not run_queue.is_next(run, "phones")


def test_it_is_told_once_that_a_phone_is_out_and_the_newest_reason_is_kept(phone: Phone) -> None:
    assert pool.take_out(phone.pk, SILENT)
    assert not pool.take_out(phone.pk, gone())
    phone.refresh_from_db()
    assert phone.fault == gone().told("zh")
    assert AuditEvent.objects.filter(type="phone.taken_out").count() == 1


def test_a_phone_that_answers_again_comes_back_and_calls_who_waits(
    phone: Phone, run: Run, django_capture_on_commit_callbacks: Any
) -> None:
    pool.take_out(phone.pk, SILENT)
    with listening() as heard, django_capture_on_commit_callbacks(execute=True):
        assert pool.readmit(phone.pk)
    assert heard == [str(run.pk)]


def test_a_retired_phone_stays_out(phone: Phone) -> None:
    Phone.objects.filter(pk=phone.pk).update(state=PhoneState.RETIRED)
    assert not pool.readmit(phone.pk)
    assert not pool.take_out(phone.pk, SILENT)
    phone.refresh_from_db()
    assert phone.state == PhoneState.RETIRED


def test_an_app_that_fails_does_not_put_its_phone_out() -> None:
    assert pool.is_phone_fault(gone())
    assert not pool.is_phone_fault(broken_app())


def test_a_sound_phone_is_written_down_as_seen_with_its_health_and_size(phone: Phone, hand: Handset) -> None:
    checkup.write_down(phone.pk, checkup.examine(hand, held=False, out=False))
    phone.refresh_from_db()
    assert phone.last_seen_at is not None
    assert phone.health["battery_percent"] == 80
    assert (phone.width, phone.height) == (hand.screen_size.width, hand.screen_size.height)


def test_a_phone_that_does_not_answer_is_out_after_its_check(phone: Phone, hand: Handset) -> None:
    hand.faults["all"] = gone()
    checkup.write_down(phone.pk, checkup.examine(hand, held=False, out=False))
    phone.refresh_from_db()
    assert phone.state == PhoneState.FAULTY
    hand.faults.clear()
    checkup.write_down(phone.pk, checkup.examine(hand, held=False, out=checkup.is_out(phone)))
    phone.refresh_from_db()
    assert (phone.state, phone.fault) == (PhoneState.READY, "")


def test_the_screen_of_a_phone_that_a_run_holds_is_not_read(hand: Handset) -> None:
    asked: list[str] = []
    hand.on_act = asked.append
    checkup.examine(hand, held=True, out=False)
    assert asked == ["health"]


def test_only_a_phone_that_is_out_is_woken(hand: Handset) -> None:
    asked: list[str] = []
    hand.on_act = asked.append
    checkup.examine(hand, held=False, out=False)
    assert "wake" not in asked
    checkup.examine(hand, held=False, out=True)
    assert "wake" in asked
