"""Leases: exclusive, expiring, fenced holds on phones.

Rule: one run holds a phone at a time. `lease_token` only grows; every act on the phone carries its token and is refused
once a newer one was issued. Every change is one conditional UPDATE.

A run that waits for a human keeps its phone without an expiry (`lease_expires_at` null), so that the screen in question
stays as it is.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from cs_agent.engine.run.protocols import Interrupted
from tickets.models import Phone, PhoneState, PhoneUse, Run, RunPurpose


@dataclass(frozen=True, slots=True)
class Lease:
    phone_id: int
    run_id: uuid.UUID
    token: int


class LeaseLost(Interrupted):
    """The phone has been given to somebody else, or to a newer activation of the same run."""


def acquire(run: Run, queue: str) -> Lease | None:
    """A lease for this run on a phone of that queue, with a new token; None if no phone is free.

    A run that already holds a phone gets it again with the screen it left. Otherwise it gets the free phone with the
    fewest labels, and of these the least used.
    """
    held = Phone.objects.filter(lease_run=run).first()
    if held is not None:
        return _take(Phone.objects.filter(lease_run=run), held, run) if held.queue == queue else None
    needed = wanted(run.flow_version.definition, run.purpose, _chosen_phone(run))
    for phone in sorted(free(queue), key=lambda phone: (len(phone.labels), phone.lease_token, phone.pk)):
        if needed <= offered(phone):
            lease = _take(free(queue), phone, run)
            if lease is not None:
                return lease
    return None


def renew(lease: Lease) -> bool:
    """Extend the lease by its term; False if it is lost."""
    return bool(_of(lease).update(lease_expires_at=term()))


def hold(lease: Lease) -> bool:
    """Keep the phone without an expiry while waiting for a human."""
    return bool(_of(lease).update(lease_expires_at=None))


def check(lease: Lease) -> None:
    """Raise LeaseLost unless this token is still the newest."""
    if not _of(lease).exists():
        raise LeaseLost(f"phone {lease.phone_id} is no longer leased under token {lease.token}")


def release(lease: Lease) -> bool:
    return bool(_of(lease).update(lease_run=None, lease_expires_at=None))


def fence(phone: Phone) -> Lease | None:
    """Issue a new token to the run that holds the phone: acts under the old one are refused."""
    if phone.lease_run_id is None:
        return None
    run = Run(pk=phone.lease_run_id)
    return _take(Phone.objects.filter(lease_run=phone.lease_run_id), phone, run)


def of_run(run_id: uuid.UUID) -> Lease | None:
    """The run's current lease, or None."""
    phone = Phone.objects.filter(lease_run=run_id).first()
    return Lease(phone.pk, run_id, phone.lease_token) if phone else None


def offered(phone: Phone) -> frozenset[str]:
    """What the phone offers: its labels and its uses. A practice phone also serves rehearsals; a shared one serves
    customers and dry rehearsals."""
    uses = _OFFERED.get(PhoneUse(phone.use)) or {PhoneUse(phone.use)}
    return frozenset(phone.labels) | {_as_label(use) for use in uses} | {_name(phone.pk)}


def wanted(definition: Mapping[str, Any], purpose: str, chosen: int | None = None) -> frozenset[str]:
    """What a run needs of a phone: the flow's labels and the use for the run's purpose; if a person has `chosen` a
    phone, that phone whatever its labels."""
    use = {_as_label(_USES.get(RunPurpose(purpose), PhoneUse.CUSTOMER))}
    return frozenset(use | {_name(chosen)}) if chosen else labels_of(definition) | use


_OFFERED = {
    PhoneUse.PRACTICE: {PhoneUse.REHEARSAL, PhoneUse.PRACTICE},
    PhoneUse.SHARED: {PhoneUse.REHEARSAL, PhoneUse.CUSTOMER},
}
_USES = {
    RunPurpose.REHEARSAL: PhoneUse.REHEARSAL,
    RunPurpose.LESSON: PhoneUse.REHEARSAL,
    RunPurpose.PRACTICE: PhoneUse.PRACTICE,
}


def _chosen_phone(run: Run) -> int | None:
    """Of a lesson, the phone that its teacher has chosen."""
    if run.purpose != RunPurpose.LESSON:
        return None
    return Run.objects.values_list("lesson__phone", flat=True).get(pk=run.pk)


def _name(phone_id: int) -> str:
    return f"phone:{phone_id}"


def _as_label(use: PhoneUse) -> str:
    return f"use:{use.value}"


def labels_of(definition: Mapping[str, Any]) -> frozenset[str]:
    """The labels (apps installed, accounts logged in) that runs of that flow require."""
    return frozenset(definition.get("phone_labels", []))


def _of(lease: Lease) -> QuerySet[Phone]:
    return Phone.objects.filter(pk=lease.phone_id, lease_run=lease.run_id, lease_token=lease.token)


def free(queue: str) -> QuerySet[Phone]:
    """Ready phones without a lease. An expired lease is not free: the sweeper first handles its run."""
    return Phone.objects.filter(queue=queue, state=PhoneState.READY, lease_run=None)


def _take(candidates: QuerySet[Phone], phone: Phone, run: Run) -> Lease | None:
    with transaction.atomic():
        taken = candidates.filter(Q(pk=phone.pk), lease_token=phone.lease_token).update(
            lease_run=run.pk, lease_token=F("lease_token") + 1, lease_expires_at=term()
        )
    return Lease(phone.pk, run.pk, phone.lease_token + 1) if taken else None


def term() -> datetime:
    """When a lease or a claim that is taken or renewed now ends."""
    return timezone.now() + timedelta(seconds=settings.CS_AGENT["CS_AGENT_LEASE_S"])
