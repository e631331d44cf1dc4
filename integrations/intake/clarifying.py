"""A customer's messages as answers to what he was asked, and questions that go out by themselves by policy.

Rule: a message is taken in one transaction with its note, so that it is read once; nothing here can keep a ticket from
coming in.
"""

from __future__ import annotations

import logging
from typing import Any

from integrations.connectors.fields import plain
from integrations.connectors.protocol import Message, Person, RemoteTicket
from integrations.intake import history
from integrations.models import Connector
from integrations.writeback.words import WriteBack
from tickets.errors import ServiceError
from tickets.models import Clarification, ClarificationState, Ticket
from tickets.services.clarify import answers, asking, language

log = logging.getLogger(__name__)


def began(ticket: Ticket, remote: RemoteTicket) -> None:
    """What a new ticket's own words say of the customer's language; ours hold what the set-up adds."""
    text = plain.from_html(remote.text) if remote.html else plain.tidy(remote.text)
    language.heard(ticket, text, remote.subject)


def heard(ticket: Ticket, message: Message, requester: Person, user: Any, *, came_with_it: bool) -> None:
    """In the caller's transaction. `came_with_it`: said before the ticket came in here, so it answers nothing."""
    text, stranger = history.words_of(message), _somebody_else(message.person, requester)
    if not came_with_it:
        answers.take(ticket, text, user, somebody_else=stranger)
    elif not stranger:
        language.heard(ticket, text)


def after(row: Connector, ticket: Ticket, user: Any, can_reply: bool) -> None:
    """When messages and files are in."""
    answers.settle(ticket, user)
    if not can_reply or not WriteBack.model_validate(row.write_back).asks:
        return
    try:
        asking.ask_by_policy(ticket, user, row.key)
    except ServiceError as error:
        log.warning("connector %s: ticket %s: not asked: %s", row.key, ticket.number, error.message)


def is_waiting(ticket: Ticket) -> bool:
    """Whether the customer was asked and has not answered."""
    return Clarification.objects.filter(ticket=ticket, state=ClarificationState.ASKED).exists()


def _somebody_else(author: Person, requester: Person) -> bool:
    """Whether the helpdesk names another person than the one who asked for help."""
    if author.external_id and requester.external_id:
        return author.external_id != requester.external_id
    return bool(author.email and requester.email) and author.email.casefold() != requester.email.casefold()
