"""Compares a value on the screen with the ticket's: money by number, files by name, everything else by its characters.

Rule: values that cannot be compared count as different. Only a value without a counterpart is accepted as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from cs_agent.catalogue import _, say
from cs_agent.engine.run.flow import FieldKind
from cs_agent.engine.screen.text import file_names, fold, looks_same, money, show_money, squash

_FULL = re.compile(r"^(?:申请)?(?:全额|全部|全款|全数)(?:退款|退|退还)?$|^(?:in )?full(?: (?:amount|refund))?$")
_CENT = 0.005
_ELLIPSIS = re.compile(r"…|\.{3}")

_NOTES = {
    "missing": _("屏幕上没有读到"),
    "no_number": _("不是可读的金额"),
    "differs": _("与工单不一致"),
    "no_full": _("没有可核对的实付金额"),
    "not_full": _("不等于实付金额 {amount}"),
    "more_files": _("多出文件:{names}"),
    "no_file": _("缺少文件:{names}"),
}


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the screen's value is compared with. `full_amount`: the amount paid, if a screen showed it."""

    kind: FieldKind
    expected: str = ""
    full_amount: float | None = None


def compare(screen: str, expectation: Expectation, lang: str = "zh") -> tuple[str, str, str]:
    """(the screen's value as shown, the ticket's value as shown, why they differ or "")."""
    if not screen.strip():
        return "", _ticket_side(expectation), _note("missing", lang)
    if expectation.kind is FieldKind.MONEY:
        return _compare_money(screen, expectation, lang)
    if not expectation.expected:
        return screen, "", ""
    if expectation.kind is FieldKind.FILE:
        return screen, expectation.expected, _compare_files(screen, expectation.expected, lang)
    same = looks_same(screen, expectation.expected)
    return screen, expectation.expected, "" if same else _note("differs", lang)


def is_full(text: str) -> bool:
    return bool(_FULL.search(fold(text)))


def _ticket_side(expectation: Expectation) -> str:
    amount = money(expectation.expected) if expectation.kind is FieldKind.MONEY else None
    return expectation.expected if amount is None else show_money(amount)


def _compare_money(screen: str, expectation: Expectation, lang: str) -> tuple[str, str, str]:
    amount, full = money(screen), expectation.full_amount
    if amount is None and is_full(screen):
        amount = full
    shown = show_money(amount, screen) if amount is not None else screen
    if is_full(expectation.expected):
        return shown, _full_side(expectation), _full_note(screen, amount, full, lang)
    wanted = money(expectation.expected)
    if amount is None:
        return shown, _ticket_side(expectation), _note("no_number", lang)
    if wanted is None:
        return shown, expectation.expected, _note("differs", lang) if expectation.expected else ""
    return (
        shown,
        show_money(wanted, expectation.expected or screen),
        "" if abs(amount - wanted) < _CENT else _note("differs", lang),
    )


def _full_side(expectation: Expectation) -> str:
    known = expectation.full_amount
    return expectation.expected if known is None else f"{expectation.expected}({show_money(known)})"


def _full_note(screen: str, amount: float | None, full: float | None, lang: str) -> str:
    if is_full(screen):
        return ""
    if full is None:
        return _note("no_full", lang)
    same = amount is not None and abs(amount - full) < _CENT
    return "" if same else _note("not_full", lang, amount=show_money(full))


def _compare_files(screen: str, expected: str, lang: str) -> str:
    shown = file_names(screen) or [screen]
    wanted = [name.strip() for name in re.split(r"[、,;,;\n]", expected) if name.strip()]
    missing = [name for name in wanted if not any(_same_file(one, name) for one in shown)]
    extra = [name for name in shown if not any(_same_file(name, one) for one in wanted)]
    if missing:
        return _note("no_file", lang, names="、".join(missing))
    return _note("more_files", lang, names="、".join(extra)) if extra else ""


def _same_file(shown: str, wanted: str) -> bool:
    """Screens shorten long names in the middle or at the end."""
    if looks_same(shown, wanted):
        return True
    parts = [squash(part) for part in _ELLIPSIS.split(shown)]
    if len(parts) < 2 or sum(len(part) for part in parts) < 4:
        return False
    whole = squash(wanted)
    return whole.startswith(parts[0]) and whole.endswith(parts[-1])


def _note(key: str, lang: str, **values: str) -> str:
    return say(_NOTES[key], lang, **values)
