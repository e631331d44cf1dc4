"""What Django's `check` says about the demo's remains in an installation that is meant for production."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection

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
    hint = "deactivate them with `manage.py load_demo --retire-accounts`, or start with an empty database"
    return [Error(words, hint=hint, id="tickets.E001")] if present else []


def refuse_demo_accounts() -> None:
    """Stop the start of a production installation that a demo account can log in to: ImproperlyConfigured.

    Asked in a thread of its own: a web server starts inside an event loop, where Django asks no database.
    """
    if not settings.PRODUCTION:
        return
    with ThreadPoolExecutor(1) as thread:
        for error in thread.submit(_found_in_thread).result():
            raise ImproperlyConfigured(f"{error.msg}, and CS_AGENT_MODE is production: {error.hint}")


def _found_in_thread() -> list[Error]:
    try:
        return no_demo_accounts_in_production()
    finally:
        connection.close()
