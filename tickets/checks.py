"""System checks: settings that the host project lacks, and demo accounts in a production installation."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.conf.urls.i18n import is_language_prefix_patterns_used
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch, Resolver404, resolve

from tickets import demo

PLUGIN = "cs_agent.plugin.settings(globals())"
# What the apps read of the settings besides Django's own.
NEEDED = ("CS_AGENT", "CS_AGENT_ASSETS", "MODE", "PRODUCTION", "DATA_DIR", "ANCHOR_DIR", "EXPORT_DIR", "CHANNEL_LAYERS")


@register()
def fits_into_its_project(**kwargs: Any) -> list[CheckMessage]:
    """Settings that are missing in, or conflict with, the project that includes the apps."""
    missing = [name for name in NEEDED if not hasattr(settings, name)]
    if missing:
        words = f"cs_agent's settings are missing: {', '.join(missing)}"
        return [Error(words, hint=f"end the settings module with {PLUGIN}", id="tickets.E010")]
    found: list[CheckMessage] = []
    mounted = getattr(settings, "CS_AGENT_PREFIX", "")
    if mounted and "cs_agent.plugin.mount.Mount" not in settings.MIDDLEWARE:
        words = "the middleware cs_agent.plugin.mount.Mount is missing: nothing answers below the prefix"
        found.append(Error(words, hint=f"call {PLUGIN} after MIDDLEWARE is complete", id="tickets.E011"))
    if not settings.USE_TZ:
        found.append(Error("USE_TZ is False; times here have a zone", hint="set USE_TZ = True", id="tickets.E012"))
    values = settings.CS_AGENT
    if values["CS_AGENT_ENCRYPT_FILES"] and settings.PRODUCTION and not values["CS_AGENT_SECRETS_KEYS"]:
        words = "CS_AGENT_ENCRYPT_FILES is set and CS_AGENT_SECRETS_KEYS is empty: no file could be stored"
        hint = "set a key: `manage.py secrets new-key` makes one"
        found.append(Error(words, hint=hint, id="tickets.E015"))
    engine = settings.DATABASES["default"]["ENGINE"]
    if not engine.endswith(("sqlite3", "postgresql")):
        words = f"the database {engine} cannot be used: PostgreSQL and SQLite can"
        found.append(Error(words, hint="the audit trail's triggers are written for these two", id="tickets.E013"))
    options = settings.DATABASES["default"].get("OPTIONS", {})
    if mounted and engine.endswith("sqlite3") and options.get("transaction_mode") != "IMMEDIATE":
        words = "on SQLite two writers at once fail with `database is locked` instead of waiting for each other"
        hint = 'set OPTIONS of the database to {"transaction_mode": "IMMEDIATE", "timeout": 30}, or use PostgreSQL'
        found.append(Warning(words, hint=hint, id="tickets.W017"))
    if mounted and settings.MEDIA_URL not in ("", "/"):
        words = "MEDIA_URL is set: if the project serves MEDIA_ROOT by address, customers' files are open to everybody"
        hint = "serve no address below MEDIA_ROOT, or give cs_agent another one"
        found.append(Warning(words, hint=hint, id="tickets.W014"))
    if mounted and not _has_log_in():
        words = f"LOGIN_URL is {settings.LOGIN_URL}, where nothing answers: nobody could log in from our pages"
        hint = "set LOGIN_URL to the project's log-in, as an address or a URL name"
        found.append(Warning(words, hint=hint, id="tickets.W016"))
    return found


def _has_log_in() -> bool:
    """Another site's address cannot be looked at, nor one to which a language is put in front."""
    if is_language_prefix_patterns_used(settings.ROOT_URLCONF)[0]:
        return True
    try:
        address = resolve_url(settings.LOGIN_URL)
        if address.startswith("/") and not address.startswith("//"):
            resolve(urlsplit(address).path)
    except (NoReverseMatch, Resolver404):
        return False
    return True


@register(Tags.security, deploy=True)
def no_demo_accounts_in_production(**kwargs: Any) -> list[Error]:
    """An error if a demo account can still log in to a production installation."""
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
    """Raise ImproperlyConfigured at the start of a production installation to which a demo account can log in.

    Runs in a thread: a web server starts inside an event loop, where Django allows no database access.
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
