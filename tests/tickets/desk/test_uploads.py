"""Attachments are judged by content, and a refused file leaves nothing behind."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tickets.errors import FileRefused
from tickets.models import Attachment, Department, Ticket
from tickets.services.tickets import uploads
from tickets.services.tickets.changes import add_attachment, add_attachments, create_ticket

MP4 = b"\x00\x00\x00\x18ftypisom" + b"\x00" * 64


def picture(kind: str = "JPEG") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(buffer, kind)
    return buffer.getvalue()


def store(ticket: Ticket, upload: SimpleUploadedFile) -> Attachment:
    with uploads.staged([upload]) as [row]:
        return uploads.keep(row, ticket)


def stored_files(settings: Any) -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("data", "content_type", "kind"),
    [
        (picture("JPEG"), "image/jpeg", "image"),
        (picture("PNG"), "image/png", "image"),
        (picture("GIF"), "image/gif", "image"),
        (picture("WEBP"), "image/webp", "image"),
        (MP4, "video/mp4", "video"),
        (b"\x00\x00\x00\x14ftypqt  " + b"\x00" * 20, "video/quicktime", "video"),
        (b"\x1a\x45\xdf\xa3" + b"\x00" * 32, "video/webm", "video"),
        (b"%PDF-1.7\n", "application/pdf", "document"),
    ],
)
def test_the_content_says_what_a_file_is(ticket: Ticket, data: bytes, content_type: str, kind: str) -> None:
    row = store(ticket, SimpleUploadedFile("anything.bin", data, "application/x-lie"))
    assert (row.content_type, row.kind) == (content_type, kind)
    assert row.sha256 == hashlib.sha256(data).hexdigest()
    assert row.size == len(data)
    assert row.file.read() == data


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("virus.jpg", b"MZ\x90\x00" + b"\x00" * 60, "file_refused"),
        ("page.html", b"<html><script>alert(1)</script></html>", "file_refused"),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "file_refused"),
        ("photo.heic", b"\x00\x00\x00\x18ftypheic" + b"\x00" * 32, "file_refused"),
        ("table.csv", b"a,b\r\n1,2\r\n", "file_refused"),
        ("half.jpg", picture()[:40], "broken_image"),
        ("empty.jpg", b"", "empty_file"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_in_words(
    ticket: Ticket, name: str, data: bytes, code: str, settings: Any
) -> None:
    with pytest.raises(FileRefused) as refused:
        store(ticket, SimpleUploadedFile(name, data))
    assert refused.value.code == code
    assert name in refused.value.message
    assert stored_files(settings) == []


def test_a_file_above_the_limit_is_refused_before_it_is_read(ticket: Ticket, settings: Any) -> None:
    class Huge(SimpleUploadedFile):
        def read(self, *args: Any) -> bytes:
            raise AssertionError("a file that is too large need not be read")

    upload = Huge("video.mp4", b"x")
    upload.size = 2 * 1024**3
    with pytest.raises(FileRefused) as refused:
        store(ticket, upload)
    assert refused.value.code == "file_too_large"
    assert "200" in refused.value.message


def test_a_sender_that_lies_about_the_size_is_found_out(ticket: Ticket, settings: Any) -> None:
    settings.CS_AGENT = {**settings.CS_AGENT, "CS_AGENT_MAX_UPLOAD_MB": 1}
    upload = SimpleUploadedFile("video.mp4", MP4 + b"\x00" * 1024 * 1024)
    upload.size = 10
    with pytest.raises(FileRefused, match="file_too_large"):
        store(ticket, upload)
    assert stored_files(settings) == []


def test_one_bad_file_among_good_ones_leaves_no_ticket_and_no_file(department: Department, settings: Any) -> None:
    files = [SimpleUploadedFile("a.jpg", picture()), SimpleUploadedFile("b.exe", b"MZ" + b"\x00" * 60)]
    with pytest.raises(FileRefused):
        create_ticket(user=None, subject="s", text="t", department=department, files=files)
    assert not Ticket.objects.exists()
    assert stored_files(settings) == []


def test_no_file_is_read_or_written_while_rows_are_locked(department: Department, lin: Any, settings: Any) -> None:
    """Whoever reads or copies a large upload inside a transaction keeps every other writer waiting."""
    outside = len(connection.savepoint_ids)
    depths: list[int] = []

    class Watched(SimpleUploadedFile):
        def read(self, *args: Any) -> bytes:
            depths.append(len(connection.savepoint_ids))
            return super().read(*args)

    ticket = create_ticket(user=lin, subject="s", text="t", files=[Watched("a.jpg", picture())])
    add_attachments(ticket, [Watched("b.jpg", picture())], user=lin)
    assert depths
    assert set(depths) == {outside}
    assert len(stored_files(settings)) == 2


def test_files_go_again_when_their_rows_cannot_be_written(ticket: Ticket, settings: Any) -> None:
    with pytest.raises(RuntimeError), uploads.staged([SimpleUploadedFile("a.jpg", picture())]):
        raise RuntimeError("the database is away")
    assert stored_files(settings) == []


def test_eleven_files_are_too_many(department: Department, lin: Any) -> None:
    files = [SimpleUploadedFile(f"{n}.jpg", picture()) for n in range(11)]
    with pytest.raises(FileRefused, match="too_many_files"):
        create_ticket(user=lin, subject="s", text="t", files=files)
    ticket = create_ticket(user=lin, subject="s", text="t", files=files[:10])
    with pytest.raises(FileRefused, match="too_many_files"):
        add_attachment(ticket, files[10], user=lin)


def test_a_run_may_bring_a_table_back(ticket: Ticket, run: Any) -> None:
    row = add_attachment(ticket, SimpleUploadedFile("投诉记录.csv", b"a,b\r\n"), from_run=run)
    assert (row.content_type, row.kind, row.from_run) == ("text/csv", "document", run)


@pytest.mark.parametrize(
    ("given_name", "clean"),
    [
        ("../../etc/passwd.jpg", "passwd.jpg"),
        ("C:\\temp\\开箱 视频.JPG", "开箱_视频.jpg"),
        ("a\x00b\u202egpj.exe", "abgpj.exe.jpg"),
        ("", "file.jpg"),
        ("...", "file.jpg"),
        ("照片.jpeg", "照片.jpeg"),
        ("x" * 300 + ".jpg", "x" * 112 + ".jpg"),
    ],
)
def test_names_are_made_harmless(given_name: str, clean: str) -> None:
    assert uploads.clean_name(given_name, uploads.JPEG) == clean


@given(st.text(max_size=300))
def test_any_name_becomes_a_short_plain_file_name(name: str) -> None:
    clean = uploads.clean_name(name, uploads.MP4)
    assert clean.endswith((".mp4", ".m4v"))
    assert len(clean) <= uploads.MAX_NAME
    assert not set(clean) & set('/\\\0\n\r<>:"|?*')
    assert not clean.startswith(".")


def test_the_address_of_a_stored_file_cannot_be_guessed(ticket: Ticket) -> None:
    rows = [store(ticket, SimpleUploadedFile("same.jpg", picture())) for _ in range(2)]
    assert len({row.file.name for row in rows}) == 2
    assert not any("same" in row.file.name for row in rows)


def test_adding_a_file_is_on_the_record(ticket: Ticket, lin: Any) -> None:
    from tickets.models import AuditEvent

    row = add_attachment(ticket, SimpleUploadedFile("a.jpg", picture()), user=lin)
    event = AuditEvent.objects.get(type="attachment.added")
    assert (event.user_name, event.ticket_no, event.details["sha256"]) == ("lin", ticket.number, row.sha256)
    assert Attachment.objects.get().ticket == ticket


def test_of_several_files_all_are_added_or_none_and_the_bad_one_is_named(ticket: Ticket, lin: User) -> None:
    before = set(Path(settings.MEDIA_ROOT).rglob("*.jpg"))
    good = [SimpleUploadedFile(name, picture()) for name in ("a.jpg", "c.jpg")]
    with pytest.raises(FileRefused) as refused:
        add_attachments(ticket, [good[0], SimpleUploadedFile("b.exe", b"MZ" * 40), good[1]], user=lin)
    assert "b.exe" in refused.value.message
    assert "3 个文件都没有添加" in refused.value.message
    assert ticket.attachments.count() == 0
    assert set(Path(settings.MEDIA_ROOT).rglob("*.jpg")) == before
    assert [row.name for row in add_attachments(ticket, good, user=lin)] == ["a.jpg", "c.jpg"]
