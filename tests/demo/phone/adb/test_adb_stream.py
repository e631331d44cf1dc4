"""One ADB stream as a service sees it: whole reads, waiting writes, acknowledgements that slow the host down."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cs_agent.demo.phone.adbd.connection import Connection, Received, Writable
from cs_agent.demo.phone.adbd.frames import MAX_DATA, VERSION, Command, Frame, FrameParser, encode
from cs_agent.demo.phone.adbd.stream import INBOX_SIZE, AdbStream, StreamClosed


class Wire:
    """A connection with one open stream; the host's frames are given in, the phone's are kept."""

    def __init__(self, host_maximum: int = MAX_DATA) -> None:
        self.connection = Connection("device::")
        self.connection.receive(encode(Command.CNXN, VERSION, host_maximum, b"host::", with_sum=True))
        self.connection.receive(encode(Command.OPEN, 9, 0, b"x:\0"))
        self.connection.accept(1)
        self.connection.take_output()
        self.stream = AdbStream(self.connection, 1, self.flush)
        self.stream.on_writable()
        self.sent: list[Frame] = []

    async def flush(self) -> None:
        raw = b"".join(bytes(part) for part in self.connection.take_output())
        self.sent += FrameParser().feed(raw)

    async def host_sends(self, command: Command, payload: bytes = b"") -> None:
        for event in self.connection.receive(encode(command, 9, 1, payload)):
            if isinstance(event, Received):
                self.stream.on_received(event.data)
            elif isinstance(event, Writable):
                self.stream.on_writable()
            else:
                self.stream.on_closed()
        await self.flush()

    def commands(self) -> list[int]:
        return [frame.command for frame in self.sent]


async def test_a_read_takes_what_is_there_up_to_its_limit() -> None:
    wire = Wire()
    await wire.host_sends(Command.WRTE, b"abcdef")
    assert await wire.stream.read(2) == b"ab"
    assert await wire.stream.read() == b"cdef"
    assert wire.commands() == [Command.OKAY]


async def test_a_read_waits_for_the_first_byte() -> None:
    wire = Wire()
    reading = asyncio.create_task(wire.stream.read())
    await asyncio.sleep(0)
    assert not reading.done()
    await wire.host_sends(Command.WRTE, b"x")
    assert await reading == b"x"


async def test_after_the_hosts_close_the_rest_is_read_and_then_nothing() -> None:
    wire = Wire()
    await wire.host_sends(Command.WRTE, b"rest")
    await wire.host_sends(Command.CLSE)
    assert await wire.stream.read() == b"rest"
    assert await wire.stream.read() == b""


async def test_an_exact_read_joins_pieces_and_fails_at_an_early_end() -> None:
    wire = Wire()
    await wire.host_sends(Command.WRTE, b"ab")
    await wire.host_sends(Command.WRTE, b"cd")
    assert await wire.stream.read_exactly(3) == b"abc"
    await wire.host_sends(Command.CLSE)
    with pytest.raises(StreamClosed):
        await wire.stream.read_exactly(2)


async def test_a_full_inbox_owes_its_acknowledgement_until_it_is_read() -> None:
    wire = Wire()
    await wire.host_sends(Command.WRTE, b"x" * INBOX_SIZE)
    assert wire.commands() == [Command.OKAY]
    await wire.host_sends(Command.WRTE, b"y")
    assert wire.commands() == [Command.OKAY]
    await wire.stream.read(1)
    assert wire.commands() == [Command.OKAY, Command.OKAY]
    await wire.stream.read()
    assert wire.commands() == [Command.OKAY, Command.OKAY]


async def test_a_write_to_a_closed_stream_fails() -> None:
    wire = Wire()
    await wire.host_sends(Command.CLSE)
    with pytest.raises(StreamClosed):
        await wire.stream.write(b"x")


async def test_a_write_that_waits_is_told_of_the_close() -> None:
    wire = Wire()
    await wire.stream.write(b"one")
    waiting = asyncio.create_task(wire.stream.write(b"two"))
    await asyncio.sleep(0)
    await wire.host_sends(Command.CLSE)
    with pytest.raises(StreamClosed):
        await waiting


async def test_a_hang_up_is_told_at_once_and_a_finish_of_ours_is_not() -> None:
    told: list[str] = []
    wire, other = Wire(), Wire()
    wire.stream.on_hangup(lambda: told.append("host"))
    other.stream.on_hangup(lambda: told.append("nobody"))
    other.stream.finish()
    await wire.host_sends(Command.CLSE)
    assert told == ["host"]


@given(st.lists(st.binary(min_size=1, max_size=50), min_size=1, max_size=6), st.integers(1, 20))
@settings(max_examples=50)
async def test_writers_that_run_together_never_mix_their_bytes(blocks: list[bytes], maximum: int) -> None:
    wire = Wire(host_maximum=maximum)
    writing = [asyncio.create_task(wire.stream.write(block)) for block in blocks]
    for _ in range(sum(len(block) for block in blocks) + 10):
        await asyncio.sleep(0)
        if wire.commands()[-1:] == [Command.WRTE]:
            await wire.host_sends(Command.OKAY)
    await asyncio.wait_for(asyncio.gather(*writing), 5)
    pieces = [frame.payload for frame in wire.sent if frame.command == Command.WRTE]
    assert b"".join(pieces) == b"".join(blocks)
    assert max(map(len, pieces)) <= maximum
