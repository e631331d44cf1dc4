"""Numbers by which a person's devices and connections are known: IMEI, hardware and network addresses, and vehicles.

Rule: a hardware address has a form of its own; a network address is somebody's unless it is of a private, local or
documentation network or a version; every other number counts beside its name only. A product's serial number is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address

from cs_agent.vision.personal_data.kinds import DataKind, Span

_HARDWARE = re.compile(
    r"(?<![0-9A-Fa-f:.-])[0-9A-Fa-f]{2}(?:([:-])[0-9A-Fa-f]{2})(?:\1[0-9A-Fa-f]{2}){4}(?![0-9A-Fa-f:-])"
)
_VERSION_4 = re.compile(r"(?<![\w.-])(?:\d{1,3}\.){3}\d{1,3}(?![\w-]|\.\d)")
_VERSION_6 = re.compile(
    r"(?<![\w:.])(?:[0-9A-Fa-f]{1,4}:){2,7}(?::?[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){0,5})?(?![\w:])"
)
_OF_A_PROGRAM = re.compile(
    r"(?:版本号?|version|ver\.?|\bv|build|固件|firmware|内核|release)[^\n,;,;]{0,12}\Z", re.IGNORECASE
)
_NAMED = re.compile(
    r"(?<![A-Za-z])(?:IMEI|MEID|IMSI|ICCID|OAID|IDFA|IDFV|GAID|AAID|UDID|EID(?=\s?[:\d]))(?:\s?(?:[12]|码|号码?|no\.?|number))?"
    r"[ \t]?[((]?(?:卡槽"
    r"|sim)?\s?[12]?[))]?\s{0,2}[::=是为]?\s{0,3}(?P<value>[0-9A-Fa-f](?:[ \-/]?[0-9A-Fa-f]){13,40})(?![0-9A-Za-z])"
    r"|(?:设备(?:唯一)?(?:标识码?|识别码|指纹|ID)|(?:android|device|advertising)[ _]?id)\s{0,2}[::=是为]?\s{0,3}"
    r"(?P<device>(?=[A-Za-z-]*\d)[0-9A-Za-z-]{8,64})(?![0-9A-Za-z])",
    re.IGNORECASE,
)
_VEHICLE = re.compile(
    r"(?:车架号?码?|车辆识别(?:代号|代码|号码?)|发动机号?码?|(?<![A-Za-z])(?:VIN|chassis|engine)(?:\s(?:no\.?|number))?)\s{0,2}[::=#是为]?\s{0,3}"
    r"(?P<value>(?=[A-Za-z]*\d)[A-Za-z0-9]{6,17})(?![A-Za-z0-9])",
    re.IGNORECASE,
)


def devices(text: str) -> Iterator[Span]:
    for match in _NAMED.finditer(text):
        group = match.lastgroup or "value"
        yield Span(DataKind.DEVICE, *match.span(group), match.group(group))
    for match in _HARDWARE.finditer(text):
        yield Span(DataKind.DEVICE, *match.span(), match.group())
    for pattern in (_VERSION_4, _VERSION_6):
        for match in pattern.finditer(text):
            if _is_somebodys(match.group()) and not _OF_A_PROGRAM.search(
                text[max(0, match.start() - 24) : match.start()]
            ):
                yield Span(DataKind.DEVICE, *match.span(), match.group())


def vehicles(text: str) -> Iterator[Span]:
    for match in _VEHICLE.finditer(text):
        yield Span(DataKind.PLATE, *match.span("value"), match.group("value"))


def _is_somebodys(address: str) -> bool:
    try:
        return ip_address(address).is_global
    except ValueError:
        return False
