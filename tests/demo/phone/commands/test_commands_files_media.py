"""Pushed pictures and videos: what the gallery knows, when, and how it is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from cs_agent.demo.phone.device.files import PhoneFiles
from cs_agent.demo.phone.device.media import MediaKind, media_mime
from cs_agent.demo.phone.device.phone import VirtualPhone
from tests.demo.phone.adb.adb_support import ShellRunner

SCAN = "am broadcast -a android.intent.action.MEDIA_SCANNER_SCAN_FILE -d file://"
IMAGES = "content query --uri content://media/external/images/media"


def put(phone: VirtualPhone, path: str, content: bytes = b"x") -> None:
    host = phone.files.host_for_writing(path)
    host.parent.mkdir(parents=True, exist_ok=True)
    host.write_bytes(content)


def known(phone: VirtualPhone) -> list[str]:
    return [item.path for item in phone.files.media()]


async def test_a_pushed_picture_is_unknown_until_it_is_scanned(phone: VirtualPhone, run: ShellRunner) -> None:
    put(phone, "/sdcard/Pictures/a.jpg")
    assert known(phone) == []
    await run(f"{SCAN}/sdcard/Pictures/a.jpg")
    assert known(phone) == ["/storage/emulated/0/Pictures/a.jpg"]


@pytest.mark.parametrize(
    "command",
    [
        f"{SCAN}/storage/emulated/0/DCIM/Camera/a.mp4",
        f"{SCAN}/sdcard/DCIM/Camera/",
        "content call --uri content://media --method scan_volume --arg external_primary",
    ],
)
async def test_every_way_to_scan_finds_the_video(phone: VirtualPhone, run: ShellRunner, command: str) -> None:
    put(phone, "/sdcard/DCIM/Camera/a.mp4")
    assert (await run(command)).status == 0
    assert known(phone) == ["/storage/emulated/0/DCIM/Camera/a.mp4"]
    assert phone.files.media()[0].kind is MediaKind.VIDEO


async def test_names_in_a_scanned_address_may_be_percent_encoded_or_plain(
    phone: VirtualPhone, run: ShellRunner
) -> None:
    put(phone, "/sdcard/Pictures/开 箱.jpg")
    await run(f"{SCAN}/sdcard/Pictures/%E5%BC%80%20%E7%AE%B1.jpg")
    assert [item.name for item in phone.files.media()] == ["开 箱.jpg"]


@pytest.mark.parametrize("path", ["/sdcard/Pictures/a.txt", "/sdcard/Pictures/.hidden.jpg", "/sdcard/none.jpg"])
async def test_what_is_no_visible_picture_stays_unknown(phone: VirtualPhone, run: ShellRunner, path: str) -> None:
    if "none" not in path:
        put(phone, path)
    ran = await run(f"{SCAN}{path}")
    assert ran.out.endswith("Broadcast completed: result=0\n")
    assert known(phone) == []


async def test_folders_marked_as_no_media_are_left_out(phone: VirtualPhone, run: ShellRunner) -> None:
    put(phone, "/sdcard/Pictures/secret/.nomedia")
    put(phone, "/sdcard/Pictures/secret/a.jpg")
    put(phone, "/sdcard/Pictures/b.jpg")
    await run("content call --uri content://media --method scan_volume --arg external_primary")
    assert known(phone) == ["/storage/emulated/0/Pictures/b.jpg"]


async def test_a_deleted_file_leaves_the_gallery(phone: VirtualPhone, run: ShellRunner) -> None:
    put(phone, "/sdcard/Pictures/a.jpg")
    await run(f"{SCAN}/sdcard/Pictures/a.jpg; rm /sdcard/Pictures/a.jpg")
    assert known(phone) == []


async def test_a_query_answers_rows_in_the_providers_form(phone: VirtualPhone, run: ShellRunner) -> None:
    put(phone, "/sdcard/Pictures/a.jpg", b"123")
    put(phone, "/sdcard/Pictures/b.png", b"12345")
    await run(f"{SCAN}/sdcard/Pictures/a.jpg; {SCAN}/sdcard/Pictures/b.png")
    ran = await run(f"{IMAGES} --projection _id:_data:_size:mime_type:owner")
    first, second = phone.files.media()[::-1]
    assert ran.out == (
        f"Row: 0 _id={first.id}, _data=/storage/emulated/0/Pictures/a.jpg, _size=3, mime_type=image/jpeg, owner=NULL\n"
        f"Row: 1 _id={second.id}, _data=/storage/emulated/0/Pictures/b.png, _size=5, mime_type=image/png, owner=NULL\n"
    )


async def test_no_rows_is_said_in_words(run: ShellRunner) -> None:
    assert (await run(IMAGES)).out == "No result found.\n"


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("content query --uri content://media/external/nothing", "Unknown URL"),
        ("content query --uri content://contacts/people", "Could not find provider"),
        ("content call --uri content://media --method explode", "Unsupported call"),
        ("content fetch --uri content://media", "Unsupported operation"),
    ],
)
async def test_a_query_that_makes_no_sense_is_an_error_and_not_everything(
    run: ShellRunner, command: str, words: str
) -> None:
    ran = await run(command)
    assert ran.status != 0
    assert words in ran.err
    assert ran.out == ""


def test_a_phone_started_on_old_files_knows_them(tmp_path: Path) -> None:
    with PhoneFiles(tmp_path) as files:
        files.host("/sdcard/Pictures/a.jpg").write_bytes(b"1")
    with PhoneFiles(tmp_path) as files:
        assert [item.name for item in files.media()] == ["a.jpg"]
    assert tmp_path.exists()


def test_the_files_of_a_phone_go_with_it() -> None:
    with PhoneFiles() as files:
        root = files.root
        assert root.is_dir()
    assert not root.exists()


def test_ids_stay_with_their_rows_and_are_never_used_again(phone: VirtualPhone) -> None:
    put(phone, "/sdcard/Pictures/a.jpg")
    phone.files.scan_volume()
    first = phone.files.media()[0].id
    phone.files.scan_volume()
    assert phone.files.media()[0].id == first
    phone.files.host("/sdcard/Pictures/a.jpg").unlink()
    assert phone.files.media() == ()
    put(phone, "/sdcard/Pictures/a.jpg")
    phone.files.scan_volume()
    assert phone.files.media()[0].id > first


@pytest.mark.parametrize(
    ("name", "mime"),
    [("a.JPG", "image/jpeg"), ("a.mp4", "video/mp4"), ("a.heic", "image/heic"), ("a.pdf", ""), ("a", "")],
)
def test_the_kind_of_a_file_is_read_from_its_name(name: str, mime: str) -> None:
    assert media_mime(name) == mime
