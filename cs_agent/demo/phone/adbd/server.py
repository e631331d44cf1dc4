"""The TCP side of a virtual phone's adbd: accepts hosts and gives every stream they open to a service.

Rule: a connection that breaks, or a service that fails, ends alone; the phone and its other hosts go on.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import Self

from cs_agent.demo.phone.adbd.connection import (
    Admission,
    Closed,
    Connection,
    ConnectionState,
    Event,
    Online,
    Opened,
    Received,
    Writable,
)
from cs_agent.demo.phone.adbd.frames import BadFrame
from cs_agent.demo.phone.adbd.stream import AdbStream, StreamClosed

Service = Callable[[AdbStream], Awaitable[None]]
CLOSE_GRACE_S = 5.0  # for a service whose host has left
READ_SIZE = 1024 * 1024  # bytes; a whole frame of a pushed file in few reads
_JOIN_BELOW = 64 * 1024  # bytes; small frames leave in one packet, large ones are not copied

logger = logging.getLogger(__name__)


class HostLink:
    """One host's connection: its state machine, its streams and their running services."""

    def __init__(self, server: AdbServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._server = server
        self._reader = reader
        self._writer = writer
        self._connection = Connection(server.banner, server.admission)
        self._streams: dict[int, AdbStream] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}

    @property
    def online(self) -> bool:
        return self._connection.state is ConnectionState.ONLINE and not self._writer.is_closing()

    async def run(self) -> None:
        """Serve until the host goes, breaks the protocol, or is dropped."""
        try:
            while data := await self._reader.read(READ_SIZE):
                for event in self._connection.receive(data):
                    self._handle(event)
                self._push_output()
        except (BadFrame, OSError) as error:
            logger.info("connection ended: %s", error)
        finally:
            await self._end()

    def drop(self) -> None:
        """Cut the connection without a word, as a lost network does."""
        self._writer.transport.abort()

    def admit(self) -> None:
        for event in self._connection.admit():
            self._handle(event)
        self._push_output()

    async def close_stream(self, stream: AdbStream) -> None:
        self._streams.pop(stream.id, None)
        stream.finish()
        self._connection.close(stream.id)
        with contextlib.suppress(ConnectionError):
            await self._flush()

    # --- events

    def _handle(self, event: Event) -> None:
        match event:
            case Online():
                logger.info("a host is online")
            case Opened(stream_id, service):
                self._open(stream_id, service)
            case Received(stream_id, data):
                if stream := self._streams.get(stream_id):
                    stream.on_received(data)
            case Writable(stream_id):
                if stream := self._streams.get(stream_id):
                    stream.on_writable()
            case Closed(stream_id):
                self._on_closed(stream_id)

    def _open(self, stream_id: int, name: str) -> None:
        service = self._server.find_service(name, self)
        if service is None:
            logger.info("refused service %r", name)
            self._connection.refuse(stream_id)
            return
        self._connection.accept(stream_id)
        stream = self._add_stream(stream_id)
        stream.on_writable()
        self._tasks[stream_id] = asyncio.create_task(self._serve(stream, name, service))

    def _add_stream(self, stream_id: int) -> AdbStream:
        stream = self._streams[stream_id] = AdbStream(self._connection, stream_id, self._flush)
        return stream

    async def _serve(self, stream: AdbStream, name: str, service: Service) -> None:
        try:
            await service(stream)
        except (StreamClosed, ConnectionError):
            logger.debug("host left service %r", name)
        except Exception:  # a server loop: a service that fails, whatever it is, must not end the phone
            logger.exception("service %r failed", name)
        finally:
            self._tasks.pop(stream.id, None)
            await self.close_stream(stream)

    def _on_closed(self, stream_id: int) -> None:
        """The service may still read what the host sent before it closed, but not for ever."""
        if stream := self._streams.pop(stream_id, None):
            stream.on_closed()
        if task := self._tasks.get(stream_id):
            timer = asyncio.get_running_loop().call_later(CLOSE_GRACE_S, task.cancel)
            task.add_done_callback(lambda _: timer.cancel())

    # --- bytes

    def _push_output(self) -> None:
        """Without waiting: the reading side must go on, or both ends could wait for each other."""
        output = self._connection.take_output()
        if self._writer.transport.is_closing():
            return
        if sum(map(len, output)) <= _JOIN_BELOW:
            self._writer.write(b"".join(output))
            return
        for part in output:
            self._writer.write(part)

    async def _flush(self) -> None:
        self._push_output()
        await self._writer.drain()

    async def _end(self) -> None:
        for stream in tuple(self._streams.values()):
            stream.on_closed()
        tasks = tuple(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()


class AdbServer:
    """Listens for hosts. `services(name, link)` answers the service for an OPEN, or None to refuse it."""

    def __init__(
        self,
        banner: str,
        services: Callable[[str, HostLink], Service | None],
        admission: Admission = Admission.OPEN,
    ) -> None:
        self.banner = banner
        self.find_service = services
        self.admission = admission
        self._links: dict[HostLink, asyncio.Task[None]] = {}
        self._listeners: dict[int, asyncio.Server] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        for port in tuple(self._listeners):
            self.stop_listening(port)
        self.drop_all()
        await asyncio.gather(*self._links.values(), return_exceptions=True)

    async def listen(self, host: str, port: int) -> int:
        """Accept hosts there; answers the port (a free one for 0). OSError when it is taken."""
        listener = await asyncio.start_server(self._accept, host, port, limit=READ_SIZE)
        actual: int = listener.sockets[0].getsockname()[1]
        self._listeners[actual] = listener
        return actual

    def stop_listening(self, port: int) -> None:
        """Hosts that are in stay in."""
        if listener := self._listeners.pop(port, None):
            listener.close()

    @property
    def connected(self) -> int:
        """How many hosts are online."""
        return sum(link.online for link in self._links)

    def drop_all(self) -> None:
        for link in self._links:
            link.drop()

    def set_admission(self, admission: Admission) -> None:
        """From now on. Hosts that wait are let in by OPEN; anything else sends away those who are in."""
        self.admission = admission
        if admission is not Admission.OPEN:
            self.drop_all()
            return
        for link in self._links:
            link.admit()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = HostLink(self, reader, writer)
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a connection is served outside a task")
        self._links[link] = task
        try:
            await link.run()
        finally:
            del self._links[link]
