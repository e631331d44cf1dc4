"""Access declarations: views are declared with `permitted` (see `tickets.declared`), websocket commands with `command`.

Rule: a command names the permission that is checked at every call; a test walks all commands for missing declarations.
"""

from __future__ import annotations

from collections.abc import Callable

from tickets.declared import FORM, GET, POST, Access, Declaration, View, permitted
from tickets.permissions import Permission

__all__ = ["FORM", "GET", "POST", "Access", "Declaration", "View", "command", "commands_of", "permitted"]


def command(name: str, permission: Permission, *, trust_s: float = 0.0) -> Callable[[View], View]:
    """Declare a websocket command: its name on the wire and the permission that is asked for every time.

    `trust_s`: for how many seconds a check may be reused, for frequent messages that change nothing.
    """

    def decorate(method: View) -> View:
        method.command = name  # type: ignore[attr-defined]
        method.permission = permission  # type: ignore[attr-defined]
        method.trust_s = trust_s  # type: ignore[attr-defined]
        return method

    return decorate


def commands_of(consumer: type) -> dict[str, View]:
    """Every declared command of a consumer class by name."""
    members = (getattr(consumer, attribute) for attribute in dir(consumer))
    return {member.command: member for member in members if hasattr(member, "command")}
