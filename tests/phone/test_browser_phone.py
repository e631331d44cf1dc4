"""The phone against a virtual phone with a real screen: apps, faults on demand, the doctor's touch."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from cs_agent.engine.run.protocols import Key
from cs_agent.geometry import Point, Size
from cs_agent.observation import UiNode
from cs_agent.phone import errors
from cs_agent.phone.adb.connection import AdbServer
from cs_agent.phone.adb.doctor import examine, touching
from cs_agent.phone.adb.phone import AdbPhone
from cs_agent.phone.findings import CheckStatus
from cs_agent.phone.waiting import wait_for
from tests.phone.conftest import ROOT

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class BrowserPhone:
    phone: AdbPhone
    office: str

    @contextmanager
    def fault(self, name: str, value: object, healthy: object) -> Iterator[None]:
        self._set(name, value)
        try:
            yield
        finally:
            self._set(name, healthy)

    def _set(self, name: str, value: object) -> None:
        body = json.dumps({name: value}).encode()
        request = urllib.request.Request(f"{self.office}/faults", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert answer.status == 200


@pytest.fixture(scope="module")
def browser(adb_server: AdbServer) -> Iterator[BrowserPhone]:
    process = subprocess.Popen(
        [sys.executable, "-m", "cs_agent.demo.phone", "--port", "0", "--backoffice-port", "0"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    words = process.stdout.readline().split()
    office = next(word.partition("=")[2] for word in words if word.startswith("backoffice="))
    yield BrowserPhone(AdbPhone(words[1], port=adb_server.port), office)
    process.terminate()
    process.wait(20)
    process.stdout.close()


def find(phone: AdbPhone, *words: str) -> UiNode:
    def found() -> UiNode | None:
        return next((node for node in phone.nodes() or () if any(word in node.label for word in words)), None)

    node = wait_for(found, 8.0)
    assert node is not None, words
    return node


def test_an_app_is_found_by_the_label_under_its_icon(browser: BrowserPhone) -> None:
    browser.phone.launch("短信平台")
    assert browser.phone.foreground().package == "com.example.smsdesk"


def test_chinese_text_arrives_in_the_field_that_was_tapped(browser: BrowserPhone) -> None:
    phone = browser.phone
    phone.launch("售后系统")
    editable = wait_for(lambda: next((node for node in phone.nodes() or () if node.editable), None), 8.0)
    assert editable is not None
    phone.tap(editable.box.center)
    phone.type_text("蓝牙耳机 202405218876")
    assert any(node.editable and node.text == "蓝牙耳机 202405218876" for node in phone.nodes() or ())
    phone.home_and_restore()


def test_the_doctors_tap_arrives(browser: BrowserPhone) -> None:
    checks = {check.code: check.status for check in examine(browser.phone)}
    assert (checks["touch"], checks["typing"]) == (CheckStatus.OK, CheckStatus.OK)
    assert CheckStatus.FAULT not in checks.values()


def test_the_doctor_notices_taps_that_are_swallowed(browser: BrowserPhone) -> None:
    with browser.fault("ignored_taps", 1, 0):
        [check] = touching.touch(browser.phone)
    assert check.status is CheckStatus.FAULT


def test_a_secure_window_is_named_while_it_is_there(browser: BrowserPhone) -> None:
    with browser.fault("secure_window", True, False), pytest.raises(errors.SecureScreen):
        browser.phone.screenshot()
    assert browser.phone.screenshot().size == Size(1080, 2400)


def test_a_rotated_phone_gives_lying_pictures_and_takes_lying_points(browser: BrowserPhone) -> None:
    phone = browser.phone
    with browser.fault("rotation", 1, 0):
        assert wait_for(lambda: phone.screenshot().size == Size(2400, 1080), 8.0)
        assert phone.size() == Size(2400, 1080)
        phone.swipe(Point(2300, 1000), Point(2300, 500))
        with pytest.raises(errors.GestureOffScreen):
            phone.tap(Point(1000, 2300))
    assert wait_for(lambda: phone.screenshot().size == Size(1080, 2400), 8.0)


def test_a_dropped_connection_is_an_error_now_and_healed_later(browser: BrowserPhone) -> None:
    phone = browser.phone
    with browser.fault("dropped_connection", True, False):
        pass

    def works() -> bool:
        try:
            return phone.screenshot().size == Size(1080, 2400)
        except errors.ConnectionFault:
            return False

    assert wait_for(works, 20.0)


def test_a_foldable_that_is_shut_is_looked_at_anew_and_shows_its_app_still(browser: BrowserPhone) -> None:
    phone = browser.phone
    phone.launch("com.example.aftersales")
    before = find(phone, "查询").box
    with browser.fault("folded", True, False):
        assert wait_for(lambda: phone.screenshot().size == Size(864, 2160), 8.0)
        after = wait_for(lambda: box if (box := find(phone, "查询").box) != before else None, 8.0)
        assert after is not None
        assert after.right <= 864
        assert phone.foreground().package == "com.example.aftersales"
    assert wait_for(lambda: phone.screenshot().size == Size(1080, 2400), 8.0)


def test_an_app_that_hangs_is_told_as_the_systems_and_waits_for_an_answer(browser: BrowserPhone) -> None:
    phone = browser.phone
    phone.launch("com.example.aftersales")
    with browser.fault("not_responding", True, False):
        button = find(phone, "等待")
        assert (button.package, phone.foreground().package) == ("android", "com.android.systemui")
        phone.press(Key.BACK)
        assert find(phone, "没有响应").package == "android"
        phone.tap(button.box.center)
        assert wait_for(lambda: phone.foreground().package == "com.example.aftersales", 8.0)
    phone.home_and_restore()
