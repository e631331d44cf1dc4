"""Resolves search words to tickets, people and kinds of events in the audit trail.

Rule: what an event says about a customer is sealed and cannot be searched; it is found by the ticket that it is about,
whose words, values, amounts and numbers are looked through in the reader's own departments only.
"""

from __future__ import annotations

import re
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, Q

from consoles.pages.audit.words import EVENTS
from tickets.models import Confirmation, ExternalRef, Slot
from tickets.services.people import access, names

MOST_TICKETS = 500
MOST_PEOPLE = 20
_AMOUNT = re.compile(r"[¥¥]?\s*(\d[\d,]*)(?:\.(\d{1,2}))?\s*元?")


def tickets_about(user: Any, words: str) -> list[str]:
    """Numbers of the newest tickets that say these words, or whose runs had them as a value or asked about them."""
    found = access.visible_tickets(user).filter(_said(words) | _valued(words))
    return list(found.order_by("-pk").values_list("number", flat=True)[:MOST_TICKETS])


def people_called(words: str) -> list[str]:
    """User names of those who are called so, by log-in name or by their own."""
    people = get_user_model().objects.filter(names.like(words)).order_by(names.log_in())
    return list(people.values_list(names.log_in(), flat=True)[:MOST_PEOPLE])


def types_called(words: str) -> list[str]:
    """Types that are stored or told so: the exact one alone, else all whose words hold these."""
    if words in EVENTS:
        return [words]
    exact = [type for type, told in EVENTS.items() if str(told).casefold() == words.casefold()]
    return exact or [type for type, told in EVENTS.items() if words.casefold() in str(told).casefold()]


def amounts(words: str) -> list[str]:
    """The ways to write an amount that was typed; none where it is none."""
    match = _AMOUNT.fullmatch(words)
    if match is None:
        return []
    whole, cents = match[1].replace(",", ""), (match[2] or "").ljust(2, "0")
    short = [whole] if cents == "00" else []
    return [f"{whole}.{cents}", *short, *([f"{whole}.{cents[0]}"] if cents[1] == "0" else [])]


def _said(words: str) -> Q:
    said = Q(number=words) | Q(Exists(ExternalRef.objects.filter(ticket=OuterRef("pk"), external_id=words)))
    for field in ("subject", "text", "customer_name", "customer_mobile"):
        said |= Q(**{f"{field}__icontains": words})
    return said


def _valued(words: str) -> Q:
    """A value of a run, an amount that a confirmation asked about, or words with which a person answered one."""
    money = amounts(words)
    values = Slot.objects.filter(run__ticket=OuterRef("pk"), value__in=[words, *money])
    needles = [f"¥{money[0]}"] if money else [words]
    asked = Confirmation.objects.filter(run__ticket=OuterRef("pk"), summary__icontains=needles[0])
    answered = Confirmation.objects.filter(run__ticket=OuterRef("pk"), note__icontains=words)
    return Q(Exists(values)) | Q(Exists(asked)) | Q(Exists(answered))
