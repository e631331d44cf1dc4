"""Links from a helpdesk's ticket to its page here, made for the helpdesk that cannot sign them itself."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from ninja import Router, Status

from integrations.api import schemas
from integrations.api.door import operation
from tickets.errors import NotFound
from tickets.permissions import Permission
from tickets.services.panels import links
from tickets.services.people import access

router = Router(tags=["links"])


@operation(router, "POST", "/links", Permission.CREATE_TICKETS, answers={201: schemas.Link})
def make_link(request: HttpRequest, body: schemas.LinkIn) -> Any:
    """Make a link to a ticket's page, for one person, for 60 seconds, once

    It opens the page and nothing else; log-in comes first where it is needed. With `panel` it is for a frame in the
    helpdesk's own page, and names the person. Make one for each click: a link that was used is worth nothing.
    """
    visible = access.visible_tickets(request.user)
    found = visible.filter(refs__connector=body.connector, refs__external_id=body.external_id)
    if not found.exists():
        raise NotFound
    given = links.make(body.connector, body.external_id, body.person, by=request.user)
    path = reverse("panel-open", args=[body.connector]) if body.panel else reverse("open-ticket")
    url = links.address(request.build_absolute_uri("/"), path, given)
    return Status(201, {"url": url, "seconds": int(links.LASTS.total_seconds())})
