"""What people are called and how one is found, whatever user model the project has.

Rule: only `USERNAME_FIELD` and the primary key, of any type, are taken for granted; names a model does not have are
passed over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import IntegerField, Q, QuerySet

from tickets.web.given import whole_number

if TYPE_CHECKING:
    from django.contrib.auth.models import User

_NAMES = ("first_name", "last_name", "name")


def called(user: Any) -> str:
    """The person's own name, else the one for logging in."""
    full = getattr(type(user), "get_full_name", None)
    if full is not None and full is not AbstractUser.get_full_name:
        name = full(user)
    else:  # Django's own writes "None" for a name that the model took away
        name = " ".join(text for field in _known() if isinstance(text := getattr(user, field, None), str) and text)
    return str(name or "").strip() or str(user.get_username())


def log_in(prefix: str = "") -> str:
    """The field of the name for logging in, as a look-up."""
    return f"{prefix}{get_user_model().USERNAME_FIELD}"


def order(prefix: str = "") -> tuple[str, ...]:
    """By name, then by log-in."""
    return (*(f"{prefix}{field}" for field in _known()[:1]), log_in(prefix))


def with_log_in(name: str) -> QuerySet[User]:
    """Those who can log in by this name: one or none."""
    return get_user_model().objects.filter(**{log_in(): name, "is_active": True})


def with_key(text: str, people: QuerySet[User] | None = None) -> User | None:
    """The one whose primary key is written so."""
    found = key(text)
    rows = get_user_model().objects.all() if people is None else people
    return None if found is None else rows.filter(pk=found).first()


def key(text: str) -> Any:
    """The primary key that is written so, whether or not somebody has it; None for none."""
    column = get_user_model()._meta.pk
    if isinstance(column, IntegerField):
        return whole_number(text)
    try:
        return column.to_python(text) if text else None
    except ValidationError:
        return None


def like(words: str) -> Q:
    """Those whose name or log-in holds these words."""
    found = Q(**{f"{log_in()}__icontains": words})
    for field in _known():
        found |= Q(**{f"{field}__icontains": words})
    return found


def _known() -> list[str]:
    return [field for field in _NAMES if _has(field)]


def _has(field: str) -> bool:
    try:
        get_user_model()._meta.get_field(field)
    except FieldDoesNotExist:
        return False
    return True
