"""What people call the slots of a flow, in the reader's language, and texts with these names in place of slots."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from cs_agent.engine.routes.values import Filling
from tickets.models import FlowVersion
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


def filling_labels(filling: Filling, *versions: FlowVersion) -> list[str]:
    """What people call the slots that are filled in; one that takes a word as well as an amount says which of them."""
    specs = [slot for version in versions for slot in version.definition.get("slots", ())]
    labels, words = slot_labels(specs), {spec.get("name"): spec.get("full") for spec in specs}

    def told(name: str) -> str:
        label = labels.get(name) or name
        if not words.get(name) or filling.amounts is None:
            return label
        return _("%s(金额)") % label if name in filling.amounts else _("%s(全额)") % label

    return [told(name) for name in filling.slots]
