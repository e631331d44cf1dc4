"""The index of a recording: one JSON line per frame or mark, in a file that only grows.

Rules: a frame's picture is complete on disk before its line is written; an incomplete line after a crash affects only
itself. Times are seconds since the epoch.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, ClassVar

from cs_agent.recording.errors import RecordingUnwritable

INDEX_NAME = "index.jsonl"


@dataclass(frozen=True, slots=True)
class Frame:
    kind: ClassVar[str] = "frame"
    at: float
    file: str  # within the recording's directory
    width: int  # as stored
    height: int


@dataclass(frozen=True, slots=True)
class StepMark:
    kind: ClassVar[str] = "step"
    at: float
    number: int
    title: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class TouchMark:
    """A gesture: x, y or x1, y1, x2, y2 in device pixels of a screen of that size."""

    kind: ClassVar[str] = "touch"
    at: float
    touch: tuple[int, ...]
    width: int
    height: int
    human: bool = False


@dataclass(frozen=True, slots=True)
class WaitMark:
    """The run waits from here, until a ResumeMark or the next step or touch."""

    kind: ClassVar[str] = "wait"
    at: float
    reason: str


@dataclass(frozen=True, slots=True)
class ResumeMark:
    kind: ClassVar[str] = "resume"
    at: float


@dataclass(frozen=True, slots=True)
class EndMark:
    """A writer was closed properly; another may continue in the same directory."""

    kind: ClassVar[str] = "end"
    at: float


Entry = Frame | StepMark | TouchMark | WaitMark | ResumeMark | EndMark
_KINDS: dict[str, type[Entry]] = {
    kind.kind: kind for kind in (Frame, StepMark, TouchMark, WaitMark, ResumeMark, EndMark)
}


def to_line(entry: Entry) -> bytes:
    return json.dumps({"kind": entry.kind, **asdict(entry)}, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def read_index(directory: Path) -> list[Entry]:
    """Every readable entry in time order; empty if nothing was recorded yet."""
    try:
        data = (directory / INDEX_NAME).read_bytes()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise RecordingUnwritable(f"{directory}: {error.strerror or error}") from error
    return sorted(_entries(data.splitlines()), key=lambda entry: entry.at)


def ends_torn(descriptor: int) -> bool:
    """Whether the file ends with an incomplete line."""
    size = os.fstat(descriptor).st_size
    return size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"


def _entries(lines: Iterable[bytes]) -> Iterable[Entry]:
    for line in lines:
        try:
            yield _entry(json.loads(line))
        except (ValueError, TypeError, KeyError, AttributeError):
            continue  # torn or foreign: the rest of the recording is still good


def _entry(data: dict[str, Any]) -> Entry:
    kind = _KINDS[data.pop("kind")]
    given = {item.name: data[item.name] for item in fields(kind) if item.name in data}
    if "touch" in given:
        given["touch"] = tuple(int(value) for value in given["touch"])
    given["at"] = float(given["at"])
    return kind(**given)
