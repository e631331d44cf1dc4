"""A helpdesk's messages as notes on our ticket: who, when, and the words as plain text."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from integrations.connectors.fields import plain
from integrations.connectors.protocol import Author, Message
from tickets.said import carried
from tickets.services.tickets.edits import MAX_COMMENT
from tickets.web.given import is_storable

MOST = 50  # the newest messages of a long history; older ones stay at the helpdesk


def newest(messages: Sequence[Message]) -> Sequence[Message]:
    return messages[-MOST:]


def words_of(message: Message) -> str:
    """What it says, as plain text."""
    return plain.from_html(message.text) if message.html else plain.tidy(message.text)


def as_note(message: Message) -> str:
    """One note; "" for a message without words."""
    text = words_of(message)
    if not text:
        return ""
    room = MAX_COMMENT - 200
    return f"【{_head(message)}】\n{text if len(text) <= room else text[:room] + '…'}"


def _head(message: Message) -> str:
    said_by = carried.INTERNAL if message.internal else carried.COLLEAGUE
    who = _(carried.CUSTOMER if message.author is Author.CUSTOMER else said_by)
    name = " ".join((message.person.name or message.person.email).split())[:60]
    when = f"{timezone.localtime(message.at):%Y-%m-%d %H:%M}" if message.at and is_storable(message.at) else ""
    return " ".join(filter(None, (who, name, when)))
