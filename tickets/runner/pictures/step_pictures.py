"""The stored pictures: before and after a step, and of requests to humans. Each is redacted before it is stored.

Rules: no picture is written inside a transaction; its path is stored with the step and the file follows. Before an
irreversible act the picture is on disk. What a human must confirm is never redacted.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from django.db import transaction

from cs_agent.engine.run.state import ConfirmationRequest, Pause, Question
from cs_agent.recording.errors import RecordingError
from cs_agent.vision.redaction import Audience
from tickets.models import Step
from tickets.runner.pictures import redactors
from tickets.runner.pictures.recorders import RunRecorder
from tickets.runner.pictures.redactors import Redactor
from tickets.services.evidence import pictures

log = logging.getLogger(__name__)
_NAMES = ("before", "after")
Images = Mapping[str, Any]  # PIL images, or None, by "before" and "after"
Places = dict[str, str]  # paths below MEDIA_ROOT by the same names


def write_first(run_id: uuid.UUID, images: Images, recorder: RunRecorder) -> Places:
    """Write the pictures to disk before an irreversible act. Raises RecordingError."""
    places = {name: pictures.reserve(run_id, name) for name in _NAMES if images.get(name) is not None}
    for name, place in places.items():
        recorder.keep_picture(images[name], place, now=True)
    return places


def attach(step: Step, images: Images, recorder: RunRecorder | None, written: Places | None = None) -> None:
    """Set the path of each new picture inside the step's transaction; files not in `written` follow after the
    commit."""
    fresh = [name for name in _NAMES if images.get(name) is not None and not getattr(step, name)]
    places = {name: (written or {}).get(name) or pictures.reserve(step.run_id, name) for name in fresh}
    if not places:
        return
    Step.objects.filter(pk=step.pk).update(**places)
    for name, place in places.items():
        setattr(step, name, place)
        if not written:
            transaction.on_commit(partial(_write, step.run_id, images[name], place, recorder))


def covered(run_id: uuid.UUID, pause: Pause) -> Pause:
    """The pause with its picture redacted; the fields to confirm stay readable."""
    return covered_by(redactors.of_run(run_id), pause)


def covered_by(redactor: Redactor, pause: Pause) -> Pause:
    if not isinstance(pause, ConfirmationRequest | Question) or pause.screenshot is None:
        return pause
    keep = []
    if isinstance(pause, ConfirmationRequest):
        keep = [box for box in (*(value.box for value in pause.fields), pause.target) if box is not None]
    picture = redactor.covered_or_blurred(pause.screenshot, Audience.STORED, keep, awaited=True)
    return replace(pause, screenshot=picture)


def _write(run_id: uuid.UUID, image: Any, place: str, recorder: RunRecorder | None) -> None:
    """Write a picture; a failure is only noticed by the recorder before the next sensitive step."""
    try:
        if recorder is not None:
            recorder.keep_picture(image, place)
        else:
            pictures.write(redactors.of_run(run_id).covered_or_blurred(image, Audience.STORED), place)
    except (RecordingError, OSError) as error:
        log.error("picture %s was not written: %s", place, error)
