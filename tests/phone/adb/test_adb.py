"""Commands over adb against servers and phones that break off, hang or refuse."""

from __future__ import annotations

import socket
import time

import pytest

from cs_agent.phone.adb.transport import AdbLink
from cs_agent.phone.errors import (
    AdbServerUnreachable,
    CommandFailed,
    ConnectionDropped,
    NotReached,
    PhoneNotFound,
    PhoneTimeout,
    PhoneUnauthorized,
    UsbPermissionMissing,
)
from tests.phone.adb.scripted_server import SERIAL, Answer, ScriptedServer
from tests.phone.conftest import free_port


def test_output_comes_back_in_its_streams_with_the_exit_status() -> None:
    with ScriptedServer(lambda command: Answer("out", "err", 3)) as server:
        output = AdbLink(SERIAL, port=server.port).shell("false")
    assert (output.stdout, output.stderr, output.status) == ("out", "err", 3)
    assert server.commands == ["false"]


def test_a_failed_command_can_be_made_an_error_that_quotes_it() -> None:
    with (
        ScriptedServer(lambda command: Answer("", "no such thing", 1)) as server,
        pytest.raises(CommandFailed, match="no such thing"),
    ):
        AdbLink(SERIAL, port=server.port).check("ls /none")


def test_an_answer_without_its_end_is_an_error_not_a_shorter_answer() -> None:
    with ScriptedServer(lambda command: Answer("half of it", cut=True)) as server, pytest.raises(ConnectionDropped):
        AdbLink(SERIAL, port=server.port).shell("dumpsys")


def test_a_command_that_may_have_run_is_not_sent_again() -> None:
    with ScriptedServer(lambda command: Answer(cut=True)) as server:
        with pytest.raises(ConnectionDropped):
            AdbLink(SERIAL, port=server.port).shell("input tap 1 1")
        assert server.commands == ["input tap 1 1"]


def test_a_hanging_phone_does_not_hang_the_caller() -> None:
    start = time.monotonic()
    with ScriptedServer(lambda command: Answer(hang=True)) as server, pytest.raises(PhoneTimeout):
        AdbLink(SERIAL, port=server.port).shell("input tap 1 1", timeout=0.3)
    assert time.monotonic() - start < 3


def test_a_server_that_accepts_and_says_nothing_does_not_hang_the_caller() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        link = AdbLink(SERIAL, port=mute.getsockname()[1])
        link.client.server_version = lambda: 41  # type: ignore[method-assign]
        link._shell_v2 = True
        with pytest.raises(PhoneTimeout):
            link.shell("true", timeout=0.3)


def test_a_dead_adb_server_is_an_error_where_none_may_be_started() -> None:
    port = free_port()
    with pytest.raises(AdbServerUnreachable):
        AdbLink(SERIAL, port=port, starts_server=False).shell("true")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=1)


@pytest.mark.parametrize(
    ("refusal", "kind"),
    [("device unauthorized.", PhoneUnauthorized), ("device 'scripted' not found", PhoneNotFound)],
)
def test_a_refused_transport_is_a_typed_error(refusal: str, kind: type[Exception]) -> None:
    with ScriptedServer(lambda command: "", refusal=refusal) as server, pytest.raises(kind):
        AdbLink(SERIAL, port=server.port).shell("true")


def test_a_phone_before_android_7_is_asked_in_the_old_way() -> None:
    def script(command: str) -> str:
        body, _, _ = command.partition("\n")
        return f"ran {body}\ncs_agent_exit:4\n"

    with ScriptedServer(script, features="cmd") as server:
        output = AdbLink(SERIAL, port=server.port).shell("ls")
    assert (output.stdout, output.status) == ("ran ls\n", 4)


def test_the_old_way_notices_a_lost_end_too() -> None:
    with ScriptedServer(lambda command: "half", features="") as server, pytest.raises(ConnectionDropped):
        AdbLink(SERIAL, port=server.port).shell("ls")


@pytest.mark.parametrize(
    ("refusal", "kind"),
    [
        (
            "insufficient permissions for device: user in plugdev group; are your udev rules wrong?",
            UsbPermissionMissing,
        ),
        ("something that no version of adb has said so far", NotReached),
    ],
)
def test_a_refusal_before_the_command_says_that_nothing_happened(refusal: str, kind: type[Exception]) -> None:
    with ScriptedServer(lambda command: "", refusal=refusal) as server:
        with pytest.raises(kind):
            AdbLink(SERIAL, port=server.port).shell("input tap 1 1")
        assert server.commands == []


@pytest.mark.parametrize(
    ("serial", "again"),
    [
        ("127.0.0.1:5555", True),
        ("[::1]:5555", True),
        ("adb-7c1f22ab-QxLm0z._adb-tls-connect._tcp", True),
        ("adb-7c1f22ab-QxLm0z (2)._adb-tls-connect._tcp.", True),
        ("adb-7c1f22ab._adb._tcp", True),
        ("7c1f22ab", False),
    ],
)
def test_every_serial_that_adb_connect_takes_is_connected_again_before_giving_up(serial: str, again: bool) -> None:
    asked: list[str] = []
    with ScriptedServer(lambda command: "", refusal=f"device '{serial}' not found") as server:
        link = AdbLink(serial, port=server.port)
        link.client.connect = lambda address, timeout: asked.append(address) or f"failed to connect to {address}"  # type: ignore[method-assign]
        with pytest.raises(PhoneNotFound):
            link.shell("true")
    assert asked == [serial] * again


@pytest.mark.parametrize(
    ("serial", "connects"),
    [
        ("192.168.1.9:5555", True),
        ("[fe80::1%wlan0]:37001", True),
        ("phone.office.example:5555", True),
        ("adb-7c1f22ab-QxLm0z._adb-tls-connect._tcp", True),
        ("adb-7c1f22ab-QxLm0z (2)._adb-tls-connect._tcp.", True),
        ("adb-7c1f22ab._adb._tcp", True),
        ("R58M12ABCDE", False),
        ("emulator-5554", False),
        ("my phone_tcp", False),
    ],
)
def test_every_serial_that_adb_connect_takes_is_connected_again(serial: str, connects: bool) -> None:
    assert AdbLink(serial).is_tcp is connects
