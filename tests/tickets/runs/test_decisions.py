"""A confirmation is answered once, by somebody who may, about exactly what was shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db.models.signals import post_init
from django.utils import timezone
from PIL import Image

from cs_agent.engine.actions.values import digest
from cs_agent.engine.run.state import FieldValue, Phase, RunState, TakeoverRequest
from cs_agent.engine.run.state import Question as Asked
from cs_agent.geometry import Box
from cs_agent.vision.highlight import Tone
from tests.tickets.conftest import TAP, confirming, drive, publish, request
from tickets.errors import (
    AlreadyDecided,
    Expired,
    Forbidden,
    FourEyes,
    IllegalTransition,
    Invalid,
    NeedsReason,
    NotFound,
    NotPending,
)
from tickets.models import (
    AuditEvent,
    Confirmation,
    ConfirmationState,
    Phone,
    Question,
    Run,
    RunStatus,
    Takeover,
    Ticket,
)
from tickets.services.evidence import pictures
from tickets.services.runs import decisions, pauses, starts
from tickets.services.runs import lifecycle as runs
from tickets.services.runs.clocks import confirmations as deadlines

BOX = Box(10, 10, 90, 30)
DIFFERING_IN_A_BOX = (FieldValue("b", "乙", "1", "2", differs=True, box=BOX),)
DIFFERING = (FieldValue("refund", "退款", "¥499.00", "399.00", differs=True),)


def yes(confirmation: Confirmation, user: User, **changes: Any) -> Confirmation:
    values = {"approve": True, "version": confirmation.version, **changes}
    return decisions.decide(confirmation=confirmation, user=user, **values)


def no(confirmation: Confirmation, user: User, **changes: Any) -> Confirmation:
    return yes(confirmation, user, approve=False, **changes)


def state_of(run: Run) -> RunState:
    return RunState.from_json(Run.objects.values_list("checkpoint", flat=True).get(pk=run.pk))


def test_asking_parks_the_run_with_picture_fields_and_due_time(confirmation: Confirmation) -> None:
    run = Run.objects.get(pk=confirmation.run_id)
    assert (run.status, run.claimed_until) == (RunStatus.AWAITING_CONFIRMATION, None)
    assert confirmation.fields[0] == {
        "name": "refund",
        "label": "退款",
        "screen_value": "¥399.00",
        "ticket_value": "全额",
        "differs": False,
        "box": [10, 10, 90, 30],
        "source": "ocr",
    }
    with Image.open(pictures.path_of(confirmation.screenshot)) as picture:
        assert picture.size == (confirmation.screenshot_width, confirmation.screenshot_height) == (100, 200)
        assert len(picture.getcolors(20_000) or []) > 10  # the fields are pointed out
    assert 1700 < (confirmation.due_at - timezone.now()).total_seconds() < 1801
    assert AuditEvent.objects.get(type="confirmation.asked").confirmation_id == str(confirmation.pk)


def test_yes_lets_the_run_go_on_with_exactly_that_action(confirmation: Confirmation, lin: User) -> None:
    decided = yes(confirmation, lin)
    assert (decided.state, decided.decided_by) == (ConfirmationState.APPROVED, lin)
    assert Run.objects.get(pk=confirmation.run_id).status == RunStatus.QUEUED
    state = state_of(confirmation.run)
    assert (state.phase, state.approved) == (Phase.READY, digest(TAP))
    event = AuditEvent.objects.get(type="confirmation.approved")
    assert (event.decided_by, event.step_no, event.confirmation_id) == ("lin", 7, str(confirmation.pk))


def test_no_ends_the_run_with_the_note(confirmation: Confirmation, lin: User) -> None:
    no(confirmation, lin, note="金额不对")
    run = Run.objects.get(pk=confirmation.run_id)
    assert (run.status, run.failure_code) == (RunStatus.CANCELLED, "rejected")
    assert "金额不对" in run.result
    assert Ticket.objects.get(pk=run.ticket_id).result == run.result
    assert state_of(run).phase is Phase.ENDED


def test_no_may_also_guide_the_agent_on(confirmation: Confirmation, lin: User) -> None:
    no(confirmation, lin, note="请改为部分退款", then_end=False)
    assert Run.objects.get(pk=confirmation.run_id).status == RunStatus.QUEUED
    state = state_of(confirmation.run)
    assert state.phase is Phase.READY
    assert state.approved == ""
    assert any("请改为部分退款" in text for _role, text in state.history)


def test_a_second_yes_is_told_who_was_first(confirmation: Confirmation, lin: User, bo: User) -> None:
    yes(confirmation, lin)
    with pytest.raises(AlreadyDecided) as refused:
        yes(confirmation, bo)
    assert refused.value.who == "lin"
    assert "lin" in refused.value.message
    assert refused.value.status == 409


def test_a_no_after_a_yes_changes_nothing(confirmation: Confirmation, lin: User, bo: User) -> None:
    yes(confirmation, lin)
    with pytest.raises(AlreadyDecided):
        no(confirmation, bo)
    assert Run.objects.get(pk=confirmation.run_id).status == RunStatus.QUEUED


def test_the_same_key_of_the_same_person_gives_the_first_answer_again(
    confirmation: Confirmation, lin: User, bo: User
) -> None:
    first = yes(confirmation, lin, idempotency_key="k1")
    assert yes(confirmation, lin, idempotency_key="k1") == first
    assert AuditEvent.objects.filter(type="confirmation.approved").count() == 1
    with pytest.raises(AlreadyDecided):
        yes(confirmation, bo, idempotency_key="k1")


def test_a_yes_for_a_page_that_is_out_of_date_is_refused(confirmation: Confirmation, lin: User) -> None:
    with pytest.raises(NotPending, match="stale_confirmation"):
        yes(confirmation, lin, version=confirmation.version + 1)


def test_a_yes_for_a_run_that_is_not_waiting_is_refused(confirmation: Confirmation, lin: User) -> None:
    runs.stop_run(confirmation.run, lin)
    with pytest.raises(NotPending):
        yes(confirmation, lin)


def test_a_viewer_and_another_department_may_not_decide(confirmation: Confirmation, vera: User, otto: User) -> None:
    with pytest.raises(Forbidden):
        yes(confirmation, vera)
    with pytest.raises(NotFound):
        yes(confirmation, otto)
    confirmation.refresh_from_db()
    assert confirmation.state == ConfirmationState.PENDING


def test_a_supervisor_may_decide_what_was_escalated(confirmation: Confirmation, sun: User) -> None:
    assert yes(confirmation, sun).state == ConfirmationState.APPROVED


def test_where_screen_and_ticket_differ_yes_needs_a_reason(
    run: Run, ask: Callable[..., Confirmation], lin: User
) -> None:
    confirmation = ask(run, fields=DIFFERING)
    with pytest.raises(NeedsReason):
        yes(confirmation, lin, note="   ")
    decided = yes(confirmation, lin, note="客户电话同意")
    assert decided.note == "客户电话同意"
    assert AuditEvent.objects.get(type="confirmation.approved").details["note"] == "客户电话同意"


def test_a_no_never_needs_a_reason(run: Run, ask: Callable[..., Confirmation], lin: User) -> None:
    assert no(ask(run, fields=DIFFERING), lin).state == ConfirmationState.REJECTED


def test_with_four_eyes_the_starter_may_not_confirm_not_even_an_administrator(
    ticket: Ticket, ann: User, bo: User, ask: Callable[..., Confirmation]
) -> None:
    publish("complaint_refund", four_eyes=True)
    confirmation = ask(starts.start_run(ticket=ticket, user=ann))
    with pytest.raises(FourEyes):
        yes(confirmation, ann)
    assert yes(confirmation, bo).state == ConfirmationState.APPROVED


def test_with_four_eyes_the_starter_may_still_say_no(
    ticket: Ticket, lin: User, ask: Callable[..., Confirmation]
) -> None:
    publish("complaint_refund", four_eyes=True)
    confirmation = ask(starts.start_run(ticket=ticket, user=lin))
    assert no(confirmation, lin).state == ConfirmationState.REJECTED


def test_above_the_limit_two_different_people_must_say_yes(
    run: Run, ask: Callable[..., Confirmation], lin: User, bo: User
) -> None:
    confirmation = ask(run, fields=(FieldValue("refund", "退款", "¥2,000.01", "全额"),))
    assert confirmation.approvals_needed == 2
    first = yes(confirmation, lin)
    assert (first.state, first.first_approved_by) == (ConfirmationState.PENDING, lin)
    assert Run.objects.get(pk=run.pk).status == RunStatus.AWAITING_CONFIRMATION
    with pytest.raises(FourEyes):
        yes(first, lin)
    assert yes(first, bo).state == ConfirmationState.APPROVED


def test_an_amount_that_cannot_be_read_counts_as_above_the_limit(run: Run, ask: Callable[..., Confirmation]) -> None:
    assert ask(run, fields=(FieldValue("refund", "退款", "¥3??", "全额"),)).approvals_needed == 2


@pytest.mark.parametrize("nothing", ["¥0.00", "0", "0元"])
def test_an_amount_of_nothing_is_below_the_limit(run: Run, ask: Callable[..., Confirmation], nothing: str) -> None:
    fields = (FieldValue("refund", "退款", "¥349.50", "¥349.50"), FieldValue("compensation", "补偿", nothing, ""))
    assert ask(run, fields=fields).approvals_needed == 1


def test_an_amount_that_was_not_found_counts_as_above_the_limit(run: Run, ask: Callable[..., Confirmation]) -> None:
    reason = FieldValue("reason", "原因", "质量问题", "质量问题")
    assert ask(run, fields=(FieldValue("refund", "退款", "", "全额"), reason)).approvals_needed == 2


@pytest.mark.parametrize(("irreversible", "needed"), [(True, 2), (False, 1)])
def test_without_any_amount_only_what_can_be_undone_needs_one_yes(
    run: Run, ask: Callable[..., Confirmation], irreversible: bool, needed: int
) -> None:
    reason = FieldValue("reason", "原因", "质量问题", "质量问题")
    assert ask(run, fields=(reason,), irreversible=irreversible).approvals_needed == needed


def test_an_amount_at_the_limit_needs_one_yes(run: Run, ask: Callable[..., Confirmation]) -> None:
    assert ask(run, fields=(FieldValue("refund", "退款", "¥2000.00", "全额"),)).approvals_needed == 1


def test_a_corrected_field_goes_back_to_the_agent(confirmation: Confirmation, lin: User) -> None:
    corrected = decisions.correct_field(
        confirmation=confirmation, user=lin, name="compensation", value="30", version=confirmation.version
    )
    assert corrected.state == ConfirmationState.CORRECTED
    assert Run.objects.get(pk=confirmation.run_id).status == RunStatus.QUEUED
    assert state_of(confirmation.run).corrections == {"compensation": "30.00"}


@pytest.mark.parametrize(("name", "value"), [("nothing", "1"), ("refund", "  "), ("refund", "x" * 2001)])
def test_a_senseless_correction_is_refused(confirmation: Confirmation, lin: User, name: str, value: str) -> None:
    with pytest.raises(Invalid):
        decisions.correct_field(confirmation=confirmation, user=lin, name=name, value=value, version=0)
    confirmation.refresh_from_db()
    assert confirmation.state == ConfirmationState.PENDING


def test_time_over_means_no_and_a_person_takes_the_ticket(confirmation: Confirmation, lin: User) -> None:
    Confirmation.objects.filter(pk=confirmation.pk).update(due_at=timezone.now() - timedelta(seconds=1))
    confirmation.refresh_from_db()
    with pytest.raises(Expired):
        yes(confirmation, lin)
    run = Run.objects.get(pk=confirmation.run_id)
    assert (run.status, run.failure_code) == (RunStatus.HANDED_OFF, "confirmation_expired")
    assert AuditEvent.objects.filter(type="confirmation.expired").count() == 1


def test_the_sweep_reminds_then_escalates_then_expires_each_once(confirmation: Confirmation) -> None:
    span = confirmation.due_at - confirmation.created_at
    at = [deadlines.sweep(confirmation.created_at + span * share) for share in (0.4, 0.6, 0.7, 0.9, 0.95, 1.0, 1.1)]
    assert [swept.reminded for swept in at] == [0, 1, 0, 0, 0, 0, 0]
    assert [swept.escalated for swept in at] == [0, 0, 0, 1, 0, 0, 0]
    assert [swept.expired for swept in at] == [0, 0, 0, 0, 0, 1, 0]
    confirmation.refresh_from_db()
    assert confirmation.state == ConfirmationState.EXPIRED


def test_a_sweep_reads_none_of_those_who_still_have_time(confirmation: Confirmation) -> None:
    read: list[Any] = []

    def note(**kwargs: Any) -> None:
        read.append(kwargs["instance"])

    post_init.connect(note, sender=Confirmation)
    try:
        deadlines.sweep(confirmation.created_at + (confirmation.due_at - confirmation.created_at) * 0.4)
    finally:
        post_init.disconnect(note, sender=Confirmation)
    assert read == []


def test_an_answer_goes_to_the_agent_and_a_second_one_is_told_who_was_first(
    run: Run, phone: Phone, lin: User, bo: User
) -> None:
    asking = RunState("退款", phase=Phase.ASKING, pending={"kind": "question", "thought": "选哪个", "action_text": ""})
    drive(run, phone, asking)
    question = pauses.ask_question(run, Asked("选哪个地址?", ("家", "公司"), Image.new("RGB", (10, 20))))
    assert Run.objects.get(pk=run.pk).status == RunStatus.AWAITING_ANSWER
    with pytest.raises(Invalid):
        decisions.answer_question(question, lin, "  ")
    decisions.answer_question(question, lin, "公司")
    assert Run.objects.get(pk=run.pk).status == RunStatus.QUEUED
    assert any("公司" in text for _role, text in state_of(run).history)
    with pytest.raises(AlreadyDecided):
        decisions.answer_question(question, bo, "家")
    assert Question.objects.get().answer == "公司"


def test_a_question_of_a_stopped_run_cannot_be_answered(run: Run, phone: Phone, lin: User) -> None:
    drive(run, phone, RunState("退款", phase=Phase.ASKING))
    question = pauses.ask_question(run, Asked("?"))
    runs.stop_run(run, lin)
    with pytest.raises(NotPending):
        decisions.answer_question(question, lin, "x")


def test_a_run_that_was_stopped_on_the_way_into_a_pause_asks_nothing(driven: Run, lin: User) -> None:
    runs.stop_run(driven, lin)
    with pytest.raises(IllegalTransition):
        pauses.ask_confirmation(Run.objects.get(pk=driven.pk), step_number=1, request=request())
    assert Run.objects.get(pk=driven.pk).status == RunStatus.CANCELLED
    assert not Confirmation.objects.exists()


def test_a_takeover_asked_for_on_the_way_into_a_pause_is_honoured(run: Run, phone: Phone, lin: User) -> None:
    from tickets.services.runs import takeovers

    drive(run, phone, confirming())
    takeovers.begin(run, lin)
    run.refresh_from_db()
    confirmation = pauses.ask_confirmation(run, step_number=1, request=request())
    confirmation.refresh_from_db()
    assert Run.objects.get(pk=run.pk).status == RunStatus.TAKEN_OVER
    assert confirmation.state == ConfirmationState.VOIDED
    assert Takeover.objects.get().begun_at is not None


def test_a_confirmation_without_a_picture_is_asked(run: Run, ask: Callable[..., Confirmation], settings: Any) -> None:
    confirmation = ask(run, screenshot=None)
    assert confirmation.screenshot == ""
    assert not Path(settings.MEDIA_ROOT).exists()


def test_who_may_only_look_answers_no_question(run: Run, phone: Phone, vera: User) -> None:
    drive(run, phone, RunState("退款", phase=Phase.ASKING))
    question = pauses.ask_question(run, Asked("?"))
    with pytest.raises(Forbidden):
        decisions.answer_question(question, vera, "x")
    question.refresh_from_db()
    assert question.answered_at is None


def test_a_run_whose_confirmation_expired_is_sent_to_its_worker_so_that_its_phone_is_freed(
    confirmation: Confirmation, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Any] = []
    monkeypatch.setattr("tickets.queues.enqueue", lambda run_id, queue: sent.append(run_id))
    with django_capture_on_commit_callbacks(execute=True):
        assert decisions.expire_if_due(confirmation, confirmation.due_at)
    assert sent == [confirmation.run_id]


def test_a_required_amount_that_was_not_found_beside_another_counts_as_above_the_limit(
    run: Run, ask: Callable[..., Confirmation]
) -> None:
    other = FieldValue("compensation", "补偿", "¥50.00", "50.00")
    assert ask(run, fields=(other,), irreversible=True).approvals_needed == 2


def test_an_answered_question_takes_no_correction(confirmation: Confirmation, lin: User, bo: User) -> None:
    change: dict[str, Any] = {"confirmation": confirmation, "user": bo, "name": "compensation", "value": "30"}
    with pytest.raises(NotPending, match="stale"):
        decisions.correct_field(**change, version=confirmation.version + 1)
    yes(confirmation, lin)
    with pytest.raises(AlreadyDecided):
        decisions.correct_field(**change, version=confirmation.version)


@pytest.mark.parametrize(("full", "told"), [("", "lin"), ("林晓", "林晓")])
def test_the_result_of_a_no_says_who_said_it(confirmation: Confirmation, lin: User, full: str, told: str) -> None:
    lin.last_name = full
    no(confirmation, lin)
    assert f"{told} 已拒绝" in Run.objects.get(pk=confirmation.run_id).result


def test_a_question_and_a_wish_for_a_human_are_on_the_record(run: Run, phone: Phone) -> None:
    pauses.ask_question(drive(run, phone), Asked("退到哪里?", ("原路", "余额")))
    assert AuditEvent.objects.get(type="question.asked").details["text"] == "退到哪里?"
    Run.objects.filter(pk=run.pk).update(status=RunStatus.RUNNING)
    run.refresh_from_db()
    pauses.ask_takeover(run, TakeoverRequest("需要登录", code="model"))
    assert AuditEvent.objects.get(type="takeover.asked").details == {"reason": "需要登录", "code": "model"}


def test_a_differing_field_is_marked_otherwise_than_an_equal_one() -> None:
    marks = pauses._marks(request(fields=(FieldValue("a", "甲", "1", "1", box=BOX), *DIFFERING_IN_A_BOX)))
    assert [(mark.label, mark.tone) for mark in marks] == [
        ("1", Tone.FIELD),
        ("2", Tone.DIFFERS),
        ("", Tone.TARGET),
    ]
