"""The light check of a phone: does it answer, can its screen be read, how is its battery.

Rule: a check never disturbs a run or a person. The screen is captured only of a phone without a lease, and only a phone
that is out of the pool is woken, to show that a run could start on it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Protocol

from django.utils import timezone

from cs_agent.engine.run.protocols import PhoneError
from cs_agent.geometry import Size
from cs_agent.observation import Screenshot
from cs_agent.phone.driver import Health
from tickets.models import Phone, PhoneState
from tickets.runner.holds import pool


class Checkable(Protocol):
    def health(self) -> Health: ...

    def wake(self) -> None: ...

    def screenshot(self) -> Screenshot: ...


@dataclass(frozen=True, slots=True)
class Finding:
    """`fault`: why the phone cannot be used; None for a sound phone."""

    fault: PhoneError | None = None
    health: Health | None = None
    size: Size | None = None


def examine(phone: Checkable, *, held: bool, out: bool) -> Finding:
    """`held`: a run has the phone; `out`: it is out of the pool."""
    try:
        health = phone.health()
        if held:
            return Finding(health=health)
        if out:
            phone.wake()
        elif health.awake is False:
            return Finding(health=health)
        return Finding(health=health, size=phone.screenshot().size)
    except PhoneError as error:
        return Finding(error if pool.is_phone_fault(error) else None)


def write_down(phone_id: int, finding: Finding) -> None:
    """Record the finding and take the phone out of the pool or back into it accordingly."""
    if finding.fault:
        pool.take_out(phone_id, finding.fault)
        return
    changes: dict[str, Any] = {"last_seen_at": timezone.now()}
    if finding.health is not None:
        changes["health"] = {name: value for name, value in asdict(finding.health).items() if value not in (None, "")}
    if finding.size is not None:
        changes |= {"width": finding.size.width, "height": finding.size.height}
    Phone.objects.filter(pk=phone_id).update(**changes)
    pool.readmit(phone_id)


def is_out(row: Phone) -> bool:
    return row.state == PhoneState.FAULTY
