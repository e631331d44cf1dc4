"""One ADB stream as a service sees it: read bytes, write bytes, with back-pressure both ways.

Rule: a write returns when the host may be sent more, so no service fills the memory; what the host sends is
acknowledged while the small inbox has room and otherwise when it has been read.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from cs_agent.demo.phone.adbd.connection import Connection

INBOX_SIZE = 256 * 1024  # bytes taken in before the service reads them, about what a pipe and a socket hold


class StreamClosed(ConnectionError):
    """The host closed the stream, or the connection is gone."""


class AdbStream:
    """Made by the server for every accepted OPEN; `flush` sends what the connection has to say."""

    def __init__(self, connection: Connection, stream_id: int, flush: Callable[[], Awaitable[None]]) -> None:
        self.id = stream_id
        self._connection = connection
        self._flush = flush
        self._inbox = bytearray()
        self._owes_ack = False
        self._closed = False
        self._changed = asyncio.Event()
        self._may_write = asyncio.Event()
        self._writing = asyncio.Lock()  # the outputs of jobs that run together do not mix within a write
        self._on_hangup: Callable[[], object] = lambda: None

    # --- called by the server

    def on_received(self, data: bytes) -> None:
        self._inbox += data
        if len(self._inbox) <= INBOX_SIZE:
            self._connection.acknowledge(self.id)
        else:
            self._owes_ack = True
        self._changed.set()

    def on_writable(self) -> None:
        self._may_write.set()

    def on_closed(self) -> None:
        """The host has closed."""
        self.finish()
        self._on_hangup()

    def finish(self) -> None:
        """No more bytes in either direction; readers and writers that wait are woken."""
        self._closed = True
        self._changed.set()
        self._may_write.set()

    # --- called by the service

    def on_hangup(self, action: Callable[[], object]) -> None:
        """Do this at once when the host closes. Otherwise the service reads what came, then the end."""
        self._on_hangup = action

    async def read(self, limit: int = -1) -> bytes:
        """At least one byte, or nothing when the host has closed."""
        while not self._inbox and not self._closed:
            self._changed.clear()
            await self._changed.wait()
        taken = bytes(self._inbox[:limit] if limit >= 0 else self._inbox)
        del self._inbox[: len(taken)]
        await self._pay_ack()
        return taken

    async def read_exactly(self, count: int) -> bytes:
        """StreamClosed when the host closes before so many bytes came."""
        parts = bytearray()
        while len(parts) < count:
            part = await self.read(count - len(parts))
            if not part:
                raise StreamClosed("the host closed the stream in the middle of a message")
            parts += part
        return bytes(parts)

    async def write(self, data: bytes | bytearray | memoryview) -> None:
        """All of it in one go, in pieces that both sides can hold; StreamClosed when nobody listens any more."""
        async with self._writing:
            rest = memoryview(data)
            while rest:
                await self.wait_writable()
                self._may_write.clear()
                piece = rest[: self._connection.write_limit]
                self._connection.write(self.id, piece)
                rest = rest[len(piece) :]
                await self._flush()

    async def wait_writable(self) -> None:
        """StreamClosed when the other side closes, or refuses, before it may be written to."""
        await self._may_write.wait()
        if self._closed:
            raise StreamClosed("the host closed the stream")

    async def wait_closed(self) -> None:
        """Read and forget until the host closes."""
        while await self.read():
            pass

    async def _pay_ack(self) -> None:
        if self._owes_ack and len(self._inbox) <= INBOX_SIZE and not self._closed:
            self._owes_ack = False
            self._connection.acknowledge(self.id)
            await self._flush()
