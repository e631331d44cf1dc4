"""Runs commands on one phone through an adb server, with a deadline on everything.

Rule: an answer is whole or it is an error; a phone that hangs never hangs the caller; a command that may have
reached the phone is never sent twice. Before it is sent, a lost adb server is started and a lost TCP phone
connected again.
"""

from __future__ import annotations

import re
import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from adbutils import AdbConnection, AdbDevice
from adbutils.errors import AdbError

from cs_agent.phone.adb.server import BoundedClient, ensure_server
from cs_agent.phone.errors import (
    AdbServerUnreachable,
    CommandFailed,
    ConnectionDropped,
    PhoneNotFound,
    PhoneOffline,
    PhoneTimeout,
    from_adb,
)

COMMAND_S = 10.0  # longest wait for an ordinary command
_CONNECT_S = 12.0  # adb gives up on a silent TCP phone after 10 s
_CHUNK = 1 << 18
_MDNS = re.compile(r"\._adb(?:-tls-connect)?\._tcp\.?$")
_EXIT_MARK = "cs_agent_exit:"

_T = TypeVar("_T")

_STDOUT, _STDERR, _EXIT = 1, 2, 3  # packet ids of the shell protocol, version 2


@dataclass(frozen=True, slots=True)
class Output:
    """What a command printed and how it ended."""

    stdout: str
    stderr: str
    status: int

    @property
    def text(self) -> str:
        """Both streams: phones of different makes complain on different ones."""
        return f"{self.stdout}\n{self.stderr}".strip()


class AdbLink:
    """Commands and streams of one phone. Safe to share between threads: each call has a connection of its own."""

    def __init__(self, serial: str, host: str = "127.0.0.1", port: int = 5037, *, starts_server: bool = True) -> None:
        """`starts_server`: whether to start the adb server of this machine again when it is gone."""
        self.serial = serial
        self.client = BoundedClient(host=host, port=port, socket_timeout=COMMAND_S)
        self.device = AdbDevice(self.client, serial=serial)
        self._starts_server = starts_server
        self._shell_v2: bool | None = None

    @property
    def is_tcp(self) -> bool:
        """Whether `adb connect` takes the serial: an address with a port, or a name of wireless debugging."""
        return ":" in self.serial or bool(_MDNS.search(self.serial))

    def shell(self, command: str, timeout: float = COMMAND_S) -> Output:
        """Run it and wait for its end. ConnectionDropped where its end was not seen."""
        if not self._has_shell_v2():
            return self._shell_v1(command, timeout)
        deadline = time.monotonic() + timeout
        with self.stream(f"shell,v2:{command}", timeout) as connection:
            return _read_shell(connection.conn, deadline, self.serial)

    def check(self, command: str, timeout: float = COMMAND_S) -> Output:
        """As `shell`; CommandFailed for an exit status other than 0."""
        output = self.shell(command, timeout)
        if output.status:
            raise CommandFailed(f"{self.serial}: {command!r} ended with {output.status}: {output.text[:300]}")
        return output

    def exec_out(self, command: str, timeout: float = COMMAND_S) -> bytes:
        """The bytes a command prints, untouched by any terminal; its exit status is not known."""
        deadline = time.monotonic() + timeout
        with self.stream(f"exec:{command}", timeout) as connection:
            return _read_all(connection.conn, deadline, self.serial)

    def state(self) -> str:
        """device, offline, recovery …; raises for a phone that is not there or not authorised."""
        return self._asked(self.device.get_state)

    def reconnect(self) -> str:
        """Connect a TCP phone again; the adb server's words. ConnectionFault where it cannot be reached."""
        return connect(self.client, self.serial)

    @contextmanager
    def stream(self, service: str, timeout: float = COMMAND_S) -> Iterator[AdbConnection]:
        """A connection on which that service of the phone was opened; every read waits at most `timeout`."""
        connection = self._reconnecting(lambda: self.device.open_transport(timeout=timeout))
        try:
            self._open(connection, service)
            yield connection
        except (AdbError, OSError, EOFError) as error:
            raise from_adb(error, self.serial) from error
        finally:
            connection.conn.close()  # not connection.close(): it sleeps

    def _open(self, connection: AdbConnection, service: str) -> None:
        """Ask for the service. What the adb server or the phone refuses here has not been carried out."""
        try:
            connection.send_command(service)
            connection.check_okay()
        except AdbError as error:
            raise from_adb(error, self.serial, reached=False) from error

    def _reconnecting(self, ask: Callable[[], _T]) -> _T:
        """For what asks nothing of the phone yet, so that connecting again and asking again is harmless."""
        try:
            return self._asked_of_server(ask)
        except (PhoneNotFound, PhoneOffline):
            if not self.is_tcp:
                raise
            self.reconnect()
            return self._asked(ask)

    def _asked_of_server(self, ask: Callable[[], _T]) -> _T:
        try:
            return self._asked(ask)
        except AdbServerUnreachable:
            if not self._starts_server:
                raise
            ensure_server(self.client)
            return self._asked(ask)

    def _asked(self, ask: Callable[[], _T]) -> _T:
        """For what only the adb server answers."""
        try:
            return ask()
        except (AdbError, OSError, EOFError) as error:
            raise from_adb(error, self.serial, reached=False) from error

    def _has_shell_v2(self) -> bool:
        if self._shell_v2 is None:
            features = self._reconnecting(self.device.get_features)
            self._shell_v2 = "shell_v2" in features.split(",")
        return self._shell_v2

    def _shell_v1(self, command: str, timeout: float) -> Output:
        """For phones before Android 7: one stream, and the exit status printed behind it."""
        data = self.exec_out(f"{command}\necho {_EXIT_MARK}$?", timeout).decode("utf-8", "replace")
        text, mark, status = data.rpartition(_EXIT_MARK)
        if not mark or not status.strip().isdecimal():
            raise ConnectionDropped(f"{self.serial}: the end of {command!r} was not seen")
        return Output(text, "", int(status))


def connect(client: BoundedClient, address: str, timeout: float = _CONNECT_S) -> str:
    """`adb connect`, whose failures look like successes to its caller: told apart by its words."""
    try:
        words = client.connect(address, timeout=timeout)
    except (AdbError, OSError, EOFError) as error:
        raise from_adb(error, address, reached=False) from error
    if words.startswith(("connected to", "already connected to")):
        return words
    if "authenticate" in words:
        raise from_adb(AdbError("device unauthorized"), address)
    raise PhoneNotFound(f"{address}: {words}")


def _read_shell(conn: socket.socket, deadline: float, serial: str) -> Output:
    """Packets (id, length, bytes) until the one that carries the exit status."""
    streams = {_STDOUT: bytearray(), _STDERR: bytearray()}
    while True:
        kind, length = struct.unpack("<BI", _read_exactly(conn, 5, deadline, serial))
        data = _read_exactly(conn, length, deadline, serial)
        if kind == _EXIT:
            stdout, stderr = (bytes(part).decode("utf-8", "replace") for part in streams.values())
            return Output(stdout, stderr, data[0])
        if kind in streams:
            streams[kind] += data


def _read_exactly(conn: socket.socket, size: int, deadline: float, serial: str) -> bytes:
    data = bytearray()
    while len(data) < size:
        part = _receive(conn, size - len(data), deadline, serial)
        if not part:
            raise ConnectionDropped(f"{serial}: the connection ended in the middle of an answer")
        data += part
    return bytes(data)


def _read_all(conn: socket.socket, deadline: float, serial: str) -> bytes:
    parts = []
    while part := _receive(conn, _CHUNK, deadline, serial):
        parts.append(part)
    return b"".join(parts)


def _receive(conn: socket.socket, size: int, deadline: float, serial: str) -> bytes:
    left = deadline - time.monotonic()
    if left <= 0:
        raise PhoneTimeout(f"{serial}: no complete answer in time")
    conn.settimeout(left)
    return conn.recv(min(size, _CHUNK))
