"""Examines one phone and explains every fault in words a technician can act on.

Rule: looking comes first and changes nothing; only the checks of touch and typing act, and they leave the phone on its
home screen with its own keyboard. A check that cannot be made is a finding, not a crash.
"""

from __future__ import annotations

from collections.abc import Callable

from cs_agent.engine.run.protocols import PhoneError
from cs_agent.phone.adb.doctor import looking, touching, typing
from cs_agent.phone.adb.doctor.findings import Findings, failed, fix_of
from cs_agent.phone.adb.phone import AdbPhone
from cs_agent.phone.findings import Check, CheckStatus

__all__ = ["examine", "fix_of"]

_LOOKING: tuple[tuple[str, Callable[[AdbPhone], Findings]], ...] = (
    ("power", looking.power),
    ("screen", looking.screen),
    ("size", looking.size),
    ("tree", looking.tree),
    ("keyboard", typing.keyboard),
    ("security", typing.security),
    ("battery", looking.battery),
    ("animations", looking.animations),
    ("stay_awake", looking.stay_awake),
)
_ACTING: tuple[tuple[str, Callable[[AdbPhone], Findings]], ...] = (
    ("touch", touching.touch),
    ("typing", typing.typing),
)


def examine(phone: AdbPhone, *, touch: bool = True) -> tuple[Check, ...]:
    """All checks; only the first where the phone cannot be reached. `touch=False` leaves out what acts on it."""
    connection = _guarded("connection", looking.connection, phone)
    if any(check.status is CheckStatus.FAULT for check in connection):
        return tuple(connection)
    checks = _LOOKING + (_ACTING if touch else ())
    return tuple(connection + [finding for code, check in checks for finding in _guarded(code, check, phone)])


def _guarded(code: str, check: Callable[[AdbPhone], Findings], phone: AdbPhone) -> Findings:
    try:
        return check(phone)
    except PhoneError as error:
        return [failed(code, error, phone)]
