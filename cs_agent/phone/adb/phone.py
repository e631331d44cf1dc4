"""One Android phone over adb: what the engine's Phone protocol asks for, and what a lease needs around it.

Rule: every method does what it says or raises one of the errors in `errors.py`, within a bounded time. Nothing is
asked of the phone before it is needed; a TCP phone is connected when it is first spoken to.
"""

from __future__ import annotations

import shlex
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from cs_agent.engine.run.protocols import Key, PhoneError
from cs_agent.geometry import Point, Size
from cs_agent.observation import ForegroundApp, Screenshot, UiNode
from cs_agent.phone.adb import parse
from cs_agent.phone.adb.android_names import KEY_CODES
from cs_agent.phone.adb.apps import Apps
from cs_agent.phone.adb.files import Files
from cs_agent.phone.adb.keyboard import Keyboard
from cs_agent.phone.adb.transport import AdbLink, Output
from cs_agent.phone.adb.tree import NotATree, parse_tree
from cs_agent.phone.driver import Health, Pace, RemoteFile
from cs_agent.phone.errors import CommandFailed, GestureOffScreen, GesturesBlocked, PhoneLocked, PhoneTimeout
from cs_agent.phone.screen.capture import Measured, Screen
from cs_agent.phone.waiting import wait_for

_GESTURE_S = 8.0  # over the gesture's own time: the JVM behind `input` starts in up to 1.2 s
_DOUBLE_TAP_GAP_S = 0.1
_TREE_FILE = "/data/local/tmp/cs_agent_tree.xml"
_TREE_S = 14.0  # uiautomator gives up waiting for an idle screen after 10 s
_TREE_TRIES = 2
_WAKE_S = 3.0
_RECENT_S = 1.0


class AdbPhone:
    """Implements `cs_agent.engine.run.protocols.Phone`. Safe to share between threads.

    `host` and `port` are the adb server's; `app_names` the installation's own map of app names to packages.
    """

    def __init__(
        self,
        serial: str,
        host: str = "127.0.0.1",
        port: int = 5037,
        *,
        app_names: Mapping[str, str] | None = None,
    ) -> None:
        self.link = AdbLink(serial, host, port)
        self.screen = Screen(self.link)
        self.keyboard = Keyboard(self.link, self.nodes, self._recent_nodes)
        self.files = Files(self.link)
        self.apps = Apps(self.link, app_names or {}, nodes=self.nodes, tap=self.tap, go_home=self._go_home)
        self._gives_trees = True
        self._seen: Size | None = None
        self._tree_at: float | None = None
        self._tree_s: float | None = None
        self._tree: tuple[UiNode, ...] | None = None  # the newest
        self._touched_at = 0.0  # when the newest gesture ended

    @property
    def tree_at(self) -> float | None:
        """When the newest tree was asked for; the phone may have read its screen a little later."""
        return self._tree_at

    @property
    def tree_s(self) -> float | None:
        """How long the newest tree took, in seconds."""
        return self._tree_s

    @property
    def pace(self) -> Pace:
        return Pace(self.screen.route, self._tree_s)

    def recall(self, pace: Pace) -> None:
        self.screen.recall(pace.capture)
        self._tree_s = pace.tree_s

    @property
    def serial(self) -> str:
        return self.link.serial

    # --- looking

    def size(self) -> Size:
        self._seen = self.screen.size()
        return self._seen

    def screenshot(self) -> Screenshot:
        picture = self.screen.capture()
        self._seen = picture.size
        return picture

    def measure_routes(self) -> Measured:
        """Time both ways of taking screenshots and keep the faster."""
        return self.screen.measure()

    def foreground(self) -> ForegroundApp:
        return self.apps.foreground()

    def nodes(self) -> tuple[UiNode, ...] | None:
        """None where the phone has no uiautomator, or the screen never rests long enough for it."""
        for _ in range(_TREE_TRIES if self._gives_trees else 0):
            self._tree_at, start = time.time(), time.monotonic()
            output = self._dump_tree()
            self._tree_s = time.monotonic() - start
            if output is None:
                return None
            try:
                self._tree = parse_tree(output.stdout)
                return self._tree
            except NotATree:
                if output.status == 127 or "not found" in output.text:
                    self._gives_trees = False
                    return None
        return None

    def _recent_nodes(self) -> tuple[UiNode, ...] | None:
        """The newest tree, if it was asked for a moment ago and nothing was done on the phone since."""
        is_recent = (self._tree_at or 0.0) >= max(self._touched_at, time.time() - _RECENT_S)
        return self._tree if is_recent else None

    # --- touching

    def tap(self, point: Point) -> None:
        self._gesture(f"tap {self._at(point)}")

    def double_tap(self, point: Point) -> None:
        """Both taps are started by one command: two commands would be too far apart."""
        tap = f"input tap {self._at(point)}"
        self._check_input(self.link.shell(f"{tap} & sleep {_DOUBLE_TAP_GAP_S}; {tap}; wait", _GESTURE_S))

    def long_press(self, point: Point, seconds: float = 1.0) -> None:
        self._gesture(f"swipe {self._at(point)} {self._at(point)} {round(seconds * 1000)}", seconds)

    def swipe(self, start: Point, end: Point, seconds: float = 0.3) -> None:
        self._gesture(f"swipe {self._at(start)} {self._at(end)} {round(seconds * 1000)}", seconds)

    def press(self, key: Key) -> None:
        self._gesture(f"keyevent {KEY_CODES[key]}")

    # --- typing

    def expect_text(self) -> None:
        self.keyboard.switch_soon()

    def type_text(self, text: str) -> None:
        self.keyboard.type(text)

    def type_unread(self, text: str) -> None:
        self.keyboard.type(text, read_back=False)

    @contextmanager
    def typing_session(self) -> Iterator[None]:
        """For the length of a lease: the keyboard is switched at the first text only, and given back at the end."""
        with self.keyboard.session():
            yield

    def restore_keyboard(self) -> str:
        """At the start of a lease: undo what a process that died could not. The id of the keyboard in use."""
        return self.keyboard.restore()

    # --- apps and files

    def launch(self, app: str) -> None:
        self.apps.launch(app)
        self._touched_at = time.time()

    def stop_app(self, package: str) -> None:
        self.link.check(f"am force-stop {shlex.quote(package)}")

    def push_media(self, local: Path, name: str) -> str:
        """Put a picture or video into the gallery; its path on the phone."""
        return self.files.push_media(local, name)

    def pull(self, remote: str, local: Path) -> Path:
        return self.files.pull(remote, local)

    def remove_media(self, name: str) -> str:
        return self.files.remove_media(name)

    def remove(self, remote: str) -> None:
        """Delete a file; one that is gone already is no error."""
        self.files.remove(remote)

    def list_files(self, folder: str) -> tuple[RemoteFile, ...]:
        return self.files.list_files(folder)

    # --- the phone itself

    def wake(self) -> None:
        """Screen on and lock screen away. PhoneLocked where a credential is asked for."""
        if self._is_awake() is False:
            self.link.check("input keyevent KEYCODE_WAKEUP")
            if not wait_for(lambda: self._is_awake() is not False, _WAKE_S):
                raise PhoneTimeout(f"{self.serial}: the screen does not come on")
        if self._is_locked():
            self.link.shell("wm dismiss-keyguard")
            if not wait_for(lambda: not self._is_locked(), _WAKE_S):
                raise PhoneLocked(f"{self.serial}: the lock screen stays")

    def home_and_restore(self) -> None:
        """Leave the phone as its owner would want to find it. Both are tried; the first error is raised."""
        faults: list[PhoneError] = []
        for step in (self._go_home, self.keyboard.restore):
            try:
                step()
            except PhoneError as error:
                faults.append(error)
        if faults:
            raise faults[0]

    def health(self) -> Health:
        battery = parse.battery(self.link.shell("dumpsys battery").stdout)
        return Health(
            model=self._property("ro.product.model"),
            android=self._property("ro.build.version.release"),
            battery_percent=battery.level,
            temperature_c=battery.temperature_c,
            charging=battery.charging,
            awake=self._is_awake(),
            locked=self._is_locked(),
        )

    def clock(self) -> float | None:
        """Seconds since the epoch by the phone's own clock; None where it does not say."""
        text = self.link.shell("date +%s").stdout.strip()
        return float(text) if text.isdecimal() else None

    def _go_home(self) -> None:
        self.press(Key.HOME)

    def _property(self, name: str) -> str:
        return self.link.shell(f"getprop {name}").stdout.strip()

    def _is_awake(self) -> bool | None:
        return parse.is_awake(self.link.shell("dumpsys power").stdout)

    def _is_locked(self) -> bool | None:
        return parse.is_locked(self.link.shell("dumpsys window").stdout)

    def _dump_tree(self) -> Output | None:
        """None where the phone let the time run out, as it does while something on the screen keeps moving."""
        file = _TREE_FILE
        try:
            return self.link.shell(f"rm -f {file}; uiautomator dump {file} >&2 && cat {file}", _TREE_S)
        except PhoneTimeout:
            return None

    def _at(self, point: Point) -> str:
        """The point as arguments; GestureOffScreen for one that is not on the screen last seen."""
        size = self._seen or self.size()
        if not (0 <= point.x < size.width and 0 <= point.y < size.height):
            raise GestureOffScreen(f"{self.serial}: {point} on a screen of {size}")
        return f"{point.x} {point.y}"

    def _gesture(self, arguments: str, seconds: float = 0.0) -> None:
        self._check_input(self.link.shell(f"input {arguments}", _GESTURE_S + seconds))

    def _check_input(self, output: Output) -> None:
        """`input` is silent when all went well."""
        self._touched_at = time.time()
        if parse.injection_refused(output.text):
            raise GesturesBlocked(f"{self.serial}: {parse.exception(output.text)}")
        if output.status or parse.exception(output.text):
            raise CommandFailed(f"{self.serial}: input: {output.text[:300]}")
