"""One virtual phone on the network: its phone, its shell, its ADB server, and the faults of its connection.

Rule: the faults of the connection are applied here and only here; everything above and below behaves as if the
network were good.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from typing import Self

from cs_agent.demo.phone.adbd.connection import Admission
from cs_agent.demo.phone.adbd.server import AdbServer
from cs_agent.demo.phone.commands import COMMANDS
from cs_agent.demo.phone.device.faults import FaultValue
from cs_agent.demo.phone.device.phone import VirtualPhone
from cs_agent.demo.phone.services import Services, banner

DROP_AFTER_S = (5.0, 20.0)  # how long a connection lives while `dropped_connection` is on


class PhoneServer:
    """Use as an async context manager: hosts are served in between."""

    def __init__(self, phone: VirtualPhone, host: str, port: int) -> None:
        self.phone = phone
        self.host = host
        self.port = port  # the real one once it serves
        self._services = Services(phone, COMMANDS)
        self._adb = AdbServer(banner(phone), self._services.find, self._admission)
        self._dropper: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self._adb.__aenter__()
        self.port = await self._adb.listen(self.host, self.port)
        self._unsubscribe = self.phone.faults.subscribe(self._on_fault)
        self._keep_dropping()
        return self

    async def __aexit__(self, *error: object) -> None:
        self._unsubscribe()
        if self._dropper:
            self._dropper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._dropper
        await self._adb.__aexit__(*error)

    @property
    def connected(self) -> int:
        """How many hosts are online."""
        return self._adb.connected

    # --- faults

    @property
    def _admission(self) -> Admission:
        if self.phone.faults.offline:
            return Admission.SILENT
        return Admission.KEY_WANTED if self.phone.faults.unauthorized else Admission.OPEN

    def _on_fault(self, name: str, value: FaultValue) -> None:
        if name in ("offline", "unauthorized"):
            self._adb.set_admission(self._admission)
        elif name == "dropped_connection":
            if value:
                self._adb.drop_all()
            self._keep_dropping()

    def _keep_dropping(self) -> None:
        wanted = self.phone.faults.dropped_connection
        if self._dropper and not wanted:
            self._dropper.cancel()
            self._dropper = None
        elif wanted and self._dropper is None:
            self._dropper = asyncio.create_task(self._drop_again_and_again())

    async def _drop_again_and_again(self) -> None:
        while True:
            await asyncio.sleep(random.uniform(*DROP_AFTER_S))  # noqa: S311 - not a secret
            self._adb.drop_all()
