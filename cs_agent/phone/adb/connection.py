"""The adb server and the phones connected to it: start, connect, pair, list; on this machine or another.

Rule: a server of our own runs on its own port and never disturbs one that somebody else uses; every call ends
within a bounded time, and what adb merely prints as words becomes an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from adbutils.errors import AdbError

from cs_agent.phone.adb.server import BoundedClient, ensure_server, server_answers
from cs_agent.phone.adb.transport import AdbLink, connect
from cs_agent.phone.errors import PairingFailed, PhoneNotFound, from_adb
from cs_agent.phone.waiting import wait_for

_STOP_S = 5.0
_PAIR_S = 20.0


class DeviceState(StrEnum):
    """As the adb server names them; OTHER for names of its future."""

    DEVICE = "device"
    OFFLINE = "offline"
    UNAUTHORIZED = "unauthorized"
    AUTHORIZING = "authorizing"
    CONNECTING = "connecting"
    NO_PERMISSIONS = "no permissions"
    RECOVERY = "recovery"
    SIDELOAD = "sideload"
    BOOTLOADER = "bootloader"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ListedDevice:
    """A line of `adb devices -l`."""

    serial: str
    state: DeviceState
    model: str = ""
    product: str = ""

    @property
    def usable(self) -> bool:
        return self.state is DeviceState.DEVICE


class AdbServer:
    """One adb server, found by host and port. Only one on this machine can be started from here."""

    def __init__(self, host: str = "127.0.0.1", port: int = 5037) -> None:
        self.host = host
        self.port = port
        self._client = BoundedClient(host=host, port=port)

    def ensure_running(self) -> None:
        """Start it unless it answers. AdbServerUnreachable where that cannot be done from here."""
        ensure_server(self._client)

    def stop(self) -> None:
        """End it, if it runs; phones stay as they are."""
        if server_answers(self._client):
            self._client.server_kill()
            wait_for(lambda: not server_answers(self._client), _STOP_S)

    def devices(self) -> tuple[ListedDevice, ...]:
        """All phones the server knows, in whatever state."""
        return parse_devices(self._ask("host:devices-l"))

    def connect(self, address: str) -> str:
        """A phone on the network, `host:port`; the server's words. ConnectionFault where it does not answer."""
        return connect(self._client, address)

    def disconnect(self, address: str) -> None:
        """Forget a phone on the network; no error when it was not known."""
        try:
            self._client.disconnect(address)
        except (AdbError, OSError, EOFError) as error:
            raise from_adb(error, address) from error

    def reconnect(self, address: str) -> str:
        """Disconnect first: a phone that restarted stays offline in the server's list for a minute."""
        self.disconnect(address)
        return self.connect(address)

    def pair(self, address: str, code: str) -> str:
        """Wireless debugging's first step, with the address and code of the phone's pairing dialog; its guid.

        The port to connect to afterwards is another one, shown on the Wireless debugging page.
        """
        words = self._pair(f"host:pair:{code}:{address}")
        match = re.search(r"Successfully paired to \S+ \[guid=([^\]]+)\]", words)
        if not match:
            raise PairingFailed(f"{address}: {words[4:].strip() or 'no answer'}")
        return match[1]

    def to_wifi(self, serial: str, port: int = 5555) -> str:
        """Let a USB phone listen on the network as well, until it restarts; the address it then has."""
        link = AdbLink(serial, self.host, self.port)
        route = link.shell("ip route get 1.1.1.1; ip -4 addr show wlan0").stdout
        with link.stream(f"tcpip:{port}") as connection:
            connection.read_until_close()
        address = phone_address(route)
        if not address:
            raise PhoneNotFound(f"{serial}: the phone has no address on a Wi-Fi network")
        return f"{address}:{port}"

    def _ask(self, request: str) -> str:
        try:
            with self._client.make_connection(timeout=_STOP_S) as connection:
                connection.send_command(request)
                connection.check_okay()
                return connection.read_string_block()
        except (AdbError, OSError, EOFError) as error:
            raise from_adb(error, f"{self.host}:{self.port}") from error

    def _pair(self, request: str) -> str:
        """The server's words: it accepts the request first, and reports a failure behind that."""
        try:
            with self._client.make_connection(timeout=_PAIR_S) as connection:
                connection.send_command(request)
                connection.check_okay()
                return connection.read_until_close()
        except AdbError as error:
            return str(error)
        except OSError as error:
            raise from_adb(error, f"{self.host}:{self.port}") from error


def parse_devices(text: str) -> tuple[ListedDevice, ...]:
    """From `adb devices -l`: serial, state (which may have a space and an explanation), then key:value pairs."""
    return tuple(_listed(line) for line in text.splitlines() if re.match(r"\S+\s+\S", line) and "List of" not in line)


# A name of wireless debugging may hold blanks, as in `adb-1a2b (2)._adb-tls-connect._tcp`.
_LISTED = re.compile(
    r"(.+?)\s+((?:" + "|".join(state.value for state in DeviceState if state.value != "other") + r")\b.*)"
)


def phone_address(text: str) -> str:
    """The phone's own IPv4 address from `ip route get` or `ip addr`; empty where it has none."""
    match = re.search(r"\bsrc (\d+(?:\.\d+){3})", text) or re.search(r"\binet (\d+(?:\.\d+){3})", text)
    return match[1] if match and not match[1].startswith("127.") else ""


def _listed(line: str) -> ListedDevice:
    known = _LISTED.fullmatch(line.rstrip())
    serial, rest = known.groups() if known else line.split(None, 1)
    facts = dict(_facts(rest))
    state = next((state for state in DeviceState if rest.startswith(state.value)), DeviceState.OTHER)
    return ListedDevice(serial, state, facts.get("model", "").replace("_", " "), facts.get("product", ""))


def _facts(text: str) -> Iterator[tuple[str, str]]:
    for word in text.split():
        key, colon, value = word.partition(":")
        if colon:
            yield key, value
