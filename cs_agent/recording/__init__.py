"""Recordings: frames and marks of a run's screen on disk, encoded to an MP4 with chapters and captions."""

from cs_agent.recording.encode import EncodedRecording, encode
from cs_agent.recording.errors import (
    EncodingFailed,
    NothingRecorded,
    RecordingDiskFull,
    RecordingError,
    RecordingUnwritable,
)
from cs_agent.recording.writer import FrameWriter

__all__ = [
    "EncodedRecording",
    "EncodingFailed",
    "FrameWriter",
    "NothingRecorded",
    "RecordingDiskFull",
    "RecordingError",
    "RecordingUnwritable",
    "encode",
]
