"""The whole phone against a virtual phone over stock adb."""

from __future__ import annotations

import asyncio
import os
import subprocess
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from cs_agent.demo.phone.device.fake_screen import FakeScreen
from cs_agent.demo.phone.household import Household
from cs_agent.demo.phone.options import Options, ScreenKind
from cs_agent.engine.actions.values import Home, Tap
from cs_agent.engine.run.flow import FlowRules
from cs_agent.engine.run.prompts import load_prompt
from cs_agent.engine.run.protocols import Key, Message, Phone
from cs_agent.engine.run.state import StepStatus
from cs_agent.engine.turn.loop import Engine, EngineSettings, start
from cs_agent.geometry import Box, Point, Size
from cs_agent.observation import TextLine
from cs_agent.phone import errors
from cs_agent.phone.adb import keyboard_apk
from cs_agent.phone.adb.connection import AdbServer
from cs_agent.phone.adb.doctor import examine, fix_of, typing
from cs_agent.phone.adb.phone import AdbPhone
from cs_agent.phone.adb.server import adb_program
from cs_agent.phone.file_names import safe_name
from cs_agent.phone.findings import CheckStatus, is_usable
from cs_agent.testing.model import ScriptedModel
from cs_agent.testing.run import MemoryJournal, StillPicture
from tests.phone.conftest import StartPhone


def field_text(phone: AdbPhone) -> str:
    return next(node.text for node in phone.nodes() or () if node.editable)


def test_it_is_what_the_engine_calls_a_phone(phone: AdbPhone) -> None:
    engines_view: Phone = phone
    assert engines_view.size() == Size(1080, 2400)


def test_both_screenshot_routes_show_the_same(phone: AdbPhone) -> None:
    measured = phone.measure_routes()
    assert measured.raw_s is not None
    assert measured.png_s is not None
    assert phone.screenshot().size == phone.size()


def test_gestures_and_keys_are_taken(phone: AdbPhone) -> None:
    middle = Point(540, 1200)
    phone.tap(middle)
    phone.double_tap(middle)
    phone.long_press(middle, 0.1)
    phone.swipe(middle, Point(540, 600), 0.1)
    phone.press(Key.BACK)
    phone.press(Key.HOME)
    assert phone.foreground().known


@pytest.mark.parametrize("point", [Point(-1, 5), Point(5, -1), Point(1080, 5), Point(5, 2400)])
def test_a_gesture_off_the_screen_is_refused_here(phone: AdbPhone, point: Point) -> None:
    with pytest.raises(errors.GestureOffScreen):
        phone.tap(point)


@pytest.mark.parametrize("text", ["查询订单202405218876", "a'b\"c $d `e` %s\\n", "😀 emoji", ""])
def test_typed_text_is_in_the_field(phone: AdbPhone, text: str) -> None:
    own = phone.keyboard.current()
    phone.type_text(text)
    assert field_text(phone) == text
    assert phone.keyboard.current() == own


def test_apps_start_by_package_and_by_the_installations_names(phone: AdbPhone) -> None:
    phone.launch("com.example.notes")
    assert phone.foreground().package == "com.example.notes"
    named = AdbPhone(phone.serial, port=phone.link.client.port, app_names={"随手记": "com.example.browser"})
    named.launch("随手记")
    assert named.foreground().package == "com.example.browser"
    phone.stop_app("com.example.browser")
    phone.press(Key.HOME)


def test_an_unknown_app_is_unknown(phone: AdbPhone) -> None:
    with pytest.raises(errors.UnknownApp):
        phone.launch("微信; reboot")


@pytest.mark.parametrize("name", ["开箱 视频.mp4", "it's a picture.JPG"])
def test_pushed_media_is_in_the_gallery_and_comes_back_whole(phone: AdbPhone, tmp_path: Path, name: str) -> None:
    local = tmp_path / "in"
    local.write_bytes(bytes(range(256)) * 700)
    remote = phone.push_media(local, name)
    assert phone.push_media(local, name) == remote
    folder, _, stored = remote.rpartition("/")
    assert [(entry.name, entry.size) for entry in phone.list_files(folder) if entry.name == stored] == [
        (stored, 179200)
    ]
    assert phone.pull(remote, tmp_path / "out").read_bytes() == local.read_bytes()
    for _ in range(2):
        phone.remove(remote)
    assert stored not in [entry.name for entry in phone.list_files(folder)]
    assert not phone.files._is_indexed(remote.replace("/sdcard", "/storage/emulated/0"))


def test_what_is_not_on_the_phone_is_missing_and_leaves_nothing_behind(phone: AdbPhone, tmp_path: Path) -> None:
    with pytest.raises(errors.FileMissing):
        phone.pull("/sdcard/none.mp4", tmp_path / "out")
    with pytest.raises(errors.FileMissing):
        phone.list_files("/sdcard/none")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_is_a_failed_transfer(phone: AdbPhone, tmp_path: Path) -> None:
    local = tmp_path / "in"
    local.write_bytes(b"x")
    with pytest.raises((errors.TransferFailed, errors.CommandFailed)):
        phone.files.push(local, "/system/app/x")


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("a.mp4", "a.mp4"),
        ("../../etc/passwd", "passwd"),
        ("C:\\x\\y.jpg", "y.jpg"),
        (".hidden", "hidden"),
        ("a\nb?.png", "a_b_.png"),
        ("", "file"),
        ("长" * 300 + ".mp4", "长" * 65 + ".mp4"),
    ],
)
def test_a_name_given_by_a_customer_is_only_a_name(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_health_says_what_the_phone_says(phone: AdbPhone) -> None:
    health = phone.health()
    assert health.android
    assert health.battery_percent is not None
    assert health.awake is True


def test_a_sleeping_phone_is_named_and_can_be_woken(phone: AdbPhone) -> None:
    phone.link.check("input keyevent KEYCODE_SLEEP")
    with pytest.raises(errors.ScreenOff):
        phone.screenshot()
    phone.wake()
    assert phone.screenshot().size == Size(1080, 2400)


def test_leaving_brings_home_and_keyboard_back(phone: AdbPhone) -> None:
    own = phone.keyboard.current()
    phone.launch("com.example.notes")
    phone.link.check("ime set com.android.adbkeyboard/.AdbIME")
    phone.home_and_restore()
    assert phone.keyboard.current() == own
    assert "launcher" in phone.foreground().package


def test_many_threads_may_look_at_once(phone: AdbPhone) -> None:
    sizes: list[Size] = []
    threads = [threading.Thread(target=lambda: sizes.append(phone.screenshot().size)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sizes == [Size(1080, 2400)] * 6


def test_the_doctor_finds_a_healthy_phone_usable(phone: AdbPhone) -> None:
    checks = examine(phone, touch=False)
    assert is_usable(checks), [check for check in checks if check.status is CheckStatus.FAULT]
    assert {"connection", "screen", "size", "tree", "keyboard", "battery"} <= {check.code for check in checks}
    assert all("{" not in check.told(lang) + check.remedy_in(lang) for check in checks for lang in ("zh", "en"))


def test_the_doctor_shows_by_typing_that_broadcasts_arrive(start_phone: StartPhone, phone: AdbPhone) -> None:
    own = phone.keyboard.current()
    assert [check.status for check in typing.typing(phone)] == [CheckStatus.OK]
    assert (field_text(phone), phone.keyboard.current()) == ("", own)
    dead = start_phone("dead_keyboard")
    with pytest.raises(errors.TypedTextLost) as caught:
        typing.typing(dead)
    assert "--keyboard" in fix_of(caught.value, dead)


def packed(path: Path, package: str) -> Path:
    """A package as far as its manifest names it, in UTF-16 as packed manifests are."""
    with zipfile.ZipFile(path, "w") as apk:
        apk.writestr("AndroidManifest.xml", b"\x03\x00\x08\x00" + package.encode("utf-16-le"))
    return path


def test_a_phone_without_the_keyboard_is_given_it_from_a_file(start_phone: StartPhone, tmp_path: Path) -> None:
    phone = start_phone("missing_keyboard")
    with pytest.raises(errors.KeyboardMissing):
        phone.type_text("你好")
    assert [check.status for check in (*typing.keyboard(phone), *typing.typing(phone))] == [CheckStatus.FAULT]
    with pytest.raises(errors.NotTheKeyboard):
        keyboard_apk.install(phone, packed(tmp_path / "other.apk", "com.example.other"))
    (tmp_path / "page.html").write_text("<html>not found</html>")
    with pytest.raises(errors.NotTheKeyboard):
        keyboard_apk.install(phone, tmp_path / "page.html")
    keyboard_apk.install(phone, packed(tmp_path / "keyboard.apk", "com.android.adbkeyboard"))
    assert [check.status for check in (*typing.keyboard(phone), *typing.typing(phone))] == [CheckStatus.OK] * 2
    assert "cs_agent_keyboard.apk" not in [entry.name for entry in phone.list_files("/data/local/tmp")]


def test_the_command_that_mends_a_finding_does_when_it_is_run_as_it_stands(phone: AdbPhone) -> None:
    before = {check.code: check for check in examine(phone, touch=False)}
    assert before["animations"].status is CheckStatus.WARN
    environment = {"PATH": f"{adb_program().parent}:{os.environ['PATH']}"}
    for code in ("animations", "stay_awake"):
        subprocess.run(["/bin/sh", "-c", before[code].fix], env=environment, check=True, timeout=20)
    after = {check.code: check for check in examine(phone, touch=False)}
    assert [after[code].status for code in ("animations", "stay_awake")] == [CheckStatus.OK] * 2


def test_a_secure_window_is_named_and_black_is_never_a_screen(start_phone: StartPhone) -> None:
    phone = start_phone("secure_window")
    with pytest.raises(errors.SecureScreen):
        phone.screenshot()


def test_lost_text_is_noticed_and_the_keyboard_given_back(start_phone: StartPhone) -> None:
    phone = start_phone("dead_keyboard")
    own = phone.keyboard.current()
    with pytest.raises(errors.TypedTextLost):
        phone.type_text("退款")
    assert phone.keyboard.current() == own


def test_an_unauthorised_phone_says_what_to_press(start_phone: StartPhone) -> None:
    phone = start_phone("unauthorized")
    with pytest.raises(errors.PhoneUnauthorized) as caught:
        phone.screenshot()
    assert "允许" in caught.value.advice
    checks = examine(phone)
    assert [check.status for check in checks] == [CheckStatus.FAULT]
    assert not is_usable(checks)


def test_pictures_cut_short_do_not_reach_anybody(start_phone: StartPhone) -> None:
    phone = start_phone("truncated_png=2")
    shots = [phone.screenshot().size for _ in range(4)]
    assert shots == [Size(1080, 2400)] * 4
    assert phone.measure_routes().best is not None


def test_a_second_display_does_not_spoil_the_picture(start_phone: StartPhone) -> None:
    assert start_phone("two_displays").screenshot().size == Size(1080, 2400)


def test_the_app_in_front_and_the_rotation_are_those_of_the_display_that_is_pictured(start_phone: StartPhone) -> None:
    phone = start_phone("two_displays")
    phone.launch("com.example.notes")
    assert phone.foreground().package == "com.example.notes"
    assert (phone.size(), phone.screen.rotation()) == (Size(1080, 2400), 0)


def test_a_phone_that_refuses_keyboards_is_told_from_one_that_has_none(start_phone: StartPhone) -> None:
    phone = start_phone("refused_ime")
    with pytest.raises(errors.KeyboardRefused):
        phone.type_text("你好")
    found = {check.code: check.status for check in examine(phone, touch=False)}
    assert (found["keyboard"], found["security"]) == (CheckStatus.OK, CheckStatus.FAULT)


def test_a_shut_foldable_is_seen_and_touched_on_the_display_that_is_on(start_phone: StartPhone) -> None:
    phone = start_phone("folded")
    assert (phone.screenshot().size, phone.size()) == (Size(864, 2160), Size(864, 2160))
    phone.tap(Point(800, 2100))
    with pytest.raises(errors.GestureOffScreen):
        phone.tap(Point(1000, 2300))  # there is nothing on this display


class NoReader:
    def read(self, image: Image.Image, region: Box | None = None, *, thorough: bool = False) -> tuple[TextLine, ...]:
        return ()


async def test_a_run_decides_anew_where_the_phone_is_folded_between_a_picture_and_its_touch(
    adb_server: AdbServer,
) -> None:
    async with Household(Options(port=0, count=1, screen=ScreenKind.FAKE)) as household:
        [foldable] = household.members
        loop = asyncio.get_running_loop()

        def fold(shut: bool) -> None:
            async def switch() -> None:
                foldable.faults.set("folded", shut)

            asyncio.run_coroutine_threadsafe(switch(), loop).result(10)

        phone = AdbPhone(foldable.address, port=adb_server.port)
        statuses = await asyncio.to_thread(_run_at_field, phone, fold)
        screen = foldable.server.phone.screen
    assert isinstance(screen, FakeScreen)
    refused, done = StepStatus.REFUSED, StepStatus.DONE
    assert statuses == [refused, done, refused, done, done]
    assert [gesture[1] for gesture in screen.gestures if gesture[0] == "tap"] == [
        432,
        540,
    ]  # the middle of either display


def _run_at_field(phone: AdbPhone, fold: Callable[[bool], None]) -> list[StepStatus]:
    """Each touch of the field is decided twice, as the phone is folded or opened while it is decided first."""

    def at_field() -> Tap:
        field = next(node for node in phone.nodes() or () if node.editable)
        return Tap(field.box.center.to_norm(phone.size()))

    def while_folding(shut: bool) -> Callable[[list[Message]], Tap]:
        def decide(_: list[Message]) -> Tap:
            decided = at_field()
            fold(shut)
            return decided

        return decide

    script: list[Home | Callable[[list[Message]], Tap]] = [
        while_folding(True),
        lambda _: at_field(),
        while_folding(False),
        lambda _: at_field(),
        Home(),
    ]
    engine = Engine(
        phone=phone,
        model=ScriptedModel(script, probability=1.0),
        reader=NoReader(),
        journal=MemoryJournal(),
        rules=FlowRules(),
        settle=StillPicture,
        prompt=load_prompt("zh"),
        settings=EngineSettings(stale_s=600.0),  # the thought counts as short: only the screen's size tells
    )
    state, statuses = start("查询订单"), []
    for _ in script:
        turn = engine.turn(state)
        assert turn.pause is None
        state = turn.state
        statuses.append(turn.step.status)
    return statuses


def test_an_app_that_hangs_is_covered_by_the_system(start_phone: StartPhone) -> None:
    phone = start_phone("not_responding")
    assert phone.foreground().package == "com.android.systemui"
