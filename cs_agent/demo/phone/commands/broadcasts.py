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
from cs_agent.demo.phone.device.keycodes import key_name
from cs_agent.demo.phone.device.phone import VirtualPhone

SCAN_FILE = "android.intent.action.MEDIA_SCANNER_SCAN_FILE"
_EDITOR_CODES = {2: "go", 3: "search", 4: "send", 5: "next", 6: "done"}  # EditorInfo.IME_ACTION_…

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
    for code in _meta_codes(intent):
        await phone.key(code)


def _meta_codes(intent: Intent) -> list[str]:
    """`mcode` holds pairs of a meta state and a key; keys without a meta state can be pressed here."""
    written = intent.extras.get("mcode")
    words = written.split(",") if isinstance(written, str) else []
    pairs = zip(words[::2], words[1::2], strict=False)
    return [name for meta, code in pairs if meta == "0" and (name := key_name(code))]


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


async def _characters(phone: VirtualPhone, intent: Intent) -> None:
    """Unicode code points."""
    codes = intent.extras.get("chars")
    if isinstance(codes, tuple):
        with suppress(ValueError, OverflowError):
            await phone.type_text("".join(chr(int(code)) for code in codes))


async def _key(phone: VirtualPhone, intent: Intent) -> None:
    name = key_name(str(intent.extras.get("code", "")))
    if name and not phone.faults.dead_keyboard:
        await phone.key(name)


async def _editor_code(phone: VirtualPhone, intent: Intent) -> None:
    code = intent.extras.get("code")
    if isinstance(code, int) and code in _EDITOR_CODES:
        await phone.editor_action(_EDITOR_CODES[code])


async def _clear(phone: VirtualPhone, intent: Intent) -> None:
    await phone.clear_text()


def _editor(name: str) -> Receiver:
    async def act(phone: VirtualPhone, intent: Intent) -> None:
        await phone.editor_action(name)

    return act


_KEYBOARD: dict[str, Receiver] = {
    "ADB_INPUT_TEXT": _text,
    "ADB_INPUT_B64": _base64,
    "ADB_INPUT_CHARS": _characters,
    "ADB_INPUT_CODE": _key,
    "ADB_EDITOR_CODE": _editor_code,
    "ADB_CLEAR_TEXT": _clear,
    **{f"ADB_ACTION_{name.upper()}": _editor(name) for name in ("search", "go", "done", "next", "send")},
}
