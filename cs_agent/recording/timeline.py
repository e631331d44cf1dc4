"""The time line of a replay: real time, with long waits shortened and marked.

Pure. Real times are seconds since the epoch; video times are seconds from the beginning of the video.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from cs_agent.recording.index import Entry, Frame, ResumeMark, StepMark, TouchMark, WaitMark

LONG_WAIT_S = 3.0  # a wait longer than this …
SHORTENED_TO_S = 1.5  # … is shown in this time
TAIL_S = 1.0  # the last picture stays this long


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of constant speed; `shortened` ones are faster than real time."""

    real_start: float
    real_end: float
    video_start: float
    video_end: float
    reason: str = ""  # of a marked wait

    @property
    def real_s(self) -> float:
        return self.real_end - self.real_start

    @property
    def shortened(self) -> bool:
        return self.real_s > self.video_end - self.video_start + 1e-6


@dataclass(frozen=True, slots=True)
class Timeline:
    segments: tuple[Segment, ...]

    @property
    def duration_s(self) -> float:
        return self.segments[-1].video_end

    @property
    def waits(self) -> tuple[Segment, ...]:
        return tuple(segment for segment in self.segments if segment.shortened)

    def to_video(self, real: float) -> float:
        """Clamped to the recording."""
        at = bisect_right(self.segments, real, key=lambda segment: segment.real_start)
        segment = self.segments[max(0, at - 1)]
        share = (real - segment.real_start) / segment.real_s if segment.real_s else 0.0
        return segment.video_start + min(max(share, 0.0), 1.0) * (segment.video_end - segment.video_start)

    def to_json(self) -> list[dict[str, float | str | bool]]:
        """For the replay page: one object per segment."""
        return [
            {
                "real_start": segment.real_start,
                "real_end": segment.real_end,
                "video_start": round(segment.video_start, 3),
                "video_end": round(segment.video_end, 3),
                "shortened": segment.shortened,
                "reason": segment.reason,
            }
            for segment in self.segments
        ]


def build_timeline(entries: Sequence[Entry]) -> Timeline:
    """From the first frame to the last entry; ValueError without a frame.

    1. A marked wait counts as a wait even if something moves on the screen (a clock, a spinner).
    2. Elsewhere any stretch without a frame or mark is one.
    """
    start = min(entry.at for entry in entries if isinstance(entry, Frame))
    end = max(entry.at for entry in entries)
    kept = [entry for entry in entries if entry.at >= start]
    marked = list(_marked_waits(kept, end))
    still = [gap for gap in _still_gaps(kept) if not any(_within(gap, wait) for wait in marked)]
    waits = sorted(wait for wait in [*marked, *still] if wait[1] - wait[0] > LONG_WAIT_S)
    return Timeline(tuple(_segments(start, end, waits)))


_Wait = tuple[float, float, str]


def _marked_waits(entries: Iterable[Entry], end: float) -> Iterable[_Wait]:
    waiting: WaitMark | None = None
    for entry in entries:
        if waiting and isinstance(entry, ResumeMark | StepMark | TouchMark):
            yield waiting.at, entry.at, waiting.reason
            waiting = None
        if isinstance(entry, WaitMark) and waiting is None:
            waiting = entry
    if waiting:
        yield waiting.at, end, waiting.reason


def _still_gaps(entries: Sequence[Entry]) -> Iterable[_Wait]:
    for before, after in pairwise(entries):
        yield before.at, after.at, ""


def _within(gap: _Wait, wait: _Wait) -> bool:
    return wait[0] <= gap[0] and gap[1] <= wait[1]


def _segments(start: float, end: float, waits: Sequence[_Wait]) -> Iterable[Segment]:
    real, video = start, 0.0
    for wait_start, wait_end, reason in waits:
        if wait_start > real:
            yield Segment(real, wait_start, video, video := video + wait_start - real)
        yield Segment(wait_start, wait_end, video, video := video + SHORTENED_TO_S, reason)
        real = wait_end
    yield Segment(real, end + TAIL_S, video, video + end + TAIL_S - real)
