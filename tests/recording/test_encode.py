"""The MP4: what ffmpeg itself says of it, and what a viewer sees in it."""

import hashlib

import pytest
from PIL import Image

from cs_agent.geometry import Size
from cs_agent.recording.encode import encode
from cs_agent.recording.errors import EncodingFailed, NothingRecorded, RecordingUnwritable
from cs_agent.recording.timeline import SHORTENED_TO_S, TAIL_S
from cs_agent.recording.writer import FrameWriter
from tests.recording.conftest import START, picture_at, probe, screen, shot


def likeness(picture, number, **options):
    """Mean difference to the screen of that number, 0-255."""
    wanted = screen(number, **options).resize(picture.size).convert("L")
    pairs = zip(picture.convert("L").get_flattened_data(), wanted.get_flattened_data(), strict=True)
    return sum(abs(a - b) for a, b in pairs) / (picture.width * picture.height)


@pytest.fixture
def recorded(writer, directory):
    """Ten seconds: a picture every half second, three steps, a tap."""
    for number in range(20):
        writer.add(shot(number, number / 2))
    for number, at in enumerate((0, 3, 6.5), 1):
        writer.mark_step(number, f"步骤;{number}=a", f"detail {number}", at=START + at)
    writer.mark_touch((108, 240), Size(216, 480), at=START + 7)
    return directory


def test_the_video_is_h264_that_plays_everywhere_while_it_loads(recorded, tmp_path):
    made = encode(recorded, tmp_path / "out" / "replay.mp4")
    found = probe(made.path)
    assert "Video: h264" in found.text
    assert "yuv420p(tv" in found.text
    assert "216x480" in found.text
    assert found.boxes.index("moov") < found.boxes.index("mdat")
    assert "Audio" not in found.text


def test_the_result_describes_the_file(recorded, tmp_path):
    made = encode(recorded, tmp_path / "replay.mp4")
    content = made.path.read_bytes()
    assert made.sha256 == hashlib.sha256(content).hexdigest()
    assert made.size_bytes == len(content)
    assert made.duration_s == pytest.approx(9.5 + TAIL_S)
    assert probe(made.path).duration_s == pytest.approx(made.duration_s, abs=0.05)


def test_every_picture_appears_when_it_was_seen(writer, directory, tmp_path):
    times = [0, 0.04, 0.1, 0.733, 1.5, 3.999]
    for number, at in enumerate(times):
        writer.add(shot(number, at))
    found = probe(encode(directory, tmp_path / "replay.mp4").path)
    assert found.times_ms[: len(times)] == [round(at * 1000) for at in times]


def test_a_viewer_sees_the_screen_of_each_moment(recorded, tmp_path):
    path = encode(recorded, tmp_path / "replay.mp4").path
    for seconds, number in ((0.2, 0), (4.6, 9), (9.7, 19)):
        assert likeness(picture_at(path, seconds, tmp_path), number) < 6


def test_every_step_is_a_chapter_of_the_file(recorded, tmp_path):
    made = encode(recorded, tmp_path / "replay.mp4")
    assert probe(made.path).chapters == [
        (0.0, 3.0, "1. 步骤;1=a"),
        (3.0, 6.5, "2. 步骤;2=a"),
        (6.5, 10.5, "3. 步骤;3=a"),
    ]
    assert [chapter.start_s for chapter in made.chapters] == [0, 3, 6.5]


def test_captions_lie_beside_the_video(recorded, tmp_path):
    made = encode(recorded, tmp_path / "replay.mp4")
    assert made.vtt_path == tmp_path / "replay.vtt"
    text = made.vtt_path.read_text(encoding="utf-8")
    assert text.startswith("WEBVTT\n")
    assert "00:00:03.000 --> 00:00:06.500\n2. 步骤;2=a\ndetail 2" in text


def test_a_touch_is_seen_when_it_happened_and_not_later(recorded, tmp_path):
    path = encode(recorded, tmp_path / "replay.mp4").path
    before, during, after = (picture_at(path, at, tmp_path).getpixel((108, 240)) for at in (6.9, 7.3, 8.2))
    assert during[0] > during[1] + 30
    assert before[1] > 230
    assert after[1] > 200


def test_a_long_wait_is_short_in_the_video_and_marked(writer, directory, tmp_path):
    writer.add(shot(1, 0))
    writer.mark_step(1, "提交", at=START + 1)
    writer.mark_wait("等待确认", at=START + 2)
    for tick in range(60):
        writer.add(shot(2 + tick, 3 + tick * 2))
    writer.mark_resume(at=START + 122)
    writer.add(shot(100, 122.5))
    made = encode(directory, tmp_path / "replay.mp4")
    assert made.duration_s == pytest.approx(2 + SHORTENED_TO_S + 0.5 + TAIL_S)
    assert probe(made.path).duration_s == pytest.approx(made.duration_s, abs=0.05)
    assert "&gt;&gt; 2 min 等待确认" in made.vtt_path.read_text(encoding="utf-8")
    waiting, going_on = (picture_at(made.path, at, tmp_path).getpixel((4, 474)) for at in (2.8, 4.2))
    assert sum(waiting) < 300
    assert sum(going_on) > 600


def test_pictures_that_rush_by_in_a_shortened_wait_do_not_flood_the_video(writer, directory, tmp_path):
    writer.add(shot(0, 0))
    writer.mark_wait("x", at=START)
    for tick in range(1, 600):
        writer.add(shot(tick, tick))
    made = encode(directory, tmp_path / "replay.mp4")
    assert len(probe(made.path).times_ms) < SHORTENED_TO_S * 30 + 10


def test_a_turned_phone_is_letterboxed(writer, directory, tmp_path):
    for number in range(4):
        writer.add(shot(number, number))
    writer.add(shot(4, 4, size=(480, 216)))
    writer.add(shot(5, 5))
    made = encode(directory, tmp_path / "replay.mp4")
    assert made.size == Size(216, 480)
    turned = picture_at(made.path, 4.5, tmp_path)
    assert turned.size == (216, 480)
    assert sum(turned.getpixel((108, 20))) < 60
    assert sum(turned.getpixel((4, 240))) > 600


def test_odd_and_large_screens_come_out_even_and_small(writer, directory, tmp_path):
    writer.add(shot(1, 0, size=(1081, 2399)))
    made = encode(directory, tmp_path / "replay.mp4")
    assert f"{made.size.width}x{made.size.height}" in probe(made.path).text
    assert made.size.width % 2 == made.size.height % 2 == 0
    assert made.size.width <= 540


def test_several_activations_make_one_video_without_a_gap(directory, tmp_path):
    for number in range(4):
        with FrameWriter(directory, clock=lambda number=number: START + number * 2 + 1.9) as writer:
            writer.mark_step(number + 1, "x", at=START + number * 2)
            writer.add(shot(number, number * 2))
    made = encode(directory, tmp_path / "replay.mp4")
    assert made.duration_s == pytest.approx(7.9 + TAIL_S)
    assert [chapter.start_s for chapter in made.chapters] == pytest.approx([0, 2, 4, 6])
    assert made.timeline.waits == ()


def test_a_recording_nobody_closed_is_playable(directory, tmp_path):
    writer = FrameWriter(directory)
    for number in range(3):
        writer.add(shot(number, number))
    made = encode(directory, tmp_path / "replay.mp4")
    writer.close()
    assert probe(made.path).duration_s == pytest.approx(2 + TAIL_S, abs=0.05)


@pytest.mark.parametrize("damage", ["cut", "empty", "gone", "nonsense"])
def test_a_damaged_last_frame_does_not_spoil_the_recording(recorded, tmp_path, damage):
    last = max(recorded.glob("*.jpg"))
    content = last.read_bytes()
    if damage == "gone":
        last.unlink()
    else:
        last.write_bytes({"cut": content[: len(content) // 2], "empty": b"", "nonsense": b"x" * 500}[damage])
    made = encode(recorded, tmp_path / "replay.mp4")
    assert likeness(picture_at(made.path, 9.4, tmp_path), 18) < 6


def test_a_frame_damaged_inside_does_not_spoil_the_recording(recorded, tmp_path):
    middle = sorted(recorded.glob("*.jpg"))[9]
    content = middle.read_bytes()
    middle.write_bytes(content[:400] + b"\x00" * 200 + content[600:])
    made = encode(recorded, tmp_path / "replay.mp4")
    assert probe(made.path).duration_s == pytest.approx(made.duration_s, abs=0.05)


def test_a_damaged_frame_under_a_touch_mark_does_not_spoil_the_recording(writer, directory, tmp_path):
    writer.add(shot(1, 0))
    writer.add(shot(2, 1))
    writer.mark_touch((10, 10), Size(216, 480), at=START + 1.1)
    damaged = max(directory.glob("*.jpg"))
    content = damaged.read_bytes()
    damaged.write_bytes(content[: len(content) // 3] + b"\xff\xd9")
    made = encode(directory, tmp_path / "replay.mp4")
    assert probe(made.path).duration_s == pytest.approx(made.duration_s, abs=0.05)


def test_nothing_recorded_is_a_typed_error(directory, tmp_path):
    with FrameWriter(directory) as writer:
        writer.mark_step(1, "a")
    with pytest.raises(NothingRecorded):
        encode(directory, tmp_path / "replay.mp4")
    assert list(tmp_path.glob("replay*")) == []


def test_an_encoder_that_takes_too_long_is_stopped_and_leaves_nothing(recorded, tmp_path):
    with pytest.raises(EncodingFailed, match="not done within"):
        encode(recorded, tmp_path / "out" / "replay.mp4", timeout_s=0.001)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_place_that_cannot_be_written_is_a_typed_error(recorded, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RecordingUnwritable):
        encode(recorded, tmp_path / "file" / "replay.mp4")


def test_encoding_again_replaces_the_old_video(recorded, tmp_path):
    first = encode(recorded, tmp_path / "replay.mp4")
    with FrameWriter(recorded, clock=lambda: START + 11) as writer:
        writer.add(shot(77, 11))
    second = encode(recorded, tmp_path / "replay.mp4")
    assert second.duration_s > first.duration_s
    assert sorted(path.name for path in tmp_path.glob("replay*")) == ["replay.mp4", "replay.vtt"]


def test_a_screen_that_never_stands_still_stays_within_two_megabytes_a_minute(writer, directory, tmp_path):
    noise = [Image.effect_noise((216, 480), 80) for _ in range(4)]
    for number in range(60):
        picture = noise[number % 4].rotate(number % 3 * 180)
        writer.add(shot(0, 0).__class__(picture, START + number / 10))
    made = encode(directory, tmp_path / "replay.mp4")
    assert made.size_bytes / made.duration_s * 60 < 2_000_000 * 1.15
