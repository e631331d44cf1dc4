"""The store for secrets: encrypted under `CS_AGENT_SECRETS_KEYS`, accessed by name, every change audited.

Rule: no page, log, audit event or error ever shows a secret. The first key encrypts, every key decrypts: to change
keys, put a new one in front, run `rotate`, and remove the old one.
"""

from __future__ import annotations

import base64
import json
import re
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tickets.errors import Invalid, NotFound, SecretUnreadable
from tickets.models import Secret
from tickets.services.evidence import audit

MAX_BYTES = 16 * 1024
_NAME = re.compile(r"[a-z0-9][a-z0-9._/-]{0,118}")


def put(name: str, value: str, *, user: Any = None) -> None:
    """Store the value under the name, replacing an earlier one."""
    if not _NAME.fullmatch(name):
        raise Invalid(_("密钥名称只能用小写字母、数字和 . _ / -,最长 119 个字符。"), code="secret_name", field="name")
    if not value or len(value.encode()) > MAX_BYTES:
        raise Invalid(_("密钥不能为空,也不能超过 16 kB。"), code="secret_value", field="value")
    kept = sealed(name, value)
    with transaction.atomic():
        defaults = {"sealed": kept, "changed_at": timezone.now(), "changed_by": user}
        _row, made = Secret.objects.update_or_create(name=name, defaults=defaults)
        audit.record("secret.added" if made else "secret.changed", user=user, result="success", details={"name": name})


def get(name: str) -> str:
    """The value; NotFound if there is none, SecretUnreadable if no current key decrypts it."""
    row = Secret.objects.filter(name=name).first()
    if row is None:
        raise NotFound(_("没有名为 %s 的密钥。") % name, code="no_secret")
    return _opened(row)


def keep_readable(name: str, other: str, *, user: Any = None) -> bool:
    """Put the value of `name` under `other` too, before it is replaced. False, with nothing under `other`, if there is
    none that a key opens: a key that is gone must not keep anybody from setting a new secret."""
    try:
        put(other, get(name), user=user)
    except (NotFound, SecretUnreadable):
        forget(other, user=user)
        return False
    return True


def has(name: str) -> bool:
    return Secret.objects.filter(name=name).exists()


def forget(name: str, *, user: Any = None) -> None:
    with transaction.atomic():
        if Secret.objects.filter(name=name).delete()[0]:
            audit.record("secret.deleted", user=user, result="success", details={"name": name})


def rotate(*, user: Any = None) -> int:
    """Re-encrypt all secrets under the first key; returns how many. An unreadable one stops it with nothing changed."""
    with transaction.atomic():
        rows = list(Secret.objects.select_for_update().order_by("pk"))
        for row in rows:
            row.sealed = sealed(row.name, _opened(row))
        Secret.objects.bulk_update(rows, ["sealed"], batch_size=200)
        audit.record("secret.rotated", user=user, result="success", details={"number": len(rows)})
    return len(rows)


def unreadable() -> list[str]:
    """Names of the secrets that no current key decrypts."""
    return [row.name for row in Secret.objects.all() if not _opens(row)]


def new_key() -> str:
    """A fresh key for `CS_AGENT_SECRETS_KEYS`."""
    return Fernet.generate_key().decode()


def seal_bytes(content: bytes) -> bytes:
    """Encrypt short-lived data (an answer, a delivery's body) under the same keys; without configured keys under one
    derived from SECRET_KEY."""
    return _of_days().encrypt(content)


def open_bytes(token: bytes) -> bytes:
    try:
        return _of_days().decrypt(token)
    except InvalidToken as error:
        raise SecretUnreadable from error


def sealing_keys() -> MultiFernet:
    """Keys for long-lived data; SecretUnreadable in production without configured keys."""
    return _fernet()


def opening_keys() -> MultiFernet:
    """Every key that may have encrypted something here."""
    return _of_days()


def opened_token(keys: MultiFernet, token: bytes) -> bytes | None:
    """The decrypted token; None if no key decrypts it."""
    try:
        return keys.decrypt(token)
    except InvalidToken:
        return None


def sealed(name: str, value: str) -> str:
    """What is kept of a secret; SecretUnreadable in production without configured keys."""
    return _fernet().encrypt(json.dumps([name, value]).encode()).decode()


def _opened(row: Secret) -> str:
    try:
        name, value = json.loads(_fernet().decrypt(row.sealed.encode()))
    except InvalidToken as error:
        raise SecretUnreadable(name=row.name) from error
    if name != row.name:
        raise SecretUnreadable(name=row.name)
    return str(value)


def _opens(row: Secret) -> bool:
    try:
        return bool(_opened(row))
    except SecretUnreadable:
        return False


def _fernet() -> MultiFernet:
    keys = settings.CS_AGENT["CS_AGENT_SECRETS_KEYS"]
    if not keys and settings.CS_AGENT["CS_AGENT_MODE"] == "production":
        text = _("未设置 CS_AGENT_SECRETS_KEYS,无法保存或读取密钥。用命令 secrets new-key 生成一个。")
        raise SecretUnreadable(text)
    return MultiFernet([Fernet(key) for key in keys or (_derived(),)])


def _of_days() -> MultiFernet:
    keys = [*settings.CS_AGENT["CS_AGENT_SECRETS_KEYS"], _derived()]
    return MultiFernet([Fernet(key) for key in keys])


def _derived() -> bytes:
    """A key derived from SECRET_KEY, for demo, tests and short-lived data."""
    derived = HKDF(SHA256(), 32, b"", b"cs_agent secret store").derive(settings.SECRET_KEY.encode())
    return base64.urlsafe_b64encode(derived)
