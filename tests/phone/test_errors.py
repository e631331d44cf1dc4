"""What adb says, and which error it becomes."""

from __future__ import annotations

import inspect

import pytest
from adbutils.errors import AdbConnectionError, AdbError, AdbTimeout

from cs_agent.engine.run.protocols import PhoneError
from cs_agent.phone import errors
from cs_agent.phone.errors import from_adb

_ALL = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, PhoneError) and kind.__module__ == errors.__name__
]


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        (AdbError("device '127.0.0.1:5600' not found"), errors.PhoneNotFound),
        (AdbError("no devices/emulators found"), errors.PhoneNotFound),
        (AdbError("device offline"), errors.PhoneOffline),
        (AdbError("device still connecting"), errors.PhoneOffline),
        (AdbError("device unauthorized.\nThis adb server's $ADB_VENDOR_KEYS is not set"), errors.PhoneUnauthorized),
        (AdbError("device still authorizing"), errors.PhoneUnauthorized),
        (AdbError("closed"), errors.ConnectionDropped),
        (AdbError("protocol fault (couldn't read status)"), errors.ConnectionDropped),
        (AdbTimeout("adb read timeout"), errors.PhoneTimeout),
        (TimeoutError(), errors.PhoneTimeout),
        (AdbConnectionError("connect to adb server failed"), errors.AdbServerUnreachable),
        (ConnectionResetError(104, "reset"), errors.ConnectionDropped),
        (EOFError("Expected 5 bytes, got 0"), errors.ConnectionDropped),
    ],
)
def test_what_adb_says_becomes_the_error_it_means(raised: Exception, kind: type[PhoneError]) -> None:
    error = from_adb(raised, "abc123")  # type: ignore[arg-type]
    assert type(error) is kind
    assert "abc123" in str(error)


@pytest.mark.parametrize("kind", _ALL)
def test_every_error_advises_in_both_languages(kind: type[PhoneError]) -> None:
    error = kind("x")
    zh, en = error.advice_in("zh"), error.advice_in("en")
    assert any("\u4e00" <= char <= "\u9fff" for char in zh)
    assert en.isascii()
    assert en


@pytest.mark.parametrize("kind", _ALL)
def test_every_error_stands_in_the_tree_of_the_docstring(kind: type[PhoneError]) -> None:
    assert kind.__name__ in (errors.__doc__ or "")


def test_a_secure_screen_asks_for_a_human_and_not_for_patience() -> None:
    assert errors.SecureScreen.code == "secure_screen"
    assert not errors.SecureScreen.retryable
    assert errors.TruncatedScreenshot.retryable


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (
            "insufficient permissions for device: user in plugdev group; are your udev rules wrong?",
            errors.UsbPermissionMissing,
        ),
        ("device is in recovery", errors.WrongMode),
        ("device is in sideload mode", errors.WrongMode),
        ("closed", errors.NotReached),
        ("something new", errors.NotReached),
    ],
)
def test_what_was_refused_before_a_command_is_never_told_as_lost_midway(words: str, kind: type[PhoneError]) -> None:
    error = from_adb(AdbError(words), "abc123", reached=False)
    assert type(error) is kind
    assert "may have happened" not in error.advice_in("en")
    assert "可能已执行" not in error.advice
