"""The device's end of an ADB connection: bytes in, bytes and events out, no network."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_agent.demo.phone.adbd.connection import (
    Admission,
    Closed,
    Connection,
    Event,
    Online,
    Opened,
    Received,
    Writable,
)
from cs_agent.demo.phone.adbd.frames import (
    MAX_DATA,
    VERSION,
    VERSION_WITH_CHECKSUM,
    BadFrame,
    Command,
    FrameParser,
    checksum,
    encode,
)

BANNER = "device::ro.product.name=n;features=shell_v2,cmd"
TOKEN = b"t" * 20
HELLO = encode(Command.CNXN, VERSION, MAX_DATA, b"host::features=shell_v2,stat_v2", with_sum=True)

Answer = tuple[Command, int, int, bytes]


def make(admission: Admission = Admission.OPEN, max_data: int = MAX_DATA) -> Connection:
    return Connection(BANNER, admission, max_data, make_token=lambda: TOKEN)


def answers(connection: Connection) -> list[Answer]:
    raw = b"".join(bytes(part) for part in connection.take_output())
    return [(Command(f.command), f.arg0, f.arg1, f.payload) for f in FrameParser().feed(raw)]


def feed(connection: Connection, *frames: bytes) -> tuple[list[Event], list[Answer]]:
    events = connection.receive(b"".join(frames))
    return events, answers(connection)


def online(max_data: int = MAX_DATA, hello: bytes = HELLO) -> Connection:
    connection = make(max_data=max_data)
    connection.receive(hello)
    connection.take_output()
    return connection


def opened(service: str = "sync:") -> Connection:
    """Stream 1 here is stream 9 at the host."""
    connection = online()
    connection.receive(encode(Command.OPEN, 9, 0, service.encode() + b"\0"))
    connection.accept(1)
    connection.take_output()
    return connection


# --- connecting


def test_the_phone_answers_a_connect_with_its_banner_and_learns_the_hosts_features() -> None:
    events, sent = feed(make(), HELLO)
    assert events == [Online(frozenset({"shell_v2", "stat_v2"}))]
    assert sent == [(Command.CNXN, VERSION, MAX_DATA, BANNER.encode())]


def test_the_phone_says_nothing_before_the_host_has_spoken() -> None:
    connection = make()
    assert connection.take_output() == []
    events, sent = feed(connection, encode(Command.OPEN, 1, 0, b"shell:ls\0"))
    assert (events, sent) == ([], [])


def test_a_silent_phone_answers_nothing_until_it_is_back() -> None:
    connection = make(Admission.SILENT)
    assert feed(connection, HELLO) == ([], [])
    assert connection.admit() == [Online(frozenset({"shell_v2", "stat_v2"}))]
    assert answers(connection) == [(Command.CNXN, VERSION, MAX_DATA, BANNER.encode())]


def test_a_key_is_wanted_before_the_host_may_in() -> None:
    connection = make(Admission.KEY_WANTED)
    assert feed(connection, HELLO) == ([], [(Command.AUTH, 1, 0, TOKEN)])
    signature = encode(Command.AUTH, 2, 0, b"s" * 256)
    assert feed(connection, signature) == ([], [(Command.AUTH, 1, 0, TOKEN)])
    public_key = encode(Command.AUTH, 3, 0, b"QAAAA host\0")
    assert feed(connection, public_key) == ([], [])
    assert feed(connection, encode(Command.OPEN, 9, 0, b"shell:ls\0")) == ([], [])
    connection.admit()
    assert [answer[0] for answer in answers(connection)] == [Command.CNXN]


def test_endless_signatures_end_the_connection() -> None:
    connection = make(Admission.KEY_WANTED)
    connection.receive(HELLO)
    with pytest.raises(BadFrame, match="signatures"):
        connection.receive(encode(Command.AUTH, 2, 0, b"s" * 256) * 100)


def test_admitting_a_host_that_is_in_changes_nothing() -> None:
    connection = online()
    assert connection.admit() == []
    assert answers(connection) == []


def test_a_second_connect_closes_the_streams_of_the_first() -> None:
    events, _ = feed(opened(), HELLO)
    assert events[0] == Closed(1)
    assert isinstance(events[1], Online)


def test_a_host_of_the_old_version_gets_checksums_and_must_send_them() -> None:
    old = encode(Command.CNXN, VERSION_WITH_CHECKSUM, 4096, b"host::", with_sum=True)
    connection = online(hello=old)
    connection.receive(encode(Command.OPEN, 9, 0, b"sync:\0", with_sum=True))
    connection.accept(1)
    connection.write(1, b"abc")
    raw = b"".join(bytes(part) for part in connection.take_output())
    assert [f.checksum for f in FrameParser().feed(raw)] == [0, checksum(b"abc")]
    with pytest.raises(BadFrame, match="sum"):
        connection.receive(encode(Command.WRTE, 9, 1, b"abc"))


def test_a_host_of_the_new_version_need_not_send_checksums() -> None:
    events, _ = feed(opened(), encode(Command.WRTE, 9, 1, b"abc"))
    assert events == [Received(1, b"abc")]


# --- streams


def test_an_open_is_accepted_with_both_ids() -> None:
    connection = online()
    events, _ = feed(connection, encode(Command.OPEN, 9, 0, b"shell:echo hi\0"))
    assert events == [Opened(1, "shell:echo hi")]
    connection.accept(1)
    assert answers(connection) == [(Command.OKAY, 1, 9, b"")]


def test_an_open_is_refused_with_a_close_from_stream_nought() -> None:
    connection = online()
    connection.receive(encode(Command.OPEN, 9, 0, b"nonsense:\0"))
    connection.refuse(1)
    assert answers(connection) == [(Command.CLSE, 0, 9, b"")]


def test_an_open_without_an_id_is_ignored() -> None:
    assert feed(online(), encode(Command.OPEN, 0, 0, b"sync:\0")) == ([], [])


def test_one_write_must_be_acknowledged_before_the_next() -> None:
    connection = opened()
    connection.write(1, b"one")
    with pytest.raises(ValueError, match="may not write"):
        connection.write(1, b"two")
    events, sent = feed(connection, encode(Command.OKAY, 9, 1))
    assert events == [Writable(1)]
    assert sent == [(Command.WRTE, 1, 9, b"one")]
    connection.write(1, b"two")
    assert answers(connection) == [(Command.WRTE, 1, 9, b"two")]


@pytest.mark.parametrize(("ours", "theirs"), [(4096, 1 << 20), (1 << 20, 4096)])
def test_a_write_keeps_to_the_smaller_of_both_maximums(ours: int, theirs: int) -> None:
    hello = encode(Command.CNXN, VERSION, theirs, b"host::", with_sum=True)
    connection = online(ours, hello)
    connection.receive(encode(Command.OPEN, 9, 0, b"sync:\0"))
    connection.accept(1)
    assert connection.write_limit == 4096
    with pytest.raises(ValueError, match="4096"):
        connection.write(1, b"x" * 4097)
    connection.write(1, b"x" * 4096)
    assert answers(connection)[-1][0] == Command.WRTE


def test_received_data_is_acknowledged_when_the_service_says_so() -> None:
    connection = opened()
    events, sent = feed(connection, encode(Command.WRTE, 9, 1, b"data"))
    assert (events, sent) == ([Received(1, b"data")], [])
    connection.acknowledge(1)
    assert answers(connection) == [(Command.OKAY, 1, 9, b"")]


def test_the_hosts_close_is_never_answered() -> None:
    connection = opened()
    assert feed(connection, encode(Command.CLSE, 9, 1)) == ([Closed(1)], [])
    connection.close(1)
    assert answers(connection) == []


def test_our_close_is_sent_once() -> None:
    connection = opened()
    connection.close(1)
    connection.close(1)
    assert answers(connection) == [(Command.CLSE, 1, 9, b"")]
    assert feed(connection, encode(Command.CLSE, 9, 1)) == ([], [])


@pytest.mark.parametrize("command", [Command.OKAY, Command.WRTE, Command.CLSE])
def test_frames_for_unknown_streams_are_ignored(command: Command) -> None:
    assert feed(opened(), encode(command, 9, 77, b"")) == ([], [])
    assert feed(opened(), encode(command, 8, 1, b"")) == ([], [])


def test_streams_get_numbers_that_are_never_used_twice() -> None:
    connection = online()
    connection.receive(encode(Command.OPEN, 9, 0, b"a:\0"))
    connection.close(1)
    events, _ = feed(connection, encode(Command.OPEN, 10, 0, b"b:\0"))
    assert events == [Opened(2, "b:")]


commands = st.sampled_from([Command.OPEN, Command.OKAY, Command.WRTE, Command.CLSE, Command.AUTH, Command.SYNC])
ids = st.integers(0, 4)


@given(st.lists(st.tuples(commands, ids, ids, st.binary(max_size=8)), max_size=30))
def test_any_order_of_frames_leaves_a_working_connection(frames: list[tuple[Command, int, int, bytes]]) -> None:
    connection = online()
    for frame in frames:
        for event in connection.receive(encode(*frame)):
            if isinstance(event, Opened):
                connection.accept(event.stream_id)
            elif isinstance(event, Received):
                connection.acknowledge(event.stream_id)
    connection.take_output()
    events, _ = feed(connection, encode(Command.OPEN, 99, 0, b"sync:\0"))
    assert isinstance(events[-1], Opened)
