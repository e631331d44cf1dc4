"""Files and text on the phone: what toybox prints, where a shell user may write, and that nothing leads outside."""

from __future__ import annotations

import base64
import hashlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cs_agent.demo.phone.device.phone import VirtualPhone
from tests.demo.phone.adb_support import ShellRunner


@pytest.mark.parametrize(
    ("script", "output"),
    [
        ("mkdir /sdcard/d; touch /sdcard/d/b /sdcard/d/a /sdcard/d/.h; ls /sdcard/d", "a\nb\n"),
        ("mkdir -p /sdcard/d/e; touch /sdcard/d/.h; ls -a /sdcard/d", ".\n..\n.h\ne\n"),
        ("mkdir /sdcard/d; touch /sdcard/d/a; ls -d /sdcard/d; ls /sdcard/d/a", "/sdcard/d\n/sdcard/d/a\n"),
        ("mkdir /sdcard/d /sdcard/e; ls /sdcard/d /sdcard/e", "/sdcard/d:\n\n/sdcard/e:\n"),
        ("echo hi > /sdcard/f; cp /sdcard/f /sdcard/g; cat /sdcard/f /sdcard/g", "hi\nhi\n"),
        ("echo hi > /sdcard/f; mv /sdcard/f /sdcard/g; ls /sdcard/f 2>&1; cat /sdcard/g", None),
        ("mkdir /sdcard/d; echo hi > /sdcard/f; cp /sdcard/f /sdcard/d; cat /sdcard/d/f", "hi\n"),
        ("mkdir -p /sdcard/d/e; cp -r /sdcard/d /sdcard/x; ls /sdcard/x", "e\n"),
        ("touch /sdcard/f; rm /sdcard/f; ls /sdcard/f 2>/dev/null; echo $?", "1\n"),
        ("rm -f /sdcard/none; echo $?", "0\n"),
        ("mkdir -p /sdcard/a/b; rm -rf /sdcard/a; ls -d /sdcard/a 2>/dev/null; echo $?", "1\n"),
        ("mkdir /sdcard/d; rmdir /sdcard/d; echo $?", "0\n"),
        ("echo hi > /sdcard/f; stat -c '%s %a %U %n' /sdcard/f", "3 660 u0_a205 /sdcard/f\n"),
        ("basename /sdcard/f.txt .txt; dirname /sdcard/f.txt", "f\n/sdcard\n"),
        ("cd /sdcard; realpath Pictures", "/storage/emulated/0/Pictures\n"),
        ("echo x | tee /sdcard/t; cat /sdcard/t", "x\nx\n"),
        ("mkdir -p /sdcard/a/b; touch /sdcard/a/x.jpg /sdcard/a/b/y.jpg; find /sdcard/a -name '*.jpg'", None),
        ("find /sdcard/DCIM -type d -maxdepth 1", "/sdcard/DCIM\n/sdcard/DCIM/Camera\n"),
        ("printf abc > /sdcard/f; wc -c /sdcard/f", "3 /sdcard/f\n"),
        ("printf 'a\\nb\\nc\\n' | wc -l", "3\n"),
        ("printf 'a b\\n' | wc", "1 2 4\n"),
        ("printf '1\\n2\\n3\\n4\\n' | head -n 2 | tail -n 1", "2\n"),
        ("printf '1\\n2\\n3\\n' | tail -n +2", "2\n3\n"),
        ("printf '1\\n2\\n3\\n' | head -n -1", "1\n2\n"),
        ("printf 'abcdef' | head -c 3", "abc"),
        ("printf 'abcdef' | tail -c 2", "ef"),
        ("printf 'b\\na\\nb\\n' | sort -u", "a\nb\n"),
        ("printf '10\\n9\\n' | sort -n", "9\n10\n"),
        ("printf 'a\\na\\nb\\n' | uniq -c", "      2 a\n      1 b\n"),
        ("echo a:b:c | cut -d: -f2", "b\n"),
        ("echo a:b:c | cut -d : -f 1,3", "a:c\n"),
        ("echo abcdef | cut -c2-4", "bcd\n"),
        ("echo hello | tr a-z A-Z", "HELLO\n"),
        ("echo hello | tr -d l", "heo\n"),
        ("printf 'one\\ntwo\\n' | grep t", "two\n"),
        ("printf 'one\\ntwo\\n' | grep -v t", "one\n"),
        ("printf 'one\\ntwo\\n' | grep -c o", "2\n"),
        ("printf 'one\\nTWO\\n' | grep -in two", "2:TWO\n"),
        ("printf 'a+b\\naab\\n' | grep 'a+b'", "a+b\n"),
        ("printf 'a+b\\naab\\n' | grep -E 'a+b'", "aab\n"),
        ("printf 'x=1 y=2\\n' | grep -oE '[xy]=[0-9]'", "x=1\ny=2\n"),
        ("printf 'a.c\\nabc\\n' | grep -F a.c", "a.c\n"),
        ("printf 'one\\n' | grep -q one && echo found", "found\n"),
        ("printf 'one\\n' | grep none; echo $?", "1\n"),
        ("printf '中文\\n' | grep 中", "中文\n"),
        ("printf abc | base64", "YWJj\n"),
        ("printf YWJj | base64 -d", "abc"),
    ],
)
async def test_a_tool_prints_what_toybox_prints(run: ShellRunner, script: str, output: str | None) -> None:
    expected = {
        "mv": "ls: /sdcard/f: No such file or directory\nhi\n",
        "find": "/sdcard/a/b/y.jpg\n/sdcard/a/x.jpg\n",
    }
    ran = await run(script)
    assert ran.out == (output or next(text for name, text in expected.items() if name in script))


@pytest.mark.parametrize(
    ("script", "error"),
    [
        ("ls /none", "ls: /none: No such file or directory\n"),
        ("cat /sdcard", "cat: /sdcard: Is a directory\n"),
        ("rm /sdcard/none", "rm: /sdcard/none: No such file or directory\n"),
        ("rm /sdcard/DCIM", "rm: /sdcard/DCIM: Is a directory\n"),
        ("rm", "rm: Needs 1 argument\n"),
        ("rmdir /sdcard/DCIM", "rmdir: /sdcard/DCIM: Directory not empty\n"),
        ("mkdir /sdcard/a/b", "mkdir: /sdcard/a/b: No such file or directory\n"),
        ("mkdir /sdcard/DCIM", "mkdir: /sdcard/DCIM: File exists\n"),
        ("mkdir /system/x", "mkdir: /system/x: Read-only file system\n"),
        ("touch /data/x", "touch: /data/x: Permission denied\n"),
        ("rm -rf /system", "rm: /system: Read-only file system\n"),
        ("cp /sdcard/none /sdcard/x", "cp: /sdcard/none: No such file or directory\n"),
        ("mv /system/bin/ls /sdcard/", "mv: /system/bin/ls: Read-only file system\n"),
        ("stat /sdcard/none", "stat: '/sdcard/none': No such file or directory\n"),
        ("find /sdcard/none", "find: '/sdcard/none': No such file or directory\n"),
        ("grep x /sdcard/none", "grep: /sdcard/none: No such file or directory\n"),
        ("head -1 /sdcard/none", "head: /sdcard/none: No such file or directory\n"),
        ("grep '(' -E x", "grep: bad REGEX '('\n"),
    ],
)
async def test_a_tool_says_what_is_wrong_and_fails(run: ShellRunner, script: str, error: str) -> None:
    ran = await run(script)
    assert ran.err == error
    assert ran.status != 0


async def test_a_long_listing_shows_type_owner_size_and_time(run: ShellRunner) -> None:
    ran = await run("printf 12345 > /sdcard/f; touch /data/local/tmp/t; ls -l /sdcard/f /data/local/tmp/t")
    lines = ran.out.splitlines()
    assert lines[0].startswith("-rw-rw---- 1 u0_a205 media_rw")
    assert " 5 20" in lines[0]
    assert lines[0].endswith("/sdcard/f")
    assert " shell shell " in lines[1]


async def test_checksums_agree_with_the_hosts(run: ShellRunner) -> None:
    ran = await run("printf data > /sdcard/f; md5sum /sdcard/f; sha256sum < /sdcard/f")
    md5, sha = ran.out.splitlines()
    assert md5 == f"{hashlib.md5(b'data').hexdigest()}  /sdcard/f"
    assert sha == hashlib.sha256(b"data").hexdigest()


async def test_permissions_hold_in_the_temporary_folder_and_not_in_shared_storage(run: ShellRunner) -> None:
    ran = await run(
        "touch /data/local/tmp/s /sdcard/s; chmod 755 /data/local/tmp/s /sdcard/s; "
        "stat -c %a /data/local/tmp/s /sdcard/s; chmod +x /data/local/tmp/s; [ -x /data/local/tmp/s ] && echo runs"
    )
    assert ran.out == "755\n660\nruns\n"


async def test_programs_are_files_that_can_be_seen(run: ShellRunner) -> None:
    ran = await run("ls /system/bin | grep -x screencap; [ -x /system/bin/input ] && echo yes; which am nope")
    assert ran.out == "screencap\nyes\n/system/bin/am\n"
    assert ran.status == 1


async def test_shared_storage_is_one_place_under_all_its_names(run: ShellRunner) -> None:
    ran = await run("echo x > /sdcard/f; cat /storage/emulated/0/f /mnt/sdcard/f /storage/self/primary/f")
    assert ran.out == "x\nx\nx\n"


async def test_bytes_survive_base64_both_ways(run: ShellRunner) -> None:
    noise = bytes(range(256)) * 20
    ran = await run("base64 > /sdcard/b; base64 -d /sdcard/b", stdin=noise)
    assert ran.raw == noise
    assert base64.b64decode((await run("cat /sdcard/b")).out) == noise


async def test_df_and_du_tell_the_room(run: ShellRunner) -> None:
    ran = await run("head -c 5000 > /sdcard/f; du /sdcard/f; df /sdcard", stdin=b"x" * 5000)
    assert ran.out.startswith("8\t/sdcard/f\nFilesystem")
    assert ran.out.rstrip().endswith("/storage/emulated")


path_pieces = st.lists(st.sampled_from(["..", ".", "", "sdcard", "etc", "data", "local", "tmp", "x", "*"]), max_size=8)


@given(path_pieces)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_path_leads_out_of_the_phone(phone: VirtualPhone, pieces: list[str]) -> None:
    host = phone.files.host("/" + "/".join(pieces))
    assert host == phone.files.root or phone.files.root in host.parents
    assert ".." not in host.parts
