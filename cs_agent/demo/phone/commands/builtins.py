"""What the shell itself can do: echo, test, sleep, wait, cd and their kin, as far as hosts send them.

Rule: statuses and wording are mksh's. Everything here works on the shell that runs it, not on a copy.
"""

from __future__ import annotations

import asyncio
import re

from cs_agent.demo.phone.shell.call import FAILED, OK, USAGE, Call, Command
from cs_agent.demo.phone.shell.interpreter import ExitShell

_MAX_SLEEP_S = 24 * 3600.0


async def true(call: Call) -> int:
    return OK


async def false(call: Call) -> int:
    return FAILED


async def cd(call: Call) -> int:
    target = call.args[0] if call.args else "/"
    path = call.resolve(target)
    host = call.phone.files.host(path)
    if not host.is_dir():
        reason = "Not a directory" if host.exists() else "No such file or directory"
        return await call.fail(f"{target}: {reason}", USAGE)
    call.shell.cwd = path
    return OK


async def pwd(call: Call) -> int:
    await call.say(call.shell.cwd)
    return OK


async def exit_(call: Call) -> int:
    given = call.args[0] if call.args else str(call.shell.status)
    raise ExitShell(int(given) & 0xFF if given.isdecimal() else FAILED)


async def wait(call: Call) -> int:
    await call.shell.wait_jobs()
    return OK


async def sleep(call: Call) -> int:
    if not call.args:
        return await call.fail("Needs 1 argument")
    if not all(re.fullmatch(r"\d+(?:\.\d*)?|\.\d+", arg) for arg in call.args):
        return await call.fail("bad time")
    await asyncio.sleep(min(sum(map(float, call.args)), _MAX_SLEEP_S))
    return OK


async def which(call: Call) -> int:
    missing = [name for name in call.args if call.shell.find(name) is None]
    for name in (name for name in call.args if name not in missing):
        await call.say(f"/system/bin/{name}")
    return FAILED if missing else OK


async def echo(call: Call) -> int:
    bare = call.args[:1] == ("-n",)
    await call.say(" ".join(call.args[bare:]), end="" if bare else "\n")
    return OK


async def test(call: Call) -> int:
    """`test -d PATH`, `-e`, `-f`, `-z`, `-n`, and `A = B`."""
    args = list(call.args)
    if call.name == "[":
        if args[-1:] != ["]"]:
            return await call.fail("missing ]", USAGE)
        args.pop()
    match args:
        case [("-z" | "-n") as op, text]:
            return OK if (text == "") == (op == "-z") else FAILED
        case [("-e" | "-f" | "-d") as op, path]:
            return OK if _exists(call, op, path) else FAILED
        case [left, ("=" | "!=") as op, right]:
            return OK if (left == right) == (op == "=") else FAILED
        case [text]:
            return OK if text else FAILED
    return await call.fail("unexpected operator/operand", USAGE)


def _exists(call: Call, op: str, path: str) -> bool:
    host = call.phone.files.host(call.resolve(path))
    return host.is_file() if op == "-f" else host.is_dir() if op == "-d" else host.exists()


COMMANDS: dict[str, Command] = {
    ":": true,
    "[": test,
    "cd": cd,
    "echo": echo,
    "exit": exit_,
    "false": false,
    "pwd": pwd,
    "sleep": sleep,
    "test": test,
    "true": true,
    "wait": wait,
    "which": which,
}
