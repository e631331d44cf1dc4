"""`dumpsys`: what the services say about themselves, in Android 14's words.

Rule: a line appears only where that release prints it (the focused window is absent from `window windows`, the
resumed activity has lost its `m`), so that clients meet the same traps as on a phone.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable

from cs_agent.demo.phone.commands.intents import short_name
from cs_agent.demo.phone.device.phone import COVER_DISPLAY_ID, DISPLAY_ID, SECOND_DISPLAY_ID, VirtualPhone
from cs_agent.demo.phone.device.screen import Component
from cs_agent.demo.phone.shell.call import OK, Call, Command

_FIRST_TASK = 41
# Listed before the built-in one, as some makers' builds do.
_OTHER_DISPLAY = (
    "  Display: mDisplayId=2\n    init=720x1280 320dpi cur=1280x720\n"
    "  mCurrentFocus=Window{7c1a2b3 u0 com.example.cover/com.example.cover.CoverHome}\n"
    "  mFocusedApp=ActivityRecord{77aa001 u0 com.example.cover/.CoverHome t3}\n"
    "  DisplayRotation\n    mCurrentRotation=ROTATION_90\n"
)

Dump = Callable[[Call, list[str]], str]


async def dumpsys(call: Call) -> int:
    args = list(call.args)
    name, *rest = args or ["window"]
    if name not in _SERVICES:
        await call.complain(f"Can't find service: {name}")
        return OK
    await call.say(_SERVICES[name](call, rest))
    return OK


def _handle(seed: str) -> str:
    """The address that dumps print for an object; the same as long as the object lives."""
    return f"{zlib.crc32(seed.encode()):07x}"[:7]


def _window_name(component: Component) -> str:
    return f"Window{{{_handle(component.activity)} u0 {component.package}/{component.activity}}}"


def _focused_window(phone: VirtualPhone) -> str:
    title = phone.screen.system_window()
    return f"Window{{{_handle(title)} u0 {title}}}" if title else _window_name(phone.screen.foreground())


def _record(component: Component, task: int) -> str:
    return f"ActivityRecord{{{_handle(component.package)} u0 {short_name(component)} t{task}}}"


def _task(phone: VirtualPhone, component: Component) -> int:
    packages = sorted({item.package for item in phone.screen.running()} | {component.package})
    return _FIRST_TASK + packages.index(component.package)


# --- window


def _window(call: Call, args: list[str]) -> str:
    phone = call.phone
    if args[:1] == ["windows"]:
        return _windows(phone)
    displays = _displays(phone)
    return displays if args[:1] in (["displays"], ["d"]) else f"{_policy(phone)}\n{_windows(phone)}\n{displays}"


def _policy(phone: VirtualPhone) -> str:
    state = "SCREEN_STATE_ON" if phone.awake else "SCREEN_STATE_OFF"
    return (
        "WINDOW MANAGER POLICY STATE (dumpsys window policy)\n"
        f"    screenState={state}\n    mAwake={str(phone.awake).lower()}\n"
        "    KeyguardServiceDelegate\n      showing=false\n      occluded=false\n"
        f"    mCurrentRotation=ROTATION_{phone.screen.rotation * 90}"
    )


def _windows(phone: VirtualPhone) -> str:
    lines = ["WINDOW MANAGER WINDOWS (dumpsys window windows)"]
    for number, component in enumerate(phone.screen.running()):
        width, height = phone.screen.width, phone.screen.height
        lines += [
            f"  Window #{number} {_window_name(component)}:",
            f"    mDisplayId=0 rootTaskId={_task(phone, component)} mSession=Session{{…}}",
            f"    package={component.package} appop=NONE",
            "    mAttrs={(0,0)(fillxfill) sim={adjust=resize} ty=BASE_APPLICATION",
            f"      fl={_window_flags(phone, number == 0)}}}",
            f"    Frames: parent=[0,0][{width},{height}] display=[0,0][{width},{height}]",
            f"    isOnScreen={str(number == 0).lower()}",
            f"    isVisible={str(number == 0).lower()}",
        ]
    return "\n".join(lines)


def _window_flags(phone: VirtualPhone, in_front: bool) -> str:
    secure = " SECURE" if in_front and phone.faults.secure_window else ""
    return f"LAYOUT_IN_SCREEN LAYOUT_INSET_DECOR{secure} SPLIT_TOUCH HARDWARE_ACCELERATED"


def _displays(phone: VirtualPhone) -> str:
    screen, identity = phone.screen, phone.identity
    front = screen.foreground()
    width, height = phone.panel
    size = f"{width}x{height} {identity.density}dpi cur={screen.width}x{screen.height}"
    other = _OTHER_DISPLAY if phone.faults.two_displays else ""
    return (
        f"WINDOW MANAGER DISPLAY CONTENTS (dumpsys window displays)\n{other}"
        f"  Display: mDisplayId=0\n    init={size} app={screen.width}x{screen.height}\n"
        f"  mCurrentFocus={_focused_window(phone) if phone.awake else 'null'}\n"
        f"  mFocusedApp={_record(front, _task(phone, front))}\n"
        f"  DisplayRotation\n    mCurrentRotation=ROTATION_{screen.rotation * 90}\n"
        f"    mUserRotation=ROTATION_{screen.rotation * 90}"
    )


# --- activity


def _activity(call: Call, args: list[str]) -> str:
    what = args[0] if args else ""
    if what == "top":
        return _activity_top(call.phone)
    if what in ("", "activities", "a", "recents", "r"):
        return _activities(call.phone)
    return f"Bad activity command, or no activities match: {what}"


def _activities(phone: VirtualPhone) -> str:
    front = phone.screen.foreground()
    lines = ["ACTIVITY MANAGER ACTIVITIES (dumpsys activity activities)", "Display #0 (activities from top to bottom):"]
    for component in phone.screen.running():
        task = _task(phone, component)
        lines += [
            f"  * Task{{{_handle(str(task))} #{task} type=standard A={component.package} U=0 visible="
            f"{str(component == front).lower()}}}",
            f"    * Hist  #0: {_record(component, task)}",
            f"        packageName={component.package} processName={component.package}",
        ]
    record = _record(front, _task(phone, front))
    lines += [f"  topResumedActivity={record}", f"  ResumedActivity: {record}"]
    return "\n".join(lines)


def _activity_top(phone: VirtualPhone) -> str:
    """The one in front comes last."""
    blocks = []
    for component in reversed(phone.screen.running()):
        pid = phone.process_id(component.package)
        blocks.append(
            f"TASK {component.package} id={_task(phone, component)} userId=0\n"
            f"  ACTIVITY {short_name(component)} {_handle(component.package)} pid={pid}\n"
            f"    Local Activity {_handle(component.activity)} State:\n      mResumed="
            f"{str(component == phone.screen.foreground()).lower()} mStopped=false mFinished=false"
        )
    return "\n".join(blocks)


# --- display and input


def _display(call: Call, args: list[str]) -> str:
    phone = call.phone
    screen, identity = phone.screen, phone.identity
    frame = f"Rect(0, 0 - {screen.width}, {screen.height})"
    viewport = (
        f"DisplayViewport{{type=INTERNAL, valid=true, isActive=true, displayId=0, uniqueId='local:{phone.display_id}', "
        f"physicalPort=0, orientation={screen.rotation}, logicalFrame={frame}, physicalFrame={frame}, "
        f"deviceWidth={screen.width}, deviceHeight={screen.height}}}"
    )
    state = "ON" if phone.awake else "OFF"
    return (
        f"DISPLAY MANAGER (dumpsys display)\n  mOnlyCore=false\n  mViewports=[{viewport}]\n"
        f"Display States: size={1 + phone.faults.two_displays}\n  Display Id=0\n  Display State={state}\n"
        f"Logical Displays: size={1 + phone.faults.two_displays}\n  Display 0:\n    mDisplayId=0\n"
        f'    mBaseDisplayInfo=DisplayInfo{{"Built-in Screen", displayId 0, real {phone.panel[0]} x '
        f"{phone.panel[1]}, rotation {screen.rotation}, density {identity.density}, state {state}}}"
    )


def _input(call: Call, args: list[str]) -> str:
    screen, panel = call.phone.screen, call.phone.panel
    width, height = screen.width, screen.height
    return (
        "INPUT MANAGER (dumpsys input)\n\nInput Reader State:\n  Device 2: touchscreen\n"
        f"    Viewport INTERNAL: displayId=0, uniqueId=local:{call.phone.display_id}, port=0, "
        f"orientation={screen.rotation}, "
        f"logicalFrame=[0, 0, {width}, {height}], physicalFrame=[0, 0, {width}, {height}], "
        f"deviceSize=[{panel[0]}, {panel[1]}], isActive=[1]\n"
        f"    InputDeviceOrientation: {screen.rotation}"
    )


def _surface_flinger(call: Call, args: list[str]) -> str:
    lines = [f'Display {DISPLAY_ID} (HWC display 0): port=0 pnpId=EXA displayName="Built-in"']
    if call.phone.faults.folded:
        lines.append(f'Display {COVER_DISPLAY_ID} (HWC display 3): port=3 pnpId=EXA displayName="Cover"')
    if call.phone.faults.two_displays:
        lines.append(f'Display {SECOND_DISPLAY_ID} (HWC display 1): port=1 pnpId=EXA displayName="External"')
    return "\n".join(lines)


def _input_method(call: Call, args: list[str]) -> str:
    phone = call.phone
    shown = phone.screen.keyboard_shown()
    front = phone.screen.foreground()
    served = f"android.widget.EditText{{{_handle('field')} VFED..CL.}}" if shown else "null"
    return (
        "Current Input Method Manager state:\n"
        f"  mCurMethodId={phone.keyboards.current or 'null'}\n"
        f"  mCurId={phone.keyboards.current or 'null'} mHaveConnection=true mBoundToMethod=true\n"
        f"  mInputShown={str(shown).lower()}\n"
        f"  mCurFocusedWindow={_window_name(front)}\n"
        f"Client state for ClientState{{{_handle(front.package)} uid=10100}}:\n"
        f"  mActive={str(shown).lower()}\n  mServedView={served}"
    )


# --- battery and power


def _battery(call: Call, args: list[str]) -> str:
    return (
        "Current Battery Service state:\n  AC powered: false\n  USB powered: true\n  Wireless powered: false\n"
        "  Dock powered: false\n  Max charging current: 500000\n  Max charging voltage: 5000000\n"
        "  Charge counter: 4200000\n  status: 5\n  health: 2\n  present: true\n  level: 100\n  scale: 100\n"
        "  voltage: 4350\n  temperature: 285\n  technology: Li-ion"
    )


def _power(call: Call, args: list[str]) -> str:
    awake = call.phone.awake
    return (
        "POWER MANAGER (dumpsys power)\n\nPower Manager State:\n"
        f"  mWakefulness={'Awake' if awake else 'Asleep'}\n  mIsPowered=true\n  mPlugType=2\n  mBatteryLevel=100\n"
        f"  mStayOn=false\n  mHoldingDisplaySuspendBlocker={str(awake).lower()}\n"
        f"Display Power: state={'ON' if awake else 'OFF'}"
    )


_SERVICES: dict[str, Dump] = {
    "SurfaceFlinger": _surface_flinger,
    "activity": _activity,
    "battery": _battery,
    "display": _display,
    "input": _input,
    "input_method": _input_method,
    "power": _power,
    "window": _window,
}
COMMANDS: dict[str, Command] = {"dumpsys": dumpsys}
