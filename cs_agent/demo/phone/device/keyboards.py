"""The phone's input methods: which are installed, which are enabled, which one is current.

Rule: the secure settings are the only record, as on Android, so `settings put` and `ime set` cannot disagree.
"""

from __future__ import annotations

from dataclasses import dataclass

from cs_agent.demo.phone.device.settings import Settings

LATIN = "com.android.inputmethod.latin/.LatinIME"
ADB_KEYBOARD = "com.android.adbkeyboard/.AdbIME"
_CURRENT = "default_input_method"
_ENABLED = "enabled_input_methods"


@dataclass(frozen=True, slots=True)
class InputMethod:
    id: str
    label: str
    system: bool

    @property
    def package(self) -> str:
        return self.id.partition("/")[0]


KNOWN = (
    InputMethod(LATIN, "Android Keyboard (AOSP)", system=True),
    InputMethod(ADB_KEYBOARD, "ADB Keyboard", system=False),
)


class UnknownInputMethod(ValueError):
    """Not installed, or not enabled where it has to be."""


class Keyboards:
    """The ADB keyboard is installed and enabled, and not current, at the start; `has_adb_keyboard`: False on a phone
    that nobody has prepared."""

    def __init__(self, settings: Settings, *, has_adb_keyboard: bool = True) -> None:
        self._settings = settings
        self.has_adb_keyboard = has_adb_keyboard
        self._write(tuple(method.id for method in self.installed))
        settings.put("secure", _CURRENT, LATIN)

    @property
    def installed(self) -> tuple[InputMethod, ...]:
        return tuple(method for method in KNOWN if self.has_adb_keyboard or method.id != ADB_KEYBOARD)

    @property
    def current(self) -> str:
        """The id; empty when the setting names nothing that could take input."""
        chosen = self._settings.get("secure", _CURRENT) or ""
        return chosen if chosen in self.enabled else ""

    @property
    def enabled(self) -> tuple[str, ...]:
        named = (self._settings.get("secure", _ENABLED) or "").split(":")
        return tuple(method.id for method in self.installed if method.id in named)

    def find(self, written: str) -> str:
        """The id for a short or full component name; UnknownInputMethod when it is not installed."""
        package, _, name = written.partition("/")
        for method in self.installed:
            _, _, short = method.id.partition("/")
            if package == method.package and name in (short, package + short):
                return method.id
        raise UnknownInputMethod(written)

    def enable(self, written: str) -> bool:
        """True if it was enabled already."""
        found = self.find(written)
        already = found in self.enabled
        self._write((*self.enabled, found))
        return already

    def disable(self, written: str) -> bool:
        """True if it was disabled already. The current one gives way to a system keyboard."""
        found = self.find(written)
        already = found not in self.enabled
        self._write(tuple(name for name in self.enabled if name != found))
        if self._settings.get("secure", _CURRENT) == found:
            self._settings.put("secure", _CURRENT, next(iter(self.enabled), ""))
        return already

    def select(self, written: str) -> None:
        found = self.find(written)
        if found not in self.enabled:
            raise UnknownInputMethod(written)
        self._settings.put("secure", _CURRENT, found)

    def reset(self) -> tuple[str, tuple[str, ...]]:
        """Back to the system's own; answers the current and the enabled ones."""
        self._write(tuple(method.id for method in self.installed if method.system))
        self._settings.put("secure", _CURRENT, LATIN)
        return LATIN, self.enabled

    def _write(self, names: tuple[str, ...]) -> None:
        self._settings.put("secure", _ENABLED, ":".join(dict.fromkeys(names)))
