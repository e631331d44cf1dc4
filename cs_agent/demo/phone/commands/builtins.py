"""What the shell itself can do: variables, folders, jobs, conditions, echo and printf.

Rule: statuses and wording are mksh's. Everything here works on the shell that runs it, not on a copy.
"""

from __future__ import annotations

import asyncio
import re
import stat
from collections.abc import Callable

from cs_agent.demo.phone.shell.call import FAILED, OK, USAGE, Call, Command
from cs_agent.demo.phone.shell.interpreter import NOT_FOUND, ExitShell, LoopJump
from cs_agent.demo.phone.shell.streams import read_line

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ESCAPE = re.compile(r"\\(?:0?([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|(.))", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "\\": "\\", "e": "\x1b"}
_FORMAT = re.compile(r"%(-?0?\d*(?:\.\d+)?)([sdiuxXcobq%])")
_MAX_WIDTH = 4096  # characters of one padded field
_MAX_SLEEP_S = 24 * 3600.0


async def true(call: Call) -> int:
    return OK


async def false(call: Call) -> int:
    return FAILED


async def cd(call: Call) -> int:
    target = call.args[0] if call.args else call.shell.variables.get("HOME", "/")
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


async def export(call: Call) -> int:
    for item in call.args:
        name, given, value = item.partition("=")
        if given and _NAME.fullmatch(name):
            call.shell.variables[name] = value
    return OK


async def unset(call: Call) -> int:
    for name in call.args:
        call.shell.variables.pop(name, None)
    return OK


async def set_(call: Call) -> int:
    """Positional arguments after `--`; options are taken and have no effect; alone it lists the variables."""
    if not call.args:
        for name, value in sorted(call.shell.variables.items()):
            await call.say(f"{name}={value}")
    elif call.args[0] == "--" or not call.args[0].startswith(("-", "+")):
        call.shell.args = list(call.args[call.args[0] == "--" :])
    return OK


async def env(call: Call) -> int:
    for name, value in call.shell.variables.items():
        await call.say(f"{name}={value}")
    return OK


async def shift(call: Call) -> int:
    count = _number(call.args[0]) if call.args else 1
    if count is None or count > len(call.shell.args):
        return await call.fail("nothing to shift")
    del call.shell.args[:count]
    return OK


async def exit_(call: Call) -> int:
    status = _number(call.args[0]) if call.args else call.shell.status
    raise ExitShell(FAILED if status is None else status & 0xFF)


async def break_(call: Call) -> int:
    raise LoopJump(_levels(call), again=False)


async def continue_(call: Call) -> int:
    raise LoopJump(_levels(call), again=True)


def _levels(call: Call) -> int:
    return max(1, _number(call.args[0]) or 1) if call.args else 1


async def eval_(call: Call) -> int:
    return await call.shell.run_part(" ".join(call.args), call.streams)


async def source(call: Call) -> int:
    """Run a file in this very shell."""
    if not call.args:
        return await call.fail("missing argument", USAGE)
    path = call.phone.files.host(call.resolve(call.args[0]))
    return await call.shell.run_part(path.read_bytes().decode(errors="surrogateescape"), call.streams)


async def exec_(call: Call) -> int:
    if not call.args:
        return OK
    raise ExitShell(await call.shell.execute(list(call.args), call.streams))


async def sh(call: Call) -> int:
    """`sh -c SCRIPT [NAME ARGS]`, `sh FILE [ARGS]`, or a script from standard input."""
    options = [arg for arg in call.args if arg.startswith("-")]
    rest = list(call.args[len(options) :])
    if any("c" in option for option in options):
        if not rest:
            return await call.fail("-c: requires an argument", USAGE)
        return await call.shell.child(rest[1] if len(rest) > 1 else "sh", rest[2:]).run_text(rest[0], call.streams)
    if not rest:
        return await call.shell.child("sh", []).run_text(await call.read_text(), call.streams)
    host = call.phone.files.host(call.resolve(rest[0]))
    if not host.is_file():
        return await call.fail(f"{rest[0]}: inaccessible or not found", NOT_FOUND)
    script = host.read_bytes().decode(errors="surrogateescape")
    return await call.shell.child(rest[0], rest[1:]).run_text(script, call.streams)


async def read(call: Call) -> int:
    names = [arg for arg in call.args if not arg.startswith("-")] or ["REPLY"]
    line = await read_line(call.streams.stdin)
    values = line.decode(errors="surrogateescape").rstrip("\n").split(None, len(names) - 1)
    values += [""] * (len(names) - len(values))
    call.shell.variables.update(zip(names, values, strict=True))
    return OK if line.endswith(b"\n") else FAILED


async def wait(call: Call) -> int:
    pids = [_number(arg) or 0 for arg in call.args] or list(call.shell.jobs)
    status = OK
    for pid in pids:
        status = await call.shell.wait_job(pid)
    return status if call.args else OK


async def kill(call: Call) -> int:
    status = OK
    for arg in (arg for arg in call.args if not arg.startswith("-")):
        if not call.shell.kill_job(_number(arg) or 0):
            status = await call.fail(f"{arg}: No such process")
    return status


async def sleep(call: Call) -> int:
    seconds = sum(_seconds(arg) or 0.0 for arg in call.args)
    if not call.args or any(_seconds(arg) is None for arg in call.args):
        return await call.fail("bad time" if call.args else "Needs 1 argument")
    await asyncio.sleep(min(seconds, _MAX_SLEEP_S))
    return OK


async def type_(call: Call) -> int:
    """Also `command -v` and `which`: where a name leads."""
    names = [arg for arg in call.args if not arg.startswith("-")]
    missing = [name for name in names if call.shell.find(name) is None]
    for name in (name for name in names if name not in missing):
        await call.say(name if name in BUILTINS and call.name == "command" else f"/system/bin/{name}")
    return FAILED if missing else OK


async def command(call: Call) -> int:
    if call.args[:1] and call.args[0] in ("-v", "-V"):
        return await type_(call)
    return await call.shell.execute(list(call.args), call.streams) if call.args else OK


# --- echo and printf


async def echo(call: Call) -> int:
    args, newline, escapes = list(call.args), True, False
    while args and re.fullmatch(r"-[neE]+", args[0]):
        option = args.pop(0)
        newline = newline and "n" not in option
        escapes = (escapes or "e" in option) and "E" not in option
    text = " ".join(args)
    await call.say(unescape(text) if escapes else text, end="\n" if newline else "")
    return OK


def unescape(text: str) -> str:
    """C's backslash escapes; unknown ones stay as they are."""

    def replace(match: re.Match[str]) -> str:
        octal, hexadecimal, letter = match.groups()
        if octal or hexadecimal:
            return chr(int(octal, 8) & 0xFF if octal else int(hexadecimal, 16))
        return _ESCAPES.get(letter, match[0])

    return _ESCAPE.sub(replace, text)


async def printf(call: Call) -> int:
    """The format is used again while arguments are left, as everywhere."""
    if not call.args:
        return await call.fail("Needs 1 argument", USAGE)
    template, values = unescape(call.args[0]), list(call.args[1:])
    while True:
        before = len(values)
        await call.say(_FORMAT.sub(lambda match: _formatted(match, values), template), end="")
        if not values or len(values) == before:
            return OK


def _formatted(match: re.Match[str], values: list[str]) -> str:
    flags, kind = match.groups()
    if kind == "%":
        return "%"
    value = values.pop(0) if values else ""
    width, _, precision = flags.lstrip("-0").partition(".")
    if kind in "diuxXo":
        text = format(_number(value) or 0, {"x": "x", "X": "X", "o": "o"}.get(kind, "d"))
    else:
        text = unescape(value) if kind == "b" else value[:1] if kind == "c" else value
        text = text[: int(precision)] if precision else text
    size = min(int(width or 0), _MAX_WIDTH)
    if flags.startswith("-"):
        return text.ljust(size)
    return text.zfill(size) if flags.startswith("0") else text.rjust(size)


# --- conditions


async def test(call: Call) -> int:
    args = list(call.args)
    if call.name == "[":
        if args[-1:] != ["]"]:
            return await call.fail("missing ]", USAGE)
        args.pop()
    try:
        return OK if _true(args, call) else FAILED
    except ValueError as error:
        return await call.fail(str(error), USAGE)


def _true(args: list[str], call: Call) -> bool:
    for joiner, combine in (("-o", any), ("-a", all)):
        if joiner in args[1:-1]:
            at = args.index(joiner, 1)
            return combine((_true(args[:at], call), _true(args[at + 1 :], call)))
    if args[:1] == ["!"]:
        return not _true(args[1:], call)
    if len(args) == 3:
        return _binary(*args)
    if len(args) == 2:
        return _unary(args[0], args[1], call)
    if len(args) > 3:
        raise ValueError(f"{args[1]}: unexpected operator/operand")
    return bool(args and args[0])


_STRING_TESTS: dict[str, Callable[[str, str], bool]] = {
    "=": lambda left, right: left == right,
    "==": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
}
_NUMBER_TESTS: dict[str, Callable[[int, int], bool]] = {
    "-eq": lambda left, right: left == right,
    "-ne": lambda left, right: left != right,
    "-lt": lambda left, right: left < right,
    "-le": lambda left, right: left <= right,
    "-gt": lambda left, right: left > right,
    "-ge": lambda left, right: left >= right,
}


def _binary(left: str, op: str, right: str) -> bool:
    if op in _STRING_TESTS:
        return _STRING_TESTS[op](left, right)
    if op not in _NUMBER_TESTS:
        raise ValueError(f"{op}: unexpected operator/operand")
    numbers = _number(left), _number(right)
    if numbers[0] is None or numbers[1] is None:
        raise ValueError(f"{left if numbers[0] is None else right}: bad number")
    return _NUMBER_TESTS[op](numbers[0], numbers[1])


def _unary(op: str, value: str, call: Call) -> bool:
    if op in ("-z", "-n"):
        return (value == "") == (op == "-z")
    if op not in ("-e", "-f", "-d", "-s", "-r", "-w", "-x", "-L", "-h"):
        raise ValueError(f"{op}: unexpected operator/operand")
    path = call.resolve(value)
    host = call.phone.files.host(path)
    if not host.exists():
        return False
    facts = call.phone.files.facts(path)
    answers = {
        "-f": host.is_file(),
        "-d": host.is_dir(),
        "-s": facts.size > 0,
        "-x": bool(facts.mode & (stat.S_IXUSR | stat.S_IXOTH)),
        "-w": call.phone.files.may_write(path),
        "-L": False,
        "-h": False,
    }
    return answers.get(op, True)


def _number(text: str) -> int | None:
    try:
        return int(text, 0) if text.lower().startswith(("0x", "-0x")) else int(text)
    except ValueError:
        return None


def _seconds(text: str) -> float | None:
    match = re.fullmatch(r"(\d+(?:\.\d*)?|\.\d+)([smhd]?)", text)
    return float(match[1]) * {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}[match[2]] if match else None


BUILTINS: dict[str, Command] = {
    ":": true,
    ".": source,
    "[": test,
    "break": break_,
    "cd": cd,
    "command": command,
    "continue": continue_,
    "echo": echo,
    "eval": eval_,
    "exec": exec_,
    "exit": exit_,
    "export": export,
    "false": false,
    "kill": kill,
    "printf": printf,
    "pwd": pwd,
    "read": read,
    "set": set_,
    "shift": shift,
    "source": source,
    "test": test,
    "trap": true,
    "true": true,
    "type": type_,
    "umask": true,
    "unset": unset,
    "wait": wait,
}
COMMANDS: dict[str, Command] = BUILTINS | {"env": env, "sh": sh, "sleep": sleep, "which": type_}
