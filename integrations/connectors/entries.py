"""Which connectors' helpdesks say by themselves, in frames of theirs, which ticket they show."""

from __future__ import annotations

from pydantic import ValidationError

from integrations.connectors import kinds
from integrations.models import Connector
from tickets.services.panels.entries import Entry


def entry_of(connector: str) -> Entry | None:
    """None for a connector that is switched off, not set up for it, or of a kind without such frames."""
    row = Connector.objects.filter(key=connector, enabled=True).first()
    kind = kinds.of(row.kind) if row else None
    if row is None or kind is None or kind.entry is None:
        return None
    try:
        return kind.entry(kind.settings.model_validate(row.options))
    except ValidationError:
        return None
