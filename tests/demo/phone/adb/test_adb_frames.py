"""ADB's frames survive any cutting of the bytes, and nonsense is noticed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_agent.demo.phone.adbd.frames import (
    HEADER_SIZE,
    BadFrame,
    Command,
    Frame,
    FrameParser,
    checksum,
    encode,
)

u32 = st.integers(0, 0xFFFFFFFF)
frames = st.tuples(st.sampled_from(list(Command)), u32, u32, st.binary(max_size=300))


def parsed(pieces: list[bytes], max_data: int = 1024) -> list[tuple[int, int, int, bytes]]:
    parser = FrameParser(max_data)
    return [(frame.command, frame.arg0, frame.arg1, frame.payload) for piece in pieces for frame in parser.feed(piece)]


def outcome(noise: bytes) -> tuple[list[tuple[int, int, int, bytes]], str]:
    """The frames, or why there are none."""
    try:
        return parsed([noise]), ""
    except BadFrame as error:
        return [], str(error)


def test_a_connect_frame_has_the_published_layout() -> None:
    raw = encode(Command.CNXN, 0x01000001, 4096, b"host::", with_sum=True)
    assert raw[:4] == b"CNXN"
    assert raw[4:8] == b"\x01\x00\x00\x01"
    assert raw[12:16] == b"\x06\x00\x00\x00"
    assert raw[16:20] == sum(b"host::").to_bytes(4, "little")
    assert raw[20:24] == bytes(byte ^ 0xFF for byte in b"CNXN")
    assert raw[HEADER_SIZE:] == b"host::"


@given(st.lists(frames, max_size=6), st.lists(st.integers(1, 400), max_size=30))
def test_frames_come_out_whole_however_the_bytes_are_cut(
    sent: list[tuple[Command, int, int, bytes]], cuts: list[int]
) -> None:
    stream = b"".join(encode(*frame) for frame in sent)
    pieces, rest = [], stream
    for cut in cuts:
        pieces.append(rest[:cut])
        rest = rest[cut:]
    assert parsed([*pieces, rest]) == sent


@given(st.binary(max_size=200))
def test_random_bytes_give_frames_or_an_error_and_nothing_else(noise: bytes) -> None:
    found, reason = outcome(noise)
    assert reason or all(len(payload) <= len(noise) for *_, payload in found)


def test_a_wrong_magic_is_an_error() -> None:
    raw = bytearray(encode(Command.OKAY, 1, 2))
    raw[20] ^= 1
    with pytest.raises(BadFrame, match="magic"):
        parsed([bytes(raw)])


def test_a_payload_over_the_announced_maximum_is_an_error_before_it_arrives() -> None:
    header_only = encode(Command.WRTE, 1, 2, b"x" * 1025)[:HEADER_SIZE]
    with pytest.raises(BadFrame, match="1025"):
        parsed([header_only])


def test_a_payload_of_exactly_the_maximum_passes() -> None:
    assert parsed([encode(Command.WRTE, 1, 2, b"x" * 1024)]) == [(Command.WRTE, 1, 2, b"x" * 1024)]


def test_an_unknown_command_is_a_frame_like_any_other() -> None:
    raw = bytearray(encode(Command.OKAY, 7, 8))
    raw[:4], raw[20:24] = b"WHAT", bytes(byte ^ 0xFF for byte in b"WHAT")
    assert next(iter(FrameParser().feed(bytes(raw)))) == Frame(int.from_bytes(b"WHAT", "little"), 7, 8)


@given(st.binary(max_size=5000))
def test_the_checksum_is_the_sum_of_the_bytes(payload: bytes) -> None:
    assert checksum(payload) == sum(payload)
