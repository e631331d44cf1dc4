"""What Celery does for the integrations once a day."""

from __future__ import annotations

import logging

from celery import shared_task
from django.utils import timezone

from integrations.api import idempotency
from tickets.services.panels import links, sessions

log = logging.getLogger(__name__)


@shared_task(name="integrations.tasks.tidy")
def tidy() -> None:
    now = timezone.now()
    log.info("integrations: %d idempotency keys forgotten", idempotency.delete_old(now))
    log.info("integrations: %d used links, %d panels forgotten", links.delete_old(now), sessions.delete_old(now))
