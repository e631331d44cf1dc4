"""The recorder: every frame is on disk at once and covered, standing pages turn sharp, nobody waits for a reading."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from cs_agent.engine.actions.values import Type
from cs_agent.engine.run.state import StepRecord, StepStatus
from cs_agent.geometry import Box
from cs_agent.observation import TextLine, UiNode
from cs_agent.recording.encode import encode
from cs_agent.recording.index import Frame, StepMark, TouchMark, read_index
from cs_agent.vision.redaction import RedactionPolicy
from cs_agent.vision.redaction.pictures import FILL
from tests.evidence.conftest import until
from tests.evidence.screens import MOBILE, KnowingReader, box_of, frame, ink
from tickets.runner.pictures.page_reader import PATIENCE_S, QUIET_S, STANDS_S, KeptPicture, PageReader
from tickets.runner.pictures.recorders import RunRecorder
from tickets.runner.pictures.redactors import Redactor
from tickets.services.evidence import pictures

TITLE = "客户资料"
MOBILE_BOX = box_of(1, MOBILE)


@pytest.fixture
def reader() -> KnowingReader:
    return KnowingReader()


@pytest.fixture
def recorder(tmp_path: Path, reader: KnowingReader, settings: Any) -> Iterator[RunRecorder]:
    settings.MEDIA_ROOT = tmp_path / "media"
    recorder = RunRecorder(uuid.uuid4(), tmp_path / "frames", Redactor(RedactionPolicy(), reader))
    recorder.start()
    yield recorder
    reader.may_end.set()
    recorder.close()


def stored(tmp_path: Path) -> list[tuple[float, Image.Image]]:
    """The recorded pictures in order of time; of one moment the later written comes last."""
    folder = tmp_path / "frames"
    return [
        (entry.at, Image.open(folder / entry.file).convert("RGB"))
        for entry in read_index(folder)
        if isinstance(entry, Frame)
    ]


def near_fill(pixel: Any) -> bool:
    """JPEG does not keep a colour to the last bit."""
    return all(abs(a - b) < 12 for a, b in zip(pixel, FILL, strict=True))


def test_a_standing_page_is_stored_blurred_at_once_and_sharp_when_it_was_read(
    recorder: RunRecorder, reader: KnowingReader, tmp_path: Path
) -> None:
    reader.may_end.clear()
    recorder.add(frame(reader.knows(TITLE, MOBILE), at=100.0))
    assert reader.began.wait(5)
    [(at, early)] = stored(tmp_path)
    assert at == 100.0
    assert ink(early, box_of(0, TITLE)) < 60
    reader.may_end.set()
    until(lambda: len(stored(tmp_path)) == 2)
    at, late = stored(tmp_path)[-1]
    assert at == 100.0
    assert ink(late, box_of(0, TITLE)) > 150
    assert near_fill(late.getpixel((MOBILE_BOX.right - 40, MOBILE_BOX.top + 20)))


def test_no_recorded_picture_ever_shows_the_number(
    recorder: RunRecorder, reader: KnowingReader, tmp_path: Path
) -> None:
    pages = [reader.knows(TITLE, MOBILE, f"第{n}页", shade=255 - n % 5) for n in range(20)]
    for number, image in enumerate(pages):
        recorder.add(frame(image, at=100 + number / 10))
        until(lambda: recorder._inbox.empty())
    recorder.close()
    found = stored(tmp_path)
    assert {at for at, _ in found} == {100 + number / 10 for number in range(20)}
    number_box = MOBILE_BOX.__class__(MOBILE_BOX.left + 90, MOBILE_BOX.top, MOBILE_BOX.right - 12, MOBILE_BOX.bottom)
    assert all(ink(picture, number_box) < 60 for _, picture in found)


def test_the_feed_never_waits_for_a_reading(recorder: RunRecorder, reader: KnowingReader) -> None:
    reader.may_end.clear()
    recorder.add(frame(reader.knows(TITLE), at=1.0))
    assert reader.began.wait(5)
    begun = time.monotonic()
    for number in range(5):
        recorder.add(frame(reader.knows(TITLE, f"页{number}"), at=2.0 + number))
    assert time.monotonic() - begun < 0.5
    until(lambda: recorder._inbox.empty())
    assert recorder.works


def test_every_frame_is_kept_even_while_nothing_can_be_read(
    recorder: RunRecorder, reader: KnowingReader, tmp_path: Path
) -> None:
    reader.may_end.clear()
    for number in range(30):
        recorder.add(frame(reader.knows(f"页{number}", shade=120 + 4 * number), at=10.0 + number))
        until(lambda: recorder._inbox.empty())
    until(lambda: len(stored(tmp_path)) == 30)
    assert [at for at, _ in stored(tmp_path)] == [10.0 + number for number in range(30)]


def test_a_reader_that_breaks_down_leaves_a_blurred_recording(tmp_path: Path) -> None:
    reader = KnowingReader(fails=True)
    recorder = RunRecorder(uuid.uuid4(), tmp_path / "frames", Redactor(RedactionPolicy(), reader))
    recorder.start()
    recorder.add(frame(reader.knows(TITLE, MOBILE), at=5.0))
    until(lambda: reader.readings == 1)
    recorder.close()
    [(_, picture)] = stored(tmp_path)
    assert ink(picture, MOBILE_BOX) < 60


def test_the_replay_shows_the_sharp_picture_from_the_first_moment(
    recorder: RunRecorder, reader: KnowingReader, tmp_path: Path
) -> None:
    recorder.add(frame(reader.knows(TITLE, MOBILE), at=100.0))
    until(lambda: len(stored(tmp_path)) == 2)
    recorder.close()
    made = encode(tmp_path / "frames", tmp_path / "out.mp4")
    assert made.duration_s >= 1
    import imageio_ffmpeg

    frames = imageio_ffmpeg.read_frames(str(made.path))
    size = next(frames)["size"]
    first = Image.frombytes("RGB", size, next(frames))
    frames.close()
    assert ink(first, box_of(0, TITLE)) > 120
    assert ink(first, box_of(1, MOBILE)) > 60  # the label beside the hidden number


def test_pictures_of_steps_are_written_covered(recorder: RunRecorder, reader: KnowingReader) -> None:
    place = pictures.reserve(uuid.uuid4(), "before")
    recorder.keep_picture(reader.knows(TITLE, MOBILE), place)
    until(lambda: pictures.path_of(place).exists())
    with Image.open(pictures.path_of(place)) as picture:
        assert ink(picture.convert("RGB"), box_of(0, TITLE)) > 150
        assert near_fill(picture.getpixel((MOBILE_BOX.right - 40, MOBILE_BOX.top + 20)))


def test_the_picture_before_an_irreversible_act_is_there_before_the_act(
    recorder: RunRecorder, reader: KnowingReader
) -> None:
    place = pictures.reserve(uuid.uuid4(), "before")
    recorder.keep_picture(reader.knows(TITLE, MOBILE), place, now=True)
    assert pictures.path_of(place).exists()


def test_closing_writes_every_picture_that_must_last(recorder: RunRecorder, reader: KnowingReader) -> None:
    places = [pictures.reserve(uuid.uuid4(), "after") for _ in range(6)]
    for number, place in enumerate(places):
        recorder.keep_picture(reader.knows(f"第{number}页"), place)
    recorder.close()
    assert all(pictures.path_of(place).exists() for place in places)
    late = pictures.reserve(uuid.uuid4(), "after")
    recorder.keep_picture(reader.knows("关闭之后"), late)
    assert pictures.path_of(late).exists()


def test_after_the_end_no_page_is_kept_in_memory(tmp_path: Path, reader: KnowingReader) -> None:
    redactor = Redactor(RedactionPolicy(), reader)
    recorder = RunRecorder(uuid.uuid4(), tmp_path / "frames", redactor)
    recorder.start()
    page = reader.knows(TITLE, MOBILE)
    recorder.add(frame(page, at=100.0))
    until(lambda: not redactor.is_unread(page))
    recorder.close()
    assert redactor.is_unread(page)


def test_chapters_say_what_was_done_without_personal_data(recorder: RunRecorder, tmp_path: Path) -> None:
    step = StepRecord(1, StepStatus.DONE, "输入手机号 13800138000", Type("13800138000"), touch=(5, 6))
    recorder._screen = frame(Image.new("RGB", (540, 1200)), 1.0).screenshot.size
    recorder.mark(step)
    recorder.mark_human(2, "点击 (5,6)", (5, 6))
    entries = read_index(tmp_path / "frames")
    titles = [entry.title + entry.detail for entry in entries if isinstance(entry, StepMark)]
    assert titles == ["输入“[手机号]”输入手机号 [手机号]", "点击 (5,6)"]
    assert [entry.human for entry in entries if isinstance(entry, TouchMark)] == [False, True]


def test_a_flow_that_is_not_recorded_stores_nothing_and_takes_no_sensitive_step(
    tmp_path: Path, reader: KnowingReader
) -> None:
    recorder = RunRecorder(uuid.uuid4(), None, Redactor(RedactionPolicy(), reader))
    recorder.start()
    recorder.add(frame(reader.knows(TITLE), at=1.0))
    assert not recorder.works
    assert recorder.error == "该流程未开启录像"
    recorder.close()
    assert list(tmp_path.iterdir()) == []


def test_a_recorder_whose_threads_have_ended_does_not_claim_to_work(recorder: RunRecorder) -> None:
    assert recorder.works
    recorder.close()
    assert not recorder.works
    assert "已停止" in recorder.error


class NoLines:
    """Finds no line on any picture."""

    def places(self, image: Image.Image) -> tuple[Box, ...]:
        return ()

    def read_places(self, image: Image.Image, places: Sequence[Box]) -> tuple[TextLine, ...]:
        return ()


class Room:
    """A reading room and what it has read."""

    def __init__(self, reader: KnowingReader) -> None:
        self.done: list[float] = []
        self.redactor = Redactor(RedactionPolicy(), reader, NoLines())
        self.room = PageReader(self.redactor, lambda _image, at: self.done.append(at), "test")
        self.room.start()


@pytest.fixture
def room(reader: KnowingReader) -> Iterator[Room]:
    made = Room(reader)
    yield made
    reader.may_end.set()
    made.room.close(1)


def test_pages_that_only_pass_are_not_read(room: Room, reader: KnowingReader) -> None:
    for number in range(5):
        room.room.see(reader.knows(f"滚动{number}"), float(number))
    until(lambda: bool(room.done))
    assert room.done == [4.0]
    assert reader.readings == 1


def test_a_page_that_the_agent_never_looked_at_is_not_read_unless_it_stays(room: Room, reader: KnowingReader) -> None:
    room.room.see(reader.knows("加载中"), 1.0)
    time.sleep(STANDS_S + 0.05)  # gone before anybody could say what stood on it
    room.room.see(reader.knows("停留的"), 2.0)
    until(lambda: bool(room.done))
    assert room.done == [2.0]


def test_pages_that_stood_are_read_in_their_order(room: Room, reader: KnowingReader) -> None:
    reader.may_end.clear()
    room.room.see(reader.knows("第一页"), 1.0)
    assert reader.began.wait(5)
    for at in (2.0, 3.0):
        page = reader.knows(f"第{at}页")
        room.room.see(page, at)
        room.redactor.explain(page, (UiNode("手机号", Box(40, 60, 300, 100)),))
        time.sleep(STANDS_S + 0.05)  # the page stands on the screen for so long: that is what is tested
    reader.may_end.set()
    until(lambda: len(room.done) == 3)
    assert room.done == [1.0, 2.0, 3.0]


def test_nothing_is_read_while_the_phone_is_driven_unless_many_pictures_wait(reader: KnowingReader) -> None:
    driven = threading.Event()
    driven.set()
    redactor, read = Redactor(RedactionPolicy(), reader, NoLines()), threading.Event()
    room = PageReader(redactor, lambda _image, _at: read.set(), "test", driven.is_set)
    room.start()
    room.see(reader.knows("等一等"), 1.0)
    assert not read.wait(PATIENCE_S + 0.5)
    driven.clear()
    assert read.wait(5)
    driven.set()
    written = threading.Event()
    for _ in range(10):
        assert room.take(KeptPicture(reader.knows("x"), written.set))
    assert written.wait(5)
    room.close(1)


def test_lasting_pictures_are_refused_when_there_is_no_room_for_more(room: Room, reader: KnowingReader) -> None:
    reader.may_end.clear()
    room.room.see(reader.knows("挡住"), 1.0)
    assert reader.began.wait(5)
    written = threading.Event()
    taken = [room.room.take(KeptPicture(reader.knows("x"), written.set)) for _ in range(20)]
    assert taken == [True] * 16 + [False] * 4
    reader.may_end.set()
    assert written.wait(5)


def test_of_too_many_pictures_of_steps_the_newest_are_read_and_the_oldest_written_unread(
    room: Room, reader: KnowingReader
) -> None:
    reader.may_end.clear()
    room.room.see(reader.knows("挡住"), 1.0)
    assert reader.began.wait(5)
    read: list[int] = []
    unread: list[int] = []
    for number in range(20):
        note, note_unread = partial(read.append, number), partial(unread.append, number)
        assert room.room.take(KeptPicture(reader.knows("x"), note, note_unread))
    assert unread == [0, 1, 2, 3]
    reader.may_end.set()
    until(lambda: read == list(range(4, 20)))


def test_a_page_is_read_soon_after_it_came_to_rest(room: Room, reader: KnowingReader) -> None:
    begun = time.monotonic()
    room.room.see(reader.knows("静止"), 1.0)
    until(lambda: bool(room.done))
    assert time.monotonic() - begun >= QUIET_S


def test_a_page_that_the_phone_has_explained_is_not_waited_for_nor_read_whole(
    room: Room, reader: KnowingReader
) -> None:
    picture = reader.knows("讲过的")
    room.redactor.explain(picture, (UiNode("手机号", Box(40, 60, 300, 100)),))
    begun = time.monotonic()
    room.room.see(picture, 1.0)
    until(lambda: bool(room.done))
    assert time.monotonic() - begun < PATIENCE_S
    assert reader.readings == 0


def test_what_the_phone_says_of_a_page_ends_the_wait_for_it(room: Room, reader: KnowingReader) -> None:
    picture = reader.knows("稍后讲的")
    room.room.see(picture, 1.0)
    room.redactor.explain(picture, (UiNode("手机号", Box(40, 60, 300, 100)),))
    room.room.nudge()
    until(lambda: bool(room.done))
    assert reader.readings == 0
