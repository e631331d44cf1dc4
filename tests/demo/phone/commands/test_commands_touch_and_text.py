"""input, the ADB keyboard, screencap and uiautomator: what reaches the screen and what comes back, faults included."""

from __future__ import annotations

import asyncio
import base64
import io
import struct
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, UnidentifiedImageError

from cs_agent.demo.phone.commands.input.uiautomator import hierarchy
from cs_agent.demo.phone.device.fake_screen import FakeScreen
from cs_agent.demo.phone.device.keyboards import ADB_KEYBOARD
from cs_agent.demo.phone.device.keycodes import key_name
from cs_agent.demo.phone.device.phone import DISPLAY_ID, VirtualPhone
from cs_agent.demo.phone.device.screen import DumpNode
from tests.demo.phone.adb.adb_support import ShellRunner

USE_ADB_KEYBOARD = f"ime set {ADB_KEYBOARD} > /dev/null"


def broadcast(action: str, extras: str = "") -> str:
    return f"am broadcast -a {action} {extras}"


# --- input


@pytest.mark.parametrize(
    ("command", "gesture"),
    [
        ("input tap 10 20", ("tap", 10, 20)),
        ("input touchscreen tap 10.4 19.6", ("tap", 10, 20)),
        ("input -d 0 tap 1 2", ("tap", 1, 2)),
        ("cmd input tap 1 2", ("tap", 1, 2)),
        ("input swipe 1 2 3 4", ("swipe", 1, 2, 3, 4, 300)),
        ("input swipe 5 5 5 5 10", ("swipe", 5, 5, 5, 5, 10)),
        ("input keyevent 4", ("key", "KEYCODE_BACK")),
        ("input keyevent KEYCODE_ENTER", ("key", "KEYCODE_ENTER")),
        ("input keyevent home", ("key", "KEYCODE_HOME")),
    ],
)
async def test_a_gesture_reaches_the_screen_in_silence(
    run: ShellRunner, screen: FakeScreen, command: str, gesture: tuple[object, ...]
) -> None:
    ran = await run(command)
    assert (ran.status, ran.out, ran.err) == (0, "", "")
    assert screen.gestures == [gesture]


async def test_several_keys_are_pressed_in_order(run: ShellRunner, screen: FakeScreen) -> None:
    await run("input keyevent 61 TAB 66")
    assert [gesture[1] for gesture in screen.gestures] == ["KEYCODE_TAB", "KEYCODE_TAB", "KEYCODE_ENTER"]


@pytest.mark.parametrize(
    ("command", "what", "error"),
    [
        ("input tap 1", "tap", "IllegalArgumentException: Error: Invalid arguments for command: tap"),
        ("input tap 1 2 3", "tap", "Invalid arguments for command: tap"),
        ("input swipe 1 2 3", "swipe", "Invalid arguments for command: swipe"),
        ("input tap a b", "tap", 'NumberFormatException: For input string: "a"'),
        ("input tap 1e999 2", "tap", "NumberFormatException"),
        ("input keyevent NOPE", "keyevent", 'For input string: "NOPE"'),
        ("input keyevent", "keyevent", "Invalid arguments"),
        ("input text", "text", "Invalid arguments"),
    ],
)
async def test_bad_gestures_throw_and_touch_nothing(
    run: ShellRunner, screen: FakeScreen, command: str, what: str, error: str
) -> None:
    ran = await run(command)
    assert ran.status == 255
    assert ran.err.startswith(f"\nException occurred while executing '{what}':\n")
    assert error in ran.err
    assert screen.gestures == []


async def test_an_unknown_input_command_shows_the_usage(run: ShellRunner) -> None:
    ran = await run("input wave")
    assert ran.status == 255
    assert ran.err.startswith("Error: Unknown command: wave\nUsage: input")


async def test_input_text_types_ascii_with_percent_s_for_spaces(run: ShellRunner, screen: FakeScreen) -> None:
    assert (await run("input text 'a%sb&c'")).status == 0
    assert screen.text == "a b&c"


async def test_input_text_refuses_anything_beyond_ascii_and_types_nothing(run: ShellRunner, screen: FakeScreen) -> None:
    ran = await run("input text 中文")
    assert ran.status == 255
    assert ran.err == (
        "\nException occurred while executing 'text':\n"
        "java.lang.NullPointerException: Attempt to get length of null array\n"
    )
    assert screen.text == ""


# --- the ADB keyboard


async def test_broadcast_text_is_ignored_while_another_keyboard_is_current(
    run: ShellRunner, screen: FakeScreen
) -> None:
    ran = await run(broadcast("ADB_INPUT_TEXT", "--es msg 你好"))
    assert ran.out == (
        "Broadcasting: Intent { act=ADB_INPUT_TEXT flg=0x400000 (has extras) }\nBroadcast completed: result=0\n"
    )
    assert screen.text == ""


@pytest.mark.parametrize(
    ("command", "text"),
    [
        (broadcast("ADB_INPUT_TEXT", "--es msg '你好 world'"), "你好 world"),
        (broadcast("ADB_INPUT_B64", f"--es msg {base64.b64encode('蓝牙耳机😀'.encode()).decode()}"), "蓝牙耳机😀"),
        (broadcast("ADB_INPUT_B64", "--es msg !!!"), ""),
        (broadcast("ADB_INPUT_B64", "--es msg ''"), ""),
        (broadcast("ADB_INPUT_TEXT"), ""),
    ],
)
async def test_broadcast_text_reaches_the_focused_field(
    run: ShellRunner, screen: FakeScreen, command: str, text: str
) -> None:
    ran = await run(f"{USE_ADB_KEYBOARD}; {command}")
    assert ran.out.endswith("Broadcast completed: result=0\n")
    assert screen.text == text


async def test_broadcast_text_without_a_field_vanishes_without_a_word(run: ShellRunner, screen: FakeScreen) -> None:
    screen.focused = False
    ran = await run(f"{USE_ADB_KEYBOARD}; {broadcast('ADB_INPUT_TEXT', '--es msg x')}")
    assert (ran.status, ran.err, screen.text) == (0, "", "")


async def test_an_empty_message_without_quotes_is_a_missing_argument(run: ShellRunner) -> None:
    ran = await run(broadcast("ADB_INPUT_B64", "--es msg "))
    assert ran.status == 255
    assert 'Argument expected after "msg"' in ran.err


async def test_the_field_is_cleared(run: ShellRunner, screen: FakeScreen) -> None:
    screen.text = "old"
    await run(f"{USE_ADB_KEYBOARD}; {broadcast('ADB_CLEAR_TEXT')}")
    assert screen.text == ""


async def test_a_dead_keyboard_takes_everything_and_types_nothing(
    run: ShellRunner, screen: FakeScreen, phone: VirtualPhone
) -> None:
    screen.text = "kept"
    phone.faults.set("dead_keyboard", True)
    ran = await run(
        f"{USE_ADB_KEYBOARD}; input text abc; {broadcast('ADB_INPUT_TEXT', '--es msg x')}; "
        f"{broadcast('ADB_CLEAR_TEXT')}; {broadcast('ADB_INPUT_CODE', '--ei code 67')}"
    )
    assert (ran.status, ran.err) == (0, "")
    assert screen.text == "kept"


async def test_ignored_taps_are_silent_and_counted(run: ShellRunner, screen: FakeScreen, phone: VirtualPhone) -> None:
    phone.faults.set("ignored_taps", 2)
    ran = await run("input tap 1 0; input tap 2 0; input tap 3 0; input tap 4 0")
    assert (ran.status, ran.err) == (0, "")
    assert [gesture[1] for gesture in screen.gestures] == [1, 3]


# --- screencap


async def test_a_raw_capture_is_a_header_and_the_pixels(run: ShellRunner) -> None:
    ran = await run("screencap")
    assert struct.unpack_from("<4I", ran.raw) == (1080, 2400, 1, 1)
    assert ran.raw[16:20] == bytes((24, 80, 200, 255))
    assert len(ran.raw) == 16 + 1080 * 2400 * 4


@pytest.mark.parametrize("command", ["screencap -p", f"screencap -p -d {DISPLAY_ID}", "screencap -d 0 -p"])
async def test_a_png_capture_is_a_picture(run: ShellRunner, command: str) -> None:
    ran = await run(command)
    picture = Image.open(io.BytesIO(ran.raw))
    assert (picture.format, picture.size) == ("PNG", (1080, 2400))


@pytest.mark.parametrize(
    "command", ["screencap /sdcard/a.png", "screencap -p /sdcard/a.png", "screencap -p > /sdcard/a.png"]
)
async def test_a_capture_goes_to_a_file(run: ShellRunner, phone: VirtualPhone, command: str) -> None:
    assert (await run(command)).out == ""
    assert Image.open(phone.files.host("/sdcard/a.png")).size == (1080, 2400)


async def test_a_capture_to_a_forbidden_place_fails(run: ShellRunner) -> None:
    ran = await run("screencap -p /system/a.png")
    assert ran.status == 1
    assert ran.err == "Error opening file: /system/a.png (Read-only file system)\n"


async def test_a_capture_without_a_screen_fails_as_a_phones(run: ShellRunner, screen: FakeScreen) -> None:
    screen.gone = True
    for command in ("screencap", "screencap -p", "screencap -p /sdcard/a.png"):
        ran = await run(command)
        assert (ran.status, ran.raw) == (1, b"")
        assert ran.err == "Failed to take screenshot. Status: -1\nCapturing failed.\n"


async def test_an_unknown_display_and_an_unknown_option_fail(run: ShellRunner) -> None:
    assert (await run("screencap -p -d 77")).err.startswith("Failed to take screenshot. Status: -22")
    assert (await run("screencap -x")).err.startswith("usage: screencap")


@pytest.mark.parametrize("fault", ["secure_window", "asleep"])
async def test_what_may_not_be_seen_is_black_in_a_valid_picture(
    run: ShellRunner, phone: VirtualPhone, fault: str
) -> None:
    if fault == "asleep":
        phone.awake = False
    else:
        phone.faults.set(fault, True)
    picture = Image.open(io.BytesIO((await run("screencap -p")).raw)).convert("RGB")
    assert picture.size == (1080, 2400)
    assert picture.getextrema() == ((0, 0), (0, 0), (0, 0))
    assert set((await run("screencap")).raw[16:]) == {0, 255}
    assert "<node" in (await run("uiautomator dump /dev/tty")).out


async def test_two_displays_bring_a_warning_unless_one_is_named(run: ShellRunner, phone: VirtualPhone) -> None:
    phone.faults.set("two_displays", True)
    assert (await run("screencap -p")).err.startswith("[Warning] Multiple displays were found")
    assert (await run(f"screencap -p -d {DISPLAY_ID}")).err == ""
    assert (await run("dumpsys SurfaceFlinger --display-id")).out.count("Display ") == 2


async def test_a_truncated_png_cannot_be_read(run: ShellRunner, phone: VirtualPhone) -> None:
    whole = (await run("screencap -p")).raw
    phone.faults.set("truncated_png", 1)
    ran = await run("screencap -p")
    assert ran.status == 0
    assert whole.startswith(ran.raw)
    with pytest.raises((OSError, UnidentifiedImageError)):
        Image.open(io.BytesIO(ran.raw)).load()


async def test_nothing_is_touched_while_the_phone_sleeps(run: ShellRunner, screen: FakeScreen) -> None:
    await run("input keyevent POWER; input tap 1 1; input keyevent HOME; input keyevent WAKEUP; input tap 2 2")
    assert screen.gestures == [("tap", 2, 2)]


# --- uiautomator


async def test_a_dump_goes_to_its_file_and_says_so(run: ShellRunner, phone: VirtualPhone) -> None:
    ran = await run("uiautomator dump && echo success")
    assert ran.out == "UI hierchary dumped to: /sdcard/window_dump.xml\nsuccess\n"
    xml = phone.files.host("/sdcard/window_dump.xml").read_text()
    assert xml.startswith("<?xml version='1.0' encoding='UTF-8' standalone='yes' ?><hierarchy rotation=\"0\">")


async def test_a_dump_is_a_tree_with_the_platforms_attributes(run: ShellRunner) -> None:
    ran = await run("uiautomator dump /dev/tty")
    root = ET.fromstring(ran.out.partition("UI hierchary")[0])
    frame = root[0]
    label, entry = frame
    assert (label.get("index"), entry.get("index")) == ("0", "1")
    assert label.get("text") == '笔记 <1> & "2".'
    assert entry.get("bounds") == "[40,200][1040,320]"
    assert (entry.get("focused"), entry.get("clickable"), entry.get("password")) == ("true", "true", "false")


async def test_a_dump_without_a_screen_is_an_error(run: ShellRunner, screen: FakeScreen) -> None:
    screen.gone = True
    assert (await run("uiautomator dump")).err == "ERROR: null root node returned by UiTestAutomationBridge.\n"


async def test_a_dump_to_a_forbidden_place_fails(run: ShellRunner) -> None:
    ran = await run("uiautomator dump /system/x && echo success")
    assert "success" not in ran.out
    assert "open failed: Read-only file system" in ran.err


async def test_a_screen_that_settles_is_dumped_when_it_has(run: ShellRunner, screen: FakeScreen) -> None:
    screen.text = "before"
    dumping = asyncio.create_task(run("uiautomator dump /dev/tty"))
    await asyncio.sleep(0.05)
    screen.text = "after"
    assert 'text="after"' in (await dumping).out


async def test_a_screen_that_never_rests_has_no_tree(
    run: ShellRunner, screen: FakeScreen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cs_agent.demo.phone.commands.input.uiautomator.GIVE_UP_S", 0.3)
    ticking = asyncio.create_task(_tick(screen))
    ran = await run("uiautomator dump /dev/tty")
    ticking.cancel()
    assert (ran.out, ran.err) == ("", "ERROR: could not get idle state.\n")


async def _tick(screen: FakeScreen) -> None:
    while True:
        screen.text += "."
        await asyncio.sleep(0.01)


def test_a_nameless_button_is_marked_as_not_accessible() -> None:
    button = DumpNode(0, (0, 0, 9, 9), "android.widget.ImageButton", "p", clickable=True)
    assert '<node NAF="true" index="0"' in hierarchy([button], 0)


nodes = st.builds(
    DumpNode,
    depth=st.integers(0, 5),
    bounds=st.tuples(*[st.integers(-10, 5000)] * 4),
    class_name=st.just("android.view.View"),
    package=st.just("p"),
    text=st.text(),
    content_desc=st.text(),
    clickable=st.booleans(),
)


@given(st.lists(nodes, max_size=12), st.integers(0, 3))
def test_any_tree_with_any_text_is_well_formed(tree: list[DumpNode], rotation: int) -> None:
    root = ET.fromstring(hierarchy(tree, rotation).encode("utf-8", "replace"))
    assert root.get("rotation") == str(rotation)
    assert len(list(root.iter("node"))) == len(tree)


# --- keys


@pytest.mark.parametrize(
    ("number", "name"),
    [
        (3, "HOME"),
        (4, "BACK"),
        (66, "ENTER"),
        (67, "DEL"),
        (82, "MENU"),
        (111, "ESCAPE"),
        (187, "APP_SWITCH"),
        (223, "SLEEP"),
        (224, "WAKEUP"),
        (279, "PASTE"),
        (288, "PROFILE_SWITCH"),
    ],
)
def test_key_numbers_are_androids(number: int, name: str) -> None:
    assert key_name(str(number)) == key_name(name) == key_name(f"KEYCODE_{name}") == f"KEYCODE_{name}"


@pytest.mark.parametrize("written", ["", "0", "UNKNOWN", "289", "99999", "-1", "HOMER", "4.0", "²"])
def test_what_is_no_key_is_none(written: str) -> None:
    assert key_name(written) is None
