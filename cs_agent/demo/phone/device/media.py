"""The media store of a virtual phone: which pictures and videos its gallery knows.

Rule: a file is known only after a scan, as on a phone; a file that is gone or was moved is forgotten.
"""

from __future__ import annotations

import itertools
import mimetypes
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath

FIRST_ID = 1000000018  # Android numbers the rows of external storage from 1,000,000,000 up

# Spelled out, since the host's own table may lack them.
_MIME_BY_SUFFIX = {
    ".heic": "image/heic",
    ".webp": "image/webp",
    ".3gp": "video/3gpp",
    ".mkv": "video/x-matroska",
    ".mp4": "video/mp4",
    ".mov": "video/quicktime",
    ".webm": "video/webm",
}


class MediaKind(StrEnum):
    IMAGE = "image"
    VIDEO = "video"


@dataclass(frozen=True, slots=True)
class MediaItem:
    """One picture or video; `path` as the phone names it, `host_path` where the bytes are."""

    id: int
    path: str  # /storage/emulated/0/…
    host_path: Path
    mime: str
    size: int
    modified: int  # seconds since the epoch

    @property
    def name(self) -> str:
        return PurePosixPath(self.path).name

    @property
    def kind(self) -> MediaKind:
        return MediaKind(self.mime.partition("/")[0])


def media_mime(path: str) -> str:
    """`image/…` or `video/…`, or an empty string for anything a gallery does not show."""
    suffix = PurePosixPath(path).suffix.lower()
    mime = _MIME_BY_SUFFIX.get(suffix) or mimetypes.guess_type(path)[0] or ""
    return mime if mime.startswith(("image/", "video/")) else ""


class MediaStore:
    """Rows keyed by the phone's path. Ids are never used twice."""

    def __init__(self) -> None:
        self._ids = itertools.count(FIRST_ID)
        self._rows: dict[str, tuple[int, Path]] = {}

    def add(self, path: str, host_path: Path) -> bool:
        """Remember a scanned file; False when it is no picture or video, hidden, or not there."""
        if not media_mime(path) or _hidden(path) or not host_path.is_file():
            return False
        self._rows.setdefault(path, (next(self._ids), host_path))
        return True

    def add_all(self, found: Iterable[tuple[str, Path]]) -> int:
        return sum(self.add(path, host_path) for path, host_path in found)

    def items(self) -> tuple[MediaItem, ...]:
        """Newest first, as galleries show them; rows whose file is gone are dropped."""
        for path in [path for path, (_, host) in self._rows.items() if not host.is_file()]:
            del self._rows[path]
        rows = (_item(number, path, host) for path, (number, host) in self._rows.items())
        return tuple(sorted(rows, key=lambda item: (-item.modified, -item.id)))


def _hidden(path: str) -> bool:
    return any(part.startswith(".") for part in PurePosixPath(path).parts)


def _item(number: int, path: str, host_path: Path) -> MediaItem:
    facts = host_path.stat()
    return MediaItem(number, path, host_path, media_mime(path), facts.st_size, int(facts.st_mtime))
