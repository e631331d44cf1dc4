"""Chapters and captions of a replay, as values, as WebVTT and as ffmpeg's metadata."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cs_agent.recording.index import Entry, StepMark
from cs_agent.recording.pictures import wait_label
from cs_agent.recording.timeline import Segment, Timeline

_MIN_S = 0.001  # chapters and cues need a length


@dataclass(frozen=True, slots=True)
class Chapter:
    """A step; times in seconds of the video."""

    number: int
    title: str
    detail: str
    start_s: float
    end_s: float


def build_chapters(entries: Iterable[Entry], timeline: Timeline) -> tuple[Chapter, ...]:
    """One per step, each up to the next; the last to the end of the video."""
    steps = [entry for entry in entries if isinstance(entry, StepMark)]
    starts = [timeline.to_video(step.at) for step in steps]
    ends = [*starts, timeline.duration_s][1:]
    return tuple(
        Chapter(step.number, step.title, step.detail, start, max(end, start + _MIN_S))
        for step, start, end in zip(steps, starts, ends, strict=True)
    )


def webvtt(chapters: Sequence[Chapter], waits: Iterable[Segment]) -> str:
    """A caption for every step, and one for every shortened wait."""
    cues = [(chapter.start_s, chapter.end_s, _caption(chapter)) for chapter in chapters]
    cues += [(wait.video_start, wait.video_end, _cue_text(_wait_text(wait))) for wait in waits]
    blocks = [f"{_time(start)} --> {_time(end)}\n{text}" for start, end, text in sorted(cues)]
    return "\n\n".join(["WEBVTT", *blocks]) + "\n"


def ffmetadata(chapters: Iterable[Chapter]) -> str:
    """The chapters in the format ffmpeg reads."""
    blocks = [
        f"[CHAPTER]\nTIMEBASE=1/1000\nSTART={round(chapter.start_s * 1000)}\nEND={round(chapter.end_s * 1000)}\n"
        f"title={_escaped(f'{chapter.number}. {chapter.title}')}\n"
        for chapter in chapters
    ]
    return ";FFMETADATA1\n" + "".join(blocks)


def _caption(chapter: Chapter) -> str:
    text = f"{chapter.number}. {chapter.title}"
    return _cue_text(f"{text}\n{chapter.detail}" if chapter.detail else text)


def _wait_text(wait: Segment) -> str:
    return f"{wait_label(wait.real_s)} {wait.reason}".strip()


def _cue_text(text: str) -> str:
    """No blank line may end the cue early, and no markup may come from a text."""
    lines = [line for line in text.splitlines() if line.strip()]
    escaped = "\n".join(lines).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped or "–"


def _escaped(text: str) -> str:
    single = " ".join(text.replace("\x00", "").splitlines())
    return re.sub(r"([=;#\\])", r"\\\1", single)


def _time(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest // 1000:02d}.{rest % 1000:03d}"
