"""Installs ADB Keyboard on a phone from a file that an administrator names, and enables it.

Rule: nothing but that keyboard is installed; it is there when the phone lists it as enabled, not when a command ended.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from cs_agent.phone.adb.keyboard import ADB_KEYBOARD
from cs_agent.phone.adb.phone import AdbPhone
from cs_agent.phone.errors import InstallRefused, KeyboardMissing, NotTheKeyboard
from cs_agent.phone.waiting import wait_for

_REMOTE = "/data/local/tmp/cs_agent_keyboard.apk"
_INSTALL_S = 120.0  # people are asked on some makers' phones
_ENABLE_S = 10.0  # right after an installation the keyboard is not known yet
_MANIFEST = "AndroidManifest.xml"
_LARGEST_MANIFEST = 1 << 20
_PACKAGE = ADB_KEYBOARD.partition("/")[0]
_FAILURE = re.compile(r"(?:Failure \[|Error: )?(INSTALL_\w+[^\]\n]*)")


def install(phone: AdbPhone, apk: Path) -> None:
    """NotTheKeyboard for any other file; InstallRefused with the phone's reason; KeyboardMissing where it does not show
    up afterwards. Nothing is left on the phone besides the keyboard."""
    _require_keyboard(apk)
    phone.files.push(apk, _REMOTE)
    try:
        output = phone.link.shell(f"pm install -r {_REMOTE}", _INSTALL_S)
    finally:
        phone.link.shell(f"rm -f {_REMOTE}")
    if "Success" not in output.text:
        reason = _FAILURE.search(output.text)
        raise InstallRefused(f"{phone.serial}: {reason[1] if reason else output.text[:200] or 'no answer'}")
    if not wait_for(lambda: _is_enabled(phone), _ENABLE_S):
        raise KeyboardMissing(f"{phone.serial}: installed, but the phone does not enable it")


def _is_enabled(phone: AdbPhone) -> bool:
    phone.link.shell(f"ime enable {ADB_KEYBOARD}")
    return ADB_KEYBOARD in phone.keyboard.enabled()


def _require_keyboard(apk: Path) -> None:
    """By the package's name in its manifest, which is packed in UTF-8 or UTF-16."""
    try:
        with zipfile.ZipFile(apk) as package, package.open(_MANIFEST) as manifest:
            data = manifest.read(_LARGEST_MANIFEST)
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise NotTheKeyboard(f"{apk}: {error}") from error
    if not any(_PACKAGE.encode(encoding) in data for encoding in ("utf-8", "utf-16-le")):
        raise NotTheKeyboard(f"{apk}: the package is not {_PACKAGE}")
