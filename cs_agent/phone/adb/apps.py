"""Finds and starts apps on one phone, and says which one is in front.

Rule: a name leads to exactly one app or to UnknownApp, never to a near miss; an app counts as started when it has
the focus, not when the command that started it returned.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping

from cs_agent.geometry import Point
from cs_agent.observation import ForegroundApp, UiNode
from cs_agent.phone.adb import parse
from cs_agent.phone.adb.app_names import package_named, spelling
from cs_agent.phone.adb.transport import AdbLink
from cs_agent.phone.errors import AppDidNotStart, UnknownApp
from cs_agent.phone.waiting import wait_for

_FOCUS_S = 0.8  # longest wait for a window that is changing
_START_S = 12.0  # cold starts of large apps on old phones
_HOME_S = 1.5  # for the home screen to show its icons
_MAIN = "-a android.intent.action.MAIN -c android.intent.category.LAUNCHER"
_PACKAGE = re.compile(r"[A-Za-z]\w*(?:\.\w+)+(?:/[\w.$]+)?")
_UNKNOWN = ForegroundApp("")


class Apps:
    """`names` is the installation's own map of names to packages; `go_home` and `tap` act on the phone."""

    def __init__(
        self,
        link: AdbLink,
        names: Mapping[str, str],
        *,
        nodes: Callable[[], tuple[UiNode, ...] | None],
        tap: Callable[[Point], None],
        go_home: Callable[[], None],
    ) -> None:
        self._link = link
        self._names = names
        self._nodes = nodes
        self._tap = tap
        self._go_home = go_home

    def foreground(self) -> ForegroundApp:
        """The app that has the focus; unknown while windows are changing for longer than a moment."""
        return wait_for(self._focused, _FOCUS_S) or self._resumed() or _UNKNOWN

    def launch(self, app: str) -> None:
        """UnknownApp where nothing of that name is installed; AppDidNotStart where it does not come up."""
        component = self._component(app)
        if component is None:
            self._launch_from_home(app)
            return
        self._start(component)
        self._await_front(component.partition("/")[0], app)

    def installed(self) -> frozenset[str]:
        return parse.packages(self._link.check("pm list packages", timeout=20.0).stdout)

    def labels(self) -> dict[str, str]:
        """Names to packages as the phone's own package manager spells them out; many apps keep theirs packed."""
        output = self._link.shell(f"cmd package query-activities {_MAIN}", timeout=20.0)
        return parse.launcher_labels(output.stdout)

    def _component(self, app: str) -> str | None:
        """The installed package, or package/activity, of that name."""
        installed = self.installed()
        if _PACKAGE.fullmatch(app) and app.partition("/")[0] in installed:
            return app
        named = package_named(app, self._names)
        if named and named.partition("/")[0] in installed:
            return named
        wanted = spelling(app)
        matches = {package for label, package in self.labels().items() if spelling(label) == wanted}
        return matches.pop() if len(matches) == 1 else None

    def _start(self, component: str) -> None:
        package = component.partition("/")[0]
        if "/" not in component:
            component = self._main_activity(package) or ""
        if component:
            output = self._link.shell(f"am start -n {shlex.quote(component)}", timeout=20.0)
            reason = parse.start_error(output.text)
        else:
            output = self._link.shell(f"monkey -p {package} -c android.intent.category.LAUNCHER 1", timeout=20.0)
            reason = "" if parse.monkey_started(output.text) else "it has no screen to open"
        if reason:
            raise AppDidNotStart(f"{self._link.serial}: {package}: {reason}")

    def _main_activity(self, package: str) -> str | None:
        output = self._link.shell(f"cmd package resolve-activity --brief {_MAIN} {shlex.quote(package)}")
        return parse.resolved_component(output.stdout)

    def _await_front(self, package: str, app: str) -> None:
        if not wait_for(lambda: self._is_in_front(package), _START_S):
            front = self._focused() or _UNKNOWN
            raise AppDidNotStart(
                f"{self._link.serial}: {app} did not come up; in front is {front.package or 'nothing'}"
            )

    def _is_in_front(self, package: str) -> bool:
        """Its window has the focus, or something of the system lies over it.

        A first start asks for permissions: that dialog is an activity in the app's own task and has the focus.
        """
        text = self._window_dump()
        app, behind = parse.focus(text)[1], parse.focused_app(text)
        if app is None:
            return False
        return package in {app.package, behind.package if behind else ""} or app.asks_permission

    def _launch_from_home(self, app: str) -> None:
        """By the label under an icon of the home screen: the one place where every phone shows its labels."""
        self._go_home()
        icon = wait_for(lambda: self._icon(app), _HOME_S)
        if icon is None:
            raise UnknownApp(f"{self._link.serial}: no app is called {app!r}")
        home = self.foreground()
        self._tap(icon.box.center)
        if not wait_for(lambda: self._left(home), _START_S):
            raise AppDidNotStart(f"{self._link.serial}: {app} did not come up from its icon")

    def _icon(self, app: str) -> UiNode | None:
        wanted = spelling(app)
        icons = [node for node in self._nodes() or () if spelling(node.label) == wanted and node.box.area]
        return icons[-1] if icons and len({node.label for node in icons}) == 1 else None

    def _left(self, home: ForegroundApp) -> bool:
        app = self._focused()
        return bool(app and app != home)

    def _focused(self) -> ForegroundApp | None:
        return parse.focus(self._window_dump())[1]

    def _window_dump(self) -> str:
        """`dumpsys window windows` lacks the focus since Android 13: the bare one has it everywhere."""
        return self._link.shell("dumpsys window | grep -E 'Display: mDisplayId=|mCurrentFocus|mFocusedApp'").stdout

    def _resumed(self) -> ForegroundApp | None:
        """For builds whose window manager does not say; nothing while the focus is changing."""
        if parse.focus(self._window_dump())[0] is parse.Focus.CHANGING:
            return None
        for command in (
            "dumpsys activity activities | grep -E 'ResumedActivity'",
            "dumpsys activity top | grep ACTIVITY",
        ):
            app = parse.resumed_activity(self._link.shell(command).stdout)
            if app:
                return app
        return None
