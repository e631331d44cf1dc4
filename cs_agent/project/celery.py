"""The Celery application; `tickets.tasks` holds what it runs."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cs_agent.project.settings")

app = Celery("cs_agent")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
