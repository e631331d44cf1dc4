"""Scripts run as on a phone: lists, pipes, redirections, variables, loops, jobs, statuses and wording."""

from __future__ import annotations

import asyncio
import contextlib
import shlex
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cs_agent.demo.phone.commands import COMMANDS
from cs_agent.demo.phone.device.fake_screen import FakeScreen
from cs_agent.demo.phone.device.phone import VirtualPhone
from cs_agent.demo.phone.shell.interpreter import Shell
from cs_agent.demo.phone.shell.streams import Collector, NoInput, Streams
from cs_agent.demo.phone.shell.syntax import ShellSyntaxError
from cs_agent.demo.phone.shell.words import reckon
from tests.demo.phone.adb_support import ShellRunner


@pytest.mark.parametrize(
    ("script", "output"),
    [
        ("echo hi", "hi\n"),
        ("echo 'a  b'  c", "a  b c\n"),
        ("echo a; echo b", "a\nb\n"),
        ("true && echo yes || echo no", "yes\n"),
        ("false && echo yes || echo no", "no\n"),
        ("false || false || echo third", "third\n"),
        ("! false && echo negated", "negated\n"),
        ("false; echo $?", "1\n"),
        ("nothing 2>/dev/null; echo $?", "127\n"),
        ("A=1; echo $A ${A}2 \"$A\" '$A'", "1 12 1 $A\n"),
        ("A='x  y'; echo $A; echo \"$A\"", "x y\nx  y\n"),
        ("echo $UNSET-${UNSET:-fallback}-${UNSET:+set}", "-fallback-\n"),
        ("A=path/to/file.txt; echo ${A##*/} ${A%.*} ${A#*/} ${#A}", "file.txt path/to/file to/file.txt 16\n"),
        ("echo $(echo one; echo two)", "one two\n"),
        ("echo \"$(printf 'a\\nb')\"", "a\nb\n"),
        ("echo `echo old`", "old\n"),
        ("echo $((1 + 2 * 3)) $((7 / 2)) $((-7 % 3)) $((2 > 1))", "7 3 -1 1\n"),
        ("i=0; while [ $i -lt 3 ]; do echo $i; i=$((i+1)); done", "0\n1\n2\n"),
        ("i=0; until [ $i -ge 2 ]; do i=$((i+1)); done; echo $i", "2\n"),
        ("for x in a 'b c' d; do echo \"<$x>\"; done", "<a>\n<b c>\n<d>\n"),
        ("for x in 1 2 3; do [ $x = 2 ] && continue; echo $x; done", "1\n3\n"),
        ("for x in 1 2 3; do [ $x = 2 ] && break; echo $x; done", "1\n"),
        ("for a in 1 2; do for b in 1 2; do break 2; done; echo no; done; echo end", "end\n"),
        ("if [ -d /sdcard ]; then echo folder; else echo none; fi", "folder\n"),
        ("if false; then echo a; elif true; then echo b; else echo c; fi", "b\n"),
        ("(cd /sdcard; pwd); pwd", "/storage/emulated/0\n/\n"),
        ("{ echo a; echo b; } | wc -l", "2\n"),
        ("echo one | cat | cat", "one\n"),
        ("printf 'b\\na\\n' | sort | head -1", "a\n"),
        ("A=1; echo x | A=2; echo $A", "1\n"),
        ("A=1 env | grep ^A=", "A=1\n"),
        ("echo a >/sdcard/f; echo b >>/sdcard/f; cat < /sdcard/f", "a\nb\n"),
        ("ls /none 2>&1 >/dev/null | wc -l", "1\n"),
        ("echo err >&2 2>/dev/null; echo out", "out\n"),
        ("sh -c 'echo $0 $1 $2' name a b", "name a b\n"),
        ("sh -c 'exit 5'; echo $?", "5\n"),
        ("echo 'echo from $1' > /data/local/tmp/s; sh /data/local/tmp/s arg", "from arg\n"),
        ("echo 'X=7' > /sdcard/s; . /sdcard/s; echo $X", "7\n"),
        ("echo 'echo $#: \"$@\"' > /sdcard/s; sh /sdcard/s 'a b' c", "2: a b c\n"),
        ("eval 'echo a; echo b'", "a\nb\n"),
        ("set -- x y; echo $2 $#; shift; echo $1", "y 2\ny\n"),
        ("printf '%s-%d|' a 1 b 2", "a-1|b-2|"),
        ("echo a\\ b \\$HOME", "a b $HOME\n"),
        ("echo one \\\n two", "one two\n"),
        ("echo a # remark\necho b", "a\nb\n"),
        ("touch /sdcard/1.png /sdcard/2.png /sdcard/3.txt; echo /sdcard/*.png", "/sdcard/1.png /sdcard/2.png\n"),
        ("echo /sdcard/*.nothing '/sdcard/*'", "/sdcard/*.nothing /sdcard/*\n"),
        ("read a b; echo $b", "two three\n"),
        ("command -v echo; which ls", "echo\n/system/bin/ls\n"),
        ("/system/bin/echo path", "path\n"),
        ("sleep 0 & wait; echo $?", "0\n"),
        ("(exit 3) & wait $!; echo $?", "3\n"),
        ("exec echo last; echo never", "last\n"),
        ("true | false; echo $?", "1\n"),
        ("[ a = a ] && [ ! b = a ] && [ -n x -a -z '' ] && echo all", "all\n"),
    ],
)
async def test_a_script_says_what_it_would_say_on_a_phone(run: ShellRunner, script: str, output: str) -> None:
    ran = await run(script, stdin=b"one two three\n")
    assert ran.out == output


@pytest.mark.parametrize(
    ("script", "status", "error"),
    [
        ("foo", 127, "sh: foo: inaccessible or not found\n"),
        ("/sdcard/none", 127, "sh: /sdcard/none: inaccessible or not found\n"),
        ("exit 9", 9, ""),
        ("exit 300", 44, ""),
        ("false", 1, ""),
        ("true; exit", 0, ""),
        ("cat /sdcard/none", 1, "cat: /sdcard/none: No such file or directory\n"),
        ("echo x > /system/f", 1, "sh: can't create /system/f: Read-only file system\n"),
        ("echo x > /sdcard", 1, "sh: can't create /sdcard: Is a directory\n"),
        ("cat < /none", 1, "sh: can't open /none: No such file or directory\n"),
        ("echo 'a", 1, "sh: no closing quote\n"),
        ("echo )", 1, "sh: syntax error: unexpected ')'\n"),
        ("echo $((1/0))", 1, "sh: 1/0: bad number\n"),
        ("[ a = ", 2, "[: missing ]\n"),
        ("[ x -eq 1 ]", 2, "[: x: bad number\n"),
        ("cd /none", 2, "cd: /none: No such file or directory\n"),
        ("echo x > /sdcard/s; /sdcard/s", 126, "sh: /sdcard/s: can't execute: Permission denied\n"),
        ("echo x >&7", 1, "sh: 7: bad file descriptor\n"),
        ("sleep forever", 1, "sleep: bad time\n"),
    ],
)
async def test_a_failure_has_a_phones_status_and_words(run: ShellRunner, script: str, status: int, error: str) -> None:
    ran = await run(script)
    assert (ran.status, ran.err) == (status, error)


async def test_an_executable_script_of_the_phone_runs(run: ShellRunner) -> None:
    ran = await run("echo 'echo run $1; exit 4' > /data/local/tmp/s; chmod 755 /data/local/tmp/s; /data/local/tmp/s x")
    assert (ran.status, ran.out) == (4, "run x\n")


async def test_scripts_that_call_themselves_come_to_an_end(run: ShellRunner) -> None:
    ran = await run("echo 'sh /sdcard/s' > /sdcard/s; sh /sdcard/s")
    assert ran.status == 1
    assert "too many nested scripts" in ran.err


async def test_an_endless_writer_ends_with_its_reader(run: ShellRunner) -> None:
    ran = await run("while true; do echo line; done | head -c 12; echo end")
    assert ran.out.endswith("end\n")
    assert ran.out.startswith("line\nline\nli")


async def test_an_endless_loop_leaves_time_for_others_and_can_be_cut_off(phone: VirtualPhone) -> None:
    shell = Shell(phone, COMMANDS)
    endless = asyncio.create_task(
        shell.run_text("while true; do true; done", Streams(NoInput(), Collector(), Collector()))
    )
    await asyncio.sleep(0.02)
    endless.cancel()
    with pytest.raises(asyncio.CancelledError):
        await endless


async def test_jobs_run_beside_the_script_and_are_waited_for_at_its_end(run: ShellRunner) -> None:
    ran = await run("{ sleep 0.05; echo job; } & echo script")
    assert ran.out == "script\njob\n"


async def test_a_job_can_be_killed(run: ShellRunner) -> None:
    begun = time.monotonic()
    ran = await run("sleep 60 & kill $!; wait $!; echo $?; kill 1")
    assert ran.out == "143\n"
    assert ran.err == "kill: 1: No such process\n"
    assert time.monotonic() - begun < 5


async def test_a_job_with_a_mistake_in_it_complains_and_harms_nobody(run: ShellRunner) -> None:
    ran = await run("echo $((1/0)) & wait; echo end")
    assert ran.out == "end\n"
    assert "bad number" in ran.err


async def test_a_cut_off_script_takes_its_jobs_with_it(phone: VirtualPhone, screen: FakeScreen) -> None:
    streams = Streams(NoInput(), Collector(), Collector())
    script = Shell(phone, COMMANDS).run_text("{ sleep 0.2; input tap 1 1; } & sleep 60", streams)
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(script, 0.05)
    await asyncio.sleep(0.3)
    assert screen.gestures == []


async def test_both_outputs_stay_apart(run: ShellRunner) -> None:
    ran = await run("echo out; echo err >&2; ls /none")
    assert (ran.out, ran.err) == ("out\n", "err\nls: /none: No such file or directory\n")


async def test_a_variable_before_a_command_is_the_commands_alone(run: ShellRunner) -> None:
    ran = await run('A=1 true; echo "<$A>"; A=2; A=3 true; echo $A')
    assert ran.out == "<>\n2\n"


async def test_bytes_that_are_no_text_come_through(run: ShellRunner) -> None:
    noise = bytes(range(256))
    ran = await run("cat > /sdcard/noise; cat /sdcard/noise | cat", stdin=noise)
    assert ran.raw == noise


@given(st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), min_size=1, max_size=4))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_quoted_arguments_reach_the_command_unchanged(run: ShellRunner, args: list[str]) -> None:
    ran = await run("".join(f"printf %s {shlex.quote(arg)}; echo; " for arg in args))
    assert ran.out == "".join(f"{arg}\n" for arg in args)


shellish = st.text(st.sampled_from("ab1 \t\n'\"\\$`(){}[]<>|&;#=!*?~%:-+/é"), max_size=40)


@given(shellish)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
async def test_no_text_breaks_the_shell(run: ShellRunner, text: str) -> None:
    ran = await run(text)
    assert 0 <= ran.status <= 255


@given(st.text(st.sampled_from("0123456789+-*/%<>=&|^() ~x.eE'\"[]{},:"), max_size=30))
def test_arithmetic_gives_a_number_or_the_shells_error(expression: str) -> None:
    number = 0
    with contextlib.suppress(ShellSyntaxError):
        number = reckon(expression, lambda name: "1")
    assert -(1 << 63) <= number < 1 << 63


@given(st.integers(-(10**12), 10**12), st.integers(-(10**6), 10**6).filter(bool))
def test_division_rounds_towards_zero_as_in_c(left: int, right: int) -> None:
    quotient = reckon(f"({left}) / ({right})", lambda name: None)
    remainder = reckon(f"({left}) % ({right})", lambda name: None)
    assert quotient * right + remainder == left
    assert abs(remainder) < abs(right)
    assert remainder == 0 or (remainder < 0) == (left < 0)
