"""The recording's chapters joined with the steps they belong to."""

from __future__ import annotations

from dataclasses import dataclass

from consoles.pages.timeline import StepView
from tickets.models import Recording


@dataclass(frozen=True)
class Chapter:
    """A stretch of the video, in seconds, with its step; the step may be missing from the rows or the video."""

    number: int
    start: float
    end: float
    title: str
    view: StepView | None = None


def chapters(recording: Recording, steps: list[StepView]) -> list[Chapter]:
    """In the order of the video."""
    by_number = {step.number: step for step in steps}
    found = [
        Chapter(
            number=int(item.get("step", 0)),
            start=float(item.get("start_s", 0)),
            end=float(item.get("end_s", 0)),
            title=str(item.get("title", "")),
            view=by_number.get(int(item.get("step", 0))),
        )
        for item in recording.chapters
    ]
    return sorted(found, key=lambda chapter: (chapter.start, chapter.number))


def waits(recording: Recording) -> list[dict[str, float]]:
    """Shortened waits as the player skips them: start and end in the video, and how long it really took."""
    return [
        {"start": float(item["start_s"]), "end": float(item["end_s"]), "real": float(item.get("real_s", 0))}
        for item in recording.waits
        if "start_s" in item and "end_s" in item
    ]
