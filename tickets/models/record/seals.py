"""Encrypts what audit events say about a customer under one key per ticket; destroying the key erases it.

Rule: the chain hashes the stored, sealed text, so that an erasure breaks no link. Codes, counts and hashes stay
unencrypted, for look-ups and for checks after an erasure.

AES-256-GCM, a random nonce for every event, the ticket's number bound to the text.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import transaction
from django.utils import timezone

from tickets.models.record.evidence import CustomerKey

ERASED = "[已清除]"
# Keys of `details` whose values are codes, counts or hashes and say nothing about a customer.
OPEN_DETAILS = frozenset(
    {
        "app",
        "channel",
        "code",
        "connector",
        "digest",
        "event",
        "failure_code",
        "from",
        "gesture",
        "irreversible",
        "kind",
        "lane",
        "number",
        "permission",
        "sha256",
        "slot",
        "slots",
        "state",
        "template",
        "then",
        "to",
        "verdict",
        "why",
    }
)
SEALED = ("on_behalf_of", "instruction", "details")
_NONCE = 12
_TRUST_S = 60.0  # how long a process may cache a key that another one has destroyed
_MOST_KEYS = 5_000  # some 10 MB

_keys: dict[str, tuple[AESGCM | None, float]] = {}
_lock = threading.Lock()


class Content(NamedTuple):
    """What an event says about a customer. `details` is JSON text of an object, "" for none."""

    on_behalf_of: str = ""
    instruction: str = ""
    details: str = ""


_ERASED = Content(ERASED, ERASED, '{"erased": true}')
_UNREADABLE = Content(ERASED, ERASED, '{"unreadable": true}')


def seal(row: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of an event about a ticket in stored form. After an erasure no personal data is kept at all."""
    open_details, telling = _parted(row["details"])
    content = Content(row["on_behalf_of"], row["instruction"], _compact(telling) if telling else "")
    if not row["ticket_no"] or content == Content():
        return dict(row)
    key = _key_to_seal(row["ticket_no"])
    sealed = encrypt(key, row["ticket_no"], content) if key else ""
    return {**row, "on_behalf_of": "", "instruction": "", "details": open_details, "sealed": sealed}


def revealed(row: Mapping[str, Any]) -> dict[str, Any]:
    """The decrypted values of a stored event's columns (only those that were read)."""
    content = open_seal(row.get("ticket_no", ""), row["sealed"])
    values = {
        "on_behalf_of": content.on_behalf_of,
        "instruction": content.instruction,
        "details": {**row.get("details", {}), **json.loads(content.details or "{}")},
    }
    return {name: value for name, value in values.items() if name in row}


def load_keys(ticket_numbers: Iterable[str]) -> None:
    """Cache the keys of many tickets with one query, before many events are read."""
    now = time.monotonic()
    with _lock:
        wanted = {no for no in ticket_numbers if no and _keys.get(no, (None, 0.0))[1] < now}
    if not wanted:
        return
    rows = dict(CustomerKey.objects.filter(ticket_no__in=wanted).values_list("ticket_no", "key"))
    for number in wanted:
        _keep(number, rows.get(number, b""))


def destroy(ticket_no: str) -> bool:
    """Destroy the ticket's key, which makes its events' personal data unreadable; False if it was destroyed already.

    A ticket without a key gets a destroyed one, so that nothing is ever sealed for it either.
    """
    with transaction.atomic():
        CustomerKey.objects.get_or_create(ticket_no=ticket_no, defaults={"key": os.urandom(32)})
        rows = CustomerKey.objects.filter(ticket_no=ticket_no, destroyed_at=None)
        destroyed = rows.update(key=b"", destroyed_at=timezone.now())
    forget(ticket_no)
    return bool(destroyed)


def forget(ticket_no: str) -> None:
    with _lock:
        _keys.pop(ticket_no, None)


def _parted(details: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(details that stay unencrypted, details about a person)."""
    telling = {name: value for name, value in details.items() if name not in OPEN_DETAILS and _tells(value)}
    return {name: value for name, value in details.items() if name not in telling}, telling


def _tells(value: Any) -> bool:
    match value:
        case str():
            return bool(value)
        case Mapping():
            return any(_tells(item) for item in (*value, *value.values()))
        case list() | tuple():
            return any(_tells(item) for item in value)
        case _:
            return False


def _key(ticket_no: str) -> AESGCM | None:
    """The ticket's key for reading; None once it is destroyed, or while there is none."""
    known = _keys.get(ticket_no)
    if known is not None and known[1] > time.monotonic():
        return known[0]
    return _keep(ticket_no, CustomerKey.objects.filter(ticket_no=ticket_no).values_list("key", flat=True).first())


def _key_to_seal(ticket_no: str) -> AESGCM | None:
    """The stored key, created if there is none. Never cached: data sealed under a stale key could not be read."""
    row, _made = CustomerKey.objects.get_or_create(ticket_no=ticket_no, defaults={"key": os.urandom(32)})
    return AESGCM(bytes(row.key)) if row.key else None


def _keep(ticket_no: str, stored: Any) -> AESGCM | None:
    key = AESGCM(bytes(stored)) if stored else None
    with _lock:
        if len(_keys) >= _MOST_KEYS:
            _keys.clear()
        _keys[ticket_no] = key, time.monotonic() + _TRUST_S
    return key


def encrypt(key: AESGCM, ticket_no: str, content: Content) -> str:
    """The parts cannot hold a NUL (`audit_chain.plain` takes it out), so that it can part them."""
    nonce = os.urandom(_NONCE)
    text = "\0".join((content.on_behalf_of, content.instruction, content.details)).encode()
    return base64.b64encode(nonce + key.encrypt(nonce, text, ticket_no.encode())).decode()


def open_seal(ticket_no: str, sealed: str) -> Content:
    """The decrypted content; marked as erased if the key is gone, as unreadable if decryption fails."""
    for _attempt in (1, 2):  # a key kept in mind may be one whose making was rolled back
        key = _key(ticket_no)
        if key is None:
            return _ERASED
        try:
            data = binascii.a2b_base64(sealed)
            parts = key.decrypt(data[:_NONCE], data[_NONCE:], ticket_no.encode()).decode().split("\0")
        except (InvalidTag, ValueError):
            forget(ticket_no)
        else:
            return Content(*parts)
    return _UNREADABLE


def open_seals(ticket_numbers: Sequence[str], sealed: Sequence[str]) -> list[Sequence[str] | None]:
    """As `open_seal` for many events side by side; None where nothing is sealed."""
    keys = {number: _key(number) for number in set(ticket_numbers)}
    return [
        _opened(keys[number], number, text) if text else None
        for number, text in zip(ticket_numbers, sealed, strict=True)
    ]


def _opened(key: AESGCM | None, ticket_no: str, sealed: str) -> Sequence[str]:
    if key is not None:
        try:
            data = binascii.a2b_base64(sealed)
            parts = key.decrypt(data[:_NONCE], data[_NONCE:], ticket_no.encode()).decode().split("\0")
        except (InvalidTag, ValueError):
            pass
        else:
            return parts
    return open_seal(ticket_no, sealed)


def _compact(details: Mapping[str, Any]) -> str:
    return json.dumps(details, ensure_ascii=False, separators=(",", ":"))
