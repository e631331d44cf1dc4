"""Slots in texts: values taken out when a route is recorded, put in again when it is followed.

Rule: only whole values are replaced, and a template that names a slot without a value cannot be filled.
"""

from __future__ import annotations

import re

from cs_agent.engine.screen.text import fold

_TEMPLATE = re.compile(r"\{(\w+)(:plain)?\}")
_MONEY = re.compile(r"^-?\d+(?:\.\d+)?$")
_LEAST = 2  # characters; a shorter value is found anywhere


def templated(text: str, values: dict[str, str]) -> str:
    """The text with every slot's value replaced by its name: `补偿50元` → `补偿{compensation:plain}元`."""
    forms = _forms(values)
    if not forms:
        return text
    known = dict(forms)
    return re.sub("|".join(_whole(value) for value, _ in forms), lambda found: known[found[0]], text)


def filled(template: str, values: dict[str, str]) -> str | None:
    """The text for this run; None where a slot that it names is empty."""
    missing = False

    def put(found: re.Match[str]) -> str:
        nonlocal missing
        value = values.get(found[1], "").strip()
        missing = missing or not value
        return plain(value) if found[2] else value

    text = _TEMPLATE.sub(put, template)
    return None if missing else text


def is_template(text: str) -> bool:
    return bool(_TEMPLATE.search(text))


def named_in(template: str) -> set[str]:
    """The slots that a template names."""
    return {found[1] for found in _TEMPLATE.finditer(template)}


def plain(value: str) -> str:
    """A number without a needless fraction: 50.00 → 50, 19.50 → 19.5."""
    if not _MONEY.match(value) or "." not in value:
        return value
    return value.rstrip("0").rstrip(".")


def _forms(values: dict[str, str]) -> list[tuple[str, str]]:
    """Pairs of (a form in which a slot's value may appear, the slot's template), longest form first."""
    forms: list[tuple[str, str]] = []
    for name, value in values.items():
        value = value.strip()
        for text, shown in ((value, f"{{{name}}}"), (plain(value), f"{{{name}:plain}}")):
            if len(fold(text)) >= _LEAST and text not in [known for known, _ in forms]:
                forms.append((text, shown))
    return sorted(forms, key=lambda form: -len(form[0]))


def _whole(value: str) -> str:
    """Digits and letters count only whole: 50 is not in 150."""
    before = r"(?<![0-9A-Za-z.])" if value[0].isascii() and value[0].isalnum() else ""
    after = r"(?![0-9A-Za-z]|\.\d)" if value[-1].isascii() and value[-1].isalnum() else ""
    return before + re.escape(value) + after
