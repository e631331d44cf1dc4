"""Expansion: splitting, quoting, patterns, and the pipes between commands."""

from __future__ import annotations

import asyncio
import fnmatch
import shlex

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cs_agent.demo.phone.device.phone import VirtualPhone
from cs_agent.demo.phone.shell.streams import (
    PIPE_SIZE,
    BrokenPipe,
    BytesSource,
    Collector,
    NoInput,
    Pipe,
    read_all,
    read_line,
)
from tests.demo.phone.adb_support import ShellRunner

plain = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
IN_LOOP = "do printf '<%s>' \"$x\"; done"


@given(plain)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
async def test_a_quoted_variable_is_one_field_and_an_unquoted_one_is_split(run: ShellRunner, value: str) -> None:
    quoted = await run(f'v={shlex.quote(value)}; for x in "$v"; {IN_LOOP}')
    assert quoted.out == f"<{value}>"
    if not set(value) & set("*?["):
        split = await run(f"v={shlex.quote(value)}; for x in $v; {IN_LOOP}")
        assert split.out == "".join(f"<{word}>" for word in value.split())


@pytest.mark.parametrize(
    ("script", "fields"),
    [
        ("v='a b'; for x in pre$v; ", "<prea><b>"),
        ("v='a b'; for x in ${v}post; ", "<a><bpost>"),
        ("v=' a '; for x in x$v''y; ", "<x><a><y>"),
        ("for x in ''; ", "<>"),
        ("v=; for x in $v; ", ""),
        ('v=; for x in "$v"; ', "<>"),
        ("v=; for x in $v''; ", "<>"),
        ("set -- 'a b' c; for x in \"$@\"; ", "<a b><c>"),
        ("set -- 'a b' c; for x in $@; ", "<a><b><c>"),
        ("set -- 'a b' c; for x in \"<$*>\"; ", "<<a b c>>"),
        ('set -- a b; for x in "1$@2"; ', "<1a><b2>"),
        ('set --; for x in "$@"; ', ""),
        ("for x in $(echo a b; echo c); ", "<a><b><c>"),
        ('for x in "$(echo a b; echo c)"; ', "<a b\nc>"),
        ("for x in a=1 -n '*'; ", "<a=1><-n><*>"),
    ],
)
async def test_fields_are_split_as_in_every_shell(run: ShellRunner, script: str, fields: str) -> None:
    assert (await run(f"{script}{IN_LOOP}")).out == fields


names = st.lists(st.text("abc.1*[]-", min_size=1, max_size=5).filter(lambda name: name.strip(".")), max_size=6)


@given(names, st.text("ab.1*?[]-", min_size=1, max_size=5))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
async def test_a_pattern_names_the_files_that_match_it(
    phone: VirtualPhone, run: ShellRunner, files: list[str], pattern: str
) -> None:
    folder = phone.files.host("/sdcard/glob")
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for name in files:
        (folder / name).touch()
    ran = await run(f"cd /sdcard/glob; for x in {pattern}; {IN_LOOP}")
    hidden = pattern.startswith(".")
    visible = {name for name in files if hidden or not name.startswith(".")}
    matching = sorted(name for name in visible if fnmatch.fnmatchcase(name, pattern))
    assert ran.out == "".join(f"<{name}>" for name in matching or [pattern])


async def test_patterns_reach_through_folders(run: ShellRunner) -> None:
    ran = await run(
        "mkdir -p /sdcard/a1/x /sdcard/a2/x; touch /sdcard/a1/x/f.jpg /sdcard/a2/x/g.jpg; ls /sdcard/a*/x/*.jpg"
    )
    assert ran.out == "/sdcard/a1/x/f.jpg\n/sdcard/a2/x/g.jpg\n"


async def test_a_quoted_star_is_no_pattern(run: ShellRunner) -> None:
    assert (await run("cd /sdcard; echo '*' \"P*\" P\\*")).out == "* P* P*\n"


# --- pipes


async def test_a_pipe_makes_a_fast_writer_wait_for_its_reader() -> None:
    pipe = Pipe()
    await pipe.write(b"x" * PIPE_SIZE)
    writing = asyncio.create_task(pipe.write(b"y"))
    await asyncio.sleep(0)
    assert not writing.done()
    assert await pipe.read() == b"x" * PIPE_SIZE
    await writing
    assert await pipe.read() == b"y"


async def test_a_pipe_ends_with_its_writer_and_breaks_with_its_reader() -> None:
    ended, broken = Pipe(), Pipe()
    await ended.write(b"last")
    await ended.close_writer()
    assert await read_all(ended) == b"last"
    await broken.close_reader()
    with pytest.raises(BrokenPipe):
        await broken.write(b"x")


@given(st.binary(max_size=200), st.integers(1, 50))
async def test_lines_and_pieces_add_up_to_the_whole(data: bytes, size: int) -> None:
    source, collected = BytesSource(data), Collector()
    while piece := await source.read(size):
        assert len(piece) <= size
        await collected.write(piece)
    assert bytes(collected.data) == data
    lines, source = [], BytesSource(data)
    while line := await read_line(source):
        lines.append(line)
    assert b"".join(lines) == data
    assert all(line.count(b"\n") <= 1 for line in lines)


async def test_no_input_is_at_its_end() -> None:
    assert await NoInput().read() == b""
