"""A virtual phone without a browser and without a network, for every test of its ADB side."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cs_agent.demo.phone.commands import COMMANDS
from cs_agent.demo.phone.device.fake_screen import FakeScreen
from cs_agent.demo.phone.device.faults import Faults
from cs_agent.demo.phone.device.files import PhoneFiles
from cs_agent.demo.phone.device.phone import Identity, VirtualPhone
from cs_agent.demo.phone.shell.interpreter import Shell
from tests.demo.phone.adb.adb_support import ShellRunner


@pytest.fixture
def screen() -> FakeScreen:
    return FakeScreen()


@pytest.fixture
def phone(screen: FakeScreen) -> Iterator[VirtualPhone]:
    with PhoneFiles() as files:
        phone = VirtualPhone(Identity(1080, 2400, 420, "VP00001"), screen, files, Faults())
        yield phone


@pytest.fixture
def run(phone: VirtualPhone) -> ShellRunner:
    """`await run("echo hi")` answers status, stdout and stderr; each call is a shell of its own."""
    return ShellRunner(lambda: Shell(phone, COMMANDS))
