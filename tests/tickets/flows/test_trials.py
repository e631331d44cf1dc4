"""Two versions compared: the size laid down beforehand, a stable split, no figures before the end, a stop at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from itertools import islice
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from cs_agent.engine.actions.values import Back, digest
from cs_agent.engine.run.state import StepStatus
from tests.tickets.conftest import flow_file, member
from tests.tickets.runs.test_steps import VERDICT, record
from tickets import tasks
from tickets.errors import Conflict, Forbidden, Invalid, ServiceError
from tickets.metrics import comparing
from tickets.models import (
    ActFault,
    Arm,
    AuditEvent,
    Confirmation,
    ConfirmationState,
    Department,
    FlowTemplate,
    FlowVersion,
    Run,
    RunStatus,
    Step,
    Ticket,
    Trial,
    TrialMeasure,
    TrialRun,
    TrialState,
    TrialStop,
    VersionLife,
    VersionStage,
)
from tickets.services.flows import publishing
from tickets.services.releasing import act_marks, floors, releases, trial_plans, trial_results, trial_runs, trials
from tickets.services.runs import starts, steps

S = TrialState
DEFINITION = flow_file("order_status")["definition"]


class TestSizes:
    @pytest.mark.parametrize(
        ("one", "other", "power", "each"),
        [  # two-sided 5 %, without continuity correction, as tables of two proportions give it
            (0.5, 0.6, 0.8, 388),
            (0.9, 0.95, 0.8, 435),
            (0.9, 0.95, 0.9, 582),
            (0.2, 0.3, 0.8, 294),
        ],
    )
    def test_two_proportions_take_what_the_tables_say(self, one: float, other: float, power: float, each: int) -> None:
        found = comparing._for_two(one, other, 0.05, power)
        assert found == each
        assert comparing.runs_for_shares(one, other - one, alpha=0.05, power=power) >= each

    def test_two_means_take_what_the_tables_say(self) -> None:
        assert comparing.runs_for_means(10, 5, alpha=0.05, power=0.8) == 63
        assert comparing.runs_for_means(10, 5, alpha=0.05, power=0.9) == 85

    def test_newcombe_s_example(self) -> None:
        """Newcombe (1998), method 10, example (a): 56/70 - 48/80 = 0.20, 0.0524 to 0.3339."""
        found = comparing.difference_of_shares(48, 80, 56, 70, 0.05)
        assert found is not None
        assert (round(found.value, 4), round(found.low, 4), round(found.high, 4)) == (0.2, 0.0524, 0.3339)

    @given(st.integers(0, 200), st.integers(1, 200), st.integers(0, 200), st.integers(1, 200))
    def test_an_interval_holds_what_was_measured_and_turns_with_the_arms(self, x: int, n: int, y: int, m: int) -> None:
        x, y = min(x, n), min(y, m)
        found, turned = (comparing.difference_of_shares(*each, 0.05) for each in ((x, n, y, m), (y, m, x, n)))
        assert found is not None
        assert turned is not None
        assert -1 <= found.low <= found.value <= found.high <= 1
        assert found.low == pytest.approx(-turned.high)

    @pytest.mark.parametrize(("expected", "difference"), [(0.5, 0.6), (0, 0.1), (1, 0.1), (0.9, 0)])
    def test_a_difference_that_no_rate_can_have_takes_no_number(self, expected: float, difference: float) -> None:
        with pytest.raises(ValueError, match="rate"):
            comparing.runs_for_shares(expected, difference, alpha=0.05, power=0.8)


class TestSplit:
    @settings(max_examples=40)
    @given(st.text(min_size=1, max_size=20), st.text("0123456789abcdef", min_size=8, max_size=32), st.integers(1, 100))
    def test_a_ticket_stays_in_its_arm_and_leaves_none_as_the_share_grows(
        self, number: str, salt: str, percent: int
    ) -> None:
        arm = trials.arm_of(Trial(salt=salt, percent=percent), number)
        assert arm == trials.arm_of(Trial(salt=salt, percent=percent), number)
        if arm is not None:
            assert trials.arm_of(Trial(salt=salt, percent=100), number) is arm

    @settings(max_examples=15)
    @given(st.text("0123456789abcdef", min_size=16, max_size=32), st.sampled_from([5, 20, 50, 100]))
    def test_shares_are_within_the_bounds_of_chance_and_independent_of_the_releases(
        self, salt: str, percent: int
    ) -> None:
        """5 standard deviations: crossed once in 1.7 million draws."""
        trial, template = Trial(salt=salt, percent=percent), FlowTemplate(slug="order_status")
        numbers = [f"T{n:05d}" for n in range(2000)]
        arms = {number: trials.arm_of(trial, number) for number in numbers}
        inside = [number for number, arm in arms.items() if arm]
        assert near(len(inside), 2000, percent / 100)
        assert near(sum(arms[number] is Arm.A for number in inside), len(inside), 0.5)
        early = [number for number in inside if releases.bucket(template, number) < 25]
        assert near(len(early), len(inside), 0.25)
        assert near(sum(arms[number] is Arm.A for number in early), len(early), 0.5)


def near(found: int, of: int, share: float) -> bool:
    return abs(found - of * share) <= 5 * (of * share * (1 - share)) ** 0.5


@pytest.fixture
def template(db: None) -> FlowTemplate:
    return FlowTemplate.objects.create(slug="order_status", name="查订单")


@pytest.fixture
def gao(department: Department) -> User:
    return member("gao", "flow_editor", department)


@pytest.fixture
def pair(template: FlowTemplate) -> list[FlowVersion]:
    """Two reviewed versions, the first at work for all."""
    rows = [FlowVersion.objects.create(template=template, number=n, definition=dict(DEFINITION)) for n in (1, 2)]
    releases.adopt(rows[0], "")
    VersionLife.objects.create(version=rows[1], stage=VersionStage.APPROVED)
    return rows


def terms(pair: list[FlowVersion], **changes: Any) -> trial_plans.Terms:
    values: dict[str, Any] = {"percent": 100, "measure": TrialMeasure.SUCCESS, "expected": 0.9, "difference": 0.3}
    return trial_plans.Terms(*pair, **{**values, **changes})


@pytest.fixture
def trial(template: FlowTemplate, pair: list[FlowVersion]) -> Trial:
    """One that goes on, of 20 runs each."""
    terms = {"percent": 100, "expected": 0.9, "difference": 0.3, "alpha": 0.05, "power": 0.8, "floor": 0.5}
    rows = {"template": template, "a": pair[0], "b": pair[1], "salt": "5a17", "runs_each": 20}
    return Trial.objects.create(state=S.RUNNING, began_at=timezone.now(), **rows, **terms)


def tickets_of(trial: Trial, arm: Arm, count: int, department: Department) -> list[Ticket]:
    start = Ticket.objects.count()
    numbers = (f"{arm}{n:05d}" for n in range(start, 100_000))
    mine = islice((number for number in numbers if trials.arm_of(trial, number) is arm), count)
    now = timezone.now()
    plain = {"subject": "查订单", "text": "?", "department": department, "created_at": now, "due_at": now}
    return Ticket.objects.bulk_create([Ticket(number=number, **plain) for number in mine])


def joined(trial: Trial, arm: Arm, ticket: Ticket, **columns: Any) -> Run:
    run = Run.objects.create(
        ticket=ticket, flow_version=trial.version(arm), **{"started_at": timezone.now(), **columns}
    )
    trial_runs.join(run)
    return run


def filled(trial: Trial, department: Department, good_a: int, good_b: int, count: int | None = None) -> None:
    now = timezone.now()
    for arm, good in ((Arm.A, good_a), (Arm.B, good_b)):
        tickets = tickets_of(trial, arm, count or trial.runs_each, department)
        statuses = [RunStatus.SUCCEEDED if place < good else RunStatus.FAILED for place in range(len(tickets))]
        plain = {"flow_version": trial.version(arm), "started_at": now, "ended_at": now, "created_at": now}
        rows = [Run(ticket=ticket, status=status, **plain) for ticket, status in zip(tickets, statuses, strict=True)]
        Run.objects.bulk_create(rows)
        TrialRun.objects.bulk_create(TrialRun(trial=trial, run=run, arm=arm) for run in rows)


@pytest.mark.django_db
class TestPlanning:
    def test_the_size_is_stated_and_written_down_before_the_first_run(
        self, template: FlowTemplate, pair: list[FlowVersion], gao: User, ticket: Ticket
    ) -> None:
        made = trial_plans.plan(template, gao, terms(pair, difference=0.05))
        assert made.runs_each == comparing.runs_for_shares(0.9, 0.05, alpha=0.05, power=0.8)
        assert (made.state, made.days) == (S.PLANNED, None)  # no tickets yet to estimate by
        assert releases.version_for(template, ticket) == pair[0]
        details = AuditEvent.objects.get(type="trial.planned").details
        assert details["runs"] == made.runs_each

    def test_how_long_it_will_take_is_said_from_the_tickets_a_week(
        self, template: FlowTemplate, pair: list[FlowVersion], gao: User, department: Department
    ) -> None:
        for row in tickets_of(Trial(salt="w", percent=100), Arm.A, 28, department):
            Run.objects.create(ticket=row, flow_version=pair[0], status=RunStatus.SUCCEEDED, started_at=timezone.now())
        made = trial_plans.plan(template, gao, terms(pair, percent=50))
        assert made.days == made.runs_each * 4  # 1 a day, half of them, in two arms

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"percent": 0}, "1 到 100"),
            ({"percent": 101}, "1 到 100"),
            ({"alpha": 0.5}, "误判率"),
            ({"power": 0.1}, "误判率"),
            ({"expected": 1.0}, "1 %"),
            ({"expected": 0.4}, "下限"),
            ({"difference": 0.0}, "大于 0"),
            ({"difference": -0.1}, "大于 0"),
            ({"difference": 0.95}, "较小的差别"),
            ({"difference": 0.0001}, "较大的差别"),
            ({"measure": TrialMeasure.TIME, "difference": 5.0}, "20"),
        ],
    )
    def test_terms_that_can_show_nothing_are_refused_in_words(
        self, template: FlowTemplate, pair: list[FlowVersion], gao: User, changes: dict[str, Any], words: str
    ) -> None:
        with pytest.raises(Invalid) as told:
            trial_plans.plan(template, gao, terms(pair, **changes))
        assert words in told.value.message
        assert not Trial.objects.exists()

    def test_the_same_version_twice_a_strange_one_and_one_without_a_review_are_refused(
        self, template: FlowTemplate, pair: list[FlowVersion], gao: User, code_flow: FlowVersion
    ) -> None:
        with pytest.raises(Invalid):
            trial_plans.plan(template, gao, terms([pair[0], pair[0]]))
        with pytest.raises(Invalid):
            trial_plans.plan(template, gao, terms([pair[0], code_flow]))
        raw = publishing.new_version(template, pair[0].definition, gao, "")
        with pytest.raises(Conflict) as told:
            trial_plans.plan(template, gao, terms([pair[0], raw]))
        assert f"v{raw.number}" in told.value.message

    def test_there_is_one_trial_of_a_flow_and_one_version_to_fall_back_on(
        self, template: FlowTemplate, pair: list[FlowVersion], gao: User
    ) -> None:
        trial_plans.plan(template, gao, terms(pair))
        with pytest.raises(Conflict) as told:
            trial_plans.plan(template, gao, terms(pair))
        assert told.value.code == "trial_exists"
        trial_plans.stop(Trial.objects.get(), gao)
        releases.retire(template, gao)
        with pytest.raises(Conflict) as told:
            trial_plans.plan(template, gao, terms(pair))
        assert told.value.code == "nothing_released"

    def test_what_makes_the_tickets_of_the_arms_differ_is_said(
        self, template: FlowTemplate, pair: list[FlowVersion], fei: User, gao: User
    ) -> None:
        assert trial_plans.caveats(trial_plans.plan(template, gao, terms(pair))) == []
        changed = {**pair[0].definition, "match": {"keywords": {"到哪": 3}, "threshold": 3}, "slots": []}
        other = FlowVersion(template=template, number=9, definition=changed)
        assert len(trial_plans.caveats(Trial(a=pair[0], b=other))) == 2

    def test_whoever_may_not_release_may_not_compare(
        self, template: FlowTemplate, pair: list[FlowVersion], trial: Trial, lin: User
    ) -> None:
        for act in (
            lambda: trial_plans.plan(template, lin, terms(pair)),
            lambda: trial_plans.begin(trial, lin),
            lambda: trial_plans.stop(trial, lin),
        ):
            with pytest.raises(Forbidden):
                act()

    def test_time_takes_more_runs_as_only_the_successful_are_measured(
        self, template: FlowTemplate, pair: list[FlowVersion], gao: User, ticket: Ticket
    ) -> None:
        for n in range(20):
            run = Run.objects.create(
                ticket=ticket,
                flow_version=pair[0],
                status=RunStatus.SUCCEEDED,
                started_at=timezone.now(),
                ended_at=timezone.now(),
            )
            timed(run, 10 if n % 2 else 20)
        made = trial_plans.plan(
            template, gao, terms(pair, measure=TrialMeasure.TIME, expected=0.5, difference=4.0, floor=0.1)
        )
        assert made.mean_s == 15
        measured = comparing.runs_for_means(made.deviation_s or 0, 4, alpha=0.05, power=0.8)
        assert made.runs_each == 2 * measured


def timed(run: Run, seconds: float) -> None:
    timings = {"model": seconds / 2, "engine": seconds / 2, "total": seconds}
    Step.objects.create(run=run, number=1, status="done", started_at=timezone.now(), timings=timings)


@pytest.mark.django_db
class TestUnderWay:
    def test_the_one_place_gives_each_ticket_its_arm_and_the_rest_what_is_released(
        self, template: FlowTemplate, pair: list[FlowVersion], gao: User, department: Department
    ) -> None:
        trial = trial_plans.begin(trial_plans.plan(template, gao, terms(pair, percent=40)), gao)
        catalogue = releases.Catalogue.load()
        got: Counter[tuple[Any, Any]] = Counter()
        for n in range(500):
            number = f"T{n}"
            got[trials.arm_of(trial, number), catalogue.version(template, Ticket(number=number))] += 1
        assert set(got) == {(Arm.A, pair[0]), (Arm.B, pair[1]), (None, pair[0])}

    def test_a_ticket_counts_once_and_only_where_it_runs_on_its_own_arm(
        self, trial: Trial, department: Department, pair: list[FlowVersion]
    ) -> None:
        first, second = tickets_of(trial, Arm.B, 2, department)
        joined(trial, Arm.B, first, status=RunStatus.FAILED, ended_at=timezone.now())
        joined(trial, Arm.B, first)
        joined(trial, Arm.A, second)  # picked otherwise
        assert [row.run.ticket for row in TrialRun.objects.all()] == [first]

    def test_a_start_joins_by_itself_and_a_rehearsal_never_does(
        self, trial: Trial, lin: User, department: Department, template: FlowTemplate
    ) -> None:
        ticket = tickets_of(trial, Arm.B, 1, department)[0]
        run = starts.start_run(ticket=ticket, user=lin, template=template, answers={"order_number": "20240521"})
        assert TrialRun.objects.get(run=run).arm == Arm.B
        assert run.flow_version == trial.b

    def test_no_figure_is_given_before_the_end(
        self, trial: Trial, department: Department, pair: list[FlowVersion]
    ) -> None:
        filled(trial, department, 1, 5, count=5)
        with pytest.raises(Conflict) as told:
            trial_results.result(trial)
        assert told.value.code == "trial_running"
        assert [(each.ended, each.needed) for each in trial_results.progress(trial)] == [(5, trial.runs_each)] * 2
        measured = floors.measure(releases.at_work().get(version=pair[0]))
        assert (measured.runs, measured.succeeded) == (0, 0)  # nor by way of the table of releases
        told_of = AuditEvent.objects.filter(type__startswith="trial.").values_list("details", flat=True)
        assert not {"succeeded", "success", "rate"} & {key for details in told_of for key in details}

    def test_it_ends_by_itself_when_the_first_runs_of_both_arms_have_ended(
        self, trial: Trial, department: Department, template: FlowTemplate, ticket: Ticket
    ) -> None:
        filled(trial, department, 15, trial.runs_each)
        slow = TrialRun.objects.filter(arm=Arm.A).earliest("pk").run
        Run.objects.filter(pk=slow.pk).update(status=RunStatus.AWAITING_CONFIRMATION, ended_at=None)
        tasks.check_floors()
        trial.refresh_from_db()
        assert trial.state == S.RUNNING  # a slow run is waited for, not left out
        Run.objects.filter(pk=slow.pk).update(status=RunStatus.SUCCEEDED, ended_at=timezone.now())
        tasks.check_floors()
        trial.refresh_from_db()
        assert trial.state == S.ENDED
        assert releases.Catalogue.load()._trials == {}

    def test_runs_that_no_phone_began_do_not_count_and_those_a_person_stopped_do(
        self, trial: Trial, department: Department
    ) -> None:
        never, stopped = tickets_of(trial, Arm.A, 2, department)
        joined(trial, Arm.A, never, started_at=None, status=RunStatus.CANCELLED, ended_at=timezone.now())
        joined(trial, Arm.A, stopped, status=RunStatus.CANCELLED, ended_at=timezone.now())
        assert [run.ticket for run in trial_runs.counted(trial, Arm.A)] == [stopped]
        assert trial_runs.left_out(trial, Arm.A) == 1


@pytest.mark.django_db
class TestStops:
    @pytest.fixture
    def acting(self, trial: Trial, department: Department, phone: Any, lin: User) -> Run:
        """A run of arm B in the hands of a worker."""
        ticket = tickets_of(trial, Arm.B, 1, department)[0]
        run = joined(trial, Arm.B, ticket, status=RunStatus.RUNNING, started_by=lin, phone=phone, claim_token=3)
        soon = timezone.now() + timedelta(minutes=1)
        Run.objects.filter(pk=run.pk).update(claimed_until=soon, checkpoint={"phase": "acting"})
        return run

    def agree(self, run: Run, **columns: Any) -> None:
        values = {"step_number": 1, "action_digest": digest(Back()), "state": ConfirmationState.APPROVED}
        Confirmation.objects.create(run=run, summary="?", due_at=timezone.now(), **{**values, **columns})

    def intend(self, run: Run) -> None:
        steps.save_step(run, record(verdict=VERDICT), claim_token=3)

    def test_an_intent_that_a_person_is_asked_about_is_no_act(self, trial: Trial, acting: Run) -> None:
        Run.objects.filter(pk=acting.pk).update(checkpoint={"phase": "confirming"})
        self.intend(acting)
        trial.refresh_from_db()
        assert trial.state == S.RUNNING

    def test_an_act_with_its_own_yes_stops_nothing(self, trial: Trial, acting: Run) -> None:
        self.agree(acting)
        self.intend(acting)
        steps.save_step(acting, record(StepStatus.DONE, verdict=VERDICT), claim_token=3)
        trial.refresh_from_db()
        assert trial.state == S.RUNNING

    @pytest.mark.parametrize(
        "columns",
        [
            {"state": ConfirmationState.REJECTED},
            {"step_number": 2},
            {"action_digest": "another"},
            {"kind": "finish"},
        ],
    )
    def test_an_act_without_a_yes_of_its_own_stops_it_at_once(
        self, trial: Trial, acting: Run, columns: dict[str, Any], template: FlowTemplate, pair: list[FlowVersion]
    ) -> None:
        self.agree(acting, **columns)
        self.intend(acting)
        trial.refresh_from_db()
        assert (trial.state, trial.stop_reason, trial.stop_run) == (S.SAFETY, TrialStop.NO_YES, acting)
        assert releases.version_for(template, acting.ticket) == pair[0]  # the version from before
        acting.refresh_from_db()
        assert acting.flow_version == trial.b  # a run under way finishes on its own
        assert AuditEvent.objects.get(type="trial.stopped_for_safety").run_id == str(acting.pk)

    def test_a_second_act_on_one_yes_stops_it_at_once(self, trial: Trial, acting: Run) -> None:
        self.agree(acting)
        self.intend(acting)
        self.intend(acting)
        trial.refresh_from_db()
        assert (trial.state, trial.stop_reason) == (S.SAFETY, TrialStop.DOUBLED)

    def test_an_act_of_unknown_outcome_that_a_person_had_done_again_is_not_doubled(
        self, trial: Trial, acting: Run
    ) -> None:
        self.agree(acting)
        self.intend(acting)
        self.agree(acting, kind="uncertain")
        self.intend(acting)
        trial.refresh_from_db()
        assert trial.state == S.RUNNING

    def test_a_confirmed_act_that_a_person_marks_wrong_stops_it_in_the_same_breath(
        self, trial: Trial, acting: Run, lin: User
    ) -> None:
        self.agree(acting)
        done = steps.save_step(acting, record(StepStatus.DONE, verdict=VERDICT), claim_token=3)
        act_marks.mark(done, lin, ActFault.WRONG, "退错了金额")
        trial.refresh_from_db()
        assert (trial.state, trial.stop_reason, trial.stop_step) == (S.SAFETY, TrialStop.MARKED, 1)
        act_marks.withdraw(done.marks.get(), lin, "看错了")
        trial.refresh_from_db()
        assert trial.state == S.SAFETY  # one begins a new trial

    def test_runs_outside_the_trial_stop_nothing(self, trial: Trial, driven: Run, lin: User, run: Run) -> None:
        steps.save_step(driven, record(verdict=VERDICT), claim_token=driven.claim_token)
        trial.refresh_from_db()
        assert trial.state == S.RUNNING

    def test_an_arm_that_is_surely_below_the_floor_stops_it(self, trial: Trial, department: Department) -> None:
        filled(trial, department, 12, 1, count=12)
        tasks.check_floors()
        trial.refresh_from_db()
        assert (trial.state, trial.stop_reason) == (S.SAFETY, TrialStop.BELOW_FLOOR)

    @pytest.mark.parametrize("act", [releases.retire, releases.take_back])
    def test_a_flow_that_is_retired_or_taken_back_ends_its_trial(
        self, trial: Trial, template: FlowTemplate, gao: User, act: Callable[..., Any]
    ) -> None:
        act(template, gao, "投诉增多")
        trial.refresh_from_db()
        assert (trial.state, trial.stop_reason, trial.ended_by) == (S.STOPPED, TrialStop.RELEASES, gao)

    def test_no_version_is_released_over_a_trial_but_a_shadow(
        self, trial: Trial, pair: list[FlowVersion], gao: User
    ) -> None:
        with pytest.raises(Conflict) as told:
            releases.release(pair[1], gao, percent=25)
        assert told.value.code == "trial_running"
        releases.release(pair[1], gao, shadow=True)

    def test_a_paused_flow_gives_no_version_and_goes_on_where_it_was(
        self, trial: Trial, template: FlowTemplate, ticket: Ticket
    ) -> None:
        FlowTemplate.objects.filter(pk=template.pk).update(active=False)
        assert releases.version_for(template, ticket) is None
        FlowTemplate.objects.filter(pk=template.pk).update(active=True)
        assert releases.version_for(template, ticket) == trial.version(trials.arm_of(trial, ticket.number) or Arm.A)

    @pytest.mark.parametrize("end", [S.ENDED, S.SAFETY, S.STOPPED])
    def test_what_has_ended_stays_ended(self, trial: Trial, gao: User, end: TrialState) -> None:
        trials.move(trial, end)
        for again in (lambda: trial_plans.begin(trial, gao), lambda: trial_plans.stop(trial, gao)):
            with pytest.raises(Conflict):
                again()


@pytest.mark.django_db
class TestResults:
    def ended(self, trial: Trial) -> Trial:
        tasks.check_floors()
        trial.refresh_from_db()
        assert trial.state == S.ENDED
        return trial

    def test_the_better_version_is_named_and_released_through_the_ordinary_door(
        self, trial: Trial, department: Department, template: FlowTemplate, gao: User, ticket: Ticket
    ) -> None:
        size = trial.runs_each
        filled(trial, department, size // 2, size)
        found = trial_results.result(self.ended(trial))
        assert (found.a.share.all, found.b.share.all) == (size, size)
        assert found.better == trial.b
        assert found.success is not None
        assert found.success.low > 0
        releases.release(trial.b, gao)
        assert releases.version_for(template, ticket) == trial.b

    def test_an_interval_that_holds_zero_names_no_winner(self, trial: Trial, department: Department) -> None:
        filled(trial, department, trial.runs_each - 2, trial.runs_each)
        found = trial_results.result(self.ended(trial))
        assert found.success is not None
        assert found.success.low <= 0 <= found.success.high
        assert found.better is None

    def test_a_trial_that_was_stopped_names_no_winner_however_far_apart(
        self, trial: Trial, department: Department, gao: User
    ) -> None:
        filled(trial, department, trial.runs_each // 2, trial.runs_each)
        found = trial_results.result(trial_plans.stop(trial, gao, "够了"))
        assert found.success is not None
        assert found.success.shown
        assert found.better is None

    def test_an_arm_without_tickets_is_told_as_such(self, trial: Trial, gao: User) -> None:
        found = trial_results.result(trial_plans.stop(trial, gao))
        assert (found.a.share.all, found.success, found.time, found.better) == (0, None, None, None)

    def test_a_quicker_version_that_succeeds_less_often_is_not_the_better_one(
        self, trial: Trial, department: Department
    ) -> None:
        Trial.objects.filter(pk=trial.pk).update(measure=TrialMeasure.TIME)
        size = trial.runs_each
        filled(trial, department, size, size // 2)
        for place, row in enumerate(TrialRun.objects.filter(run__status=RunStatus.SUCCEEDED).select_related("run")):
            timed(row.run, (20 if row.arm == Arm.A else 10) + place % 3)
        found = trial_results.result(self.ended(trial))
        assert found.time is not None
        assert found.time.shown
        assert found.better is None


@pytest.mark.django_db
class TestMarks:
    @pytest.fixture
    def confirmed(self, driven: Run) -> Step:
        Confirmation.objects.create(
            run=driven, step_number=1, action_digest="x", state=ConfirmationState.APPROVED, due_at=timezone.now()
        )
        return steps.save_step(driven, record(StepStatus.DONE, verdict=VERDICT), claim_token=driven.claim_token)

    def test_the_operator_and_a_supervisor_may_once_and_it_is_on_the_record(
        self, confirmed: Step, lin: User, sun: User
    ) -> None:
        made = act_marks.mark(confirmed, lin, ActFault.WRONG, " 退错了金额 ")
        with pytest.raises(Conflict) as told:
            act_marks.mark(confirmed, sun, ActFault.DOUBLED, "两次")
        assert "lin" in told.value.message
        event = AuditEvent.objects.get(type="act.marked")
        assert (event.step_no, event.details) == (1, {"kind": "wrong_act", "reason": "退错了金额"})
        act_marks.withdraw(made, sun, "核对后无误")
        with pytest.raises(Conflict):
            act_marks.withdraw(made, sun, "再来")
        act_marks.mark(confirmed, sun, ActFault.DOUBLED, "两次")
        assert confirmed.marks.count() == 2

    def test_nobody_else_may(self, confirmed: Step, vera: User, otto: User, lin: User, bo: User) -> None:
        for stranger in (vera, otto):
            with pytest.raises(ServiceError):
                act_marks.mark(confirmed, stranger, ActFault.WRONG, "?")
        made = act_marks.mark(confirmed, lin, ActFault.WRONG, "?")
        with pytest.raises(Forbidden):
            act_marks.withdraw(made, bo, "?")  # neither his own nor a supervisor

    @pytest.mark.parametrize("reason", ["", "  ", "长" * (act_marks.LONGEST + 1)])
    def test_a_mark_needs_its_reason(self, confirmed: Step, lin: User, reason: str) -> None:
        with pytest.raises(Invalid):
            act_marks.mark(confirmed, lin, ActFault.WRONG, reason)

    def test_only_what_was_done_can_be_wrong(self, driven: Run, confirmed: Step, lin: User) -> None:
        asked = steps.save_step(driven, record(StepStatus.DONE, number=2), claim_token=driven.claim_token)
        refused = steps.save_step(driven, record(StepStatus.REFUSED, number=3), claim_token=driven.claim_token)
        assert act_marks.faults_of(confirmed) == [ActFault.WRONG, ActFault.DOUBLED]
        assert act_marks.faults_of(asked) == [ActFault.NOT_ASKED]
        assert act_marks.faults_of(refused) == []
        with pytest.raises(Invalid):
            act_marks.mark(asked, lin, ActFault.WRONG, "?")
