"""Pictures of runs on disk, written atomically under unguessable names.

Rule: they are encrypted where the installation says so (`sealed_files`); rows hold paths below MEDIA_ROOT; views serve
them after a permission check, never by address.
"""

from __future__ import annotations

import errno
import io
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.conf import settings
from PIL import Image

from cs_agent.observation import as_rgb
from tickets.errors import SecretUnreadable
from tickets.services import file_lock, sealed_files

JPEG_QUALITY = 82  # text on a phone's screen stays readable; about 150 kB for 1080 x 2400


def store(image: Image.Image, run_id: uuid.UUID, kind: str) -> str:
    """Write a JPEG below MEDIA_ROOT and return its path there; OSError if it cannot be written.

    The picture is written unchanged: the caller has redacted it.
    """
    relative = reserve(run_id, kind)
    write(image, relative)
    return relative


def reserve(run_id: uuid.UUID, kind: str) -> str:
    """A path below MEDIA_ROOT for a picture that will be written later."""
    return f"runs/{run_id}/{kind}-{uuid.uuid4().hex}.jpg"


def write(image: Image.Image, relative: str) -> None:
    """Write a JPEG to its path below MEDIA_ROOT; OSError if it cannot be written."""
    path = Path(settings.MEDIA_ROOT) / relative
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = path.with_suffix(".part")
    data = io.BytesIO()
    as_rgb(image).save(data, "JPEG", quality=JPEG_QUALITY)
    try:
        whole.write_bytes(_as_stored(data.getvalue()))
        file_lock.put(whole, path)
    finally:
        whole.unlink(missing_ok=True)


def _as_stored(data: bytes) -> bytes:
    try:
        return sealed_files.in_stored_form(data)
    except SecretUnreadable as error:
        raise OSError(errno.EACCES, error.message) from error


@contextmanager
def opened(relative: str) -> Iterator[Image.Image]:
    """Context manager: a stored picture. OSError or ValueError if there is none that can be read."""
    try:
        with sealed_files.open_file(path_of(relative)) as file, Image.open(file) as stored:
            yield stored
    except SecretUnreadable as error:
        raise OSError(errno.EACCES, error.message) from error


@contextmanager
def removed_on_failure(relative: str) -> Iterator[None]:
    """Delete a just stored picture if the block, which writes its row, raises."""
    with ExitStack() as undo:
        if relative:
            undo.callback(path_of(relative).unlink, missing_ok=True)
        yield
        undo.pop_all()


def path_of(relative: str) -> Path:
    """The file of a stored picture; ValueError for a path that leads out of MEDIA_ROOT."""
    root = Path(settings.MEDIA_ROOT).resolve()
    path = (root / relative).resolve()
    if not path.is_relative_to(root):
        raise ValueError("the path leads out of the media folder")
    return path
