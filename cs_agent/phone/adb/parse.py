"""Reads what Android's commands print: pure functions from text to values, for Android 7 to 16 and OEM builds.

Rule: what is not there is None or empty, never a guess; a line that is not understood is passed over.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from cs_agent.geometry import Size
from cs_agent.observation import ForegroundApp
from cs_agent.phone.adb.android_names import kind_of

SYSTEM_UI = "com.android.systemui"

_SIZE = re.compile(r"(?P<kind>Override|Physical) size\s*:\s*(?P<width>\d+)\s?x\s?(?P<height>\d+)")
_VIEWPORT = re.compile(r"DisplayViewport\{type=INTERNAL[^}]*?displayId=0\b[^}]*\}?|Viewport INTERNAL: displayId=0\b.*")
_UNUSED_VIEWPORT = re.compile(r"\b(?:valid|isActive)=(?:false|0)\b")
_ROTATIONS = (
    re.compile(r"mCurrentRotation=(?:ROTATION_)?(\d+)"),
    re.compile(r"\bm(?:Display)?Rotation=(?:ROTATION_)?(\d+)"),
    re.compile(r"Viewport INTERNAL:.*?orientation=(\d+)"),
    re.compile(r"SurfaceOrientation:\s*(\d+)"),
    re.compile(r"InputDeviceOrientation:\s*(\d+)"),
    re.compile(r"\borientation=(\d+)"),
)
_ORIENTATION = _ROTATIONS[-1]
_SHOWN_DISPLAY = re.compile(r"uniqueId='local:(\d+)'")
_COMPONENT = r"(?P<package>[A-Za-z][\w.]*)/(?P<activity>[\w.$]+)"
_FOCUS = re.compile(r"mCurrentFocus=(?:Window\{\S+\s+(?:u\d+\s+)?(?P<window>[^}]*)\}|(?P<null>null))")
_FOCUSED_APP = re.compile(r"mFocusedApp=\S.*?\b" + _COMPONENT)
_RESUMED = re.compile(
    r"(?:topResumedActivity|mResumedActivity|ResumedActivity|\bResumed)[ \t]*[:=]\s*\S.*?\b" + _COMPONENT
)
_TOP = re.compile(r"^\s*ACTIVITY " + _COMPONENT, re.MULTILINE)
_DISPLAY = re.compile(r"^\s*Display: mDisplayId=(\d+)")
_FOCUS_MARKS = ("mCurrentFocus=", "mFocusedApp=")
_MAIN_DISPLAY = "0"  # the one whose picture is taken
# What an app opens without naming itself in full: its popups, a window named after its package, the keyboard, and what
# Android shows in its place while it starts.
_PACKAGE = re.compile(r"[A-Za-z]\w*(?:\.\w+)+")
_WINDOW_OF_AN_APP = re.compile(
    rf"PopupWindow\b.*|InputMethod|{_PACKAGE.pattern}|(?:Splash Screen|Starting) [\w.]+(?: EXITING)?"
    r"|(?:SnapshotStartingWindow|TaskSnapshot)\b.*"
)
_HEX_FLAGS = re.compile(r"#?(?:0x)?([0-9a-fA-F]{1,8})")
_FLAG_SECURE = 0x2000

_EXCEPTION = re.compile(r"(?:[\w$]+\.)*(?P<name>\w+(?:Exception|Error)):\s*(?P<text>.*)")
_INJECTION = re.compile(r"INJECT_EVENTS|injectInputEvent.*permission|SecurityException.*inject", re.IGNORECASE)
_NOT_STARTED = re.compile(
    r"^[ \t]*(?:Error(?: type \d+)?:?|java\.lang\.\w+:|Security exception:|Warning: Activity not started because).*$",
    re.MULTILINE | re.IGNORECASE,
)


def screen_size(text: str) -> Size | None:
    """From `wm size`: the override where there is one, else the physical size; in natural orientation."""
    found: dict[str, Size] = {}
    for match in _SIZE.finditer(text):  # of several displays the first is the main one; 0x0 is a setting taken back
        size = Size(int(match["width"]), int(match["height"]))
        if size.width and size.height:
            found.setdefault(match["kind"], size)
    return found.get("Override") or found.get("Physical")


def main_display(text: str) -> str:
    """`dumpsys window` without what it says of other displays: covers of foldables, external and virtual ones.

    They come in any order; a display's lines go on up to the next display's, or to another part of the dump. A focus
    that is told only once is that of all displays, as up to Android 9, and comes after the last of them.
    """
    kept, shown = [], True
    told_once = [mark for mark in _FOCUS_MARKS if text.count(mark) == 1]
    for line in text.splitlines():
        named = _DISPLAY.match(line)
        if named:
            shown = named[1] == _MAIN_DISPLAY
        elif line.startswith("WINDOW MANAGER"):
            shown = True
        if shown or any(mark in line for mark in told_once):
            kept.append(line)
    return "\n".join(kept)


def rotation(text: str) -> int | None:
    """Quarter turns, 0-3, from `dumpsys window`, `display` or `input`, whichever line the build has."""
    text = main_display(text)
    found = (_ORIENTATION.search(_viewport(text)), *(pattern.search(text) for pattern in _ROTATIONS))
    match = next(filter(None, found), None)
    if match is None:
        return None
    value = int(match[1])
    return value // 90 % 4 if value >= 90 else value % 4


def _viewport(text: str) -> str:
    """What the main display is drawn in; a foldable lists one for each panel, and the panel in use is active."""
    found = [match[0] for match in _VIEWPORT.finditer(text)]
    return next((one for one in found if not _UNUSED_VIEWPORT.search(one)), found[0] if found else "")


class Focus(StrEnum):
    """What `dumpsys window` says of the focus."""

    APP = "app"
    CHANGING = "changing"  # null: one window has gone, the next has not come
    UNSTATED = "unstated"  # the build prints no such line


def focus(text: str) -> tuple[Focus, ForegroundApp | None]:
    """The app that has the focus on the main display; the system's own windows count as the system UI."""
    text = main_display(text)
    matches = list(_FOCUS.finditer(text))
    for match in matches:
        app = _app_of_window(match["window"] or "")
        if app:
            return Focus.APP, app
    if any(match["window"] for match in matches):  # named by itself only: the app behind it has the focus
        behind = focused_app(text)
        over = next((name for match in matches if _PACKAGE.fullmatch(name := match["window"] or "")), "")
        if over and behind and not f"{over}.".startswith(f"{behind.package}."):
            return Focus.APP, ForegroundApp(over, "", kind_of(over))  # another app's window lies over it
        return (Focus.APP, behind) if behind else (Focus.UNSTATED, None)
    return (Focus.CHANGING, None) if matches else (Focus.UNSTATED, None)


def focused_app(text: str) -> ForegroundApp | None:
    """The app the window manager means to focus; it is set before `mCurrentFocus` while windows change."""
    match = _FOCUSED_APP.search(main_display(text))
    return _app(match) if match else None


def resumed_activity(text: str) -> ForegroundApp | None:
    """From `dumpsys activity activities`; the last resort is the last ACTIVITY line of `activity top`."""
    match = _RESUMED.search(text)
    if match:
        return _app(match)
    tops = list(_TOP.finditer(text))
    return _app(tops[-1]) if tops else None


def window_is_secure(text: str) -> bool | None:
    """Whether the focused window of `dumpsys window` forbids screenshots; None where it is not said."""
    current = _FOCUS.search(main_display(text))
    if not current or not current["window"]:
        return None
    name = re.escape(current["window"])
    section = re.search(rf"Window #?\d* ?Window\{{\S+\s+(?:u\d+\s+)?{name}\}}:(.*?)(?=\n\s*Window #|\Z)", text, re.S)
    flags = re.search(r"\bfl=([^\n}]*)", section[1]) if section else None
    return _has_secure_flag(re.split(r"[\s|]+", flags[1].replace("FLAG_", "").strip())) if flags else None


def _has_secure_flag(flags: list[str]) -> bool | None:
    """Flags are names, or one hexadecimal number with or without a mark; None for anything else."""
    first = flags[0] if flags else ""
    if number := _HEX_FLAGS.fullmatch(first):
        return bool(int(number[1], 16) & _FLAG_SECURE)
    return "SECURE" in flags if re.fullmatch(r"[A-Z][A-Z_]+", first) else None


def exception(text: str) -> str:
    """The exception a shell command reports, `Name: text`; empty where it reports none."""
    match = _EXCEPTION.search(text)
    return f"{match['name']}: {match['text']}".strip() if match else ""


def injection_refused(text: str) -> bool:
    """Whether the phone refuses simulated input (vendors' security setting)."""
    return bool(_INJECTION.search(text))


def setting(text: str) -> str | None:
    """From `settings get`: unset prints null; some builds refuse to tell, others warn of something first."""
    value = next((line for line in reversed(text.strip().splitlines())), "").strip()
    return None if value in ("", "null") or exception(text) else value


def keyboards(text: str) -> tuple[str, ...]:
    """Ids from `ime list -s`."""
    return tuple(keyboard(line) for line in text.splitlines() if re.fullmatch(r"\s*[\w.]+/[\w.$]+\s*", line))


def keyboard(text: str) -> str:
    """The id in its short form, `PACKAGE/.NAME`: some builds write the package twice."""
    package, slash, name = text.strip().partition("/")
    inside = name.startswith(f"{package}.")
    return f"{package}/{name.removeprefix(package)}" if inside else f"{package}{slash}{name}"


def enabled_keyboards(text: str) -> tuple[str, ...]:
    """Ids from the setting `enabled_input_methods`: `ID;SUBTYPE;SUBTYPE:ID:…`."""
    ids = (part.partition(";")[0].strip() for part in text.strip().split(":"))
    return tuple(keyboard(name) for name in ids if re.fullmatch(r"[\w.]+/[\w.$]+", name))


@dataclass(frozen=True, slots=True)
class InputMethod:
    """From `dumpsys input_method`."""

    current: str
    shown: bool
    serves_a_field: bool


def input_method(text: str) -> InputMethod:
    current = re.search(r"\bm(?:Cur|Selected)MethodId=(\S+)", text)
    served = re.search(r"mServedView=(.*)", text)
    return InputMethod(
        keyboard(current[1]) if current and current[1] != "null" else "",
        bool(re.search(r"mInputShown=true", text)),
        bool(served and not served[1].strip().startswith("null")),
    )


def packages(text: str) -> frozenset[str]:
    """From `pm list packages`."""
    return frozenset(re.findall(r"^package:(?:\S+=)?([\w.]+)(?:\suid:\S+)?\s*$", text, re.MULTILINE))


def resolved_component(text: str) -> str | None:
    """From `cmd package resolve-activity --brief`: the component line, or None for nothing found."""
    components = re.findall(r"^\s*([\w.]+/[\w.$]+)\s*$", text, re.MULTILINE)
    return (
        components[-1] if components and components[-1] != "android/com.android.internal.app.ResolverActivity" else None
    )


def launcher_labels(text: str) -> dict[str, str]:
    """Label to package from `cmd package query-activities` in full: only labels that are spelled out there."""
    labels: dict[str, str] = {}
    package = ""
    for line in text.splitlines():
        named = re.search(r"\bpackageName=([\w.]+)", line)
        package = named[1] if named else package
        label = re.search(r"\bnonLocalizedLabel=(.+?)(?=\s+\w+=|$)", line)
        if label and label[1] != "null" and package:
            labels.setdefault(label[1].strip(), package)
        if line.lstrip().startswith("Activity #"):
            package = ""
    return labels


def start_error(text: str) -> str:
    """Why `am start` did not start anything, though it exits with 0; empty when it did."""
    match = _NOT_STARTED.search(text)
    if not match:
        return ""
    detail = re.search(r"^[ \t]*Error: (.+)$", text, re.MULTILINE)
    return (detail[1] if detail else match[0]).strip()


def monkey_started(text: str) -> bool:
    return "Events injected: 1" in text and "monkey aborted" not in text


@dataclass(frozen=True, slots=True)
class Battery:
    """From `dumpsys battery`; None where the build does not say."""

    level: int | None = None  # percent
    temperature_c: float | None = None
    charging: bool = False


def battery(text: str) -> Battery:
    level = re.search(r"^\s*level: (\d+)", text, re.MULTILINE)
    temperature = re.search(r"^\s*temperature: (-?\d+)", text, re.MULTILINE)
    powered = re.search(r"(?:AC|USB|Wireless|Dock) powered: true", text)
    return Battery(int(level[1]) if level else None, int(temperature[1]) / 10 if temperature else None, bool(powered))


def is_awake(text: str) -> bool | None:
    """From `dumpsys power`: whether the screen is on; None where the build does not say."""
    patterns = (r"mWakefulness(?:Raw)?=(\w+)", r"mHoldingDisplaySuspendBlocker=(\w+)", r"Display Power: state=(\w+)")
    match = next((found for found in (re.search(pattern, text) for pattern in patterns) if found), None)
    return match[1] in ("Awake", "1", "true", "ON") if match else None


def is_locked(text: str) -> bool | None:
    """From `dumpsys window`: whether the lock screen is showing; None where the build does not say."""
    patterns = (
        r"isKeyguardShowing=(\w+)",
        r"mShowingLockscreen=(\w+)",
        r"mDreamingLockscreen=(\w+)",
        r"KeyguardServiceDelegate\s*\n\s*showing=(\w+)",
        r"mKeyguardShowing=(\w+)",
        r"\bmIsShowing=(\w+)",
    )
    found = [match[1] == "true" for match in (re.search(pattern, text) for pattern in patterns) if match]
    return any(found) if found else None


def display_ids(text: str) -> tuple[str, ...]:
    """From `dumpsys SurfaceFlinger --display-id`, the built-in display first."""
    return tuple(re.findall(r"^Display (\d+) (?!\(virtual)", text, re.MULTILINE | re.IGNORECASE))


def shown_display(text: str) -> str:
    """From `dumpsys display`: the id of the panel that shows the main display, of a foldable's the one in use."""
    match = _SHOWN_DISPLAY.search(_viewport(text))
    return match[1] if match else ""


def media_paths(text: str) -> frozenset[str]:
    """Paths from `content query … --projection _id:_data`."""
    return frozenset(re.findall(r"\b_data=(.+?)(?=, \w+=|$)", text, re.MULTILINE))


def _app_of_window(window: str) -> ForegroundApp | None:
    match = re.search(_COMPONENT, window)
    if match:
        return _app(match)
    if not window or _WINDOW_OF_AN_APP.fullmatch(window):
        return None
    return ForegroundApp(SYSTEM_UI, window)  # shades, panels, and the system's word that an app hangs or has crashed


def _app(match: re.Match[str]) -> ForegroundApp:
    package, activity = match["package"], match["activity"]
    return ForegroundApp(package, package + activity if activity.startswith(".") else activity, kind_of(package))
