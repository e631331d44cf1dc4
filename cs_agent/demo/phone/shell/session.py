"""Shells on ADB streams: `exec:`, `shell:` of the first version, `shell,v2`; one command or a whole session.

Rule: raw services mix both outputs and lose the status, as a phone's do; version two keeps them apart and ends with
the status. A session without a command reads its lines from the host.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

from cs_agent.demo.phone.adbd.stream import AdbStream
from cs_agent.demo.phone.device.phone import VirtualPhone
from cs_agent.demo.phone.shell.call import CommandTable
from cs_agent.demo.phone.shell.interpreter import ExitShell, LoopJump, Shell
from cs_agent.demo.phone.shell.parser import parse
from cs_agent.demo.phone.shell.streams import Sink, Source, Streams, read_line
from cs_agent.demo.phone.shell.syntax import ShellSyntaxError
from cs_agent.demo.phone.shell.terminal import Terminal, TerminalSink

PACKET = struct.Struct("<BI")
STDIN, STDOUT, STDERR, EXIT, CLOSE_STDIN, WINDOW_SIZE = range(6)
MAX_PACKET = 256 * 1024  # bytes of one packet's data: one write, and no needless copies of a picture
_INTERRUPTED = 130
_UNFINISHED = ("unexpected end of file", "no closing quote")


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
    """`exec:`: bytes in, bytes out."""
    await _run(Shell(phone, commands), command, Streams(stream, stream, stream))


async def run_v1(phone: VirtualPhone, commands: CommandTable, command: str, pty: bool, stream: AdbStream) -> None:
    shell = Shell(phone, commands)
    if pty:
        await _run_on_terminal(shell, command, stream, stream)
    else:
        await _run(shell, command, Streams(stream, stream, stream))


async def run_v2(phone: VirtualPhone, commands: CommandTable, command: str, pty: bool, stream: AdbStream) -> None:
    """The command dies with the host's side of the stream, as by SIGHUP."""
    task = asyncio.current_task()
    if task:
        stream.on_hangup(task.cancel)
    shell = Shell(phone, commands)
    source, out = PacketSource(stream), PacketSink(stream, STDOUT)
    if pty:
        status = await _run_on_terminal(shell, command, source, out)
    else:
        status = await _run(shell, command, Streams(source, out, PacketSink(stream, STDERR)))
    await stream.write(PACKET.pack(EXIT, 1) + bytes((status & 0xFF,)))


async def _run(shell: Shell, command: str, streams: Streams) -> int:
    if command:
        return await shell.run_text(command, streams)
    return await run_lines(shell, streams, Foreground())


class Foreground:
    """The one command that Ctrl-C would end."""

    def __init__(self) -> None:
        self._task: asyncio.Task[int] | None = None

    def interrupt(self) -> bool:
        return self._task is not None and self._task.cancel()

    async def run(self, action: Coroutine[Any, Any, int]) -> int:
        """Its status, or 130 when it was interrupted."""
        self._task = asyncio.create_task(action)
        try:
            await asyncio.wait([self._task])
            return _INTERRUPTED if self._task.cancelled() else self._task.result()
        finally:
            self._task.cancel()
            self._task = None


async def run_lines(shell: Shell, streams: Streams, foreground: Foreground, prompt: bool = False) -> int:
    """A session: read a line, or as many as a command needs, run it, and so on."""
    text = ""
    try:
        while True:
            if prompt:
                await streams.out.write(_prompt(shell, text))
            line = (await read_line(streams.stdin)).decode(errors="surrogateescape")
            text += line
            if line and _unfinished(text):
                continue
            with suppress(LoopJump):
                shell.status = await foreground.run(shell.run_part(text, streams))
            text = ""
            if not line:
                return shell.status
    except ExitShell as leaving:
        return leaving.status


def _prompt(shell: Shell, text: str) -> bytes:
    where = f"{shell.variables.get('HOSTNAME', '')}:{shell.cwd} $ "
    return ("> " if text else where).encode(errors="surrogateescape")


def _unfinished(text: str) -> bool:
    try:
        parse(text)
    except ShellSyntaxError as error:
        return any(reason in str(error) for reason in _UNFINISHED)
    return False


async def _run_on_terminal(shell: Shell, command: str, keys: Source, screen: Sink) -> int:
    """Beside the keys; Ctrl-C ends a single command, and in a session what runs."""
    output, foreground = TerminalSink(screen), Foreground()
    terminal = Terminal(keys, output, foreground.interrupt)
    streams = Streams(terminal, output, output)
    pump = asyncio.create_task(terminal.pump())
    try:
        if command:
            return await foreground.run(shell.run_text(command, streams))
        return await run_lines(shell, streams, foreground, prompt=True)
    finally:
        pump.cancel()
        await asyncio.gather(pump, return_exceptions=True)
