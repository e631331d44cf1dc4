"""A line between browser and server that can stall: nothing passes, nothing is closed, as with a proxy that hangs."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

from tests.processes import free_ports

CHUNK = 65_536


class Line:
    """Passes on what comes in to `port`; what stalls is kept and goes on later."""

    def __init__(self, to: int, loop: asyncio.AbstractEventLoop) -> None:
        self._to, self._loop = to, loop
        self._flows = asyncio.Event()
        self._flows.set()

    def stall(self) -> None:
        self._loop.call_soon_threadsafe(self._flows.clear)

    def flow(self) -> None:
        self._loop.call_soon_threadsafe(self._flows.set)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.CancelledError, OSError):
            await self._flows.wait()
            there, back = await asyncio.open_connection("127.0.0.1", self._to)
            await asyncio.gather(self._pass_on(reader, back), self._pass_on(there, writer))

    async def end(self) -> None:
        """Everything that is under way ends; afterwards nothing comes in."""
        under_way = asyncio.all_tasks() - {asyncio.current_task()}
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(CHUNK):
                await self._flows.wait()
                writer.write(data)
                await writer.drain()
        writer.close()


@contextmanager
def line(address: str) -> Iterator[tuple[str, Line]]:
    """The address of a line to the server at `address`, until the end of the block."""
    (port,) = free_ports(1)
    loop = asyncio.new_event_loop()
    made = Line(urlsplit(address).port or 80, loop)
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    starting = asyncio.start_server(made.serve, "127.0.0.1", port)
    server = asyncio.run_coroutine_threadsafe(starting, loop).result(10)
    try:
        yield f"http://127.0.0.1:{port}", made
    finally:
        loop.call_soon_threadsafe(server.close)
        asyncio.run_coroutine_threadsafe(made.end(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
