"""Takes screenshots of one phone by the fastest route that gives whole pictures.

Rule: what comes out is the main display, whole, and upright as it is held; anything else is an error that names
what was seen. A black picture is never passed on as a screen that is loading.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from PIL import Image

from cs_agent.geometry import Size
from cs_agent.observation import Screenshot
from cs_agent.phone.adb import parse
from cs_agent.phone.adb.transport import AdbLink
from cs_agent.phone.errors import (
    BlackScreen,
    CaptureFailed,
    ScreenFaultError,
    ScreenOff,
    ScreenRotating,
    SecureScreen,
    TruncatedScreenshot,
    WrongDisplay,
)
from cs_agent.phone.screen.check import ScreenFault, screen_fault
from cs_agent.phone.screen.frames import BadFrame, Flaw, Frame, png_frame, raw_frame

_CAPTURE_S = 10.0  # the slowest phones need 2 s for a PNG
_TRIES = 2  # per screenshot; an unstable cable cuts one picture short, hardly two
_SAMPLES = 2  # per route when they are measured
_BETWEEN = "--------"  # what one command prints and the next does


class Route(StrEnum):
    RAW = "raw"  # pixels: little work for the phone, 10 MB on the wire
    PNG = "png"  # packed on the phone: slow there, small on the wire


@dataclass(frozen=True, slots=True)
class Measured:
    """What measuring the routes of a phone came to, in seconds; None for a route that does not work."""

    raw_s: float | None
    png_s: float | None

    @property
    def best(self) -> Route | None:
        working = {Route.RAW: self.raw_s, Route.PNG: self.png_s}
        return min(
            (route for route in Route if working[route] is not None), key=lambda r: working[r] or 0, default=None
        )


class Screen:
    """Safe to share between threads; captures take turns, since a phone makes them one after the other anyway."""

    def __init__(self, link: AdbLink, clock: Callable[[], float] = time.time) -> None:
        self._link = link
        self._clock = clock
        self._lock = threading.Lock()
        self._route: Route | None = None
        self._recalled = False  # the route was measured by an earlier one for this phone
        self._display = ""  # the -d option, for phones with several
        self._natural: Size | None = None
        self._sequence = 0
        self._last_bytes = b""
        self._last: Screenshot | None = None
        self._turned = False  # the last trusted picture lies across the natural orientation

    def capture(self) -> Screenshot:
        """The screen now. Raises ScreenFaultError or ConnectionFault; a picture cut short is taken once more."""
        with self._lock:
            try:
                return self._capture_by(self._route or self._choose())
            except CaptureFailed:
                if not self._recalled:
                    raise
                return self._capture_by(self._choose())

    def _capture_by(self, route: Route) -> Screenshot:
        for _ in range(_TRIES - 1):
            try:
                return self._capture(route)
            except (TruncatedScreenshot, ScreenRotating):
                route = Route.PNG if route is Route.RAW else Route.RAW
        return self._capture(route)

    @property
    def route(self) -> str | None:
        """The faster route, once it was measured."""
        return self._route

    def recall(self, route: str | None) -> None:
        """Use the route that was measured before, as long as it works."""
        with self._lock:
            if route is not None and self._route is None:
                self._route, self._recalled = Route(route), True

    def measure(self) -> Measured:
        """Time both routes now, and use the faster from here on."""
        with self._lock:
            return self._measure()

    def natural_size(self) -> Size:
        """As `wm size` says, in the phone's natural orientation."""
        if self._natural is None:
            size = parse.screen_size(self._link.check("wm size").text)
            if size is None:
                raise CaptureFailed(f"{self._link.serial}: wm size says nothing")
            self._natural = size
        return self._natural

    def size(self) -> Size:
        """In the rotation the phone has now, asked anew: a foldable changes it. Both are asked in one command, as each
        is a way to the phone before every touch."""
        said = self._link.shell(f"wm size; echo {_BETWEEN}; dumpsys window displays")
        natural, _, displays = said.text.partition(_BETWEEN)
        self._natural = parse.screen_size(natural)
        turns = parse.rotation(displays)
        return _turned(self.natural_size(), self.rotation() if turns is None else turns)

    def rotation(self) -> int:
        """Quarter turns, 0-3."""
        for command in ("dumpsys window displays", "dumpsys display", "dumpsys input"):
            turns = parse.rotation(self._link.shell(command).stdout)
            if turns is not None:
                return turns
        return 0

    def _choose(self) -> Route:
        self._recalled = False
        best = self._measure().best
        if best is None:
            best = Route.PNG
            self._picture(best, self._bytes(best))  # says why none works
        self._route = best
        return best

    def _measure(self) -> Measured:
        measured = Measured(self._time(Route.RAW), self._time(Route.PNG))
        self._route = measured.best
        return measured

    def _time(self, route: Route) -> float | None:
        """The best of some samples; None for a route without one whole picture."""
        times = []
        for _ in range(_SAMPLES):
            start = time.monotonic()
            try:
                self._picture(route, self._bytes(route))
            except ScreenFaultError:
                continue
            times.append(time.monotonic() - start)
        return min(times, default=None)

    def _capture(self, route: Route) -> Screenshot:
        at = self._clock()
        data = self._bytes(route)
        if self._last is not None and data == self._last_bytes:
            return Screenshot(self._last.image, at, self._last.sequence)
        display, image = self._display, self._picture(route, data)
        if self._display and screen_fault(image) is ScreenFault.BLACK and self._find_display():
            image = self._picture(route, self._bytes(route))
        self._require_content(image)
        self._sequence += 1
        self._last_bytes = data if display == self._display else b""
        self._last = Screenshot(image, at, self._sequence)
        return self._last

    def _bytes(self, route: Route) -> bytes:
        return self._link.exec_out(self._command(route), _CAPTURE_S)

    def _picture(self, route: Route, data: bytes) -> Image.Image:
        """The whole picture of the right display; taken anew where screencap had to guess it, or shows another."""
        try:
            frame = self._frame(route, data)
            if self._display or not frame.warned:
                self._require_display(frame.image)
                return frame.image
        except (CaptureFailed, WrongDisplay):
            if not self._display:  # a foldable turns off the display that was named, and shows on its other one
                raise
        self._find_display()
        frame = self._frame(route, self._bytes(route))
        self._require_display(frame.image)
        return frame.image

    def _command(self, route: Route) -> str:
        return "screencap" + (" -p" if route is Route.PNG else "") + self._display

    def _frame(self, route: Route, data: bytes) -> Frame:
        try:
            return png_frame(data) if route is Route.PNG else raw_frame(data)
        except BadFrame as flaw:
            kind = TruncatedScreenshot if flaw.flaw is Flaw.TRUNCATED else CaptureFailed
            raise kind(f"{self._link.serial}: {flaw}") from flaw

    def _find_display(self) -> bool:
        """Name the built-in display that is in use from now on; whether that is another one than before."""
        ids = parse.display_ids(self._link.shell("dumpsys SurfaceFlinger --display-id").stdout)
        shown = parse.shown_display(self._link.shell("dumpsys display").stdout)
        named = shown if shown in ids else next(iter(ids), "")
        before, self._display = self._display, f" -d {named}" if named else ""
        return self._display != before

    def _require_display(self, image: Image.Image) -> None:
        """The picture's size is the screen's, upright or lying; lying only while the phone says so."""
        size, natural = Size(*image.size), self.natural_size()
        if {size.width, size.height} != {natural.width, natural.height}:
            self._natural = None  # `wm size` may have been changed since it was asked
            natural = self.natural_size()
            if {size.width, size.height} != {natural.width, natural.height}:
                raise WrongDisplay(f"{self._link.serial}: picture of {size}, screen of {natural}")
        turned = size != natural
        if turned != self._turned and size != _turned(natural, self.rotation()):
            raise ScreenRotating(f"{self._link.serial}: picture of {size} while the screen is turning")
        self._turned = turned

    def _require_content(self, image: Image.Image) -> None:
        """Raise for a picture of nothing, by the window's own word where the phone gives it."""
        fault = screen_fault(image)
        if fault not in (ScreenFault.BLACK, ScreenFault.SECURE):
            return
        serial = self._link.serial
        awake = parse.is_awake(self._link.shell("dumpsys power | grep mWakefulness=").stdout)
        if awake is False:
            raise ScreenOff(f"{serial}: the screen is off")
        secure = parse.window_is_secure(self._link.shell("dumpsys window").stdout)
        if secure is None:  # not said: a lit display hardly shows nothing for any other reason
            secure = bool(awake) or fault is ScreenFault.SECURE
        if secure:
            raise SecureScreen(f"{serial}: the app on the screen forbids screenshots")
        raise BlackScreen(f"{serial}: {'the whole screen' if fault is ScreenFault.BLACK else 'the page'} is black")


def _turned(size: Size, quarter_turns: int) -> Size:
    return Size(size.height, size.width) if quarter_turns % 2 else size
