"""What a flow editor drags over on a stored picture of a run: a value that must be confirmed, or a text that proves
success, as the lesson's marks are.

Rule: only the picture as it is stored is read, in which what must not be kept is covered; what comes out are captions
and slots, never a value of a ticket.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

from cs_agent.geometry import Box
from cs_agent.observation import ForegroundApp, Observation, Screenshot
from tickets.errors import Conflict
from tickets.flows import lesson_marks
from tickets.flows.lesson_marks import MarkKind
from tickets.models import Step
from tickets.services.evidence import pictures
from tickets.services.live import picture_reads


def read(step: Step, which: str, kind: MarkKind, area: tuple[float, ...]) -> list[dict[str, Any]] | None:
    """The marks of that place of a step's picture (`which`: before or after), as `lesson_marks.marked` gives them;
    None while a worker still reads the picture, which the first question about it asks for.

    `area`: left, top, right and bottom as fractions. Conflict where the picture is gone; Invalid says why a place gives
    no mark.
    """
    image = _picture(getattr(step, which))
    lines = picture_reads.get(getattr(step, which))
    if lines is None:
        picture_reads.ask(step, which)
        return None
    box = Box(*(round(part * image.size[n % 2]) for n, part in enumerate(area)))
    seen = Observation(Screenshot(image, 0.0, 0), ForegroundApp(step.app), lines=lines)
    values = {slot.name: slot.value for slot in step.run.slots.all() if slot.value}
    return lesson_marks.marked(kind, box, seen, values, caption_alone=True)


def _picture(name: str) -> Image.Image:
    """Opened, not loaded: only its size is needed here."""
    gone = Conflict(_("这一步的画面已经不在了,请选别的画面。"), code="picture_gone")
    if not name:
        raise gone
    try:
        with pictures.opened(name) as stored:
            return stored
    except (OSError, UnidentifiedImageError, ValueError) as error:
        raise gone from error
