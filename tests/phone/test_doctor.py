"""Every fault the doctor can find, on phones that have exactly one."""

from __future__ import annotations

import io
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from cs_agent.command_line import command_line
from cs_agent.phone.adb.doctor import examine, touching, typing
from cs_agent.phone.adb.phone import AdbPhone
from cs_agent.phone.findings import Check, CheckStatus, is_usable
from tests.phone.adb.scripted_server import SERIAL, Answer, ScriptedServer

FAULT, WARN, OK = CheckStatus.FAULT, CheckStatus.WARN, CheckStatus.OK
Answers = dict[str, Answer | str | bytes | Callable[[], Answer | str | bytes]]


def picture(size: tuple[int, int] = (108, 240), colour: str = "navy") -> bytes:
    image = Image.new("RGB", size, "white")
    ImageDraw.Draw(image).rectangle((10, 60, 90, 160), fill=colour)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


HEALTHY: Answers = {
    "true": "",
    "screencap -p": picture(),
    "screencap": b"Failed to take screenshot. Status: -1",
    "wm size": "Physical size: 108x240",
    "dumpsys power": "mWakefulness=Awake",
    "dumpsys battery": "level: 80\n temperature: 300\n USB powered: true",
    "dumpsys window": "mCurrentRotation=ROTATION_0\n isKeyguardShowing=false",
    "rm -f": "<?xml version='1.0'?><hierarchy rotation=\"0\"></hierarchy>",
    "ime list -s": "com.own/.Board\ncom.android.adbkeyboard/.AdbIME\n",
    "settings get secure default_input_method": "com.own/.Board",
    "settings get global stay_on": "7",
    "settings get global": "0.0",
    "ime set": "Input method selected",
    "getprop ro.product.manufacturer": "Google",
}


def scripted(answers: Answers) -> Callable[[str], Answer | str | bytes]:
    """The answer to the longest start of a command."""

    def script(command: str) -> Answer | str | bytes:
        start = next((start for start in sorted(answers, key=len, reverse=True) if command.startswith(start)), "")
        answer = answers.get(start, "")
        return answer() if callable(answer) else answer

    return script


def findings(answers: Answers) -> dict[str, Check]:
    with ScriptedServer(scripted(answers)) as server:
        checks = examine(AdbPhone(SERIAL, port=server.port), touch=False)
    return {check.code: check for check in checks}


def acted(check: Callable[[AdbPhone], list[Check]], answers: Answers) -> Check:
    """What one check that acts on the phone finds."""
    with ScriptedServer(scripted(answers)) as server:
        return check(AdbPhone(SERIAL, port=server.port))[0]


def test_a_healthy_phone_has_no_findings_to_act_on() -> None:
    checks = findings(HEALTHY)
    assert {check.status for check in checks.values()} == {OK}
    assert not any(check.remedy or check.fix for check in checks.values())


ONE_FAULT: list[tuple[Answers, str, CheckStatus, str]] = [
    ({"screencap -p": b"Failed to take screenshot. Status: -1"}, "screen", FAULT, "重启手机"),
    ({"dumpsys window": "mCurrentRotation=ROTATION_90"}, "size", WARN, "锁定竖屏"),
    ({"rm -f": "ERROR: could not get idle state."}, "tree", WARN, "动态壁纸"),
    ({"ime list -s": "com.own/.Board\n"}, "keyboard", FAULT, "ADBKeyboard.apk"),
    ({"ime list -s": "com.own/.Board\n", "ime list -s -a": HEALTHY["ime list -s"]}, "keyboard", WARN, "启用"),
    ({"ime set": Answer("", "java.lang.SecurityException: uid 2000", 255)}, "security", FAULT, "安全设置"),
    ({"dumpsys battery": "level: 9\n temperature: 300"}, "battery", WARN, "充电"),
    ({"dumpsys battery": "level: 90\n temperature: 480\n USB powered: true"}, "battery", WARN, "降温"),
    ({"settings get global": "1.0"}, "animations", WARN, "动画缩放"),
    ({"settings get global": "null"}, "animations", WARN, "动画缩放"),
    ({"settings get global stay_on": "0"}, "stay_awake", WARN, "不休眠"),
    ({"dumpsys power": "mWakefulness=Asleep", "input": Answer("", "INJECT_EVENTS", 1)}, "power", FAULT, ""),
]


@pytest.mark.parametrize(("fault", "code", "status", "remedy"), ONE_FAULT)
def test_a_fault_is_found_named_and_given_a_remedy(fault: Answers, code: str, status: CheckStatus, remedy: str) -> None:
    checks = findings({**HEALTHY, **fault})
    assert checks[code].status is status
    assert remedy in checks[code].remedy_in("zh")
    assert not any(
        "{" in check.told(lang) + check.remedy_in(lang) for check in checks.values() for lang in ("zh", "en")
    )
    assert is_usable(tuple(checks.values())) is (status is not FAULT)


def test_a_phone_of_a_maker_with_such_a_switch_is_warned_of_it_while_healthy() -> None:
    check = findings({**HEALTHY, "getprop ro.product.manufacturer": "Xiaomi"})["security"]
    assert check.status is OK
    assert "安全设置" in check.told("zh")


def test_an_unreachable_phone_has_one_finding_with_what_to_do() -> None:
    with ScriptedServer(lambda command: "", refusal="device unauthorized.") as server:
        checks = examine(AdbPhone(SERIAL, port=server.port))
    assert [(check.code, check.status) for check in checks] == [("connection", FAULT)]
    assert "允许" in checks[0].remedy_in("zh")


def test_a_leftover_keyboard_switch_is_undone_and_told() -> None:
    current = ["com.android.adbkeyboard/.AdbIME"]

    def choose() -> str:
        current[0] = "com.own/.Board"
        return "selected"

    answers: Answers = {**HEALTHY, "settings get secure default_input_method": lambda: current[0], "ime set": choose}
    check = findings(answers)["keyboard"]
    assert (check.status, current) == (OK, ["com.own/.Board"])
    assert "com.own/.Board" in check.told("zh")


def test_adb_keyboard_as_the_only_keyboard_is_a_warning() -> None:
    only = "com.android.adbkeyboard/.AdbIME"
    check = findings({**HEALTHY, "ime list -s": only, "settings get secure default_input_method": only})["keyboard"]
    assert check.status is WARN


REFUSED = Answer("", "java.lang.SecurityException: uid 2000 does not have WRITE_SECURE_SETTINGS", 255)
UNLISTED: Answers = {
    **HEALTHY,
    "ime list -s": REFUSED,
    "settings get secure enabled_input_methods": "com.own/.Board;123:com.android.adbkeyboard/.AdbIME",
    "pm list packages": "package:com.android.adbkeyboard",
}


def test_a_keyboard_that_may_not_be_listed_is_not_called_missing() -> None:
    assert findings(UNLISTED)["keyboard"].status is OK
    refused = findings({**UNLISTED, "ime set": REFUSED})
    assert (refused["keyboard"].status, refused["security"].status) == (OK, FAULT)


def test_a_phone_that_types_already_is_usable_though_it_refuses_to_switch() -> None:
    only = "com.android.adbkeyboard/.AdbIME"
    checks = findings({**UNLISTED, "ime set": REFUSED, "settings get secure default_input_method": only})
    assert is_usable(tuple(checks.values()))
    assert checks["security"].status is WARN


def test_without_icons_the_notification_shade_shows_whether_touches_arrive() -> None:
    shown = ["navy"]

    def pull_down() -> str:
        shown[0] = "gold"
        return ""

    answers: Answers = {**HEALTHY, "screencap -p": lambda: picture(colour=shown[0]), "input swipe": pull_down}
    assert acted(touching.touch, answers).status is OK
    assert acted(touching.touch, HEALTHY).status is FAULT


FIXES = [
    ({"dumpsys window": "mCurrentRotation=ROTATION_90"}, "size", "settings put system user_rotation 0"),
    ({"ime list -s": "com.own/.Board\n"}, "keyboard", "phones doctor scripted --keyboard ADBKeyboard.apk"),
    (ONE_FAULT[4][0], "keyboard", "ime enable com.android.adbkeyboard/.AdbIME"),
    ({"ime set": REFUSED}, "security", "am start -a android.settings.APPLICATION_DEVELOPMENT_SETTINGS"),
    ({"settings get global": "1.0"}, "animations", "settings put global animator_duration_scale 0"),
    ({"settings get global stay_on": "0"}, "stay_awake", "settings put global stay_on_while_plugged_in 7"),
]


@pytest.mark.parametrize(("fault", "code", "command"), FIXES, ids=[code for _, code, _ in FIXES])
def test_what_a_command_can_mend_comes_with_one_line_to_copy(fault: Answers, code: str, command: str) -> None:
    fix = findings({**HEALTHY, **fault})[code].fix
    assert command in fix
    assert "\n" not in fix
    words = shlex.split(fix)
    assert words[0] == "python" or (words[:2] == ["adb", "-P"] and words[3:5] == ["-s", SERIAL])


UNREACHED = [
    ("device unauthorized.", SERIAL, "-s scripted reconnect"),
    ("device offline", SERIAL, "reconnect offline"),
    ("device 'x' not found", "adb-1a2b (2)._adb-tls-connect._tcp", "connect 'adb-1a2b (2)._adb-tls-connect._tcp'"),
    ("insufficient permissions for device: user in plugdev group; are your udev rules wrong?", SERIAL, "sudo apt-get"),
    ("device 'scripted' not found", SERIAL, ""),  # on a cable: only a hand can help
]


@pytest.mark.parametrize(("refusal", "serial", "command"), UNREACHED, ids=[words[:20] for words, _, _ in UNREACHED])
def test_a_phone_that_is_not_reached_comes_with_the_command_that_brings_it_back(
    refusal: str, serial: str, command: str
) -> None:
    with ScriptedServer(lambda command: "", refusal=refusal) as server:
        checks = examine(AdbPhone(serial, port=server.port))
    assert command in checks[0].fix if command else checks[0].fix == ""


def test_without_a_field_that_is_nobodys_work_nothing_is_typed_and_it_is_said() -> None:
    answers: Answers = {**HEALTHY, "am start": "Error: Activity not started, unable to resolve Intent"}
    asked = {**answers, "am broadcast": lambda: pytest.fail("it was typed")}
    assert acted(typing.typing, asked).status is WARN


def test_a_command_is_told_as_this_installation_writes_it(tmp_path: Path) -> None:
    assert command_line("phones list", folder=tmp_path) == "cs-agent phones list"
    (tmp_path / "manage.py").touch()
    assert command_line("phones list", folder=tmp_path) == "python manage.py phones list"
