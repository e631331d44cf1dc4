"""The replay: video beside its steps; looking at it is written down."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.contrib.auth.models import User
from django.test import Client

from consoles.pages.replay import chapters, waits
from tests.consoles import story
from tickets.models import AuditEvent, Confirmation, Phone, Recording, RecordingState, Run
from tickets.services.runs import decisions


def test_watching_a_replay_is_audited_with_who_and_which(
    as_victor: Client, victor: User, run: Run, phone: Phone
) -> None:
    story.succeed(run, phone)
    as_victor.get(f"/runs/{run.pk}/replay/")
    event = AuditEvent.objects.get(type="replay.viewed")
    assert event.user == victor
    assert event.run_id == str(run.pk)
    assert event.ticket_no == run.ticket.number


def test_the_replay_plays_with_captions_and_a_chapter_per_step(as_victor: Client, run: Run, phone: Phone) -> None:
    story.succeed(run, phone)
    html = story.markup(as_victor.get(f"/runs/{run.pk}/replay/"))
    assert re.search(r'<source src="/files/recordings/[^"]+/video.mp4" type="video/mp4">', html)
    assert re.search(r'<track kind="captions"[^>]+src="/files/recordings/[^"]+/captions.vtt"', html)
    assert html.count("data-start=") == run.steps.count()
    assert "选择“质量问题”作为退换原因" in html
    assert "置信度 71%" in html
    assert "观察" in html


def test_the_video_of_the_page_can_be_fetched_in_ranges(as_victor: Client, run: Run, phone: Phone) -> None:
    story.succeed(run, phone)
    html = story.markup(as_victor.get(f"/runs/{run.pk}/replay/"))
    found = re.search(r'<source src="([^"]+)"', html)
    assert found
    response = as_victor.get(found[1], headers={"Range": "bytes=0-1023"})
    assert response.status_code == 206
    assert len(story.body(response)) == 1024


def test_the_confirmation_is_shown_as_it_was_asked_with_the_answer(
    as_victor: Client, confirmation: Confirmation, bob: User
) -> None:
    decisions.decide(confirmation=confirmation, user=bob, approve=False, version=0, note="先不退")
    story.record(confirmation.run)
    html = story.markup(as_victor.get(f"/runs/{confirmation.run.pk}/replay/"))
    assert story.SUMMARY in html
    assert "已拒绝 · bob" in html
    assert "先不退" in html


def test_a_recording_that_is_still_made_says_so_and_is_not_counted_as_watched(
    as_victor: Client, run: Run, phone: Phone
) -> None:
    story.succeed(run, phone)
    Recording.objects.update(state=RecordingState.ENCODING)
    html = story.markup(as_victor.get(f"/runs/{run.pk}/replay/"))
    assert "录像在处理结束后自动生成" in html
    assert not AuditEvent.objects.filter(type="replay.viewed").exists()


def test_a_recording_that_failed_says_why(as_victor: Client, run: Run, phone: Phone) -> None:
    story.succeed(run, phone)
    Recording.objects.update(state=RecordingState.FAILED, error="磁盘已满")
    assert "磁盘已满" in as_victor.get(f"/runs/{run.pk}/replay/").content.decode()


def test_a_run_without_a_recording_says_so(as_victor: Client, run: Run) -> None:
    assert "没有录像" in as_victor.get(f"/runs/{run.pk}/replay/").content.decode()


def test_chapters_are_in_the_videos_order_and_survive_missing_steps(run: Run, phone: Phone) -> None:
    recording = Recording(
        run=run,
        chapters=[
            {"step": 2, "start_s": 3, "end_s": 4, "title": "b"},
            {"step": 1, "start_s": 0.5, "end_s": 3, "title": "a"},
            {"title": "nothing known"},
        ],
    )
    assert [chapter.number for chapter in chapters(recording, [])] == [0, 1, 2]
    assert all(chapter.view is None for chapter in chapters(recording, []))


def test_only_waits_with_both_ends_can_be_skipped(run: Run) -> None:
    recording = Recording(run=run, waits=[{"start_s": 1, "end_s": 2, "real_s": 60}, {"start_s": 5}])
    assert waits(recording) == [{"start": 1.0, "end": 2.0, "real": 60.0}]


def test_the_address_of_a_replay_can_be_passed_on_inside_the_department_only(
    as_victor: Client, charlie: User, sara: User, run: Run, phone: Phone, log_in: Callable[[User], Client]
) -> None:
    story.succeed(run, phone)
    page = f"/runs/{run.pk}/replay/"
    assert log_in(sara).get(page).status_code == 200
    assert log_in(charlie).get(page).status_code == 404
    assert Client().get(page)["Location"] == f"/login/?next={page}"
    video = as_victor.get(page).context["video"]
    assert story.body(as_victor.get(video))
    for foreign in (log_in(sara), log_in(charlie), Client()):
        assert foreign.get(video).status_code in (302, 403, 404), "the video's own address is one reader's"
