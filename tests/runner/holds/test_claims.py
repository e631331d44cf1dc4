"""A claim and a lease are held by exactly one task: whoever comes with an older token changes nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as installed
from django.db import OperationalError
from django.db.backends.signals import connection_created
from django.utils import timezone

from tickets.models import Lesson, Phone, PhoneState, PhoneUse, Run, RunPurpose, RunStatus, Switch
from tickets.runner.holds import claims, leases
from tickets.services.runs import switches
from tickets.services.tickets.changes import create_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def lease(run: Run, phone: Phone) -> leases.Lease:
    found = leases.acquire(run, phone.queue)
    assert found is not None
    return found


def test_an_older_token_keeps_frees_and_prolongs_nothing(lease: leases.Lease, phone: Phone, run: Run) -> None:
    older = replace(lease, token=lease.token - 1)
    assert not leases.renew(older)
    assert not leases.hold(older)
    assert not leases.release(older)
    with pytest.raises(leases.LeaseLost):
        leases.check(older)
    phone.refresh_from_db()
    assert phone.lease_run_id == run.pk


def test_a_run_gets_the_phone_it_holds_again_under_a_new_token(lease: leases.Lease, run: Run, phone: Phone) -> None:
    again = leases.acquire(run, phone.queue)
    assert again is not None
    assert (again.phone_id, again.token) == (lease.phone_id, lease.token + 1)
    with pytest.raises(leases.LeaseLost):
        leases.check(lease)
    leases.check(again)


def test_a_phone_beside_another_worker_is_not_taken(run: Run, phone: Phone) -> None:
    assert leases.acquire(run, f"{phone.queue}.elsewhere") is None
    phone.refresh_from_db()
    assert phone.lease_run_id is None


def test_a_run_does_not_get_its_own_phone_from_another_workers_queue(
    lease: leases.Lease, run: Run, phone: Phone
) -> None:
    assert leases.acquire(run, f"{phone.queue}.elsewhere") is None
    leases.check(lease)


def test_a_fence_refuses_whoever_acted_before_it(lease: leases.Lease, phone: Phone) -> None:
    phone.refresh_from_db()
    fenced = leases.fence(phone)
    assert fenced is not None
    assert fenced.token == lease.token + 1
    with pytest.raises(leases.LeaseLost):
        leases.check(lease)
    assert leases.release(fenced)
    phone.refresh_from_db()
    assert leases.fence(phone) is None


def another(run: Run, **fields: object) -> Run:
    """A run of another ticket."""
    ticket = create_ticket(user=None, subject="x", text="y", customer_name="z", department=run.ticket.department)
    return Run.objects.create(ticket=ticket, flow_version=run.flow_version, started_by=run.started_by, **fields)


def _running(run: Run, **fields: object) -> Run:
    Run.objects.filter(pk=run.pk).update(status=RunStatus.RUNNING, **fields)
    run.refresh_from_db()
    return run


def test_a_run_whose_row_moved_on_since_it_was_read_is_not_claimed(run: Run) -> None:
    read = _running(run, claimed_until=None)
    Run.objects.filter(pk=run.pk).update(version=run.version + 1)
    assert claims.take(read) is None


def test_of_two_that_read_the_same_row_one_gets_the_claim(run: Run) -> None:
    _running(run, claimed_until=None)
    first, second = Run.objects.get(pk=run.pk), Run.objects.get(pk=run.pk)
    assert claims.take(first) is not None
    assert claims.take(second) is None


def test_a_run_that_is_driven_is_not_claimed_and_one_whose_driver_died_is(run: Run) -> None:
    now = timezone.now()
    assert claims.take(_running(run, claimed_until=now + timedelta(seconds=30))) is None
    claim = claims.take(_running(run, claimed_until=now - timedelta(seconds=1)))
    assert claim is not None
    run.refresh_from_db()
    assert run.drivers_lost == 1


def test_a_claim_that_was_given_back_counts_as_no_lost_driver(run: Run) -> None:
    first = claims.take(_running(run, claimed_until=None))
    assert first is not None
    assert claims.give_back(first)
    run.refresh_from_db()
    assert claims.take(run) is not None
    run.refresh_from_db()
    assert run.drivers_lost == 0


def test_a_run_that_was_put_off_waits_for_its_time(run: Run) -> None:
    claim = claims.take(_running(run, claimed_until=None))
    assert claim is not None
    claims.give_back(claim, retry_in_s=60)
    run.refresh_from_db()
    assert not claims.is_due(run)
    assert claims.take(run) is None
    Run.objects.filter(pk=run.pk).update(retry_at=timezone.now() - timedelta(seconds=1))
    run.refresh_from_db()
    assert claims.is_due(run)
    assert claims.take(run) is not None


def test_who_lost_the_claim_can_neither_renew_nor_save(run: Run) -> None:
    lost = claims.take(_running(run, claimed_until=None))
    assert lost is not None
    Run.objects.filter(pk=run.pk).update(claimed_until=timezone.now() - timedelta(seconds=1))
    run.refresh_from_db()
    assert claims.take(run) is not None
    assert not claims.renew(lost)
    assert not claims.give_back(lost)
    with pytest.raises(claims.ClaimLost):
        claims.check(lost)
    with pytest.raises(claims.ClaimLost):
        claims.save_checkpoint(lost, {"version": 0})


def test_progress_ends_a_row_of_failures_and_a_mere_checkpoint_does_not(run: Run) -> None:
    claim = claims.take(_running(run, claimed_until=None, failures_in_a_row=2))
    assert claim is not None
    claims.save_checkpoint(claim, {})
    assert Run.objects.get(pk=run.pk).failures_in_a_row == 2
    claims.save_checkpoint(claim, {}, progress=True)
    assert Run.objects.get(pk=run.pk).failures_in_a_row == 0


def test_taking_one_run_up_claims_no_other(run: Run) -> None:
    other = another(run, status=RunStatus.RUNNING, version=run.version)
    assert claims.take(_running(run, claimed_until=None)) is not None
    other.refresh_from_db()
    assert (other.claimed_until, other.claim_token) == (None, 0)


def test_claim_and_lease_last_as_long_as_the_setting_says(lease: leases.Lease, run: Run, phone: Phone) -> None:
    lasts = timedelta(seconds=installed.CS_AGENT["CS_AGENT_LEASE_S"])
    assert claims.take(_running(run, claimed_until=None)) is not None
    phone.refresh_from_db()
    run.refresh_from_db()
    for until in (phone.lease_expires_at, run.claimed_until):
        assert until is not None
        assert timedelta(0) < timezone.now() + lasts - until < timedelta(seconds=30)


def test_a_lease_that_has_run_out_is_still_nobody_elses(lease: leases.Lease, phone: Phone, run: Run) -> None:
    Phone.objects.update(lease_expires_at=timezone.now() - timedelta(seconds=1))
    other = another(run)
    assert leases.acquire(other, phone.queue) is None
    phone.refresh_from_db()
    assert phone.lease_run_id == run.pk


@pytest.mark.parametrize(
    ("status", "claimed_s", "retry_s", "due"),
    [
        (RunStatus.QUEUED, None, None, True),
        (RunStatus.QUEUED, 60, 60, True),
        (RunStatus.RUNNING, None, None, True),
        (RunStatus.RUNNING, -1, -1, True),
        (RunStatus.RUNNING, 60, None, False),
        (RunStatus.RUNNING, None, 60, False),
        (RunStatus.RUNNING, -1, 60, False),
        (RunStatus.AWAITING_ANSWER, None, None, False),
        (RunStatus.SUCCEEDED, None, None, False),
    ],
)
def test_a_run_is_due_where_nobody_drives_it_and_its_time_has_come(
    run: Run, status: RunStatus, claimed_s: int | None, retry_s: int | None, due: bool
) -> None:
    run.status = status
    run.claimed_until, run.retry_at = (
        None if seconds is None else timezone.now() + timedelta(seconds=seconds) for seconds in (claimed_s, retry_s)
    )
    assert claims.is_due(run) is due


@pytest.mark.parametrize("until", ["claimed_until", "retry_at"])
def test_the_cheap_look_and_the_claim_agree_at_the_very_moment_at_which_a_run_is_free(
    run: Run, monkeypatch: pytest.MonkeyPatch, until: str
) -> None:
    moment = timezone.now()
    _running(run, **{until: moment})
    monkeypatch.setattr(timezone, "now", lambda: moment - timedelta(microseconds=1))
    assert (claims.is_due(run), claims.take(run)) == (False, None)
    monkeypatch.setattr(timezone, "now", lambda: moment)
    assert claims.is_due(run)
    assert claims.take(run) is not None


def test_a_queued_run_is_claimed_once_and_begins_once(run: Run) -> None:
    read = Run.objects.get(pk=run.pk)
    claim = claims.take(run)
    assert claim is not None
    assert claims.renew(claim)
    begun = Run.objects.get(pk=run.pk)
    assert (begun.status, begun.claim_token) == (RunStatus.RUNNING, claim.token)
    assert begun.started_at is not None
    assert claims.take(read) is None
    Run.objects.filter(pk=run.pk).update(status=RunStatus.QUEUED)
    assert claims.take(Run.objects.get(pk=run.pk)) is not None
    assert Run.objects.get(pk=run.pk).started_at == begun.started_at


def test_a_run_that_ended_since_it_was_read_is_not_claimed(run: Run) -> None:
    read = _running(run, claimed_until=None)
    Run.objects.filter(pk=run.pk).update(status=RunStatus.CANCELLED)
    assert claims.take(read) is None


def test_each_claim_makes_what_was_read_before_stale(run: Run) -> None:
    read = _running(run, claimed_until=None)
    assert claims.take(read) is not None
    assert Run.objects.get(pk=run.pk).version > read.version


def test_a_claim_is_kept_by_renewing_and_by_saving_and_ends_by_giving_back(run: Run) -> None:
    claim = claims.take(_running(run, claimed_until=None))
    assert claim is not None
    soon = timezone.now() + timedelta(seconds=1)
    for keep in (lambda: claims.renew(claim), lambda: claims.save_checkpoint(claim, {"step": 1})):
        Run.objects.filter(pk=run.pk).update(claimed_until=soon)
        keep()
        run.refresh_from_db()
        assert run.claimed_until is not None
        assert run.claimed_until > soon
    assert run.checkpoint == {"step": 1}
    Run.objects.filter(pk=run.pk).update(retry_at=soon)
    assert claims.give_back(claim)
    run.refresh_from_db()
    assert (run.claimed_until, run.retry_at) == (None, None)


def test_a_run_is_locked_for_whoever_holds_its_claim(run: Run) -> None:
    claim = claims.take(_running(run, claimed_until=None))
    assert claim is not None
    assert claims.locked(claim) == run
    assert claims.locked(replace(claim, token=claim.token - 1)) is None


def test_whoever_drives_stops_for_what_people_want(run: Run) -> None:
    claim = claims.take(_running(run, claimed_until=None))
    assert claim is not None
    Switch.objects.create(name=switches.PAUSE_ALL, on=False)
    Switch.objects.create(name="another", on=True)
    claims.check(claim)
    Switch.objects.filter(name=switches.PAUSE_ALL).update(on=True)
    with pytest.raises(claims.AllPaused):
        claims.check(claim)
    Run.objects.filter(pk=run.pk).update(takeover_requested=True)
    with pytest.raises(claims.TakeoverAsked):
        claims.check(claim)
    for change in ({"status": RunStatus.TAKEN_OVER}, {"status": RunStatus.RUNNING, "claim_token": claim.token + 1}):
        Run.objects.filter(pk=run.pk).update(**change)
        with pytest.raises(claims.ClaimLost):
            claims.check(claim)


def test_a_held_lease_has_no_end_and_a_freed_one_no_run(lease: leases.Lease, run: Run, phone: Phone) -> None:
    assert leases.of_run(run.pk) == lease
    assert leases.hold(lease)
    phone.refresh_from_db()
    assert (phone.lease_expires_at, phone.lease_run_id) == (None, run.pk)
    assert leases.renew(lease)
    phone.refresh_from_db()
    assert phone.lease_expires_at is not None
    assert leases.release(lease)
    phone.refresh_from_db()
    assert (phone.lease_expires_at, phone.lease_run_id) == (None, None)
    assert leases.of_run(run.pk) is None


@pytest.mark.parametrize("other", ["phone_id", "run_id"])
def test_a_lease_is_of_one_phone_and_one_run(lease: leases.Lease, run: Run, other: str) -> None:
    foreign = {"phone_id": lease.phone_id + 1, "run_id": another(run).pk}
    assert not leases.renew(replace(lease, **{other: foreign[other]}))
    with pytest.raises(leases.LeaseLost):
        leases.check(replace(lease, **{other: foreign[other]}))


@pytest.mark.parametrize(
    "unfit", [{"queue": "elsewhere"}, {"state": PhoneState.FAULTY}, {"use": PhoneUse.REHEARSAL}, {"labels": ["x"]}]
)
def test_of_the_phones_that_are_free_and_fit_the_one_that_can_least_else_is_taken(
    run: Run, phone: Phone, unfit: dict[str, object]
) -> None:
    Phone.objects.filter(pk=phone.pk).update(lease_token=5)
    Phone.objects.create(name="二号机", serial="s2", **{"queue": phone.queue, "lease_token": 1, **unfit})
    least = Phone.objects.create(name="三号机", serial="s3", queue=phone.queue, lease_token=3)
    lease = leases.acquire(run, phone.queue)
    assert lease is not None
    assert (lease.phone_id, lease.token) == (least.pk, 4)
    leases.check(lease)
    next_one = leases.acquire(another(run), phone.queue)
    assert next_one is not None
    assert next_one.phone_id == phone.pk


def test_what_a_phone_offers_is_its_labels_its_uses_and_itself(phone: Phone, run: Run) -> None:
    phone.labels = ["银行"]
    itself = f"phone:{phone.pk}"
    assert leases.offered(phone) == {"银行", "use:customer", itself}
    phone.use = PhoneUse.PRACTICE
    assert leases.offered(phone) == {"银行", "use:practice", "use:rehearsal", itself}
    phone.use = PhoneUse.SHARED
    assert leases.offered(phone) == {"银行", "use:customer", "use:rehearsal", itself}
    definition = {"phone_labels": ["银行"]}
    assert leases.wanted(definition, RunPurpose.CUSTOMER) == {"银行", "use:customer"}
    assert leases.wanted(definition, RunPurpose.LESSON, phone.pk) == {"use:rehearsal", itself}


def test_a_lesson_gets_the_phone_that_its_teacher_chose_and_nobody_elses_run_does(run: Run, phone: Phone) -> None:
    """The teacher answers for the phone's labels; a customer's run is not bound to it."""
    use = {"queue": phone.queue, "use": PhoneUse.SHARED}
    chosen = Phone.objects.create(name="示教机", serial="s9", labels=["别的"], lease_token=9, **use)
    Phone.objects.create(name="更空的", serial="s8", **use)
    version = run.flow_version
    Lesson.objects.create(template=version.template, base=version, ticket=run.ticket, phone=chosen, run=run)
    Run.objects.filter(pk=run.pk).update(purpose=RunPurpose.LESSON)
    taught = leases.acquire(Run.objects.get(pk=run.pk), phone.queue)
    assert taught is not None
    assert taught.phone_id == chosen.pk
    assert leases.release(taught)
    Run.objects.filter(pk=run.pk).update(purpose=RunPurpose.CUSTOMER)
    served = leases.acquire(Run.objects.get(pk=run.pk), phone.queue)
    assert served is not None
    assert served.phone_id != chosen.pk


@pytest.mark.django_db(transaction=True)
def test_claim_and_lease_are_kept_while_a_task_drives_and_let_go_when_they_are_lost(
    lease: leases.Lease, run: Run, phone: Phone, settings: Any
) -> None:
    claim = claims.take(_running(run, claimed_until=None))
    assert claim is not None
    settings.CS_AGENT = {**settings.CS_AGENT, "CS_AGENT_LEASE_S": 0.09}
    long_ago = timezone.now() - timedelta(days=1)
    renewer = claims.Renewer(claim, lease)
    with renewer as entered:
        assert entered is renewer
        for _ in range(2):
            Run.objects.filter(pk=run.pk).update(claimed_until=long_ago)
            Phone.objects.filter(pk=phone.pk).update(lease_expires_at=long_ago)
            _await(lambda: Run.objects.filter(pk=run.pk, claimed_until__gt=long_ago).exists())
            _await(lambda: Phone.objects.filter(pk=phone.pk, lease_expires_at__gt=long_ago).exists())
        Phone.objects.filter(pk=phone.pk).update(lease_token=lease.token + 1)
        _await(lambda: not renewer._thread.is_alive())
        assert claims.renew(claim), "the claim itself was not lost"
    with claims.Renewer(claim, replace(lease, token=lease.token + 1)) as other:
        pass
    assert not other._thread.is_alive()


def test_a_run_that_is_taken_up_waits_for_nothing_more(run: Run) -> None:
    waits = {"retry_at": timezone.now() - timedelta(seconds=1), "waiting_for": "phone"}
    for status in (RunStatus.QUEUED, RunStatus.RUNNING):
        Run.objects.filter(pk=run.pk).update(status=status, claimed_until=None, **waits)
        before = Run.objects.get(pk=run.pk).claim_token
        claim = claims.take(Run.objects.get(pk=run.pk))
        assert claim is not None
        assert claim.token == before + 1
        taken = Run.objects.get(pk=run.pk)
        assert (taken.retry_at, taken.waiting_for, taken.claim_token) == (None, "", claim.token)


def test_a_phone_that_moved_on_since_it_was_read_is_not_fenced(lease: leases.Lease, phone: Phone) -> None:
    read = Phone.objects.get(pk=phone.pk)
    assert leases.fence(Phone.objects.get(pk=phone.pk)) is not None
    assert leases.fence(read) is None


def test_taking_one_phone_leaves_the_others_as_they_are(run: Run, phone: Phone) -> None:
    same = {"queue": phone.queue, "lease_token": phone.lease_token}
    others = [Phone.objects.create(name=f"p{number}", serial=f"s{number}", **same) for number in range(2)]
    lease = leases.acquire(run, phone.queue)
    assert lease is not None
    assert lease.phone_id == phone.pk
    assert leases.acquire(run, phone.queue) is not None
    for other in others:
        other.refresh_from_db()
        assert (other.lease_run_id, other.lease_token) == (None, phone.lease_token)


@pytest.mark.parametrize(
    ("purpose", "use"),
    [
        (RunPurpose.CUSTOMER, "use:customer"),
        (RunPurpose.SHADOW, "use:customer"),
        (RunPurpose.REHEARSAL, "use:rehearsal"),
        (RunPurpose.LESSON, "use:rehearsal"),
        (RunPurpose.PRACTICE, "use:practice"),
    ],
)
def test_a_run_needs_the_flows_labels_and_a_phone_marked_for_its_purpose(purpose: RunPurpose, use: str) -> None:
    assert leases.wanted({"phone_labels": ["银行"]}, purpose) == {"银行", use}
    assert leases.wanted({}, purpose) == {use}


@pytest.mark.django_db(transaction=True)
def test_a_database_that_fails_for_a_moment_ends_no_claim(lease: leases.Lease, run: Run, settings: Any) -> None:
    claim = claims.take(_running(run, claimed_until=None))
    assert claim is not None
    settings.CS_AGENT = {**settings.CS_AGENT, "CS_AGENT_LEASE_S": 0.09}
    failures = [OperationalError("gone away")]

    def fail_once(execute: Callable[..., Any], *call: Any) -> Any:
        if failures:
            raise failures.pop()
        return execute(*call)

    def opened(connection: Any, **_more: Any) -> None:
        connection.execute_wrappers.append(fail_once)

    long_ago = timezone.now() - timedelta(days=1)
    Run.objects.filter(pk=run.pk).update(claimed_until=long_ago)
    connection_created.connect(opened)
    try:
        with claims.Renewer(claim, lease) as renewer:
            _await(lambda: not failures)
            _await(lambda: Run.objects.filter(pk=run.pk, claimed_until__gt=long_ago).exists())
            assert renewer._thread.is_alive()
    finally:
        connection_created.disconnect(opened)


def _await(holds: Callable[[], bool]) -> None:
    ends_at = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < ends_at
        time.sleep(0.01)
