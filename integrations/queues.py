"""Sends messages to the integrations' Celery tasks: they carry a row's key and may be lost or duplicated.

Rule: messages are optional; a periodic task looks for due work every few seconds.
"""

from __future__ import annotations

import logging

from kombu.exceptions import OperationalError

from tickets import queues

log = logging.getLogger(__name__)
READ_TASK = "integrations.tasks.read_due"
POLL_TASK = "integrations.tasks.poll"
_HINT_S = 60.0


def hint_reading(connector: int) -> None:
    """Hint that tickets of the connector are due. Called after the commit."""
    _send(READ_TASK, connector)


def hint_poll(connector: int) -> None:
    _send(POLL_TASK, connector)


def _send(task: str, connector: int) -> None:
    try:
        queues.celery_app().send_task(task, args=[connector], queue=queues.upkeep(), retry=False, expires=_HINT_S)
    except OperationalError as error:
        log.warning("queue: %s not sent (%s); the clock will look again", task, error)
