"""The apps of a virtual phone: packages, labels, icons, and where their pages are.

Rule: an app is a page of the back office (or the browser); the system's own parts are listed so that `pm` and
`dumpsys` can name them, but cannot be started like an app.
"""

from __future__ import annotations

from dataclasses import dataclass

from cs_agent.demo.phone.device.screen import Component, InstalledApp

BROWSER = "com.android.chrome"
LAUNCHER = "com.android.launcher3"
_BOX = '<path d="M4 8l8-4 8 4v8l-8 4-8-4zM4 8l8 4 8-4M12 12v8"/>'
_CHAT = '<path d="M4 5h16v11H9l-5 4zM8 9.500h8M8 12.500h5"/>'
_PERSON = '<circle cx="12" cy="8" r="4"/><path d="M4.5 20c.6-4 3.6-6 7.5-6s6.9 2 7.5 6"/>'
_TRUCK = (
    '<path d="M3 6h11v10H3zM14 10h4l3 3v3h-7z"/><circle cx="7" cy="17.5" r="1.8"/><circle cx="17" cy="17.5" r="1.8"/>'
)
_GLOBE = '<circle cx="12" cy="12" r="8.5"/><path d="M3.5 12h17M12 3.500c5 5 5 12 0 17c-5-5-5-12 0-17z"/>'


@dataclass(frozen=True, slots=True)
class PhoneApp:
    """An app with what the home screen draws. `path` is its first page on the back office."""

    package: str
    activity: str
    label: str
    label_en: str
    path: str = ""
    color: str = "#607d8b"
    icon: str = ""
    dock: bool = False
    system: bool = False

    @property
    def component(self) -> Component:
        return Component(self.package, self.activity)

    def name(self, english: bool) -> str:
        return self.label_en if english else self.label

    def installed(self, english: bool) -> InstalledApp:
        return InstalledApp(self.component, self.name(english), self.system)


def _practice(name: str, label: str, label_en: str, color: str, icon: str) -> PhoneApp:
    package = f"com.example.{name}"
    return PhoneApp(package, f"{package}.MainActivity", label, label_en, f"/{name}/", color, icon)


APPS = (
    _practice("aftersales", "售后系统", "After-sales", "linear-gradient(135deg,#ff8a3c,#f4511e)", _BOX),
    _practice("smsdesk", "短信平台", "SMS Desk", "linear-gradient(135deg,#3fb6a8,#00897b)", _CHAT),
    _practice("crm", "客户管理", "CRM", "linear-gradient(135deg,#5c7cfa,#364fc7)", _PERSON),
    _practice("logistics", "物流查询", "Logistics", "linear-gradient(135deg,#4db5f5,#1976d2)", _TRUCK),
    PhoneApp(
        BROWSER,
        "com.google.android.apps.chrome.Main",
        "浏览器",
        "Browser",
        "/browser/",
        "linear-gradient(135deg,#66bb6a,#2e7d32)",
        _GLOBE,
        dock=True,
        system=True,
    ),
)
HOME = PhoneApp(LAUNCHER, f"{LAUNCHER}.uioverrides.QuickstepLauncher", "桌面", "Launcher", system=True)
PERMISSIONS = PhoneApp(
    "com.android.permissioncontroller",
    "com.android.permissioncontroller.permission.ui.GrantPermissionsActivity",
    "权限控制器",
    "Permission controller",
    system=True,
)
PICKER = PhoneApp(
    "com.android.documentsui",
    "com.android.documentsui.picker.PickActivity",
    "文件",
    "Files",
    system=True,
)
SYSTEM_PARTS = (HOME, PERMISSIONS, PICKER)
BY_PACKAGE = {app.package: app for app in (*APPS, *SYSTEM_PARTS)}
