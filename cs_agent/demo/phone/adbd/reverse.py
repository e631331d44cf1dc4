"""`adb reverse`: ports of the phone that lead to the host.

Rule: a forward belongs to the host that asked for it and ends with it; only TCP ports of the loopback are opened.
The phone has no network of its own, so its ports are this machine's.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from cs_agent.demo.phone.adbd.server import HostLink
from cs_agent.demo.phone.adbd.stream import AdbStream, StreamClosed

_LOOPBACK = "127.0.0.1"
_BLOCK = 64 * 1024


@dataclass(frozen=True, slots=True)
class _Forward:
    local: str  # on the phone, tcp:PORT
    remote: str  # what the host is asked to open
    listener: asyncio.Server
    link: HostLink


class ReverseForwards:
    """All reverse forwards of one phone."""

    def __init__(self) -> None:
        self._forwards: dict[str, _Forward] = {}

    async def serve(self, request: str, link: HostLink, stream: AdbStream) -> None:
        """One `reverse:` service: a command in its name, its answer on the stream."""
        self._forget_lost()
        command, _, rest = request.partition(":")
        if command == "list-forward":
            await stream.write(_hex4(self._listed()))
        elif command == "forward":
            await self._add(rest, link, stream)
        elif command == "killforward":
            await self._kill(rest, stream)
        elif command == "killforward-all":
            await self.close()
            await stream.write(b"OKAY")
        else:
            await _fail(stream, f"unknown reverse command {command!r}")

    async def close(self) -> None:
        for forward in self._forwards.values():
            forward.listener.close()
        self._forwards.clear()

    def _listed(self) -> str:
        return "".join(f"host-1 {item.local} {item.remote}\n" for item in self._forwards.values())

    def _forget_lost(self) -> None:
        for local, forward in tuple(self._forwards.items()):
            if not forward.link.online:
                self._forwards.pop(local).listener.close()

    async def _add(self, request: str, link: HostLink, stream: AdbStream) -> None:
        keep = request.startswith("norebind:")
        local, _, remote = request.removeprefix("norebind:").partition(";")
        port = _port(local)
        if port is None or not remote:
            await _fail(stream, f"cannot bind listener: unknown socket {local}")
            return
        if local in self._forwards:
            if keep:
                await _fail(stream, "cannot rebind existing socket")
                return
            self._forwards.pop(local).listener.close()
        try:
            chosen = await self._listen(port, remote, link)
        except OSError as error:
            await _fail(stream, f"cannot bind listener: {error.strerror}")
            return
        await stream.write(b"OKAY" + (_hex4(str(chosen)) if port == 0 else b""))

    async def _listen(self, port: int, remote: str, link: HostLink) -> int:
        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await _carry(reader, writer, remote, link)

        listener = await asyncio.start_server(accept, _LOOPBACK, port)
        chosen: int = listener.sockets[0].getsockname()[1]
        local = f"tcp:{chosen}"
        self._forwards[local] = _Forward(local, remote, listener, link)
        return chosen

    async def _kill(self, local: str, stream: AdbStream) -> None:
        forward = self._forwards.pop(local, None)
        if forward is None:
            await _fail(stream, f"listener '{local}' not found")
            return
        forward.listener.close()
        await stream.write(b"OKAY")


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, remote: str, link: HostLink) -> None:
    """Bytes both ways until one side ends."""
    try:
        stream = await link.open_to_host(remote)
    except (StreamClosed, ConnectionError):
        writer.close()
        return
    ways = {asyncio.create_task(_up(reader, stream)), asyncio.create_task(_down(stream, writer))}
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        await link.close_stream(stream)
        writer.close()


async def _up(reader: asyncio.StreamReader, stream: AdbStream) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(_BLOCK):
            await stream.write(data)


async def _down(stream: AdbStream, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await stream.read(_BLOCK):
            writer.write(data)
            await writer.drain()


def _port(local: str) -> int | None:
    kind, _, number = local.partition(":")
    return int(number) if kind == "tcp" and number.isdecimal() and int(number) < 65536 else None


def _hex4(text: str) -> bytes:
    return f"{len(text.encode()):04x}{text}".encode()


async def _fail(stream: AdbStream, text: str) -> None:
    await stream.write(b"FAIL" + _hex4(text))
