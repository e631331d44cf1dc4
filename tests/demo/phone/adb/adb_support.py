"""What the tests of the ADB side share: a runner for shell commands, and a host that speaks bare frames."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from cs_agent.demo.phone.adbd.frames import MAX_DATA, VERSION, Command, Frame, FrameParser, encode
from cs_agent.demo.phone.device.phone import VirtualPhone
from cs_agent.demo.phone.server import PhoneServer
from cs_agent.demo.phone.shell.interpreter import Shell
from cs_agent.demo.phone.shell.streams import Streams

HOST_BANNER = b"host::features=shell_v2,cmd,stat_v2,ls_v2,sendrecv_v2"
WAIT_S = 10.0


class BytesSource:
    def __init__(self, data: bytes) -> None:
        self._rest = data

    async def read(self, limit: int = -1) -> bytes:
        taken = self._rest if limit < 0 else self._rest[:limit]
        self._rest = self._rest[len(taken) :]
        return taken


class Collector:
    """Keeps everything that is written."""

    def __init__(self) -> None:
        self.data = bytearray()

    async def write(self, data: bytes | bytearray | memoryview) -> None:
        self.data += data

    @property
    def text(self) -> str:
        return bytes(self.data).decode(errors="surrogateescape")


@dataclass(frozen=True, slots=True)
class Ran:
    status: int
    out: str
    err: str
    raw: bytes = b""


class ShellRunner:
    def __init__(self, make_shell: Callable[[], Shell]) -> None:
        self._make_shell = make_shell

    async def __call__(self, command: str, stdin: bytes = b"") -> Ran:
        out, err = Collector(), Collector()
        streams = Streams(BytesSource(stdin), out, err)
        status = await asyncio.wait_for(self._make_shell().run_text(command, streams), WAIT_S)
        return Ran(status, out.text, err.text, bytes(out.data))


class BareHost:
    """The host's end of one connection, frame by frame, with one stream at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._parser = FrameParser()
        self._frames: list[Frame] = []
        self._local = 0
        self.remote = 0

    def send(self, command: Command, arg0: int, arg1: int, payload: bytes = b"") -> None:
        self._writer.write(encode(command, arg0, arg1, payload, with_sum=command == Command.CNXN))

    async def receive(self, timeout: float = WAIT_S) -> Frame:
        """ConnectionError at the end of the connection."""
        while not self._frames:
            data = await asyncio.wait_for(self._reader.read(65536), timeout)
            if not data:
                raise ConnectionError("the phone hung up")
            self._frames += self._parser.feed(data)
        return self._frames.pop(0)

    async def connect(self, max_data: int = MAX_DATA) -> Frame:
        self.send(Command.CNXN, VERSION, max_data, HOST_BANNER)
        return await self.receive()

    async def open(self, service: str) -> None:
        self._local += 1
        self.send(Command.OPEN, self._local, 0, service.encode() + b"\0")
        answer = await self.receive()
        if answer.command != Command.OKAY:
            raise ConnectionRefusedError(service)
        self.remote = answer.arg0

    def write(self, data: bytes) -> None:
        self.send(Command.WRTE, self._local, self.remote, data)

    def acknowledge(self) -> None:
        self.send(Command.OKAY, self._local, self.remote)

    def close(self) -> None:
        self.send(Command.CLSE, self._local, self.remote)

    async def read_data(self) -> bytes | None:
        """The next WRTE's bytes, acknowledged; None when the phone closes the stream."""
        while True:
            frame = await self.receive()
            if frame.command == Command.WRTE:
                self.acknowledge()
                return frame.payload
            if frame.command == Command.CLSE:
                return None

    async def read_to_end(self) -> bytes:
        parts = bytearray()
        while (data := await self.read_data()) is not None:
            parts += data
        return bytes(parts)

    async def read_until(self, end: bytes) -> bytes:
        """ConnectionError when the stream ends before it says so."""
        seen = bytearray()
        while not seen.endswith(end):
            data = await self.read_data()
            if data is None:
                raise ConnectionError(f"the stream ended after {bytes(seen)!r}")
            seen += data
        return bytes(seen)

    async def read_to_hang_up(self) -> None:
        """ConnectionError when the phone is gone, whatever it says before."""
        while True:
            await self.receive()

    async def read_exactly(self, count: int, rest: bytearray) -> bytes:
        """Out of the stream, with `rest` holding what came too early."""
        while len(rest) < count:
            data = await self.read_data()
            if data is None:
                raise ConnectionError("the stream ended early")
            rest += data
        taken = bytes(rest[:count])
        del rest[:count]
        return taken

    async def ask(self, service: str) -> bytes:
        """Everything a service says until it closes."""
        await self.open(service)
        return await self.read_to_end()

    def hang_up(self) -> None:
        self._writer.close()


@asynccontextmanager
async def serving(phone: VirtualPhone) -> AsyncIterator[PhoneServer]:
    async with PhoneServer(phone, "127.0.0.1", 0) as server:
        yield server


@asynccontextmanager
async def bare_host(server: PhoneServer, connect: bool = True) -> AsyncIterator[BareHost]:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    host = BareHost(reader, writer)
    try:
        if connect:
            await host.connect()
        yield host
    finally:
        host.hang_up()


def shell_packets(data: bytes) -> tuple[bytes, bytes, int | None]:
    """stdout, stderr and status out of a version-two shell stream."""
    outputs: dict[int, bytes] = {1: b"", 2: b"", 3: b""}
    while data:
        kind, length = struct.unpack_from("<BI", data)
        outputs[kind] += data[5 : 5 + length]
        data = data[5 + length :]
    return outputs[1], outputs[2], outputs[3][0] if outputs[3] else None


async def eventually(holds: Callable[[], bool], timeout: float = WAIT_S) -> None:
    """TimeoutError when it does not become true."""

    async def look() -> None:
        while not holds():
            await asyncio.sleep(0.005)

    await asyncio.wait_for(look(), timeout)
