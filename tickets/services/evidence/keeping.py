"""How long each kind of data is kept: the installation's settings, in days."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum

from django.conf import settings

# Logs must be kept for six months at least (Cybersecurity Law of the PRC, article 21).
LEAST_AUDIT_DAYS = 180


class Kind(StrEnum):
    AUDIT = "audit"
    RECORDINGS = "recordings"
    PICTURES = "pictures"  # of steps, confirmations and questions
    EXPORTS = "exports"  # files of the daily export


def days(kind: Kind) -> int:
    kept: int = settings.CS_AGENT[f"CS_AGENT_KEEP_{kind.upper()}_DAYS"]
    return kept


def until(kind: Kind, made_at: datetime) -> date:
    """The last day on which data made at that time is kept."""
    return (made_at + timedelta(days=days(kind))).date()


def made_before(kind: Kind, now: datetime) -> datetime:
    """Data made before this moment may be deleted."""
    return now - timedelta(days=days(kind))
