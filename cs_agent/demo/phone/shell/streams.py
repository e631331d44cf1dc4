"""Where a command reads from and writes to.

Rule: both ends are small protocols, so a command cannot tell a host, a file, a pipe and a string apart; a pipe holds
little, so a fast writer waits for a slow reader.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import IO, Protocol

PIPE_SIZE = 64 * 1024  # bytes, as Linux has it


class BrokenPipe(Exception):
    """Nobody reads any more; ends the command that writes, as SIGPIPE does."""


class Source(Protocol):
    async def read(self, limit: int = -1) -> bytes:
        """At least one byte, at most `limit`; nothing at the end."""


class Sink(Protocol):
    async def write(self, data: bytes | bytearray | memoryview) -> None: ...


@dataclass(frozen=True, slots=True)
class Streams:
    """A command's three standard streams."""

    stdin: Source
    out: Sink
    err: Sink

    def with_output(self, descriptor: int, end: Sink) -> Streams:
        """1 or 2; any other descriptor is nothing that a command of the phone looks at."""
        if descriptor == 1:
            return replace(self, out=end)
        return replace(self, err=end) if descriptor == 2 else self


class NoInput:
    async def read(self, limit: int = -1) -> bytes:
        return b""


class NullSink:
    async def write(self, data: bytes | bytearray | memoryview) -> None:
        """Gone."""


class FileEnd:
    """A file of the phone, opened on the host, as a sink or a source."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    async def read(self, limit: int = -1) -> bytes:
        return self._file.read(limit if limit >= 0 else PIPE_SIZE)

    async def write(self, data: bytes | bytearray | memoryview) -> None:
        self._file.write(data)
        self._file.flush()

    def close(self) -> None:
        self._file.close()


class Pipe:
    """Between two commands of a pipeline: a sink for one, a source for the other."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._no_writer = False
        self._no_reader = False
        self._changed = asyncio.Condition()

    async def write(self, data: bytes | bytearray | memoryview) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: len(self._buffer) < PIPE_SIZE or self._no_reader)
            if self._no_reader:
                raise BrokenPipe
            self._buffer += data
            self._changed.notify_all()

    async def read(self, limit: int = -1) -> bytes:
        async with self._changed:
            await self._changed.wait_for(lambda: self._buffer or self._no_writer)
            taken = bytes(self._buffer if limit < 0 else self._buffer[:limit])
            del self._buffer[: len(taken)]
            self._changed.notify_all()
            return taken

    async def close_writer(self) -> None:
        async with self._changed:
            self._no_writer = True
            self._changed.notify_all()

    async def close_reader(self) -> None:
        async with self._changed:
            self._no_reader = True
            self._changed.notify_all()


async def read_all(source: Source) -> bytes:
    parts = bytearray()
    while part := await source.read():
        parts += part
    return bytes(parts)
