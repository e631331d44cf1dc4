"""Idempotency keys: a POST sent twice is carried out once; the key's row and the act are one transaction.

Rule: of concurrent requests with one key the first acts, the others wait and get its response. The same key with
another request is refused. Only successes are stored: a refusal changed nothing, so the next attempt is a new one, and
the refusal's audit event stays.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from integrations.api.problems import Refused
from integrations.models import IdempotencyKey
from tickets.services import secret_store

HEADER = "Idempotency-Key"
KEPT = timedelta(hours=24)
LONGEST = 200
LOOKS = "^[!-~]+$"  # visible ASCII
_KEPT_HEADERS = ("Content-Type", "Location", "ETag")


def once(
    request: HttpRequest, user: Any, act: Callable[[], HttpResponseBase], beforehand: AbstractContextManager[None]
) -> HttpResponseBase:
    """The response of the act, or the stored one. `beforehand` surrounds the transaction: slow work that need not be
    part of it."""
    key, wanted = _key(request), _hash(request)
    known = IdempotencyKey.objects.filter(user=user, key=key).first()
    if known is not None:
        return _replayed(known, wanted)
    with beforehand, transaction.atomic():
        row, made = IdempotencyKey.objects.get_or_create(user=user, key=key, defaults={"request_hash": wanted})
        if not made:
            return _replayed(row, wanted)
        response = act()
        if response.status_code >= 500:  # a defect, wherever it struck: nothing of the act stays
            transaction.set_rollback(True)
            return response
        if not 200 <= response.status_code < 300:
            row.delete()
            return response
        row.status = response.status_code
        row.headers = {name: response[name] for name in _KEPT_HEADERS if name in response}
        row.answer = secret_store.seal_bytes(bytes(getattr(response, "content", b"")))
        row.save()
    return response


def delete_old(now: datetime) -> int:
    return IdempotencyKey.objects.filter(made_at__lt=now - KEPT).delete()[0]


def _key(request: HttpRequest) -> str:
    key = request.headers.get(HEADER, "").strip()
    if not key:
        text = _("POST 请求需要 Idempotency-Key 请求头:每次操作用一个新的值(如 UUID),重试时保持不变。")
        raise Refused(400, "idempotency_key_missing", text)
    if len(key) > LONGEST or not re.fullmatch(LOOKS, key):
        raise Refused(400, "idempotency_key_invalid", _("Idempotency-Key 最长 200 个可见 ASCII 字符。"))
    return key


def _replayed(row: IdempotencyKey, wanted: str) -> HttpResponse:
    if row.request_hash != wanted:
        text = _("这个 Idempotency-Key 已用于另一个内容不同的请求。")
        raise Refused(422, "idempotency_key_reused", text)
    body = secret_store.open_bytes(bytes(row.answer))
    return HttpResponse(body, status=row.status, headers={**row.headers, "Idempotent-Replayed": "true"})


def _hash(request: HttpRequest) -> str:
    """Hash of everything the act depends on; files by content."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.content_type == "multipart/form-data":
        for name, values in sorted(request.POST.lists()):
            digest.update(repr((name, values)).encode())
        for name, files in sorted(request.FILES.lists()):
            for file in files:
                digest.update(repr((name, file.name, file.size)).encode())
                for chunk in file.chunks():
                    digest.update(chunk)
                file.seek(0)
    else:
        digest.update(request.body)
    return digest.hexdigest()
