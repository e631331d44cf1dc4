"""What one phone does when Android does not play along."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from cs_agent.engine.run.protocols import Key
from cs_agent.geometry import Point
from cs_agent.phone import errors
from cs_agent.phone.adb.phone import AdbPhone
from tests.phone.adb.scripted_server import SERIAL, Answer, Script, ScriptedServer

EMPTY_TREE = "<?xml version='1.0'?><hierarchy rotation=\"0\"></hierarchy>"
BAN = Answer("", "java.lang.SecurityException: Injecting to another application requires INJECT_EVENTS permission", 255)


@contextmanager
def phone_answering(**answers: Answer | str | list[Answer | str]) -> Iterator[tuple[AdbPhone, ScriptedServer]]:
    """Answers by the first word of the command; a list is used up one by one, its last answer stays."""

    def script(command: str) -> Answer | str:
        answer = answers.get(command.split()[0], "")
        if isinstance(answer, list):
            return answer.pop(0) if len(answer) > 1 else answer[0]
        return answer

    answers.setdefault("wm", "Physical size: 1080x2400")
    with serving(script) as server:
        yield AdbPhone(SERIAL, port=server.port), server


@contextmanager
def serving(script: Script) -> Iterator[ScriptedServer]:
    with ScriptedServer(script) as server:
        yield server


MIDDLE = Point(540, 1200)


def test_gestures_become_input_commands_in_device_pixels() -> None:
    with phone_answering() as (phone, server):
        phone.tap(MIDDLE)
        phone.long_press(MIDDLE, 3)
        phone.swipe(MIDDLE, Point(540, 400), 0.5)
        phone.press(Key.BACK)
    assert [command for command in server.commands if command.startswith("input")] == [
        "input tap 540 1200",
        "input swipe 540 1200 540 1200 3000",
        "input swipe 540 1200 540 400 500",
        "input keyevent KEYCODE_BACK",
    ]


def test_the_two_taps_of_a_double_tap_go_in_one_command() -> None:
    with phone_answering() as (phone, server):
        phone.double_tap(MIDDLE)
    assert [command.count("input tap") for command in server.commands if "tap" in command] == [2]


def test_a_vendors_ban_on_touches_is_named_with_the_switch_that_lifts_it() -> None:
    with phone_answering(input=BAN) as (phone, _), pytest.raises(errors.GesturesBlocked) as caught:
        phone.tap(MIDDLE)
    assert "USB 调试(安全设置)" in caught.value.advice


def test_a_refused_gesture_is_never_taken_for_done() -> None:
    refusal = Answer("", "Exception occurred while executing 'tap':\njava.lang.IllegalStateException: no", 255)
    with phone_answering(input=refusal) as (phone, _), pytest.raises(errors.CommandFailed, match="IllegalState"):
        phone.tap(MIDDLE)


@pytest.mark.parametrize(
    "answers",
    [
        ["ERROR: could not get idle state.", EMPTY_TREE],
        ["ERROR: null root node returned by UiTestAutomationBridge.", EMPTY_TREE],
        ["<?xml version='1.0'?><hierarchy><node", EMPTY_TREE],
    ],
)
def test_a_tree_that_could_not_be_had_is_asked_for_once_more(answers: list[Answer | str]) -> None:
    with phone_answering(rm=answers) as (phone, _):
        assert phone.nodes() == ()


def test_a_phone_that_never_gives_a_tree_gives_none() -> None:
    with phone_answering(rm="ERROR: could not get idle state.") as (phone, _):
        assert phone.nodes() is None


def test_a_phone_without_uiautomator_is_not_asked_again() -> None:
    missing = Answer("", "/system/bin/sh: uiautomator: inaccessible or not found", 127)
    with phone_answering(rm=missing) as (phone, server):
        assert phone.nodes() is None
        assert phone.nodes() is None
        assert len([command for command in server.commands if "uiautomator" in command]) == 1


def test_a_connection_lost_while_looking_is_an_error_not_an_empty_screen() -> None:
    with phone_answering(rm=Answer(cut=True)) as (phone, _), pytest.raises(errors.ConnectionDropped):
        phone.nodes()


def test_a_phone_is_woken_and_its_lock_screen_pushed_away() -> None:
    power: list[Answer | str] = ["mWakefulness=Asleep", "mWakefulness=Awake"]
    windows: list[Answer | str] = ["isKeyguardShowing=true", "isKeyguardShowing=false"]

    def script(command: str) -> Answer | str:
        for start, answers in (("dumpsys power", power), ("dumpsys window", windows)):
            if command.startswith(start):
                return answers.pop(0) if len(answers) > 1 else answers[0]
        return ""

    with serving(script) as server:
        AdbPhone(SERIAL, port=server.port).wake()
    assert "input keyevent KEYCODE_WAKEUP" in server.commands
    assert "wm dismiss-keyguard" in server.commands


def test_a_lock_with_a_credential_needs_a_human() -> None:
    def script(command: str) -> str:
        return "mWakefulness=Awake" if "power" in command else "isKeyguardShowing=true"

    with serving(script) as server, pytest.raises(errors.PhoneLocked) as caught:
        AdbPhone(SERIAL, port=server.port).wake()
    assert not caught.value.retryable


def test_leaving_restores_the_keyboard_even_when_the_home_key_is_refused() -> None:
    current = ["com.android.adbkeyboard/.AdbIME"]

    def script(command: str) -> Answer | str:
        if command.startswith("input"):
            return BAN
        if command.startswith("ime set"):
            current[0] = command.split()[2]
        return {"settings": current[0], "ime": "com.own/.Board"}.get(command.split()[0], "")

    with serving(script) as server, pytest.raises(errors.GesturesBlocked):
        AdbPhone(SERIAL, port=server.port).home_and_restore()
    assert current == ["com.own/.Board"]


def test_a_phone_that_says_nothing_of_its_size_is_an_error() -> None:
    with phone_answering(wm="") as (phone, _), pytest.raises(errors.CaptureFailed):
        phone.size()
