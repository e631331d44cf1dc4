"""The one command that mends what the doctor finds on a phone.

Rule: it names the phone and its adb server, so that it can be copied as it stands.
"""

from __future__ import annotations

import shlex

from cs_agent.catalogue import _
from cs_agent.command_line import command_line
from cs_agent.engine.run.protocols import PhoneError
from cs_agent.phone import errors
from cs_agent.phone.adb.keyboard import ADB_KEYBOARD
from cs_agent.phone.adb.phone import AdbPhone
from cs_agent.phone.findings import Check, CheckStatus

KEYBOARD_FILE = "ADBKeyboard.apk"
_DEFAULT_PORT = 5037
_LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
# Debian's and Ubuntu's rules for Android devices; the group is the one that these rules give the devices to.
_USB_RULES = 'sudo apt-get install android-sdk-platform-tools-common && sudo usermod -aG plugdev "$USER"'


Findings = list[Check]


def failed(code: str, error: PhoneError, phone: AdbPhone) -> Check:
    """A check that could not be made, as a finding."""
    told = _("检查失败:{error}")
    return Check(code, CheckStatus.FAULT, told, error.advice, {"error": str(error)}, fix_of(error, phone))


def fix_of(error: PhoneError, phone: AdbPhone) -> str:
    """The command that fixes the fault; empty where somebody has to touch the phone."""
    match error:
        case errors.AdbServerUnreachable():
            return adb(phone, "start-server", to_phone=False)
        case errors.PhoneNotFound() if phone.link.is_tcp:
            return adb(phone, f"connect {shlex.quote(phone.serial)}", to_phone=False)
        case errors.PhoneOffline():
            return adb(phone, "reconnect offline", to_phone=False)
        case errors.PhoneUnauthorized():
            return adb(phone, "reconnect")
        case errors.WrongMode():
            return adb(phone, "reboot")
        case errors.UsbPermissionMissing():
            return _USB_RULES
        case errors.GesturesBlocked() | errors.KeyboardRefused():
            return developer_options(phone)
        case errors.KeyboardMissing() | errors.TypedTextLost():
            return install_keyboard(phone)
    return ""


def adb(phone: AdbPhone, command: str, *, to_phone: bool = True) -> str:
    """`adb …` by the phone's own adb server; `to_phone`: for this phone, not for the server."""
    host, port = phone.link.client.host, phone.link.client.port
    parts = ["adb"]
    if host not in _LOCAL_HOSTS:
        parts += ["-H", str(host)]
    if port != _DEFAULT_PORT:
        parts += ["-P", str(port)]
    if to_phone:
        parts += ["-s", shlex.quote(phone.serial)]
    return " ".join([*parts, command])


def on_phone(phone: AdbPhone, *commands: str) -> str:
    """One `adb shell` for all of them. The commands hold nothing that a shell would read in double quotes."""
    return adb(phone, f'shell "{"; ".join(commands)}"')


def developer_options(phone: AdbPhone) -> str:
    """Opens the page of the phone on which only a person may change the switch."""
    return on_phone(phone, "am start -a android.settings.APPLICATION_DEVELOPMENT_SETTINGS")


def install_keyboard(phone: AdbPhone) -> str:
    return command_line(f"phones doctor {shlex.quote(phone.serial)} --keyboard {KEYBOARD_FILE}")


def enable_keyboard(phone: AdbPhone) -> str:
    return on_phone(phone, f"ime enable {ADB_KEYBOARD}")
