"""The replay: video beside its steps; looking at it is written down."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from consoles.pages.replay import chapters, waits
from tests.consoles import story
from tickets.models import (
    AuditEvent,
    Confirmation,
    Department,
    FlowVersion,
    Phone,
    Recording,
    RecordingState,
    Run,
)
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


def test_a_step_of_the_route_says_so_in_the_readers_language(as_victor: Client, run: Run, phone: Phone) -> None:
    story.succeed(run, phone)
    run.steps.update(source="route", thought="按路线执行")
    as_victor.cookies["django_language"] = "en"
    html = story.markup(as_victor.get(f"/runs/{run.pk}/replay/"))
    assert '<span class="step-source">Route</span>' in html
    assert "按路线执行" not in html


def test_the_replay_plays_with_captions_and_a_chapter_per_step(as_victor: Client, run: Run, phone: Phone) -> None:
    story.succeed(run, phone)
    html = story.markup(as_victor.get(f"/runs/{run.pk}/replay/"))
    assert re.search(r'<source src="/files/recordings/[^"]+/video.mp4" type="video/mp4">', html)
    assert "data-caption" in html
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


def test_the_bar_marks_each_yes_and_no_human_work_and_failure(
    as_victor: Client, confirmation: Confirmation, bob: User
) -> None:
    decisions.decide(confirmation=confirmation, user=bob, approve=False, version=0, note="先不退")
    story.record(confirmation.run)
    html = story.markup(as_victor.get(f"/runs/{confirmation.run.pk}/replay/"))
    assert html.count("replay-mark mark-no") == 1
    assert "replay-mark mark-yes" not in html


def test_the_list_holds_what_can_be_watched_in_ones_own_departments(
    as_victor: Client, as_charlie: Client, run: Run, phone: Phone
) -> None:
    assert "还没有录像" in story.markup(as_victor.get("/replays/"))
    story.succeed(run, phone)
    assert f"/runs/{run.pk}/replay/" in story.markup(as_victor.get("/replays/"))
    assert f"/runs/{run.pk}/replay/" not in story.markup(as_charlie.get("/replays/"))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("flow=complaint_refund", True),
        ("flow=resend_code", False),
        ("outcome=succeeded", True),
        ("outcome=failed", False),
        ("since=2020-01-01&until=2020-01-02", False),
        ("since=2020-01-01", True),
        ("ticket=T", True),
        ("ticket=nothing", False),
        ("operator=999999", False),
        ("since=x&until=2024-02-31&outcome=y&before=z&operator=w", True),
    ],
)
def test_replays_are_found_by_flow_outcome_day_and_ticket(
    as_victor: Client, run: Run, phone: Phone, query: str, found: bool
) -> None:
    story.succeed(run, phone)
    html = story.markup(as_victor.get(f"/replays/?{query}"))
    assert (f"/runs/{run.pk}/replay/" in html) is found


def test_replays_are_found_by_whoever_started_or_decided(
    as_victor: Client, confirmation: Confirmation, alice: User, bob: User, sara: User
) -> None:
    decisions.decide(confirmation=confirmation, user=bob, approve=False, version=0, note="先不退")
    story.record(confirmation.run)
    for person, found in ((alice, True), (bob, True), (sara, False)):
        html = story.markup(as_victor.get(f"/replays/?operator={person.pk}"))
        assert (f"/runs/{confirmation.run.pk}/replay/" in html) is found


def test_older_replays_are_reached_page_by_page(
    as_victor: Client, department: Department, alice: User, refund_flow: FlowVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("consoles.views.replays.PAGE", 2)
    for number in range(5):
        run = story.start(story.new_ticket(department), alice)
        story.succeed(run, story.new_phone(number, serial=f"p{number}"))
    seen, address = [], "/replays/"
    while address:
        html = story.markup(as_victor.get(address))
        seen += re.findall(r"/runs/([^/]+)/replay/", html)
        older = re.search(r'href="\?([^"]*before=[^"]+)"', html)
        address = "/replays/?" + older[1].replace("&amp;", "&") if older else ""
    assert seen == [str(pk) for pk in Run.objects.order_by("-created_at").values_list("pk", flat=True)]
