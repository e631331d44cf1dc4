"""Where our Celery application reads its settings: in another project from a dictionary of our own."""

from __future__ import annotations

from typing import Any

from django.conf import settings

VALUES: Any = getattr(settings, "CS_AGENT_CELERY", None) or settings
