"""A claim and a lease are held by exactly one task: whoever comes with an older token changes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from tickets.models import Phone, Run, RunStatus
from tickets.runner.holds import claims, leases
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
    lasts = timedelta(seconds=settings.CS_AGENT["CS_AGENT_LEASE_S"])
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
