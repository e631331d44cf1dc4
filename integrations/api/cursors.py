"""Keyset pagination with cursors signed for a list, its filters and a user.

Rule: a forged or truncated cursor, or one of another list or of other filters, is refused with a message: without its
filters it would go on through everything. The order is total, so that rows added meanwhile neither repeat nor hide
others.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query

from integrations.api.problems import Refused

LIMIT = 50
MOST = 200
# How one looks, for the document; whether it is one of ours is what `_opened` finds out.
_LOOKS = r"^(\.?[A-Za-z0-9_-]+:[A-Za-z0-9]+:[A-Za-z0-9_-]{43})?$"


def asked() -> Any:
    """The parameter `cursor` of a list."""
    parameter = Query("", max_length=1000, description="`next` of the page before; empty for the first.")
    parameter.json_schema_extra = {"pattern": _LOOKS}  # as an argument the library would check it too, without our code
    return parameter


def per_page() -> Any:
    """The parameter `limit` of a list."""
    return Query(LIMIT, ge=1, le=MOST, description="Rows on a page.")


def page(
    request: HttpRequest,
    rows: QuerySet[Any],
    shape: Callable[[Any], dict[str, Any]],
    *,
    cursor: str,
    limit: int,
    by: tuple[str, ...] = ("pk",),
    descending: bool = True,
) -> dict[str, Any]:
    """`{"items": […], "next": cursor or null}`, in the order of the columns `by`, whose last is unique."""
    salt = f"integrations.api.cursor:{request.path}:{_filters(request)}:{','.join(by)}:{request.user.pk}"
    if cursor:
        rows = rows.filter(_beyond(by, _opened(cursor, salt, rows, by), "lt" if descending else "gt"))
    found = list(rows.order_by(*(f"-{column}" if descending else column for column in by))[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    keys = [str(getattr(last, column)) for column in by] if last is not None else None
    return {
        "items": [shape(row) for row in found[:limit]],
        "next": signing.dumps(keys, salt=salt, compress=True) if keys else None,
    }


def _filters(request: HttpRequest) -> str:
    """What the list was asked for, whatever the order of the parameters and the length of a page."""
    return urlencode(sorted((name, text) for name, text in request.GET.items() if name not in ("cursor", "limit")))


def _beyond(by: tuple[str, ...], values: list[Any], way: str) -> Q:
    """The rows after the one with these values, by the columns in order."""
    beyond, same = Q(), Q()
    for column, value in zip(by, values, strict=True):
        beyond |= same & Q(**{f"{column}__{way}": value})
        same &= Q(**{column: value})
    return beyond


def _opened(cursor: str, salt: str, rows: QuerySet[Any], by: tuple[str, ...]) -> list[Any]:
    meta = rows.model._meta
    fields = [meta.pk if column == "pk" else meta.get_field(column) for column in by]
    try:
        keys = signing.loads(cursor, salt=salt)
        return [field.to_python(key) for field, key in zip(fields, keys, strict=True)]
    except (signing.BadSignature, ValidationError, ValueError, TypeError) as error:
        raise Refused(400, "bad_cursor", _("cursor 无效:请使用上一页返回的 next,并且不要改动。")) from error
