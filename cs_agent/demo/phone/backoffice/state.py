"""What the back office remembers: shared records, and for each phone what was done on it.

Rule: every phone has its own view; what one does is never seen on another, besides in the ledger.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from cs_agent.demo.phone.backoffice.ledger import Attachment, Ledger, Operation
from cs_agent.demo.phone.catalogue import Catalogue
from cs_agent.demo.phone.device.faults import Faults


@dataclass(frozen=True, slots=True)
class Upload:
    """A file sent to the back office, not yet part of anything."""

    id: str
    file: Attachment


@dataclass(frozen=True, slots=True)
class RefundDraft:
    """A request as it was filled in, before it is submitted."""

    id: str
    order_number: str
    service: str
    reason: str
    refund_kind: str  # full | partial
    refund: Decimal
    compensation: Decimal
    uploads: tuple[Upload, ...]
    remark: str


@dataclass(frozen=True, slots=True)
class SentCode:
    """A verification code that was sent by SMS."""

    sent_at: datetime
    scene: str
    code: str
    status: str  # delivered | failed | sending
    resent: bool = False


@dataclass(slots=True)
class PhoneState:
    """Everything one phone did since the last reset."""

    key: str
    drafts: dict[str, RefundDraft] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)
    codes: dict[str, list[SentCode]] = field(default_factory=dict)  # by mobile number, newest first
    addresses: dict[str, str] = field(default_factory=dict)  # by mobile number
    identity_checks: dict[str, str] = field(default_factory=dict)  # by mobile number
    login_code: str = ""
    logged_in: bool = False


class Office:
    """The back office behind all phones of a process."""

    def __init__(self, catalogue: Catalogue, seed: int) -> None:
        self.catalogue = catalogue
        self.ledger = Ledger()
        self.random = random.Random(seed)  # noqa: S311 - made-up data, meant to repeat
        self.faults: dict[str, Faults] = {}
        self._phones: dict[str, PhoneState] = {}
        self._ids = itertools.count(1)

    def phone(self, key: str) -> PhoneState:
        return self._phones.setdefault(key, PhoneState(key))

    def reset(self, phone: str = "") -> None:
        """Forget what was done on one phone, or on all."""
        self.ledger.reset(phone)
        for key in [key for key in self._phones if phone in ("", key)]:
            del self._phones[key]

    def next_id(self, prefix: str) -> str:
        return f"{prefix}{datetime.now():%y%m%d}{next(self._ids):05d}"

    def record(
        self,
        phone: PhoneState,
        app: str,
        kind: str,
        values: Mapping[str, Any],
        attachments: tuple[Attachment, ...] = (),
    ) -> Operation:
        return self.ledger.add(phone.key, app, kind, values, attachments)
