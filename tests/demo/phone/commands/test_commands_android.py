"""Android's own commands answer in Android's words: am, pm, ime, settings, dumpsys, wm, getprop and their kin."""

from __future__ import annotations

import re

import pytest

from cs_agent.demo.phone.device.fake_screen import BROWSER, LAUNCHER, NOTES, FakeScreen
from cs_agent.demo.phone.device.keyboards import ADB_KEYBOARD, LATIN
from cs_agent.demo.phone.device.phone import VirtualPhone
from tests.demo.phone.adb.adb_support import ShellRunner

NOTES_START = "am start -n com.example.notes/.MainActivity"
TO_FRONT = "Warning: Activity not started, its current task has been brought to the front\n"
DELIVERED = "Warning: Activity not started, intent has been delivered to currently running top-most instance.\n"


# --- am and monkey


async def test_am_start_names_the_intent_and_starts_the_app(run: ShellRunner, screen: FakeScreen) -> None:
    ran = await run(NOTES_START)
    assert (ran.status, ran.out, ran.err) == (0, "Starting: Intent { cmp=com.example.notes/.MainActivity }\n", "")
    assert screen.foreground() == NOTES


async def test_am_start_takes_the_component_in_full(run: ShellRunner, screen: FakeScreen) -> None:
    await run("am start -n com.example.notes/com.example.notes.MainActivity")
    assert screen.foreground() == NOTES


async def test_am_start_warns_of_an_app_that_runs_already(run: ShellRunner, screen: FakeScreen) -> None:
    await run(NOTES_START)
    assert (await run(NOTES_START)).err == DELIVERED
    await run("input keyevent HOME")
    assert (await run(NOTES_START)).err == TO_FRONT
    assert screen.foreground() == NOTES


@pytest.mark.parametrize(
    ("command", "error"),
    [
        (
            "am start -n com.example.none/.Main",
            "Error type 3\nError: Activity class {com.example.none/.Main} does not exist.\n",
        ),
        (
            "am start -n com.example.notes/.Other",
            "Error type 3\nError: Activity class {com.example.notes/.Other} does not exist.\n",
        ),
        (
            "am start -a foo.BAR",
            "Error: Activity not started, unable to resolve Intent { act=foo.BAR }\n",
        ),
        (
            "am start -a android.intent.action.VIEW -d myscheme://x",
            "Error: Activity not started, unable to resolve Intent "
            "{ act=android.intent.action.VIEW dat=myscheme://x }\n",
        ),
    ],
)
async def test_am_start_of_nothing_complains_and_still_exits_nought(
    run: ShellRunner, screen: FakeScreen, command: str, error: str
) -> None:
    ran = await run(command)
    assert (ran.status, ran.err) == (0, error)
    assert screen.foreground() == LAUNCHER


@pytest.mark.parametrize("url", ["https://example.com/a?b=1", "http://127.0.0.1:8700/x", "data:text/html,hi"])
async def test_any_address_opens_in_the_browser(run: ShellRunner, screen: FakeScreen, url: str) -> None:
    ran = await run(f"am start -a android.intent.action.VIEW -d '{url}'")
    assert ran.err == ""
    assert screen.gestures == [("view", url)]
    assert screen.foreground() == BROWSER


async def test_addresses_are_printed_without_their_paths(run: ShellRunner) -> None:
    ran = await run("am start -a android.intent.action.VIEW -d 'https://example.com:81/secret?code=1'")
    assert ran.out == "Starting: Intent { act=android.intent.action.VIEW dat=https://example.com:81/... }\n"


async def test_the_home_category_leads_home(run: ShellRunner, screen: FakeScreen) -> None:
    await run(f"{NOTES_START}; am start -a android.intent.action.MAIN -c android.intent.category.HOME")
    assert screen.foreground() == LAUNCHER


@pytest.mark.parametrize(
    ("command", "error"),
    [
        ("am start -n", 'IllegalArgumentException: Argument expected after "-n"'),
        ("am start -n nonsense", "IllegalArgumentException: Bad component name: nonsense"),
        ("am start --nonsense", "IllegalArgumentException: Unknown option: --nonsense"),
        ("am broadcast -a X --es msg", 'IllegalArgumentException: Argument expected after "msg"'),
        ("am broadcast -a X --ei n one", 'NumberFormatException: For input string: "one"'),
        ("am broadcast -a X --ez n maybe", "Invalid boolean value: maybe"),
        ("am force-stop", "Argument required"),
    ],
)
async def test_bad_arguments_throw_as_in_java(run: ShellRunner, command: str, error: str) -> None:
    ran = await run(command)
    what = command.split()[1]
    assert ran.status == 255
    assert ran.err.startswith(f"\nException occurred while executing '{what}':\njava.lang.")
    assert error in ran.err


async def test_force_stop_is_silent(run: ShellRunner, screen: FakeScreen) -> None:
    ran = await run(f"{NOTES_START} >/dev/null; am force-stop com.example.notes")
    assert (ran.status, ran.out, ran.err) == (0, "", "")
    assert [gesture for gesture in screen.gestures if gesture[0] == "stop"] == [("stop", "com.example.notes")]
    assert NOTES not in screen.running()


async def test_monkey_launches_the_package_and_counts_one_event(run: ShellRunner, screen: FakeScreen) -> None:
    ran = await run("monkey -p com.example.notes -c android.intent.category.LAUNCHER 1")
    assert ran.status == 0
    assert "Events injected: 1\n## Network stats: elapsed time=" in ran.out
    assert "  bash arg: -p\n" in ran.err
    assert "args: [-p, com.example.notes, -c, android.intent.category.LAUNCHER, 1]\n" in ran.err
    assert screen.foreground() == NOTES


async def test_monkey_finds_no_missing_app(run: ShellRunner) -> None:
    ran = await run("monkey -p com.example.none 1")
    assert ran.status == 252
    assert ran.err.endswith("** No activities found to run, monkey aborted.\n")


# --- pm and cmd


async def test_packages_are_listed_with_their_filters(run: ShellRunner) -> None:
    everything = (await run("pm list packages")).out.split()
    own = (await run("pm list packages -3")).out.split()
    system = (await run("cmd package list packages -s")).out.split()
    assert own == ["package:com.android.adbkeyboard", "package:com.example.notes"]
    assert sorted(own + system) == sorted(everything)
    assert (await run("pm list packages notes")).out == "package:com.example.notes\n"


async def test_a_package_has_a_path_and_a_missing_one_none(run: ShellRunner) -> None:
    found = await run("pm path com.example.notes")
    assert re.fullmatch(r"package:/data/app/~~\w+==/com.example.notes-\w+==/base.apk\n", found.out)
    missing = await run("pm path com.example.none")
    assert (missing.status, missing.out) == (1, "")


@pytest.mark.parametrize(
    ("command", "output"),
    [
        (
            "cmd package resolve-activity --brief com.example.notes",
            "priority=0 preferredOrder=0 match=0x108000 specificIndex=-1 isDefault=true\n"
            "com.example.notes/.MainActivity\n",
        ),
        ("cmd package resolve-activity --brief com.example.none", "No activity found\n"),
        ("pm grant com.example.notes android.permission.CAMERA", ""),
    ],
)
async def test_the_package_service_answers(run: ShellRunner, command: str, output: str) -> None:
    assert (await run(command)).out == output


async def test_all_launchable_apps_can_be_queried(run: ShellRunner) -> None:
    ran = await run(
        "cmd package query-activities --brief -a android.intent.action.MAIN -c android.intent.category.LAUNCHER"
    )
    assert ran.out.startswith("2 activities found:\n  Activity #0:\n    priority=0")
    assert "    com.example.notes/.MainActivity\n" in ran.out


async def test_labels_are_spelled_out_in_the_full_list(run: ShellRunner) -> None:
    ran = await run("cmd package query-activities -a android.intent.action.MAIN -c android.intent.category.LAUNCHER")
    assert re.search(r"packageName=com.example.notes\n +labelRes=0x0 nonLocalizedLabel=记事本 icon=", ran.out)
    assert "launcher" not in ran.out


async def test_a_secure_window_has_its_flag(run: ShellRunner, phone: VirtualPhone) -> None:
    assert " SECURE " not in (await run("dumpsys window")).out
    phone.faults.set("secure_window", True)
    assert re.search(r"\bfl=.*\bSECURE\b", (await run("dumpsys window windows")).out)


async def test_the_lock_screen_is_not_showing(run: ShellRunner) -> None:
    assert re.search(r"KeyguardServiceDelegate\s*\n\s*showing=false", (await run("dumpsys window")).out)


async def test_the_phone_has_no_network_of_its_own(run: ShellRunner) -> None:
    route, wlan = await run("ip route get 1.1.1.1"), await run("ip -4 addr show wlan0")
    assert (route.status, route.err) == (2, "RTNETLINK answers: Network is unreachable\n")
    assert (wlan.status, wlan.err) == (1, 'Device "wlan0" does not exist.\n')
    assert "127.0.0.1" in (await run("ip addr")).out


@pytest.mark.parametrize(
    ("command", "status", "error"),
    [
        ("cmd clipboard get", 255, "No shell command implementation.\n"),
        ("cmd nonsense", 20, "cmd: Can't find service: nonsense\n"),
        ("cmd", 20, "cmd: No service specified; use -l to list all\n"),
        ("pm nonsense", 255, "Unknown command: nonsense\n"),
        ("am nonsense", 255, "Unknown command: nonsense\n"),
        ("settings get nowhere x", 255, "Error: Invalid namespace 'nowhere'\n"),
        ("settings put system x", 255, "Bad arguments\n"),
        ("ime nonsense", 255, "Unknown command: nonsense\n"),
    ],
)
async def test_what_a_service_cannot_do_it_says(run: ShellRunner, command: str, status: int, error: str) -> None:
    ran = await run(command)
    assert (ran.status, ran.err) == (status, error)


# --- ime and settings


async def test_input_methods_are_enabled_chosen_and_reset(run: ShellRunner, phone: VirtualPhone) -> None:
    assert (await run("ime list -s")).out == f"{LATIN}\n{ADB_KEYBOARD}\n"
    assert (await run("settings get secure default_input_method")).out == f"{LATIN}\n"
    disabled = await run(f"ime disable {ADB_KEYBOARD}")
    assert disabled.out == f"Input method {ADB_KEYBOARD}: now disabled for user #0\n"
    refused = await run(f"ime set {ADB_KEYBOARD}")
    assert refused.err == f"Unknown input method {ADB_KEYBOARD} cannot be selected for user #0\n"
    assert (await run(f"ime enable {ADB_KEYBOARD}")).out == f"Input method {ADB_KEYBOARD}: now enabled for user #0\n"
    assert (await run(f"ime enable {ADB_KEYBOARD}")).out.endswith("already enabled for user #0\n")
    assert (await run(f"ime set {ADB_KEYBOARD}")).out == f"Input method {ADB_KEYBOARD} selected for user #0\n"
    assert (await run("settings get secure default_input_method")).out == f"{ADB_KEYBOARD}\n"
    reset = await run("ime reset")
    assert f"Newly selected: {LATIN}\n  Newly enabled:\n    {LATIN}\n" in reset.out
    assert phone.keyboards.enabled == (LATIN,)


async def test_an_unknown_input_method_changes_nothing(run: ShellRunner, phone: VirtualPhone) -> None:
    ran = await run("ime enable com.example/.None; ime set com.example/.None")
    assert ran.err == (
        "Unknown input method com.example/.None cannot be enabled for user #0\n"
        "Unknown input method com.example/.None cannot be selected for user #0\n"
    )
    assert phone.keyboards.current == LATIN


async def test_the_screen_is_told_which_keyboard_to_draw(run: ShellRunner, screen: FakeScreen) -> None:
    await run(f"ime set {ADB_KEYBOARD}")
    assert screen.keyboard == ADB_KEYBOARD
    await run(f"settings put secure default_input_method {LATIN}")
    assert screen.keyboard == LATIN


async def test_disabling_the_current_keyboard_falls_back_to_the_systems(run: ShellRunner, phone: VirtualPhone) -> None:
    await run(f"ime set {ADB_KEYBOARD}; ime disable {ADB_KEYBOARD}")
    assert phone.keyboards.current == LATIN


async def test_settings_are_kept_read_and_deleted(run: ShellRunner) -> None:
    ran = await run(
        "settings get system my_key; settings put system my_key 'a b'; settings get system my_key; "
        "settings delete system my_key; settings get system my_key"
    )
    assert ran.out == "null\na b\nDeleted 1 rows\nnull\n"


async def test_the_rotation_setting_and_the_rotation_fault_are_one(run: ShellRunner, phone: VirtualPhone) -> None:
    await run("settings put system user_rotation 1")
    assert phone.faults.rotation == 1
    phone.faults.set("rotation", 3)
    assert (await run("settings get system user_rotation")).out == "3\n"


# --- dumpsys, wm, getprop


async def test_the_focused_window_is_where_android_14_prints_it(run: ShellRunner) -> None:
    await run(NOTES_START)
    focus = "mCurrentFocus=Window{"
    for command in ("dumpsys window", "dumpsys window displays"):
        text = (await run(command)).out
        assert re.search(r"mCurrentFocus=Window\{\w+ u0 com.example.notes/com.example.notes.MainActivity\}", text)
        assert re.search(r"mFocusedApp=ActivityRecord\{\w+ u0 com.example.notes/.MainActivity t\d+\}", text)
    assert focus not in (await run("dumpsys window windows")).out


async def test_the_resumed_activity_has_lost_its_m(run: ShellRunner) -> None:
    await run(NOTES_START)
    text = (await run("dumpsys activity activities")).out
    assert re.search(r"topResumedActivity=ActivityRecord\{\w+ u0 com.example.notes/.MainActivity t\d+\}", text)
    assert re.search(r"^ +ResumedActivity: ActivityRecord\{\w+ u0 com.example.notes/.MainActivity t\d+\}", text, re.M)
    assert "mResumedActivity: " not in text


async def test_the_activity_in_front_comes_last_in_top(run: ShellRunner) -> None:
    await run(NOTES_START)
    found = re.findall(r"ACTIVITY (\S+) \w+ pid=(\d+)", (await run("dumpsys activity top")).out)
    assert found[-1][0] == "com.example.notes/.MainActivity"


async def test_the_display_tells_size_and_orientation(run: ShellRunner, screen: FakeScreen) -> None:
    screen.rotation, screen.width, screen.height = 1, 2400, 1080
    display = (await run("dumpsys display")).out
    viewport = re.search(
        r"DisplayViewport{.*?valid=true, .*?orientation=(\d+), .*?deviceWidth=(\d+), deviceHeight=(\d+)", display
    )
    assert viewport
    assert viewport.groups() == ("1", "2400", "1080")
    assert "mCurrentRotation=ROTATION_90" in (await run("dumpsys window")).out
    reader = (await run("dumpsys input")).out
    assert "SurfaceOrientation" not in reader
    assert re.search(r"Viewport INTERNAL: .*orientation=1,", reader)


async def test_the_input_method_service_tells_what_is_shown(run: ShellRunner, screen: FakeScreen) -> None:
    shown = (await run("dumpsys input_method")).out
    assert f"mCurMethodId={LATIN}" in shown
    assert "mInputShown=true" in shown
    screen.focused = False
    hidden = (await run("dumpsys input_method")).out
    assert "mInputShown=false" in hidden
    assert "mServedView=null" in hidden


async def test_power_and_window_follow_the_power_key(run: ShellRunner) -> None:
    assert "mHoldingDisplaySuspendBlocker=true" in (await run("dumpsys power")).out
    await run("input keyevent POWER")
    asleep = (await run("dumpsys power; dumpsys window")).out
    assert "mWakefulness=Asleep" in asleep
    assert "mCurrentFocus=null" in asleep
    await run("input keyevent 224")
    assert "mWakefulness=Awake" in (await run("dumpsys power")).out


async def test_a_missing_service_is_named(run: ShellRunner) -> None:
    assert (await run("dumpsys nothing")).err == "Can't find service: nothing\n"


@pytest.mark.parametrize(
    ("command", "output"),
    [
        ("wm size", "Physical size: 1080x2400\n"),
        ("getprop ro.product.model", "Virtual_phone\n"),
        ("getprop ro.serialno", "VP00001\n"),
        ("getprop ro.build.version.sdk", "34\n"),
        ("getprop sys.boot_completed", "1\n"),
        ("getprop nothing.at.all", "\n"),
        ("getprop nothing fallback", "fallback\n"),
        ("settings get global stay_on_while_plugged_in", "0\n"),
        ("date -u +%Y | grep -c 20", "1\n"),
    ],
)
async def test_the_system_answers(run: ShellRunner, command: str, output: str) -> None:
    assert (await run(command)).out == output


async def test_all_properties_are_listed_in_brackets(run: ShellRunner) -> None:
    assert "[ro.product.model]: [Virtual_phone]\n" in (await run("getprop")).out


async def test_an_override_of_the_panels_size_is_refused(run: ShellRunner) -> None:
    ran = await run("wm size 720x1280; wm size")
    assert "SecurityException" in ran.err
    assert ran.out == "Physical size: 1080x2400\n"


async def test_a_dead_screen_is_a_missing_service(run: ShellRunner, screen: FakeScreen) -> None:
    screen.gone = True
    ran = await run("input tap 1 1")
    assert (ran.status, ran.err) == (20, "cmd: Can't find service: input\n")
