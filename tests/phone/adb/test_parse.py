"""What Android's commands print, captured from Android 7 to 15 and OEM builds, and what it means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_agent.geometry import Size
from cs_agent.observation import ForegroundApp
from cs_agent.phone.adb import parse
from cs_agent.phone.adb.parse import Focus


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("Physical size: 1080x2400\n", Size(1080, 2400)),
        ("Physical size: 1440x3120\nOverride size: 1080x2340\n", Size(1080, 2340)),
        ("Override size: 720x1600\nPhysical size: 1080x2400", Size(720, 1600)),
        ("Physical size: 1080x2400\nOverride size: 0x0\n", Size(1080, 2400)),
        ("Display 0:\nPhysical size: 1080x2340\nDisplay 2:\nPhysical size: 1600x900\n", Size(1080, 2340)),
        ("error: closed", None),
        ("", None),
    ],
)
def test_an_overridden_screen_size_counts_before_the_physical_one(text: str, size: Size | None) -> None:
    assert parse.screen_size(text) == size


@pytest.mark.parametrize(
    ("text", "turns"),
    [
        ("    mCurrentRotation=ROTATION_90\n", 1),  # dumpsys window, 12+
        ("    mCurrentRotation=0\n", 0),
        ("mDisplayRotation: mCurrentRotation=ROTATION_270", 3),
        ("  SurfaceOrientation: 1\n", 1),  # dumpsys input, up to 12
        ("  InputDeviceOrientation: 3\n", 3),
        ("Viewport INTERNAL: displayId=0, uniqueId=local:46, port=3, orientation=0, logicalFrame=[0, 0]", 0),
        ("DisplayViewport{type=INTERNAL, valid=true, orientation=1, logicalFrame=Rect(0, 0)", 1),
        ("  mGlobalConfiguration={1.0 ?mcc mDisplayRotation=ROTATION_270 s.2}", 3),
        ("nothing of the kind", None),
    ],
)
def test_the_rotation_is_read_from_whichever_line_the_build_prints(text: str, turns: int | None) -> None:
    assert parse.rotation(text) == turns


AOSP_14 = """  mCurrentFocus=Window{4a0c7f u0 com.tencent.mm/com.tencent.mm.ui.LauncherUI}
  mFocusedApp=ActivityRecord{aa8dc1 u0 com.tencent.mm/.ui.LauncherUI t42}
"""
ANDROID_9 = "  mCurrentFocus=Window{7f3e u0 com.android.settings/com.android.settings.Settings}\n"
CHANGING = "  mCurrentFocus=null\n  mFocusedApp=ActivityRecord{aa8 u0 com.taobao.taobao/.MainActivity t7}\n"
SHADE = "  mCurrentFocus=Window{1c9 u0 NotificationShade}\n  mFocusedApp=ActivityRecord{1 u0 a.b/.C t1}\n"
POPUP = "  mCurrentFocus=Window{9 u0 PopupWindow:5a2f}\n  mFocusedApp=ActivityRecord{1 u0 com.jd.app/.Main t1}\n"
TWO_DISPLAYS = "  mCurrentFocus=null\n  mCurrentFocus=Window{8 u0 com.jd.app/com.jd.app.Main}\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (AOSP_14, (Focus.APP, ForegroundApp("com.tencent.mm", "com.tencent.mm.ui.LauncherUI"))),
        (ANDROID_9, (Focus.APP, ForegroundApp("com.android.settings", "com.android.settings.Settings"))),
        (CHANGING, (Focus.CHANGING, None)),
        (SHADE, (Focus.APP, ForegroundApp("com.android.systemui", "NotificationShade"))),
        (POPUP, (Focus.APP, ForegroundApp("com.jd.app", "com.jd.app.Main"))),
        (TWO_DISPLAYS, (Focus.APP, ForegroundApp("com.jd.app", "com.jd.app.Main"))),
        ("WINDOW MANAGER WINDOWS (dumpsys window windows)\n", (Focus.UNSTATED, None)),
    ],
)
def test_the_focus_is_an_app_or_changing_or_not_stated(text: str, expected: tuple[Focus, ForegroundApp | None]) -> None:
    assert parse.focus(text) == expected


@pytest.mark.parametrize(
    ("text", "package"),
    [
        (
            "    topResumedActivity=ActivityRecord{8 u0 com.eg.android.AlipayGphone/.Launcher t9}",
            "com.eg.android.AlipayGphone",
        ),
        ("    mResumedActivity: ActivityRecord{8 u0 com.a.b/.C t9}", "com.a.b"),
        ("  ResumedActivity: ActivityRecord{8 u0 com.a.b/com.a.b.C t9}", "com.a.b"),
        ("  ACTIVITY com.old/.A 1f pid=1\n  ACTIVITY com.top/.B 2f pid=2\n", "com.top"),
    ],
)
def test_the_resumed_activity_stands_in_where_the_window_manager_is_silent(text: str, package: str) -> None:
    app = parse.resumed_activity(text)
    assert app is not None
    assert app.package == package


SECURE_WINDOW = """  Window #3 Window{11 u0 com.bank/com.bank.Pay}:
    mDisplayId=0 mSession=Session{1}
    mAttrs={(0,0)(fillxfill) sim={adjust=pan} ty=BASE_APPLICATION fmt=TRANSPARENT
      fl=LAYOUT_IN_SCREEN SECURE SPLIT_TOUCH HARDWARE_ACCELERATED
  Window #4 Window{12 u0 com.open/com.open.Main}:
    mAttrs={(0,0)(fillxfill) ty=BASE_APPLICATION
      fl=LAYOUT_IN_SCREEN SPLIT_TOUCH
"""


@pytest.mark.parametrize(
    ("focus", "secure"),
    [
        ("  mCurrentFocus=Window{11 u0 com.bank/com.bank.Pay}", True),
        ("  mCurrentFocus=Window{12 u0 com.open/com.open.Main}", False),
        ("  mCurrentFocus=Window{13 u0 com.other/com.other.Main}", None),
        ("  mCurrentFocus=null", None),
    ],
)
def test_only_the_focused_windows_flags_say_whether_it_is_secure(focus: str, secure: bool | None) -> None:
    assert parse.window_is_secure(SECURE_WINDOW + focus) is secure


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Starting: Intent { cmp=com.a/.B }\n", ""),
        ("Warning: Activity not started, its current task has been brought to the front", ""),
        (
            "Starting: Intent { cmp=a/.B }\nError type 3\nError: Activity class {a/a.B} does not exist.",
            "Activity class {a/a.B} does not exist.",
        ),
        (
            "  Error: Activity not started, unable to resolve Intent { act=x }\r",
            "Activity not started, unable to resolve Intent { act=x }",
        ),
        (
            "java.lang.SecurityException: Permission Denial: starting Intent",
            "java.lang.SecurityException: Permission Denial: starting Intent",
        ),
        (
            "Starting: Intent { cmp=a/.B }\nSecurity exception: Permission Denial: not exported from uid 10246\n",
            "Security exception: Permission Denial: not exported from uid 10246",
        ),
        (
            "Warning: Activity not started because the current activity is being kept for the user.",
            "Warning: Activity not started because the current activity is being kept for the user.",
        ),
    ],
)
def test_a_failed_start_is_noticed_though_it_exits_with_zero(text: str, reason: str) -> None:
    assert parse.start_error(text) == reason


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        (
            "java.lang.SecurityException: Injecting input events requires the INJECT_EVENTS permission.",
            True,
        ),
        (
            "Exception occurred while executing 'tap':\njava.lang.IllegalArgumentException: Error: Invalid arguments",
            False,
        ),
        ("", False),
    ],
)
def test_a_vendors_ban_on_touches_is_told_from_a_wrong_argument(text: str, refused: bool) -> None:
    assert parse.injection_refused(text) is refused


def test_an_exception_is_quoted_with_its_name_and_text() -> None:
    thrown = "java.lang.NullPointerException: Attempt to get length of null array"
    text = f"Exception occurred while executing 'text':\n{thrown}\n\tat x"
    assert parse.exception(text) == "NullPointerException: Attempt to get length of null array"
    assert parse.exception("") == ""


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("null\n", None),
        ("", None),
        ("com.a/.B\n", "com.a/.B"),
        ("WARNING: linker: libx.so has text relocations.\r\ncom.a/.B\r\n", "com.a/.B"),
    ],
)
def test_an_unset_setting_is_none(text: str, value: str | None) -> None:
    assert parse.setting(text) == value


def test_keyboards_are_listed_by_id() -> None:
    text = "com.sohu.inputmethod.sogou.xiaomi/.SogouIME\ncom.android.adbkeyboard/.AdbIME\n\nsome noise\n"
    assert parse.keyboards(text) == ("com.sohu.inputmethod.sogou.xiaomi/.SogouIME", "com.android.adbkeyboard/.AdbIME")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "  mCurMethodId=com.a/.B\n  mInputShown=true\n  mServedView=android.widget.EditText{1}\n",
            parse.InputMethod("com.a/.B", True, True),
        ),
        ("  mCurMethodId=null\n  mInputShown=false\n  mServedView=null\n", parse.InputMethod("", False, False)),
        ("", parse.InputMethod("", False, False)),
    ],
)
def test_the_input_method_says_whether_it_serves_a_field(text: str, expected: parse.InputMethod) -> None:
    assert parse.input_method(text) == expected


def test_packages_are_listed_with_or_without_their_files() -> None:
    text = "package:com.a.b\npackage:/data/app/~~x==/com.c.d-1/base.apk=com.c.d\nWARNING: linker\n"
    assert parse.packages(text) == {"com.a.b", "com.c.d"}


@pytest.mark.parametrize(
    ("text", "component"),
    [
        ("priority=0 preferredOrder=0 match=0x108000 specificIndex=-1 isDefault=true\ncom.a/.Main\n", "com.a/.Main"),
        ("No activity found\n", None),
        ("priority=0\nandroid/com.android.internal.app.ResolverActivity\n", None),
    ],
)
def test_the_main_activity_is_the_last_line_unless_a_chooser_answers(text: str, component: str | None) -> None:
    assert parse.resolved_component(text) == component


def test_labels_are_taken_where_the_package_manager_spells_them_out() -> None:
    text = """2 activities found:
  Activity #0:
    priority=0 preferredOrder=0 match=0x108000
    ActivityInfo:
      name=com.a.Main
      packageName=com.a
      labelRes=0x0 nonLocalizedLabel=售后 系统 icon=0x7f
  Activity #1:
    ActivityInfo:
      packageName=com.b
      labelRes=0x7f110020 nonLocalizedLabel=null icon=0x7f
"""
    assert parse.launcher_labels(text) == {"售后 系统": "com.a"}


@pytest.mark.parametrize(
    ("text", "started"),
    [
        ("Events injected: 1\n## Network stats: elapsed time=20ms", True),
        ("** No activities found to run, monkey aborted.", False),
        ("", False),
    ],
)
def test_monkey_says_whether_it_started_anything(text: str, started: bool) -> None:
    assert parse.monkey_started(text) is started


def test_the_battery_is_read_in_percent_and_degrees() -> None:
    text = "Current Battery Service state:\n  AC powered: false\n  USB powered: true\n  level: 87\n  temperature: 312\n"
    assert parse.battery(text) == parse.Battery(87, 31.2, True)
    assert parse.battery("") == parse.Battery()


@pytest.mark.parametrize(
    ("text", "awake"),
    [
        ("  mWakefulness=Awake\n", True),
        ("  mWakefulness=Asleep\n", False),
        ("  mWakefulness=Dozing\n", False),
        ("mHoldingDisplaySuspendBlocker=true", True),
        ("  mWakefulness=1\n", True),
        ("  mWakefulness=0\n", False),
        ("Display Power: state=ON", True),
        ("", None),
    ],
)
def test_a_sleeping_phone_is_told_from_one_that_does_not_say(text: str, awake: bool | None) -> None:
    assert parse.is_awake(text) is awake


@pytest.mark.parametrize(
    ("text", "locked"),
    [
        ("  isKeyguardShowing=true", True),
        ("    mDreamingLockscreen=false mShowingLockscreen=false", False),
        ("KeyguardServiceDelegate\n  showing=true\n", True),
        ("KeyguardStateMonitor\n  mIsShowing=true\n", True),
        ("", None),
    ],
)
def test_the_lock_screen_is_found_under_any_of_its_names(text: str, locked: bool | None) -> None:
    assert parse.is_locked(text) is locked


def test_display_ids_come_in_the_order_the_compositor_lists_them() -> None:
    text = 'Display 7 (Virtual): displayName="cast"\n'
    text += "Display 4619827259835644672 (HWC display 0): port=0 pnpId=GGL\nDisplay 99 (HWC display 1): port=1\n"
    assert parse.display_ids(text) == ("4619827259835644672", "99")


def test_media_rows_give_their_paths_whatever_is_in_the_name() -> None:
    text = (
        "Row: 0 _id=18, _data=/storage/emulated/0/Pictures/a, b.jpg\nRow: 1 _data=/storage/emulated/0/x.mp4, _id=19\n"
    )
    paths = parse.media_paths(text)
    assert "/storage/emulated/0/x.mp4" in paths
    assert "/storage/emulated/0/Pictures/a, b.jpg" in paths
    assert parse.media_paths("No result found.\n") == frozenset()


_PARSERS = [
    parse.screen_size,
    parse.rotation,
    parse.focus,
    parse.focused_app,
    parse.resumed_activity,
    parse.window_is_secure,
    parse.exception,
    parse.setting,
    parse.keyboards,
    parse.input_method,
    parse.packages,
    parse.resolved_component,
    parse.launcher_labels,
    parse.start_error,
    parse.battery,
    parse.is_awake,
    parse.is_locked,
    parse.display_ids,
    parse.media_paths,
]


@given(st.text(max_size=300), st.sampled_from([AOSP_14, SECURE_WINDOW, CHANGING, POPUP]), st.integers(0, 400))
def test_no_parser_fails_on_output_that_was_cut_or_mixed_up(noise: str, sample: str, place: int) -> None:
    text = sample[:place] + noise + sample[place:]
    results = [parser(text) for parser in _PARSERS]
    assert len(results) == len(_PARSERS)


OTHER_DISPLAY_FIRST = """  Display: mDisplayId=2
    mCurrentRotation=ROTATION_90
  mCurrentFocus=Window{1a2b3c u0 com.vendor.cover/com.vendor.cover.CoverHome}
  mFocusedApp=ActivityRecord{77aa u0 com.vendor.cover/.CoverHome t3}
  Display: mDisplayId=0 (organized)
    mCurrentRotation=ROTATION_0
  mCurrentFocus=Window{9f8e7d u0 com.example.crm/com.example.crm.MainActivity}
  mFocusedApp=ActivityRecord{88bb u0 com.example.crm/.MainActivity t9}
"""


def test_what_is_said_of_another_display_does_not_count() -> None:
    crm = ForegroundApp("com.example.crm", "com.example.crm.MainActivity")
    assert parse.focus(OTHER_DISPLAY_FIRST) == (Focus.APP, crm)
    assert parse.focused_app(OTHER_DISPLAY_FIRST) == crm
    assert parse.rotation(OTHER_DISPLAY_FIRST) == 0


@pytest.mark.parametrize(
    ("text", "turns"),
    [
        (
            "mViewports=[DisplayViewport{type=EXTERNAL, displayId=3, orientation=1}, "
            "DisplayViewport{type=INTERNAL, valid=true, displayId=0, orientation=0}]",
            0,
        ),
        ("Viewport INTERNAL: displayId=2, orientation=3\nViewport INTERNAL: displayId=0, orientation=2", 2),
    ],
)
def test_the_rotation_is_the_main_displays(text: str, turns: int) -> None:
    assert parse.rotation(text) == turns


SYSTEM_WINDOWS = (
    "Application Not Responding: com.example.crm",
    "Application Error: com.example.crm",
    "control_center",
    "BiometricPrompt",
    "MiuiVolumeDialogImpl",
    "ColorOSGlobalActions",
    "NotificationShade",
)
BEHIND = "\nmFocusedApp=ActivityRecord{1 u0 com.example.crm/.MainActivity t9}"


@pytest.mark.parametrize("window", SYSTEM_WINDOWS)
def test_a_window_that_no_app_opens_is_the_systems(window: str) -> None:
    found, app = parse.focus(f"mCurrentFocus=Window{{d2 u0 {window}}}{BEHIND}")
    assert (found, app and app.package) == (Focus.APP, parse.SYSTEM_UI)


@pytest.mark.parametrize(
    "window",
    [
        "PopupWindow:5e0f1c",
        "com.example.crm",
        "InputMethod",
        "Splash Screen com.example.crm",
        "Starting com.example.crm EXITING",
    ],
)
def test_a_window_that_an_app_opens_itself_is_the_apps(window: str) -> None:
    assert parse.focus(f"mCurrentFocus=Window{{d2 u0 {window}}}{BEHIND}")[1] == ForegroundApp(
        "com.example.crm", "com.example.crm.MainActivity"
    )


@pytest.mark.parametrize(
    ("flags", "secure"),
    [
        ("\n      fl=81912100\n      pfl=20000}", True),
        (" fl=#81812100 pfl=0x2000}", True),
        (" fl=0x2000}", True),
        ("\n      fl=81810100\n      pfl=20000}", False),
        ("\n      fl=LAYOUT_IN_SCREEN SECURE}", True),
        ("\n      fl=(unknown)}", None),
        ("\n      fl=}", None),
    ],
)
def test_flags_may_be_names_or_a_number(flags: str, secure: bool | None) -> None:
    name = "Window{d00d u0 com.bank.demo/com.bank.demo.PinActivity}"
    attributes = f"mAttrs={{(0,0)(fillxfill) sim={{adjust=pan}} ty=BASE_APPLICATION{flags}"
    text = f"Window #3 {name}:\n  {attributes}\nmCurrentFocus={name}"
    assert parse.window_is_secure(text) is secure


def test_enabled_keyboards_come_without_their_subtypes() -> None:
    text = "com.vendor.ime/.Service;123:com.android.adbkeyboard/.AdbIME\n"
    assert parse.enabled_keyboards(text) == ("com.vendor.ime/.Service", "com.android.adbkeyboard/.AdbIME")
    assert parse.enabled_keyboards("null") == ()


@pytest.mark.parametrize(
    ("text", "panel"),
    [
        ("DisplayViewport{type=INTERNAL, valid=true, displayId=0, uniqueId='local:22', port=1, orientation=0}", "22"),
        (
            "DisplayViewport{type=INTERNAL, displayId=3, uniqueId='local:9'}, "
            "DisplayViewport{type=EXTERNAL, displayId=0, uniqueId='local:7'}",
            "",
        ),
        ("mViewports=[]", ""),
    ],
    ids=["built in", "others", "none"],
)
def test_the_panel_in_use_is_the_main_displays(text: str, panel: str) -> None:
    assert parse.shown_display(text) == panel


def test_a_keyboard_has_one_id_however_its_build_writes_it() -> None:
    whole, short = "com.android.adbkeyboard/com.android.adbkeyboard.AdbIME", "com.android.adbkeyboard/.AdbIME"
    assert parse.keyboards(f"WARNING: linker: unused DT entry\nUser #0:\n  {whole}\n") == (short,)
    assert parse.enabled_keyboards(f"com.vendor.ime/com.other.Service;1;-92:{whole};-7") == (
        "com.vendor.ime/com.other.Service",
        short,
    )
    assert parse.keyboard(short) == short
    assert parse.keyboard("") == ""


@pytest.mark.parametrize(
    ("flags", "secure"),
    [("0x81812100", True), ("#2000", True), ("81810100 fmt=-3", False), ("LAYOUT_NO_LIMITS SECURE", True), ("?", None)],
)
def test_flags_are_read_wherever_the_line_goes_on(flags: str, secure: bool | None) -> None:
    text = (
        "Window #1 Window{a1 u0 com.pay/com.pay.Cover}:\n  mAttrs={(0,0) ty=APPLICATION fl=2000}\n"
        f"Window #2 Window{{b2 u0 com.pay/com.pay.Pin$1}}:\n  mAttrs={{(0,0) ty=BASE_APPLICATION\n      fl={flags}}}\n"
        "mCurrentFocus=Window{b2 u0 com.pay/com.pay.Pin$1}"
    )
    assert parse.window_is_secure(text) is secure


BESIDE = "DisplayViewport{{type=EXTERNAL, valid=true, isActive=true, displayId=2, orientation=2}}"
PANELS = f"mViewports=[{{outer}}, {BESIDE}, {{inner}}]"
PANEL = "DisplayViewport{{type=INTERNAL, {state}, displayId=0, uniqueId='local:{id}', orientation={turns}}}"
ACTIVE, RESTING, INVALID = "valid=true, isActive=true", "valid=true, isActive=false", "valid=false, isActive=true"


@pytest.mark.parametrize(
    ("outer", "inner", "panel", "turns"),
    [
        pytest.param(RESTING, ACTIVE, "44", 3, id="unfolded"),
        pytest.param(ACTIVE, RESTING, "33", 0, id="folded"),
        pytest.param(INVALID, ACTIVE, "44", 3, id="one-is-no-more"),
        pytest.param(RESTING, RESTING, "33", 0, id="all-at-rest"),
    ],
)
def test_of_a_foldables_panels_the_one_in_use_counts(outer: str, inner: str, panel: str, turns: int) -> None:
    text = PANELS.format(
        outer=PANEL.format(state=outer, id="33", turns=0), inner=PANEL.format(state=inner, id="44", turns=3)
    )
    assert (parse.shown_display(text), parse.rotation(text)) == (panel, turns)


def test_the_input_managers_viewport_in_use_counts() -> None:
    viewport = "  Viewport INTERNAL: displayId=0, uniqueId=local:{}, port=0, orientation={}, isActive={}\n"
    assert parse.rotation(viewport.format(1, 0, 0) + viewport.format(2, 1, 1)) == 1


@pytest.mark.parametrize(
    ("window", "package"),
    [
        pytest.param("com.vendor.assistant", "com.vendor.assistant", id="another-apps-overlay"),
        pytest.param("com.example.crmhelper", "com.example.crmhelper", id="a-longer-name"),
        pytest.param("com.example.crm", "com.example.crm", id="its-own"),
        pytest.param("com.example.crm.Chooser", "com.example.crm", id="its-own-class"),
    ],
)
def test_a_window_named_after_another_package_is_that_apps(window: str, package: str) -> None:
    _, app = parse.focus(f"mCurrentFocus=Window{{d2 u0 {window}}}{BEHIND}")
    assert app is not None
    assert app.package == package


def test_a_focus_that_is_told_once_is_that_of_all_displays() -> None:
    told = "  mCurrentFocus=Window{2f u0 com.a/com.a.Main}\n  mFocusedApp=AppWindowToken{a7 com.a/.Main t12}\n"
    _, app = parse.focus(f"  Display: mDisplayId=0\n  Display: mDisplayId=1\n{told}")
    assert app is not None
    assert app.package == "com.a"


@pytest.mark.parametrize(
    "flags",
    [pytest.param("FLAG_LAYOUT_IN_SCREEN FLAG_SECURE", id="prefixed"), pytest.param("SPLIT_TOUCH|SECURE", id="barred")],
)
def test_flags_may_be_named_in_other_ways(flags: str) -> None:
    window = f"  Window #3 Window{{d0 u0 com.b/com.b.Pin}}:\n    mAttrs={{ty=BASE_APPLICATION\n      fl={flags}\n"
    assert parse.window_is_secure(f"{window}  mCurrentFocus=Window{{d0 u0 com.b/com.b.Pin}}") is True


def test_a_setting_that_a_build_refuses_to_tell_is_none() -> None:
    refusal = (
        "Exception occurred while executing 'get':\njava.lang.SecurityException: Permission Denial: getCurrentUser()"
    )
    assert parse.setting(refusal) is None


def test_the_activity_of_a_task_area_stands_in_where_none_is_named_on_top() -> None:
    area = "  Resumed activities in task display areas:\n    Resumed: ActivityRecord{b1 u0 com.a/.M t9}"
    text = f"  ResumedActivity:null\n{area}"
    found = parse.resumed_activity(text)
    assert found is not None
    assert found.package == "com.a"


def test_the_keyboard_chosen_is_read_under_its_later_name() -> None:
    assert parse.input_method("  mSelectedMethodId=com.android.adbkeyboard/.AdbIME\n").current.endswith("/.AdbIME")
