"""Signed URLs of stored files, checked again at each request.

Rule: a URL alone grants nothing. Its view checks the user's permission and department; a recording's URL is bound to
the user whose viewing was audited, and expires after some hours.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import timezone

from tickets.errors import NotFound
from tickets.web import request_context

RECORDING_AGE_S = 12 * 3600
STORING_S = 6.0  # the longest wait for a picture that is still being covered
FRESH_S = 60.0  # older pictures are there, or will never be


class Kind(StrEnum):
    """What is stored, and the URL name that serves it."""

    ATTACHMENT = "attachment-file"
    STEP = "step-picture"
    CONFIRMATION = "confirmation-picture"
    QUESTION = "question-picture"
    VIDEO = "recording-video"
    CAPTIONS = "recording-captions"


_OF_ONE_READER = {Kind.VIDEO, Kind.CAPTIONS}


def address(kind: Kind, key: object, user: Any = None) -> str:
    """The address of one stored file; `key` is the row's, `user` the reader a recording is signed for."""
    return reverse(kind.value, args=[_sign(kind, str(key), user)])


def key_of(kind: Kind, token: str, user: Any = None) -> str:
    """The row's key; NotFound for a token that is forged, expired or another user's."""
    try:
        if kind in _OF_ONE_READER:
            return signing.TimestampSigner(salt=_salt(kind, user)).unsign(token, max_age=RECORDING_AGE_S)
        return signing.Signer(salt=_salt(kind, user)).unsign(token)
    except signing.BadSignature as error:
        raise NotFound from error


def stored_file(name: str) -> Path:
    """The file below MEDIA_ROOT; NotFound when it is not there or lies elsewhere."""
    root = Path(settings.MEDIA_ROOT).resolve()
    path = (root / name).resolve()
    if not name or not path.is_relative_to(root) or not path.is_file():
        raise NotFound
    return path


def file_once_stored(name: str, made_at: datetime) -> Path:
    """As `stored_file`; waits for a very recent picture, which is redacted before it is stored."""
    deadline = time.monotonic() + STORING_S
    while True:
        try:
            return stored_file(name)
        except NotFound:
            fresh = timezone.now() - made_at < timedelta(seconds=FRESH_S)
            if not name or not fresh or time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def _sign(kind: Kind, key: str, user: Any) -> str:
    if kind in _OF_ONE_READER:
        return signing.TimestampSigner(salt=_salt(kind, user)).sign(key)
    return signing.Signer(salt=_salt(kind, user)).sign(key)


def _salt(kind: Kind, user: Any) -> str:
    """The signing salt; a panel's URLs are valid neither in other panels nor in the console."""
    panel = getattr(request_context.current().user, "panel", None)
    where = "consoles.web.media" if panel is None else f"consoles.web.media.panel.{panel.pk}"
    return f"{where}.{kind}.{user.pk}" if kind in _OF_ONE_READER else f"{where}.{kind}"
