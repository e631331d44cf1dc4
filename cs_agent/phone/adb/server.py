"""The adb server itself: found by host and port, started on this machine when nobody answers there.

Rule: a server of our own runs on its own port and never disturbs one that somebody else uses; every wait ends.
"""

from __future__ import annotations

import os
import socket
import subprocess
from importlib import resources
from pathlib import Path

import adbutils
from adbutils import AdbClient, AdbConnection
from adbutils.errors import AdbError

from cs_agent.phone.errors import AdbServerUnreachable
from cs_agent.phone.waiting import wait_for

_ANSWER_S = 5.0  # longest wait for the server's own answers
_START_S = 15.0
_USB = Path("/dev/bus/usb")
_LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})


class BoundedClient(AdbClient):
    """adbutils' client without its waits for ever: it starts no server by itself, and asks the version once."""

    _version: int | None = None

    def make_connection(self, timeout: float | None = None) -> AdbConnection:
        connection = _Connection(self.host, self.port)
        connection.conn.settimeout(timeout or _ANSWER_S)
        connection.conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def server_version(self) -> int:
        if self._version is None:
            self._version = int(super().server_version())
        return self._version


class _Connection(AdbConnection):
    def _safe_connect(self) -> socket.socket:
        """Without starting a server of the default port on this machine, as adbutils would."""
        return self._create_socket()


def server_answers(client: BoundedClient) -> bool:
    """Whether an adb server listens and speaks the protocol."""
    try:
        return bool(AdbClient.server_version(client))  # asked anew, not remembered
    except (AdbError, OSError, EOFError, ValueError):
        return False


def ensure_server(client: BoundedClient) -> None:
    """Start the server unless it answers. AdbServerUnreachable where that cannot be done from here."""
    if server_answers(client):
        return
    if client.host not in _LOCAL:
        raise AdbServerUnreachable(f"no adb server answers at {client.host}:{client.port}")
    _start(client.port)
    if not wait_for(lambda: server_answers(client), _START_S):
        raise AdbServerUnreachable(f"adb was started but does not answer on port {client.port}")


def adb_program() -> Path:
    """ADBUTILS_ADB_PATH if set, else the adb that adbutils ships, else the one on the search path."""
    named = os.environ.get("ADBUTILS_ADB_PATH")
    if named:
        return Path(named)
    for name in ("adb", "adb.exe"):
        shipped = Path(str(resources.files("adbutils") / "binaries" / name))
        if shipped.is_file():
            return shipped
    try:
        return Path(adbutils.adb_path())
    except AdbError as error:
        raise AdbServerUnreachable(str(error)) from error


def _start(port: int) -> None:
    """Its output goes nowhere: the server that stays behind would keep a pipe open for ever."""
    environment = {**os.environ, "ADB_EMU": "0"}  # else it adds emulators for every odd port it finds
    if not _USB.exists():
        environment["ADB_LIBUSB"] = "0"  # else it looks for a bus for three seconds that is not there
    try:
        subprocess.run(
            [str(adb_program()), "-P", str(port), "start-server"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_START_S,
            check=True,
            start_new_session=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise AdbServerUnreachable(f"adb cannot be started: {error}") from error
