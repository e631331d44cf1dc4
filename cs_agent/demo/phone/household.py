"""All the phones of one process with what they share: a browser and a back office.

Rule: whatever was started before something failed, or before the end came, is stopped again in reverse order.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Protocol, Self

from cs_agent.demo.phone.device.fake_screen import FakeScreen, followed
from cs_agent.demo.phone.device.faults import Faults
from cs_agent.demo.phone.device.files import PhoneFiles
from cs_agent.demo.phone.device.phone import Identity, VirtualPhone
from cs_agent.demo.phone.device.screen import Screen
from cs_agent.demo.phone.options import Options, ScreenKind, StartFailed
from cs_agent.demo.phone.server import PhoneServer


@dataclass(frozen=True, slots=True)
class Member:
    """One phone with its key at the back office."""

    key: str
    server: PhoneServer
    faults: Faults

    @property
    def address(self) -> str:
        return f"{self.server.host}:{self.server.port}"


class Screens(Protocol):
    """A source of screens. `facts` is what the ready lines tell about it, as ` name=value`."""

    @property
    def facts(self) -> str: ...

    async def make(self, key: str, files: PhoneFiles, faults: Faults) -> Screen: ...


class FakeScreens:
    facts = ""

    def __init__(self, options: Options) -> None:
        self._options = options

    async def make(self, key: str, files: PhoneFiles, faults: Faults) -> Screen:
        return followed(FakeScreen(self._options.width, self._options.height), faults)


class Household:
    """Use as an async context manager; `members` are the running phones."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.members: list[Member] = []
        self.facts = ""
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        async with self._stack as starting:
            screens = await self._screens()
            for index in range(self.options.count):
                await self._add_phone(index, screens)
            self.facts = screens.facts
            self._stack = starting.pop_all()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._stack.aclose()

    async def _add_phone(self, index: int, screens: Screens) -> None:
        key = f"phone-{index + 1}"
        faults = Faults.from_chaos(self.options.chaos)
        files = self._stack.enter_context(PhoneFiles())
        port = self.options.port + index if self.options.port else 0
        screen = await screens.make(key, files, faults)
        phone = VirtualPhone(self._identity(index), screen, files, faults)
        try:
            server = await self._stack.enter_async_context(PhoneServer(phone, self.options.host, port))
        except OSError as error:
            raise StartFailed(f"cannot listen on port {port}: {error.strerror}") from error
        self.members.append(Member(key, server, faults))

    def _identity(self, index: int) -> Identity:
        size = self.options
        serial = f"VP{size.port + index:05d}"
        return Identity(size.width, size.height, size.density, serial, time_zone=size.time_zone)

    async def _screens(self) -> Screens:
        """Where screens come from, with what they share started."""
        if self.options.screen is ScreenKind.FAKE:
            return FakeScreens(self.options)
        # Only here, so that the ADB side alone starts at once and without a browser's libraries.
        from cs_agent.demo.phone.browser.screens import BrowserScreens

        return await self._stack.enter_async_context(BrowserScreens(self.options))

    def ready_lines(self) -> list[str]:
        """What a person or a script waits for: address, then facts as name=value."""
        size = f"{self.options.width}x{self.options.height}"
        return [f"ready {member.address} key={member.key} size={size}{self.facts}" for member in self.members]
