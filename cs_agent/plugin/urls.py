"""Our addresses inside another project: below the prefix, and known to nobody but the requests that come there."""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path

from cs_agent.project.urls import ours

urlpatterns = [path(getattr(settings, "CS_AGENT_PREFIX", ""), include(ours))]
