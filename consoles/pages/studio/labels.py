"""What people call the slots of a flow, in the reader's language, and texts with these names in place of slots."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from tickets.said import readers_language

_SLOT = re.compile(r"\{(\w+)(?::\w+)?\}")


def slot_labels(specs: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """What people call each slot, in the reader's language."""
    english = readers_language() == "en"
    found = {}
    for spec in specs:
        label = spec.get("label") or {}
        found[spec.get("name", "")] = (label.get("en") if english else "") or label.get("zh", "")
    return found


def with_labels(words: str, labels: Mapping[str, str]) -> str:
    """The slots' places in a text as people read them."""
    return _SLOT.sub(lambda found: f"〔{labels.get(found[1]) or found[1]}〕", words)
