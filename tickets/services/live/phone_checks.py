"""Phone tests: requested by whoever manages phones, carried out by the phone's host, reported in words.

Rule: one test per phone at a time. A test that the host does not finish in time counts as lost, and the page says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tickets import queues
from tickets.errors import Conflict
from tickets.models import Phone, PhoneCheck
from tickets.permissions import Permission, require
from tickets.services.evidence import audit

HEARD_WITHIN = timedelta(seconds=30)  # of a host that works on its queue
_ENDED_WITHIN = timedelta(minutes=3)  # every command to a phone has its own limit; this is more than all of them
_KEPT = 5  # of each phone


class CheckState(StrEnum):
    WAITING = "waiting"
    UNDER_WAY = "under_way"
    UNHEARD = "unheard"  # no host has taken it up
    LOST = "lost"  # its host began and never ended
    ENDED = "ended"


def ask(phone: Phone, user: Any) -> PhoneCheck:
    """Request a test by the phone's host. Conflict while another test of the phone is under way."""
    require(user, Permission.MANAGE_PHONES)
    with transaction.atomic():
        _end_lost(phone)
        try:
            with transaction.atomic():
                check = PhoneCheck.objects.create(phone=phone, asked_by=user)
        except IntegrityError as error:
            raise Conflict(_("这台手机正在测试。"), code="check_under_way") from error
        old = PhoneCheck.objects.filter(phone=phone).order_by("-pk").values_list("pk", flat=True)[_KEPT:]
        PhoneCheck.objects.filter(pk__in=list(old)).delete()
        audit.record("phone.check_asked", user=user, obj=phone)
        queues.enqueue_check(check.pk, phone.queue, HEARD_WITHIN.total_seconds())
    return check


def state_of(check: PhoneCheck) -> CheckState:
    if check.ended_at:
        return CheckState.ENDED
    now = timezone.now()
    if check.began_at:
        return CheckState.LOST if now - check.began_at > _ENDED_WITHIN else CheckState.UNDER_WAY
    return CheckState.UNHEARD if now - check.asked_at > HEARD_WITHIN else CheckState.WAITING


def newest(phones: Iterable[Phone]) -> dict[int, PhoneCheck]:
    """The newest test of each phone by phone id, without phones that were never tested."""
    rows = PhoneCheck.objects.filter(phone__in=list(phones)).select_related("asked_by").order_by("pk")
    return {row.phone_id: row for row in rows}


def take_up(check_id: int) -> PhoneCheck | None:
    """Claim a test for the host; None if it is claimed already or has expired."""
    wanted = PhoneCheck.objects.filter(pk=check_id, began_at=None, ended_at=None)
    if not wanted.update(began_at=timezone.now()):
        return None
    return PhoneCheck.objects.select_related("phone").get(pk=check_id)


def end(check: PhoneCheck, findings: list[Mapping[str, Any]], *, usable: bool, touched: bool) -> None:
    """Record the findings, unless the test has expired meanwhile."""
    PhoneCheck.objects.filter(pk=check.pk, ended_at=None).update(
        ended_at=timezone.now(), findings=findings, usable=usable, touched=touched
    )


def _end_lost(phone: Phone) -> None:
    for row in PhoneCheck.objects.filter(phone=phone, ended_at=None):
        if state_of(row) in (CheckState.UNHEARD, CheckState.LOST):
            end(row, [], usable=False, touched=False)
