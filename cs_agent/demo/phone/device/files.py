"""The file system of one virtual phone: a folder of the host that the phone sees as its root.

Rule: no path, however written, leads out of that folder, and the phone's shell user may write only where a
real one may (shared storage and /data/local/tmp). Errors are OSError with the phone's path, never the host's.
"""

from __future__ import annotations

import errno
import os
import posixpath
import shutil
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from cs_agent.demo.phone.device.media import MediaItem, MediaStore

SHARED = "/storage/emulated/0"
TEMP = "/data/local/tmp"
UID_SHELL = 2000
UID_MEDIA = 10205  # the media provider's, whatever number it got on this phone
GID_MEDIA = 1023
_SHARED_ALIASES = ("/sdcard", "/mnt/sdcard", "/storage/self/primary")
_WRITABLE = (SHARED, TEMP)
_FOLDERS = (
    TEMP,
    "/data/app",
    "/dev",
    "/proc",
    "/sdcard",  # never reached, only listed
    "/system/bin",
    "/vendor",
    *(f"{SHARED}/{name}" for name in ("Alarms", "Android/data", "DCIM/Camera", "Documents", "Download")),
    *(f"{SHARED}/{name}" for name in ("Movies", "Music", "Pictures")),
)


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What stat tells on the phone."""

    mode: int
    size: int
    modified: int  # seconds since the epoch
    uid: int
    gid: int
    links: int = 1


class PhoneFiles:
    """Translates between the phone's paths and the host's. Use as a context manager, or call `close`."""

    def __init__(self, root: Path | None = None) -> None:
        """`root` keeps its contents; without one, a temporary folder that `close` removes."""
        self._own_root = root is None
        self.root = root or Path(tempfile.mkdtemp(prefix="virtual-phone-"))
        self.store = MediaStore()
        for folder in _FOLDERS:
            self._inside(folder).mkdir(parents=True, exist_ok=True)
        self.scan_volume()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        if self._own_root:
            shutil.rmtree(self.root, ignore_errors=True)

    @staticmethod
    def resolve(path: str, cwd: str = "/") -> str:
        """The absolute path with `.`, `..`, doubled slashes and the names of shared storage resolved."""
        clean = posixpath.normpath(posixpath.join("/", cwd, path)).replace("//", "/")
        for alias in _SHARED_ALIASES:
            if clean == alias or clean.startswith(f"{alias}/"):
                return SHARED + clean[len(alias) :]
        return clean

    def host(self, path: str) -> Path:
        """Where the phone's path is on the host, for reading."""
        if "\0" in path:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), path)
        return self._inside(self.resolve(path))

    def host_for_writing(self, path: str) -> Path:
        """As `host`; PermissionError or a read-only error where the shell user may not write."""
        resolved = self.resolve(path)
        if not self.may_write(resolved):
            code = errno.EACCES if resolved.startswith(("/data", "/storage")) else errno.EROFS
            raise OSError(code, os.strerror(code), path)
        return self.host(path)

    def may_write(self, path: str) -> bool:
        resolved = self.resolve(path)
        return any(resolved == top or resolved.startswith(f"{top}/") for top in _WRITABLE)

    def phone_path(self, host: Path) -> str:
        """The phone's name of a host path inside this file system."""
        return "/" + host.relative_to(self.root).as_posix()

    def facts(self, path: str) -> FileFacts:
        """Owners and modes as Android shows them: shared storage has fixed ones, whatever was asked for."""
        facts = self._stat(path)
        owner, group, mode = self._ownership(self.resolve(path), facts.st_mode)
        return FileFacts(
            mode,
            facts.st_size,
            int(facts.st_mtime),
            owner,
            group,
            facts.st_nlink,
        )

    def on_written(self, path: str, mode: int) -> None:
        """After a push: keep the permissions where the file system has any."""
        if self.resolve(path).startswith(TEMP):
            self.host(path).chmod(mode & 0o777 | 0o600)

    def _stat(self, path: str) -> os.stat_result:
        try:
            return self.host(path).stat()
        except OSError as error:
            raise OSError(error.errno, error.strerror, path) from None

    @staticmethod
    def _ownership(resolved: str, mode: int) -> tuple[int, int, int]:
        kind = stat.S_IFMT(mode)
        if resolved.startswith("/storage"):
            return UID_MEDIA, GID_MEDIA, kind | (0o771 if stat.S_ISDIR(mode) else 0o660)
        if resolved.startswith(TEMP):
            return UID_SHELL, UID_SHELL, mode
        program = stat.S_ISDIR(mode) or resolved.startswith("/system/bin/")
        return 0, 0, kind | (0o755 if program else 0o644)

    def scan(self, path: str) -> int:
        """Make a file, or all files of a folder, known to the gallery; answers how many it shows."""
        start = self.host(path)
        found = _tree(start) if start.is_dir() else iter((start,))
        return self.store.add_all((self.phone_path(file), file) for file in found)

    def scan_volume(self) -> int:
        return self.scan(SHARED)

    def media(self) -> tuple[MediaItem, ...]:
        """The pictures and videos the gallery knows, newest first."""
        return self.store.items()

    def _inside(self, resolved: str) -> Path:
        return self.root / resolved.lstrip("/")


def _tree(folder: Path) -> Iterator[Path]:
    if (folder / ".nomedia").exists():
        return
    for entry in sorted(folder.iterdir()):
        if entry.is_dir():
            yield from _tree(entry)
        else:
            yield entry
