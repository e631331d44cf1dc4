"""Brings files to a phone's gallery and back.

Rule: a file has arrived when its size is right and, for media, when the gallery lists it; a name given by a
customer never decides where on the phone something is written.
"""

from __future__ import annotations

import shlex
import struct
import time
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO
from urllib.parse import quote

from adbutils import AdbConnection

from cs_agent.phone.adb import parse
from cs_agent.phone.adb.transport import AdbLink
from cs_agent.phone.driver import RemoteFile
from cs_agent.phone.errors import FileMissing, MediaNotIndexed, TransferFailed
from cs_agent.phone.file_names import safe_name
from cs_agent.phone.waiting import wait_for

GALLERY = "/sdcard/Pictures"  # vendors' galleries ignore Download
VIDEOS = "/sdcard/DCIM/Camera"
_VIDEO_ENDINGS = frozenset({".mp4", ".mov", ".3gp", ".mkv", ".webm", ".avi", ".m4v"})
_STORAGE = "/storage/emulated/0"  # what /sdcard leads to, and what the media store calls it
_SCAN = "android.intent.action.MEDIA_SCANNER_SCAN_FILE"
_TABLES = ("images", "video")
_INDEX_S = 6.0  # longest wait for the gallery after each way of asking it to look
_SYNC_S = 30.0  # longest silence within a transfer
_DIRECTORY = 0o040000
_FILE_MODE = 0o100644
_BLOCK = 1 << 16


class Files:
    """The shared storage of one phone."""

    def __init__(self, link: AdbLink) -> None:
        self._link = link

    def push_media(self, local: Path, name: str) -> str:
        """Put a picture or video into the gallery; its path on the phone. Safe to repeat."""
        remote = media_path(name)
        self.push(local, remote)
        self._index(remote)
        return remote

    def remove_media(self, name: str) -> str:
        """Delete what was put into the gallery under that name; its path on the phone."""
        self.remove(remote := media_path(name))
        return remote

    def remove(self, remote: str) -> None:
        """Delete a file from the shared storage and from the gallery; one that is gone already is no error."""
        self._link.check(f"rm -f {shlex.quote(remote)}")
        uri = "file://" + quote(remote.replace("/sdcard", _STORAGE, 1))
        self._link.shell(f"am broadcast -a {_SCAN} -d {shlex.quote(uri)}", timeout=20.0)

    def push(self, local: Path, remote: str) -> None:
        """Write the file's bytes to that path; TransferFailed unless all of them arrived."""
        self._link.check(f"mkdir -p {shlex.quote(str(PurePosixPath(remote).parent))}")
        sent = local.stat().st_size
        with local.open("rb") as file, self._link.stream("sync:", _SYNC_S) as connection:
            reason = _send(connection, file, remote)
        if reason:
            raise TransferFailed(f"{self._link.serial}: push to {remote}: {reason}")
        arrived = self.size(remote)
        if arrived != sent:
            raise TransferFailed(f"{self._link.serial}: {remote} has {arrived} of {sent} bytes")

    def pull(self, remote: str, local: Path) -> Path:
        """Fetch a file; on failure nothing is left behind at `local`."""
        size = self.size(remote)
        part = local.with_name(local.name + ".part")
        try:
            with part.open("wb") as file, self._link.stream("sync:", _SYNC_S) as connection:
                reason = _receive(connection, file, remote)
            if reason or part.stat().st_size != size:
                got = part.stat().st_size
                raise TransferFailed(f"{self._link.serial}: {got} of {size} bytes of {remote} {reason}".rstrip())
            part.replace(local)
        finally:
            part.unlink(missing_ok=True)
        return local

    def size(self, remote: str) -> int:
        """In bytes. FileMissing for a path that leads nowhere."""
        output = self._link.shell(f"stat -L -c %s {shlex.quote(remote)}")
        if output.status or not output.stdout.strip().isdecimal():
            raise FileMissing(f"{self._link.serial}: {remote}")
        return int(output.stdout)

    def list_files(self, folder: str) -> tuple[RemoteFile, ...]:
        """The folder's entries by name; FileMissing where it does not exist."""
        if self._link.shell(f"test -d {shlex.quote(folder)}").status:
            raise FileMissing(f"{self._link.serial}: {folder}")
        with self._link.stream("sync:", _SYNC_S) as connection:
            _ask(connection, b"LIST", folder.rstrip("/").encode() + b"/")
            entries = list(_entries(connection))
        return tuple(sorted(entries, key=lambda entry: entry.name))

    def _index(self, remote: str) -> None:
        """Make the gallery see it: by the broadcast, and where that is no longer heard by a scan of the volume."""
        path = remote.replace("/sdcard", _STORAGE, 1)
        uri = "file://" + quote(path)
        for command in (
            f"am broadcast -a {_SCAN} -d {shlex.quote(uri)}",
            "content call --uri content://media --method scan_volume --arg external_primary",
        ):
            self._link.shell(command, timeout=20.0)
            if wait_for(lambda: self._is_indexed(path), _INDEX_S):
                return
        raise MediaNotIndexed(f"{self._link.serial}: {remote}")

    def _is_indexed(self, path: str) -> bool:
        return any(path in self._indexed(table) for table in _TABLES)

    def _indexed(self, table: str) -> frozenset[str]:
        uri = f"content://media/external/{table}/media"
        return parse.media_paths(self._link.shell(f"content query --uri {uri} --projection _id:_data").stdout)


def media_path(name: str) -> str:
    """Where the gallery keeps a picture or video of that name."""
    ending = PurePosixPath(name).suffix.lower()
    return f"{VIDEOS if ending in _VIDEO_ENDINGS else GALLERY}/{safe_name(name)}"


def _send(connection: AdbConnection, file: BinaryIO, remote: str) -> str:
    """SEND; adbutils' own writer may lose part of a block on a socket with a time limit. Why it failed, or ""."""
    _ask(connection, b"SEND", f"{remote},{_FILE_MODE}".encode())
    while block := file.read(_BLOCK):
        connection.conn.sendall(b"DATA" + struct.pack("<I", len(block)) + block)
    connection.conn.sendall(b"DONE" + struct.pack("<I", int(time.time())))
    answer, length = struct.unpack("<4sI", connection.read_exact(8))
    return "" if answer == b"OKAY" else connection.read_exact(length).decode("utf-8", "replace") or "refused"


def _receive(connection: AdbConnection, file: BinaryIO, remote: str) -> str:
    """RECV until DONE. Why it failed, or ""."""
    _ask(connection, b"RECV", remote.encode())
    while True:
        kind, length = struct.unpack("<4sI", connection.read_exact(8))
        if kind == b"DONE":
            return ""
        data = connection.read_exact(length)
        if kind != b"DATA":
            return data.decode("utf-8", "replace") or "refused"
        file.write(data)


def _ask(connection: AdbConnection, request: bytes, path: bytes) -> None:
    connection.conn.sendall(request + struct.pack("<I", len(path)) + path)


def _entries(connection: AdbConnection) -> Iterator[RemoteFile]:
    """DENT records until DONE; adbutils' own reader fails where a record comes in two pieces."""
    while True:
        kind = connection.read_exact(4)
        mode, size, modified, length = struct.unpack("<IIII", connection.read_exact(16))
        if kind != b"DENT":
            return
        name = connection.read_exact(length).decode("utf-8", "replace")
        if name not in (".", ".."):
            yield RemoteFile(name, size, modified, bool(mode & _DIRECTORY))
