"""A human who is silent at the phone is warned once, then the takeover ends; nothing is decided in their absence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from tickets.models import AuditEvent, Confirmation, Phone, Run, RunStatus, Takeover
from tickets.services.live.gestures import Gesture, GestureKind
from tickets.services.runs import takeovers
from tickets.services.runs.clocks import takeovers as takeover_clock
from tickets.services.runs.clocks.takeovers import Swept

pytestmark = pytest.mark.django_db


@pytest.fixture
def silent(run: Run, phone: Phone, lin: User, ask: Callable[..., Confirmation], settings: Any) -> Takeover:
    """Lin has the phone, and does nothing; she is warned after 120 s and loses it after 300 s."""
    settings.CS_AGENT = {**settings.CS_AGENT, "CS_AGENT_TAKEOVER_WARN_S": 120.0, "CS_AGENT_TAKEOVER_END_S": 300.0}
    return takeovers.begin(ask(run).run, lin)


def _after(seconds: float) -> datetime:
    return timezone.now() + timedelta(seconds=seconds)


def test_nobody_is_warned_before_the_time(silent: Takeover) -> None:
    assert takeover_clock.sweep(_after(60)) == Swept()


def test_a_silent_human_is_warned_once(silent: Takeover) -> None:
    assert takeover_clock.sweep(_after(130)) == Swept(warned=1)
    assert takeover_clock.sweep(_after(140)) == Swept()
    assert AuditEvent.objects.filter(type="takeover.warned").count() == 1


def test_a_gesture_begins_the_silence_anew(silent: Takeover, lin: User) -> None:
    takeover_clock.sweep(_after(130))
    later = _after(290)
    takeovers.begin_gesture(Gesture(str(silent.pk), lin.pk, GestureKind.TAP, (10, 20)))
    Takeover.objects.filter(pk=silent.pk).update(last_gesture_at=later)
    assert takeover_clock.sweep(_after(310)) == Swept()


def test_too_long_a_silence_asks_for_a_human_anew_and_keeps_the_screen(silent: Takeover, run: Run) -> None:
    assert takeover_clock.sweep(_after(310)).ended == 1
    run.refresh_from_db()
    assert run.status == RunStatus.TAKEN_OVER
    anew = Takeover.objects.get(run=run, ended_at=None)
    assert (anew.code, anew.user, anew.begun_at) == (takeover_clock.IDLE, None, None)
    assert takeover_clock.sweep(_after(600)) == Swept()  # nobody has it now


def test_where_the_installation_wants_its_phone_back_the_run_is_handed_off(
    silent: Takeover, run: Run, settings: Any
) -> None:
    settings.CS_AGENT = {**settings.CS_AGENT, "CS_AGENT_TAKEOVER_IDLE_THEN": "hand_off"}
    takeover_clock.sweep(_after(310))
    run.refresh_from_db()
    assert (run.status, run.failure_code) == (RunStatus.HANDED_OFF, takeover_clock.IDLE)


def test_who_moved_since_the_clock_looked_is_not_warned(silent: Takeover) -> None:
    read = Takeover.objects.select_related("run__ticket", "user").get(pk=silent.pk)
    Takeover.objects.filter(pk=silent.pk).update(last_gesture_at=_after(100))
    assert not takeover_clock._warn(read, _after(130))
    assert not AuditEvent.objects.filter(type="takeover.warned").exists()


def test_a_takeover_that_ended_since_the_clock_looked_is_not_warned(silent: Takeover) -> None:
    read = Takeover.objects.select_related("run__ticket", "user").get(pk=silent.pk)
    Takeover.objects.filter(pk=silent.pk).update(ended_at=timezone.now())
    assert not takeover_clock._warn(read, _after(130))


def test_a_warning_says_how_much_time_is_left(silent: Takeover) -> None:
    takeover_clock.sweep(_after(130))
    left = AuditEvent.objects.get(type="takeover.warned").details["left_s"]
    assert 165 <= left <= 171


def test_what_the_human_came_for_stays_with_the_takeover_that_is_asked_for_anew(silent: Takeover, run: Run) -> None:
    Takeover.objects.filter(pk=silent.pk).update(reason="需要验证码", code="model")
    takeover_clock.sweep(_after(310))
    anew = Takeover.objects.get(run=run, ended_at=None)
    assert "lin 长时间没有操作" in anew.reason
    assert anew.reason.endswith("\n需要验证码")
    takeovers.begin(run, User.objects.get(username="lin"))
    takeover_clock.sweep(_after(700))
    assert Takeover.objects.get(run=run, ended_at=None).reason.count("长时间没有操作") == 1


def test_whoever_came_or_ended_it_since_the_clock_looked_keeps_the_run(silent: Takeover, run: Run) -> None:
    Takeover.objects.filter(pk=silent.pk).update(begun_at=None)
    read = Takeover.objects.select_related("run__ticket").get(pk=silent.pk)
    for change in ({"begun_at": timezone.now()}, {"begun_at": None, "ended_at": timezone.now()}):
        Takeover.objects.filter(pk=silent.pk).update(**change)
        assert not takeover_clock._give_up(read, _after(100_000))
    assert takeover_clock.sweep(_after(100_000)).given_up == 0
    run.refresh_from_db()
    assert run.status == RunStatus.TAKEN_OVER
