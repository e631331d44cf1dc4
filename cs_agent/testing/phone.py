"""A phone with scripted screens, for tests and benchmarks of behaviour that a real phone does not show on demand.

It implements `protocols.Phone`. Screens are laid out from rows (`fakes_screens`); what touching a label leads to is
given with the screen; what "really happened" is kept in `ledger`, every gesture in `acts`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from cs_agent.engine.run.flow import NamedControl
from cs_agent.engine.run.protocols import Key, PhoneError
from cs_agent.geometry import Point, Size
from cs_agent.observation import AppKind, ForegroundApp, Screenshot, TextLine, UiNode
from cs_agent.testing.screens import PHONE, Element, Layout, lay_out

_STANDING = ("title", "label", "text", "sentence")  # words that do nothing
_HEAD = 0.16  # of the screen's height
_CHOICES = ("radio", "check", "switch")
_FIELDS = ("input", "hint", "password")


class FakePhoneError(PhoneError):
    """A failure that a script asked for."""

    def __init__(self, message: str = "scripted", *, retryable: bool = False, code: str = "") -> None:
        super().__init__(message)
        self.retryable = retryable
        self.code = code


@dataclass(frozen=True, slots=True)
class FakeScreen:
    """`goes`: label, or back, home, swipe:up, swipe:down, to the next screen's name. `does`: label to ledger entry.

    `becomes`: (screen, captures): it turns into another screen by itself after so many pictures.
    """

    rows: Sequence[Sequence[str] | str]
    package: str = "com.example.app"
    app_kind: AppKind = field(default=AppKind.APP, kw_only=True)
    goes: Mapping[str, str] = field(default_factory=dict)
    does: Mapping[str, str] = field(default_factory=dict)
    becomes: tuple[str, int] | None = None
    secure: bool = False
    tree: bool = True


def bound_controls(screens: Mapping[str, FakeScreen]) -> tuple[NamedControl, ...]:
    """What a flow's editor would name: every control of these screens that does nothing, bound to its page."""
    return tuple(named for screen in screens.values() if (named := _bound(screen)) is not None)


def _bound(screen: FakeScreen) -> NamedControl | None:
    elements = lay_out(screen.rows, package=screen.package).elements
    heads = [e.text for e in elements if e.kind in _STANDING and e.text and e.box.bottom <= _HEAD * PHONE.height]
    labels = [e.text for e in elements if e.kind not in _STANDING and e.text and e.text not in screen.does]
    if not heads or not labels:
        return None
    return NamedControl(screen.package, tuple(heads), (), tuple(labels), ())


@dataclass(slots=True)
class FakePhone:
    screens: Mapping[str, FakeScreen]
    start: str
    apps: Mapping[str, str] = field(default_factory=dict)  # app name to the screen it opens
    screen_size: Size = PHONE
    now: Callable[[], float] = lambda: 0.0
    acts: list[str] = field(default_factory=list)
    ledger: list[str] = field(default_factory=list)
    shown: str = field(default="", init=False)
    _layouts: dict[str, Layout] = field(default_factory=dict, init=False)
    _pictures: dict[int, Screenshot] = field(default_factory=dict, init=False)
    _version: int = field(default=1, init=False)
    tree_at: float | None = field(default=None, init=False)
    _captures: int = field(default=0, init=False)
    _failures: dict[str, list[PhoneError]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.show(self.start)

    def show(self, name: str) -> None:
        """Switch to a screen, as if caused from outside."""
        self.shown, self._captures = name, 0
        screen = self.screens[name]
        if name not in self._layouts:
            self._layouts[name] = lay_out(
                screen.rows, package=screen.package, app_kind=screen.app_kind, size=self.screen_size
            )
        self._changed()

    def turn_to(self, size: Size) -> None:
        """The screen gets another size, as when the phone is turned or a foldable is shut; what was typed is lost."""
        self.screen_size, self._layouts = size, {}
        self.show(self.shown)

    def change(self, old: str, new: str) -> None:
        """Put other words into one element of the shown screen."""
        element = self.layout.find(old)
        self._put(element, text=new)

    def fail(self, method: str, *errors: PhoneError) -> None:
        """The next calls of that method raise these."""
        self._failures.setdefault(method, []).extend(errors)

    @property
    def layout(self) -> Layout:
        return self._layouts[self.shown]

    def size(self) -> Size:
        return self.screen_size

    def screenshot(self) -> Screenshot:
        self._maybe_fail("screenshot")
        screen = self.screens[self.shown]
        if screen.secure:
            raise FakePhoneError("the window is secure", code="secure_screen")
        self._captures += 1
        if screen.becomes and self._captures > screen.becomes[1]:
            self.show(screen.becomes[0])
        if self._version not in self._pictures:
            self._pictures = {self._version: Screenshot(self.layout.image(), 0.0, self._version)}
        return replace(self._pictures[self._version], captured_at=self.now())

    def foreground(self) -> ForegroundApp:
        self._maybe_fail("foreground")
        screen = self.screens[self.shown]
        return ForegroundApp(screen.package, kind=screen.app_kind)

    def nodes(self) -> tuple[UiNode, ...] | None:
        self._maybe_fail("nodes")
        self.tree_at = self.now()
        return self.layout.nodes() if self.screens[self.shown].tree else None

    def tap(self, point: Point) -> None:
        self._press("tap", point)

    def double_tap(self, point: Point) -> None:
        self._press("double_tap", point)

    def long_press(self, point: Point, seconds: float = 1.0) -> None:
        self._press("long_press", point)

    def swipe(self, start: Point, end: Point, seconds: float = 0.3) -> None:
        vertical = abs(end.y - start.y) >= abs(end.x - start.x)
        way = ("up" if end.y < start.y else "down") if vertical else ("left" if end.x < start.x else "right")
        self._act("swipe", f"swipe:{way}")

    def expect_text(self) -> None:
        self.acts.append("expect text")

    def type_text(self, text: str) -> None:
        focused = next((e for e in self.layout.elements if e.focused), None)
        self._act("type_text", f"type:{text}")
        if focused is not None:
            self._put(focused, text=text, kind="password" if focused.kind == "password" else "input")

    def press(self, key: Key) -> None:
        self._act("press", key.name.lower())

    def launch(self, app: str) -> None:
        self._maybe_fail("launch")
        self.acts.append(f"launch:{app}")
        if app not in self.apps:
            raise FakePhoneError(f"there is no app {app}")
        self.show(self.apps[app])

    def _press(self, method: str, point: Point) -> None:
        element = self._element_at(point)
        label = element.text if element else ""
        self._act(method, f"{method}:{label}", label)
        if element is None or label in self.screens[self.shown].goes:
            return
        if element.kind in _FIELDS:
            self._focus(element)
        elif element.kind in _CHOICES:
            self._choose(element)

    def _act(self, method: str, act: str, label: str | None = None) -> None:
        """Record the gesture, let the script react to its label."""
        self._maybe_fail(method)
        self.acts.append(act)
        screen, key = self.screens[self.shown], act if label is None else label
        if key in screen.does:
            self.ledger.append(screen.does[key])
        if key in screen.goes:
            self.show(screen.goes[key])
        self._maybe_fail(f"after_{method}")

    def _element_at(self, point: Point) -> Element | None:
        held = [e for e in self.layout.elements if e.box.contains(point)]
        return min(held, key=lambda e: e.box.area, default=None)

    def _focus(self, element: Element) -> None:
        elements = tuple(replace(e, focused=e is element) for e in self.layout.elements)
        self._layouts[self.shown] = replace(self.layout, elements=elements)
        self._changed()

    def _choose(self, element: Element) -> None:
        """A radio button clears the others of the page; a box or switch turns over."""
        radio = element.kind == "radio"
        chosen = {id(e): e.chosen and not (radio and e.kind == "radio") for e in self.layout.elements}
        chosen[id(element)] = radio or not element.chosen
        elements = tuple(replace(e, chosen=chosen[id(e)]) for e in self.layout.elements)
        self._layouts[self.shown] = replace(self.layout, elements=elements)
        self._changed()

    def _put(self, element: Element, **changes: object) -> None:
        self._layouts[self.shown] = self.layout.evolve(element, **changes)
        self._changed()

    def _changed(self) -> None:
        self._version += 1

    def _maybe_fail(self, method: str) -> None:
        if waiting := self._failures.get(method):
            raise waiting.pop(0)


class FakeReader:
    """Reads the lines that a laid-out picture carries with it."""

    def __init__(self) -> None:
        self.reads = 0

    def read(self, image: object, region: object = None, *, thorough: bool = False) -> tuple[TextLine, ...]:
        self.reads += 1
        lines: tuple[TextLine, ...] = getattr(image, "info", {}).get("lines", ())
        if region is None:
            return lines
        return tuple(line for line in lines if line.box.intersects(region))  # type: ignore[arg-type]
