"""The phone's settings database: three namespaces of strings, as `settings get|put` sees them.

Rule: settings that something on the phone follows (the current keyboard, the rotation) tell a listener when they
change; all others are only kept.
"""

from __future__ import annotations

from collections.abc import Callable

NAMESPACES = ("system", "secure", "global")
Listener = Callable[[str, str, str | None], None]

_DEFAULTS: dict[str, dict[str, str]] = {
    "system": {
        "accelerometer_rotation": "0",
        "font_scale": "1.0",
        "screen_brightness": "102",
        "screen_brightness_mode": "0",
        "screen_off_timeout": "1800000",
        "user_rotation": "0",
    },
    "secure": {
        "android_id": "8f2c14e09b7a53d6",
        "show_ime_with_hard_keyboard": "1",
        "user_setup_complete": "1",
    },
    "global": {
        "adb_enabled": "1",
        "airplane_mode_on": "0",
        "animator_duration_scale": "1.0",
        "device_name": "Virtual phone",
        "device_provisioned": "1",
        "stay_on_while_plugged_in": "0",
        "transition_animation_scale": "1.0",
        "wifi_on": "1",
        "window_animation_scale": "1.0",
    },
}


class Settings:
    """`get` answers None for what was never set."""

    def __init__(self) -> None:
        self._values = {namespace: dict(values) for namespace, values in _DEFAULTS.items()}
        self._listeners: list[Listener] = []

    def get(self, namespace: str, key: str) -> str | None:
        return self._values[namespace].get(key)

    def put(self, namespace: str, key: str, value: str) -> None:
        self._values[namespace][key] = value
        self._tell(namespace, key, value)

    def delete(self, namespace: str, key: str) -> int:
        """How many rows went: 1 or 0."""
        if self._values[namespace].pop(key, None) is None:
            return 0
        self._tell(namespace, key, None)
        return 1

    def items(self, namespace: str) -> list[tuple[str, str]]:
        return sorted(self._values[namespace].items())

    def subscribe(self, listener: Listener) -> None:
        self._listeners.append(listener)

    def _tell(self, namespace: str, key: str, value: str | None) -> None:
        for listener in self._listeners:
            listener(namespace, key, value)
