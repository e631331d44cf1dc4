"""Reads the text on a stored picture for the studio, in a worker, which has the text reader loaded anyway."""

from __future__ import annotations

import logging

import redis
from PIL import UnidentifiedImageError

from cs_agent.vision.reader import RapidOcrReader
from tickets.models import Step
from tickets.services.evidence import pictures
from tickets.services.live import picture_reads

log = logging.getLogger(__name__)


def read(step_id: int, which: str) -> None:
    """`which`: before or after. A picture that is gone meanwhile, or was read already, is left alone."""
    step = Step.objects.filter(pk=step_id).first()
    name = getattr(step, which) if step else ""
    if not name or picture_reads.get(name) is not None:
        return
    try:
        with pictures.opened(name) as stored:
            image = stored.convert("RGB")
        picture_reads.put(name, RapidOcrReader().read(image, thorough=True))
    except (OSError, UnidentifiedImageError, ValueError, redis.RedisError) as error:
        log.warning("picture of step %s: not read: %s", step_id, error)
