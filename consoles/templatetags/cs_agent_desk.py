"""For the templates of a helpdesk in the same project: the button's address, and the panel's."""

from __future__ import annotations

from typing import Any

from django import template

from consoles.embed import addresses

register = template.Library()


@register.simple_tag
def cs_agent_ticket(connector: str, external_id: object) -> str:
    """Where a button leads: the ticket's page, log-in first where needed."""
    return addresses.ticket_address(connector, external_id)


@register.simple_tag(takes_context=True)
def cs_agent_panel(context: Any, connector: str, external_id: object, theme: str = "") -> str:
    """The source of a frame; "" where there is no panel for the reader."""
    return addresses.panel_address(context["request"].user, connector, external_id, theme)
