"""Parses input from browsers and programs so that no input can break it.

Rule: all incoming numbers and JSON are parsed here; unusable input gives None or ValueError, never another error.
"""

from __future__ import annotations

import ipaddress
import json
import re
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")
_WHOLE = re.compile(r"\d{1,15}", re.ASCII)
MOST_WHOLE = 10**9  # what every database keeps as a plain integer
_DAY = re.compile(r"\s*(?:(\d{4})\s*[-/.年]\s*)?(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?\s*")
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
MOST_DEPTH = 40  # of a flow's definition; beyond it no reader or checker goes by recursion


def whole_number(text: str, most: int = 10**15) -> int | None:
    """The number of at most 15 ASCII digits and not above `most`, surrounding blanks ignored; else None."""
    digits = text.strip()
    if not _WHOLE.fullmatch(digits):
        return None
    number = int(digits)
    return number if number <= most else None


def read_json(text: str, most_depth: int = MOST_DEPTH) -> Any:
    """The parsed value. ValueError with a message for invalid JSON and for unsupported values: too deep nesting, NaN,
    numbers of thousands of digits, lone surrogates, NUL."""
    if _depth(text) > most_depth:
        raise ValueError(_("嵌套太深:最多 %d 层。") % most_depth)
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        where = {"line": error.lineno, "column": error.colno}
        raise ValueError(_("第 %(line)d 行第 %(column)d 列:不是有效的 JSON。") % where) from error
    except RecursionError as error:
        raise ValueError(_("嵌套太深:最多 %d 层。") % most_depth) from error
    except ValueError as error:
        raise ValueError(_("包含无法使用的数字。")) from error
    told = json.dumps(value, ensure_ascii=False)
    if "\\u0000" in told or any("\ud800" <= char <= "\udfff" for char in told):
        raise ValueError(_("包含无法保存的字符。"))
    return value


def _depth(text: str) -> int:
    """The nesting depth of brackets outside strings, computed without recursion."""
    level = most = 0
    for char in _STRING.sub("", text):
        if char in "[{":
            level += 1
            most = max(most, level)
        elif char in "]}":
            level -= 1
    return most


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


def day(text: str) -> str:
    """2026-11-20, 11-20 or 11月20日 as an ISO date; "" for anything that is no valid date."""
    found = _DAY.fullmatch(text[:40])
    if found is None:
        return ""
    try:
        meant = date(int(found[1] or timezone.localdate().year), int(found[2]), int(found[3]))
    except ValueError:
        return ""
    return meant.isoformat() if is_storable(meant) else ""


def is_storable(moment: date) -> bool:
    """Whether every database and every time zone can represent the date or time. Beyond are the markers by which
    programs say that they know no time: 0001-01-01, 9999-12-31."""
    return _FIRST_YEAR <= moment.year <= _LAST_YEAR


def start_of_day(text: str, days: int = 0) -> datetime | None:
    """Local midnight of that ISO date, so many days later; None for what is no storable date."""
    try:
        meant = date.fromisoformat(text)
    except ValueError:
        return None
    later = timedelta(days=days)
    return timezone.make_aware(datetime.combine(meant + later, time.min)) if is_storable(meant) else None


def network(text: str) -> Network:
    """The network of 10.0.0.0/8 or 192.168.1.7; ValueError for anything else. IPv4 written as IPv6
    (::ffff:10.0.0.0/104) is the IPv4 network: that is how its addresses are compared."""
    found = ipaddress.ip_network(text.strip(), strict=False)
    if isinstance(found, ipaddress.IPv6Network) and found.subnet_of(_MAPPED):
        return ipaddress.ip_network((int(found.network_address) & 0xFFFFFFFF, found.prefixlen - 96))
    return found


def area_of(text: str) -> tuple[float, ...] | None:
    """Left, top, right and bottom of `x,y,x,y` as fractions of a picture; None for anything else."""
    try:
        parts = tuple(float(part) for part in text.split(","))
    except ValueError:
        return None
    whole = len(parts) == 4 and all(0 <= part <= 1 for part in parts)
    return parts if whole and parts[0] < parts[2] and parts[1] < parts[3] else None
