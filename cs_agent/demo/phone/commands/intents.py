"""Intents as `am` reads them from a command line and prints them.

Rule: parsing follows Intent.parseCommandArgs, printing Intent.toString, so that scripts written for phones find the
text they look for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from cs_agent.demo.phone.device.screen import Component

ACTION_VIEW = "android.intent.action.VIEW"
ACTION_MAIN = "android.intent.action.MAIN"
CATEGORY_LAUNCHER = "android.intent.category.LAUNCHER"
CATEGORY_HOME = "android.intent.category.HOME"
FLAG_RECEIVER_FROM_SHELL = 0x400000

_WITH_VALUE = {
    "-a": "action",
    "-d": "data",
    "-t": "type",
    "-n": "component",
    "-p": "package",
    "-i": "identifier",
}
_EXTRAS = {"-e": str, "--es": str, "--ei": int, "--ez": bool}
_OPAQUE_SCHEMES = ("tel", "sip", "sms", "smsto", "mailto", "nfc")
_TRUE = ("true", "t", "1")
_FALSE = ("false", "f", "0")

Extra = str | int | bool


class BadIntent(ValueError):
    """The words are no intent; the text is the Java exception."""


@dataclass(slots=True)
class Intent:
    action: str = ""
    data: str = ""
    type: str = ""
    component: str = ""
    package: str = ""
    flags: int = 0
    categories: list[str] = field(default_factory=list)
    extras: dict[str, Extra] = field(default_factory=dict)
    options: dict[str, str] = field(default_factory=dict)  # am's own: --user, --display …

    @property
    def target(self) -> Component | None:
        """The component in full; BadIntent when it is written wrongly."""
        if not self.component:
            return None
        package, slash, name = self.component.partition("/")
        if not slash or not package or not name:
            raise BadIntent(f"java.lang.IllegalArgumentException: Bad component name: {self.component}")
        return Component(package, package + name if name.startswith(".") else name)

    def __str__(self) -> str:
        parts = [
            f"act={self.action}" if self.action else "",
            f"cat=[{','.join(self.categories)}]" if self.categories else "",
            f"dat={safe_uri(self.data)}" if self.data else "",
            f"typ={self.type}" if self.type else "",
            f"flg=0x{self.flags:x}" if self.flags else "",
            f"pkg={self.package}" if self.package else "",
            f"cmp={short_name(self.target)}" if self.target else "",
            "(has extras)" if self.extras else "",
        ]
        return f"Intent {{ {' '.join(filter(None, parts))} }}"


def short_name(component: Component) -> str:
    """`package/.Activity` where the activity lies in the package."""
    name = component.activity
    if name.startswith(f"{component.package}."):
        name = name[len(component.package) :]
    return f"{component.package}/{name}"


def safe_uri(uri: str) -> str:
    """What logs may show of an address: its scheme and host."""
    parts = urlsplit(uri)
    if parts.scheme in _OPAQUE_SCHEMES:
        return f"{parts.scheme}:xxxxxxxx"
    if parts.scheme in ("http", "https", "ftp", "rtsp"):
        return f"{parts.scheme}://{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}/..."
    return f"{parts.scheme}:///..." if parts.scheme == "file" else uri


def parse_intent(args: list[str]) -> Intent:
    """BadIntent for a missing or malformed argument."""
    intent = Intent()
    words = iter(args)
    for word in words:
        _take(intent, word, words)
    return intent


def _take(intent: Intent, word: str, words: Iterator[str]) -> None:
    if word in _WITH_VALUE:
        setattr(intent, _WITH_VALUE[word], _argument(word, words))
    elif word == "-c":
        intent.categories.append(_argument(word, words))
    elif word == "-f":
        intent.flags = _integer(_argument(word, words))
    elif word in _EXTRAS:
        _take_extra(intent, word, words)
    elif word in ("--user", "--display"):
        intent.options[word] = _argument(word, words)
    elif word.startswith("-"):
        _take_switch(intent, word)
    else:
        _take_positional(intent, word)


def _take_switch(intent: Intent, word: str) -> None:
    if not word.startswith(("--activity-", "--grant-", "--receiver-", "--include-")):
        raise BadIntent(f"java.lang.IllegalArgumentException: Unknown option: {word}")
    intent.options[word] = ""


def _take_positional(intent: Intent, word: str) -> None:
    """A bare word is an address, a component, or a package to be launched."""
    if ":" in word:
        intent.data = word
        intent.action = intent.action or ACTION_VIEW
    elif "/" in word:
        intent.component = word
    else:
        intent.package = word
        intent.action = intent.action or ACTION_MAIN
        intent.categories = intent.categories or [CATEGORY_LAUNCHER]


def _take_extra(intent: Intent, option: str, words: Iterator[str]) -> None:
    key = _argument(option, words)
    text = _argument(key, words)
    kind = _EXTRAS[option]
    if kind is bool:
        intent.extras[key] = _boolean(text)
    elif kind is int:
        intent.extras[key] = _integer(text)
    else:
        intent.extras[key] = text


def _argument(after: str, words: Iterator[str]) -> str:
    found = next(words, None)
    if found is None:
        raise BadIntent(f'java.lang.IllegalArgumentException: Argument expected after "{after}"')
    return found


def _integer(text: str) -> int:
    try:
        return int(text, 0)
    except ValueError:
        raise BadIntent(f'java.lang.NumberFormatException: For input string: "{text}"') from None


def _boolean(text: str) -> bool:
    if text.lower() not in _TRUE + _FALSE:
        raise BadIntent(f"java.lang.IllegalArgumentException: Invalid boolean value: {text}")
    return text.lower() in _TRUE
