"""Addresses for a helpdesk that stands in the same project: its templates get them by `{% load cs_agent_desk %}`."""

from __future__ import annotations

import logging
from typing import Any

from django.urls import reverse

from tickets.errors import SecretUnreadable, ServiceError
from tickets.models import Ticket
from tickets.permissions import Permission, has
from tickets.said import readers_language
from tickets.services.panels import links
from tickets.services.people import access
from tickets.web.our_urls import ours

log = logging.getLogger(__name__)


def ticket_address(connector: str, external_id: object) -> str:
    """Of the ticket's page here, whether it came in yet or not."""
    return reverse("open-external", urlconf=ours(), args=[connector, str(external_id)])


def panel_address(user: Any, connector: str, external_id: object, theme: str = "") -> str:
    """For a frame in the page that is being made now; "" where the person has no such ticket here."""
    if not has(user, Permission.VIEW_TICKETS) or _ticket(user, connector, external_id) is None:
        return ""
    try:
        given = links.make(connector, str(external_id), user.get_username(), by=user)
    except SecretUnreadable as error:  # somebody has to put the key back; the host's page must not fail over it
        log.error("No panel for helpdesk %s, ticket %s: %s", connector, external_id, error)
        return ""
    except ServiceError:  # no button is set up
        return ""
    display = {"lang": "en" if readers_language() == "en" else "zh-hans", "theme": theme}
    path = reverse("panel-open", urlconf=ours(), args=[connector])
    return links.address("", path, {**given, **display})


def _ticket(user: Any, connector: str, external_id: object) -> Ticket | None:
    rows = access.visible_tickets(user)
    return rows.filter(refs__connector=connector, refs__external_id=str(external_id)).first()
