"""Screenshots: routes, integrity, and the faults that must be told apart."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from PIL import Image, ImageDraw

from cs_agent.geometry import Size
from cs_agent.phone.adb.transport import AdbLink
from cs_agent.phone.errors import (
    BlackScreen,
    CaptureFailed,
    ScreenOff,
    ScreenRotating,
    SecureScreen,
    TruncatedScreenshot,
    WrongDisplay,
)
from cs_agent.phone.screen.capture import Route, Screen
from tests.phone.adb.scripted_server import SERIAL, Answer, ScriptedServer


def page(size: tuple[int, int] = (108, 240), background: str = "white") -> Image.Image:
    image = Image.new("RGB", size, background)
    ImageDraw.Draw(image).rectangle((10, 50, 90, 120), fill="navy")
    return image


def raw(image: Image.Image) -> bytes:
    return struct.pack("<IIII", *image.size, 1, 1) + image.convert("RGBA").tobytes()


def png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


@dataclass
class Handset:
    """What the scripted phone shows and says; `pictures` go out one after the other, the last one for ever."""

    pictures: list[Image.Image] = field(default_factory=lambda: [page()])
    size: str = "Physical size: 108x240"
    windows: str = "mCurrentRotation=ROTATION_0"
    power: str = "mWakefulness=Awake"
    displays: str = ""
    raw_works: bool = True
    png_works: bool = True
    cut_next: int = 0
    prefix: bytes = b""
    captures: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def __call__(self, command: str) -> Answer | str | bytes:
        if command.startswith("screencap"):
            return self._screencap(command)
        self.asked.append(command)
        if command.startswith("wm size; "):
            said = self.size, command.split("; ")[1].removeprefix("echo "), self("dumpsys window displays")
            return "\n".join(map(str, said))
        for start, text in (("wm size", self.size), ("dumpsys power", self.power), ("dumpsys Surf", self.displays)):
            if command.startswith(start):
                return text
        return self.windows if command.startswith("dumpsys window") else ""

    def _screencap(self, command: str) -> bytes:
        self.captures.append(command)
        image = self.pictures.pop(0) if len(self.pictures) > 1 else self.pictures[0]
        works = self.png_works if "-p" in command else self.raw_works
        if not works:
            return b"Failed to take screenshot. Status: -1\n"
        data = (b"" if "-d" in command else self.prefix) + (png(image) if "-p" in command else raw(image))
        if self.cut_next:
            self.cut_next -= 1
            return data[:-9]
        return data


@contextmanager
def screen_of(handset: Handset) -> Iterator[Screen]:
    with ScriptedServer(handset) as server:
        yield Screen(AdbLink(SERIAL, port=server.port))


def test_a_screenshot_shows_what_the_phone_shows() -> None:
    with screen_of(Handset()) as screen:
        shot = screen.capture()
    assert (shot.size, shot.image.mode) == (Size(108, 240), "RGB")
    assert shot.image.getpixel((50, 60)) == (0, 0, 128)


@pytest.mark.parametrize(("broken", "left"), [("raw_works", Route.PNG), ("png_works", Route.RAW)])
def test_the_route_that_works_is_chosen_once(broken: str, left: Route) -> None:
    handset = Handset()
    setattr(handset, broken, False)
    with screen_of(handset) as screen:
        assert screen.measure().best is left
        measured = len(handset.captures)
        screen.capture()
        screen.capture()
    assert len(handset.captures) == measured + 2
    assert all(("-p" in command) == (left is Route.PNG) for command in handset.captures[measured:])


def test_a_phone_that_cannot_capture_says_so_instead_of_showing_black() -> None:
    with (
        screen_of(Handset(raw_works=False, png_works=False)) as screen,
        pytest.raises(CaptureFailed, match="Status: -1"),
    ):
        screen.capture()


def test_an_unchanged_screen_keeps_its_number_and_a_changed_one_counts_up() -> None:
    handset = Handset()
    with screen_of(handset) as screen:
        first, second = screen.capture(), screen.capture()
        handset.pictures = [page(background="beige")]
        third = screen.capture()
    assert first.sequence == second.sequence < third.sequence
    assert second.captured_at >= first.captured_at


def test_a_picture_cut_short_is_taken_once_more() -> None:
    handset = Handset()
    with screen_of(handset) as screen:
        screen.measure()
        handset.cut_next = 1
        assert screen.capture().image.getpixel((50, 60)) == (0, 0, 128)


def test_pictures_cut_short_again_and_again_are_an_error() -> None:
    handset = Handset()
    with screen_of(handset) as screen:
        screen.measure()
        handset.cut_next = 99
        with pytest.raises(TruncatedScreenshot):
            screen.capture()


def black(clock: bool = False) -> Image.Image:
    image = Image.new("RGB", (108, 240))
    if clock:
        ImageDraw.Draw(image).rectangle((4, 1, 20, 6), fill="white")
    return image


_SECURE = """  Window #1 Window{1 u0 com.bank/com.bank.Pay}:
    mAttrs={(0,0) fl=LAYOUT_IN_SCREEN SECURE}
  mCurrentFocus=Window{1 u0 com.bank/com.bank.Pay}
  mCurrentRotation=ROTATION_0"""


@pytest.mark.parametrize(
    ("picture", "windows", "power", "kind"),
    [
        (black(), _SECURE, "mWakefulness=Awake", SecureScreen),
        (black(clock=True), _SECURE, "mWakefulness=Awake", SecureScreen),
        (black(clock=True), "", "", SecureScreen),
        (black(), "", "mWakefulness=Asleep", ScreenOff),
        (black(), "", "mWakefulness=Awake", SecureScreen),
        (black(), "", "", BlackScreen),
        (black(), _SECURE.replace(" SECURE", ""), "mWakefulness=Awake", BlackScreen),
    ],
)
def test_black_pictures_are_told_apart(picture: Image.Image, windows: str, power: str, kind: type[Exception]) -> None:
    with screen_of(Handset([picture], windows=windows, power=power)) as screen, pytest.raises(kind):
        screen.capture()


def test_a_page_that_is_black_between_lit_bars_is_never_content() -> None:
    windows = _SECURE.replace(" SECURE", "")
    with screen_of(Handset([black(clock=True)], windows=windows)) as screen, pytest.raises(BlackScreen):
        screen.capture()


@pytest.mark.parametrize("flags", ["fl=81912100", "fl=#81812100", "fl=0x81812100"])
def test_a_secure_page_is_known_by_flags_written_as_a_number(flags: str) -> None:
    windows = _SECURE.replace("fl=LAYOUT_IN_SCREEN SECURE", flags)
    with screen_of(Handset([black(clock=True)], windows=windows)) as screen, pytest.raises(SecureScreen):
        screen.capture()


def test_a_picture_of_another_size_is_of_another_display() -> None:
    with screen_of(Handset([page((64, 64))])) as screen, pytest.raises(WrongDisplay):
        screen.capture()


def test_a_changed_resolution_is_noticed_without_a_new_connection() -> None:
    handset = Handset()
    with screen_of(handset) as screen:
        screen.capture()
        handset.size, handset.pictures = "Physical size: 108x240\nOverride size: 72x160", [page((72, 160))]
        assert screen.capture().size == Size(72, 160)


def test_with_several_displays_the_built_in_one_is_named() -> None:
    handset = Handset(prefix=b"[Warning] Multiple displays were found\n", displays="Display 77 (HWC display 0): port=0")
    with screen_of(handset) as screen:
        assert screen.capture().size == Size(108, 240)
        screen.capture()
    assert handset.captures[-1].endswith("-d 77")


def test_what_was_measured_of_a_phone_is_not_measured_again_while_it_works() -> None:
    first = Handset([page()])
    with screen_of(first) as screen:
        screen.capture()
        known = screen.route
    again, changed = Handset([page()]), Handset([page()], raw_works=False)
    with screen_of(again) as screen:
        screen.recall(known)
        screen.capture()
    assert len(again.captures) == 1 < len(first.captures)
    with screen_of(changed) as screen:
        screen.recall("raw")
        assert screen.capture().size == Size(108, 240), "it is measured anew where it fails"
        assert screen.route == "png"


def test_a_turned_phone_gives_a_lying_picture_and_a_lying_size() -> None:
    handset = Handset([page((240, 108))], windows="mCurrentRotation=ROTATION_90")
    with screen_of(handset) as screen:
        assert screen.capture().size == Size(240, 108)
        handset.asked.clear()
        assert screen.size() == Size(240, 108)
    assert sum(command.startswith("wm size") for command in handset.asked) == 1, "both come with one command"


def test_a_lying_picture_of_an_upright_phone_is_a_screen_that_is_turning() -> None:
    with screen_of(Handset([page((240, 108))])) as screen:
        with pytest.raises((ScreenRotating, CaptureFailed)) as caught:
            screen.capture()
        assert isinstance(caught.value, ScreenRotating)


FLIP = (
    "Display 11 (HWC display 0): port=0\nDisplay 22 (HWC display 1): port=1\n",
    "mViewports=[DisplayViewport{type=INTERNAL, valid=true, isActive=true, displayId=0, uniqueId='local:%s', "
    "physicalPort=0, orientation=0}]",
)


@pytest.mark.parametrize("off", ["fails", "black", "gray"])
def test_a_foldable_that_is_shut_in_the_middle_is_pictured_on_its_other_display(off: str) -> None:
    """What a named display gives once it is off differs between makers."""
    shown = {"id": "11", "size": (108, 240)}

    def script(command: str) -> Answer | bytes | str:
        if command.startswith("screencap -p"):
            named = command.partition(" -d ")[2] or shown["id"]
            if named == shown["id"]:
                warning = b"" if " -d " in command else b"[Warning] Multiple displays were found\n"
                return warning + png(Image.new("RGB", shown["size"], "teal"))
            if off == "fails":
                return b"Failed to take screenshot. Status: -22"
            return png(Image.new("RGB", (108, 240) if off == "black" else (90, 90), off))
        return {
            "wm size": "Physical size: {}x{}".format(*shown["size"]),
            "dumpsys SurfaceFlinger --display-id": FLIP[0],
            "dumpsys display": FLIP[1] % shown["id"],
        }.get(command, "")

    with ScriptedServer(script) as server:
        screen = Screen(AdbLink(SERIAL, port=server.port))
        assert screen.capture().size == Size(108, 240)
        shown.update(id="22", size=(80, 160))
        assert screen.capture().size == Size(80, 160)
        assert screen.size() == Size(80, 160)
        shown.update(id="11", size=(108, 240))
        assert screen.capture().size == Size(108, 240)
