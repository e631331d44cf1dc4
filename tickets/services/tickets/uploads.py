"""Attachments: type detected by content, size measured while streaming, stored under a safe name.

Rule: the sender's type and size are not trusted; nothing of a refused file is kept.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
import warnings
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

from tickets.errors import FileRefused
from tickets.models import Attachment, AttachmentKind, Run, Ticket
from tickets.services import sealed_files

MAX_FILES = 10  # per ticket
MAX_NAME = 120
MAX_PIXELS = 60_000_000  # beyond it a picture is a decompression bomb, or of no use
_CHUNK = 256 * 1024


@dataclass(frozen=True, slots=True)
class FileType:
    content_type: str
    kind: AttachmentKind
    suffix: str
    suffixes: tuple[str, ...] = ()  # others that customers' phones use for the same


_IMAGE, _VIDEO, _DOCUMENT = AttachmentKind.IMAGE, AttachmentKind.VIDEO, AttachmentKind.DOCUMENT
JPEG = FileType("image/jpeg", _IMAGE, ".jpg", (".jpeg",))
PNG = FileType("image/png", _IMAGE, ".png")
GIF = FileType("image/gif", _IMAGE, ".gif")
WEBP = FileType("image/webp", _IMAGE, ".webp")
MP4 = FileType("video/mp4", _VIDEO, ".mp4", (".m4v",))
MOV = FileType("video/quicktime", _VIDEO, ".mov")
WEBM = FileType("video/webm", _VIDEO, ".webm", (".mkv",))
PDF = FileType("application/pdf", _DOCUMENT, ".pdf")
CSV = FileType("text/csv", _DOCUMENT, ".csv")
ACCEPTED = "JPEG、PNG、GIF、WebP、MP4、MOV、WebM、PDF"


def detect(head: bytes) -> FileType | None:
    """The type by the first bytes (at least 16 are needed); None for anything not accepted."""
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head[:6] in (b"GIF87a", b"GIF89a"):
        return GIF
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head[4:8] == b"ftyp":
        return _of_brand(head[8:12])
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return WEBM
    return PDF if head.startswith(b"%PDF-") else None


def clean_name(name: str, file_type: FileType) -> str:
    """A name safe to show and to store: no path, no control or direction characters, the suffix of its content."""
    base = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(char for char in base if unicodedata.category(char)[0] != "C")
    kept = re.sub(r'[<>:"|?*\s]+', "_", kept).strip("._ ")
    path = PurePosixPath(kept or "file")
    fits = path.suffix.lower() in {file_type.suffix, *file_type.suffixes}
    stem = (path.stem if fits else path.name)[: MAX_NAME - 8] or "file"
    return stem + (path.suffix.lower() if fits else file_type.suffix)


def refuse_too_many(files: Iterable[Any], present: int = 0) -> None:
    if present + len(list(files)) > MAX_FILES:
        raise FileRefused(_("一个工单最多 %d 个附件。") % MAX_FILES, code="too_many_files")


class Placed(File):  # type: ignore[type-arg]  # without the stubs it takes no argument
    """A file that was checked and copied to its place before, as the row that is not saved yet."""

    def __init__(self, row: Attachment) -> None:
        super().__init__(None, row.name)
        self.row = row


@contextmanager
def placed_ahead(files: Iterable[File[bytes]]) -> Iterator[list[File[bytes]]]:
    """As `staged`, for a caller who opens the transaction in which a service stores the rows later. After the block
    those are deleted that no row names."""
    with staged(files) as rows:
        yield [Placed(row) for row in rows]
        for row in rows:
            if not Attachment.objects.filter(file=row.file.name).exists():
                row.file.delete(save=False)


@contextmanager
def staged(files: Iterable[File[bytes]], *, from_run: Run | None = None) -> Iterator[list[Attachment]]:
    """Check, measure and copy files to their places, as rows that are not saved yet (`keep` saves one).

    Entered before the rows' transaction, in which no file is read or written. Any exception in the block, or a
    FileRefused for one file, deletes all of them.
    """
    with ExitStack() as undo:
        rows = []
        for upload in files:
            if isinstance(upload, Placed):  # whoever placed it deletes it
                rows.append(upload.row)
                continue
            rows.append(row := _staged(upload, from_run))
            undo.callback(row.file.delete, save=False)
        yield rows
        undo.pop_all()


def keep(row: Attachment, ticket: Ticket, user: Any = None) -> Attachment:
    """Save the row of a staged file inside the caller's transaction."""
    row.ticket, row.uploaded_by = ticket, user
    row.save()
    return row


def _staged(upload: File[bytes], from_run: Run | None) -> Attachment:
    name = str(upload.name or "file")
    _refuse_size(name, upload.size)
    upload.seek(0)
    file_type = detect(upload.read(32)) or _as_export(name, from_run)
    if file_type is None:
        raise FileRefused(_("不支持的文件类型:%(name)s。可以上传:%(types)s。") % {"name": name[:80], "types": ACCEPTED})
    _refuse_broken_image(name, upload, file_type)
    sha256, size = measure(upload, name)
    named = {"name": clean_name(name, file_type), "content_type": file_type.content_type, "kind": file_type.kind}
    row = Attachment(**named, size=size, sha256=sha256, from_run=from_run)
    upload.seek(0)
    row.file.save("file" + file_type.suffix, sealed_files.as_stored(upload), save=False)
    return row


def limit_bytes() -> int:
    return int(settings.CS_AGENT["CS_AGENT_MAX_UPLOAD_MB"]) * 1024 * 1024


def measure(upload: File[bytes], name: str = "") -> tuple[str, int]:
    """SHA-256 and true size, read once in pieces; a file that grows past the limit is refused."""
    upload.seek(0)
    digest, size = hashlib.sha256(), 0
    for chunk in _chunks(upload):
        digest.update(chunk)
        size += len(chunk)
        _refuse_size(name, size)
    return digest.hexdigest(), size


def _chunks(upload: File[bytes]) -> Iterator[bytes]:
    while chunk := upload.read(_CHUNK):
        yield chunk


def _refuse_size(name: str, size: int) -> None:
    if size == 0:
        raise FileRefused(_("文件是空的:%s") % name[:80], code="empty_file")
    if size > limit_bytes():
        limit = settings.CS_AGENT["CS_AGENT_MAX_UPLOAD_MB"]
        message = _("文件太大:%(name)s。每个附件最多 %(limit)s MB。") % {"name": name[:80], "limit": limit}
        raise FileRefused(message, code="file_too_large")


def _refuse_broken_image(name: str, upload: File[bytes], file_type: FileType) -> None:
    if file_type.kind is not AttachmentKind.IMAGE:
        return
    upload.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # judged below, by our own limit
            with Image.open(upload) as image:
                too_large = image.width * image.height > MAX_PIXELS
                if not too_large:
                    image.verify()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise FileRefused(_("图片已损坏,无法读取:%s") % name[:80], code="broken_image") from error
    if too_large:
        raise FileRefused(_("图片尺寸过大:%s") % name[:80], code="image_too_large")


def _of_brand(brand: bytes) -> FileType | None:
    """ISO base media: QuickTime and MP4 by their brand; HEIC and AVIF pictures are not accepted."""
    if brand == b"qt  ":
        return MOV
    still = brand[:3] in (b"hei", b"hev", b"avi", b"mif", b"msf")
    return None if still else MP4


def _as_export(name: str, from_run: Any) -> FileType | None:
    """A table that a run brought back from a phone; people cannot upload tables."""
    return CSV if from_run is not None and name.lower().endswith(".csv") else None
