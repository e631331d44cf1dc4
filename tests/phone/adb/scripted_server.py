"""An adb server with one phone behind it whose every answer a test writes: for phones that nobody can buy.

It speaks the host protocol and shell v2 as far as `cs_agent.phone.adb.transport` uses them; everything else is refused.
"""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

SERIAL = "scripted"


@dataclass(frozen=True)
class Answer:
    """`cut`: the connection ends before the answer does; `hang`: nothing ever comes."""

    stdout: str | bytes = ""
    stderr: str = ""
    status: int = 0
    cut: bool = False
    hang: bool = False


Script = Callable[[str], Answer | str | bytes]


@dataclass
class ScriptedServer:
    """`script` maps a command to its answer; `commands` is what was asked, in order."""

    script: Script
    features: str = "shell_v2,cmd"
    refusal: str = ""  # FAIL text for every transport
    commands: list[str] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._ended = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _accept(self) -> None:
        while not self._ended.is_set():
            try:
                conn, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(conn,), daemon=True).start()

    def _serve(self, conn: socket.socket) -> None:
        with conn:
            try:
                while request := _request(conn):
                    if not self._answer(conn, request):
                        return
            except OSError:
                return

    def _answer(self, conn: socket.socket, request: str) -> bool:
        """Whether the connection goes on."""
        if request.startswith("host:tport:"):
            if self.refusal:
                conn.sendall(_fail(self.refusal))
                return False
            conn.sendall(b"OKAY" + bytes(8))
            return True
        if request.startswith("host"):
            conn.sendall(self._host_answer(request))
            return False
        kind, _, command = request.partition(":")
        self.commands.append(command)
        self._run(conn, kind, command)
        return False

    def _host_answer(self, request: str) -> bytes:
        if request == "host:version":
            return b"OKAY" + _block("0029")
        if self.refusal:
            return _fail(self.refusal)
        if request.endswith(":features"):
            return b"OKAY" + _block(self.features)
        if request.endswith(":get-state"):
            return b"OKAY" + _block("device")
        return _fail("unknown host service")

    def _run(self, conn: socket.socket, kind: str, command: str) -> None:
        told = self.script(command)
        answer = told if isinstance(told, Answer) else Answer(told)
        conn.sendall(b"OKAY")
        if answer.hang:
            self._ended.wait(10)
            return
        stdout = answer.stdout.encode() if isinstance(answer.stdout, str) else answer.stdout
        if kind == "shell,v2":
            packets = _packet(1, stdout) + _packet(2, answer.stderr.encode()) + _packet(3, bytes([answer.status]))
            conn.sendall(packets[:-3] if answer.cut else packets)
        else:
            conn.sendall(stdout + answer.stderr.encode())


def _request(conn: socket.socket) -> str:
    length = conn.recv(4)
    return conn.recv(int(length, 16)).decode() if length else ""


def _packet(kind: int, data: bytes) -> bytes:
    return struct.pack("<BI", kind, len(data)) + data if data or kind == 3 else b""


def _block(text: str) -> bytes:
    return f"{len(text):04x}{text}".encode()


def _fail(text: str) -> bytes:
    return b"FAIL" + _block(text)
