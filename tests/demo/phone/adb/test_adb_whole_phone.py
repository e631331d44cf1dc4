"""The whole virtual phone as one process with a real browser, driven by adbutils over stock adb."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import adbutils
import psutil
import pytest

from tests.demo.phone.adb.test_adb_stock import Adb
from tests.processes import free_port_row

pytestmark = pytest.mark.browser

READY_S = 90.0
SEEN_S = 20.0


@dataclass(frozen=True)
class WholePhone:
    process: subprocess.Popen[str]
    device: adbutils.AdbDevice
    office: str

    def get(self, path: str, body: dict[str, object] | None = None) -> object:
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(f"{self.office}{path}", data, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def tree(self) -> str:
        return self.device.dump_hierarchy()

    def tap_text(self, text: str) -> None:
        """TimeoutError when nothing on the screen says so."""
        pattern = rf'(?:text|content-desc)="{re.escape(text)}"[^>]*bounds="\[(\d+),(\d+)\]\[(\d+),(\d+)\]"'
        match = eventually(lambda: re.search(pattern, self.tree()))
        left, top, right, bottom = map(int, match.groups())
        self.device.click((left + right) // 2, (top + bottom) // 2)

    def field(self) -> tuple[int, int]:
        pattern = r'class="android.widget.EditText"[^>]*bounds="\[(\d+),(\d+)\]\[(\d+),(\d+)\]"'
        match = eventually(lambda: re.search(pattern, self.tree()))
        left, top, right, bottom = map(int, match.groups())
        return (left + right) // 2, (top + bottom) // 2

    def focus_the_field(self) -> bool:
        """A page that has only just appeared may miss a touch, as on any phone."""
        self.device.click(*self.field())
        return "mInputShown=true" in self.device.shell("dumpsys input_method")


def eventually(look: Callable[[], Any]) -> Any:
    """What `look` finds; TimeoutError when it finds nothing in time, uiautomator's own errors included."""
    deadline = time.monotonic() + SEEN_S
    while time.monotonic() < deadline:
        with contextlib.suppress(adbutils.AdbError):
            if found := look():
                return found
        time.sleep(0.05)
    raise TimeoutError("it did not come to be seen")


@pytest.fixture(scope="module")
def phone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholePhone]:
    port = free_port_row(1)
    command = [sys.executable, "-m", "cs_agent.demo.phone", "--port", str(port), "--backoffice-port", "0"]
    process = subprocess.Popen([*command, "--latency-ms", "0"], stdout=subprocess.PIPE, text=True)
    tool = Adb(adbutils.adb_path(), tmp_path_factory.mktemp("adb"))
    try:
        assert process.stdout is not None
        ready = process.stdout.readline()
        tool("connect", f"127.0.0.1:{port}")
        device = adbutils.AdbClient(port=tool.port).device(f"127.0.0.1:{port}")
        yield WholePhone(process, device, ready.partition("backoffice=")[2].strip())
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(READY_S)
        tool("kill-server")


def test_an_icon_on_the_home_screen_opens_its_app_and_takes_chinese_text(phone: WholePhone) -> None:
    phone.device.keyevent("HOME")
    assert phone.device.screenshot(error_ok=False).size == (1080, 2400)
    phone.tap_text("售后系统")
    eventually(lambda: phone.device.app_current().package == "com.example.aftersales")
    phone.device.shell("ime set com.android.adbkeyboard/.AdbIME")
    eventually(phone.focus_the_field)
    phone.device.shell(["am", "broadcast", "-a", "ADB_INPUT_TEXT", "--es", "msg", "蓝牙耳机"])
    assert eventually(lambda: 'text="蓝牙耳机"' in phone.tree())
    phone.device.shell("am broadcast -a ADB_CLEAR_TEXT")
    assert eventually(lambda: 'text="蓝牙耳机"' not in phone.tree())


def test_any_address_opens_in_the_phones_browser(phone: WholePhone) -> None:
    ran = phone.device.shell(f"am start -a android.intent.action.VIEW -d {phone.office}/health")
    assert ran.startswith("Starting: Intent")
    assert eventually(lambda: "customers" in phone.tree())


def test_nothing_was_operated_by_looking_around(phone: WholePhone) -> None:
    assert phone.get("/ledger") == []


def test_a_fault_is_switched_while_the_phone_runs(phone: WholePhone) -> None:
    phone.get("/faults", {"phone": "phone-1", "secure_window": True})
    black = phone.device.screenshot(error_ok=False).convert("RGB")
    phone.get("/faults", {"phone": "phone-1", "secure_window": False})
    assert black.getextrema() == ((0, 0), (0, 0), (0, 0))
    assert phone.device.screenshot(error_ok=False).convert("RGB").getextrema() != black.getextrema()


def test_a_rotated_phone_has_a_rotated_picture(phone: WholePhone) -> None:
    phone.device.shell("settings put system user_rotation 1")
    assert eventually(lambda: phone.device.screenshot(error_ok=False).size == (2400, 1080))
    assert phone.device.rotation() == 1
    assert phone.device.shell("wm size") == "Physical size: 1080x2400"
    phone.device.shell("settings put system user_rotation 0")
    assert eventually(lambda: phone.device.screenshot(error_ok=False).size == (1080, 2400))


def test_a_killed_browser_fails_like_a_phone_and_comes_back(phone: WholePhone) -> None:
    for child in psutil.Process(phone.process.pid).children(recursive=True):
        if "--type=" not in " ".join(child.cmdline()) and "chrom" in child.name():
            os.kill(child.pid, signal.SIGKILL)

    def captured() -> bool:
        ran = phone.device.shell2("screencap -p > /sdcard/a.png", v2=True)
        assert ran.returncode == 0 or "Capturing failed." in ran.stderr
        return ran.returncode == 0

    assert eventually(captured)
    assert phone.device.get_state() == "device"
    assert eventually(lambda: "售后系统" in phone.tree())


def test_the_end_of_the_process_is_the_end_of_its_browser(phone: WholePhone) -> None:
    family = psutil.Process(phone.process.pid).children(recursive=True)
    assert any("chrom" in child.name() for child in family)
    phone.process.send_signal(signal.SIGTERM)
    assert phone.process.wait(READY_S) == 0
    assert psutil.wait_procs(family, timeout=10)[1] == []
