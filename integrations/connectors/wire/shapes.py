"""What the forms of helpdesks' answers share.

Rule: null is the same as not given; a time that is not understood is none, and never keeps a ticket out.
"""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, tzinfo
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, model_validator

from integrations.connectors.wire.moments import moment
from integrations.connectors.wire.paging import named
from tickets.said import gettext_said as _
from tickets.web.given import is_storable


class Shape(BaseModel):
    @model_validator(mode="before")
    @classmethod
    def _given(cls, value: Any) -> Any:
        return {name: each for name, each in value.items() if each is not None} if isinstance(value, dict) else value


def objects(rows: Any) -> Any:
    """A list without what is no object."""
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else rows


def numbered(rows: Any) -> Any:
    """A list without what has no number."""
    return [row for row in objects(rows) if named(row.get("id"))] if isinstance(rows, list) else rows


def known(value: Any, zone: tzinfo = UTC) -> datetime | None:
    """The moment; without a zone it is in `zone`. None for what is none or no database can hold."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    found = moment(str(value), zone)
    return found if found is not None and is_storable(found) else None


Moment = Annotated[datetime | None, BeforeValidator(lambda value: known(value))]


def whole_name(given: str | None, family: str | None) -> str:
    """As the person writes it: a Chinese name begins with the family's, without a blank."""
    given, family = (given or "").strip(), (family or "").strip()
    if given and family and _is_han(given + family):
        return family + given
    return f"{given} {family}".strip()


def _is_han(name: str) -> bool:
    return all(unicodedata.name(sign, "").startswith("CJK UNIFIED") for sign in name if not sign.isspace())


def words(value: Any) -> str:
    """A further field's value in words: lists joined; "" for what is empty, switched off or an object."""
    if isinstance(value, list):
        return _("、").join(filter(None, map(words, value)))
    if value is None or value is False or isinstance(value, dict):
        return ""
    return "true" if value is True else str(value).strip()
