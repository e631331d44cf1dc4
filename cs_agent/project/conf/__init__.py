"""Every setting of the product: read once from the environment, validated, and described in one table.

Rule: an unknown `CS_AGENT_…` variable or a malformed value stops the start with a message that names it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cs_agent.project.conf.places import ASSETS, BASE_DIR, INSTALLED
from cs_agent.project.conf.readers import MOVED
from cs_agent.project.conf.table import SETTINGS, Setting

__all__ = ["ASSETS", "BASE_DIR", "DEMO_SECRET", "INSTALLED", "MOVED", "SETTINGS", "Setting", "SettingError", "load"]

DEMO_SECRET = "demo-only-secret-key-never-use-it-in-production-0123456789"  # noqa: S105 - refused in production
_HIDDEN = {"CS_AGENT_SECRETS_KEYS"}  # values that no message may show


class SettingError(ValueError):
    """An unusable variable; the message names it and says what is expected."""


def load(environ: Mapping[str, str]) -> dict[str, Any]:
    """Values by variable name; SettingError names what is wrong."""
    _refuse_unknown(environ)
    values = {setting.name: _value(setting, environ.get(setting.name, "")) for setting in SETTINGS}
    _refuse_unsafe(values)
    return values


def _refuse_unknown(environ: Mapping[str, str]) -> None:
    known = {setting.name for setting in SETTINGS}
    for name in sorted(environ):
        if name.startswith("CS_AGENT_") and name not in known:
            raise SettingError(f"{name} is not a setting of cs_agent; docs/settings.md lists them all")


def _value(setting: Setting, text: str) -> Any:
    if not text:
        return setting.default
    try:
        return setting.read(text)
    except ValueError as error:
        shown = "" if setting.name in _HIDDEN else f"={text!r}"
        raise SettingError(f"{setting.name}{shown} cannot be used: {error}") from error


def _refuse_unsafe(values: dict[str, Any]) -> None:
    if values["CS_AGENT_MODE"] != "production":
        values["SECRET_KEY"] = values["SECRET_KEY"] or DEMO_SECRET
        return
    if values["SECRET_KEY"] in {"", DEMO_SECRET} or len(values["SECRET_KEY"]) < 50:
        raise SettingError(
            "SECRET_KEY must be at least 50 characters of your own in production mode; `cs-agent keys` makes one"
        )
    if values["CS_AGENT_DEBUG"]:
        raise SettingError("CS_AGENT_DEBUG must be false in production mode")
