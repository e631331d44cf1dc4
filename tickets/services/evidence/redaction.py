"""Which personal data is hidden from whom: the installation's policy, and what a flow adds to it.

Rule: a flow can hide more than the installation, never less.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from cs_agent.vision.personal_data.kinds import DataKind
from cs_agent.vision.redaction import Audience, RedactionPolicy

_SETTINGS = {
    Audience.STORED: "CS_AGENT_REDACT_STORED",
    Audience.VIEWER: "CS_AGENT_REDACT_VIEWERS",
    Audience.MODEL: "CS_AGENT_REDACT_MODEL",
}


def policy_of(definition: Mapping[str, Any] | None = None) -> RedactionPolicy:
    """The policy for runs of that flow; without one, the installation's own."""
    added = (definition or {}).get("redaction", {})
    kinds = {
        audience.value: frozenset(map(DataKind, (*settings.CS_AGENT[name], *added.get(audience.value, ()))))
        for audience, name in _SETTINGS.items()
    }
    return RedactionPolicy(**kinds)


def is_recorded(definition: Mapping[str, Any]) -> bool:
    """Whether runs of that flow are recorded; a flow that may change something always is."""
    return bool(definition.get("record", True)) or not _read_only(definition)


def _read_only(definition: Mapping[str, Any]) -> bool:
    return definition.get("engine", {}).get("read_only") is True
