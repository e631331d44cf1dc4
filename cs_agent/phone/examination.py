"""Examines a phone of any kind: an adb phone in full, any other by what its driver must be able to do."""

from __future__ import annotations

from collections.abc import Callable

from cs_agent.catalogue import _
from cs_agent.engine.run.protocols import Key, PhoneError
from cs_agent.phone.adb import doctor
from cs_agent.phone.adb.phone import AdbPhone
from cs_agent.phone.driver import Driver
from cs_agent.phone.findings import Check, CheckStatus


def examine(phone: Driver, *, touch: bool) -> tuple[Check, ...]:
    """All findings; only the first where the phone cannot be reached. `touch=False` leaves out what acts on it."""
    if isinstance(phone, AdbPhone):
        return doctor.examine(phone, touch=touch)
    steps: list[tuple[str, Callable[[Driver], str]]] = [("connection", _answers), ("screen", _shows)]
    if touch:
        steps.append(("touch", _obeys))
    found: list[Check] = []
    for code, step in steps:
        try:
            found.append(Check(code, CheckStatus.OK, step(phone)))
        except PhoneError as error:
            failed = _("检查失败:{error}")
            found.append(Check(code, CheckStatus.FAULT, failed, error.advice, {"error": str(error)}))
            break
    return tuple(found)


def _answers(phone: Driver) -> str:
    phone.health()
    return _("已连接并授权。")


def _shows(phone: Driver) -> str:
    phone.screenshot()
    return _("可以截屏。")


def _obeys(phone: Driver) -> str:
    phone.press(Key.HOME)
    return _("可以回到主屏幕。")
