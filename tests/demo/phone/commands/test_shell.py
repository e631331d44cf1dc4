"""The phone's shell: what it understands of a command line, and what it answers to the rest."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cs_agent.demo.phone.shell.syntax import ShellSyntaxError, parse
from tests.demo.phone.adb.adb_support import ShellRunner

LINES = [
    ("echo a  b", "a b\n"),
    ("echo 'a  b' \"c  d\"", "a  b c  d\n"),
    ("echo a'b'\"c\"d", "abcd\n"),
    (r"echo a\ b \'", "a b '\n"),
    (r'echo "a\"b" "\$x" "\n"', 'a"b $x \\n\n'),
    ("echo '' \"\" x", "  x\n"),
    ("echo a#b # a comment", "a#b\n"),
    ("echo one; echo two\necho three", "one\ntwo\nthree\n"),
    ("echo a &&\necho b", "a\nb\n"),
    ("false && echo no || echo yes", "yes\n"),
    ("true || echo no; echo $?", "0\n"),
    ("false; echo $? ${?}", "1 1\n"),
    ("exit 3; echo no", ""),
    ("echo $EXTERNAL_STORAGE/x", "/sdcard/x\n"),
    ("echo $none x", "x\n"),
    ('echo "$none" x', " x\n"),
    ("cd /sdcard; pwd; echo $PWD", "/storage/emulated/0\n/storage/emulated/0\n"),
    ("echo a | cat | cat", "a\n"),
    ("echo a > /sdcard/f; echo b >> /sdcard/f; cat < /sdcard/f", "a\nb\n"),
    ("ls /none 2>&1", "ls: /none: No such file or directory\n"),
    ("echo lost > /dev/null; echo kept 2>/dev/null", "kept\n"),
    ("echo late & wait; echo done", "late\ndone\n"),
    ("sleep 0.01 & echo first; wait; echo last", "first\nlast\n"),
    ("[ -d /sdcard ] && test ! = = ; echo $?", "1\n"),
    ("test -d /sdcard && test -e /sdcard && [ -z '' ] && echo yes", "yes\n"),
    ("/system/bin/echo found", "found\n"),
    ("echo 2>/sdcard/e a; echo 12", "a\n12\n"),
]


@pytest.mark.parametrize(("line", "output"), LINES)
async def test_a_command_line_prints(run: ShellRunner, line: str, output: str) -> None:
    assert (await run(line)).out == output


@pytest.mark.parametrize(
    ("line", "status", "error"),
    [
        ("foo", 127, "sh: foo: inaccessible or not found\n"),
        ("echo a > /system/x", 1, "sh: can't create /system/x: Read-only file system\n"),
        ("cat < /none", 1, "sh: can't open /none: No such file or directory\n"),
        ("echo a >&7", 1, "sh: 7: bad file descriptor\n"),
        ("; echo", 1, "sh: syntax error: unexpected ';'\n"),
        ("echo 'open", 1, "sh: no closing quote\n"),
        ("echo a |", 1, "sh: syntax error: unexpected end of file\n"),
        ("echo a >", 1, "sh: syntax error: unexpected 'newline'\n"),
        ("echo $(date)", 1, "sh: syntax error: unexpected '$('\n"),
        ("(exit 3)", 1, "sh: syntax error: unexpected '('\n"),
        ("sleep x", 1, "sleep: bad time\n"),
    ],
)
async def test_what_cannot_be_run_says_so(run: ShellRunner, line: str, status: int, error: str) -> None:
    ran = await run(line)
    assert (ran.status, ran.err) == (status, error)


async def test_a_writer_nobody_reads_is_ended(run: ShellRunner) -> None:
    assert (await run("cat | true", stdin=b"x" * 1_000_000)).status == 0


async def test_a_background_command_delays_the_end_and_not_the_status(run: ShellRunner) -> None:
    ran = await run("sleep 0.01 && echo late & false")
    assert (ran.status, ran.out) == (1, "late\n")


@given(st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12), max_size=4))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_a_quoted_word_arrives_as_it_was(run: ShellRunner, words: list[str]) -> None:
    line = shlex.join(["echo", "--", *words])
    assert (await run(line)).out == " ".join(["--", *words]) + "\n"


@given(st.text(max_size=60))
def test_any_text_is_a_script_or_a_syntax_error(text: str) -> None:
    try:
        script = parse(text)
    except ShellSyntaxError:
        return
    assert all(simple.words or simple.redirects for item in script for simple in item.first)
