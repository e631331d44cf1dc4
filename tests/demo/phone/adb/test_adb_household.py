"""Several phones of one process: what they share, what is their own, and that a failed start leaves nothing."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from cs_agent.demo.phone.device.fake_screen import FakeScreen
from cs_agent.demo.phone.device.screen import Screen, ScreenGone
from cs_agent.demo.phone.household import Household
from cs_agent.demo.phone.options import Options, ScreenKind, StartFailed
from tests.demo.phone.adb.adb_support import bare_host

FAKE = Options(port=0, count=2, screen=ScreenKind.FAKE)


@contextlib.contextmanager
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        yield taken.getsockname()[1]


async def test_every_phone_has_its_own_key_port_files_and_faults() -> None:
    async with Household(FAKE) as household:
        one, two = household.members
        assert (one.key, two.key) == ("phone-1", "phone-2")
        assert one.address != two.address
        one.faults.set("secure_window", True)
        assert two.faults.secure_window is False
        async with bare_host(one.server) as host:
            await host.ask("shell:echo mine > /sdcard/f")
        async with bare_host(two.server) as host:
            assert b"No such file" in await host.ask("shell:cat /sdcard/f")


async def test_ready_lines_name_address_key_and_size() -> None:
    async with Household(FAKE) as household:
        lines = household.ready_lines()
        assert lines == [f"ready {member.address} key={member.key} size=1080x2400" for member in household.members]


async def test_chaos_reaches_every_phone() -> None:
    options = Options(port=0, count=2, screen=ScreenKind.FAKE, chaos="dead_keyboard,rotation=2")
    async with Household(options) as household:
        for member in household.members:
            assert (member.faults.dead_keyboard, member.faults.rotation) == (True, 2)


async def test_the_end_closes_ports_and_removes_files() -> None:
    async with Household(FAKE) as household:
        server = household.members[0].server
        root: Path = server.phone.files.root
        assert root.is_dir()
    assert not root.exists()
    with pytest.raises(OSError):
        await asyncio.open_connection("127.0.0.1", server.port)


async def test_a_start_that_fails_halfway_leaves_nothing() -> None:
    with taken_port() as port:
        household = Household(Options(port=port - 1, count=2, screen=ScreenKind.FAKE))
        with pytest.raises(StartFailed, match=str(port)):
            async with household:
                pass
        assert not any(member.server.phone.files.root.exists() for member in household.members)
        with pytest.raises(OSError):
            await asyncio.open_connection("127.0.0.1", port - 1)


async def test_the_end_does_not_wait_for_hosts_that_stay() -> None:
    async with Household(FAKE) as household, bare_host(household.members[0].server) as host:
        await host.open("shell:sleep 60")
        await asyncio.wait_for(household.__aexit__(None, None, None), 5)
        with pytest.raises(ConnectionError):
            await host.read_to_hang_up()


# --- the shipped fake is a screen


async def test_the_fake_screen_keeps_what_was_done_to_it() -> None:
    fake = FakeScreen()
    screen: Screen = fake
    await screen.tap(1, 2)
    assert await screen.insert_text("abc") is True
    assert await screen.delete_chars(1) is True
    assert (fake.gestures, fake.text) == ([("tap", 1, 2)], "ab")
    assert len(await screen.screenshot_rgba()) == screen.width * screen.height * 4


async def test_a_fake_screen_that_is_gone_says_so() -> None:
    screen = FakeScreen(gone=True)
    for action in (screen.screenshot_png(), screen.tap(1, 1), screen.insert_text("x"), screen.dump()):
        with pytest.raises(ScreenGone):
            await action


async def test_a_fake_screen_without_a_focus_takes_no_text() -> None:
    screen = FakeScreen(focused=False, text="kept")
    assert not await screen.insert_text("x")
    assert not await screen.clear_text()
    assert not await screen.delete_chars(2)
    assert screen.text == "kept"
