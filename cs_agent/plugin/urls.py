"""Our URLs inside a host project, used only for requests below the prefix."""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path

from cs_agent.project.urls import ours

urlpatterns = [path(getattr(settings, "CS_AGENT_PREFIX", ""), include(ours))]
