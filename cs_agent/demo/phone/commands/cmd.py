"""`cmd`: the door to the services' own shells; most of them are known by another name as well.

Rule: a service without a shell, and a service that is not there, answer as servicemanager's clients do.
"""

from __future__ import annotations

from dataclasses import replace

from cs_agent.demo.phone.commands import activities, display, packages, preferences
from cs_agent.demo.phone.commands.input import inputs, keyboards
from cs_agent.demo.phone.shell.call import EXCEPTION, Call, Command
from cs_agent.demo.phone.shell.interpreter import SERVICE_GONE

_SERVICES: dict[str, tuple[str, Command]] = {
    "activity": ("am", activities.am),
    "input": ("input", inputs.input_),
    "input_method": ("ime", keyboards.ime),
    "package": ("pm", packages.pm),
    "settings": ("settings", preferences.settings),
    "window": ("wm", display.wm),
}
_WITHOUT_SHELL = ("clipboard", "display", "power", "battery", "usb", "vibrator_manager")


async def cmd(call: Call) -> int:
    name, *rest = call.args or ("",)
    if name in _SERVICES:
        known_as, command = _SERVICES[name]
        return await command(replace(call, name=known_as, args=tuple(rest)))
    if name in _WITHOUT_SHELL:
        await call.complain("No shell command implementation.")
        return EXCEPTION
    await call.complain(f"cmd: Can't find service: {name}" if name else "cmd: No service specified; use -l to list all")
    return SERVICE_GONE


COMMANDS: dict[str, Command] = {"cmd": cmd}
