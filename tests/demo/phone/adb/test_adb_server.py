"""The phone's ADB server on a real socket: services, back-pressure, hang-ups, and the faults of a connection."""

from __future__ import annotations

import asyncio
import struct

import pytest

from cs_agent.demo.phone.adbd.connection import AuthKind
from cs_agent.demo.phone.adbd.frames import MAX_DATA, VERSION, Command
from cs_agent.demo.phone.device.fake_screen import FakeScreen
from cs_agent.demo.phone.device.phone import VirtualPhone
from tests.demo.phone.adb.adb_support import bare_host, eventually, serving, shell_packets

PICTURE_SIZE = 1080 * 2400 * 4


async def test_the_banner_names_the_phone_and_its_features(phone: VirtualPhone) -> None:
    async with serving(phone) as server, bare_host(server, connect=False) as host:
        frame = await host.connect()
    text = frame.payload.decode()
    assert text.startswith("device::ro.product.name=virtual_cn;ro.product.model=Virtual_phone;")
    features = text.partition("features=")[2].split(",")
    assert {"shell_v2", "cmd"} <= set(features)
    assert "delayed_ack" not in features


@pytest.mark.parametrize(
    ("service", "reply"),
    [
        ("shell:echo hi; echo err >&2", b"hi\nerr\n"),
        ("root:", b"adbd cannot run as root in production builds\n"),
    ],
)
async def test_a_service_says_what_a_phone_says(phone: VirtualPhone, service: str, reply: bytes) -> None:
    async with serving(phone) as server, bare_host(server) as host:
        assert await host.ask(service) == reply


@pytest.mark.parametrize("service", ["nonsense:", "tcp:9008", "localabstract:scrcpy", "exec:", "host:devices"])
async def test_an_unknown_service_is_refused(phone: VirtualPhone, service: str) -> None:
    async with serving(phone) as server, bare_host(server) as host:
        with pytest.raises(ConnectionRefusedError):
            await host.open(service)
        assert await host.ask("shell:echo still here") == b"still here\n"


async def test_the_second_shell_keeps_outputs_and_status_apart(phone: VirtualPhone) -> None:
    async with serving(phone) as server, bare_host(server) as host:
        reply = await host.ask("shell,v2,TERM=xterm,raw:echo out; echo err >&2; exit 7")
    assert shell_packets(reply) == (b"out\n", b"err\n", 7)


async def test_input_of_the_second_shell_comes_in_packets_and_can_be_ended(phone: VirtualPhone) -> None:
    async with serving(phone) as server, bare_host(server) as host:
        await host.open("shell,v2,raw:cat; echo end")
        host.write(struct.pack("<BI", 5, 0))  # the window's size is of no interest
        host.write(struct.pack("<BI", 0, 5) + b"hello" + struct.pack("<BI", 4, 0))
        assert shell_packets(await host.read_to_end()) == (b"helloend\n", b"", 0)


async def test_a_large_picture_comes_in_pieces_of_the_agreed_size(phone: VirtualPhone) -> None:
    async with serving(phone) as server, bare_host(server, connect=False) as host:
        await host.connect(max_data=256 * 1024)
        await host.open("exec:screencap")
        total, largest = 0, 0
        while (piece := await host.read_data()) is not None:
            total, largest = total + len(piece), max(largest, len(piece))
    assert total == PICTURE_SIZE + 16
    assert largest <= 256 * 1024


async def test_nothing_more_is_sent_before_the_host_acknowledges(phone: VirtualPhone) -> None:
    async with serving(phone) as server, bare_host(server) as host:
        await host.open("exec:screencap")
        first = await host.receive()
        assert first.command == Command.WRTE
        with pytest.raises(asyncio.TimeoutError):
            await host.receive(timeout=0.1)
        host.acknowledge()
        assert (await host.receive()).command == Command.WRTE


async def test_streams_of_one_connection_do_not_wait_for_each_other(phone: VirtualPhone) -> None:
    async with serving(phone) as server, bare_host(server) as host:
        await host.open("exec:screencap")
        assert (await host.receive()).command == Command.WRTE
        assert await host.ask("shell:echo quick") == b"quick\n"


async def test_a_host_that_floods_a_deaf_service_is_slowed_down(phone: VirtualPhone) -> None:
    async with serving(phone) as server, bare_host(server) as host:
        await host.open("exec:sleep 60")
        acknowledged = 0
        for _ in range(5):
            host.write(b"x" * 100_000)
            try:
                await host.receive(timeout=0.1)
            except TimeoutError:
                break
            acknowledged += 1
    assert 0 < acknowledged < 5


async def test_what_was_sent_before_a_close_is_still_read(phone: VirtualPhone) -> None:
    async with serving(phone) as server, bare_host(server) as host:
        await host.open("exec:cat > /sdcard/in; echo done >> /sdcard/in")
        host.write(b"payload ")
        host.close()
        target = phone.files.host("/sdcard/in")
        await eventually(lambda: target.exists() and target.read_bytes().endswith(b"done\n"))
        assert target.read_bytes() == b"payload done\n"


async def test_a_command_of_the_second_shell_dies_with_its_stream(phone: VirtualPhone, screen: FakeScreen) -> None:
    async with serving(phone) as server, bare_host(server) as host:
        await host.open("shell,v2,raw:sleep 0.2; input tap 1 1")
        host.close()
        await asyncio.sleep(0.3)
        assert await host.ask("shell:echo alive") == b"alive\n"
    assert screen.gestures == []


async def test_a_gesture_that_has_begun_is_finished_when_the_host_leaves(
    phone: VirtualPhone, screen: FakeScreen
) -> None:
    async with serving(phone) as server, bare_host(server) as host:
        await host.open("shell,v2,raw:input swipe 1 1 9 9 200")
        await asyncio.sleep(0.05)
        host.close()
        await eventually(lambda: bool(screen.gestures))
    assert screen.gestures == [("swipe", 1, 1, 9, 9, 200)]


async def test_several_hosts_share_the_phone(phone: VirtualPhone) -> None:
    async with serving(phone) as server, bare_host(server) as one, bare_host(server) as two:
        replies = await asyncio.gather(one.ask("shell:echo one"), two.ask("shell:echo two"))
        assert replies == [b"one\n", b"two\n"]
        assert server.connected == 2


async def test_garbage_ends_only_the_connection_it_came_on(phone: VirtualPhone) -> None:
    async with serving(phone) as server, bare_host(server) as good:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert await reader.read() == b""
        writer.close()
        assert await good.ask("shell:echo fine") == b"fine\n"


# --- reverse forwarding and ports


# --- faults of the connection


async def test_a_dropped_connection_is_cut_without_a_word_and_can_be_made_again(phone: VirtualPhone) -> None:
    async with serving(phone) as server:
        async with bare_host(server) as host:
            await host.open("shell:sleep 60")
            phone.faults.set("dropped_connection", True)
            with pytest.raises(ConnectionError):
                await host.receive()
        async with bare_host(server) as again:
            assert await again.ask("shell:echo back") == b"back\n"
        phone.faults.set("dropped_connection", False)


async def test_an_offline_phone_accepts_and_stays_silent_until_it_is_back(phone: VirtualPhone) -> None:
    phone.faults.set("offline", True)
    async with serving(phone) as server, bare_host(server, connect=False) as host:
        host.send(Command.CNXN, VERSION, MAX_DATA, b"host::")
        with pytest.raises(asyncio.TimeoutError):
            await host.receive(timeout=0.1)
        phone.faults.set("offline", False)
        assert (await host.receive()).command == Command.CNXN
        assert await host.ask("shell:echo back") == b"back\n"


async def test_an_unauthorized_host_waits_for_somebody_to_accept_its_key(phone: VirtualPhone) -> None:
    async with serving(phone) as server:
        async with bare_host(server) as known:
            phone.faults.set("unauthorized", True)
            with pytest.raises(ConnectionError):
                await known.receive()
        async with bare_host(server, connect=False) as host:
            frame = await host.connect()
            assert (frame.command, frame.arg0, len(frame.payload)) == (Command.AUTH, AuthKind.TOKEN, 20)
            host.send(Command.AUTH, AuthKind.SIGNATURE, 0, b"s" * 256)
            assert (await host.receive()).command == Command.AUTH
            host.send(Command.AUTH, AuthKind.PUBLIC_KEY, 0, b"key host\0")
            with pytest.raises(asyncio.TimeoutError):
                await host.receive(timeout=0.1)
            assert server.connected == 0
            phone.faults.set("unauthorized", False)
            assert (await host.receive()).command == Command.CNXN
