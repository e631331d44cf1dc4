"""Which app is in front, and how one is brought there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from cs_agent.observation import ForegroundApp
from cs_agent.phone.adb.phone import AdbPhone
from cs_agent.phone.errors import AppDidNotStart, UnknownApp
from tests.phone.adb.scripted_server import SERIAL, Answer, ScriptedServer

HOME = "com.launcher"


@dataclass
class Handset:
    """A phone with some apps; `front` has the focus. `labels` are drawn under the icons of its home screen."""

    installed: tuple[str, ...] = (HOME, "com.tencent.mm", "com.example.crm")
    front: str = HOME
    windows: str = ""  # instead of what `front` would print
    activities: str = ""
    spelled_out: dict[str, str] = field(default_factory=dict)
    icons: dict[str, tuple[str, tuple[int, int]]] = field(default_factory=dict)
    starts: bool = True
    resolves: bool = True
    queries: int = 0
    changing_for: int = 0  # so many looks at the windows find none focused

    def __call__(self, command: str) -> Answer | str:
        for start, answer in (
            ("pm list packages", lambda: "".join(f"package:{name}\n" for name in self.installed)),
            ("cmd package query", self._query),
            ("cmd package resolve", lambda: self._resolve(command)),
            ("am start", lambda: self._start(command)),
            ("monkey", lambda: self._monkey(command)),
            ("dumpsys window", self._windows),
            ("dumpsys activity", lambda: self.activities),
            ("input keyevent KEYCODE_HOME", lambda: self._show(HOME)),
            ("input tap", lambda: self._tap(command)),
            ("rm -f", self._tree),
            ("wm size", lambda: "Physical size: 1080x2400"),
        ):
            if command.startswith(start):
                return answer()
        return ""

    def _query(self) -> str:
        lines = [
            f"  Activity #0:\n packageName={name}\n nonLocalizedLabel={text} icon=0x1"
            for text, name in self.spelled_out.items()
        ]
        return "\n".join(lines)

    def _resolve(self, command: str) -> str:
        return f"priority=0\n{command.split()[-1]}/.Main\n" if self.resolves else "No activity found\n"

    def _start(self, command: str) -> Answer | str:
        package = command.split()[3].partition("/")[0]
        if not self.starts:
            return Answer("Starting: Intent { }", "Error type 3\nError: Activity class {x} does not exist.", 0)
        return self._show(package)

    def _monkey(self, command: str) -> Answer | str:
        self._show(command.split()[2])
        return "Events injected: 1\n"

    def _show(self, package: str) -> str:
        self.front = package
        return ""

    def _windows(self) -> str:
        self.queries += 1
        if self.queries <= self.changing_for:
            return "  mCurrentFocus=null\n"
        return self.windows or f"  mCurrentFocus=Window{{1 u0 {self.front}/{self.front}.Main}}\n"

    def _tap(self, command: str) -> str:
        x, y = (int(part) for part in command.split()[2:])
        for package, (left, top) in self.icons.values():
            if left <= x < left + 100 and top <= y < top + 100:
                self.front = package
        return ""

    def _tree(self) -> str:
        nodes = "".join(
            f'<node text="{label}" clickable="true" bounds="[{left},{top}][{left + 100},{top + 100}]"/>'
            for label, (_, (left, top)) in self.icons.items()
        )
        return f"<?xml version='1.0'?><hierarchy rotation=\"0\">{nodes if self.front == HOME else ''}</hierarchy>"


@contextmanager
def phone_of(handset: Handset, **names: str) -> Iterator[AdbPhone]:
    with ScriptedServer(handset) as server:
        yield AdbPhone(SERIAL, port=server.port, app_names=names)


@pytest.mark.parametrize("name", ["微信", "WeChat", "com.tencent.mm", "com.tencent.mm/.ui.LauncherUI"])
def test_an_app_starts_by_its_name_or_package(name: str) -> None:
    handset = Handset()
    with phone_of(handset) as phone:
        phone.launch(name)
        assert phone.foreground().package == "com.tencent.mm"


def test_the_installations_map_decides_first() -> None:
    with phone_of(Handset(), 微信="com.example.crm") as phone:
        phone.launch("微信")
        assert phone.foreground().package == "com.example.crm"


def test_an_app_starts_by_the_label_its_phone_spells_out() -> None:
    with phone_of(Handset(spelled_out={"客户 管理": "com.example.crm"})) as phone:
        phone.launch("客户管理")
        assert phone.foreground().package == "com.example.crm"


def test_an_app_starts_by_the_label_under_its_icon() -> None:
    with phone_of(Handset(icons={"CRM": ("com.example.crm", (300, 900))})) as phone:
        phone.launch("crm")
        assert phone.foreground().package == "com.example.crm"


@pytest.mark.parametrize("name", ["微信; reboot", "支付宝", "com.not.installed", ""])
def test_what_is_not_installed_is_unknown_and_starts_nothing(name: str) -> None:
    handset = Handset(icons={"CRM": ("com.example.crm", (300, 900))})
    with phone_of(handset) as phone, pytest.raises(UnknownApp):
        phone.launch(name)
    assert handset.front == HOME


def test_a_start_that_only_pretends_to_work_is_an_error() -> None:
    with phone_of(Handset(starts=False)) as phone, pytest.raises(AppDidNotStart, match="does not exist"):
        phone.launch("微信")


def test_an_app_without_a_resolvable_activity_is_started_by_monkey() -> None:
    with phone_of(Handset(resolves=False)) as phone:
        phone.launch("com.tencent.mm")
        assert phone.foreground().package == "com.tencent.mm"


def test_a_permission_dialog_over_the_started_app_counts_as_started() -> None:
    dialog = (
        "  mCurrentFocus=Window{1 u0 com.android.permissioncontroller/.Grant}\n"
        "  mFocusedApp=ActivityRecord{1 u0 com.tencent.mm/.Main t1}\n"
    )
    with phone_of(Handset(windows=dialog)) as phone:
        phone.launch("微信")
        assert re.search("permission", phone.foreground().package)


def test_a_permission_dialog_in_the_apps_own_task_counts_as_started() -> None:
    dialog = (
        "  mCurrentFocus=Window{1 u0 com.google.android.permissioncontroller/.Grant}\n"
        "  mFocusedApp=ActivityRecord{1 u0 com.google.android.permissioncontroller/.Grant t1}\n"
    )
    with phone_of(Handset(windows=dialog)) as phone:
        phone.launch("微信")
        assert phone.foreground().asks_permission


def test_a_window_that_is_changing_is_waited_for() -> None:
    handset = Handset(front="com.tencent.mm", changing_for=2)
    with phone_of(handset) as phone:
        assert phone.foreground() == ForegroundApp("com.tencent.mm", "com.tencent.mm.Main")


def test_a_window_that_keeps_changing_is_unknown_and_not_the_home_screen() -> None:
    with phone_of(Handset(changing_for=10_000)) as phone:
        assert not phone.foreground().known


def test_a_build_that_names_no_focus_is_asked_for_its_activities() -> None:
    handset = Handset(windows="nothing", activities="  topResumedActivity=ActivityRecord{1 u0 com.a/.B t1}")
    with phone_of(handset) as phone:
        assert phone.foreground() == ForegroundApp("com.a", "com.a.B")
