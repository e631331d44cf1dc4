"""Filters for text: grep, head, tail, wc, sort, uniq, cut, tr, as far as adb users pipe through them.

Rule: lines are bytes until they have to be read, so nothing is lost in between.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from cs_agent.demo.phone.commands.folders import content, split_options
from cs_agent.demo.phone.shell.call import FAILED, OK, USAGE, Call, Command
from cs_agent.demo.phone.shell.streams import read_line

_DEFAULT_LINES = 10


async def grep(call: Call) -> int:
    letters, operands, patterns = _grep_arguments(call)
    if not patterns:
        return await call.fail("No REGEX", USAGE)
    try:
        expression = _expression(patterns, letters)
    except re.error:
        return await call.fail(f"bad REGEX '{patterns[0]}'", USAGE)
    found, status = 0, OK
    for operand in operands or ["-"]:
        try:
            lines = (await content(call, operand)).splitlines()
        except OSError as error:
            status = await call.fail(f"{operand}: {error.strerror}", USAGE)
            continue
        found += await _show(call, letters, operand if len(operands) > 1 else "", expression, lines)
    return status or (OK if found else FAILED)


def _grep_arguments(call: Call) -> tuple[str, list[str], list[str]]:
    args, patterns = list(call.args), []
    while "-e" in args[:-1]:
        at = args.index("-e")
        patterns.append(args[at + 1])
        del args[at : at + 2]
    letters, operands = split_options(args)
    letters += "E" if call.name == "egrep" else ""
    if not patterns and operands:
        patterns.append(operands.pop(0))
    return letters, operands, patterns


def _expression(patterns: list[str], letters: str) -> re.Pattern[bytes]:
    read = (re.escape(pattern) if "F" in letters else _dialect(pattern, letters) for pattern in patterns)
    source = "|".join(f"(?:{pattern})" for pattern in read)
    source = rf"\b(?:{source})\b" if "w" in letters else source
    source = rf"\A(?:{source})\Z" if "x" in letters else source
    return re.compile(source.encode(errors="surrogateescape"), re.IGNORECASE if "i" in letters else 0)


def _dialect(pattern: str, letters: str) -> str:
    """A basic expression as an extended one: there, the escaped brackets are the special ones."""
    if "E" in letters or "P" in letters:
        return pattern
    return re.sub(r"\\?[(){}|+?]", lambda match: match[0][1:] if match[0][0] == "\\" else f"\\{match[0]}", pattern)


async def _show(call: Call, letters: str, title: str, expression: re.Pattern[bytes], lines: list[bytes]) -> int:
    kept = [(number, line) for number, line in enumerate(lines, 1) if bool(expression.search(line)) != ("v" in letters)]
    prefix = f"{title}:".encode(errors="surrogateescape") if title and "h" not in letters else b""
    if "q" in letters:
        return len(kept)
    if "c" in letters:
        await call.streams.out.write(prefix + f"{len(kept)}\n".encode())
    elif "l" in letters:
        await call.say(title or "(standard input)") if kept else None
    else:
        for number, line in kept:
            where = f"{number}:".encode() if "n" in letters else b""
            for part in expression.findall(line) if "o" in letters else [line]:
                await call.streams.out.write(prefix + where + part + b"\n")
    return len(kept)


async def head(call: Call) -> int:
    """The first lines as soon as they are there, so that an endless writer is stopped."""
    unit, count, skip, operands = _count(call)
    if skip or operands:
        return await _ends(call, from_start=True)
    if unit == "c":
        while count > 0 and (block := await call.streams.stdin.read(count)):
            count -= len(block)
            await call.streams.out.write(block)
        return OK
    for _ in range(count):
        await call.streams.out.write(await read_line(call.streams.stdin))
    return OK


async def tail(call: Call) -> int:
    return await _ends(call, from_start=False)


async def _ends(call: Call, from_start: bool) -> int:
    unit, count, skip, operands = _count(call)
    status = OK
    for operand in operands or ["-"]:
        try:
            data = await content(call, operand)
        except OSError as error:
            status = await call.fail(f"{operand}: {error.strerror}")
            continue
        if len(operands) > 1:
            await call.say(f"==> {operand} <==")
        items = [data[i : i + 1] for i in range(len(data))] if unit == "c" else data.splitlines(keepends=True)
        await call.streams.out.write(b"".join(_cut(items, count, skip, from_start)))
    return status


def _cut(items: list[bytes], count: int, skip: bool, from_start: bool) -> list[bytes]:
    """`skip`: head leaves out the last ones (`-n -3`), tail starts at one (`-n +3`)."""
    if from_start:
        return items[: len(items) - count] if skip else items[:count]
    return items[max(count - 1, 0) :] if skip else items[max(len(items) - count, 0) :]


def _count(call: Call) -> tuple[str, int, bool, list[str]]:
    """Unit, number, whether to skip instead, operands; from `-5`, `-n 5`, `-n5`, `-c 100`, `-n +5`."""
    unit, number, skip = "n", _DEFAULT_LINES, False
    operands: list[str] = []
    args = iter(call.args)
    for arg in args:
        match = re.fullmatch(r"-([nc]?)([+-]?\d*)", arg)
        if not match or arg == "-":
            operands.append(arg)
            continue
        written = match[2] or next(args, "")
        unit = match[1] or "n"
        skip = written[:1] in "+-" and written[:1] != ""
        number = int(written.lstrip("+-")) if written.lstrip("+-").isdecimal() else _DEFAULT_LINES
    return unit, number, skip, operands


async def wc(call: Call) -> int:
    letters, operands = split_options(call.args)
    wanted = [letter for letter in "lwc" if letter in letters or not letters]
    totals = [0, 0, 0]
    for operand in operands or ["-"]:
        data = await content(call, operand)
        counts = [data.count(b"\n"), len(data.split()), len(data)]
        totals = [left + right for left, right in zip(totals, counts, strict=True)]
        await call.say(_counted(counts, wanted, operand if operand != "-" else ""))
    if len(operands) > 1:
        await call.say(_counted(totals, wanted, "total"))
    return OK


def _counted(counts: list[int], wanted: list[str], name: str) -> str:
    shown = [str(counts["lwc".index(letter)]) for letter in wanted]
    return " ".join([*shown, name] if name else shown)


async def sort(call: Call) -> int:
    letters, operands = split_options(call.args)
    lines = [line for operand in operands or ["-"] for line in (await content(call, operand)).splitlines()]
    lines.sort(key=_numeric if "n" in letters else None, reverse="r" in letters)
    await _write_lines(call, dict.fromkeys(lines) if "u" in letters else lines)
    return OK


def _numeric(line: bytes) -> float:
    match = re.match(rb"\s*(-?\d+(?:\.\d+)?)", line)
    return float(match[1]) if match else 0.0


async def uniq(call: Call) -> int:
    letters, operands = split_options(call.args)
    groups: list[tuple[bytes, int]] = []
    for line in (await content(call, operands[0] if operands else "-")).splitlines():
        if groups and groups[-1][0] == line:
            groups[-1] = (line, groups[-1][1] + 1)
        else:
            groups.append((line, 1))
    await _write_lines(call, [b"%7d %s" % (count, line) if "c" in letters else line for line, count in groups])
    return OK


async def cut(call: Call) -> int:
    """`cut -d X -f 1,3` and `cut -c 1-4`, values attached or apart."""
    options, operands = _valued(call, "dfc")
    ranges = options.get("f") or options.get("c")
    if not ranges:
        return await call.fail("no -f or -c")
    delimiter = options.get("d", "\t")
    for operand in operands or ["-"]:
        for raw in (await content(call, operand)).decode(errors="surrogateescape").splitlines():
            pieces = raw.split(delimiter) if "f" in options else list(raw)
            kept = [pieces[index] for index in _indexes(ranges, len(pieces))]
            await call.say(
                raw if "f" in options and len(pieces) == 1 else (delimiter if "f" in options else "").join(kept)
            )
    return OK


def _valued(call: Call, letters: str) -> tuple[dict[str, str], list[str]]:
    options: dict[str, str] = {}
    operands: list[str] = []
    args = iter(call.args)
    for arg in args:
        if len(arg) > 1 and arg[0] == "-" and arg[1] in letters:
            options[arg[1]] = arg[2:] or next(args, "")
        else:
            operands.append(arg)
    return options, operands


def _indexes(ranges: str, size: int) -> Iterator[int]:
    for part in ranges.split(","):
        first, dash, last = part.partition("-")
        low = int(first) if first.isdecimal() else 1
        high = int(last) if last.isdecimal() else (size if dash else low)
        yield from range(max(low - 1, 0), min(high, size))


async def tr(call: Call) -> int:
    letters, operands = split_options(call.args)
    data = (await content(call, "-")).decode(errors="surrogateescape")
    sets = [_characters(operand) for operand in operands]
    if not sets:
        return await call.fail("Needs 1 argument")
    if "d" in letters or len(sets) == 1:
        table = {ord(char): None for char in sets[0]}
        await call.say(data.translate(table), end="")
        return OK
    padded = sets[1].ljust(len(sets[0]), sets[1][-1:])
    await call.say(data.translate(dict(zip(map(ord, sets[0]), padded, strict=False))), end="")
    return OK


def _characters(text: str) -> str:
    plain = text.replace("\\n", "\n").replace("\\r", "\r").replace("\\t", "\t")
    return re.sub(
        r"(.)-(.)",
        lambda match: "".join(map(chr, range(ord(match[1]), ord(match[2]) + 1))),
        plain,
        flags=re.DOTALL,
    )


async def _write_lines(call: Call, lines: Iterable[bytes]) -> None:
    await call.streams.out.write(b"".join(line + b"\n" for line in lines))


COMMANDS: dict[str, Command] = {
    "cut": cut,
    "egrep": grep,
    "grep": grep,
    "head": head,
    "sort": sort,
    "tail": tail,
    "tr": tr,
    "uniq": uniq,
    "wc": wc,
}
