"""Frames and marks on disk: nothing lost, nothing doubled, and a recorder that fails says so."""

import resource
import signal
import subprocess
import sys
import textwrap
import threading
from contextlib import contextmanager

import pytest
from PIL import Image

from cs_agent.geometry import Size
from cs_agent.observation import Screenshot
from cs_agent.recording.errors import RecordingDiskFull, RecordingUnwritable
from cs_agent.recording.index import INDEX_NAME, EndMark, Frame, ResumeMark, StepMark, TouchMark, WaitMark, read_index
from cs_agent.recording.writer import FrameWriter, stored_size
from tests.recording.conftest import START, screen, shot


def frames_in(directory):
    return [entry for entry in read_index(directory) if isinstance(entry, Frame)]


def test_frames_are_stored_with_their_times(writer, directory):
    writer.add(shot(1, 0))
    writer.add(shot(2, 0.25))
    found = frames_in(directory)
    assert [entry.at - START for entry in found] == [0, 0.25]
    assert [Image.open(directory / entry.file).size for entry in found] == [(216, 480)] * 2


def test_an_unchanged_screen_is_stored_once(writer, directory):
    assert [writer.add(shot(1, at)) for at in range(5)] == [True, False, False, False, False]
    assert [writer.add(shot(number, 5 + number)) for number in (2, 1)] == [True, True]
    assert len(frames_in(directory)) == 3


def test_a_screenshot_seen_before_is_not_even_looked_at(directory):
    looked = []
    with FrameWriter(directory, redact=lambda image: looked.append(1) or image) as writer:
        same = Screenshot(screen(1), START, sequence=7)
        assert [writer.add(same), writer.add(same)] == [True, False]
    assert looked == [1]


def test_a_large_screen_is_stored_small_with_even_sides(writer, directory):
    writer.add(shot(1, 0, size=(1080, 2401)))
    frame = frames_in(directory)[0]
    assert (frame.width, frame.height) == (540, 1200)


@pytest.mark.parametrize(
    ("size", "stored"),
    [
        (Size(1080, 2400), Size(540, 1200)),
        (Size(2400, 1080), Size(1200, 540)),
        (Size(321, 641), Size(320, 640)),
        (Size(1, 1), Size(2, 2)),
    ],
)
def test_the_short_side_is_bounded_and_both_sides_are_even(size, stored):
    assert stored_size(size) == stored


def test_only_what_was_redacted_is_stored(directory):
    with FrameWriter(directory, redact=lambda image: Image.new("RGB", image.size, "black")) as writer:
        writer.add(shot(3, 0))
    stored = Image.open(directory / frames_in(directory)[0].file)
    assert stored.convert("L").getextrema()[1] < 8


def test_a_picture_that_could_not_be_redacted_is_not_stored(directory):
    def broken(image):
        raise ValueError("no redaction today")

    with FrameWriter(directory, redact=broken) as writer, pytest.raises(ValueError, match="no redaction"):
        writer.add(shot(1, 0))
    assert list(directory.glob("*.jpg")) == []


def test_marks_come_back_as_they_were_given(writer, directory):
    writer.mark_step(3, "点击“提交”", "确认", at=START)
    writer.mark_touch((10, 20), Size(1080, 2400), human=True, at=START + 1)
    writer.mark_wait("等待确认", at=START + 2)
    writer.mark_resume(at=START + 3)
    assert read_index(directory) == [
        StepMark(START, 3, "点击“提交”", "确认"),
        TouchMark(START + 1, (10, 20), 1080, 2400, True),
        WaitMark(START + 2, "等待确认"),
        ResumeMark(START + 3),
    ]


def test_a_mark_without_a_time_is_made_now(directory):
    with FrameWriter(directory, clock=lambda: START + 42) as writer:
        writer.mark_step(1, "a")
    assert [entry.at for entry in read_index(directory)] == [START + 42, START + 42]


def test_marks_and_frames_come_back_in_the_order_of_their_times(writer, directory):
    writer.add(shot(1, 3))
    writer.mark_step(1, "a", at=START + 2)
    assert [entry.kind for entry in read_index(directory)] == ["step", "frame"]


def test_a_clock_set_back_does_not_mix_two_activations(directory):
    with FrameWriter(directory, clock=lambda: START + 10) as writer:
        writer.add(shot(1, 9))
    with FrameWriter(directory, clock=lambda: START + 4) as writer:
        writer.add(shot(2, 3))
    assert [entry.at - START for entry in read_index(directory)] == [9, 10, 10, 10]


def test_one_activation_after_another_adds_to_the_same_recording(directory):
    for number in range(3):
        with FrameWriter(directory, clock=lambda number=number: START + number + 0.5) as writer:
            writer.add(shot(number, number))
    kinds = [entry.kind for entry in read_index(directory)]
    assert kinds == ["frame", "end"] * 3
    assert len({entry.file for entry in frames_in(directory)}) == 3


def test_a_late_writer_cannot_overwrite_the_frames_of_its_successor(directory):
    first, second = FrameWriter(directory), FrameWriter(directory)
    for number in range(4):
        first.add(shot(number, number))
        second.add(shot(100 + number, number))
    first.close()
    second.close()
    assert len({entry.file for entry in frames_in(directory)}) == 8


def test_closing_twice_marks_one_end(directory):
    writer = FrameWriter(directory)
    writer.close()
    writer.close()
    assert [type(entry) for entry in read_index(directory)] == [EndMark]


def test_many_threads_may_record_at_once(writer, directory):
    def record(base):
        for number in range(10):
            writer.add(shot(base + number, number))
            writer.mark_step(base + number, "x", at=START + number)

    threads = [threading.Thread(target=record, args=(base,)) for base in (0, 100, 200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    entries = read_index(directory)
    assert len(entries) == 60
    assert len({entry.file for entry in entries if isinstance(entry, Frame)}) == 30


def test_a_killed_process_loses_nothing_it_had_recorded(directory):
    script = textwrap.dedent(
        f"""
        import sys, time
        from PIL import Image
        from cs_agent.observation import Screenshot
        from cs_agent.recording.writer import FrameWriter
        writer = FrameWriter({str(directory)!r})
        for number in range(1000):
            writer.add(Screenshot(Image.new("RGB", (64, 64), (number % 256, number // 256, 0)), {START} + number))
            print(number, flush=True)
        """
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as process:
        told = [int(process.stdout.readline()) for _ in range(20)][-1]
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=30)
    found = frames_in(directory)
    assert len(found) > told
    assert all((directory / entry.file).stat().st_size > 100 for entry in found)


def test_a_torn_line_spoils_only_itself(directory):
    with FrameWriter(directory) as writer:
        writer.add(shot(1, 0))
    with (directory / INDEX_NAME).open("ab") as index:
        index.write(b'{"kind": "frame", "at": 17000')
    with FrameWriter(directory) as writer:
        writer.add(shot(2, 1))
    assert len(frames_in(directory)) == 2


@pytest.mark.parametrize(
    "line",
    [b"\xff\xfe", b"[]", b"null", b"{}", b'{"kind":"cake","at":1}', b'{"kind":"step","at":"x"}', b'{"kind":"frame"}'],
)
def test_a_line_that_makes_no_sense_is_passed_over(writer, directory, line):
    with (directory / INDEX_NAME).open("ab") as index:
        index.write(line + b"\n")
    writer.add(shot(1, 0))
    assert len(read_index(directory)) == 1


def test_nothing_was_recorded_where_nothing_is(tmp_path):
    assert read_index(tmp_path / "nowhere") == []


def test_a_directory_that_cannot_be_made_is_a_typed_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RecordingUnwritable) as caught:
        FrameWriter(tmp_path / "file" / "run")
    assert caught.value.advice


@contextmanager
def no_file_larger_than(size):
    """As on a full disk, but of this process only."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("act", [lambda w: w.add(shot(2, 1)), lambda w: w.mark_step(1, "a", at=START)])
def test_a_full_disk_is_named_and_the_recorder_is_unfit_until_a_picture_is_stored(directory, act):
    with FrameWriter(directory, min_free_bytes=0, clock=lambda: START + 9) as writer:
        writer.add(shot(1, 0))
        with no_file_larger_than(10), pytest.raises(RecordingDiskFull) as caught:
            act(writer)
        assert caught.value.advice
        assert caught.value.retryable
        with pytest.raises(RecordingDiskFull):
            writer.check()
        assert writer.add(shot(2, 2))
        writer.check()
    assert [entry.at - START for entry in read_index(directory)] == [0, 2, 9]


def test_a_line_of_which_only_a_part_fitted_spoils_only_itself(directory):
    with FrameWriter(directory, clock=lambda: START + 9) as writer:
        writer.add(shot(1, 0))
        size = (directory / INDEX_NAME).stat().st_size
        with no_file_larger_than(size + 20), pytest.raises(RecordingDiskFull):
            writer.mark_step(1, "a", at=START + 1)
        writer.mark_step(2, "b", at=START + 2)
    assert [entry.at - START for entry in read_index(directory)] == [0, 2, 9]


def test_too_little_room_stops_sensitive_steps_before_the_disk_is_full(directory):
    with FrameWriter(directory, min_free_bytes=2**62) as writer:
        writer.add(shot(1, 0))
        with pytest.raises(RecordingDiskFull, match="MiB are left"):
            writer.check()


def test_a_working_recorder_passes_its_check(directory):
    with FrameWriter(directory, min_free_bytes=0) as writer:
        writer.check()
        assert writer.add(shot(1, 0))


def test_a_picture_has_its_name_only_once_it_is_whole(writer, directory):
    """Who rewrites files while a run goes on (to encrypt them) would cut short what is being written."""
    opened = []
    listening = [True]

    def hear(event, arguments):
        if listening and event == "open" and "x" in str(arguments[1] or ""):
            opened.append(str(arguments[0]))

    sys.addaudithook(hear)  # cannot be taken away: it is made deaf below
    writer.add(shot(1, 0))
    listening.clear()
    assert [name for name in opened if name.startswith(str(directory))]
    assert not [name for name in opened if name.endswith(".jpg")]
    assert not list(directory.glob("*.part"))


def test_a_picture_takes_nobodys_place(directory):
    with FrameWriter(directory) as writer:
        (directory / "0000001.jpg").write_bytes(b"another's")
        (directory / "0000002.part").write_bytes(b"begun by another")
        writer.add(shot(1, 0))
    assert [frame.file for frame in frames_in(directory)] == ["0000003.jpg"]
    assert (directory / "0000001.jpg").read_bytes() == b"another's"
    assert (directory / "0000002.part").read_bytes() == b"begun by another"
