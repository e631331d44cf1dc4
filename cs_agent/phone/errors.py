"""Everything that can go wrong with a phone, as one tree of types.

    PhoneError                      (cs_agent.engine.run.protocols)
    ├── ConnectionFault             the phone was not reached, or was lost
    │   ├── AdbServerUnreachable
    │   ├── PhoneNotFound
    │   ├── PhoneOffline
    │   ├── PhoneUnauthorized
    │   ├── ConnectionDropped
    │   ├── NotReached
    │   ├── UsbPermissionMissing
    │   ├── WrongMode
    │   ├── PhoneTimeout
    │   └── PairingFailed
    ├── ScreenFaultError            there is no picture that can be trusted
    │   ├── SecureScreen
    │   ├── BlackScreen
    │   ├── ScreenOff
    │   ├── PhoneLocked
    │   ├── TruncatedScreenshot
    │   ├── WrongDisplay
    │   ├── ScreenRotating
    │   └── CaptureFailed
    ├── AppError
    │   ├── UnknownApp
    │   ├── AppDidNotStart
    │   ├── NotTheKeyboard
    │   └── InstallRefused
    ├── TypingError
    │   ├── NoFocusedField
    │   ├── TypedTextLost
    │   ├── KeyboardMissing
    │   └── KeyboardRefused
    ├── GestureError
    │   ├── GesturesBlocked
    │   └── GestureOffScreen
    ├── FileError
    │   ├── FileMissing
    │   ├── TransferFailed
    │   └── MediaNotIndexed
    ├── UnknownDriver
    └── CommandFailed               any other command the phone refused

Rule: each says whether trying again can help, and what a technician can do about it, in Chinese;
the catalogue has the English.
"""

from __future__ import annotations

import re

from adbutils.errors import AdbConnectionError, AdbError, AdbTimeout

from cs_agent.catalogue import _
from cs_agent.engine.run.protocols import PhoneError


class ConnectionFault(PhoneError):
    retryable = True
    advice = _("检查手机的数据线或网络,以及 adb 服务。")


class AdbServerUnreachable(ConnectionFault):
    advice = _("adb 服务没有响应:确认地址和端口,或在手机所在的电脑上运行 adb start-server。")


class PhoneNotFound(ConnectionFault):
    advice = _(
        "没有找到这台手机:检查数据线;无线手机确认在同一网络、地址(或无线调试的名称)无误,重启过的手机需要重新开启无线调试。"
    )


class PhoneOffline(ConnectionFault):
    advice = _("手机已离线:重新插拔数据线,或断开后重新连接;仍不行就重启手机的 USB 调试。")


class PhoneUnauthorized(ConnectionFault):
    retryable = False
    advice = _("手机没有授权这台电脑:解锁手机,在弹窗中勾选“一律允许”并点“允许”。")


class ConnectionDropped(ConnectionFault):
    advice = _("执行中连接断开:检查数据线、网络和手机是否重启;该操作可能已执行,先看屏幕再重试。")


class NotReached(ConnectionFault):
    advice = _("adb 没有把命令送到手机,手机上什么也没有发生:检查数据线或网络,再试一次。")


class UsbPermissionMissing(ConnectionFault):
    retryable = False
    advice = _(
        "这台电脑没有使用该 USB 设备的权限(手机上什么也没有发生):"
        "安装 Android 的 udev 规则,并把用户加入 plugdev 组,再重新插拔。"
    )


class WrongMode(ConnectionFault):
    retryable = False
    advice = _("手机处于恢复、刷机或引导模式:正常重启手机。")


class PhoneTimeout(ConnectionFault):
    advice = _("手机长时间没有响应:看看手机是否卡死或正在重启。")


class PairingFailed(ConnectionFault):
    retryable = False
    advice = _("配对失败:在手机的“无线调试 → 使用配对码配对”里重新取得配对码和端口,两分钟内完成。")


class ScreenFaultError(PhoneError):
    retryable = True
    advice = _("看一眼手机屏幕。")


class SecureScreen(ScreenFaultError):
    retryable = False
    code = "secure_screen"
    advice = _("该应用禁止截屏(安全界面):请人工接管完成这一步。")


class BlackScreen(ScreenFaultError):
    passes = True
    advice = _("屏幕全黑:唤醒手机;折叠屏或外接屏确认当前使用的是哪一块。")


class ScreenOff(ScreenFaultError):
    advice = _("手机已熄屏:点亮屏幕,并在开发者选项中打开“充电时屏幕不休眠”。")


class PhoneLocked(ScreenFaultError):
    retryable = False
    code = "locked"
    advice = _("手机已锁屏且需要密码:请人工解锁,并为业务手机关闭锁屏密码。")


class TruncatedScreenshot(ScreenFaultError):
    advice = _("截图不完整:多为数据线或网络不稳,换线或换口再试。")


class WrongDisplay(ScreenFaultError):
    advice = _("截到的不是主屏幕:断开外接显示器或投屏,或展开折叠屏。")


class ScreenRotating(ScreenFaultError):
    advice = _("屏幕正在旋转:稍等再试,建议锁定竖屏。")


class CaptureFailed(ScreenFaultError):
    advice = _("手机无法截屏:重启手机;若每次都失败,检查厂商的截屏权限限制。")


class AppError(PhoneError):
    advice = _("确认应用已安装。")


class UnknownApp(AppError):
    advice = _("手机上没有这个名字的应用:安装它,或在应用名称表中添加它的包名。")


class AppDidNotStart(AppError):
    retryable = True
    advice = _("应用没有显示出来:在手机上手动打开一次,处理权限或更新弹窗。")


class NotTheKeyboard(AppError):
    advice = _("这个文件不是 ADBKeyboard 的安装包:从其发布页重新下载 .apk 文件。")


class InstallRefused(AppError):
    advice = _("手机拒绝安装:解锁手机并在弹窗中点“安装”;小米等需要在开发者选项中打开“USB 安装”,然后再试。")


class TypingError(PhoneError):
    retryable = True
    advice = _("检查手机上的输入法。")


class NoFocusedField(TypingError):
    advice = _("没有输入框处于焦点:先点一下要输入的框。")


class TypedTextLost(TypingError):
    advice = _("文字没有进入输入框:确认 ADB Keyboard 是新版本且已启用,输入框可编辑。")


class KeyboardMissing(TypingError):
    retryable = False
    advice = _("手机没有可用的 ADB Keyboard,无法输入中文:安装 ADBKeyboard.apk,并在“语言和输入法”中启用。")


class GestureError(PhoneError):
    advice = _("检查手机的调试设置。")


class GesturesBlocked(GestureError):
    advice = _("手机拒绝模拟操作:在开发者选项中打开“USB 调试(安全设置)”(小米等),必要时登录厂商账号后重启。")


class GestureOffScreen(GestureError):
    advice = _("操作位置在屏幕之外:屏幕可能刚旋转,请重新截图。")


class FileError(PhoneError):
    retryable = True
    advice = _("检查手机存储空间和文件路径。")


class FileMissing(FileError):
    retryable = False
    advice = _("手机上没有这个文件。")


class TransferFailed(FileError):
    advice = _("文件没有完整传输:检查手机剩余空间和连接。")


class MediaNotIndexed(FileError):
    advice = _("文件已在手机上,但相册没有收录:打开相册一次,或重启手机后再试。")


class UnknownDriver(PhoneError):
    advice = _("没有安装这类手机的驱动:检查序列号开头的类型,或安装带有该驱动的软件包。")


class CommandFailed(PhoneError):
    advice = _("手机拒绝了一条命令,详情见错误信息。")


class KeyboardRefused(TypingError):
    retryable = False
    advice = _("手机的安全设置不允许切换到 ADB Keyboard:打开“USB 调试(安全设置)”,或在手机上把它设为当前输入法。")


_BY_MESSAGE: tuple[tuple[str, type[ConnectionFault]], ...] = (
    (r"insufficient permissions|no permissions|udev", UsbPermissionMissing),
    (r"\b(?:recovery|sideload|bootloader|rescue|fastboot)\b", WrongMode),
    (r"unauthorized|still authorizing|authenticat", PhoneUnauthorized),
    (r"not found|no devices|unknown host service", PhoneNotFound),
    (r"more than one device", PhoneNotFound),
    (r"offline|still connecting", PhoneOffline),
    (r"timeout|timed out", PhoneTimeout),
    (r"cannot connect to daemon|connect to adb server", AdbServerUnreachable),
)


def from_adb(error: AdbError | OSError | EOFError, serial: str, *, reached: bool = True) -> PhoneError:
    """The typed error for what adbutils or the socket raised while talking to that phone.

    `reached`: whether a command may have come to the phone; what was refused before that is never told as lost midway.
    """
    text = f"{serial}: {error}" if str(error) else f"{serial}: {type(error).__name__}"
    if isinstance(error, AdbTimeout | TimeoutError):
        return PhoneTimeout(text)
    if isinstance(error, AdbConnectionError):
        return AdbServerUnreachable(text)
    if isinstance(error, AdbError):
        for pattern, kind in _BY_MESSAGE:
            if re.search(pattern, str(error), re.IGNORECASE):
                return kind(text)
    return ConnectionDropped(text) if reached else NotReached(text)
