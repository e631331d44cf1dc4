"""Colleagues who are asked for in a note by @name: it waits for them until they have seen to it.

Rule: only users who can see the ticket can be mentioned; an @ that matches nobody, or several people, is plain text.
"""

from __future__ import annotations

import re
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from tickets.models import Comment, Mention, Ticket
from tickets.permissions import Permission, require
from tickets.services.live import events as live
from tickets.services.people import access
from tickets.services.people import names as people

_AT = re.compile(r"(?<![\w@.])@", re.ASCII)  # none within an address
_IN_A_NAME = re.compile(r"[\w.+-]", re.ASCII)


def note(comment: Comment, author: Any) -> list[User]:
    """Store the note's mentions, without its author, inside the caller's transaction."""
    people = [person for person in named_in(comment.text, comment.ticket) if person.pk != getattr(author, "pk", None)]
    Mention.objects.bulk_create(Mention(comment=comment, person=person) for person in people)
    return people


def named_in(text: str, ticket: Ticket) -> list[User]:
    """Members of the ticket's department whose name or log-in follows an @; the longest match counts."""
    places = [match.end() for match in _AT.finditer(text)]
    if not places:
        return []
    names: dict[str, list[User]] = {}
    for person in ticket.department.members.filter(is_active=True):
        for name in {people.called(person).lower(), person.get_username().lower()}:
            names.setdefault(name, []).append(person)
    found = (_named_at(text[place : place + 200].lower(), names) for place in places)
    return list({person.pk: person for person in found if person is not None}.values())


def waiting(user: Any) -> QuerySet[Mention]:
    """The person's open mentions, oldest first."""
    rows = Mention.objects.filter(person=user, seen_at=None, comment__ticket__in=access.visible_tickets(user))
    return rows.select_related("comment__ticket__assignee", "comment__author").order_by("pk")


def see(ticket: Ticket, user: Any) -> int:
    """Mark the person's mentions on this ticket as done; returns how many."""
    require(user, Permission.VIEW_TICKETS, ticket=ticket)
    access.require_visible(user, ticket)
    with transaction.atomic():
        seen = Mention.objects.filter(person=user, seen_at=None, comment__ticket=ticket).update(seen_at=timezone.now())
        if seen:
            live.publish_ticket(ticket, {"mentions_seen": seen})
    return seen


def _named_at(rest: str, names: dict[str, list[User]]) -> User | None:
    fitting = [name for name in names if rest.startswith(name) and not _goes_on(rest, len(name))]
    people = names[max(fitting, key=len)] if fitting else []
    return people[0] if len(people) == 1 else None


def _goes_on(rest: str, end: int) -> bool:
    """Whether a match of Latin letters is only the beginning of a longer word."""
    last_is_latin = _IN_A_NAME.fullmatch(rest[end - 1]) is not None
    return last_is_latin and end < len(rest) and _IN_A_NAME.fullmatch(rest[end]) is not None and rest[end] not in ".-"
