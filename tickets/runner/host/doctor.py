"""Carries out a requested phone test on the phone's host.

Rule: a phone leased to a run is only inspected, not touched. While a free one is touched the test holds the phone's
lock, so that no run begins to drive it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from cs_agent.engine.run.protocols import PhoneError
from cs_agent.phone import examination
from cs_agent.phone.driver import Driver
from cs_agent.phone.findings import Check, CheckStatus, is_usable
from tickets.models import Phone
from tickets.runner.holds import phone_lock
from tickets.services.live import phone_checks

log = logging.getLogger(__name__)


def make_test(check_id: int, connect: Callable[[Phone], Driver]) -> None:
    """`connect` gives the phone of a row. Harmless when doubled or late."""
    check = phone_checks.take_up(check_id)
    if check is None:
        log.info("test %s of a phone is made already, or nobody waits for it", check_id)
        return
    try:
        touched, found = _examine(check.phone, connect)
    except PhoneError as error:
        touched = False
        found = (Check("connection", CheckStatus.FAULT, "{error}", error.advice, {"error": str(error)}),)
    phone_checks.end(check, [_stored(each) for each in found], usable=is_usable(found), touched=touched)


def _examine(row: Phone, connect: Callable[[Phone], Driver]) -> tuple[bool, tuple[Check, ...]]:
    """(whether the phone was touched, the findings)."""
    if phone_lock.is_held(row.pk) or _is_held(row):
        return False, examination.examine(connect(row), touch=False)
    with phone_lock.on(row.pk):
        touch = not _is_held(row)
        return touch, examination.examine(connect(row), touch=touch)


def _is_held(row: Phone) -> bool:
    return Phone.objects.filter(pk=row.pk, lease_run__isnull=False).exists()


def _stored(check: Check) -> dict[str, Any]:
    return {
        "code": check.code,
        "status": check.status.value,
        "finding": check.finding,
        "remedy": check.remedy,
        "values": dict(check.values),
        "fix": check.fix,
    }
