"""What can be seen of a phone without touching it: connection, power, screen, tree, battery and settings.

Rule: looking changes nothing, besides waking a phone that sleeps.
"""

from __future__ import annotations

from cs_agent.catalogue import _
from cs_agent.phone.adb import parse
from cs_agent.phone.adb.doctor.findings import Findings, adb, on_phone
from cs_agent.phone.adb.phone import AdbPhone
from cs_agent.phone.findings import Check, CheckStatus

_SLOW_CAPTURE_S = 1.0
_LOW_BATTERY = 20  # percent
_HOT_C = 45.0
_ALWAYS = 7  # on mains, USB or a wireless charger
_UPRIGHT = ("settings put system accelerometer_rotation 0", "settings put system user_rotation 0")
_ANIMATIONS = ("window_animation_scale", "transition_animation_scale", "animator_duration_scale")


def connection(phone: AdbPhone) -> Findings:
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
                fix=adb(phone, "reboot"),
            )
        ]
    return [Check("connection", CheckStatus.OK, _("已连接并授权。"))]


def power(phone: AdbPhone) -> Findings:
    health = phone.health()
    if health.awake is False or health.locked:
        phone.wake()
        return [Check("power", CheckStatus.OK, _("屏幕原先熄灭或锁定,已唤醒。"))]
    return [Check("power", CheckStatus.OK, _("屏幕已点亮且未锁定。"))]


def screen(phone: AdbPhone) -> Findings:
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


def size(phone: AdbPhone) -> Findings:
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
                fix=on_phone(phone, *_UPRIGHT),
            )
        ]
    return [Check("size", CheckStatus.OK, _("屏幕 {size},竖屏。"), values={"size": text})]


def tree(phone: AdbPhone) -> Findings:
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


def battery(phone: AdbPhone) -> Findings:
    health = phone.health()
    level, heat = health.battery_percent, health.temperature_c
    said = _("电量 {level}%,温度 {heat} °C。")
    values = {"level": "?" if level is None else str(level), "heat": "?" if heat is None else str(heat)}
    if level is not None and level < _LOW_BATTERY and not health.charging:
        return [Check("battery", CheckStatus.WARN, said, _("接上充电器。"), values)]
    if heat is not None and heat >= _HOT_C:
        return [Check("battery", CheckStatus.WARN, said, _("让手机降温,停止快充。"), values)]
    return [Check("battery", CheckStatus.OK, said, values=values)]


def animations(phone: AdbPhone) -> Findings:
    scales = {name: parse.setting(phone.link.shell(f"settings get global {name}").stdout) for name in _ANIMATIONS}
    if any(scale not in ("0", "0.0") for scale in scales.values()):
        return [
            Check(
                "animations",
                CheckStatus.WARN,
                _("系统动画未关闭,每一步都会多等一会儿。"),
                _("在开发者选项中把三个动画缩放都设为关闭。"),
                fix=on_phone(phone, *(f"settings put global {name} 0" for name in _ANIMATIONS)),
            )
        ]
    return [Check("animations", CheckStatus.OK, _("系统动画已关闭。"))]


def stay_awake(phone: AdbPhone) -> Findings:
    value = parse.setting(phone.link.shell("settings get global stay_on_while_plugged_in").stdout)
    if value in (None, "0"):
        return [
            Check(
                "stay_awake",
                CheckStatus.WARN,
                _("充电时屏幕会自动熄灭。"),
                _("在开发者选项中打开“充电时屏幕不休眠”。"),
                fix=on_phone(phone, f"settings put global stay_on_while_plugged_in {_ALWAYS}"),
            )
        ]
    return [Check("stay_awake", CheckStatus.OK, _("充电时屏幕保持点亮。"))]
