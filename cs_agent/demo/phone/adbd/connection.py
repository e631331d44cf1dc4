"""The device's end of one ADB connection, as a state machine without I/O.

Rule: bytes go in by `receive`, events come out; answers are collected by `take_output`. It keeps ADB's promises:
one unacknowledged WRTE per stream, never more than both sides' maximum, CLSE once and never in answer to one,
unknown stream ids ignored.

    waiting for CNXN ──► (silent | key wanted) ──admit──► online ──► (connection lost)
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, IntEnum, auto

from cs_agent.demo.phone.adbd.frames import (
    MAX_DATA,
    VERSION,
    VERSION_WITH_CHECKSUM,
    BadFrame,
    Command,
    Frame,
    FrameParser,
    checksum,
    header,
)

TOKEN_SIZE = 20  # bytes, a SHA-1's worth
_MAX_SIGNATURES = 32  # a host offers each of its keys once; more is no host


class Admission(Enum):
    """How the phone treats a host that wants to connect."""

    OPEN = auto()
    KEY_WANTED = auto()  # the dialog on the phone is open
    SILENT = auto()  # no answer at all


class AuthKind(IntEnum):
    TOKEN = 1
    SIGNATURE = 2
    PUBLIC_KEY = 3


class ConnectionState(Enum):
    WAITING = auto()
    HELD = auto()  # the host has spoken, the phone has not let it in yet
    ONLINE = auto()


@dataclass(frozen=True, slots=True)
class Online:
    """The host is connected; `features` are what it understands."""

    features: frozenset[str]


@dataclass(frozen=True, slots=True)
class Opened:
    """The host asks for a service: answer with `accept` or `refuse`."""

    stream_id: int
    service: str


@dataclass(frozen=True, slots=True)
class Received:
    """Data for a stream: answer with `acknowledge` when there is room for more."""

    stream_id: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Writable:
    """The host took what was written, or accepted a stream of ours: the stream may write again."""

    stream_id: int


@dataclass(frozen=True, slots=True)
class Closed:
    stream_id: int


Event = Online | Opened | Received | Writable | Closed


@dataclass(slots=True)
class _StreamState:
    remote_id: int
    accepted: bool = False
    writable: bool = False


@dataclass(slots=True)
class Connection:
    """`banner` is the text of our CNXN. ValueError when a stream is used against the rules."""

    banner: str
    admission: Admission = Admission.OPEN
    max_data: int = MAX_DATA
    make_token: Callable[[], bytes] = field(default=lambda: secrets.token_bytes(TOKEN_SIZE))
    state: ConnectionState = field(default=ConnectionState.WAITING, init=False)
    _parser: FrameParser = field(init=False)
    _output: list[bytes | memoryview] = field(default_factory=list, init=False)
    _streams: dict[int, _StreamState] = field(default_factory=dict, init=False)
    _next_id: int = field(default=1, init=False)
    _peer_max: int = field(default=MAX_DATA, init=False)
    _version: int = field(default=VERSION, init=False)
    _features: frozenset[str] = field(default=frozenset(), init=False)
    _signatures: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self._parser = FrameParser(self.max_data)

    # --- bytes in, bytes out

    def receive(self, data: bytes) -> list[Event]:
        """Take bytes from the host; BadFrame ends the connection."""
        events: list[Event] = []
        for frame in self._parser.feed(data):
            events += self._handle(frame)
        return events

    def take_output(self) -> list[bytes | memoryview]:
        """What is to be sent to the host now, in order."""
        output, self._output = self._output, []
        return output

    def admit(self) -> list[Event]:
        """Let a held host in: the key was accepted, or the phone is back."""
        self.admission = Admission.OPEN
        if self.state is not ConnectionState.HELD:
            return []
        return self._go_online()

    # --- streams

    @property
    def write_limit(self) -> int:
        """The most bytes one `write` may carry."""
        return min(self.max_data, self._peer_max)

    def accept(self, stream_id: int) -> None:
        stream = self._streams[stream_id]
        stream.accepted = stream.writable = True
        self._send(Command.OKAY, stream_id, stream.remote_id)

    def refuse(self, stream_id: int) -> None:
        stream = self._streams.pop(stream_id)
        self._send(Command.CLSE, 0, stream.remote_id)

    def acknowledge(self, stream_id: int) -> None:
        if stream := self._streams.get(stream_id):
            self._send(Command.OKAY, stream_id, stream.remote_id)

    def write(self, stream_id: int, data: bytes | memoryview) -> None:
        stream = self._streams.get(stream_id)
        if stream is None or not stream.writable:
            raise ValueError(f"stream {stream_id} may not write now")
        if not 0 < len(data) <= self.write_limit:
            raise ValueError(f"{len(data)} bytes in one write; 1 to {self.write_limit} are allowed")
        stream.writable = False
        self._send(Command.WRTE, stream_id, stream.remote_id, data)

    def close(self, stream_id: int) -> None:
        """Close our side; nothing happens when the host was first."""
        if stream := self._streams.pop(stream_id, None):
            self._send(Command.CLSE, stream_id, stream.remote_id)

    # --- frames from the host

    def _handle(self, frame: Frame) -> list[Event]:
        if frame.command == Command.CNXN:
            return self._on_connect(frame)
        self._verify_sum(frame)
        if frame.command == Command.AUTH:
            return self._on_auth(frame)
        if self.state is not ConnectionState.ONLINE:
            return []
        handlers: dict[int, Callable[[Frame], list[Event]]] = {
            Command.OPEN: self._on_open,
            Command.OKAY: self._on_okay,
            Command.WRTE: self._on_write,
            Command.CLSE: self._on_close,
        }
        handler = handlers.get(frame.command)
        return handler(frame) if handler else []

    def _verify_sum(self, frame: Frame) -> None:
        if self._version <= VERSION_WITH_CHECKSUM and frame.checksum != checksum(frame.payload):
            raise BadFrame("the payload's sum is wrong")

    def _on_connect(self, frame: Frame) -> list[Event]:
        events: list[Event] = [Closed(stream_id) for stream_id in self._streams]
        self._streams.clear()
        self._version = min(frame.arg0, VERSION)
        self._peer_max = max(frame.arg1, 1)
        self._features = _features(frame.payload)
        if self.admission is Admission.OPEN:
            return events + self._go_online()
        self.state = ConnectionState.HELD
        if self.admission is Admission.KEY_WANTED:
            self._signatures = 0
            self._send(Command.AUTH, AuthKind.TOKEN, 0, self.make_token())
        return events

    def _go_online(self) -> list[Event]:
        self.state = ConnectionState.ONLINE
        self._send(Command.CNXN, VERSION, self.max_data, self.banner.encode())
        return [Online(self._features)]

    def _on_auth(self, frame: Frame) -> list[Event]:
        if self.state is not ConnectionState.HELD or frame.arg0 != AuthKind.SIGNATURE:
            return []  # a public key opens the dialog on the phone; somebody's `admit` answers
        self._signatures += 1
        if self._signatures > _MAX_SIGNATURES:
            raise BadFrame("too many signatures")
        self._send(Command.AUTH, AuthKind.TOKEN, 0, self.make_token())
        return []

    def _on_open(self, frame: Frame) -> list[Event]:
        if frame.arg0 == 0:
            return []
        stream_id = self._new_stream(frame.arg0)
        return [Opened(stream_id, frame.payload.rstrip(b"\0").decode(errors="surrogateescape"))]

    def _on_okay(self, frame: Frame) -> list[Event]:
        stream = self._streams.get(frame.arg1)
        if stream is None or not self._belongs(stream, frame.arg0):
            return []
        stream.remote_id = frame.arg0
        stream.accepted = stream.writable = True
        return [Writable(frame.arg1)]

    def _on_write(self, frame: Frame) -> list[Event]:
        stream = self._streams.get(frame.arg1)
        if stream is None or stream.remote_id != frame.arg0:
            return []
        return [Received(frame.arg1, frame.payload)]

    def _on_close(self, frame: Frame) -> list[Event]:
        stream = self._streams.get(frame.arg1)
        refused = frame.arg0 == 0 and stream is not None and not stream.accepted
        if stream is None or not (refused or self._belongs(stream, frame.arg0)):
            return []
        del self._streams[frame.arg1]
        return [Closed(frame.arg1)]

    @staticmethod
    def _belongs(stream: _StreamState, remote_id: int) -> bool:
        """A stream that we opened learns the host's id from the first answer."""
        return remote_id != 0 and stream.remote_id in (0, remote_id)

    def _new_stream(self, remote_id: int) -> int:
        stream_id = self._next_id
        self._next_id += 1
        self._streams[stream_id] = _StreamState(remote_id)
        return stream_id

    def _send(self, command: Command, arg0: int, arg1: int, payload: bytes | memoryview = b"") -> None:
        with_sum = self._version <= VERSION_WITH_CHECKSUM or command in (Command.CNXN, Command.AUTH)
        self._output.append(header(command, arg0, arg1, payload, with_sum))
        if payload:
            self._output.append(payload)


def _features(banner: bytes) -> frozenset[str]:
    """From `host::features=shell_v2,cmd,…`; empty when the host names none."""
    text = banner.rstrip(b"\0").decode(errors="replace")
    _, _, properties = text.partition("::")
    for item in properties.split(";"):
        name, _, value = item.partition("=")
        if name == "features":
            return frozenset(filter(None, value.split(",")))
    return frozenset()
