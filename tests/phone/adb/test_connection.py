"""The adb server: started, asked, stopped; and what it prints."""

from __future__ import annotations

import pytest

from cs_agent.phone.adb.connection import AdbServer, DeviceState, ListedDevice, parse_devices, phone_address
from cs_agent.phone.adb.phone import AdbPhone
from cs_agent.phone.adb.server import adb_program
from cs_agent.phone.errors import AdbServerUnreachable, PairingFailed, PhoneNotFound
from tests.phone.conftest import free_port


def test_devices_are_listed_with_their_state_and_model() -> None:
    text = """List of devices attached
127.0.0.1:5600         device product:vp model:Virtual_phone device:vp transport_id:3
9A2B01FFAZ00AB         unauthorized usb:1-1 transport_id:4
192.168.1.8:5555       offline transport_id:5
ABC                    no permissions (missing udev rules? user is in the plugdev group); see [http://x] usb:1-2
XYZ                    authorizing transport_id:9
NEW                    hibernating transport_id:10
"""
    devices = parse_devices(text)
    assert devices[0] == ListedDevice("127.0.0.1:5600", DeviceState.DEVICE, "Virtual phone", "vp")
    assert [device.state for device in devices[1:]] == [
        DeviceState.UNAUTHORIZED,
        DeviceState.OFFLINE,
        DeviceState.NO_PERMISSIONS,
        DeviceState.AUTHORIZING,
        DeviceState.OTHER,
    ]
    assert [device.usable for device in devices] == [True] + [False] * 5


def test_a_serial_may_hold_blanks() -> None:
    name = "adb-7c1f22ab-QxLm0z (2)._adb-tls-connect._tcp"
    (device,) = parse_devices(f"List of devices attached\n{name} device product:vp model:Virtual_phone\n")
    assert device == ListedDevice(name, DeviceState.DEVICE, "Virtual phone", "vp")


def test_no_devices_are_no_devices() -> None:
    assert parse_devices("List of devices attached\n\n") == ()


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("1.1.1.1 via 192.168.3.1 dev wlan0 table 1020 src 192.168.3.77 uid 2000", "192.168.3.77"),
        ("30: wlan0: <UP>\n    inet 10.0.0.5/24 brd 10.0.0.255 scope global wlan0", "10.0.0.5"),
        ("RTNETLINK answers: Network is unreachable", ""),
        ("1: lo\n inet 127.0.0.1/8 scope host lo", ""),
    ],
)
def test_the_phones_own_address_is_found(text: str, address: str) -> None:
    assert phone_address(text) == address


def test_a_server_starts_on_its_own_port_and_stops_again() -> None:
    server = AdbServer(port=free_port())
    server.ensure_running()
    assert server.devices() == ()
    server.ensure_running()
    server.stop()
    with pytest.raises(AdbServerUnreachable):
        server.devices()


def test_a_remote_server_is_never_started_from_here() -> None:
    with pytest.raises(AdbServerUnreachable):
        AdbServer(host="localhost.invalid", port=5037).ensure_running()


def test_a_phone_that_does_not_listen_is_not_found(adb_server: AdbServer) -> None:
    with pytest.raises(PhoneNotFound):
        adb_server.connect(f"127.0.0.1:{free_port()}")


def test_pairing_with_nobody_fails_with_what_to_do(adb_server: AdbServer) -> None:
    with pytest.raises(PairingFailed) as caught:
        adb_server.pair(f"127.0.0.1:{free_port()}", "123456")
    assert "配对码" in caught.value.advice


def test_a_connected_phone_is_listed_forgotten_and_connected_again(adb_server: AdbServer, phone: AdbPhone) -> None:
    adb_server.connect(phone.serial)
    assert phone.serial in [device.serial for device in adb_server.devices() if device.usable]
    adb_server.disconnect(phone.serial)
    assert phone.serial not in [device.serial for device in adb_server.devices()]
    adb_server.reconnect(phone.serial)
    assert phone.link.shell("echo back").stdout == "back\n"


def test_a_phone_that_was_disconnected_is_connected_by_the_next_command(adb_server: AdbServer, phone: AdbPhone) -> None:
    adb_server.disconnect(phone.serial)
    assert phone.screenshot().size == phone.size()


def test_a_killed_adb_server_is_started_again_by_the_next_command(phone: AdbPhone) -> None:
    server = AdbServer(port=free_port())
    lost = AdbPhone(phone.serial, port=server.port)
    assert lost.link.shell("echo one").stdout == "one\n"
    server.stop()
    assert lost.link.shell("echo two").stdout == "two\n"
    server.stop()


def test_the_adb_program_can_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert adb_program().name.startswith("adb")
    monkeypatch.setenv("ADBUTILS_ADB_PATH", "/opt/other/adb")
    assert str(adb_program()) == "/opt/other/adb"
