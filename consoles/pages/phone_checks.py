"""The test of a phone in words: what was found, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consoles.pages.words import run_language
from cs_agent.catalogue import say
from tickets.models import Phone
from tickets.services.live import phone_checks
from tickets.services.live.phone_checks import CheckState

TITLES: dict[str, Promise] = {
    "connection": _("手机连接"),
    "power": _("屏幕开关"),
    "screen": _("截屏"),
    "size": _("屏幕方向"),
    "tree": _("界面结构"),
    "keyboard": _("输入法"),
    "security": _("调试权限"),
    "battery": _("电池"),
    "animations": _("系统动画"),
    "stay_awake": _("保持点亮"),
    "touch": _("点击"),
    "typing": _("输入文字"),
}
_BUSY = {CheckState.WAITING, CheckState.UNDER_WAY}


@dataclass(frozen=True, slots=True)
class Found:
    """One finding in the reader's language. `status`: ok, warn or fault; `fix`: a command, or nothing."""

    status: str
    title: str
    words: str
    remedy: str
    fix: str


def context_of(phone: Phone) -> dict[str, Any]:
    """What the page shows of the phone's newest test."""
    check = phone_checks.newest([phone]).get(phone.pk)
    state = phone_checks.state_of(check) if check else None
    found = [_in_words(each) for each in check.findings] if check else []
    return {
        "phone": phone,
        "check": check,
        "state": state,
        "busy": state in _BUSY,
        "findings": found,
        "has_fixes": any(each.fix for each in found),
    }


def _in_words(stored: Mapping[str, Any]) -> Found:
    lang, values = run_language(), stored["values"]
    words, remedy = (say(stored[part], lang, **values) for part in ("finding", "remedy"))
    return Found(
        stored["status"], str(TITLES.get(stored["code"], stored["code"])), words, remedy, stored.get("fix", "")
    )
