"""The fault switches: what they take, how they count, and who hears of them."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_agent.demo.phone.device.faults import Faults, FaultValue, UnknownFault
from cs_agent.demo.phone.device.phone import VirtualPhone
from tests.demo.phone.adb.adb_support import ShellRunner


def test_a_new_phone_has_no_faults() -> None:
    assert not any(Faults().as_dict().values())


@pytest.mark.parametrize(
    ("name", "given_value", "kept"),
    [
        ("secure_window", True, True),
        ("secure_window", "on", True),
        ("secure_window", 0, False),
        ("slow_page_s", "2.5", 2.5),
        ("slow_page_s", 2, 2.0),
        ("slow_tree_s", "1.8", 1.8),
        ("ignored_taps", True, 1),
        ("ignored_taps", "3", 3),
        ("rotation", 3, 3),
    ],
)
def test_a_switch_takes_its_own_kind_of_value(name: str, given_value: FaultValue | str, kept: FaultValue) -> None:
    faults = Faults()
    faults.set(name, given_value)
    assert getattr(faults, name) == kept
    assert type(getattr(faults, name)) is type(kept)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("nothing", True),
        ("_seen", 1),
        ("set", 1),
        ("rotation", 4),
        ("rotation", -1),
        ("slow_page_s", "soon"),
        ("slow_page_s", float("nan")),
        ("slow_page_s", float("inf")),
        ("secure_window", 2),
        ("ignored_taps", 1.5),
        ("ignored_taps", None),
        ("ignored_taps", [1]),
    ],
)
def test_a_value_that_makes_no_sense_changes_nothing(name: str, value: FaultValue) -> None:
    faults = Faults()
    with pytest.raises(UnknownFault):
        faults.set(name, value)
    assert faults == Faults()


def test_every_nth_occasion_is_faulty() -> None:
    faults = Faults(ignored_taps=3)
    assert [faults.due("ignored_taps") for _ in range(7)] == [False, False, True, False, False, True, False]


def test_a_switch_that_is_off_is_never_due() -> None:
    assert not any(Faults().due("truncated_png") for _ in range(10))


def test_setting_a_switch_starts_its_count_anew() -> None:
    faults = Faults(ignored_taps=2)
    faults.due("ignored_taps")
    faults.set("ignored_taps", 2)
    assert [faults.due("ignored_taps") for _ in range(2)] == [False, True]


def test_listeners_hear_what_was_set_until_they_leave() -> None:
    faults, heard = Faults(), []
    leave = faults.subscribe(lambda name, value: heard.append((name, value)))
    faults.set("dark_mode", "yes")
    with pytest.raises(UnknownFault):
        faults.set("dark_mode", "perhaps")
    leave()
    faults.set("dark_mode", False)
    assert heard == [("dark_mode", True)]


def test_chaos_names_switches_with_or_without_a_value() -> None:
    faults = Faults.from_chaos("notification, slow_page_s=1.5,ignored_taps,")
    assert (faults.notification, faults.slow_page_s) == (True, 1.5)
    assert faults.ignored_taps > 1, "a phone under chaos stays usable"
    assert Faults.from_chaos("") == Faults()


def test_every_switch_can_be_named_in_chaos() -> None:
    faults = Faults.from_chaos(",".join(Faults.names()))
    assert all(faults.as_dict().values())


@given(st.sampled_from(Faults.names()), st.one_of(st.text(), st.integers(), st.floats(), st.booleans(), st.none()))
def test_any_value_is_taken_or_refused_and_the_type_never_changes(name: str, value: FaultValue) -> None:
    faults = Faults()
    wanted = type(getattr(faults, name))
    refused = False
    try:
        faults.set(name, value)
    except UnknownFault:
        refused = True
    assert type(getattr(faults, name)) is wanted
    assert not refused or faults == Faults()


async def test_a_refused_keyboard_service_throws_and_changes_nothing(run: ShellRunner, phone: VirtualPhone) -> None:
    phone.faults.set("refused_ime", True)
    before = phone.keyboards.current
    for command in ("ime list -s", "ime set com.android.adbkeyboard/.AdbIME"):
        ran = await run(command)
        assert ran.status == 255
        assert "SecurityException: uid 2000" in ran.err
    assert phone.keyboards.current == before


async def test_a_second_display_is_listed_first_and_has_a_focus_of_its_own(
    run: ShellRunner, phone: VirtualPhone
) -> None:
    phone.faults.set("two_displays", True)
    shown = (await run("dumpsys window displays")).out
    assert shown.index("com.example.cover/") < shown.index("mDisplayId=0") < shown.index("com.example.launcher/")


async def test_a_phone_as_slow_as_real_ones_takes_its_time_for_the_tree_and_the_screenshot(
    run: ShellRunner, phone: VirtualPhone
) -> None:
    clock = asyncio.get_running_loop().time
    phone.faults.set("slow_tree_s", 0.05)
    phone.faults.set("slow_screenshot_s", 0.04)
    begun = clock()
    assert (await run("uiautomator dump /sdcard/tree.xml")).status == 0
    seen = clock()
    assert seen - begun >= 0.05
    await run("screencap -p")
    assert clock() - seen >= 0.04
