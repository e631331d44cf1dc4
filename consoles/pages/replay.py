"""The recording's chapters joined with their steps."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from consoles.pages.timeline import StepView
from tickets.models import ConfirmationState, Recording, Run, RunStatus


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


class MarkKind(StrEnum):
    YES = "yes"
    NO = "no"
    HUMAN = "human"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the video, in seconds, that a supervisor goes to first."""

    at: float
    kind: MarkKind
    words: str


_FAILED = frozenset({"failed", "uncertain"})
_REFUSED = frozenset({ConfirmationState.REJECTED, ConfirmationState.EXPIRED})


def marks(run: Run, told: list[Chapter]) -> list[Mark]:
    """Each yes, no, stretch of human work and failure, in the order of the video; the end too where the run failed."""
    found = [mark for before, chapter in zip([None, *told], told, strict=False) for mark in _marks_of(chapter, before)]
    if told and run.status == RunStatus.FAILED:
        found.append(Mark(told[-1].end, MarkKind.FAILURE, _("处理失败")))
    return found


def _marks_of(chapter: Chapter, before: Chapter | None) -> list[Mark]:
    view = chapter.view
    if view is None:
        return []
    found = [Mark(chapter.end, MarkKind.YES, _("同意")) for item in view.decisions if _yes(item.state)]
    found += [Mark(chapter.end, MarkKind.NO, _("拒绝")) for item in view.decisions if item.state in _REFUSED]
    if view.human and not (before is not None and before.view is not None and before.view.human):
        found.insert(0, Mark(chapter.start, MarkKind.HUMAN, _("人工操作")))
    if view.step.status in _FAILED:
        found.append(Mark(chapter.start, MarkKind.FAILURE, view.state))
    return found


def _yes(state: str) -> bool:
    return state == ConfirmationState.APPROVED
