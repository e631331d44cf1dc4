"""The ways in through a helpdesk's own frame (a dashboard app, a sidebar app), which cannot sign a link by itself.

Rule: what such a frame says is a hint about which ticket it shows, never about who looks at it. A panel opens in it by
a code that the person gets in a window of ours, logged in there: for the one ticket, once, within a minute. Integration
packages say which helpdesks have such a frame.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core import signing
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.module_loading import import_string

from tickets.models import HelpdeskButton, PanelSession, Ticket, UsedLink
from tickets.services.evidence import audit
from tickets.services.panels import buttons, sessions
from tickets.services.panels.links import Fault, LinkRefused
from tickets.services.people import access

CODE_LASTS = timedelta(seconds=60)
PASS_LASTS = timedelta(hours=12)  # a helpdesk's page stays open for a shift
LONGEST_PROOF = timedelta(minutes=30)  # well below `links.KEEP_USED`: a proof that is forgotten must be over
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # 40 bits in 8 characters, none of which looks like another
CODE_LENGTH = 8


@dataclass(frozen=True, slots=True)
class Entry:
    """`speaks`: the part of the page's script that hears the helpdesk. `account`: whose tickets come in, where one
    number may mean tickets of several; else "".

    `admit` checks what the frame's first request proves: LinkRefused, or what must not be seen a second time ("" where
    nothing is proven).
    """

    speaks: str
    account: str = ""
    admit: Callable[[Mapping[str, str]], str] = lambda _given: ""


_announced: list[str] = []


def announce(path: str) -> None:
    """`path`: a function from a connector's name to its `Entry`, or None."""
    _announced.append(path)


def of(connector: str) -> Entry | None:
    return next((found for path in _announced if (found := import_string(path)(connector))), None)


def open_for(connector: str) -> tuple[HelpdeskButton, Entry]:
    """LinkRefused where no such helpdesk has a button, or its frame says no ticket."""
    button = buttons.active(connector)
    if button is None:
        raise LinkRefused(Fault.UNKNOWN)
    entry = of(connector)
    if entry is None:
        raise LinkRefused(Fault.NO_ENTRY)
    return button, entry


def admit(connector: str, given: Mapping[str, str]) -> tuple[HelpdeskButton, Entry, str]:
    """Let a frame in; the pass it sends back with a code."""
    button, entry = open_for(connector)
    proof = entry.admit(given)
    if proof:
        try:
            with transaction.atomic():
                UsedLink.objects.create(button=button, nonce=proof, used_at=timezone.now())
        except IntegrityError as error:
            raise LinkRefused(Fault.USED) from error
    return button, entry, _signer(connector).sign("in")


def ticket_for(user: Any, connector: str, external_id: str, account: str) -> tuple[HelpdeskButton, Ticket]:
    """The ticket that the frame shows, if it came in and the person may see it; LinkRefused, the same for both."""
    button, entry = open_for(connector)
    if account != entry.account:
        raise LinkRefused(Fault.OTHER_ACCOUNT)
    rows = access.visible_tickets(user).filter(refs__connector=connector, refs__external_id=external_id)
    ticket = rows.select_related("department").first()
    if ticket is None:
        raise LinkRefused(Fault.NO_TICKET, external_id=external_id[:120])
    return button, ticket


def allow(user: Any, button: HelpdeskButton, ticket: Ticket, language: str = "", theme: str = "") -> str:
    """The person's word: a code for one panel of theirs."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    digest = _digest(button.connector, code)
    with transaction.atomic():
        row = sessions.create(digest, button.pk, ticket, user, language=language, theme=theme, lasts=CODE_LASTS)
        details = {"connector": button.connector, "person": user.get_username()}
        audit.record("link.made", user=user, ticket=ticket, obj=row, result="success", details=details)
    return code


def take(connector: str, code: str, pass_: str) -> tuple[PanelSession, str]:
    """Open the panel of that code in the frame that was let in; the panel, and the secret for the frame's cookie."""
    button, _entry = open_for(connector)
    try:
        _signer(connector).unsign(pass_, max_age=PASS_LASTS)
    except signing.BadSignature as error:
        raise LinkRefused(Fault.UNPROVEN) from error
    plain = code.upper().replace("-", "").replace(" ", "")
    rows = PanelSession.objects.select_related("ticket__department", "button", "user")
    row = rows.filter(digest=_digest(connector, plain), button=button).first()
    secret = sessions.redeem(row) if row else ""
    if row is None or not secret:
        raise LinkRefused(Fault.BAD_CODE)
    return row, secret


def _digest(connector: str, code: str) -> str:
    """Under a key: a code is short, and no cookie's digest may equal it."""
    return salted_hmac("tickets.panels.code", f"{connector} {code}", algorithm="sha256").hexdigest()


def _signer(connector: str) -> signing.TimestampSigner:
    return signing.TimestampSigner(salt=f"tickets.panels.entry.{connector}")
