"""The pool of phones: which are available, and which are not and why.

Rule: a failing phone is taken out (`faulty`, with the reason in words) until it answers again, and then returns
automatically. `retired` is set and removed only by people. A run keeps the phone it has begun on.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from cs_agent.engine.run.protocols import PhoneError
from cs_agent.phone.errors import ConnectionFault, ScreenFaultError
from cs_agent.trouble import Trouble
from tickets.models import Phone, PhoneState, Run
from tickets.runner.holds import run_queue
from tickets.runner.pictures.feed import FeedStalled
from tickets.services.evidence import audit
from tickets.services.live import events as live
from tickets.services.runs import lifecycle as runs

_SECURE = "secure_screen"  # set by an app, not a fault of the phone


def is_phone_fault(error: PhoneError) -> bool:
    """Whether it is a fault of the phone itself, not of an app or of the request."""
    return isinstance(error, ConnectionFault | ScreenFaultError | FeedStalled) and error.code != _SECURE


def take_out(phone_id: int, why: Trouble, *, run: Run | None = None) -> bool:
    """Take the phone out of the pool; False if it was out already (then only the reason is updated)."""
    reason = {"fault": why.told("zh")}
    with transaction.atomic():
        _lock_run(phone_id)
        if not Phone.objects.filter(pk=phone_id, state=PhoneState.READY).update(state=PhoneState.FAULTY, **reason):
            Phone.objects.filter(pk=phone_id, state=PhoneState.FAULTY).update(**reason)
            return False
        _tell(phone_id, "phone.taken_out", "failure", run, {"reason": reason["fault"]})
    return True


def readmit(phone_id: int) -> bool:
    """Return a phone that answers again to the pool; False if it was not out."""
    out = Phone.objects.filter(pk=phone_id, state=PhoneState.FAULTY)
    if not out.exists():  # asked every few seconds of every phone
        return False
    with transaction.atomic():
        _lock_run(phone_id)
        if not out.update(state=PhoneState.READY, fault=""):
            return False
        phone = _tell(phone_id, "phone.readmitted", "success", None, {})
        run_queue.call_next(phone.queue)
    return True


def _lock_run(phone_id: int) -> None:
    """Lock the run that holds the phone, before the phone itself; its consoles are notified too."""
    holder = Phone.objects.values_list("lease_run", flat=True).get(pk=phone_id)
    if holder is not None:
        runs.locked(Run(pk=holder))


def _tell(phone_id: int, type: str, result: str, run: Run | None, details: dict[str, Any]) -> Phone:
    """Audit the change and notify the consoles of the phone's run and the pages that list phones."""
    phone = Phone.objects.select_related("lease_run__ticket").get(pk=phone_id)
    live.publish_phone(phone)
    audit.record(type, run=run, obj=phone, device_id=phone.serial, result=result, details=details)
    return phone
