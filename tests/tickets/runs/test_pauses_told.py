"""Whatever happens while a run waits for people is told to open consoles, stands in the trail, and wakes a worker."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from PIL import Image

from cs_agent.engine.run.state import FieldValue, Phase, RunState, TakeoverRequest
from cs_agent.engine.run.state import Question as Asked
from tests.tickets.conftest import confirming, drive, publish, request
from tests.tickets.told import another, kinds
from tickets.errors import AlreadyDecided, Conflict, Expired, Forbidden, NotFound, NotPending
from tickets.models import (
    AuditEvent,
    Confirmation,
    ConfirmationState,
    Phone,
    Question,
    Run,
    RunStatus,
    Step,
    Takeover,
    Ticket,
)
from tickets.said import read_in_json
from tickets.services.live.gestures import Gesture, GestureKind
from tickets.services.runs import decisions, guard, pauses, starts, takeovers

ASKING = RunState("退款", phase=Phase.ASKING, pending={"kind": "question", "thought": "?", "action_text": ""})
ABOVE_THE_LIMIT = (FieldValue("refund", "退款", "¥2,000.01", "全额"),)


def decide(confirmation: Confirmation, user: User, **changes: Any) -> Callable[[], Any]:
    values = {"approve": True, "version": confirmation.version, **changes}
    return lambda: decisions.decide(confirmation=confirmation, user=user, **values)


def gesture(takeover: Takeover, user: User) -> Gesture:
    return Gesture(str(takeover.pk), user.pk, GestureKind.TAP, (10, 20))


@pytest.mark.parametrize(
    ("changes", "state", "trail"),
    [
        ({}, "approved", ["run.resumed", "confirmation.approved"]),
        ({"approve": False}, "rejected", ["run.cancelled", "confirmation.rejected"]),
        ({"approve": False, "then_end": False}, "rejected", ["run.resumed", "confirmation.rejected"]),
    ],
)
def test_a_decision_is_told_with_who_took_it_and_wakes_a_worker(
    confirmation: Confirmation, lin: User, told: Any, changes: dict[str, Any], state: str, trail: list[str]
) -> None:
    done = told(decide(confirmation, lin, **changes))
    assert kinds(done) == ["confirmation.decided", "run.changed"]
    data = {"confirmation": str(confirmation.pk), "state": state, "by": "lin"}
    assert done.data("confirmation.decided") == data
    assert done.trail == trail
    assert done.sent == 1
    assert done.answer == confirmation
    assert (done.answer.decided_by, done.answer.version) == (lin, confirmation.version + 1)
    assert done.answer.decided_at is not None
    event = AuditEvent.objects.get(type=trail[1])
    assert (event.user, event.decided_by, event.result) == (lin, "lin", "success")
    assert read_in_json(event.details["summary"]) == confirmation.summary


def test_the_first_of_two_yeses_is_told_and_lets_nothing_go_on(
    run: Run, ask: Callable[..., Confirmation], lin: User, bo: User, told: Any
) -> None:
    confirmation = ask(run, fields=ABOVE_THE_LIMIT)
    first = told(decide(confirmation, lin, note="看过"))
    assert (kinds(first), first.trail, first.sent) == (["confirmation.asked"], ["confirmation.first_approved"], 0)
    assert first.data("confirmation.asked") == {"confirmation": str(confirmation.pk), "first_approved_by": "lin"}
    row = Confirmation.objects.get(pk=confirmation.pk)
    assert (row.version, row.note, row.first_approved_by) == (confirmation.version + 1, "看过", lin)
    assert first.answer == row
    with pytest.raises(NotPending, match="stale"):
        decide(confirmation, bo)()
    assert decide(row, bo, note="同意")().note == "看过\n同意"


def test_a_confirmation_that_expires_is_told_and_frees_its_phone(confirmation: Confirmation, told: Any) -> None:
    early = confirmation.due_at - timedelta(seconds=1)
    assert decisions.expire_if_due(confirmation, early) is False
    over = told(lambda: decisions.expire_if_due(confirmation, confirmation.due_at))
    assert over.answer is True
    assert over.data("confirmation.decided")["by"] == ""
    assert over.trail == ["run.handed_off", "confirmation.expired"]
    assert over.sent == 1
    assert decisions.expire_if_due(confirmation, confirmation.due_at) is False


def test_a_confirmation_of_a_run_that_went_another_way_does_not_expire_into_it(confirmation: Confirmation) -> None:
    Run.objects.filter(pk=confirmation.run_id).update(status=RunStatus.TAKEN_OVER)
    assert decisions.expire_if_due(confirmation, confirmation.due_at) is False
    assert Run.objects.get(pk=confirmation.run_id).status == RunStatus.TAKEN_OVER


@pytest.mark.parametrize("act", ["correct", "decide"])
def test_whatever_comes_after_the_time_is_over_finds_it_expired(
    confirmation: Confirmation, lin: User, act: str
) -> None:
    Confirmation.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    confirmation.refresh_from_db()
    change = {"confirmation": confirmation, "user": lin, "name": "compensation", "value": "30", "version": 0}
    with pytest.raises(Expired):
        decisions.correct_field(**change) if act == "correct" else decide(confirmation, lin)()  # type: ignore[arg-type]
    confirmation.refresh_from_db()
    assert confirmation.state == ConfirmationState.EXPIRED


def test_a_correction_is_told_kept_and_wakes_a_worker(confirmation: Confirmation, lin: User, told: Any) -> None:
    change = {"confirmation": confirmation, "user": lin, "name": "compensation", "value": "30", "version": 0}
    done = told(lambda: decisions.correct_field(**change))  # type: ignore[arg-type]
    assert kinds(done) == ["confirmation.decided", "run.changed"]
    assert (done.trail, done.sent) == (["run.resumed", "confirmation.corrected"], 1)
    assert done.answer.note == "补偿 → 30.00"
    assert confirmation.run.slots.get(name="compensation").value == "30.00"
    details = AuditEvent.objects.get(type="confirmation.corrected").details
    assert (details["field"], details["value"]) == ("compensation", "30.00")


def test_an_answer_is_told_and_wakes_a_worker(run: Run, phone: Phone, lin: User, told: Any) -> None:
    drive(run, phone, ASKING)
    asked = told(lambda: pauses.ask_question(run, Asked("家?", ("家", "公司"), Image.new("RGB", (10, 20)))))
    assert kinds(asked) == ["run.changed", "question.asked"]
    assert asked.data("question.asked") == {"question": str(asked.answer.pk), "text": "家?"}
    assert asked.trail == ["run.paused", "question.asked"]
    assert asked.answer.screenshot.endswith((".png", ".jpg", ".webp"))
    done = told(lambda: decisions.answer_question(asked.answer, lin, "家"))
    assert (kinds(done), done.trail, done.sent) == (["run.changed"], ["question.answered"], 1)
    assert (done.answer.answer, done.answer.answered_by) == ("家", lin)


def test_a_question_that_was_dropped_is_not_pending_any_more(run: Run, phone: Phone, lin: User) -> None:
    question = pauses.ask_question(drive(run, phone, ASKING), Asked("?"))
    Question.objects.update(answered_at=timezone.now())
    with pytest.raises(NotPending):
        decisions.answer_question(question, lin, "x")


def test_asking_is_told_with_its_summary(run: Run, phone: Phone, told: Any) -> None:
    drive(run, phone, confirming())
    asked = told(lambda: pauses.ask_confirmation(run, step_number=7, request=request(control="长" * 300)))
    assert kinds(asked) == ["run.changed", "confirmation.asked"]
    confirmation = asked.answer
    data = {"confirmation": str(confirmation.pk), "summary": confirmation.summary}
    assert asked.data("confirmation.asked") == data
    assert asked.trail == ["run.paused", "confirmation.asked"]
    assert confirmation.control == "长" * 200


def test_asking_for_a_human_is_told_and_clears_what_was_asked_before(run: Run, phone: Phone, told: Any) -> None:
    drive(run, phone)
    Run.objects.filter(pk=run.pk).update(takeover_requested=True)
    asked = told(lambda: pauses.ask_takeover(run, TakeoverRequest("需要登录", code="model")))
    assert kinds(asked) == ["run.changed", "takeover.asked"]
    assert asked.data("takeover.asked") == {"takeover": str(asked.answer.pk), "reason": "需要登录"}
    run.refresh_from_db()
    assert (run.takeover_requested, run.claimed_until) == (False, None)


def test_what_one_run_asks_for_touches_no_other_run(driven: Run, lin: User) -> None:
    other = another(driven)
    theirs = Takeover.objects.create(run=other, user=lin, code="operator")
    Run.objects.filter(pk=other.pk).update(takeover_requested=True)
    over = Takeover.objects.create(run=driven, ended_at=timezone.now())
    asked = pauses.ask_takeover(driven, TakeoverRequest("需要登录", code="model"))
    assert asked.pk not in {theirs.pk, over.pk}
    assert asked.run == driven
    assert takeovers._open(driven) == asked
    assert takeovers._open(other) == theirs


@pytest.mark.parametrize("wanted", [True, False])
def test_a_pause_goes_to_the_human_only_where_one_has_asked_for_this_run(
    run: Run, phone: Phone, lin: User, wanted: bool
) -> None:
    other = another(drive(run, phone, ASKING))
    wish = run if wanted else other
    Takeover.objects.create(run=wish, user=lin, code="operator")
    Run.objects.filter(pk=wish.pk).update(takeover_requested=True)
    question = pauses.ask_question(run, Asked("?"))
    question.refresh_from_db()
    expected = RunStatus.TAKEN_OVER if wanted else RunStatus.AWAITING_ANSWER
    assert Run.objects.get(pk=run.pk).status == expected
    assert (question.answered_at is not None) is wanted


def test_the_operator_who_had_asked_gets_the_phone_with_what_the_agent_asks_for(driven: Run, lin: User) -> None:
    takeovers.begin(driven, lin)
    driven.refresh_from_db()
    begun = pauses.ask_takeover(driven, TakeoverRequest("需要登录", code="model"))
    assert begun.begun_at is not None
    assert (begun.user, begun.reason, begun.code) == (lin, "需要登录", "model")


def test_a_takeover_is_told_at_each_of_its_ends(confirmation: Confirmation, lin: User, told: Any) -> None:
    begun = told(lambda: takeovers.begin(confirmation.run, lin))
    assert kinds(begun) == ["run.changed", "takeover.begun"]
    assert begun.data("takeover.begun") == {"takeover": str(begun.answer.pk), "by": "lin"}
    assert begun.trail == ["run.taken_over", "takeover.begun"]
    run = Run.objects.get(pk=confirmation.run_id)
    assert (run.takeover_requested, run.claimed_until) == (False, None)
    Run.objects.filter(pk=run.pk).update(failures_in_a_row=2, drivers_lost=2)
    back = told(lambda: takeovers.hand_back(begun.answer, lin, "登录好了"))
    assert kinds(back) == ["takeover.ended", "run.changed"]
    assert (back.trail, back.sent) == (["run.resumed", "takeover.ended"], 1)
    assert AuditEvent.objects.get(type="takeover.ended").result == "success"
    assert back.answer.ended_at is not None
    run.refresh_from_db()
    assert (run.failures_in_a_row, run.drivers_lost) == (0, 0)
    [note] = Step.objects.filter(run=run)
    assert (note.number, note.user, note.action_name) == (1, lin, "handback")
    assert "登录好了" in note.action_text


def test_a_takeover_of_a_driven_run_is_told_as_asked_for(driven: Run, lin: User, told: Any) -> None:
    asked = told(lambda: takeovers.begin(driven, lin))
    assert (kinds(asked), asked.trail) == (["takeover.asked"], ["takeover.requested"])
    assert asked.data("takeover.asked") == {"takeover": str(asked.answer.pk), "by": "lin"}
    assert Takeover.objects.get() == asked.answer


def test_handing_back_without_a_word_leaves_no_step(confirmation: Confirmation, lin: User) -> None:
    ended = takeovers.hand_back(takeovers.begin(confirmation.run, lin), lin)
    assert not Step.objects.exists()
    assert ended.summary == "人工没有操作手机"


def test_finishing_by_hand_frees_the_phone_and_always_says_something(
    confirmation: Confirmation, lin: User, told: Any
) -> None:
    takeover = takeovers.begin(confirmation.run, lin)
    done = told(lambda: takeovers.finish_by_hand(takeover, lin, ""))
    assert (done.trail, done.sent) == (["run.handed_off"], 1)
    assert (done.answer.result, done.answer.failure_code) == ("已转人工处理", "by_hand")


def test_a_gesture_is_told_twice_and_puts_the_clock_back(confirmation: Confirmation, lin: User, told: Any) -> None:
    takeover = takeovers.begin(confirmation.run, lin)
    Takeover.objects.update(last_gesture_at=None)
    begun = told(lambda: takeovers.begin_gesture(gesture(takeover, lin)))
    step = begun.answer
    assert begun.hints == [("step.changed", {"step": 1, "status": "intended", "actor": "human"})]
    takeover.refresh_from_db()
    assert takeover.last_gesture_at is not None
    ended = told(lambda: takeovers.end_gesture(step))
    assert ended.hints == [("step.changed", {"step": 1, "status": "done", "actor": "human"})]
    assert ended.trail == []
    step.refresh_from_db()
    assert (step.status, step.ended_at is not None) == ("done", True)
    failed = told(lambda: takeovers.end_gesture(step, fault="手机不在线"))
    assert failed.trail == ["takeover.gesture_failed"]
    named = told(lambda: takeovers.name_gesture(step, "长" * 300))
    assert named.hints == [("step.changed", {"step": 1, "status": "failed", "actor": "human"})]
    step.refresh_from_db()
    assert step.control == "长" * 200
    assert takeovers.last_number(step.run) == 1


def test_what_the_agent_is_told_are_the_last_twenty_gestures_of_this_takeover(
    confirmation: Confirmation, lin: User
) -> None:
    run = confirmation.run
    takeover = takeovers.begin(run, lin)
    other, agents = another(run), {"actor": "agent", "action_text": "机器的"}
    after = timezone.now()
    for number in range(1, 23):
        human = {"actor": "human", "action_text": f"第{number}下"}
        Step.objects.create(run=run, number=number, started_at=after, **human)
    Step.objects.create(run=run, number=23, started_at=after, **agents)
    Step.objects.create(run=run, number=24, started_at=after - timedelta(days=1), actor="human", action_text="从前")
    Step.objects.create(run=other, number=1, started_at=after, actor="human", action_text="别人的")
    told_to = takeovers.hand_back(takeover, lin).summary
    assert told_to == "人工操作:" + ";".join(f"第{number}下" for number in range(3, 23))


def test_asking_anew_is_told_and_carries_over_what_was_done(confirmation: Confirmation, lin: User, told: Any) -> None:
    takeover = takeovers.begin(confirmation.run, lin)
    takeovers.end_gesture(takeovers.begin_gesture(gesture(takeover, lin)))
    run = Run.objects.get(pk=confirmation.run_id)
    done = told(lambda: takeovers.ask_anew(run, takeover, code="idle", reason="没有动静"))
    assert done.hints == [
        ("takeover.ended", {"takeover": str(takeover.pk), "code": "idle"}),
        ("takeover.asked", {"takeover": str(done.answer.pk), "reason": "没有动静"}),
    ]
    assert done.trail == ["takeover.ended", "takeover.asked"]
    takeover.refresh_from_db()
    assert takeover.ended_at is not None
    assert "(10,20)" in takeover.summary
    again = takeovers.begin(run, lin)
    assert again == done.answer
    assert "(10,20)" in takeovers.hand_back(again, lin).summary


@pytest.mark.parametrize("act", ["begin", "hand_back", "finish", "answer", "decide", "correct"])
def test_another_departments_run_is_not_there_for_any_act(
    confirmation: Confirmation, lin: User, otto: User, act: str
) -> None:
    run = confirmation.run
    question = Question.objects.create(run=run, text="?", choices=[])
    takeover = Takeover.objects.create(run=run, user=otto, begun_at=timezone.now())
    change = {"confirmation": confirmation, "user": otto, "name": "compensation", "value": "30", "version": 0}
    acts: dict[str, Callable[[], object]] = {
        "begin": lambda: takeovers.begin(run, otto),
        "hand_back": lambda: takeovers.hand_back(takeover, otto),
        "finish": lambda: takeovers.finish_by_hand(takeover, otto, ""),
        "answer": lambda: decisions.answer_question(question, otto, "x"),
        "decide": decide(confirmation, otto),
        "correct": lambda: decisions.correct_field(**change),  # type: ignore[arg-type]
    }
    with pytest.raises(NotFound):
        acts[act]()


def test_who_may_only_look_corrects_nothing(confirmation: Confirmation, vera: User) -> None:
    with pytest.raises(Forbidden):
        decisions.correct_field(confirmation=confirmation, user=vera, name="compensation", value="30", version=0)


def test_a_run_is_taken_over_only_where_it_has_a_phone_and_began(run: Run, phone: Phone, lin: User) -> None:
    Run.objects.filter(pk=run.pk).update(phone=phone, checkpoint={})
    with pytest.raises(Conflict, match="no_phone"):
        takeovers.begin(run, lin)
    Run.objects.filter(pk=run.pk).update(phone=None, checkpoint=RunState("x").to_json())
    with pytest.raises(Conflict, match="no_phone"):
        takeovers.begin(run, lin)


def test_a_key_repeats_an_answer_only_for_the_same_person_and_key(confirmation: Confirmation, lin: User) -> None:
    decide(confirmation, lin, idempotency_key="k" * 100)()
    confirmation.refresh_from_db()
    assert confirmation.idempotency_key == "k" * 80
    for key in ("", "other"):
        with pytest.raises(AlreadyDecided):
            decide(confirmation, lin, idempotency_key=key)()


def test_one_decision_closes_one_confirmation_and_only_as_it_was_seen(
    confirmation: Confirmation, run: Run, lin: User
) -> None:
    twin = Confirmation.objects.create(run=another(run), step_number=7, due_at=confirmation.due_at)
    decide(confirmation, lin)()
    twin.refresh_from_db()
    assert twin.state == ConfirmationState.PENDING
    Confirmation.objects.filter(pk=twin.pk).update(version=5)
    with pytest.raises(AlreadyDecided):
        decisions._close(twin, run, ConfirmationState.APPROVED, lin, "")
    Confirmation.objects.filter(pk=twin.pk).update(state=ConfirmationState.VOIDED)
    twin.refresh_from_db()
    with pytest.raises(AlreadyDecided) as refused:
        decisions._close(twin, run, ConfirmationState.APPROVED, lin, "")
    assert refused.value.who == "?"


def test_where_a_flow_wants_no_four_eyes_the_starter_says_yes(confirmation: Confirmation, lin: User) -> None:
    assert confirmation.run.started_by == lin
    assert decide(confirmation, lin)().state == ConfirmationState.APPROVED


def test_a_flow_without_a_limit_needs_one_yes_whatever_the_amount(
    ticket: Ticket, lin: User, ask: Callable[..., Confirmation]
) -> None:
    publish("complaint_refund", second_approval_above=None)
    confirmation = ask(starts.start_run(ticket=ticket, user=lin), fields=ABOVE_THE_LIMIT)
    assert confirmation.approvals_needed == 1


def test_a_worker_is_refused_by_token_and_by_status(driven: Run) -> None:
    assert guard.under_claim(driven.pk, driven.claim_token) == driven
    for claim_token, status in ((driven.claim_token + 1, driven.status), (driven.claim_token, RunStatus.QUEUED)):
        Run.objects.filter(pk=driven.pk).update(status=status)
        with pytest.raises(guard.ClaimLost):
            guard.under_claim(driven.pk, claim_token)
        assert not guard.claimed(driven.pk, claim_token).exists()
