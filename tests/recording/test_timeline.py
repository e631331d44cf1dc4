"""The time line: real time as it was, long waits shortened, and a mapping that can be followed both ways."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_agent.recording.index import EndMark, Frame, ResumeMark, StepMark, TouchMark, WaitMark
from cs_agent.recording.timeline import LONG_WAIT_S, SHORTENED_TO_S, TAIL_S, build_timeline


def frame(at):
    return Frame(at, "x.jpg", 2, 2)


def step(at):
    return StepMark(at, 1, "a")


def touch(at):
    return TouchMark(at, (1, 1), 2, 2)


def frames(start, end, every=0.5):
    return [frame(start + number * every) for number in range(int((end - start) / every) + 1)]


def test_a_lively_recording_plays_in_real_time():
    timeline = build_timeline(frames(100, 110))
    assert timeline.duration_s == pytest.approx(10 + TAIL_S)
    assert timeline.waits == ()
    assert timeline.to_video(104.2) == pytest.approx(4.2)


def test_a_still_screen_is_shortened():
    timeline = build_timeline([frame(0), frame(60), frame(61)])
    assert timeline.duration_s == pytest.approx(SHORTENED_TO_S + 1 + TAIL_S)
    assert [(wait.real_start, wait.real_end) for wait in timeline.waits] == [(0, 60)]
    assert timeline.to_video(30) == pytest.approx(SHORTENED_TO_S / 2)


def test_a_short_wait_is_left_as_it_was():
    assert build_timeline([frame(0), frame(LONG_WAIT_S)]).waits == ()


def test_a_mark_interrupts_a_still_screen():
    assert build_timeline([frame(0), touch(2), frame(4), frame(6)]).waits == ()


def test_a_marked_wait_is_shortened_though_a_clock_ticks_on_the_screen():
    timeline = build_timeline([frame(0), WaitMark(1, "等待确认"), *frames(1, 300), ResumeMark(300), frame(301)])
    assert [(wait.real_start, wait.real_end, wait.reason) for wait in timeline.waits] == [(1, 300, "等待确认")]
    assert timeline.duration_s == pytest.approx(1 + SHORTENED_TO_S + 1 + TAIL_S)


@pytest.mark.parametrize("after", [step, touch, ResumeMark])
def test_a_marked_wait_ends_with_the_next_thing_that_is_done(after):
    timeline = build_timeline([frame(0), WaitMark(0, "x"), *frames(0, 50), after(50), *frames(50, 55)])
    assert [(wait.real_start, wait.real_end) for wait in timeline.waits] == [(0, 50)]


def test_a_wait_nobody_ended_lasts_to_the_end():
    timeline = build_timeline([frame(0), WaitMark(1, "x"), *frames(1, 90), EndMark(90)])
    assert timeline.waits[0].real_end == 90


def test_a_pause_between_two_activations_is_a_wait():
    timeline = build_timeline([frame(0), EndMark(1), frame(500), EndMark(501)])
    assert [(wait.real_start, wait.real_end) for wait in timeline.waits] == [(1, 500)]


def test_what_came_before_the_first_picture_is_not_shown():
    timeline = build_timeline([step(0), frame(10), frame(11)])
    assert timeline.to_video(0) == 0
    assert timeline.duration_s == pytest.approx(1 + TAIL_S)


def test_one_picture_is_a_recording():
    assert build_timeline([frame(5)]).duration_s == pytest.approx(TAIL_S)


def test_no_picture_is_none():
    with pytest.raises(ValueError):
        build_timeline([step(1)])


def test_the_time_line_is_told_to_the_replay_page():
    told = build_timeline([frame(0), frame(60)]).to_json()
    assert [segment["shortened"] for segment in told] == [True, False]
    assert told[0]["real_end"] == 60
    assert told[-1]["video_end"] == pytest.approx(SHORTENED_TO_S + TAIL_S)


ENTRIES = st.lists(
    st.builds(
        lambda kind, at: kind(at),
        st.sampled_from([frame, step, touch, ResumeMark, EndMark, lambda at: WaitMark(at, "x")]),
        st.floats(0, 1000).map(lambda at: round(at, 2)),
    ),
    max_size=30,
).map(lambda entries: sorted([frame(0.0), *entries], key=lambda entry: entry.at))


@given(ENTRIES)
def test_segments_follow_each_other_without_gaps(entries):
    segments = build_timeline(entries).segments
    for before, after in pairwise(segments):
        assert before.real_end == after.real_start
        assert before.video_end == after.video_start
        assert before.real_end > before.real_start
    assert segments[0].video_start == 0


@given(ENTRIES)
def test_no_stretch_of_the_video_is_slower_than_real_time_or_longer_than_a_wait_may_be(entries):
    timeline = build_timeline(entries)
    for segment in timeline.segments:
        length = segment.video_end - segment.video_start
        assert length <= segment.real_s + 1e-6
        assert not segment.shortened or length == pytest.approx(SHORTENED_TO_S)


@given(ENTRIES, st.lists(st.floats(-10, 1100), min_size=2, max_size=10))
def test_later_in_reality_is_not_earlier_in_the_video(entries, moments):
    timeline = build_timeline(entries)
    videos = [timeline.to_video(moment) for moment in sorted(moments)]
    assert videos == sorted(videos)
    assert all(0 <= video <= timeline.duration_s for video in videos)
