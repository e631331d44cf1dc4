"""At most once for what cannot be undone, at least once for the rest: tasks that die at any save, and are resumed."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction

from cs_agent.engine.run.protocols import Journal
from cs_agent.engine.run.state import RunState, StepRecord, StepStatus
from tests.runner.world import Handset, World, approve
from tickets.models import AuditEvent, Confirmation, Phone, Run, RunStatus, Step, Takeover
from tickets.runner.drive import trouble
from tickets.runner.holds import leases
from tickets.services.evidence import audit
from tickets.services.runs import decisions

pytestmark = pytest.mark.django_db

SAVES = 9  # of the whole story: six steps, the proposal, the submit's outcome, the finish


class Mortal:
    """A journal whose process dies at the nth save of its life, just before or just after it is committed."""

    def __init__(self, journal: Journal, deaths: dict[str, int], *, after: bool) -> None:
        self._journal, self._deaths, self._after = journal, deaths, after

    def save(self, state: RunState, step: StepRecord) -> None:
        self._deaths["left"] -= 1
        if self._deaths["left"] == 0 and not self._after:
            raise SystemExit
        self._journal.save(state, step)
        if self._deaths["left"] == 0:
            raise SystemExit

    def check(self) -> None:
        self._journal.check()


def finish(world: World, run: Run, user: User) -> Run:
    """Messages and yeses until the run has ended; a task that dies is followed by the next."""
    for _ in range(30):
        try:
            world.drive_on(run)
        except SystemExit:
            run.refresh_from_db()
            continue
        if run.status == RunStatus.AWAITING_CONFIRMATION:
            _answer(run, user)
        elif run.status != RunStatus.RUNNING:
            return run
    raise AssertionError(f"the run is still {run.status}")


def _answer(run: Run, user: User) -> None:
    """Yes, but not to a repetition of what has been done."""
    asked = Confirmation.objects.get(run=run, state="pending")
    if asked.kind != "uncertain":
        approve(run, user)
        return
    decisions.decide(confirmation=asked, user=user, approve=False, version=asked.version, then_end=False)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("nth", range(1, SAVES * 2))
def test_a_task_that_dies_at_any_save_is_followed_by_one_that_finishes_and_files_one_refund(
    nth: int, after: bool, world: World, run: Run, hand: Handset, lin: User, phone: Phone
) -> None:
    deaths = {"left": nth}
    world.wrap = lambda journal: Mortal(journal, deaths, after=after)
    assert finish(world, run, lin).status == RunStatus.SUCCEEDED
    assert hand.ledger == ["refund"]
    assert audit.verify() == []
    world.drive(run)
    phone.refresh_from_db()
    assert phone.lease_run_id is None


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_task_that_dies_around_the_submit_leaves_the_question_to_a_human(
    when: str, world: World, run: Run, hand: Handset, lin: User
) -> None:
    world.drive(run)
    approve(run, lin)
    _die_around(hand, "tap:提交审核", when)
    with pytest.raises(SystemExit):
        world.drive(run)
    _live(hand)
    world.drive_on(run)
    if when == "after":  # its success shows on the screen: nobody need be asked
        assert run.status == RunStatus.SUCCEEDED
        assert hand.ledger == ["refund"]
        return
    assert run.status == RunStatus.AWAITING_CONFIRMATION
    assert Confirmation.objects.get(state="pending").kind == "uncertain"
    assert hand.ledger == []


def test_an_intent_is_in_the_database_before_the_phone_is_touched(world: World, run: Run, hand: Handset) -> None:
    seen: list[tuple[str, str]] = []

    def look(act: str) -> None:
        if act.startswith("tap"):
            last = Step.objects.filter(run=run).last()
            seen.append((act, last.status if last else "nothing"))

    hand.on_act = look
    world.drive(run)
    assert seen
    assert {status for _act, status in seen} == {StepStatus.INTENDED}


def test_checkpoint_and_step_are_saved_together_or_not_at_all(world: World, run: Run, hand: Handset) -> None:
    class Torn:
        def __init__(self, journal: Journal) -> None:
            self._journal = journal

        def save(self, state: RunState, step: StepRecord) -> None:
            with transaction.atomic():
                self._journal.save(state, step)
                raise SystemExit

        def check(self) -> None:
            self._journal.check()

    world.wrap = Torn
    with pytest.raises(SystemExit):
        world.drive(run)
    run.refresh_from_db()
    assert not Step.objects.exists()
    assert run.checkpoint["phase"] == "ready"
    assert "tap:查询" not in hand.acts


def test_a_task_that_comes_back_late_saves_nothing_and_touches_nothing(
    world: World, run: Run, hand: Handset, phone: Phone
) -> None:
    """It hung in a call to the model until its claim ran out and another drove on."""
    woken: list[list[str]] = []

    def hang() -> None:
        world.before_reply = lambda: None
        world.lose_driver(run)
        _steal(run)
        woken.append(list(hand.acts))

    world.before_reply = hang
    world.drive(run)
    assert woken
    assert hand.acts == woken[0]
    assert not Step.objects.filter(run=run).exists()


def test_a_run_over_which_one_task_after_the_other_dies_is_parked_with_a_human(
    world: World, run: Run, hand: Handset
) -> None:
    _die_around(hand, "tap:查询", "before")
    for _ in range(trouble.MOST_DRIVERS_LOST + 1):
        with pytest.raises(SystemExit):
            world.drive(run)
        world.lose_driver(run)
    assert world.drive(run).status == RunStatus.TAKEN_OVER
    assert Takeover.objects.get().code == "worker_lost"
    event = AuditEvent.objects.get(type="run.parked")
    assert event.details["drivers_lost"] == trouble.MOST_DRIVERS_LOST + 1
    assert leases.of_run(run.pk) is not None


def test_after_a_human_has_looked_lost_tasks_are_counted_anew(world: World, run: Run, hand: Handset, lin: User) -> None:
    from tickets.services.runs import takeovers

    test_a_run_over_which_one_task_after_the_other_dies_is_parked_with_a_human(world, run, hand)
    _live(hand)
    takeovers.hand_back(takeovers.begin(run, lin), lin, "")
    assert world.drive(run).status == RunStatus.AWAITING_CONFIRMATION


def test_a_task_that_gave_the_run_back_is_not_counted_as_lost(world: World, run: Run, settings: Any) -> None:
    settings.CS_AGENT = {**settings.CS_AGENT, "CS_AGENT_SLICE_S": -1.0}
    for _ in range(3):
        world.drive(run)
    assert run.drivers_lost == 0


def _steal(run: Run) -> None:
    from tickets.runner.holds import claims

    with transaction.atomic():
        fresh = Run.objects.get(pk=run.pk)
        assert claims.take(fresh) is not None
        assert leases.acquire(fresh, "phones") is not None


def _die_around(hand: Handset, act: str, when: str) -> None:
    def die(what: str) -> None:
        if what == act:
            raise SystemExit

    if when == "before":
        hand.on_act = die
    else:
        hand.fail("after_tap", SystemExit())  # type: ignore[arg-type]


def _live(hand: Handset) -> None:
    hand.on_act = lambda act: None
