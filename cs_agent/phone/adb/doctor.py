"""Examines one phone and explains every fault in words a technician can act on.

Rule: looking comes first and changes nothing; only the touch check acts, and it leaves the phone on its home screen.
A check that cannot be made is a finding, not a crash.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from PIL import Image

from cs_agent.catalogue import _, say
from cs_agent.engine.run.protocols import Key, PhoneError
from cs_agent.geometry import Point
from cs_agent.observation import UiNode
from cs_agent.phone.adb import parse
from cs_agent.phone.adb.keyboard import ADB_KEYBOARD
from cs_agent.phone.adb.phone import AdbPhone
from cs_agent.phone.waiting import wait_for

_SLOW_CAPTURE_S = 1.0
_LOW_BATTERY = 20  # percent
_HOT_C = 45.0
_REACTION_S = 3.0
_REACTED_SHARE = 0.02  # of the pixels
_ANIMATIONS = ("window_animation_scale", "transition_animation_scale", "animator_duration_scale")
_SAFE_ICONS = ("设置", "settings", "时钟", "clock", "日历", "calendar", "计算器", "calculator", "文件", "files")
_VENDORS = ("xiaomi", "redmi", "poco", "blackshark")


class CheckStatus(StrEnum):
    OK = "ok"
    WARN = "warn"  # works, but slower or less surely than it could
    FAULT = "fault"  # runs on this phone will fail


@dataclass(frozen=True, slots=True)
class Check:
    """One finding and its remedy: sentences of the catalogue; `remedy` is empty where nothing needs doing."""

    code: str
    status: CheckStatus
    finding: str
    remedy: str = ""
    values: Mapping[str, str] = field(default_factory=dict)

    def told(self, lang: str) -> str:
        return say(self.finding, lang, **self.values)

    def remedy_in(self, lang: str) -> str:
        return say(self.remedy, lang, **self.values)


Findings = list[Check]


def examine(phone: AdbPhone, *, touch: bool = True) -> tuple[Check, ...]:
    """All checks; only the first where the phone cannot be reached. `touch=False` leaves out what acts on it."""
    connection = _guarded("connection", _connection, phone)
    if any(check.status is CheckStatus.FAULT for check in connection):
        return tuple(connection)
    checks: list[tuple[str, Callable[[AdbPhone], Findings]]] = [
        ("power", _power),
        ("screen", _screen),
        ("size", _size),
        ("tree", _tree),
        ("keyboard", _keyboard),
        ("security", _security),
        ("battery", _battery),
        ("animations", _animations),
        ("stay_awake", _stay_awake),
    ]
    if touch:
        checks.append(("touch", _touch))
    return tuple(connection + [finding for code, check in checks for finding in _guarded(code, check, phone)])


def is_usable(checks: tuple[Check, ...]) -> bool:
    return all(check.status is not CheckStatus.FAULT for check in checks)


def _guarded(code: str, check: Callable[[AdbPhone], Findings], phone: AdbPhone) -> Findings:
    try:
        return check(phone)
    except PhoneError as error:
        return [Check(code, CheckStatus.FAULT, _("检查失败:{error}"), error.advice, {"error": str(error)})]


def _connection(phone: AdbPhone) -> Findings:
    phone.link.check("true")
    state = phone.link.state()
    if state != "device":
        return [
            Check(
                "connection",
                CheckStatus.FAULT,
                _("手机处于 {state} 状态,不是正常开机状态。"),
                _("正常重启手机。"),
                values={"state": state},
            )
        ]
    return [Check("connection", CheckStatus.OK, _("已连接并授权。"))]


def _power(phone: AdbPhone) -> Findings:
    health = phone.health()
    if health.awake is False or health.locked:
        phone.wake()
        return [Check("power", CheckStatus.OK, _("屏幕原先熄灭或锁定,已唤醒。"))]
    return [Check("power", CheckStatus.OK, _("屏幕已点亮且未锁定。"))]


def _screen(phone: AdbPhone) -> Findings:
    phone.screenshot()
    measured = phone.measure_routes()
    times = ", ".join(
        f"{name} {seconds * 1000:.0f} ms"
        for name, seconds in (("raw", measured.raw_s), ("png", measured.png_s))
        if seconds is not None
    )
    best = min(seconds for seconds in (measured.raw_s, measured.png_s, float("inf")) if seconds is not None)
    if best > _SLOW_CAPTURE_S:
        return [
            Check(
                "screen",
                CheckStatus.WARN,
                _("可以截屏,但很慢({times})。"),
                _("改用 USB 3 数据线或 5 GHz Wi-Fi。"),
                values={"times": times},
            )
        ]
    return [Check("screen", CheckStatus.OK, _("可以截屏({times})。"), values={"times": times})]


def _size(phone: AdbPhone) -> Findings:
    size, turns = phone.size(), phone.screen.rotation()
    text = f"{size.width}x{size.height}"
    if turns:
        return [
            Check(
                "size",
                CheckStatus.WARN,
                _("屏幕 {size},已旋转 {degrees} 度。"),
                _("关闭自动旋转,锁定竖屏。"),
                values={"size": text, "degrees": f"{turns * 90}"},
            )
        ]
    return [Check("size", CheckStatus.OK, _("屏幕 {size},竖屏。"), values={"size": text})]


def _tree(phone: AdbPhone) -> Findings:
    if phone.nodes() is None:
        return [
            Check(
                "tree",
                CheckStatus.WARN,
                _("读不到界面结构(uiautomator),只能依靠文字识别。"),
                _("关闭动态壁纸和动画;卸载占用无障碍服务的应用。"),
            )
        ]
    return [Check("tree", CheckStatus.OK, _("可以读取界面结构。"))]


def _keyboard(phone: AdbPhone) -> Findings:
    keyboard = phone.keyboard
    if ADB_KEYBOARD not in keyboard.installed():
        return [
            Check(
                "keyboard",
                CheckStatus.FAULT,
                _("没有安装 ADB Keyboard,无法输入中文。"),
                _("安装 ADBKeyboard.apk(adb install),然后启用它。"),
            )
        ]
    return [_keyboard_in_use(phone)]


def _keyboard_in_use(phone: AdbPhone) -> Check:
    keyboard = phone.keyboard
    if keyboard.current() == ADB_KEYBOARD:
        own = keyboard.restore()
        if own == ADB_KEYBOARD:
            return Check(
                "keyboard",
                CheckStatus.WARN,
                _("ADB Keyboard 是唯一启用的输入法,人工接管时无法打字。"),
                _("在“语言和输入法”中启用一个普通输入法。"),
            )
        return Check(
            "keyboard",
            CheckStatus.OK,
            _("ADB Keyboard 可用;上次遗留的切换已恢复为 {keyboard}。"),
            values={"keyboard": own},
        )
    if ADB_KEYBOARD not in keyboard.enabled():
        return Check(
            "keyboard",
            CheckStatus.WARN,
            _("ADB Keyboard 已安装但未启用,首次输入时会尝试启用。"),
            _("在“语言和输入法 → 管理键盘”中启用 ADB Keyboard。"),
        )
    return Check("keyboard", CheckStatus.OK, _("ADB Keyboard 已安装并启用。"))


def _security(phone: AdbPhone) -> Findings:
    """Setting the keyboard that is set anyway changes nothing, and shows whether the vendor allows it."""
    current = phone.keyboard.current()
    output = phone.link.shell(f"ime set {current}") if current else None
    maker = phone.link.shell("getprop ro.product.manufacturer").stdout.strip()
    refused = output is not None and "SecurityException" in output.text
    if refused and current == ADB_KEYBOARD:
        return [
            Check(
                "security",
                CheckStatus.WARN,
                _("手机不允许通过调试切换输入法;ADB Keyboard 已是当前输入法,可以输入。"),
                _("如需在人工接管时打字,打开“USB 调试(安全设置)”。"),
            )
        ]
    if refused:
        return [
            Check(
                "security",
                CheckStatus.FAULT,
                _("{maker} 的安全设置不允许通过调试切换输入法或模拟点击。"),
                _("开发者选项 → 打开“USB 调试(安全设置)”,可能需要插入 SIM 卡并登录厂商账号,然后重启。"),
                values={"maker": maker or "?"},
            )
        ]
    if maker.lower() in _VENDORS:
        advice = _("调试权限足够,小米系手机请保持“USB 调试(安全设置)”打开。")
        return [Check("security", CheckStatus.OK, advice)]
    return [Check("security", CheckStatus.OK, _("调试权限足够。"))]


def _battery(phone: AdbPhone) -> Findings:
    health = phone.health()
    level, heat = health.battery_percent, health.temperature_c
    said = _("电量 {level}%,温度 {heat} °C。")
    values = {"level": "?" if level is None else str(level), "heat": "?" if heat is None else str(heat)}
    if level is not None and level < _LOW_BATTERY and not health.charging:
        return [Check("battery", CheckStatus.WARN, said, _("接上充电器。"), values)]
    if heat is not None and heat >= _HOT_C:
        return [Check("battery", CheckStatus.WARN, said, _("让手机降温,停止快充。"), values)]
    return [Check("battery", CheckStatus.OK, said, values=values)]


def _animations(phone: AdbPhone) -> Findings:
    scales = {name: parse.setting(phone.link.shell(f"settings get global {name}").stdout) for name in _ANIMATIONS}
    if any(scale not in ("0", "0.0") for scale in scales.values()):
        commands = "; ".join(f"settings put global {name} 0" for name in _ANIMATIONS)
        return [
            Check(
                "animations",
                CheckStatus.WARN,
                _("系统动画未关闭,每一步都会多等一会儿。"),
                _("在开发者选项中把三个动画缩放都设为关闭,或执行:{commands}"),
                values={"commands": commands},
            )
        ]
    return [Check("animations", CheckStatus.OK, _("系统动画已关闭。"))]


def _stay_awake(phone: AdbPhone) -> Findings:
    value = parse.setting(phone.link.shell("settings get global stay_on_while_plugged_in").stdout)
    if value in (None, "0"):
        return [
            Check(
                "stay_awake", CheckStatus.WARN, _("充电时屏幕会自动熄灭。"), _("在开发者选项中打开“充电时屏幕不休眠”。")
            )
        ]
    return [Check("stay_awake", CheckStatus.OK, _("充电时屏幕保持点亮。"))]


def _touch(phone: AdbPhone) -> Findings:
    """Tap an icon of the home screen and see whether anything happens; vendors swallow touches silently."""
    phone.press(Key.HOME)
    icon = wait_for(lambda: _safe_icon(phone.nodes() or ()), _REACTION_S)
    reacted = _reacts_to(phone, icon.box.center) if icon else _reacts_to_pull_down(phone)
    phone.press(Key.HOME)
    if reacted:
        return [Check("touch", CheckStatus.OK, _("点击有反应。"))]
    return [
        Check(
            "touch",
            CheckStatus.FAULT,
            _("点击没有任何反应。"),
            _("打开“USB 调试(安全设置)”(小米等),关闭系统弹窗或悬浮窗后再试。"),
        )
    ]


def _safe_icon(nodes: tuple[UiNode, ...]) -> UiNode | None:
    """An app that does nothing when it is merely opened; else any app of the home screen."""
    icons = [node for node in nodes if node.label and node.box.area and (node.clickable or _parent_clicks(node, nodes))]
    return next((node for node in icons if node.label.strip().lower() in _SAFE_ICONS), icons[0] if icons else None)


def _parent_clicks(node: UiNode, nodes: tuple[UiNode, ...]) -> bool:
    return node.parent >= 0 and nodes[node.parent].clickable


def _reacts_to(phone: AdbPhone, point: Point) -> bool:
    before = phone.screenshot().image
    phone.tap(point)
    return bool(wait_for(lambda: _differ(before, phone.screenshot().image), _REACTION_S))


def _reacts_to_pull_down(phone: AdbPhone) -> bool:
    """Without icons: the notification shade follows a finger on every phone."""
    before = phone.screenshot()
    middle = before.size.width // 2
    phone.swipe(Point(middle, 2), Point(middle, before.size.height // 2), 0.4)
    reacted = bool(wait_for(lambda: _differ(before.image, phone.screenshot().image), _REACTION_S))
    phone.press(Key.BACK)
    return reacted


def _differ(before: Image.Image, after: Image.Image) -> bool:
    if before.size != after.size:
        return True
    first, second = (np.asarray(image.convert("L").reduce(8)).astype(np.int16) for image in (before, after))
    return bool((np.abs(first - second) > 24).mean() > _REACTED_SHARE)
