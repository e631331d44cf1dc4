"""What Django's `check` says about the demo's remains in an installation that is meant for production."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, register
from django.db import DatabaseError

from tickets import demo


@register(Tags.security, deploy=True)
def no_demo_accounts_in_production(**kwargs: Any) -> list[Error]:
    """An error for every production installation that a demo account can still log in to."""
    if not settings.PRODUCTION:
        return []
    try:
        present = demo.accounts_present()
    except DatabaseError:  # not migrated yet: nobody can log in at all
        return []
    words = f"accounts of the demo (…@{demo.MAIL_DOMAIN}) can log in here"
    hint = "deactivate them in the back office, or start with an empty database"
    return [Error(words, hint=hint, id="tickets.E001")] if present else []
