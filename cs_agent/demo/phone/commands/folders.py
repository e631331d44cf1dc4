"""Files and folders: ls, cat, rm, mkdir, mv, cp, touch, stat, df and their kin, as toybox has them.

Rule: every path goes through the phone's file system, so nothing outside it can be named; errors carry the path as
the person wrote it.
"""

from __future__ import annotations

import base64
import hashlib
import os
import posixpath
import shutil
import stat
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import nullcontext, suppress

from cs_agent.demo.phone.device.files import SHARED, FileFacts
from cs_agent.demo.phone.shell.call import FAILED, OK, Call, Command
from cs_agent.demo.phone.shell.streams import read_all

_BLOCK = 1024 * 1024  # bytes
_OWNERS = {0: "root", 2000: "shell", 1023: "media_rw", 10205: "u0_a205"}
_DISK_KB = 115_343_360  # the size `df` reports


def split_options(args: Iterable[str]) -> tuple[str, list[str]]:
    """The letters of all options, and the operands; `--` ends the options."""
    letters, operands, ended = "", [], False
    for arg in args:
        if ended or not arg.startswith("-") or arg == "-":
            operands.append(arg)
        elif arg == "--":
            ended = True
        else:
            letters += arg.lstrip("-") if not arg.startswith("--") else {"--recursive": "r"}.get(arg, "")
    return letters, operands


async def each(call: Call, paths: Iterable[str], action: Callable[[str], None]) -> int:
    """Do it for every path, complain about those where it cannot be done, and go on."""
    status = OK
    for path in paths:
        try:
            action(path)
        except OSError as error:
            status = await call.fail(f"{path}: {error.strerror}")
        except shutil.Error:
            status = await call.fail(f"{path}: failed")
    return status


# --- looking


async def ls(call: Call) -> int:
    letters, operands = split_options(call.args)
    status, blocks = OK, []
    for operand in operands or ["."]:
        try:
            blocks.append((operand, _listing(call, operand, letters)))
        except OSError as error:
            status = await call.fail(f"{operand}: {error.strerror}")
    for index, (operand, lines) in enumerate(blocks):
        title = len(operands) > 1 and "d" not in letters and call.phone.files.host(call.resolve(operand)).is_dir()
        if title:
            await call.say(("\n" if index else "") + f"{operand}:")
        await call.say("".join(f"{line}\n" for line in lines), end="")
    return status


def _listing(call: Call, operand: str, letters: str) -> list[str]:
    files, path = call.phone.files, call.resolve(operand)
    facts = files.facts(path)
    if not stat.S_ISDIR(facts.mode) or "d" in letters:
        return [_row(operand, facts, letters)]
    names = sorted(os.listdir(files.host(path)))
    names = [".", "..", *names] if "a" in letters else names
    shown = [name for name in names if "a" in letters or "A" in letters or not name.startswith(".")]
    found = [(name, files.facts(posixpath.join(path, name))) for name in shown]
    if "t" in letters:
        found.sort(key=lambda item: -item[1].modified)
    if "S" in letters:
        found.sort(key=lambda item: -item[1].size)
    if "r" in letters:
        found.reverse()
    total = [f"total {sum(_kilobytes(facts) for _, facts in found)}"] if "l" in letters else []
    return total + [_row(name, facts, letters) for name, facts in found]


def _row(name: str, facts: FileFacts, letters: str) -> str:
    shown = name + ("/" if "p" in letters and stat.S_ISDIR(facts.mode) else "")
    if "l" not in letters:
        return shown
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(facts.modified))
    owner, group = _owner(facts.uid), _owner(facts.gid)
    return f"{stat.filemode(facts.mode)} {facts.links} {owner} {group} {facts.size:>8} {when} {shown}"


def _owner(number: int) -> str:
    return _OWNERS.get(number, str(number))


def _kilobytes(facts: FileFacts) -> int:
    return -(-facts.size // 4096) * 4


async def stat_(call: Call) -> int:
    args = list(call.args)
    template = args.pop(args.index("-c") + 1) if "-c" in args[:-1] else None
    _, operands = split_options(args)
    status = OK
    for operand in operands:
        try:
            facts = call.phone.files.facts(call.resolve(operand))
        except OSError as error:
            status = await call.fail(f"'{operand}': {error.strerror}")
            continue
        await call.say(_stat_text(operand, facts, template))
    return status


def _stat_text(path: str, facts: FileFacts, template: str | None) -> str:
    moment = time.strftime("%Y-%m-%d %H:%M:%S.000000000 %z", time.localtime(facts.modified))
    values = {
        "%a": f"{stat.S_IMODE(facts.mode):o}",
        "%A": stat.filemode(facts.mode),
        "%f": f"{facts.mode:x}",
        "%F": "directory" if stat.S_ISDIR(facts.mode) else "regular file",
        "%g": str(facts.gid),
        "%G": _owner(facts.gid),
        "%h": str(facts.links),
        "%i": str(facts.inode),
        "%n": path,
        "%s": str(facts.size),
        "%u": str(facts.uid),
        "%U": _owner(facts.uid),
        "%y": moment,
        "%Y": str(facts.modified),
    }
    text = (
        template
        or "  File: %n\n  Size: %s\t IO Blocks: 8\t %F\nAccess: (%a/%A)\tUid: (%u/%U)\tGid: (%g/%G)\nModify: %y"
    )
    for key, value in values.items():
        text = text.replace(key, value)
    return text


async def df(call: Call) -> int:
    usage = shutil.disk_usage(call.phone.files.root)
    used = sum(item.size for item in call.phone.files.media()) // 1024
    free = min(usage.free // 1024, _DISK_KB - used)
    await call.say(
        "Filesystem      1K-blocks    Used Available Use% Mounted on\n"
        f"/dev/fuse       {_DISK_KB:>9} {used:>7} {free:>9} {used * 100 // _DISK_KB:>3}% {posixpath.dirname(SHARED)}"
    )
    return OK


async def du(call: Call) -> int:
    _, operands = split_options(call.args)
    status = OK
    for operand in operands or ["."]:
        host = call.phone.files.host(call.resolve(operand))
        if not host.exists():
            status = await call.fail(f"{operand}: No such file or directory")
            continue
        files = [host] if host.is_file() else [item for item in host.rglob("*") if item.is_file()]
        await call.say(f"{sum(-(-item.stat().st_size // 4096) * 4 for item in files)}\t{operand}")
    return status


async def find(call: Call) -> int:
    """`find PATH… [-name PATTERN] [-type f|d] [-maxdepth N]`."""
    first = next((index for index, arg in enumerate(call.args) if arg.startswith("-")), len(call.args))
    options = dict(zip(call.args[first::2], call.args[first + 1 :: 2], strict=False))
    status = OK
    for operand in call.args[:first] or (".",):
        if not call.phone.files.host(call.resolve(operand)).exists():
            status = await call.fail(f"'{operand}': No such file or directory")
            continue
        for path in _found(call, operand, options):
            await call.say(path)
    return status


def _found(call: Call, start: str, options: dict[str, str]) -> list[str]:
    top = call.phone.files.host(call.resolve(start))
    depth = int(options["-maxdepth"]) if options.get("-maxdepth", "").isdecimal() else 1000
    kept = []
    for host in [top, *sorted(top.rglob("*"))]:
        relative = host.relative_to(top)
        kind = "d" if host.is_dir() else "f"
        name = relative.name or posixpath.basename(start)
        if len(relative.parts) > depth or options.get("-type", kind) != kind:
            continue
        if host.match(options.get("-name", "*")) or (not relative.parts and name == options.get("-name")):
            kept.append(posixpath.join(start, relative.as_posix()) if relative.parts else start)
    return kept


# --- reading


async def cat(call: Call) -> int:
    status = OK
    _, operands = split_options(call.args)
    for operand in operands or ["-"]:
        try:
            async for block in blocks(call, operand):
                await call.streams.out.write(block)
        except OSError as error:
            status = await call.fail(f"{operand}: {error.strerror}")
    return status


async def blocks(call: Call, operand: str) -> AsyncIterator[bytes]:
    """The bytes of a file, or of standard input for `-`."""
    if operand == "-":
        while block := await call.streams.stdin.read():
            yield block
        return
    with call.phone.files.host(call.resolve(operand)).open("rb") as file:
        while block := file.read(_BLOCK):
            yield block


async def content(call: Call, operand: str) -> bytes:
    return b"".join([block async for block in blocks(call, operand)])


async def checksum(call: Call) -> int:
    algorithm = call.name.removesuffix("sum")
    status = OK
    for operand in split_options(call.args)[1] or ["-"]:
        try:
            digest = hashlib.new(algorithm, await content(call, operand), usedforsecurity=False)
        except OSError as error:
            status = await call.fail(f"{operand}: {error.strerror}")
            continue
        await call.say(digest.hexdigest() + ("" if operand == "-" else f"  {operand}"))
    return status


async def base64_(call: Call) -> int:
    args = list(call.args)
    width = 76
    if "-w" in args[:-1]:
        at = args.index("-w")
        width = int(args[at + 1]) if args[at + 1].isdecimal() else width
        del args[at : at + 2]
    letters, operands = split_options(args)
    data = await content(call, operands[0] if operands else "-")
    if "d" in letters:
        await call.streams.out.write(base64.b64decode(data, validate=False))
        return OK
    text = base64.b64encode(data).decode()
    lines = [text[start : start + width] for start in range(0, len(text), width)] if width else [text]
    await call.say("\n".join(lines), end="\n" if width and text else "")
    return OK


async def tee(call: Call) -> int:
    letters, operands = split_options(call.args)
    data = await read_all(call.streams.stdin)

    def write(path: str) -> None:
        with call.phone.files.host_for_writing(call.resolve(path)).open("ab" if "a" in letters else "wb") as file:
            file.write(data)

    status = await each(call, operands, write)
    await call.streams.out.write(data)
    return status


# --- changing


async def rm(call: Call) -> int:
    letters, operands = split_options(call.args)
    if not operands and "f" not in letters:
        return await call.fail("Needs 1 argument")
    recursive = "r" in letters.lower()

    def remove(path: str) -> None:
        host = call.phone.files.host(call.resolve(path))
        with suppress(FileNotFoundError) if "f" in letters else nullcontext():
            host.lstat()
            target = call.phone.files.host_for_writing(call.resolve(path))
            if target.is_dir() and recursive:
                shutil.rmtree(target)
            else:
                target.unlink()

    return await each(call, operands, remove)


async def mkdir(call: Call) -> int:
    letters, operands = split_options(call.args)
    parents = "p" in letters

    def make(path: str) -> None:
        host = call.phone.files.host(call.resolve(path))
        if not (parents and host.is_dir()):
            target = call.phone.files.host_for_writing(call.resolve(path))
            target.mkdir(parents=parents, exist_ok=parents)

    return await each(call, operands, make)


async def rmdir(call: Call) -> int:
    def remove(path: str) -> None:
        call.phone.files.host_for_writing(call.resolve(path)).rmdir()

    return await each(call, split_options(call.args)[1], remove)


async def touch(call: Call) -> int:
    letters, operands = split_options(call.args)

    def make(path: str) -> None:
        target = call.phone.files.host_for_writing(call.resolve(path))
        if "c" not in letters or target.exists():
            target.touch()

    return await each(call, operands, make)


async def mv(call: Call) -> int:
    return await _transfer(call, move=True)


async def cp(call: Call) -> int:
    return await _transfer(call, move=False)


async def _transfer(call: Call, move: bool) -> int:
    letters, operands = split_options(call.args)
    if len(operands) < 2:
        return await call.fail("Needs 2 arguments")
    *sources, target = operands
    files = call.phone.files
    into = files.host(call.resolve(target)).is_dir()
    if len(sources) > 1 and not into:
        return await call.fail(f"'{target}' not directory")

    def transfer(path: str) -> None:
        origin = files.host(call.resolve(path))
        destination = posixpath.join(target, posixpath.basename(call.resolve(path))) if into else target
        goal = files.host_for_writing(call.resolve(destination))
        if move:
            files.host_for_writing(call.resolve(path))
            shutil.move(origin, goal)
        elif origin.is_dir() and "r" in letters.lower():
            shutil.copytree(origin, goal, dirs_exist_ok=True)
        else:
            shutil.copyfile(origin, goal)

    return await each(call, sources, transfer)


async def chmod(call: Call) -> int:
    """Octal modes and `+x`; shared storage keeps its own, as on a phone."""
    _, operands = split_options(arg for arg in call.args if arg not in ("-x", "-w"))
    if len(operands) < 2:
        return await call.fail("Needs 2 arguments")
    mode = operands[0]

    def change(path: str) -> None:
        resolved = call.resolve(path)
        host = call.phone.files.host_for_writing(resolved)
        present = stat.S_IMODE(host.stat().st_mode)
        wanted = int(mode, 8) if mode.isdecimal() else present | (0o111 if "x" in mode else 0)
        call.phone.files.on_written(resolved, wanted)

    return await each(call, operands[1:], change)


# --- names


async def basename(call: Call) -> int:
    if not call.args:
        return await call.fail("Needs 1 argument")
    name = posixpath.basename(call.args[0].rstrip("/")) or "/"
    suffix = call.args[1] if len(call.args) > 1 else ""
    await call.say(name.removesuffix(suffix) if name != suffix else name)
    return OK


async def dirname(call: Call) -> int:
    if not call.args:
        return await call.fail("Needs 1 argument")
    await call.say(posixpath.dirname(call.args[0].rstrip("/")) or ("/" if call.args[0].startswith("/") else "."))
    return OK


async def realpath(call: Call) -> int:
    status = OK
    for operand in split_options(call.args)[1]:
        path = call.resolve(operand)
        if call.phone.files.host(path).exists():
            await call.say(path)
        else:
            status = await call.fail(f"{operand}: No such file or directory") if call.name == "realpath" else FAILED
    return status


COMMANDS: dict[str, Command] = {
    "base64": base64_,
    "basename": basename,
    "cat": cat,
    "chmod": chmod,
    "cp": cp,
    "df": df,
    "dirname": dirname,
    "du": du,
    "find": find,
    "ls": ls,
    "md5sum": checksum,
    "mkdir": mkdir,
    "mv": mv,
    "readlink": realpath,
    "realpath": realpath,
    "rm": rm,
    "rmdir": rmdir,
    "sha1sum": checksum,
    "sha256sum": checksum,
    "stat": stat_,
    "tee": tee,
    "touch": touch,
}
