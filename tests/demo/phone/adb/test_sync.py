"""The sync service over a real connection: stat, list, pull, push, in both versions, and what goes wrong."""

from __future__ import annotations

import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cs_agent.demo.phone.device.phone import VirtualPhone
from tests.demo.phone.adb.adb_support import BareHost, bare_host, serving

REGULAR = 0o100644


def request(name: bytes, path: str | bytes) -> bytes:
    raw = path.encode() if isinstance(path, str) else path
    return name + struct.pack("<I", len(raw)) + raw


def data(*blocks: bytes) -> bytes:
    return b"".join(b"DATA" + struct.pack("<I", len(block)) + block for block in blocks)


def done(modified: int = 1_700_000_000) -> bytes:
    return b"DONE" + struct.pack("<I", modified)


class SyncHost:
    """The host's side of one sync stream."""

    def __init__(self, host: BareHost) -> None:
        self.host = host
        self._rest = bytearray()

    async def take(self, count: int) -> bytes:
        return await self.host.read_exactly(count, self._rest)

    async def status(self) -> str:
        """`OKAY`, or the text of a FAIL."""
        name, length = struct.unpack("<4sI", await self.take(8))
        return "OKAY" if name == b"OKAY" else (await self.take(length)).decode()

    async def pulled(self) -> bytes:
        content = bytearray()
        while True:
            name, length = struct.unpack("<4sI", await self.take(8))
            if name == b"DONE":
                return bytes(content)
            if name != b"DATA":
                raise OSError((await self.take(length)).decode())
            content += await self.take(length)

    async def push(self, path: str, content: bytes, mode: int = REGULAR) -> str:
        blocks = [content[start : start + 65536] for start in range(0, len(content), 65536)]
        self.host.write(request(b"SEND", f"{path},{mode}") + data(*blocks[:4]))
        for block in blocks[4:]:
            self.host.write(data(block))
        self.host.write(done())
        return await self.status()


@asynccontextmanager
async def syncing(phone: VirtualPhone) -> AsyncIterator[SyncHost]:
    async with serving(phone) as server, bare_host(server) as host:
        await host.open("sync:")
        yield SyncHost(host)


async def test_a_file_comes_back_as_it_was_pushed(phone: VirtualPhone) -> None:
    async with syncing(phone) as sync:
        assert await sync.push("/sdcard/Pictures/中 文.jpg", b"picture") == "OKAY"
        sync.host.write(request(b"RECV", "/storage/emulated/0/Pictures/中 文.jpg"))
        assert await sync.pulled() == b"picture"
    host_path = phone.files.host("/sdcard/Pictures/中 文.jpg")
    assert host_path.stat().st_mtime == 1_700_000_000


async def test_the_first_stat_arrives_in_one_piece_of_sixteen_bytes(phone: VirtualPhone) -> None:
    phone.files.host("/sdcard/f").write_bytes(b"12345")
    async with syncing(phone) as sync:
        sync.host.write(request(b"STAT", "/sdcard/f"))
        reply = await sync.host.read_data()
    assert reply is not None
    assert len(reply) == 16
    name, mode, size, _ = struct.unpack("<4sIII", reply)
    assert (name, mode, size) == (b"STAT", 0o100660, 5)


async def test_the_first_stat_of_a_missing_file_is_zeros(phone: VirtualPhone) -> None:
    async with syncing(phone) as sync:
        sync.host.write(request(b"STAT", "/sdcard/none"))
        assert await sync.host.read_data() == b"STAT" + bytes(12)


@pytest.mark.parametrize(("request_name", "entry", "size"), [(b"LIST", b"DENT", 20)])
async def test_a_list_names_every_entry_and_ends(
    phone: VirtualPhone, request_name: bytes, entry: bytes, size: int
) -> None:
    phone.files.host("/sdcard/Pictures/a.jpg").write_bytes(b"1")
    names = []
    async with syncing(phone) as sync:
        sync.host.write(request(request_name, "/sdcard/Pictures"))
        while (head := await sync.take(size))[:4] == entry:
            names.append((await sync.take(struct.unpack("<I", head[-4:])[0])).decode())
    assert head == b"DONE" + bytes(size - 4)
    assert names == [".", "..", "a.jpg"]


async def test_a_list_of_what_is_no_folder_is_empty(phone: VirtualPhone) -> None:
    async with syncing(phone) as sync:
        sync.host.write(request(b"LIST", "/sdcard/none"))
        assert await sync.take(20) == b"DONE" + bytes(16)


async def test_folders_on_the_way_to_a_pushed_file_are_made(phone: VirtualPhone) -> None:
    async with syncing(phone) as sync:
        assert await sync.push("/sdcard/new/folder/f", b"") == "OKAY"
    assert phone.files.host("/sdcard/new/folder/f").read_bytes() == b""


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/system/app/x", "couldn't create file: Read-only file system"),
        ("/data/x", "couldn't create file: Permission denied"),
        ("/sdcard", "couldn't create file: Is a directory"),
        ("/sdcard/../../../../etc/passwd", "couldn't create file: Read-only file system"),
    ],
)
async def test_a_push_that_may_not_be_fails_and_the_stream_goes_on(phone: VirtualPhone, path: str, reason: str) -> None:
    async with syncing(phone) as sync:
        assert await sync.push(path, b"x" * 200_000) == reason
        assert await sync.push("/sdcard/after", b"fine") == "OKAY"
    assert phone.files.host("/sdcard/after").read_bytes() == b"fine"


async def test_links_cannot_be_pushed(phone: VirtualPhone) -> None:
    async with syncing(phone) as sync:
        assert "Operation not permitted" in await sync.push("/sdcard/link", b"/etc", mode=0o120777)


async def test_a_push_without_a_mode_fails(phone: VirtualPhone) -> None:
    async with syncing(phone) as sync:
        sync.host.write(request(b"SEND", "/sdcard/x") + data(b"1") + done())
        assert await sync.status() == "missing mode"


@pytest.mark.parametrize(
    ("path", "reason"),
    [("/sdcard/none", "open failed: No such file or directory"), ("/sdcard", "open failed: Is a directory")],
)
async def test_a_pull_of_what_is_no_file_says_why(phone: VirtualPhone, path: str, reason: str) -> None:
    async with syncing(phone) as sync:
        sync.host.write(request(b"RECV", path))
        with pytest.raises(OSError, match=reason):
            await sync.pulled()


async def test_quit_ends_the_stream(phone: VirtualPhone) -> None:
    async with syncing(phone) as sync:
        sync.host.write(request(b"QUIT", ""))
        assert await sync.host.read_data() is None


async def test_an_unknown_request_is_refused_and_ends_the_stream(phone: VirtualPhone) -> None:
    async with syncing(phone) as sync:
        sync.host.write(request(b"WHAT", "x"))
        assert "unknown command" in await sync.status()
        assert await sync.host.read_data() is None


@given(st.binary(max_size=300_000), st.lists(st.integers(1, 65536), max_size=6))
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
async def test_any_content_in_any_pieces_arrives_whole(phone: VirtualPhone, content: bytes, cuts: list[int]) -> None:
    message = request(b"SEND", f"/sdcard/any,{REGULAR}")
    rest = content
    for cut in [*cuts, *[65536] * 5]:
        message += data(rest[:cut]) if rest else b""
        rest = rest[cut:]
    async with syncing(phone) as sync:
        for start in range(0, len(message), 100_000):
            sync.host.write(message[start : start + 100_000])
        sync.host.write(done())
        assert await sync.status() == "OKAY"
    assert phone.files.host("/sdcard/any").read_bytes() == content
