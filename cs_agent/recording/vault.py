"""How a recording's files are kept where they must not lie readable on the disk."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO, Protocol


class Vault(Protocol):
    """Files written before the vault was used stay readable through it. Every method may raise a RecordingError."""

    def seal(self, data: bytes) -> bytes:
        """The bytes to write for a whole file."""

    def open(self, path: Path) -> BinaryIO:
        """The file's plain content, seekable."""

    def is_sealed(self, path: Path) -> bool:
        """Whether another program cannot read the file as it lies there."""

    def keep(self, made: Path, target: Path) -> None:
        """Put a finished plain file in its place, atomically; `made` may be gone afterwards."""


class Unsealed:
    """Files as they are."""

    def seal(self, data: bytes) -> bytes:
        return data

    def open(self, path: Path) -> BinaryIO:
        return path.open("rb")

    def is_sealed(self, path: Path) -> bool:
        return False

    def keep(self, made: Path, target: Path) -> None:
        os.replace(made, target)
