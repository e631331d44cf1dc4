"""Which URL configuration holds our addresses: for addresses that are made outside a request of ours, where another
project's own configuration would be asked."""

from __future__ import annotations

from django.conf import settings


def ours() -> str:
    return "cs_agent.plugin.urls" if getattr(settings, "CS_AGENT_PREFIX", "") else settings.ROOT_URLCONF
