"""Stock adb and adbutils cannot tell the virtual phone from a phone: the real process, the real tools, no browser."""

from __future__ import annotations

import io
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import adbutils
import pytest

from tests.processes import free_port_row

READY_S = 60.0
CALL_S = 30.0


class RunningPhones:
    """`python -m cs_agent.demo.phone` with the fake screen."""

    def __init__(self, *arguments: str, count: int = 1) -> None:
        self.port = free_port_row(count)
        command = [sys.executable, "-m", "cs_agent.demo.phone", "--screen", "fake", "--port", str(self.port)]
        command += ["--count", str(count), *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.ready = [self.process.stdout.readline() for _ in range(count)] if self.process.stdout else []

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(CALL_S)


class Adb:
    """One adb binary with a server of its own."""

    def __init__(self, path: str, home: Path) -> None:
        self.path = path
        self.port = free_port_row(1)
        self._environment = os.environ | {
            "ANDROID_ADB_SERVER_PORT": str(self.port),
            "HOME": str(home),
            "ANDROID_VENDOR_KEYS": "",
            "ADB_MDNS": "0",
            "ADB_MDNS_OPENSCREEN": "0",
            "ADB_EMU": "0",
        }

    def __call__(self, *arguments: str, stdin: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [self.path, *arguments],
            input=stdin,
            capture_output=True,
            env=self._environment,
            timeout=CALL_S,
            check=False,
        )

    def text(self, *arguments: str) -> str:
        return self(*arguments).stdout.decode()


def _binaries() -> list[str]:
    """The adb that adbutils brings, and the system's if there is one."""
    return [path for path in (adbutils.adb_path(), shutil.which("adb")) if path]


@pytest.fixture(scope="module")
def phones() -> Iterator[RunningPhones]:
    running = RunningPhones()
    yield running
    running.stop()


@pytest.fixture(scope="module", params=_binaries(), ids=["bundled", "system"][: len(_binaries())])
def adb(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Adb]:
    tool = Adb(request.param, tmp_path_factory.mktemp("adb"))
    tool("start-server")
    yield tool
    tool("kill-server")


@pytest.fixture(scope="module")
def on(adb: Adb, phones: RunningPhones) -> tuple[str, str]:
    """The options that name the connected phone."""
    assert adb.text("connect", phones.address) == f"connected to {phones.address}\n"
    return ("-s", phones.address)


def test_the_phone_says_when_it_is_ready(phones: RunningPhones) -> None:
    assert phones.ready == [f"ready {phones.address} key=phone-1 size=1080x2400\n"]


def test_a_connected_phone_is_listed_as_a_device(adb: Adb, on: tuple[str, str]) -> None:
    listed = adb.text("devices", "-l")
    assert f"{on[1]} " in listed
    assert "device product:virtual_cn model:Virtual_phone device:virtual" in listed
    assert adb.text(*on, "get-state") == "device\n"
    assert adb.text("connect", on[1]).startswith("already connected to")


def test_shell_keeps_outputs_and_statuses_apart(adb: Adb, on: tuple[str, str]) -> None:
    ran = adb(*on, "shell", "echo out; echo err >&2; exit 7")
    assert (ran.returncode, ran.stdout, ran.stderr) == (7, b"out\n", b"err\n")
    missing = adb(*on, "shell", "foo")
    assert (missing.returncode, missing.stderr) == (127, b"sh: foo: inaccessible or not found\n")


def test_shell_reads_standard_input(adb: Adb, on: tuple[str, str]) -> None:
    assert adb(*on, "shell", "cat", stdin=b"typed").stdout == b"typed"


def test_shell_without_the_second_version_mixes_outputs(adb: Adb, on: tuple[str, str]) -> None:
    ran = adb(*on, "shell", "-x", "echo out; echo err >&2; exit 7")
    assert (ran.returncode, ran.stdout) == (0, b"out\nerr\n")


def test_exec_out_brings_a_picture_unharmed(adb: Adb, on: tuple[str, str]) -> None:
    raw = adb(*on, "exec-out", "screencap").stdout
    assert len(raw) == 16 + 1080 * 2400 * 4
    assert adb(*on, "exec-out", "screencap -p").stdout.startswith(b"\x89PNG\r\n\x1a\n")


def test_exec_in_delivers_everything_before_it_closes(adb: Adb, on: tuple[str, str]) -> None:
    payload = os.urandom(300_000)
    adb(*on, "exec-in", "cat > /sdcard/in.bin; echo done > /sdcard/in.done", stdin=payload)
    deadline = time.monotonic() + CALL_S
    while adb(*on, "shell", "cat /sdcard/in.done").returncode and time.monotonic() < deadline:
        time.sleep(0.02)
    assert adb(*on, "exec-out", "cat /sdcard/in.bin").stdout == payload


def test_files_and_folders_go_there_and_back(adb: Adb, on: tuple[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "there"
    (folder / "sub").mkdir(parents=True)
    content = os.urandom(3_000_000)
    (folder / "大文件.bin").write_bytes(content)
    (folder / "sub" / "empty").write_bytes(b"")
    assert adb(*on, "push", str(folder), "/sdcard/Download/").returncode == 0
    back = tmp_path / "back"
    assert adb(*on, "pull", "/sdcard/Download/there", str(back)).returncode == 0
    assert (back / "大文件.bin").read_bytes() == content
    assert (back / "sub" / "empty").read_bytes() == b""


def test_transfers_that_cannot_be_say_why(adb: Adb, on: tuple[str, str], tmp_path: Path) -> None:
    source = tmp_path / "f"
    source.write_bytes(b"x" * 500_000)
    push = adb(*on, "push", str(source), "/system/f")
    assert push.returncode == 1
    assert b"Read-only file system" in push.stdout + push.stderr
    pull = adb(*on, "pull", "/sdcard/none", str(tmp_path))
    assert pull.returncode == 1
    assert b"does not exist" in pull.stdout + pull.stderr


def test_root_and_forwarding_to_closed_ports_are_refused(adb: Adb, on: tuple[str, str]) -> None:
    assert "adbd cannot run as root in production builds" in adb.text(*on, "root")
    assert adb(*on, "shell", "-n", "true").returncode == 0


def test_an_installation_is_declined(adb: Adb, on: tuple[str, str], tmp_path: Path) -> None:
    package = tmp_path / "a.apk"
    package.write_bytes(os.urandom(100_000))
    ran = adb(*on, "install", str(package))
    assert ran.returncode == 1
    assert b"INSTALL_FAILED_USER_RESTRICTED" in ran.stdout + ran.stderr


def test_an_unauthorized_phone_is_listed_as_such(tmp_path: Path) -> None:
    tool, phones = Adb(adbutils.adb_path(), tmp_path), RunningPhones("--chaos", "unauthorized")
    try:
        assert "failed to authenticate" in tool.text("connect", phones.address)
        assert f"{phones.address}\tunauthorized" in tool.text("devices")
    finally:
        tool("kill-server")
        phones.stop()


# --- adbutils


@pytest.fixture(scope="module")
def device(adb: Adb, on: tuple[str, str]) -> adbutils.AdbDevice:
    return adbutils.AdbClient(port=adb.port).device(on[1])


def test_adbutils_runs_shell_commands(device: adbutils.AdbDevice) -> None:
    assert device.shell("echo hi") == "hi"
    assert device.shell(["echo", "a b", "$HOME"]) == "a b $HOME"
    assert device.shell2("false").returncode == 1
    ran = device.shell2("foo", v2=True)
    assert (ran.returncode, ran.stderr) == (127, "sh: foo: inaccessible or not found\n")


def test_adbutils_reads_the_display(device: adbutils.AdbDevice) -> None:
    assert tuple(device.window_size()) == (1080, 2400)
    assert device.rotation() == 0
    assert device.screenshot(error_ok=False).size == (1080, 2400)
    assert device.is_screen_on() is True


def test_adbutils_drives_apps(device: adbutils.AdbDevice) -> None:
    device.app_start("com.example.notes", ".MainActivity")
    current = device.app_current()
    assert (current.package, current.activity) == ("com.example.notes", ".MainActivity")
    assert "com.example.notes" in device.list_packages()
    device.app_stop("com.example.notes")
    assert device.app_current().package == "com.example.launcher"


def test_adbutils_touches_and_types(device: adbutils.AdbDevice) -> None:
    device.click(10, 20)
    device.swipe(10, 20, 30, 40, 0.05)
    device.keyevent("HOME")
    device.shell("ime set com.android.adbkeyboard/.AdbIME")
    device.shell(["am", "broadcast", "-a", "ADB_CLEAR_TEXT"])
    device.shell(["am", "broadcast", "-a", "ADB_INPUT_TEXT", "--es", "msg", "退款 50 元"])
    assert 'text="退款 50 元"' in device.dump_hierarchy()


def test_adbutils_transfers_files(device: adbutils.AdbDevice) -> None:
    content = os.urandom(200_000)
    path = "/sdcard/Pictures/开箱 视频.mp4"
    device.sync.push(io.BytesIO(content), path)
    assert device.sync.stat(path).size == len(content)
    assert device.sync.read_bytes(path) == content
    assert path.rpartition("/")[2] in [entry.path for entry in device.sync.list("/sdcard/Pictures")]
    assert device.sync.exists("/sdcard/none") is False


# --- the process


def test_several_phones_have_their_own_ports_files_and_serials(tmp_path: Path) -> None:
    tool, phones = Adb(adbutils.adb_path(), tmp_path), RunningPhones(count=3)
    addresses = [f"127.0.0.1:{phones.port + index}" for index in range(3)]
    try:
        assert [line.split()[1] for line in phones.ready] == addresses
        for address in addresses:
            tool("connect", address)
        tool("-s", addresses[0], "shell", "echo mine > /sdcard/own")
        assert tool("-s", addresses[1], "shell", "cat /sdcard/own").returncode == 1
        serials = {tool.text("-s", address, "shell", "getprop ro.serialno") for address in addresses}
        assert len(serials) == 3
    finally:
        tool("kill-server")
        assert phones.stop() == 0


def test_the_phones_clock_keeps_the_zone_it_was_given(tmp_path: Path) -> None:
    tool, phones = Adb(adbutils.adb_path(), tmp_path), RunningPhones("--time-zone", "Asia/Kathmandu")
    try:
        tool("connect", phones.address)
        assert (
            tool.text("-s", phones.address, "shell", "date +%z; getprop persist.sys.timezone")
            == "+0545\nAsia/Kathmandu\n"
        )
    finally:
        tool("kill-server")
        phones.stop()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_process_cleanly(number: signal.Signals) -> None:
    phones = RunningPhones()
    assert phones.stop(number) == 0
    assert phones.process.stderr is not None
    assert phones.process.stderr.read() == ""


def test_a_taken_port_is_named(phones: RunningPhones) -> None:
    command = [sys.executable, "-m", "cs_agent.demo.phone", "--screen", "fake", "--port", str(phones.port)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=READY_S, check=False)
    assert ran.returncode == 1
    assert ran.stderr.startswith(f"cannot listen on port {phones.port}: ")
    assert ran.stdout == ""
