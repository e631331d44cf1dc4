"""What the clock of takeovers does is told to consoles, stands in the trail, and is done to the run it looked at."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from cs_agent.engine.run.state import Phase, RunState, TakeoverRequest
from tests.tickets.conftest import drive
from tests.tickets.told import another, kinds
from tickets.models import (
    AuditEvent,
    Confirmation,
    Phone,
    Run,
    RunStatus,
    Takeover,
)
from tickets.services.runs import pauses, takeovers
from tickets.services.runs.clocks import takeovers as takeover_clock


@pytest.fixture
def silent(confirmation: Confirmation, lin: User) -> Takeover:
    return takeovers.begin(confirmation.run, lin)


def in_seconds(name: str, settings: Any, more: float = 1) -> Any:
    return timezone.now() + timedelta(seconds=settings.CS_AGENT[name] + more)


def test_a_warning_is_told_with_the_seconds_left(silent: Takeover, settings: Any, told: Any) -> None:
    swept = told(lambda: takeover_clock.sweep(in_seconds("CS_AGENT_TAKEOVER_WARN_S", settings)))
    assert swept.answer == takeover_clock.Swept(warned=1)
    assert (kinds(swept), swept.trail) == (["takeover.idle"], ["takeover.warned"])
    left = settings.CS_AGENT["CS_AGENT_TAKEOVER_END_S"] - settings.CS_AGENT["CS_AGENT_TAKEOVER_WARN_S"]
    assert left - 3 <= swept.data("takeover.idle")["left_s"] <= left
    assert not takeover_clock._warn(Takeover.objects.get(), in_seconds("CS_AGENT_TAKEOVER_WARN_S", settings))


def test_a_warning_that_comes_after_the_time_says_that_none_is_left(silent: Takeover, settings: Any, told: Any) -> None:
    late = in_seconds("CS_AGENT_TAKEOVER_END_S", settings, 100)
    assert told(lambda: takeover_clock._warn(silent, late)).data("takeover.idle")["left_s"] == 0


def test_a_takeover_that_nobody_begins_ends_its_run_and_is_told(
    run: Run, phone: Phone, settings: Any, told: Any
) -> None:
    drive(run, phone, RunState("退款", phase=Phase.TAKEN_OVER))
    asked = pauses.ask_takeover(run, TakeoverRequest("需要登录", code="model"))
    assert takeover_clock.sweep(in_seconds("CS_AGENT_TAKEOVER_DUE_S", settings, -5)) == takeover_clock.Swept()
    swept = told(lambda: takeover_clock.sweep(in_seconds("CS_AGENT_TAKEOVER_DUE_S", settings, 5)))
    assert swept.answer == takeover_clock.Swept(given_up=1)
    assert (swept.trail, swept.sent) == (["run.handed_off", "takeover.expired"], 1)
    run.refresh_from_db()
    assert (run.failure_code, run.result.endswith(":需要登录")) == (takeover_clock.NOT_TAKEN, True)
    waited = AuditEvent.objects.get(type="takeover.expired").details["waited_s"]
    assert abs(waited - settings.CS_AGENT["CS_AGENT_TAKEOVER_DUE_S"] - 5) <= 2
    asked.refresh_from_db()
    assert asked.ended_at is not None


def test_a_takeover_without_a_reason_is_given_up_without_one(run: Run, phone: Phone, settings: Any) -> None:
    pauses.ask_takeover(drive(run, phone, RunState("退款", phase=Phase.TAKEN_OVER)), TakeoverRequest("", code="model"))
    takeover_clock.sweep(in_seconds("CS_AGENT_TAKEOVER_DUE_S", settings))
    run.refresh_from_db()
    assert not run.result.endswith(":")


def test_the_end_of_a_silence_is_told_whichever_way_it_ends(silent: Takeover, settings: Any, told: Any) -> None:
    settings.CS_AGENT = {**settings.CS_AGENT, "CS_AGENT_TAKEOVER_IDLE_THEN": "hand_off"}
    swept = told(lambda: takeover_clock.sweep(in_seconds("CS_AGENT_TAKEOVER_END_S", settings)))
    assert swept.answer.ended == 1
    assert (swept.trail, swept.sent) == (["run.handed_off", "takeover.ended"], 1)
    ended = AuditEvent.objects.get(type="takeover.ended")
    assert (ended.result, ended.details) == ("failure", {"reason": "idle"})


@pytest.mark.parametrize("change", [{"ended_at": timezone.now()}, {"last_gesture_at": timezone.now()}])
def test_who_moved_or_ended_it_since_the_clock_looked_is_not_ended(
    silent: Takeover, lin: User, change: dict[str, Any]
) -> None:
    other = another(silent.run)
    Takeover.objects.create(run=other, user=lin, begun_at=silent.begun_at, last_gesture_at=silent.last_gesture_at)
    Takeover.objects.filter(pk=silent.pk).update(**change)
    late = timezone.now() + timedelta(days=1)
    assert takeover_clock._end(silent, late) is False
    assert takeover_clock._warn(silent, late) is False
    Takeover.objects.filter(pk=silent.pk).update(ended_at=None, last_gesture_at=silent.last_gesture_at)
    Run.objects.filter(pk=silent.run_id).update(status=RunStatus.RUNNING)
    assert takeover_clock._end(silent, late) is False
    assert takeover_clock._give_up(silent, late) is False
    assert takeover_clock.sweep(late) == takeover_clock.Swept()


def test_the_clock_gives_up_only_the_takeover_it_looked_at(silent: Takeover) -> None:
    Takeover.objects.create(run=another(silent.run), asked_at=silent.asked_at)
    assert takeover_clock._give_up(silent, timezone.now()) is False
    assert Run.objects.get(pk=silent.run_id).status == RunStatus.TAKEN_OVER
