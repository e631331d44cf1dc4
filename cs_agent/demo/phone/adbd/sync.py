"""ADB's `sync:` service: stat, list, pull and push, in the first version of each, which every host speaks.

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
_STAT = struct.Struct("<4sIII")
_DENT = struct.Struct("<4sIIII")
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
            b"STAT": self._stat,
            b"LIST": self._list,
            b"RECV": self._recv,
            b"SEND": self._send,
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

    async def _stat(self, path: str) -> None:
        await self._stream.write(_stat(self._facts(path)))

    def _facts(self, path: str) -> FileFacts | None:
        try:
            return self._files.facts(path)
        except OSError:
            return None

    async def _list(self, path: str) -> None:
        reply = b"".join(_dent(name, facts) for name, facts in self._entries(path))
        await self._stream.write(reply + _DENT.pack(b"DONE", 0, 0, 0, 0))

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

    async def _recv(self, path: str) -> None:
        try:
            with self._files.host(path).open("rb") as source:
                while block := source.read(_READ_AHEAD):
                    await self._stream.write(_data_messages(block))
        except OSError as error:
            raise SyncFailure(f"open failed: {error.strerror}") from error
        await self._stream.write(_REQUEST.pack(b"DONE", 0))

    # --- push

    async def _send(self, request: str) -> None:
        self._finished = False
        path, comma, mode = request.rpartition(",")
        if not comma or not mode.isdecimal():
            await self._drain()
            raise SyncFailure("missing mode")
        await self._receive_file(path, int(mode))

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


def _stat(facts: FileFacts | None) -> bytes:
    if facts is None:
        return _STAT.pack(b"STAT", 0, 0, 0)
    return _STAT.pack(b"STAT", facts.mode, facts.size & _U32, facts.modified & _U32)


def _dent(name: str, facts: FileFacts) -> bytes:
    raw = name.encode(errors="surrogateescape")
    return _DENT.pack(b"DENT", facts.mode, facts.size & _U32, facts.modified & _U32, len(raw)) + raw
