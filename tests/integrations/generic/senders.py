"""Calls as helpdesks without a connector of their own send them, each with what a technician types on the page for it.

The forms are those of each system's public documentation; the values are made up. `truth`: what the call is about.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

KEY = "s3cret-of-theirs"
NOW = 1_795_780_800  # 2026-11-27 12:00:00 UTC
URL = "https://agent.example.com/hooks/abc/"


@dataclass(frozen=True)
class Sender:
    """`typed`: the settings that differ from the defaults. `truth`: one row for each ticket: id, subject, a part of the
    text, customer, and what else is known of it."""

    name: str
    typed: Mapping[str, Any]
    body: bytes
    headers: Mapping[str, str]
    truth: tuple[Mapping[str, Any], ...]
    query: Mapping[str, str] = field(default_factory=dict)


def as_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def signed_by(message: bytes, digest: str = "sha256") -> bytes:
    return hmac.new(KEY.encode(), message, digest).digest()


def in_base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


JSON = {"content-type": "application/json; charset=utf-8"}
