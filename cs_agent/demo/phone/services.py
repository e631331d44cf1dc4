"""Which service answers an OPEN, and the small services that need no module of their own.

Rule: what a phone's adbd refuses is refused here (None); what it answers is answered in its words.
Source: AOSP packages/modules/adb, services.cpp and the device facts they were checked against.
"""

from __future__ import annotations

from functools import partial

from cs_agent.demo.phone.adbd.server import HostLink, Service
from cs_agent.demo.phone.adbd.stream import AdbStream
from cs_agent.demo.phone.adbd.sync import SyncService
from cs_agent.demo.phone.device.phone import VirtualPhone
from cs_agent.demo.phone.shell import session
from cs_agent.demo.phone.shell.call import CommandTable

FEATURES = (
    "shell_v2",
    "cmd",
    "fixed_push_mkdir",
    "fixed_push_symlink_timestamp",
)


def banner(phone: VirtualPhone) -> str:
    """The text of the phone's CNXN."""
    who = phone.identity
    names = f"ro.product.name={who.product};ro.product.model={who.model};ro.product.device={who.device}"
    return f"device::{names};features={','.join(FEATURES)}"


class Services:
    """The services of one phone, to be given to its server."""

    def __init__(self, phone: VirtualPhone, commands: CommandTable) -> None:
        self._phone = phone
        self._commands = commands

    def find(self, name: str, link: HostLink) -> Service | None:
        kind, _, rest = name.partition(":")
        match kind:
            case "exec" if rest:
                return partial(session.run_raw, self._phone, self._commands, rest)
            case "sync":
                return self._sync
            case "root":
                return partial(_say, "adbd cannot run as root in production builds\n")
        return self._shell(name)

    def _shell(self, name: str) -> Service | None:
        if not name.startswith(("shell:", "shell,")):
            return None
        options, _, command = name.partition(":")
        run = session.run_v2 if "v2" in options.split(",") else session.run_raw
        return partial(run, self._phone, self._commands, command)

    async def _sync(self, stream: AdbStream) -> None:
        await SyncService(self._phone.files, stream).run()


async def _say(text: str, stream: AdbStream) -> None:
    await stream.write(text.encode())
