"""The Celery application; `tickets.tasks` holds what it runs."""

from __future__ import annotations

import atexit
import gc
import os
from typing import Any

from celery import Celery
from celery.signals import worker_init

from cs_agent.vision import memory

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cs_agent.project.settings")

app = Celery("cs_agent")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


# The interpreter's last collections would walk over every object once more: seconds, in which whoever stops the
# product waits, and for which a worker that had long finished was killed.
atexit.register(gc.freeze)


@worker_init.connect
def _hold_little_memory(**_: Any) -> None:
    memory.give_back()
