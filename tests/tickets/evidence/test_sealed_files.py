"""Attachments are unreadable on the disk where the installation says so, and come out whole or not at all."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from hypothesis import HealthCheck, example, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from consoles.web.media import Kind, address
from tests.tickets.sealing import Seal
from tickets.errors import SecretUnreadable
from tickets.models import Attachment, AuditEvent, Ticket
from tickets.services import sealed_files, secret_store
from tickets.services.sealed_files import MARK, PIECE
from tickets.services.tickets import uploads

PDF = b"%PDF-1.7\n" + b"13812345678 " * 100
BIG = b"%PDF-1.7\n" + bytes(range(256)) * (3 * PIECE // 256)


def stored(ticket: Ticket, content: bytes) -> Attachment:
    with uploads.staged([SimpleUploadedFile("a.pdf", content)]) as [row]:
        return uploads.keep(row, ticket)


def on_disk(row: Attachment) -> Path:
    return Path(row.file.path)


def read(row: Attachment) -> bytes:
    with sealed_files.open_file(on_disk(row)) as file:
        return file.read()


def test_a_sealed_attachment_holds_nothing_readable_and_comes_out_as_it_went_in(ticket: Ticket, seal: Seal) -> None:
    seal(secret_store.new_key())
    row = stored(ticket, PDF)
    raw = on_disk(row).read_bytes()
    assert raw.startswith(MARK)
    assert b"13812345678" not in raw
    assert b"PDF" not in raw
    assert read(row) == PDF
    assert (row.size, sealed_files.size_of(on_disk(row))) == (len(PDF), len(PDF))


@pytest.mark.parametrize("length", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 7])
def test_every_length_is_kept(tmp_path: Path, seal: Seal, length: int) -> None:
    seal(secret_store.new_key())
    content = (bytes(range(251)) * (length // 251 + 1))[:length]
    path = tmp_path / "file"
    path.write_bytes(b"".join(sealed_files.as_stored(SimpleUploadedFile("a", content)).chunks()))
    assert sealed_files.size_of(path) == length
    with sealed_files.open_file(path) as file:
        assert file.read() == content


@examples(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(start=PIECE - 1, length=2)
@given(start=st.integers(0, len(BIG) + 10), length=st.integers(0, PIECE + 10))
def test_any_part_can_be_read_without_the_rest(tmp_path: Path, seal: Seal, start: int, length: int) -> None:
    path = tmp_path / "big"
    if not path.exists():
        seal(secret_store.new_key())
        path.write_bytes(b"".join(sealed_files.as_stored(SimpleUploadedFile("a", BIG)).chunks()))
    with sealed_files.open_file(path) as file:
        file.seek(start)
        assert file.read(length) == BIG[start : start + length]


def _swapped(raw: bytes, one: int, other: int) -> bytes:
    length = sealed_files._SEALED_PIECE
    places = [len(MARK) + number * length for number in (one, other)]
    parts = bytearray(raw)
    first, second = (raw[place : place + length] for place in places)
    parts[places[0] : places[0] + length], parts[places[1] : places[1] + length] = second, first
    return bytes(parts)


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "a changed byte": lambda raw: raw[:-40] + bytes([raw[-40] ^ 1]) + raw[-39:],
    "cut short": lambda raw: raw[: len(MARK) + sealed_files._SEALED_PIECE],
    "nothing but the mark": lambda raw: MARK,
    "a piece twice": lambda raw: raw + raw[len(MARK) : len(MARK) + sealed_files._SEALED_PIECE],
    "pieces in another order": lambda raw: _swapped(raw, 0, 1),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_an_error_and_never_other_content(ticket: Ticket, seal: Seal, damage: str) -> None:
    seal(secret_store.new_key())
    row = stored(ticket, BIG)
    on_disk(row).write_bytes(DAMAGES[damage](on_disk(row).read_bytes()))
    with pytest.raises(SecretUnreadable):
        read(row)


def test_a_piece_of_another_file_is_refused(ticket: Ticket, seal: Seal) -> None:
    seal(secret_store.new_key())
    one, other = (on_disk(stored(ticket, BIG)) for _ in range(2))
    start, length = len(MARK), sealed_files._SEALED_PIECE
    raw = one.read_bytes()
    one.write_bytes(raw[:start] + other.read_bytes()[start : start + length] + raw[start + length :])
    with pytest.raises(SecretUnreadable), sealed_files.open_file(one) as file:
        file.read()


def test_without_the_key_nothing_opens_and_the_page_says_so_in_words(
    ticket: Ticket, seal: Seal, client: Client, ann: Any
) -> None:
    seal(secret_store.new_key())
    row = stored(ticket, PDF)
    seal(secret_store.new_key())
    with pytest.raises(SecretUnreadable, match="CS_AGENT_SECRETS_KEYS"):
        read(row)
    client.force_login(ann)
    answer = client.get(address(Kind.ATTACHMENT, row.pk))
    assert answer.status_code == 409
    assert "CS_AGENT_SECRETS_KEYS" in answer.content.decode()


def test_a_browser_gets_the_whole_file_and_any_range_of_it(
    ticket: Ticket, seal: Seal, client: Client, ann: Any
) -> None:
    seal(secret_store.new_key())
    row = stored(ticket, BIG)
    client.force_login(ann)
    part = client.get(address(Kind.ATTACHMENT, row.pk), headers={"Range": f"bytes={PIECE - 3}-{PIECE + 3}"})
    assert part.status_code == 206
    assert part["Content-Range"] == f"bytes {PIECE - 3}-{PIECE + 3}/{len(BIG)}"
    assert b"".join(part) == BIG[PIECE - 3 : PIECE + 4]  # type: ignore[arg-type]
    beyond = client.get(address(Kind.ATTACHMENT, row.pk), headers={"Range": f"bytes={len(BIG)}-"})
    assert beyond.status_code == 416


def test_a_phone_is_given_an_open_copy_that_is_gone_afterwards(ticket: Ticket, seal: Seal) -> None:
    seal(secret_store.new_key())
    row = stored(ticket, PDF)
    with sealed_files.plain_path(on_disk(row)) as path:
        assert path != on_disk(row)
        assert path.read_bytes() == PDF
    assert not path.exists()
    seal(on=False)
    open_row = stored(ticket, PDF)
    with sealed_files.plain_path(on_disk(open_row)) as path:
        assert path == on_disk(open_row)


def test_files_of_before_are_sealed_by_a_command_and_opened_by_another(ticket: Ticket, seal: Seal) -> None:
    seal(on=False)
    row = stored(ticket, BIG)
    seal(secret_store.new_key())
    assert read(row) == BIG
    told = io.StringIO()
    call_command("secrets", "seal-files", stdout=told)
    assert told.getvalue().startswith("1 files")
    assert on_disk(row).read_bytes().startswith(MARK)
    assert read(row) == BIG
    call_command("secrets", "open-files", stdout=told)
    assert on_disk(row).read_bytes() == BIG
    assert [event.details["sealed"] for event in AuditEvent.objects.filter(type="files.rewritten")] == [True, False]


def test_after_a_rotation_the_old_key_can_be_taken_away(ticket: Ticket, seal: Seal) -> None:
    old, new = secret_store.new_key(), secret_store.new_key()
    seal(old)
    row = stored(ticket, PDF)
    seal(new, old)
    call_command("secrets", "rotate", stdout=io.StringIO())
    seal(new)
    assert read(row) == PDF


def test_a_rewriting_that_meets_a_file_it_cannot_open_stops_and_leaves_it(ticket: Ticket, seal: Seal) -> None:
    seal(secret_store.new_key())
    row = stored(ticket, PDF)
    raw = on_disk(row).read_bytes()
    seal(secret_store.new_key())
    with pytest.raises(CommandError, match="CS_AGENT_SECRETS_KEYS"):
        call_command("secrets", "seal-files", stdout=io.StringIO())
    assert on_disk(row).read_bytes() == raw
    assert [path.name for path in on_disk(row).parent.iterdir() if path.name.endswith(".partial")] == []
