"""Which service answers an OPEN, and the small services that need no module of their own.

Rule: what a phone's adbd refuses is refused here (None); what it answers is answered in its words.
Source: AOSP packages/modules/adb, services.cpp and the device facts they were checked against.
"""

from __future__ import annotations

import struct
from contextlib import suppress
from functools import partial
from typing import Protocol

from cs_agent.demo.phone.adbd.reverse import ReverseForwards
from cs_agent.demo.phone.adbd.server import HostLink, Service
from cs_agent.demo.phone.adbd.stream import AdbStream
from cs_agent.demo.phone.adbd.sync import SyncService
from cs_agent.demo.phone.device.phone import CaptureFailed, VirtualPhone
from cs_agent.demo.phone.device.screen import ScreenGone
from cs_agent.demo.phone.shell import session
from cs_agent.demo.phone.shell.call import CommandTable

FEATURES = (
    "shell_v2",
    "cmd",
    "stat_v2",
    "ls_v2",
    "fixed_push_mkdir",
    "fixed_push_symlink_timestamp",
    "apex",
    "remount_shell",
    "track_app",
    "sendrecv_v2",
)
_FRAMEBUFFER = struct.Struct("<14I")
_FRAMEBUFFER_VERSION = 2
_SRGB = 1
_RGBA_LAYOUT = (0, 8, 16, 8, 8, 8, 24, 8)  # offset and length of red, blue, green, alpha, in bits


class Transport(Protocol):
    """What services may ask of the phone's network side."""

    async def use_port(self, port: int) -> None:
        """Listen there too, in place of the last port that was asked for; 0 for none."""


def banner(phone: VirtualPhone) -> str:
    """The text of the phone's CNXN."""
    who = phone.identity
    names = f"ro.product.name={who.product};ro.product.model={who.model};ro.product.device={who.device}"
    return f"device::{names};features={','.join(FEATURES)}"


class Services:
    """The services of one phone, to be given to its server."""

    def __init__(self, phone: VirtualPhone, commands: CommandTable, transport: Transport) -> None:
        self._phone = phone
        self._commands = commands
        self._transport = transport
        self._reverse = ReverseForwards()

    def find(self, name: str, link: HostLink) -> Service | None:
        kind, _, rest = name.partition(":")
        match kind:
            case "exec" if rest:
                return partial(session.run_raw, self._phone, self._commands, rest)
            case "sync":
                return self._sync
            case "reverse":
                return partial(self._reverse.serve, rest, link)
            case "framebuffer":
                return self._framebuffer
            case "track-jdwp" | "track-app" | "jdwp":
                return _idle_list
        return self._shell(name) or self._control(kind, rest)

    async def close(self) -> None:
        await self._reverse.close()

    def _shell(self, name: str) -> Service | None:
        if not name.startswith(("shell:", "shell,")):
            return None
        options, _, command = name.partition(":")
        parts = options.split(",")[1:]
        if "v2" in parts:
            return partial(session.run_v2, self._phone, self._commands, command, "pty" in parts)
        pty = "pty" in parts or (not command and "raw" not in parts)
        return partial(session.run_v1, self._phone, self._commands, command, pty)

    def _control(self, kind: str, rest: str) -> Service | None:
        """The services that say one line and change how the phone is reached."""
        match kind:
            case "tcpip":
                return partial(self._tcpip, rest)
            case "usb":
                return partial(self._usb)
            case "reboot":
                return self._reboot
            case "root":
                return partial(_say, "adbd cannot run as root in production builds\n")
            case "unroot":
                return partial(_say, "adbd not running as root\n")
            case "remount":
                return partial(_say, 'Not running as root. Try "adb root" first.\n')
            case "disable-verity" | "enable-verity":
                return partial(_say, f"{kind} only works for userdebug builds\n")
        return None

    async def _sync(self, stream: AdbStream) -> None:
        await SyncService(self._phone.files, stream).run()

    async def _tcpip(self, text: str, stream: AdbStream) -> None:
        port = int(text) if text.isdecimal() else 0
        if not 0 < port < 65536:
            await _say("invalid port\n", stream)
            return
        await _say(f"restarting in TCP mode port: {port}\n", stream)
        with suppress(OSError):  # the port is taken on this machine: the phone stays reachable where it was
            await self._transport.use_port(port)

    async def _usb(self, stream: AdbStream) -> None:
        await _say("restarting in USB mode\n", stream)
        await self._transport.use_port(0)

    async def _reboot(self, stream: AdbStream) -> None:
        await self._phone.reboot()

    async def _framebuffer(self, stream: AdbStream) -> None:
        try:
            capture = await self._phone.capture_rgba()
        except (ScreenGone, CaptureFailed):
            return
        size = capture.width * capture.height * 4
        header = _FRAMEBUFFER.pack(_FRAMEBUFFER_VERSION, 32, _SRGB, size, capture.width, capture.height, *_RGBA_LAYOUT)
        await stream.write(header)
        await stream.write(capture.rgba)


async def _say(text: str, stream: AdbStream) -> None:
    await stream.write(text.encode())


async def _idle_list(stream: AdbStream) -> None:
    """A list of debuggable processes that stays empty: nothing on a user build is debuggable."""
    await stream.write(b"0000")
    await stream.wait_closed()
