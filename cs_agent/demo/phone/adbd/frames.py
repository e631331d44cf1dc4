"""ADB's frames: 24 bytes of header and a payload, as values.

Rule: whatever bytes arrive, in whatever pieces, the parser answers whole frames in order or raises `BadFrame`;
it never buffers more than one frame of the announced maximum.
Source of the layout: AOSP packages/modules/adb, protocol description.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

MAX_DATA = 1024 * 1024  # bytes of payload per frame, what adb has announced since version 0x01000001
VERSION_WITH_CHECKSUM = 0x01000000
VERSION = 0x01000001  # the checksum is no longer looked at

_HEADER = struct.Struct("<6I")
HEADER_SIZE = _HEADER.size
_U32 = 0xFFFFFFFF


class Command(IntEnum):
    """The letters of the name, read as a little-endian number."""

    SYNC = 0x434E5953
    CNXN = 0x4E584E43
    AUTH = 0x48545541
    STLS = 0x534C5453
    OPEN = 0x4E45504F
    OKAY = 0x59414B4F
    CLSE = 0x45534C43
    WRTE = 0x45545257


class BadFrame(ValueError):
    """The bytes are no ADB; the connection cannot go on."""


@dataclass(frozen=True, slots=True)
class Frame:
    command: int
    arg0: int
    arg1: int
    payload: bytes = b""
    checksum: int = 0  # as received


def checksum(payload: bytes) -> int:
    return sum(payload) & _U32


def header(command: Command, arg0: int, arg1: int, payload: bytes | memoryview, with_sum: bool) -> bytes:
    """The 24 bytes that go before the payload."""
    check = checksum(bytes(payload)) if with_sum else 0
    return _HEADER.pack(command, arg0, arg1, len(payload), check, command ^ _U32)


def encode(command: Command, arg0: int, arg1: int, payload: bytes = b"", with_sum: bool = False) -> bytes:
    return header(command, arg0, arg1, payload, with_sum) + payload


class FrameParser:
    """Turns the bytes of one connection into frames."""

    def __init__(self, max_data: int = MAX_DATA) -> None:
        self._max_data = max_data
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[Frame]:
        """Add bytes and take the frames that are complete. BadFrame for a wrong magic or length."""
        self._buffer += data
        while (frame := self._take()) is not None:
            yield frame

    def _take(self) -> Frame | None:
        if len(self._buffer) < HEADER_SIZE:
            return None
        command, arg0, arg1, length, check, magic = _HEADER.unpack_from(self._buffer)
        if magic != command ^ _U32:
            raise BadFrame(f"magic {magic:#010x} does not belong to command {command:#010x}")
        if length > self._max_data:
            raise BadFrame(f"payload of {length} bytes exceeds the announced {self._max_data}")
        end = HEADER_SIZE + length
        if len(self._buffer) < end:
            return None
        with memoryview(self._buffer) as view:
            payload = bytes(view[HEADER_SIZE:end])
        del self._buffer[:end]
        return Frame(command, arg0, arg1, payload, check)
