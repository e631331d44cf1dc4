"""The programs of the phone, by name: everything its shell can run.

Rule: a name is in exactly one module; the shell finds nothing that is not here or in a file of the phone.
"""

from __future__ import annotations

from cs_agent.demo.phone.commands import (
    activities,
    builtins,
    cmd,
    content,
    display,
    dumpsys,
    packages,
    preferences,
    storage,
    system,
)
from cs_agent.demo.phone.commands.input import inputs, keyboards, uiautomator
from cs_agent.demo.phone.shell.call import Command

_MODULES = (
    activities,
    builtins,
    cmd,
    content,
    display,
    dumpsys,
    inputs,
    keyboards,
    packages,
    preferences,
    storage,
    system,
    uiautomator,
)
COMMANDS: dict[str, Command] = {name: command for module in _MODULES for name, command in module.COMMANDS.items()}
