"""ADB's `sync:` service: stat, list, pull and push, in the first and the second version of each.

Rule: every answer leaves in as few writes as possible (a 16-byte STAT in exactly one, since clients read it with a
single recv), and a failure is a FAIL message after which the stream goes on.
Source of the layouts: AOSP packages/modules/adb, file_sync_protocol.h.
"""

from __future__ import annotations

import errno
import os
import stat
import struct
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

from cs_agent.demo.phone.adbd.stream import AdbStream, StreamClosed
from cs_agent.demo.phone.device.files import FileFacts, PhoneFiles

MAX_PATH = 1024  # bytes
MAX_CHUNK = 64 * 1024  # bytes in one DATA message
_READ_AHEAD = 16 * MAX_CHUNK  # read and sent together on a pull

_REQUEST = struct.Struct("<4sI")
_STAT_V1 = struct.Struct("<4sIII")
_DENT_V1 = struct.Struct("<4sIIII")
_STAT_V2 = struct.Struct("<4sIQQIIIIQqqq")
_DENT_V2 = struct.Struct("<4sIQQIIIIQqqqI")
_SEND_V2 = struct.Struct("<4sII")
_RECV_V2 = struct.Struct("<4sI")
_U32 = 0xFFFFFFFF


class SyncFailure(Exception):
    """Becomes the text of a FAIL message."""


class SyncService:
    """One `sync:` stream on the files of one phone."""

    def __init__(self, files: PhoneFiles, stream: AdbStream) -> None:
        self._files = files
        self._stream = stream
        self._finished = True  # whether the DONE of the current push has been read
        self._modified = 0  # seconds, from DONE
        self._handlers = {
            b"STAT": self._stat_v1,
            b"STA2": self._stat_v2,
            b"LST2": self._lstat_v2,
            b"LIST": self._list_v1,
            b"LIS2": self._list_v2,
            b"RECV": self._recv_v1,
            b"RCV2": self._recv_v2,
            b"SEND": self._send_v1,
            b"SND2": self._send_v2,
        }

    async def run(self) -> None:
        with suppress(StreamClosed):
            while await self._one():
                pass

    async def _one(self) -> bool:
        """Serve one request; False after QUIT or nonsense."""
        name, length = _REQUEST.unpack(await self._stream.read_exactly(_REQUEST.size))
        if name == b"QUIT":
            return False
        handler = self._handlers.get(name)
        if handler is None or length > MAX_PATH:
            await self._fail(f"unknown command {name!r}" if handler is None else "path too long")
            return False
        path = (await self._stream.read_exactly(length)).decode(errors="surrogateescape")
        try:
            await handler(path)
        except SyncFailure as failure:
            await self._fail(str(failure))
        return True

    async def _fail(self, text: str) -> None:
        message = text.encode(errors="surrogateescape")
        await self._stream.write(_REQUEST.pack(b"FAIL", len(message)) + message)

    # --- stat and list

    async def _stat_v1(self, path: str) -> None:
        await self._stream.write(_stat_v1(self._facts(path)[0]))

    async def _stat_v2(self, path: str) -> None:
        await self._stream.write(_stat_v2(b"STA2", *self._facts(path)))

    async def _lstat_v2(self, path: str) -> None:
        await self._stream.write(_stat_v2(b"LST2", *self._facts(path)))

    def _facts(self, path: str) -> tuple[FileFacts | None, int]:
        try:
            return self._files.facts(path), 0
        except OSError as error:
            return None, error.errno or errno.EIO

    async def _list_v1(self, path: str) -> None:
        reply = b"".join(_dent_v1(name, facts) for name, facts in self._entries(path))
        await self._stream.write(reply + _DENT_V1.pack(b"DONE", 0, 0, 0, 0))

    async def _list_v2(self, path: str) -> None:
        reply = b"".join(_dent_v2(name, facts) for name, facts in self._entries(path))
        await self._stream.write(reply + _DENT_V2.pack(b"DONE", *[0] * 12))

    def _entries(self, path: str) -> list[tuple[str, FileFacts]]:
        """Empty for what is no folder, as adbd answers."""
        try:
            names = sorted(os.listdir(self._files.host(path)))
        except OSError:
            return []
        found = []
        for name in (".", "..", *names):
            with suppress(OSError):
                found.append((name, self._files.facts(f"{path}/{name}")))
        return found

    # --- pull

    async def _recv_v1(self, path: str) -> None:
        try:
            with self._files.host(path).open("rb") as source:
                while block := source.read(_READ_AHEAD):
                    await self._stream.write(_data_messages(block))
        except OSError as error:
            raise SyncFailure(f"open failed: {error.strerror}") from error
        await self._stream.write(_REQUEST.pack(b"DONE", 0))

    async def _recv_v2(self, path: str) -> None:
        _, flags = _RECV_V2.unpack(await self._stream.read_exactly(_RECV_V2.size))
        if flags:
            raise SyncFailure(f"unknown recv flags: {flags}")
        await self._recv_v1(path)

    # --- push

    async def _send_v1(self, request: str) -> None:
        self._finished = False
        path, comma, mode = request.rpartition(",")
        if not comma or not mode.isdecimal():
            await self._drain()
            raise SyncFailure("missing mode")
        await self._receive_file(path, int(mode))

    async def _send_v2(self, path: str) -> None:
        self._finished = False
        _, mode, flags = _SEND_V2.unpack(await self._stream.read_exactly(_SEND_V2.size))
        if flags:
            await self._drain()
            raise SyncFailure(f"unknown send flags: {flags}")
        await self._receive_file(path, mode)

    async def _receive_file(self, path: str, mode: int) -> None:
        try:
            target = self._open_for_push(path, mode)
            with target.open("wb") as sink:
                async for block in self._blocks():
                    sink.write(block)
            os.utime(target, (self._modified, self._modified))
        except OSError as error:
            await self._drain()
            raise SyncFailure(f"couldn't create file: {error.strerror}") from error
        self._files.on_written(path, mode)
        await self._stream.write(_REQUEST.pack(b"OKAY", 0))

    def _open_for_push(self, path: str, mode: int) -> Path:
        if stat.S_ISLNK(mode):
            raise OSError(errno.EPERM, os.strerror(errno.EPERM), path)
        target = self._files.host_for_writing(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        return target

    async def _blocks(self) -> AsyncIterator[bytes]:
        """The DATA of one push, up to DONE, whose time is kept."""
        while not self._finished:
            name, length = _REQUEST.unpack(await self._stream.read_exactly(_REQUEST.size))
            if name == b"DONE":
                self._finished, self._modified = True, length
            elif name == b"DATA" and length <= MAX_CHUNK:
                yield await self._stream.read_exactly(length)
            else:
                raise StreamClosed(f"{name!r} in the middle of a push")

    async def _drain(self) -> None:
        """Read the rest of a push that failed, so that the host gets to read why."""
        async for _ in self._blocks():
            pass


def _data_messages(block: bytes) -> bytes:
    pieces = []
    for start in range(0, len(block), MAX_CHUNK):
        piece = block[start : start + MAX_CHUNK]
        pieces += [_REQUEST.pack(b"DATA", len(piece)), piece]
    return b"".join(pieces)


def _stat_v1(facts: FileFacts | None) -> bytes:
    if facts is None:
        return _STAT_V1.pack(b"STAT", 0, 0, 0)
    return _STAT_V1.pack(b"STAT", facts.mode, facts.size & _U32, facts.modified & _U32)


def _stat_v2(name: bytes, facts: FileFacts | None, error: int) -> bytes:
    if facts is None:
        return _STAT_V2.pack(name, error, *[0] * 10)
    return _STAT_V2.pack(name, *_fields_v2(facts))


def _dent_v1(name: str, facts: FileFacts) -> bytes:
    raw = name.encode(errors="surrogateescape")
    return _DENT_V1.pack(b"DENT", facts.mode, facts.size & _U32, facts.modified & _U32, len(raw)) + raw


def _dent_v2(name: str, facts: FileFacts) -> bytes:
    raw = name.encode(errors="surrogateescape")
    return _DENT_V2.pack(b"DNT2", *_fields_v2(facts), len(raw)) + raw


def _fields_v2(facts: FileFacts) -> tuple[int, ...]:
    times = (facts.modified,) * 3
    return (0, facts.device, facts.inode, facts.mode, facts.links, facts.uid, facts.gid, facts.size, *times)
