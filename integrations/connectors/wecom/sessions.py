"""Puts the messages of one customer into sessions, each of which is a ticket; pure.

Rule: WeCom knows no tickets. A session is what one customer and one service account say to each other without a longer
quiet than the settings name; its id is `<account>:<customer>:<Unix seconds of its first message>`. What is open is kept
in the poller's cursor, and forgotten once it has been quiet for long enough.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

_SESSION, _LAST = 0, 1
FROM_CUSTOMER = 3
_LATEST = 2**36  # seconds; later ones are no moment that can be written down


@dataclass
class Standing:
    """Where the poller stands. `cursors` by account; `open` by `account:customer`: id of the session, last second."""

    cursors: dict[str, str] = field(default_factory=dict)
    open: dict[str, list[Any]] = field(default_factory=dict)

    def text(self) -> str:
        return json.dumps({"k": self.cursors, "s": self.open}, ensure_ascii=False, sort_keys=True)

    def forget(self, before: int) -> None:
        self.open = {who: each for who, each in self.open.items() if each[_LAST] >= before}


@dataclass
class Session:
    """What one page brings of a session. `begins`: with its first message."""

    id: str
    begins: bool
    messages: list[dict[str, Any]] = field(default_factory=list)


def standing(cursor: str) -> Standing:
    """A cursor that cannot be read begins anew."""
    try:
        kept = json.loads(cursor)
        opened = {str(who): [str(each[_SESSION]), int(each[_LAST])] for who, each in kept["s"].items()}
        return Standing({str(name): str(text) for name, text in kept["k"].items()}, opened)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
        return Standing()


def grouped(messages: Iterable[dict[str, Any]], kept: Standing, quiet_s: int) -> list[Session]:
    """The page's messages by session, in order; `kept` moves on. Only a customer begins one."""
    found: dict[str, Session] = {}
    for message in messages:
        account, customer, at = whose(message)
        if not account or not customer:
            continue
        who = f"{account}:{customer}"
        known = kept.open.get(who)
        fresh = known is None or at - known[_LAST] > quiet_s
        if fresh and message.get("origin") != FROM_CUSTOMER:
            continue
        if known is None or fresh:
            known = kept.open[who] = [f"{who}:{at}", at]
        known[_LAST] = max(known[_LAST], at)
        session = found.setdefault(known[_SESSION], Session(known[_SESSION], begins=fresh))
        if not any(each.get("msgid") == message.get("msgid") for each in session.messages):
            session.messages.append(message)
    return list(found.values())


def whose(message: dict[str, Any]) -> tuple[str, str, int]:
    """Account, customer and second of a message or event; "" for what is about nobody."""
    event = message.get("event")
    named = {**message, **event} if isinstance(event, dict) else message
    account, customer, at = named.get("open_kfid"), named.get("external_userid"), message.get("send_time")
    plain = isinstance(account, str) and isinstance(customer, str) and ":" not in f"{account}{customer}"
    dated = isinstance(at, int) and not isinstance(at, bool) and 0 <= at < _LATEST
    return (str(account), str(customer), at) if plain and isinstance(at, int) and dated else ("", "", 0)


def parts_of(session: str) -> tuple[str, str]:
    """Account and customer of a session's id; two empty ones for what is none."""
    parts = session.split(":")
    return (parts[0], parts[1]) if len(parts) == 3 and all(parts) else ("", "")
