"""Who receives a broadcast on this phone: the ADB keyboard and the media scanner.

Rule: nobody answers. A broadcast that finds no receiver, or a keyboard without a field, passes without a trace.
Source of the actions: the ADB keyboard's own documentation.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Awaitable, Callable
from contextlib import suppress
from urllib.parse import unquote, urlsplit

from cs_agent.demo.phone.commands.intents import Intent
from cs_agent.demo.phone.device.phone import VirtualPhone

SCAN_FILE = "android.intent.action.MEDIA_SCANNER_SCAN_FILE"

Receiver = Callable[[VirtualPhone, Intent], Awaitable[None]]


async def deliver(phone: VirtualPhone, intent: Intent) -> None:
    """To the receiver of the action, if there is one."""
    if intent.action == SCAN_FILE:
        _scan(phone, intent)
    receiver = _KEYBOARD.get(intent.action)
    if receiver and phone.adb_keyboard_listens:
        await receiver(phone, intent)


def _scan(phone: VirtualPhone, intent: Intent) -> None:
    parts = urlsplit(intent.data)
    if parts.scheme == "file":
        with suppress(OSError):
            phone.files.scan(unquote(parts.path))


async def _text(phone: VirtualPhone, intent: Intent) -> None:
    message = intent.extras.get("msg")
    if isinstance(message, str):
        await phone.type_text(message)


async def _base64(phone: VirtualPhone, intent: Intent) -> None:
    message = intent.extras.get("msg")
    if not isinstance(message, str):
        return
    try:
        text = base64.b64decode(message).decode(errors="replace")
    except (binascii.Error, ValueError):
        return
    if text:
        await phone.type_text(text)


async def _clear(phone: VirtualPhone, intent: Intent) -> None:
    await phone.clear_text()


_KEYBOARD: dict[str, Receiver] = {
    "ADB_INPUT_TEXT": _text,
    "ADB_INPUT_B64": _base64,
    "ADB_CLEAR_TEXT": _clear,
}
