"""The Celery application; `tickets.tasks` holds what it runs."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from typing import Any

from celery import Celery
from celery.signals import worker_init

from cs_agent.vision import memory

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cs_agent.project.settings")

# In another project it takes neither the current app's place nor its settings: those of the project are its own.
app = Celery("cs_agent", set_as_current="cs_agent.plugin" not in sys.modules)
app.config_from_object("cs_agent.project.celery_settings:VALUES", namespace="CELERY")
app.autodiscover_tasks()


# The interpreter's last collections would walk over every object once more: seconds, in which whoever stops the
# product waits, and for which a worker that had long finished was killed.
atexit.register(gc.freeze)


@worker_init.connect
def _hold_little_memory(**_: Any) -> None:
    memory.give_back()
