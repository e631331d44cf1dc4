"""Verifies the signatures of helpdesks' calls. Pure; raises Refused.

Rule: compared in constant time, over the raw bytes, and never with an empty key.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

from django.utils.dateparse import parse_datetime

from integrations.connectors.errors import Refused
from integrations.connectors.protocol import Incoming
from tickets.said import gettext_said as _

LATEST = timedelta(minutes=5)  # a signed time this far from ours is a replay or a wrong clock


def hex_of(key: str, message: bytes, digest: str) -> str:
    return hmac.new(key.encode(), message, digest).hexdigest()


def base64_of(key: str, message: bytes, digest: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), message, digest).digest()).decode()


def check(incoming: Incoming, header: str, made: str, key: str) -> None:
    """Refused unless the header (lower-case name) holds exactly what was made with the key."""
    if not key or not same(incoming.headers.get(header, ""), made):
        raise Refused(_("%s 不对:核对两边的签名密钥。") % header)


def same(given: str, made: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), made.encode())


def check_time(text: str, now: datetime, latest: timedelta = LATEST) -> None:
    """Refused for a signed time that is missing, none, or too far from now. Unix seconds, milliseconds or ISO 8601."""
    moment = moment_of(text)
    if moment is None or abs(now - moment) > latest:
        raise Refused(_("签名的时间缺失、太旧或来自未来:核对两边的时钟。"))


def moment_of(text: str) -> datetime | None:
    """The moment that is meant; None for what is none."""
    try:
        if text.isascii() and text.isdecimal() and len(text) <= 13:
            return datetime.fromtimestamp(int(text) / (1000 if len(text) == 13 else 1), UTC)
        found = parse_datetime(text)
    except (ValueError, OverflowError, OSError):
        return None
    return None if found is None else found if found.tzinfo else found.replace(tzinfo=UTC)


def digest_of(incoming: Incoming) -> str:
    """A delivery id for helpdesks that give none: the same bytes are the same call."""
    return hashlib.sha256(incoming.body).hexdigest()
