"""A terminal for interactive shells: echo, line editing with backspace, Ctrl-C, Ctrl-D.

Rule: what the person types reaches a command by whole lines; Ctrl-C reaches the session at once, whatever runs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from cs_agent.demo.phone.shell.streams import Sink, Source

_INTERRUPT = 0x03
_END = 0x04
_ERASE = (0x08, 0x7F)
_LINE_ENDS = b"\r\n"


class TerminalSink:
    """Output as a terminal shows it: a newline also returns the carriage."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    async def write(self, data: bytes | bytearray | memoryview) -> None:
        await self._sink.write(bytes(data).replace(b"\n", b"\r\n"))


class Terminal:
    """Reads keys from `keys`, echoes to `screen`, and is a source of lines."""

    def __init__(self, keys: Source, screen: TerminalSink, interrupt: Callable[[], bool]) -> None:
        """`interrupt` ends what runs; False when nothing did."""
        self._keys = keys
        self._screen = screen
        self._interrupt = interrupt
        self._line = bytearray()
        self._lines: asyncio.Queue[bytes] = asyncio.Queue()
        self._rest = b""

    async def pump(self) -> None:
        """Handle keys until the host closes; to be run beside the session."""
        while keys := await self._keys.read():
            for key in keys:
                await self._press(key)
        await self._lines.put(b"")

    async def read(self, limit: int = -1) -> bytes:
        """At most one line; nothing once after Ctrl-D."""
        if not self._rest:
            self._rest = await self._lines.get()
        taken = self._rest if limit < 0 else self._rest[:limit]
        self._rest = self._rest[len(taken) :]
        return taken

    async def _press(self, key: int) -> None:
        if key == _INTERRUPT:
            self._line.clear()
            await self._screen.write(b"^C\n")
            if not self._interrupt():
                self._enter(b"\n")  # an empty line brings a fresh prompt
        elif key == _END:
            self._enter(b"")
        elif key in _ERASE:
            await self._erase()
        elif key in _LINE_ENDS:
            self._enter(b"\n")  # first, so that a Ctrl-C after the echo meets the running command
            await self._screen.write(b"\n")
        else:
            self._line.append(key)
            await self._screen.write(bytes((key,)))

    def _enter(self, end: bytes) -> None:
        line = bytes(self._line) + end
        self._line.clear()
        self._lines.put_nowait(line)

    async def _erase(self) -> None:
        """One character, which may be several bytes of UTF-8."""
        if not self._line:
            return
        while self._line and self._line[-1] & 0xC0 == 0x80:
            self._line.pop()
        if self._line:
            self._line.pop()
        await self._screen.write(b"\b \b")
