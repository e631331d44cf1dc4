"""A run's screen on disk, and the MP4 a person watches: frames and marks in, video, chapters and captions out."""

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
