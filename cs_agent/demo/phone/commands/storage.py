"""Files and folders: ls, cat, rm, mkdir, stat and grep, as toybox has them.

Rule: every path goes through the phone's file system, so nothing outside it can be named; errors carry the path as
the person wrote it.
"""

from __future__ import annotations

import os
import posixpath
import re
import shutil
import stat
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import nullcontext, suppress

from cs_agent.demo.phone.device.files import FileFacts
from cs_agent.demo.phone.shell.call import FAILED, OK, USAGE, Call, Command

_BLOCK = 1024 * 1024  # bytes
_OWNERS = {0: "root", 2000: "shell", 1023: "media_rw", 10205: "u0_a205"}


def split_options(args: Iterable[str]) -> tuple[str, list[str]]:
    """The letters of all options, and the operands; `--` ends the options."""
    letters, operands, ended = "", [], False
    for arg in args:
        if ended or not arg.startswith("-") or arg == "-":
            operands.append(arg)
        elif arg == "--":
            ended = True
        else:
            letters += arg.lstrip("-")
    return letters, operands


async def _each(call: Call, paths: Iterable[str], action: Callable[[str], None]) -> int:
    """Do it for every path, complain about those where it cannot be done, and go on."""
    status = OK
    for path in paths:
        try:
            action(path)
        except OSError as error:
            status = await call.fail(f"{path}: {error.strerror}")
    return status


async def ls(call: Call) -> int:
    """`-l` with what is known of each, `-a` with the hidden ones, `-d` the folder itself."""
    letters, operands = split_options(call.args)
    status, blocks = OK, []
    for operand in operands or ["."]:
        try:
            blocks.append((operand, _listing(call, operand, letters)))
        except OSError as error:
            status = await call.fail(f"{operand}: {error.strerror}")
    for index, (operand, lines) in enumerate(blocks):
        if len(operands) > 1 and "d" not in letters and call.phone.files.host(call.resolve(operand)).is_dir():
            await call.say(("\n" if index else "") + f"{operand}:")
        await call.say("".join(f"{line}\n" for line in lines), end="")
    return status


def _listing(call: Call, operand: str, letters: str) -> list[str]:
    files, path = call.phone.files, call.resolve(operand)
    facts = files.facts(path)
    if not stat.S_ISDIR(facts.mode) or "d" in letters:
        return [_row(operand, facts, letters)]
    names = sorted(os.listdir(files.host(path)))
    shown = [".", "..", *names] if "a" in letters else [name for name in names if not name.startswith(".")]
    found = [(name, files.facts(posixpath.join(path, name))) for name in shown]
    total = [f"total {sum(-(-facts.size // 4096) * 4 for _, facts in found)}"] if "l" in letters else []
    return total + [_row(name, facts, letters) for name, facts in found]


def _row(name: str, facts: FileFacts, letters: str) -> str:
    if "l" not in letters:
        return name
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(facts.modified))
    owner, group = (_OWNERS.get(number, str(number)) for number in (facts.uid, facts.gid))
    return f"{stat.filemode(facts.mode)} {facts.links} {owner} {group} {facts.size:>8} {when} {name}"


async def stat_(call: Call) -> int:
    """`stat [-L] -c FORMAT FILE…`; the format knows %s %n %a %F %Y."""
    args = list(call.args)
    if "-c" not in args[:-1]:
        return await call.fail("Needs -c FORMAT", USAGE)
    template = args.pop(args.index("-c") + 1)
    status = OK
    for operand in split_options(args)[1]:
        try:
            facts = call.phone.files.facts(call.resolve(operand))
        except OSError as error:
            status = await call.fail(f"'{operand}': {error.strerror}")
            continue
        await call.say(_stat_text(operand, facts, template))
    return status


def _stat_text(path: str, facts: FileFacts, template: str) -> str:
    values = {
        "%a": f"{stat.S_IMODE(facts.mode):o}",
        "%F": "directory" if stat.S_ISDIR(facts.mode) else "regular file",
        "%n": path,
        "%s": str(facts.size),
        "%Y": str(facts.modified),
    }
    return re.sub(r"%\w", lambda match: values.get(match[0], "?"), template)


async def cat(call: Call) -> int:
    status = OK
    for operand in split_options(call.args)[1] or ["-"]:
        try:
            async for block in _blocks(call, operand):
                await call.streams.out.write(block)
        except OSError as error:
            status = await call.fail(f"{operand}: {error.strerror}")
    return status


async def _blocks(call: Call, operand: str) -> AsyncIterator[bytes]:
    """The bytes of a file, or of standard input for `-`."""
    if operand == "-":
        while block := await call.streams.stdin.read():
            yield block
        return
    with call.phone.files.host(call.resolve(operand)).open("rb") as file:
        while block := file.read(_BLOCK):
            yield block


async def rm(call: Call) -> int:
    letters, operands = split_options(call.args)
    if not operands and "f" not in letters:
        return await call.fail("Needs 1 argument")

    def remove(path: str) -> None:
        host = call.phone.files.host(call.resolve(path))
        with suppress(FileNotFoundError) if "f" in letters else nullcontext():
            host.lstat()
            target = call.phone.files.host_for_writing(call.resolve(path))
            if target.is_dir() and "r" in letters.lower():
                shutil.rmtree(target)
            else:
                target.unlink()

    return await _each(call, operands, remove)


async def mkdir(call: Call) -> int:
    letters, operands = split_options(call.args)
    parents = "p" in letters

    def make(path: str) -> None:
        host = call.phone.files.host(call.resolve(path))
        if not (parents and host.is_dir()):
            target = call.phone.files.host_for_writing(call.resolve(path))
            target.mkdir(parents=parents, exist_ok=parents)

    return await _each(call, operands, make)


async def grep(call: Call) -> int:
    """`grep [-EFiqvc] REGEX [FILE…]`; lines are bytes, so nothing is lost in between."""
    letters, operands = split_options(call.args)
    if not operands:
        return await call.fail("No REGEX", USAGE)
    pattern, *files = operands
    try:
        expression = _expression(pattern, letters)
    except re.error:
        return await call.fail(f"bad REGEX '{pattern}'", USAGE)
    found = []
    for operand in files or ["-"]:
        try:
            lines = b"".join([block async for block in _blocks(call, operand)]).splitlines()
        except OSError as error:
            return await call.fail(f"{operand}: {error.strerror}", USAGE)
        found += [line for line in lines if bool(expression.search(line)) != ("v" in letters)]
    if "c" in letters:
        await call.say(str(len(found)))
    elif "q" not in letters:
        await call.streams.out.write(b"".join(line + b"\n" for line in found))
    return OK if found else FAILED


def _expression(pattern: str, letters: str) -> re.Pattern[bytes]:
    """A basic expression as an extended one: there, the escaped brackets are the special ones."""
    if "F" in letters:
        pattern = re.escape(pattern)
    elif "E" not in letters:
        pattern = re.sub(
            r"\\?[(){}|+?]", lambda found: found[0][1:] if found[0][0] == "\\" else f"\\{found[0]}", pattern
        )
    return re.compile(pattern.encode(errors="surrogateescape"), re.IGNORECASE if "i" in letters else 0)


COMMANDS: dict[str, Command] = {
    "cat": cat,
    "grep": grep,
    "ls": ls,
    "mkdir": mkdir,
    "rm": rm,
    "stat": stat_,
}
