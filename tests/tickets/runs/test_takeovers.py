"""A human drives the phone: one at a time, every gesture on the record, and the agent is told."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from consoles.pages.words import action_in_words
from cs_agent.engine.run.state import Phase, RunState, StepRecord, StepStatus, TakeoverRequest
from tests.tickets.conftest import drive
from tickets.errors import Conflict, Forbidden, Invalid, NotPending, RunEnded
from tickets.models import AuditEvent, Confirmation, Phone, Run, RunStatus, Step, Takeover
from tickets.services.live.gestures import Gesture, GestureKind
from tickets.services.runs import guard, pauses, steps, takeovers
from tickets.services.runs import lifecycle as runs
from tickets.services.tickets.changes import create_ticket


def gesture(takeover: Takeover, user: User, kind: GestureKind = GestureKind.TAP, **values: object) -> Gesture:
    defaults = {"points": (10, 20)} if kind is GestureKind.TAP else {}
    return Gesture(str(takeover.pk), user.pk, kind, **{**defaults, **values})  # type: ignore[arg-type]


def state_of(run: Run) -> RunState:
    return RunState.from_json(Run.objects.get(pk=run.pk).checkpoint)


def test_a_waiting_run_is_taken_over_at_once_and_its_question_void(confirmation: Confirmation, lin: User) -> None:
    takeover = takeovers.begin(confirmation.run, lin)
    assert takeover.begun_at is not None
    confirmation.refresh_from_db()
    assert confirmation.state == "voided"
    assert Run.objects.get(pk=confirmation.run_id).status == RunStatus.TAKEN_OVER
    assert state_of(confirmation.run).phase is Phase.TAKEN_OVER


def test_a_driven_run_is_asked_for_and_given_by_its_worker(driven: Run, lin: User) -> None:
    takeover = takeovers.begin(driven, lin)
    driven.refresh_from_db()
    assert (takeover.begun_at, driven.takeover_requested, driven.status) == (None, True, RunStatus.RUNNING)
    begun = takeovers.begin_now(driven)
    driven.refresh_from_db()
    assert (begun, begun.user, driven.status) == (takeover, lin, RunStatus.TAKEN_OVER)
    assert not driven.takeover_requested


def test_only_one_human_at_a_time(driven: Run, lin: User, bo: User) -> None:
    takeovers.begin(driven, lin)
    with pytest.raises(Conflict) as refused:
        takeovers.begin(driven, bo)
    assert "lin" in refused.value.message
    assert takeovers.begin(driven, lin).user == lin
    assert Takeover.objects.count() == 1


def test_a_takeover_the_agent_asked_for_is_begun_by_whoever_comes_first(run: Run, phone: Phone, lin: User) -> None:
    drive(run, phone, RunState("退款", phase=Phase.TAKEN_OVER))
    asked = pauses.ask_takeover(run, TakeoverRequest("需要登录", code="model"))
    assert Run.objects.get(pk=run.pk).status == RunStatus.TAKEN_OVER
    assert (asked.begun_at, asked.user) == (None, None)
    begun = takeovers.begin(run, lin)
    assert (begun.pk, begun.user, begun.reason) == (asked.pk, lin, "需要登录")
    assert begun.begun_at is not None


def test_a_run_without_a_phone_cannot_be_taken_over(run: Run, lin: User) -> None:
    with pytest.raises(Conflict, match="no_phone"):
        takeovers.begin(run, lin)


def test_a_run_that_ended_cannot_be_taken_over(driven: Run, lin: User) -> None:
    runs.end(driven, RunStatus.FAILED, result="x")
    with pytest.raises(RunEnded):
        takeovers.begin(driven, lin)


def test_a_viewer_may_not_take_over(driven: Run, vera: User) -> None:
    with pytest.raises(Forbidden):
        takeovers.begin(driven, vera)


def test_a_gesture_is_on_the_record_before_it_is_done_and_its_outcome_after(
    confirmation: Confirmation, lin: User
) -> None:
    takeover = takeovers.begin(confirmation.run, lin)
    step = takeovers.begin_gesture(gesture(takeover, lin))
    assert (step.number, step.actor, step.user, step.touch, step.status) == (1, "human", lin, [10, 20], "intended")
    event = AuditEvent.objects.get(type="takeover.gesture_made")
    assert (event.user_name, event.step_no) == ("lin", 1)
    done = takeovers.end_gesture(step)
    assert (done.status, done.outcome) == ("done", "")
    assert done.ended_at is not None


def test_a_gesture_the_phone_did_not_take_is_on_the_record_as_failed(confirmation: Confirmation, lin: User) -> None:
    takeover = takeovers.begin(confirmation.run, lin)
    step = takeovers.end_gesture(takeovers.begin_gesture(gesture(takeover, lin)), fault="手机不在线")
    assert (step.status, step.outcome) == ("failed", "手机不在线")
    assert AuditEvent.objects.filter(type="takeover.gesture_failed", user_name="lin").count() == 1


def test_the_last_gesture_keeps_its_step_when_its_human_hands_back_while_it_is_carried_out(
    confirmation: Confirmation, lin: User, phone: Phone
) -> None:
    takeover = takeovers.begin(confirmation.run, lin)
    Run.objects.update(checkpoint=state_of(confirmation.run).evolve(step_no=0).to_json())
    last = takeovers.begin_gesture(gesture(takeover, lin))
    takeovers.hand_back(takeover, lin)
    assert state_of(confirmation.run).step_no == last.number
    takeovers.end_gesture(last)
    run = drive(Run.objects.get(pk=confirmation.run_id), phone)
    steps.save_step(run, StepRecord(last.number + 1, StepStatus.DONE), claim_token=run.claim_token)
    last.refresh_from_db()
    assert (last.actor, last.user, last.status) == ("human", lin, "done")
    assert [row.actor for row in Step.objects.filter(run=run)] == ["human", "agent"]


def test_the_agent_never_writes_over_a_step_that_a_human_made(confirmation: Confirmation, lin: User) -> None:
    takeover = takeovers.begin(confirmation.run, lin)
    made = takeovers.begin_gesture(gesture(takeover, lin))
    Run.objects.filter(pk=made.run_id).update(status=RunStatus.RUNNING)
    run = Run.objects.get(pk=made.run_id)
    with pytest.raises(IntegrityError), transaction.atomic():
        steps.save_step(run, StepRecord(made.number, StepStatus.DONE, "mine"), claim_token=run.claim_token)
    made.refresh_from_db()
    assert (made.actor, made.thought) == ("human", "")


@pytest.mark.parametrize("how", ["handed_back", "ended", "of_another"])
def test_a_gesture_whose_takeover_is_over_or_anothers_is_refused_and_not_written(
    confirmation: Confirmation, lin: User, bo: User, how: str
) -> None:
    takeover = takeovers.begin(confirmation.run, lin)
    made = gesture(takeover, bo if how == "of_another" else lin)
    if how == "handed_back":
        takeovers.hand_back(takeover, lin)
    if how == "ended":
        takeovers.finish_by_hand(takeover, lin, "")
    with pytest.raises(Conflict):
        takeovers.begin_gesture(made)
    assert not Step.objects.exists()


def test_what_a_human_types_is_never_written_down(confirmation: Confirmation, lin: User) -> None:
    takeover = takeovers.begin(confirmation.run, lin)
    step = takeovers.begin_gesture(gesture(takeover, lin, GestureKind.TYPE, text="s3cret"))
    event = AuditEvent.objects.get(type="takeover.gesture_made")
    assert "s3cret" not in step.action_text + str(event.details)
    assert "6" in step.action_text


def test_handing_back_lets_the_agent_go_on_and_tells_it_what_was_done(confirmation: Confirmation, lin: User) -> None:
    takeover = takeovers.begin(confirmation.run, lin)
    for kind, values in ((GestureKind.TAP, {}), (GestureKind.KEY, {"key": "back"})):
        takeovers.end_gesture(takeovers.begin_gesture(gesture(takeover, lin, kind, **values)))
    Step.objects.filter(number=2).update(number=12)
    ended = takeovers.hand_back(takeover, lin, "已完成登录")
    run = Run.objects.get(pk=confirmation.run_id)
    assert (run.status, run.failures_in_a_row) == (RunStatus.QUEUED, 0)
    assert "已完成登录" in ended.summary
    assert "(10,20)" in ended.summary
    state = state_of(run)
    assert (state.phase, state.step_no) == (Phase.READY, 13)  # the note is a step too
    assert any("已完成登录" in text for _role, text in state.history)


def test_a_takeover_is_handed_back_once_and_by_its_own_human(confirmation: Confirmation, lin: User, bo: User) -> None:
    takeover = takeovers.begin(confirmation.run, lin)
    with pytest.raises(Conflict):
        takeovers.hand_back(takeover, bo)
    takeovers.hand_back(takeover, lin)
    with pytest.raises(NotPending):
        takeovers.hand_back(takeover, lin)


def test_a_takeover_that_has_not_begun_cannot_be_handed_back(driven: Run, lin: User) -> None:
    takeover = takeovers.begin(driven, lin)
    with pytest.raises(NotPending):
        takeovers.hand_back(takeover, lin)


def test_a_human_may_finish_the_ticket_by_hand(confirmation: Confirmation, lin: User) -> None:
    takeover = takeovers.begin(confirmation.run, lin)
    run = takeovers.finish_by_hand(takeover, lin, "已电话处理")
    assert (run.status, run.result) == (RunStatus.HANDED_OFF, "已电话处理")
    with pytest.raises(NotPending):
        takeovers.finish_by_hand(takeover, lin, "again")


def test_a_takeover_is_ended_only_by_the_human_who_holds_it(confirmation: Confirmation, lin: User, bo: User) -> None:
    takeover = takeovers.begin(confirmation.run, lin)
    with pytest.raises(Conflict) as refused:
        takeovers.finish_by_hand(takeover, bo, "")
    assert "lin" in refused.value.message
    assert Run.objects.get(pk=confirmation.run_id).status == RunStatus.TAKEN_OVER


def test_whoever_may_take_over_may_end_a_takeover_that_nobody_has_begun(run: Run, phone: Phone, bo: User) -> None:
    drive(run, phone, RunState("退款", phase=Phase.TAKEN_OVER))
    asked = pauses.ask_takeover(run, TakeoverRequest("需要登录", code="model"))
    assert takeovers.finish_by_hand(asked, bo, "").status == RunStatus.HANDED_OFF


def test_an_earlier_takeover_ends_nothing_of_the_one_under_way(
    confirmation: Confirmation, lin: User, phone: Phone
) -> None:
    old = takeovers.begin(confirmation.run, lin)
    takeovers.hand_back(old, lin)
    drive(Run.objects.get(pk=confirmation.run_id), phone)
    now = takeovers.begin(confirmation.run, lin)
    takeovers.begin_now(Run.objects.get(pk=confirmation.run_id))
    for change in (takeovers.finish_by_hand, takeovers.hand_back):
        with pytest.raises(NotPending):
            change(old, lin, "x")
    now.refresh_from_db()
    assert now.ended_at is None
    assert Run.objects.get(pk=confirmation.run_id).status == RunStatus.TAKEN_OVER


@pytest.mark.parametrize("change", [takeovers.hand_back, takeovers.finish_by_hand])
def test_a_note_is_of_bounded_length(confirmation: Confirmation, lin: User, change: Any) -> None:
    takeover = takeovers.begin(confirmation.run, lin)
    with pytest.raises(Invalid, match="note_too_long"):
        change(takeover, lin, "长" * 2001)
    assert Run.objects.get(pk=confirmation.run_id).status == RunStatus.TAKEN_OVER
    change(takeover, lin, "长" * 2000)


def test_who_may_only_look_neither_hands_back_nor_ends_a_takeover(
    confirmation: Confirmation, lin: User, vera: User
) -> None:
    takeover = takeovers.begin(confirmation.run, lin)
    Takeover.objects.filter(pk=takeover.pk).update(user=vera)  # her rights went after she had begun
    takeover.refresh_from_db()
    for change in (takeovers.hand_back, takeovers.finish_by_hand):
        with pytest.raises(Forbidden):
            change(takeover, vera, "x")
    takeover.refresh_from_db()
    assert takeover.ended_at is None
    assert takeover.run.status == RunStatus.TAKEN_OVER


def test_a_gesture_is_told_by_what_was_touched_once_it_has_been_read(confirmation: Confirmation, lin: User) -> None:
    takeover = takeovers.begin(confirmation.run, lin)
    step = takeovers.end_gesture(takeovers.begin_gesture(gesture(takeover, lin)))
    assert action_in_words(step) == "点击屏幕"
    takeovers.name_gesture(step, "下一步")
    step.refresh_from_db()
    assert action_in_words(step) == "点击“下一步”"


def test_a_persons_swipe_is_told_by_its_direction(confirmation: Confirmation, lin: User) -> None:
    takeover = takeovers.begin(confirmation.run, lin)
    swipe = Gesture(str(takeover.pk), lin.pk, GestureKind.SWIPE, points=(540, 1350, 540, 550))
    assert action_in_words(takeovers.begin_gesture(swipe)) == "向上滑动"


def test_what_a_worker_writes_under_its_claim_reaches_its_own_run_only(driven: Run, lin: User) -> None:
    department = driven.ticket.department
    other = create_ticket(user=None, subject="x", text="y", customer_name="z", department=department)
    Run.objects.create(
        ticket=other,
        flow_version=driven.flow_version,
        started_by=lin,
        status=RunStatus.RUNNING,
        claim_token=driven.claim_token,
    )
    assert [found.pk for found in guard.claimed(driven.pk, driven.claim_token)] == [driven.pk]
    assert not guard.claimed(driven.pk, driven.claim_token - 1).exists()


@pytest.mark.parametrize(
    ("made", "told"),
    [
        ({"kind": GestureKind.TYPE, "text": "123456"}, "输入了 6 个字符"),
        ({"kind": GestureKind.KEY, "key": "back"}, "按返回键"),
        ({"kind": GestureKind.SWIPE, "points": (1, 2, 3, 4)}, "滑动 (1,2) → (3,4)"),
        ({"kind": GestureKind.LONG_PRESS, "points": (1, 2)}, "长按 (1,2)"),
        ({"kind": GestureKind.COMMIT, "points": (1, 2)}, "标出提交 (1,2)"),
        ({"kind": GestureKind.TAP, "points": (1, 2)}, "点击 (1,2)"),
    ],
)
def test_every_kind_of_gesture_has_its_words(made: dict[str, Any], told: str) -> None:
    assert takeovers._described(Gesture("t", 1, **made)) == told
