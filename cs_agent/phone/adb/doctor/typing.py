"""Whether text can be typed on a phone: its keyboards, the maker's ban on choosing one, and a text that arrives.

Rule: that typing works is shown by typing, not by what is installed: a broadcast that nobody receives ends as well as
one that does, so a text is typed into a field that belongs to nobody's work and read back from the screen.
"""

from __future__ import annotations

import secrets

from cs_agent.catalogue import _
from cs_agent.engine.run.protocols import Key
from cs_agent.observation import UiNode
from cs_agent.phone.adb import parse
from cs_agent.phone.adb.doctor.findings import (
    Findings,
    developer_options,
    enable_keyboard,
    install_keyboard,
    on_phone,
)
from cs_agent.phone.adb.keyboard import ADB_KEYBOARD
from cs_agent.phone.adb.phone import AdbPhone
from cs_agent.phone.adb.typed_text import focused_field, shows
from cs_agent.phone.errors import AppError, KeyboardMissing
from cs_agent.phone.findings import Check, CheckStatus
from cs_agent.phone.waiting import wait_for

_VENDORS = ("xiaomi", "redmi", "poco", "blackshark")
_FIELD_S = 4.0  # longest wait for a field to show, and to take the focus
_SEARCH_SETTINGS = "am start -a android.settings.APP_SEARCH_SETTINGS"
_WEB_PAGE = "cmd package resolve-activity --brief -a android.intent.action.VIEW -d http://example.com"


def keyboard(phone: AdbPhone) -> Findings:
    if ADB_KEYBOARD not in phone.keyboard.installed():
        return [
            Check(
                "keyboard",
                CheckStatus.FAULT,
                _("没有安装 ADB Keyboard,无法输入中文。"),
                _("下载 ADBKeyboard.apk,让检查命令安装并启用它。"),
                fix=install_keyboard(phone),
            )
        ]
    return [_keyboard_in_use(phone)]


def _keyboard_in_use(phone: AdbPhone) -> Check:
    keyboards = phone.keyboard
    if keyboards.current() == ADB_KEYBOARD:
        own = keyboards.restore()
        if own == ADB_KEYBOARD:
            return Check(
                "keyboard",
                CheckStatus.WARN,
                _("ADB Keyboard 是唯一启用的输入法,人工接管时无法打字。"),
                _("在“语言和输入法”中启用一个普通输入法。"),
                fix=on_phone(phone, "ime reset", f"ime enable {ADB_KEYBOARD}"),
            )
        return Check(
            "keyboard",
            CheckStatus.OK,
            _("ADB Keyboard 可用;上次遗留的切换已恢复为 {keyboard}。"),
            values={"keyboard": own},
        )
    if ADB_KEYBOARD not in keyboards.enabled():
        return Check(
            "keyboard",
            CheckStatus.WARN,
            _("ADB Keyboard 已安装但未启用,首次输入时会尝试启用。"),
            _("在“语言和输入法 → 管理键盘”中启用 ADB Keyboard。"),
            fix=enable_keyboard(phone),
        )
    return Check("keyboard", CheckStatus.OK, _("ADB Keyboard 已安装并启用。"))


def security(phone: AdbPhone) -> Findings:
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
                fix=developer_options(phone),
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
                fix=developer_options(phone),
            )
        ]
    if maker.lower() in _VENDORS:
        advice = _("调试权限足够,小米系手机请保持“USB 调试(安全设置)”打开。")
        return [Check("security", CheckStatus.OK, advice)]
    return [Check("security", CheckStatus.OK, _("调试权限足够。"))]


def typing(phone: AdbPhone) -> Findings:
    """Type a text that no keyboard but ADB Keyboard can into a search or address field, and read it back."""
    text = f"输入测试 {secrets.token_hex(2)}"  # another one each time: what an earlier test left is no proof
    try:
        return [_typed(phone, text)]
    except KeyboardMissing:
        return []  # found already, by its name
    finally:
        phone.press(Key.HOME)


def _typed(phone: AdbPhone, text: str) -> Check:
    field = _in_settings(phone) or _in_browser(phone)
    if field is None:
        unproven = _("没有找到可以试打的输入框,未验证输入。")
        advice = _("在手机上打开系统设置或浏览器的搜索框,再检查一次。")
        return Check("typing", CheckStatus.WARN, unproven, advice)
    with phone.typing_session():
        phone.type_text(text)
        arrived = bool(wait_for(lambda: _is_shown(phone, text), _FIELD_S))
        if arrived:
            phone.type_text("")
    if arrived:
        return Check("typing", CheckStatus.OK, _("通过 ADB Keyboard 广播输入的文字已在屏幕上读到。"))
    return Check(
        "typing",
        CheckStatus.FAULT,
        _("广播发出了,但输入框里没有出现文字。"),
        _("换用新版 ADBKeyboard.apk;在“语言和输入法”中确认它已启用。"),
        fix=install_keyboard(phone),
    )


def _in_settings(phone: AdbPhone) -> UiNode | None:
    """The search field of the system's settings, where this release has that page."""
    started = phone.link.shell(_SEARCH_SETTINGS)
    return _field(phone) if not parse.start_error(started.text) else None


def _in_browser(phone: AdbPhone) -> UiNode | None:
    """The address field of the browser: nothing is sent before Enter."""
    component = parse.resolved_component(phone.link.shell(_WEB_PAGE).stdout)
    if component is None:
        return None
    try:
        phone.launch(component.partition("/")[0])
    except AppError:
        return None
    return _field(phone)


def _field(phone: AdbPhone) -> UiNode | None:
    """The page's first field once it has the focus; None where the page has none, or gives it none."""
    field = wait_for(lambda: next((node for node in phone.nodes() or () if _may_be_used(node)), None), _FIELD_S)
    if field is None:
        return None
    if not field.focused:
        phone.tap(field.box.center)
    return wait_for(lambda: focused_field(phone.nodes() or ()), _FIELD_S)


def _may_be_used(node: UiNode) -> bool:
    return node.editable and node.enabled and not node.password and bool(node.box.area)


def _is_shown(phone: AdbPhone, text: str) -> bool:
    return any(shows(node, text) for node in phone.nodes() or () if node.editable)
