"""Files are encrypted while others write and delete them: what was written last stays, what was deleted stays deleted.

A test holds the lock that writers hold. So the rewriting has read its file and waits with its result while the test
does what a writer does.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.processes import wait_until
from tests.tickets.sealing import Seal
from tickets.errors import SecretUnreadable
from tickets.services import file_lock, sealed_files, secret_store
from tickets.services.evidence import pictures

RED, BLUE = (200, 0, 0), (0, 0, 200)


@pytest.fixture(autouse=True)
def keys(seal: Seal, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    seal(secret_store.new_key())


@pytest.fixture
def picture() -> str:
    return pictures.store(Image.new("RGB", (60, 60), RED), uuid.uuid4(), "screen")


@contextmanager
def rewritten_meanwhile(path: Path) -> Iterator[Future[bool]]:
    """In the block the file was read, its new form lies beside it, and it is about to be replaced."""
    with ThreadPoolExecutor(1) as pool:
        with file_lock.changing():
            done = pool.submit(sealed_files.rewrite, path, sealed=True)
            wait_until("the other form", lambda: done.done() or list(path.parent.glob("*.partial")))
            wait_until("its end", lambda: done.done() or is_whole(path))
            assert not done.done()
            yield done
        done.result(30)


def is_whole(path: Path) -> bool:
    [partial] = path.parent.glob("*.partial")
    try:
        return sealed_files.is_sealed(partial) and sealed_files.size_of(partial) == sealed_files.size_of(path)
    except SecretUnreadable:  # still being written
        return False


def test_a_picture_that_was_written_anew_meanwhile_is_not_put_back(picture: str) -> None:
    path = pictures.path_of(picture)
    with rewritten_meanwhile(path):
        pictures.write(Image.new("RGB", (60, 60), BLUE), picture)
    with pictures.opened(picture) as stored:
        red, _green, blue = stored.convert("RGB").getpixel((30, 30))
    assert blue > red
    assert sealed_files.is_sealed(path)
    assert not list(path.parent.glob("*.part*"))


REMOVALS: dict[str, Callable[[Path], Any]] = {
    "one file": file_lock.delete,
    "its folder": lambda path: file_lock.delete_folder(path.parent),
}


@pytest.mark.parametrize("removal", REMOVALS)
def test_a_picture_that_was_deleted_meanwhile_does_not_come_back(picture: str, removal: str) -> None:
    path = pictures.path_of(picture)
    with rewritten_meanwhile(path) as done:
        REMOVALS[removal](path)
    assert not path.exists()
    assert not list(path.parent.glob("*"))
    assert done.result() is False


def test_a_folder_that_is_gone_is_passed_over(picture: str) -> None:
    path = pictures.path_of(picture)
    shutil.rmtree(path.parent)
    assert sealed_files.rewrite(path, sealed=True) is False
