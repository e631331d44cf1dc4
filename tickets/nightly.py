"""What Celery does once a day for the evidence: anchor the audit chain, export yesterday, delete what is due, verify.

Every task may run twice or late: an anchor is kept once, an export is a new file, what is deleted stays deleted.
"""

from __future__ import annotations

import logging

from celery import shared_task
from django.utils import timezone

from tickets.services.evidence import audit, daily_export, retention
from tickets.services.outbox import manage

log = logging.getLogger(__name__)


@shared_task(name="tickets.nightly.anchor")
def anchor() -> None:
    made = audit.write_anchor()
    log.info("audit chain anchored at event %s", made.seq if made else 0)


@shared_task(name="tickets.nightly.export")
def export() -> None:
    log.info("audit export: %s", daily_export.write_missing())


@shared_task(name="tickets.nightly.retain")
def retain() -> None:
    log.info("retention: %s", retention.delete_due() | {"outbox": manage.delete_old(timezone.now())})


@shared_task(name="tickets.nightly.verify")
def verify() -> None:
    for problem in audit.verify_and_record():
        log.error("audit trail: %s at event %s: %s", problem.kind, problem.seq, problem.text)
