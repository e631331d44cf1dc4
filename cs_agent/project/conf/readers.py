"""How the text of a setting becomes its value; each reader raises ValueError with what is expected instead."""

from __future__ import annotations

import base64
import json
import warnings
from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cs_agent.vision.personal_data.kinds import DataKind

# Dotted paths that settings of the release before may name, and where their classes are now.
MOVED = {"tickets.services.anchors.WriteOnceDirectory": "tickets.services.evidence.anchors.WriteOnceDirectory"}
_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}


def boolean(text: str) -> bool:
    if text.lower() in _TRUE:
        return True
    if text.lower() in _FALSE:
        return False
    raise ValueError("write true or false")


def between(low: float, high: float, kind: type = int) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        value = kind(text)
        if not low <= value <= high:
            raise ValueError(f"write a number from {low:g} to {high:g}")
        return value

    return read


def url(*schemes: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        parts = urlsplit(text)
        if parts.scheme not in schemes:
            raise ValueError(f"write an address that starts with {' or '.join(s + '://' for s in schemes)}")
        return text

    return read


def one_of(*choices: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in choices:
            raise ValueError(f"write one of: {', '.join(choices)}")
        return text

    return read


def items(text: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in text.split(",") if item.strip())


def named_paths(text: str) -> dict[str, str]:
    found = {}
    for item in items(text):
        name, _equals, path = (part.strip() for part in item.partition("="))
        if not name or len(name) > 60 or name in found:
            raise ValueError("write name=package.module.Class, each name once, with commas between")
        found[name] = dotted_path(path)
    return found


def networks(text: str) -> tuple[str, ...]:
    for item in items(text):
        try:
            ip_network(item)
        except ValueError as error:
            raise ValueError("write addresses or networks such as 10.0.0.5 or 10.0.0.0/24") from error
    return items(text)


def kinds(text: str) -> tuple[str, ...]:
    """Kinds of personal data; `none` hides nothing."""
    known = {kind.value for kind in DataKind}
    named = () if text == "none" else items(text)
    if not set(named) <= known:
        raise ValueError(f"write none, or some of: {', '.join(sorted(known))}")
    return named


def zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ValueError, ZoneInfoNotFoundError, OSError) as error:  # OSError: the name of a folder of zones
        raise ValueError("write the name of a time zone such as Asia/Shanghai") from error
    return text


def dotted_path(text: str) -> str:
    if not all(part.isidentifier() for part in text.split(".")) or "." not in text:
        raise ValueError("write a dotted path such as package.module.Class")
    if text in MOVED:
        warnings.warn(f"{text} is now {MOVED[text]}; the next release knows the new path only", stacklevel=2)
    return MOVED.get(text, text)


def existing_file(text: str) -> str:
    if text and not Path(text).is_file():
        raise ValueError("write the path of a file that exists")
    return text


def fernet_keys(text: str) -> tuple[str, ...]:
    """Keys of the secret store; the first one encrypts."""
    keys = items(text)
    for key in keys:
        try:
            fine = len(base64.urlsafe_b64decode(key)) == 32
        except ValueError:
            fine = False
        if not fine:
            raise ValueError("write keys made by the command `secrets new-key`, comma separated, the newest first")
    return keys


def app_names(text: str) -> str:
    """The path; its content is validated at start, so that mistakes do not surface during a run."""
    path = Path(existing_file(text))
    try:
        names = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        names = None
    if not isinstance(names, dict) or not all(isinstance(package, str) for package in names.values()):
        raise ValueError('write one JSON object such as {"售后系统": "com.example.aftersales"} into it')
    return str(path)


port = between(1, 65535)
