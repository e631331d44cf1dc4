"""Shells on ADB streams: `exec:`, `shell:` of the first version, `shell,v2`; one command line each.

Rule: raw services mix both outputs and lose the status, as a phone's do; version two keeps them apart and ends with
the status. There is no interactive shell: opening one returns a request for a command.
"""

from __future__ import annotations

import asyncio
import struct

from cs_agent.demo.phone.adbd.stream import AdbStream
from cs_agent.demo.phone.device.phone import VirtualPhone
from cs_agent.demo.phone.shell.call import CommandTable
from cs_agent.demo.phone.shell.interpreter import NOT_FOUND, Shell
from cs_agent.demo.phone.shell.streams import Streams

PACKET = struct.Struct("<BI")
STDIN, STDOUT, STDERR, EXIT, CLOSE_STDIN, WINDOW_SIZE = range(6)
MAX_PACKET = 256 * 1024  # bytes of one packet's data: one write, and no needless copies of a picture


class PacketSource:
    """The stdin packets of a version-two stream."""

    def __init__(self, stream: AdbStream) -> None:
        self._stream = stream
        self._rest = b""
        self._ended = False

    async def read(self, limit: int = -1) -> bytes:
        while not self._rest and not self._ended:
            await self._next()
        taken = self._rest if limit < 0 else self._rest[:limit]
        self._rest = self._rest[len(taken) :]
        return taken

    async def _next(self) -> None:
        first = await self._stream.read(1)
        if not first:
            self._ended = True
            return
        kind, length = PACKET.unpack(first + await self._stream.read_exactly(PACKET.size - 1))
        data = await self._stream.read_exactly(length)
        if kind == STDIN:
            self._rest = data
        elif kind == CLOSE_STDIN:
            self._ended = True


class PacketSink:
    """One output of a version-two stream."""

    def __init__(self, stream: AdbStream, kind: int) -> None:
        self._stream = stream
        self._kind = kind

    async def write(self, data: bytes | bytearray | memoryview) -> None:
        rest = memoryview(data)
        while rest:
            piece, rest = rest[:MAX_PACKET], rest[MAX_PACKET:]
            await self._stream.write(PACKET.pack(self._kind, len(piece)) + piece)


async def run_raw(phone: VirtualPhone, commands: CommandTable, command: str, stream: AdbStream) -> None:
    """`exec:` and the first `shell:`: bytes in, bytes out."""
    await _run(Shell(phone, commands), command, Streams(stream, stream, stream))


async def run_v2(phone: VirtualPhone, commands: CommandTable, command: str, stream: AdbStream) -> None:
    """The command dies with the host's side of the stream, as by SIGHUP."""
    task = asyncio.current_task()
    if task:
        stream.on_hangup(task.cancel)
    streams = Streams(PacketSource(stream), PacketSink(stream, STDOUT), PacketSink(stream, STDERR))
    status = await _run(Shell(phone, commands), command, streams)
    await stream.write(PACKET.pack(EXIT, 1) + bytes((status & 0xFF,)))


async def _run(shell: Shell, command: str, streams: Streams) -> int:
    if command:
        return await shell.run_text(command, streams)
    await streams.err.write(b"this phone has no interactive shell: adb shell COMMAND\r\n")
    return NOT_FOUND
