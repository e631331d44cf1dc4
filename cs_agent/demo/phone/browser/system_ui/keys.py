"""Android's key codes as a browser page understands them."""

from __future__ import annotations

_PREFIX = "KEYCODE_"
_NAMED = {
    "ENTER": "Enter",
    "NUMPAD_ENTER": "Enter",
    "DPAD_CENTER": "Enter",
    "DEL": "Backspace",
    "FORWARD_DEL": "Delete",
    "TAB": "Tab",
    "SPACE": "Space",
    "ESCAPE": "Escape",
    "MOVE_HOME": "Home",
    "MOVE_END": "End",
    "PAGE_UP": "PageUp",
    "PAGE_DOWN": "PageDown",
    "DPAD_UP": "ArrowUp",
    "DPAD_DOWN": "ArrowDown",
    "DPAD_LEFT": "ArrowLeft",
    "DPAD_RIGHT": "ArrowRight",
    "SELECT_ALL": "Control+A",
    "COPY": "Control+C",
    "CUT": "Control+X",
    "PASTE": "Control+V",
    "SEARCH": "Enter",
    "PERIOD": ".",
    "COMMA": ",",
    "MINUS": "-",
    "PLUS": "+",
    "EQUALS": "=",
    "AT": "@",
    "STAR": "*",
    "POUND": "#",
    "SLASH": "/",
    "SEMICOLON": ";",
    "APOSTROPHE": "'",
}


def short_name(keycode: str) -> str:
    """`KEYCODE_BACK`, `BACK` and `back` are one key."""
    name = keycode.strip().upper()
    return name.removeprefix(_PREFIX)


def page_key(keycode: str) -> str:
    """The key as Playwright names it; an empty string for one that means nothing to a page."""
    name = short_name(keycode)
    if len(name) == 1 and name.isalnum():
        return name.lower()
    return _NAMED.get(name, "")
