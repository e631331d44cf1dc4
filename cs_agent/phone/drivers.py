"""Which driver speaks to which phone: a registry, so that a second platform needs no change anywhere else.

Rule: a serial `KIND://NAME` belongs to the driver of that kind, any other to adb. A package that brings a driver names
its factory under the entry-point group `cs_agent.drivers`; nothing is imported before a phone of its kind is met.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import entry_points

from cs_agent.phone.adb.phone import AdbPhone
from cs_agent.phone.driver import Driver
from cs_agent.phone.errors import UnknownDriver

ADB = "adb"
GROUP = "cs_agent.drivers"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a phone is: its serial as registered, and the server of this host that adb phones hang on."""

    serial: str
    host: str = "127.0.0.1"
    port: int = 5037
    app_names: Mapping[str, str] = field(default_factory=dict)  # the installation's own, to identifiers

    @property
    def kind(self) -> str:
        return self.serial.partition("://")[0] if "://" in self.serial else ADB


Connect = Callable[[Address], Driver]


def _adb(address: Address) -> Driver:
    return AdbPhone(address.serial, host=address.host, port=address.port, app_names=address.app_names)


_known: dict[str, Connect] = {ADB: _adb}


def register(kind: str, connect: Connect) -> None:
    """Add a driver, or put another in the place of one."""
    _known[kind] = connect


def driver(kind: str) -> Connect:
    """What makes phones of that kind. UnknownDriver where nothing installed brings it."""
    if kind not in _known:
        for entry in entry_points(group=GROUP, name=kind):
            register(kind, entry.load())
    if kind not in _known:
        raise UnknownDriver(f"no driver is called {kind!r}; there are: {', '.join(sorted(_known))}")
    return _known[kind]


def connect(address: Address) -> Driver:
    """The phone at that address; nothing is asked of it yet."""
    return driver(address.kind)(address)
