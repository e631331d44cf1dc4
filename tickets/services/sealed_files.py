"""Customers' files, recordings and pictures at rest, encrypted under the secret store's keys where it is so set up.

Rule: a file is encrypted in pieces, each authenticated with its file's id, its number and whether it is the last, so
that none can be changed, swapped, dropped or added unnoticed. The first bytes tell whether a file is sealed: older
plain files stay readable, and so do sealed ones after the setting is removed.
"""

from __future__ import annotations

import base64
import io
import os
import shutil
import struct
import tempfile
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, BinaryIO

from django.conf import settings
from django.core.files.base import File
from django.utils.translation import gettext as _

from cs_agent.recording.errors import RecordingLocked
from tickets.errors import SecretUnreadable
from tickets.models import Attachment
from tickets.services import file_lock, secret_store
from tickets.services.evidence import audit

MARK = b"cs_agent sealed file 1\n"
PIECE = 256 * 1024  # bytes of the file in each piece but the last
_HEAD = struct.Struct(">16sQ?")  # the file's id, the piece's number, whether it is the last
_BLOCK = 16  # of the cipher, that a piece is padded to
_TOKEN = 1 + 8 + 16 + 32  # bytes of a token besides its content: version, time, initial vector, signature
_SEALED_PIECE = _TOKEN + (_HEAD.size + PIECE) // _BLOCK * _BLOCK + _BLOCK


def wanted() -> bool:
    return bool(settings.CS_AGENT["CS_AGENT_ENCRYPT_FILES"])


def as_stored(upload: File[bytes]) -> File[bytes]:
    """The upload in its stored form."""
    return _Sealing(upload) if wanted() else upload


def open_file(path: Path) -> BinaryIO:
    """The file's plain content, seekable. SecretUnreadable for a sealed file that cannot be decrypted."""
    file = path.open("rb")
    if file.read(len(MARK)) != MARK:
        file.seek(0)
        return file
    try:
        return io.BufferedReader(_Opened(file), PIECE)
    except SecretUnreadable:
        file.close()
        raise


def in_stored_form(content: bytes) -> bytes:
    """The whole file in its stored form."""
    return b"".join(_sealed([content])) if wanted() else content


class RecordingVault:
    """How recordings are kept; see `cs_agent.recording.vault.Vault`."""

    def seal(self, data: bytes) -> bytes:
        with _told_as_locked():
            return in_stored_form(data)

    def open(self, path: Path) -> BinaryIO:
        with _told_as_locked():
            return open_file(path)

    def is_sealed(self, path: Path) -> bool:
        return is_sealed(path)

    def keep(self, made: Path, target: Path) -> None:
        with _told_as_locked(), _in_form(target, made, sealed=wanted()) as (partial, _read):
            file_lock.put(partial, target)


@contextmanager
def _told_as_locked() -> Iterator[None]:
    try:
        yield
    except SecretUnreadable as error:
        raise RecordingLocked(error.message) from error


def size_of(path: Path) -> int:
    """Size of the plain content in bytes."""
    with open_file(path) as file:
        return file.seek(0, io.SEEK_END)


@contextmanager
def plain_path(path: Path) -> Iterator[Path]:
    """Context manager: the path of the plain content, either the file itself or a decrypted copy that is deleted
    afterwards."""
    if not is_sealed(path):
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="cs_agent_file_") as folder:
        copy = Path(folder) / path.name
        with open_file(path) as source, copy.open("wb") as target:
            shutil.copyfileobj(source, target, PIECE)
        yield copy


def is_sealed(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(MARK)) == MARK


def rewrite_all(*, sealed: bool, user: Any = None) -> int:
    """Rewrite every attachment, recording and picture, sealed under the newest key or plain; returns how many.

    Each file is replaced atomically, so that it can be interrupted and run again, and while files are written and
    deleted (`file_lock`). An unreadable file stops it.
    """
    number = sum(rewrite(path, sealed=sealed) for path in _kept())
    audit.record("files.rewritten", user=user, result="success", details={"number": number, "sealed": sealed})
    return number


def rewrite(path: Path, *, sealed: bool) -> bool:
    """Put the file's content in its place in another form; False if it was deleted meanwhile. What was written there
    meanwhile is read anew."""
    while True:
        try:
            with _in_form(path, path, sealed=sealed) as (partial, read), file_lock.alone():
                if _is_same(path.stat(), read):
                    partial.replace(path)
                    return True
        except FileNotFoundError:
            return False


def count_sealed() -> int:
    """How many of the kept files are sealed."""
    number = 0
    for path in _kept():
        with suppress(FileNotFoundError):
            number += is_sealed(path)
    return number


def _kept() -> Iterator[Path]:
    """What rows name, and the pictures and frames that lie beside each other."""
    for row in Attachment.objects.exclude(file="").iterator():
        yield Path(row.file.path)
    media = Path(settings.MEDIA_ROOT)
    for pattern in ("runs/*/*.jpg", "recordings/*/*.jpg", "replays/*.mp4", "replays/*.vtt"):
        yield from media.glob(pattern)


@contextmanager
def _in_form(path: Path, content: Path, *, sealed: bool) -> Iterator[tuple[Path, os.stat_result]]:
    """Context manager: the content of a file, sealed or plain, in a finished file beside the path, and which file was
    read. What is still there afterwards is deleted."""
    partial = path.with_name(f"{path.name}.{uuid.uuid4().hex}.partial")
    try:
        with open_file(content) as source, partial.open("wb") as target:
            read = os.fstat(source.fileno())
            pieces = iter(lambda: source.read(PIECE), b"")
            target.writelines(_sealed(pieces) if sealed else pieces)
            target.flush()
            os.fsync(target.fileno())
        partial.chmod(read.st_mode & 0o777)
        yield partial, read
    finally:
        partial.unlink(missing_ok=True)


def _is_same(now: os.stat_result, read: os.stat_result) -> bool:
    """Whether the file is the one that was read, unchanged."""
    return (now.st_ino, now.st_size, now.st_mtime_ns) == (read.st_ino, read.st_size, read.st_mtime_ns)


def _sealed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The bytes of a sealed file; `pieces` of any length."""
    fernet, name = secret_store.sealing_keys(), uuid.uuid4().bytes
    yield MARK
    number, kept = 0, b""
    for data in pieces:
        kept += data
        while len(kept) > PIECE:
            yield _token(fernet, name, number, kept[:PIECE], last=False)
            number, kept = number + 1, kept[PIECE:]
    yield _token(fernet, name, number, kept, last=True)


def _token(fernet: Any, name: bytes, number: int, content: bytes, *, last: bool) -> bytes:
    return base64.urlsafe_b64decode(fernet.encrypt(_HEAD.pack(name, number, last) + content))


class _Sealing(File):  # type: ignore[type-arg]  # without the stubs it takes no argument
    """An upload whose chunks are those of the sealed file."""

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        return _sealed(super().chunks(chunk_size or PIECE))


class _Opened(io.RawIOBase):
    """A seekable reader of a sealed file; all pieces but the last have the same length."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._keys = secret_store.opening_keys()
        self._place = 0
        self._held: tuple[int, bytes] = (-1, b"")
        size = file.seek(0, io.SEEK_END) - len(MARK)
        self._last = max(0, -(-size // _SEALED_PIECE) - 1)
        self._name = b""
        self._size = self._last * PIECE + len(self._piece(self._last))

    def fileno(self) -> int:
        return self._file.fileno()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}[whence]
        self._place = max(0, start + offset)
        return self._place

    def tell(self) -> int:
        return self._place

    def readinto(self, buffer: Any) -> int:
        if self._place >= self._size:
            return 0
        number, start = divmod(self._place, PIECE)
        part = self._piece(number)[start : start + len(buffer)]
        buffer[: len(part)] = part
        self._place += len(part)
        return len(part)

    def close(self) -> None:
        self._file.close()
        super().close()

    def _piece(self, number: int) -> bytes:
        if self._held[0] != number:
            self._file.seek(len(MARK) + number * _SEALED_PIECE)
            self._held = number, self._content(self._file.read(_SEALED_PIECE), number)
        return self._held[1]

    def _content(self, token: bytes, number: int) -> bytes:
        plain = secret_store.opened_token(self._keys, base64.urlsafe_b64encode(token))
        if plain is None or len(plain) < _HEAD.size:
            raise _unreadable()
        name, found, last = _HEAD.unpack(plain[: _HEAD.size])
        self._name = self._name or name
        if (name, found, last) != (self._name, number, number == self._last):
            raise _unreadable()
        return plain[_HEAD.size :]


def _unreadable() -> SecretUnreadable:
    words = _("文件已加密,无法打开:CS_AGENT_SECRETS_KEYS 里没有能打开它的密钥,或文件已损坏。请恢复原密钥或备份。")
    return SecretUnreadable(words)
