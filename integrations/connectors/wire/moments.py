"""Reads a moment in whichever of the usual forms a system writes it. Pure."""

from __future__ import annotations

import re
from datetime import datetime, tzinfo
from email.utils import parsedate_to_datetime

from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive, make_aware

from integrations.connectors.wire.signatures import moment_of

_DOT_NET = re.compile(r"/Date\((\d{10,13})(?:[+-]\d{4})?\)/")
_WRITTEN = re.compile(r"(\d{4})[/年.](\d{1,2})[/月.](\d{1,2})日?(?:\s+|T)?(\d{1,2}:\d{2}(?::\d{2})?)?(.*)")


def moment(text: str, zone: tzinfo | None = None, form: str = "") -> datetime | None:
    """ISO 8601, the year first in other signs, the form of mails, or Unix time; None for anything else, and where day
    and month could be mistaken for one another. Without a zone it is in `zone`, or the server's. `form` (as for
    `strptime`) says how else times are written."""
    text = text.strip()
    if form and (written := _in_form(text, form)) is not None:
        return make_aware(written, zone) if is_naive(written) else written
    dotted = _DOT_NET.fullmatch(text)
    number = dotted[1] if dotted else text.partition(".")[0] if re.fullmatch(r"\d{10}(\.\d+)?", text) else text
    if number.isascii() and number.isdecimal():
        return moment_of(number[:13]) if len(number) in (10, 13, 16) else None
    try:
        read_as = parse_datetime(_in_iso(text)) or _of_mail(text)
        return make_aware(read_as, zone) if read_as is not None and is_naive(read_as) else read_as
    except (ValueError, OverflowError):
        return None


def _in_form(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(" ".join(text.split()), " ".join(form.split()))
    except ValueError:
        return None


def _in_iso(text: str) -> str:
    parts = _WRITTEN.fullmatch(text)
    if parts is None:
        return text
    year, month, day, clock, zone = parts.groups()
    hours, _colon, rest = (clock or "00:00").partition(":")
    return f"{year}-{int(month):02}-{int(day):02}T{int(hours):02}:{rest}{zone.strip()}"


def _of_mail(text: str) -> datetime | None:
    try:
        return (
            parsedate_to_datetime(text)
            if re.match(r"(?:[A-Z][a-z]{2},\s*)?\d{1,2} [A-Z][a-z]{2} \d{4} ", text)
            else None
        )
    except (ValueError, TypeError):
        return None
