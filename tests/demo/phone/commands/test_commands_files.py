"""Files and text on the phone: what toybox prints, where a shell user may write, and that nothing leads outside."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cs_agent.demo.phone.device.phone import VirtualPhone
from tests.demo.phone.adb.adb_support import ShellRunner


@pytest.mark.parametrize(
    ("script", "output"),
    [
        ("mkdir /sdcard/d; echo > /sdcard/d/b; echo > /sdcard/d/a; echo > /sdcard/d/.h; ls /sdcard/d", "a\nb\n"),
        ("mkdir -p /sdcard/d/e; echo > /sdcard/d/.h; ls -a /sdcard/d", ".\n..\n.h\ne\n"),
        ("mkdir /sdcard/d; echo > /sdcard/d/a; ls -d /sdcard/d; ls /sdcard/d/a", "/sdcard/d\n/sdcard/d/a\n"),
        ("mkdir /sdcard/d /sdcard/e; ls /sdcard/d /sdcard/e", "/sdcard/d:\n\n/sdcard/e:\n"),
        ("echo hi > /sdcard/f; cat /sdcard/f /sdcard/f", "hi\nhi\n"),
        ("echo > /sdcard/f; rm /sdcard/f; ls /sdcard/f 2>/dev/null; echo $?", "1\n"),
        ("rm -f /sdcard/none; echo $?", "0\n"),
        ("mkdir -p /sdcard/a/b; rm -rf /sdcard/a; ls -d /sdcard/a 2>/dev/null; echo $?", "1\n"),
        ("echo hi > /sdcard/f; stat -L -c '%s %a %n' /sdcard/f", "3 660 /sdcard/f\n"),
        ("which am nope; echo $?", "/system/bin/am\n1\n"),
        ("echo one | grep t; echo $?", "1\n"),
        ("echo 'a+b' | grep 'a+b'", "a+b\n"),
        ("echo aab | grep -E 'a+b'", "aab\n"),
        ("echo aab | grep -E 'x|a+b'", "aab\n"),
        ("echo abc | grep -F a.c; echo $?", "1\n"),
        ("echo TWO | grep -i two", "TWO\n"),
        ("echo one | grep -v t", "one\n"),
        ("echo one | grep -c o", "1\n"),
        ("echo one | grep -q one && echo found", "found\n"),
        ("echo 中文 | grep 中", "中文\n"),
    ],
)
async def test_a_tool_prints_what_toybox_prints(run: ShellRunner, script: str, output: str) -> None:
    assert (await run(script)).out == output


@pytest.mark.parametrize(
    ("script", "error"),
    [
        ("ls /none", "ls: /none: No such file or directory\n"),
        ("cat /sdcard", "cat: /sdcard: Is a directory\n"),
        ("rm /sdcard/none", "rm: /sdcard/none: No such file or directory\n"),
        ("rm /sdcard/DCIM", "rm: /sdcard/DCIM: Is a directory\n"),
        ("rm", "rm: Needs 1 argument\n"),
        ("mkdir /sdcard/a/b", "mkdir: /sdcard/a/b: No such file or directory\n"),
        ("mkdir /sdcard/DCIM", "mkdir: /sdcard/DCIM: File exists\n"),
        ("mkdir /data/x", "mkdir: /data/x: Permission denied\n"),
        ("mkdir /system/x", "mkdir: /system/x: Read-only file system\n"),
        ("rm -rf /system", "rm: /system: Read-only file system\n"),
        ("stat -c %s /sdcard/none", "stat: '/sdcard/none': No such file or directory\n"),
        ("grep x /sdcard/none", "grep: /sdcard/none: No such file or directory\n"),
        ("grep '(' -E x", "grep: bad REGEX '('\n"),
    ],
)
async def test_a_tool_says_what_is_wrong_and_fails(run: ShellRunner, script: str, error: str) -> None:
    ran = await run(script)
    assert ran.err == error
    assert ran.status != 0


async def test_a_long_listing_shows_type_owner_size_and_time(run: ShellRunner) -> None:
    ran = await run("echo 1234 > /sdcard/f; echo > /data/local/tmp/t; ls -l /sdcard/f /data/local/tmp/t")
    lines = ran.out.splitlines()
    assert lines[0].startswith("-rw-rw---- 1 u0_a205 media_rw")
    assert " 5 20" in lines[0]
    assert lines[0].endswith("/sdcard/f")
    assert " shell shell " in lines[1]


async def test_shared_storage_is_one_place_under_all_its_names(run: ShellRunner) -> None:
    ran = await run("echo x > /sdcard/f; cat /storage/emulated/0/f /mnt/sdcard/f /storage/self/primary/f")
    assert ran.out == "x\nx\nx\n"


path_pieces = st.lists(st.sampled_from(["..", ".", "", "sdcard", "etc", "data", "local", "tmp", "x", "*"]), max_size=8)


@given(path_pieces)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_path_leads_out_of_the_phone(phone: VirtualPhone, pieces: list[str]) -> None:
    host = phone.files.host("/" + "/".join(pieces))
    assert host == phone.files.root or phone.files.root in host.parents
    assert ".." not in host.parts
