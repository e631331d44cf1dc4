"""A rehearsal tries a version without touching tickets or figures; only a practice phone's grant submits anything."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.utils import timezone

from cs_agent.engine.run.state import FieldValue
from tests.tickets.conftest import confirming, drive, member
from tests.tickets.conftest import request as request_of
from tickets.errors import Conflict, Forbidden, FourEyes, Invalid
from tickets.management import rehearse
from tickets.metrics import rehearsed, report_files
from tickets.models import (
    AuditEvent,
    Confirmation,
    Department,
    FlowVersion,
    LanguageModel,
    ModelChoice,
    Phone,
    PhoneUse,
    Recording,
    RecordingState,
    Rehearsal,
    RehearsalMode,
    RehearsalOutcome,
    RehearsalRun,
    Run,
    RunStatus,
    Step,
    Ticket,
    TicketStatus,
    VersionLife,
    VersionStage,
)
from tickets.runner.holds import leases, run_queue
from tickets.services.flows import rehearsals, rehearsing
from tickets.services.releasing import floors, stages
from tickets.services.runs import decisions, pauses, starts
from tickets.services.runs import lifecycle as runs
from tickets.services.tickets.changes import create_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin_two(department: Department) -> User:
    return User.objects.create_superuser("zoe", password="not-a-real-password")


@pytest.fixture
def draft(refund_flow: FlowVersion) -> FlowVersion:
    """The version, as if it had just been made of a draft."""
    VersionLife.objects.filter(version=refund_flow).update(stage=VersionStage.DRAFT)
    return refund_flow


@pytest.fixture
def rehearsal_phone(phone: Phone) -> Phone:
    Phone.objects.filter(pk=phone.pk).update(use=PhoneUse.REHEARSAL)
    phone.refresh_from_db()
    return phone


@pytest.fixture
def practice_phone(phone: Phone, ann: User, admin_two: User) -> Phone:
    rehearsals.mark_for_practice(phone, ann, "售后系统 / test01")
    return rehearsals.agree_to_practice(phone, admin_two)


def paused(run: Run, phone: Phone, *, differs: bool = False, irreversible: bool = True) -> Confirmation:
    """What the driving task does when the agent reaches its commit."""
    run = drive(run, phone, confirming())
    value = FieldValue("refund", "退款", "¥399.00", "¥299.00" if differs else "¥399.00", differs=differs)
    confirmation = pauses.ask_confirmation(run, step_number=1, request=request_of(fields=(value,)))
    rehearsing.answer(run, confirmation, irreversible=irreversible)
    confirmation.refresh_from_db()
    return confirmation


def only_run(rehearsal: Rehearsal) -> Run:
    run = rehearsal.runs.get().run
    assert run is not None
    return run


class TestDry:
    def test_it_ends_at_the_commit_and_leaves_the_ticket_as_it_was(
        self, draft: FlowVersion, fei: User, ticket: Ticket, rehearsal_phone: Phone
    ) -> None:
        rehearsal = rehearsals.start(draft, fei, [ticket])
        run = only_run(rehearsal)
        paused(run, rehearsal_phone)
        run.refresh_from_db()
        ticket.refresh_from_db()
        assert rehearsal.runs.get().outcome == RehearsalOutcome.COMMIT_REACHED
        assert (run.status, ticket.status, ticket.assignee, ticket.result) == ("cancelled", TicketStatus.NEW, None, "")
        assert not AuditEvent.objects.filter(type="confirmation.approved").exists()

    def test_fields_that_differ_from_the_ticket_are_no_success(
        self, draft: FlowVersion, fei: User, ticket: Ticket, rehearsal_phone: Phone
    ) -> None:
        rehearsal = rehearsals.start(draft, fei, [ticket])
        paused(only_run(rehearsal), rehearsal_phone, differs=True)
        assert rehearsal.runs.get().outcome == RehearsalOutcome.FIELDS_DIFFER

    def test_a_question_ends_it_because_nobody_sits_beside_it(
        self, draft: FlowVersion, fei: User, ticket: Ticket, rehearsal_phone: Phone
    ) -> None:
        rehearsal = rehearsals.start(draft, fei, [ticket])
        paused(only_run(rehearsal), rehearsal_phone, irreversible=False)
        assert rehearsal.runs.get().outcome == RehearsalOutcome.NEEDED_PERSON

    def test_a_flow_that_only_reads_has_no_commit_to_reach(
        self, draft: FlowVersion, fei: User, ticket: Ticket, rehearsal_phone: Phone
    ) -> None:
        FlowVersion.objects.filter(pk=draft.pk).update(
            definition={**draft.definition, "engine": {**draft.definition["engine"], "read_only": True}}
        )
        rehearsal = rehearsals.start(draft, fei, [ticket])
        paused(only_run(rehearsal), rehearsal_phone)
        assert rehearsal.runs.get().outcome == RehearsalOutcome.NEEDED_PERSON

    def test_the_version_counts_as_rehearsed_once_all_runs_have_ended_and_one_went_well(
        self, draft: FlowVersion, fei: User, ticket: Ticket, rehearsal_phone: Phone
    ) -> None:
        rehearsal = rehearsals.start(draft, fei, [ticket], times=2)
        first, second = (row.run for row in rehearsal.runs.all())
        paused(first, rehearsal_phone)
        assert rehearsals.close_finished() == 0
        runs.end(drive(second, rehearsal_phone), RunStatus.FAILED, result="没找到订单")
        assert rehearsals.close_finished() == 1
        assert stages.of(draft) is VersionStage.REHEARSED
        assert list(rehearsal.runs.values_list("outcome", flat=True)) == ["commit_reached", "failed"]

    def test_rehearsals_alone_that_failed_make_nothing_rehearsed(
        self, draft: FlowVersion, fei: User, ticket: Ticket, rehearsal_phone: Phone
    ) -> None:
        rehearsal = rehearsals.start(draft, fei, [ticket])
        runs.end(drive(only_run(rehearsal), rehearsal_phone), RunStatus.FAILED, result="没找到订单")
        assert rehearsals.close_finished() == 1
        assert stages.of(draft) is VersionStage.DRAFT

    def test_a_ticket_that_cannot_be_read_is_told_and_holds_up_nobody(
        self, draft: FlowVersion, fei: User, ticket: Ticket, rehearsal_phone: Phone
    ) -> None:
        Ticket.objects.filter(pk=ticket.pk).update(text="你好")
        ticket.refresh_from_db()
        rehearsal = rehearsals.start(draft, fei, [ticket])
        row = rehearsal.runs.get()
        assert (row.run, row.outcome) == (None, RehearsalOutcome.NOT_STARTED)
        assert row.note

    def test_it_counts_in_no_figure_and_keeps_no_customer_from_his_run(
        self, draft: FlowVersion, fei: User, lin: User, ticket: Ticket, rehearsal_phone: Phone
    ) -> None:
        rehearsals.start(draft, fei, [ticket], times=12)
        for row in Run.objects.all():
            runs.end(drive(row, rehearsal_phone), RunStatus.FAILED, result="x")
        release = draft.releases.get()
        assert floors.measure(release).runs == 0
        assert starts.start_run(ticket=ticket, user=lin).serves

    def test_it_never_gets_a_phone_that_serves_customers_nor_the_other_way(
        self, draft: FlowVersion, fei: User, lin: User, ticket: Ticket, rehearsal_phone: Phone
    ) -> None:
        customers = Phone.objects.create(name="二号机", serial="127.0.0.1:5602", queue="phones")
        rehearsed = only_run(rehearsals.start(draft, fei, [ticket]))
        served = starts.start_run(ticket=ticket, user=lin)
        assert run_queue.is_next(rehearsed, "phones")
        leases_of = {run.pk: leases.acquire(run, "phones") for run in (rehearsed, served)}
        assert leases_of[rehearsed.pk].phone_id == rehearsal_phone.pk  # type: ignore[union-attr]
        assert leases_of[served.pk].phone_id == customers.pk  # type: ignore[union-attr]

    @pytest.mark.parametrize("times", [0, -1, 501])
    def test_an_impossible_number_is_refused(
        self, draft: FlowVersion, fei: User, ticket: Ticket, rehearsal_phone: Phone, times: int
    ) -> None:
        with pytest.raises(Invalid):
            rehearsals.start(draft, fei, [ticket], times=times)
        assert not Rehearsal.objects.exists()

    def test_without_a_rehearsal_phone_it_says_so(
        self, draft: FlowVersion, fei: User, ticket: Ticket, phone: Phone
    ) -> None:
        with pytest.raises(Conflict, match="no_rehearsal_phone"):
            rehearsals.start(draft, fei, [ticket])

    def test_an_operator_may_not_rehearse(
        self, draft: FlowVersion, lin: User, ticket: Ticket, rehearsal_phone: Phone
    ) -> None:
        with pytest.raises(Forbidden):
            rehearsals.start(draft, lin, [ticket])

    def test_it_can_be_stopped(self, draft: FlowVersion, fei: User, ticket: Ticket, rehearsal_phone: Phone) -> None:
        rehearsal = rehearsals.start(draft, fei, [ticket], times=3)
        assert rehearsals.stop(rehearsal, fei) == 3
        assert set(rehearsal.runs.values_list("outcome", flat=True)) == {"stopped"}


class TestPractice:
    def test_a_phone_is_marked_by_two_people(self, phone: Phone, ann: User, admin_two: User) -> None:
        with pytest.raises(Conflict):
            rehearsals.agree_to_practice(phone, ann)
        rehearsals.mark_for_practice(phone, ann, "售后系统 / test01")
        with pytest.raises(FourEyes):
            rehearsals.agree_to_practice(phone, ann)
        assert rehearsals.agree_to_practice(phone, admin_two).use == PhoneUse.PRACTICE
        with pytest.raises(Invalid):
            rehearsals.set_use(phone, ann, PhoneUse.PRACTICE)

    def test_the_grant_stands_for_the_yes_on_the_record_as_what_it_is(
        self, draft: FlowVersion, fei: User, lin: User, ticket: Ticket, practice_phone: Phone
    ) -> None:
        grant = rehearsals.grant(draft, practice_phone, lin, 1)
        rehearsal = rehearsals.start(draft, fei, [ticket], mode=RehearsalMode.PRACTICE, grant=grant)
        confirmation = paused(only_run(rehearsal), practice_phone)
        assert (confirmation.state, confirmation.decided_by) == ("approved", lin)
        types = set(AuditEvent.objects.filter(type__startswith="confirmation.").values_list("type", flat=True))
        assert types == {"confirmation.asked", "confirmation.granted"}
        grant.refresh_from_db()
        assert grant.runs_left == 0

    def test_a_used_up_grant_submits_nothing(
        self, draft: FlowVersion, fei: User, lin: User, ticket: Ticket, practice_phone: Phone
    ) -> None:
        grant = rehearsals.grant(draft, practice_phone, lin, 1)
        rehearsal = rehearsals.start(draft, fei, [ticket], times=2, mode=RehearsalMode.PRACTICE, grant=grant)
        first, second = (row.run for row in rehearsal.runs.all())
        assert paused(first, practice_phone).state == "approved"
        runs.end(drive(runs.locked(first), practice_phone), RunStatus.SUCCEEDED, result="好")
        assert paused(second, practice_phone).state == "voided"
        assert rehearsal.runs.last().outcome == RehearsalOutcome.NEEDED_PERSON  # type: ignore[union-attr]

    def test_what_differs_from_the_ticket_is_not_submitted_even_with_a_grant(
        self, draft: FlowVersion, fei: User, lin: User, ticket: Ticket, practice_phone: Phone
    ) -> None:
        grant = rehearsals.grant(draft, practice_phone, lin, 5)
        rehearsal = rehearsals.start(draft, fei, [ticket], mode=RehearsalMode.PRACTICE, grant=grant)
        assert paused(only_run(rehearsal), practice_phone, differs=True).state == "voided"

    def test_a_grant_approves_nothing_for_a_customer(
        self, draft: FlowVersion, lin: User, run: Run, practice_phone: Phone
    ) -> None:
        grant = rehearsals.grant(draft, practice_phone, lin, 5)
        confirmation = paused(run, practice_phone)
        assert confirmation.state == "pending"
        run.refresh_from_db()
        with pytest.raises(Conflict):
            decisions.approve_by_grant(run, confirmation, grant)

    def test_no_other_phone_is_granted_anything(self, draft: FlowVersion, lin: User, rehearsal_phone: Phone) -> None:
        with pytest.raises(Invalid):
            rehearsals.grant(draft, rehearsal_phone, lin, 5)


def test_the_clock_ends_what_is_over(draft: FlowVersion, fei: User, ticket: Ticket, rehearsal_phone: Phone) -> None:
    rehearsal = rehearsals.start(draft, fei, [ticket])
    paused(only_run(rehearsal), rehearsal_phone)
    rehearsals.close_finished()
    rehearsal.refresh_from_db()
    assert rehearsal.ended_at is not None


def test_editors_are_other_people_than_the_one_who_grants(department: Department) -> None:
    assert not member("eva", "flow_editor", department).has_perm("tickets.decide")


def test_the_report_is_written_as_a_page_of_its_own(
    draft: FlowVersion, fei: User, ticket: Ticket, rehearsal_phone: Phone, tmp_path: Path
) -> None:
    rehearsal = rehearsals.start(draft, fei, [ticket])
    paused(only_run(rehearsal), rehearsal_phone)
    rehearsals.close_finished()
    rehearse.write(rehearsed.report(rehearsal), tmp_path / "report.html")
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert ticket.number in html
    assert "1 / 1" in html


def test_a_report_names_no_ticket_of_a_department_that_is_not_the_readers(
    draft: FlowVersion, fei: User, ticket: Ticket, rehearsal_phone: Phone
) -> None:
    rehearsal = rehearsals.start(draft, fei, [ticket])
    RehearsalRun.objects.update(outcome="failed", note="找不到红雨伞的订单")
    elsewhere = member("sue", "supervisor", Department.objects.create(name="二部"))
    theirs, ours = (report_files.html(rehearsed.report(rehearsal, reader)) for reader in (elsewhere, fei))
    assert (ticket.number in ours, "红雨伞" in ours) == (True, True)
    assert (ticket.number in theirs, "红雨伞" in theirs, "0 / 1" in theirs) == (False, False, True)


def test_a_report_that_leaves_the_console_as_a_file_holds_no_personal_data(
    draft: FlowVersion, fei: User, ticket: Ticket, rehearsal_phone: Phone
) -> None:
    rehearsal = rehearsals.start(draft, fei, [ticket])
    RehearsalRun.objects.update(outcome="failed", note="手机号 13901234567 查不到")
    html = report_files.html(rehearsed.report(rehearsal))
    assert "查不到" in html
    assert "13901234567" not in html


def test_a_video_that_is_still_being_made_is_waited_for_and_said(
    draft: FlowVersion, fei: User, ticket: Ticket, rehearsal_phone: Phone
) -> None:
    rehearsal = rehearsals.start(draft, fei, [ticket])
    run = only_run(rehearsal)
    paused(run, rehearsal_phone)
    Recording.objects.update_or_create(run=run, defaults={"state": RecordingState.ENCODING})
    assert rehearsed.recordings_under_way(rehearsal)
    assert "生成中" in report_files.html(rehearsed.report(rehearsal))
    Recording.objects.filter(run=run).update(state=RecordingState.READY, sha256="ab" * 32)
    assert not rehearsed.recordings_under_way(rehearsal)
    assert "ab" * 32 in report_files.html(rehearsed.report(rehearsal))


def test_the_report_counts_the_machines_time_once_and_what_the_models_used(
    draft: FlowVersion, fei: User, ticket: Ticket, rehearsal_phone: Phone
) -> None:
    rehearsal = rehearsals.start(draft, fei, [ticket])
    run = only_run(rehearsal)
    timings = {"observe": 1.0, "model": 2.0, "act": 0.5, "total": 4.0, "engine": 2.0}
    Step.objects.create(
        run=run,
        number=1,
        status="done",
        started_at=timezone.now(),
        timings=timings,
        tokens={"prompt": 90_000, "completion": 1000},
    )
    paused(run, rehearsal_phone)
    report = rehearsed.report(rehearsal)
    assert (report.p50, report.calls, report.tokens) == (4.0, 1, 91_000)
    assert report.cost is None
    assert "模型没有填单价" in report_files.html(report)
    row = LanguageModel.objects.create(name="m", family="autoglm", base_url="http://x/v1", model="m")
    ModelChoice.objects.create(model=row)
    assert rehearsed.report(rehearsal).cost is None
    LanguageModel.objects.update(price_sent=Decimal("2"), price_received=Decimal("8.5"))
    report = rehearsed.report(rehearsal)
    assert report.cost == Decimal("0.1885")
    assert "¥0.1885" in report_files.html(report)
    dear = LanguageModel.objects.create(
        name="n", family="autoglm", base_url="http://x/v1", model="n", price_sent=9, price_received=9
    )
    ModelChoice.objects.update(grounder=dear)
    assert rehearsed.report(rehearsal).cost is None  # the tokens of two models are counted together
    Step.objects.update(tokens={}, timings={"total": 4.0})
    assert rehearsed.report(rehearsal).cost == 0  # run from memory


class TestCommand:
    def test_so_many_runs_are_spread_over_the_tickets(
        self, draft: FlowVersion, fei: User, ticket: Ticket, department: Department, rehearsal_phone: Phone
    ) -> None:
        other = create_ticket(user=None, department=department, subject=ticket.subject, text=ticket.text)
        for text in ("蓝牙耳机多少钱?", "你好"):
            create_ticket(user=None, department=department, subject=text, text=text)
        chosen = rehearsals.suitable(draft, fei, 100)
        assert {each.pk for each in chosen} == {ticket.pk, other.pk}
        made = rehearsals.start(draft, fei, rehearsals.spread(chosen, 5))
        assert Counter(made.runs.values_list("ticket_number", flat=True)) == {other.number: 3, ticket.number: 2}

    @pytest.mark.parametrize("total", [0, -1, rehearsals.MOST_RUNS + 1])
    def test_an_impossible_number_of_runs_is_refused(self, ticket: Ticket, total: int) -> None:
        with pytest.raises(Invalid):
            rehearsals.spread([ticket], total)

    def test_without_a_fitting_ticket_it_says_so(
        self, draft: FlowVersion, fei: User, ticket: Ticket, rehearsal_phone: Phone
    ) -> None:
        Ticket.objects.update(subject="你好", text="你好")
        with pytest.raises(CommandError, match="200"):
            call_command("flow", "rehearse", draft.template.slug, "--runs", "3", "--user", fei.username)
        with pytest.raises(CommandError, match="not allowed with"):
            call_command("flow", "rehearse", "x", "--runs", "3", "--times", "2")
