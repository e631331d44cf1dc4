"""The switches that make a virtual phone misbehave on demand: at the start (`--chaos`) or while it runs.

Rule: a switch only says that a fault is wanted; whoever owns the faulty thing asks when it matters.
Two kinds of values: plain switches (off/on, or a quantity), and *every n-th* switches (0 off, 1 each time,
5 every fifth time), which `due` counts, so that a phone under chaos is unreliable rather than useless.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, fields

FaultValue = bool | int | float
Listener = Callable[[str, FaultValue], None]

# What a bare name means in `--chaos name,name` (other plain switches: simply on).
_CHAOS_VALUES: dict[str, FaultValue] = {
    "slow_page_s": 3.0,
    "slow_tree_s": 1.8,
    "slow_screenshot_s": 0.5,
    "rotation": 1,
    "network_error": 6,
    "ignored_taps": 6,
    "truncated_png": 8,
}
_TRUE_WORDS = frozenset({"true", "on", "yes"})
_FALSE_WORDS = frozenset({"false", "off", "no"})


class UnknownFault(ValueError):
    """No switch of that name, or a value it cannot take; the message says which."""


@dataclass(slots=True)
class Faults:
    """All switches of one phone. Set them with `set`, which checks the value and tells the listeners."""

    secure_window: bool = False  # screenshots are valid but black
    notification: bool = False  # a heads-up notification covers the top of the screen
    advertisement: bool = False  # an advertisement covers the app
    permission_dialog: bool = False  # a system dialog asks for a permission
    slow_page_s: float = 0.0  # added to every page and reply of the practice apps, seconds
    slow_tree_s: float = 0.0  # added to every `uiautomator dump`, seconds; a real phone needs 1 to 3
    slow_screenshot_s: float = 0.0  # added to every `screencap`, seconds; a real phone needs 0.3 to 1
    network_error: int = 0  # every n-th page load fails
    dark_mode: bool = False
    large_font: bool = False
    english: bool = False
    rotation: int = 0  # quarter turns, 0-3
    folded: bool = False  # a foldable shut: another, smaller display of another number shows the same apps
    not_responding: bool = False  # the system says that the app in front hangs
    dropped_connection: bool = False  # cuts every connection now, and new ones after a while
    dead_keyboard: bool = False  # typing is taken and lost
    ignored_taps: int = 0  # every n-th tap is swallowed
    two_displays: bool = False  # screencap warns that it had to choose
    refused_ime: bool = False  # the maker lets nobody list or choose keyboards over adb
    missing_keyboard: bool = False  # nobody has installed the ADB keyboard yet
    truncated_png: int = 0  # every n-th `screencap -p` is cut short
    offline: bool = False  # the device does not answer a connection
    unauthorized: bool = False  # the device waits for somebody to accept the computer's key
    _seen: dict[str, int] = field(default_factory=dict, repr=False, compare=False)
    _listeners: list[Listener] = field(default_factory=list, repr=False, compare=False)

    @classmethod
    def names(cls) -> tuple[str, ...]:
        return tuple(item.name for item in fields(cls) if not item.name.startswith("_"))

    @classmethod
    def from_chaos(cls, text: str) -> Faults:
        """The switches named in `name,name=value`; a bare name takes a value that leaves the phone usable."""
        faults = cls()
        for part in filter(None, (piece.strip() for piece in text.split(","))):
            name, given, value = part.partition("=")
            faults.set(name, value if given else _CHAOS_VALUES.get(name, True))
        return faults

    def set(self, name: str, value: FaultValue | str) -> None:
        """Turn a switch; a string is read as the switch's type. UnknownFault changes nothing."""
        checked = self._checked(name, value)
        setattr(self, name, checked)
        self._seen.pop(name, None)
        for listener in tuple(self._listeners):
            listener(name, checked)

    def due(self, name: str) -> bool:
        """Count one occasion of an every n-th switch; True when this one is to go wrong."""
        every = int(getattr(self, name))
        if every <= 0:
            return False
        self._seen[name] = self._seen.get(name, 0) + 1
        return self._seen[name] % every == 0

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener(name, value)` after every set; answers the way to end that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def as_dict(self) -> dict[str, FaultValue]:
        return {name: getattr(self, name) for name in self.names()}

    def _checked(self, name: str, value: FaultValue | str) -> FaultValue:
        if name not in self.names():
            raise UnknownFault(f"no fault is called {name!r}; there are: {', '.join(self.names())}")
        wanted = type(getattr(type(self)(), name))
        try:
            checked: FaultValue = _read(value, wanted)
        except (TypeError, ValueError):
            raise UnknownFault(f"{name} takes a {wanted.__name__}, not {value!r}") from None
        if checked < 0 or (name == "rotation" and checked > 3):
            raise UnknownFault(f"{name} cannot be {value!r}")
        return checked


def _read(value: FaultValue | str, wanted: type) -> FaultValue:
    if isinstance(value, str):
        word = value.strip().lower()
        value = word in _TRUE_WORDS if word in _TRUE_WORDS | _FALSE_WORDS else float(word)
    if wanted is bool and value not in (0, 1):
        raise ValueError(value)
    if not math.isfinite(value):
        raise ValueError(value)
    if wanted is int and value != int(value):
        raise ValueError(value)
    return wanted(value)
