"""A flow goes one way: draft, rehearsed, in review, approved, released by degrees, retired; one click leads back."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from tests.tickets.conftest import flow_file, member
from tickets import tasks
from tickets.errors import Conflict, Forbidden, FourEyes, Invalid, InvalidFlow, NeedsReason
from tickets.models import (
    AuditEvent,
    Department,
    FlowTemplate,
    FlowVersion,
    Release,
    ReleaseEnd,
    RequestStatus,
    ReviewVerdict,
    Run,
    RunStatus,
    Ticket,
    VersionLife,
    VersionStage,
)
from tickets.services.flows import drafts, publishing, requests, reviews
from tickets.services.releasing import floors, releases, stages

pytestmark = pytest.mark.django_db


@pytest.fixture
def gao(department: Department) -> User:
    return member("gao", "flow_editor", department)


@pytest.fixture
def template() -> FlowTemplate:
    return FlowTemplate.objects.create(slug="order_status", name="查订单")


@pytest.fixture
def definition() -> dict[str, Any]:
    return dict(flow_file("order_status")["definition"])


def drafted(template: FlowTemplate, definition: dict[str, Any], user: User) -> FlowVersion:
    draft = drafts.open_draft(template, user)
    draft = drafts.save(draft, definition, user, revision=draft.revision, note="第一版")
    return drafts.freeze(draft, user, revision=draft.revision)


def approved(template: FlowTemplate, definition: dict[str, Any], author: User, reviewer: User) -> FlowVersion:
    version = drafted(template, definition, author)
    reviews.submit(version, author, unrehearsed_reason="没有演练手机")
    reviews.review(version, reviewer, ReviewVerdict.APPROVED)
    return version


def ended_runs(version: FlowVersion, ticket: Ticket, status: RunStatus, count: int) -> None:
    for _each in range(count):
        Run.objects.create(ticket=ticket, flow_version=version, status=status, ended_at=timezone.now())


class TestDrafts:
    def test_a_wrong_draft_is_kept_but_becomes_no_version(self, template: FlowTemplate, fei: User) -> None:
        draft = drafts.open_draft(template, fei)
        draft = drafts.save(draft, {"match": {}}, fei, revision=1)
        with pytest.raises(InvalidFlow):
            drafts.freeze(draft, fei, revision=draft.revision)
        draft.refresh_from_db()
        assert (draft.closed_at, draft.definition, template.versions.count()) == (None, {"match": {}}, 0)

    def test_every_save_is_kept(self, template: FlowTemplate, fei: User) -> None:
        draft = drafts.open_draft(template, fei)
        for number in (1, 2, 3):
            draft = drafts.save(draft, {"note": number}, fei, revision=draft.revision)
        kept = list(draft.changes.values_list("revision", "definition"))
        assert kept == [(1, {}), (2, {"note": 1}), (3, {"note": 2}), (4, {"note": 3})]

    def test_a_second_editor_overwrites_nothing_and_hears_who_saved(
        self, template: FlowTemplate, fei: User, gao: User
    ) -> None:
        draft = drafts.open_draft(template, fei)
        assert drafts.open_draft(template, gao).pk == draft.pk
        drafts.save(draft, {"a": 1}, gao, revision=1)
        with pytest.raises(Conflict) as told:
            drafts.save(draft, {"b": 2}, fei, revision=1)
        assert "gao" in told.value.message
        draft.refresh_from_db()
        assert draft.definition == {"a": 1}

    @pytest.mark.parametrize("definition", [[], "text", None, {"x": "长" * 250_000}])
    def test_what_is_no_definition_is_refused_in_words(
        self, template: FlowTemplate, fei: User, definition: Any
    ) -> None:
        draft = drafts.open_draft(template, fei)
        with pytest.raises(InvalidFlow):
            drafts.save(draft, definition, fei, revision=1)

    def test_a_draft_is_frozen_once(self, template: FlowTemplate, fei: User, definition: dict[str, Any]) -> None:
        draft = drafts.open_draft(template, fei)
        draft = drafts.save(draft, definition, fei, revision=1)
        drafts.freeze(draft, fei, revision=2)
        with pytest.raises(Conflict):
            drafts.freeze(draft, fei, revision=2)
        assert template.versions.count() == 1


class TestReview:
    def test_the_author_does_not_review_his_own_version(
        self, template: FlowTemplate, definition: dict[str, Any], fei: User
    ) -> None:
        version = drafted(template, definition, fei)
        reviews.submit(version, fei, unrehearsed_reason="小改")
        with pytest.raises(FourEyes):
            reviews.review(version, fei, ReviewVerdict.APPROVED)
        assert stages.of(version) is VersionStage.IN_REVIEW

    def test_nor_does_the_one_who_submitted_it(
        self, template: FlowTemplate, definition: dict[str, Any], fei: User, gao: User
    ) -> None:
        version = drafted(template, definition, fei)
        reviews.submit(version, gao, unrehearsed_reason="小改")
        with pytest.raises(FourEyes):
            reviews.review(version, gao, ReviewVerdict.APPROVED)

    def test_what_was_not_rehearsed_needs_a_reason(
        self, template: FlowTemplate, definition: dict[str, Any], fei: User
    ) -> None:
        version = drafted(template, definition, fei)
        with pytest.raises(NeedsReason):
            reviews.submit(version, fei)
        assert stages.of(version) is VersionStage.DRAFT

    def test_a_flow_that_confirms_money_needs_two_reviewers(
        self, template: FlowTemplate, fei: User, gao: User, department: Department
    ) -> None:
        hua = member("hua", "flow_editor", department)
        version = drafted(template, flow_file("complaint_refund")["definition"], fei)
        reviews.submit(version, fei, unrehearsed_reason="小改")
        reviews.review(version, gao, ReviewVerdict.APPROVED)
        assert stages.of(version) is VersionStage.IN_REVIEW
        with pytest.raises(Conflict):
            reviews.review(version, gao, ReviewVerdict.APPROVED)
        reviews.review(version, hua, ReviewVerdict.APPROVED)
        assert stages.of(version) is VersionStage.APPROVED

    def test_an_approval_from_before_it_was_sent_back_does_not_count(
        self, template: FlowTemplate, fei: User, gao: User, department: Department
    ) -> None:
        hua = member("hua", "flow_editor", department)
        version = drafted(template, flow_file("complaint_refund")["definition"], fei)
        reviews.submit(version, fei, unrehearsed_reason="小改")
        reviews.review(version, gao, ReviewVerdict.APPROVED)
        reviews.review(version, hua, ReviewVerdict.SENT_BACK, "缺少证据")
        assert stages.of(version) is VersionStage.DRAFT
        reviews.submit(version, fei, unrehearsed_reason="小改")
        reviews.review(version, hua, ReviewVerdict.APPROVED)
        assert stages.of(version) is VersionStage.IN_REVIEW

    def test_a_viewer_may_do_none_of_it(
        self, template: FlowTemplate, definition: dict[str, Any], fei: User, vera: User
    ) -> None:
        version = drafted(template, definition, fei)
        for act in (
            lambda: drafts.open_draft(template, vera),
            lambda: reviews.submit(version, vera, unrehearsed_reason="x"),
            lambda: reviews.review(version, vera, ReviewVerdict.APPROVED),
            lambda: releases.release(version, vera),
        ):
            with pytest.raises(Forbidden):
                act()


class TestRelease:
    def test_only_what_was_approved_is_released(
        self, template: FlowTemplate, definition: dict[str, Any], fei: User, gao: User
    ) -> None:
        version = drafted(template, definition, fei)
        with pytest.raises(Conflict):
            releases.release(version, gao)
        assert not Release.objects.exists()

    def test_a_share_of_the_tickets_gets_the_new_version_and_keeps_it_as_the_share_grows(
        self, template: FlowTemplate, definition: dict[str, Any], fei: User, gao: User, department: Department
    ) -> None:
        old = approved(template, definition, fei, gao)
        releases.release(old, gao)
        new = approved(template, definition, fei, gao)
        tickets = [Ticket(number=f"T{n:05d}", department=department) for n in range(2000)]
        taken: set[str] = set()
        for percent in (5, 25):
            releases.release(new, gao, percent=percent)
            catalogue = releases.Catalogue.load()
            now = {t.number for t in tickets if catalogue.version(template, t) == new}
            assert taken <= now
            assert abs(len(now) - 20 * percent) < 100
            taken = now

    def test_a_release_to_one_department_leaves_the_others_alone(
        self,
        template: FlowTemplate,
        definition: dict[str, Any],
        fei: User,
        gao: User,
        department: Department,
        other_department: Department,
    ) -> None:
        old, new = (approved(template, definition, fei, gao) for _each in range(2))
        releases.release(old, gao)
        releases.release(new, gao, department=department)
        catalogue = releases.Catalogue.load()
        assert catalogue.version(template, Ticket(number="T1", department=department)) == new
        assert catalogue.version(template, Ticket(number="T1", department=other_department)) == old

    def test_a_shadow_takes_no_ticket(
        self, template: FlowTemplate, definition: dict[str, Any], fei: User, gao: User, department: Department
    ) -> None:
        releases.release(approved(template, definition, fei, gao), gao, shadow=True)
        assert releases.version_for(template, Ticket(number="T1", department=department)) is None

    def test_a_release_to_all_retires_the_version_before_and_one_click_leads_back_step_by_step(
        self, template: FlowTemplate, definition: dict[str, Any], fei: User, gao: User, ticket: Ticket
    ) -> None:
        first, second, third = (approved(template, definition, fei, gao) for _each in range(3))
        for version in (first, second, third):
            releases.release(version, gao)
        assert [stages.of(each) for each in (first, second, third)] == ["retired", "retired", "released"]
        for expected in (second, first):
            releases.take_back(template, gao, "投诉增多")
            assert releases.version_for(template, ticket) == expected
            assert stages.of(expected) is VersionStage.RELEASED
        assert stages.of(third) is VersionStage.RETIRED
        releases.take_back(template, gao)
        assert releases.version_for(template, ticket) is None

    def test_a_version_that_grew_by_degrees_goes_back_to_the_version_before_in_one_step(
        self, template: FlowTemplate, definition: dict[str, Any], fei: User, gao: User, ticket: Ticket
    ) -> None:
        old, new = (approved(template, definition, fei, gao) for _each in range(2))
        releases.release(old, gao)
        releases.release(new, gao, shadow=True)
        for percent in (5, 25):
            releases.release(new, gao, percent=percent)
        assert {(row.version, row.percent, row.shadow) for row in releases.at_work()} == {
            (old, 100, False),
            (new, 25, False),
        }
        releases.take_back(template, gao)
        assert [row.version for row in releases.at_work()] == [old]
        for percent in (25, 100):
            releases.release(new, gao, percent=percent)
        releases.release(new, gao, success_floor=0.9)
        releases.take_back(template, gao)
        assert releases.version_for(template, ticket) == old

    def test_what_a_version_handles_already_is_not_released_again_in_part(
        self, template: FlowTemplate, definition: dict[str, Any], fei: User, gao: User, department: Department
    ) -> None:
        version = approved(template, definition, fei, gao)
        releases.release(version, gao)
        for less in ({"percent": 25}, {"shadow": True}, {"percent": 5, "department": department}):
            with pytest.raises(Conflict):
                releases.release(version, gao, **less)  # type: ignore[arg-type]
        assert releases.at_work().count() == 1

    @pytest.mark.parametrize("percent", [0, -5, 6, 101])
    def test_a_share_that_is_no_step_is_refused(
        self, template: FlowTemplate, definition: dict[str, Any], fei: User, gao: User, percent: int
    ) -> None:
        version = approved(template, definition, fei, gao)
        with pytest.raises(Invalid):
            releases.release(version, gao, percent=percent)

    def test_a_retired_flow_takes_no_ticket(
        self, template: FlowTemplate, definition: dict[str, Any], fei: User, gao: User, ticket: Ticket
    ) -> None:
        version = approved(template, definition, fei, gao)
        releases.release(version, gao)
        releases.retire(template, gao, "系统下线")
        assert releases.version_for(template, ticket) is None
        assert stages.of(version) is VersionStage.RETIRED
        assert AuditEvent.objects.filter(type="flow.retired").exists()

    def test_every_move_is_on_the_record_with_a_name(
        self, template: FlowTemplate, definition: dict[str, Any], fei: User, gao: User
    ) -> None:
        releases.release(approved(template, definition, fei, gao), gao, percent=5)
        types = list(AuditEvent.objects.filter(type__startswith="flow.").order_by("seq").values_list("type", flat=True))
        assert types == [
            "flow.draft_opened",
            "flow.draft_saved",
            "flow.version_made",
            "flow.stage_changed",
            "flow.reviewed",
            "flow.stage_changed",
            "flow.stage_changed",
            "flow.released",
        ]


class TestFloors:
    @pytest.fixture
    def live(self, template: FlowTemplate, definition: dict[str, Any], fei: User, gao: User) -> list[FlowVersion]:
        versions = [approved(template, definition, fei, gao) for _each in range(2)]
        for version in versions:
            releases.release(version, gao)
        return versions

    def test_a_release_that_succeeds_too_seldom_goes_back_by_itself(
        self, template: FlowTemplate, live: list[FlowVersion], ticket: Ticket
    ) -> None:
        ended_runs(live[1], ticket, RunStatus.SUCCEEDED, 7)
        ended_runs(live[1], ticket, RunStatus.FAILED, 3)
        assert floors.check_all() == 1
        assert releases.version_for(template, ticket) == live[0]
        ended = Release.objects.get(version=live[1])
        assert (ended.end_reason, ended.end_note) == (ReleaseEnd.BELOW_FLOOR, "7/10 < 80%")

    def test_the_clock_of_the_upkeep_looks_at_the_floors(
        self, template: FlowTemplate, live: list[FlowVersion], ticket: Ticket, settings: Any
    ) -> None:
        ended_runs(live[1], ticket, RunStatus.FAILED, floors.MIN_RUNS)
        ticked = [entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()]
        assert tasks.check_floors.name in ticked
        tasks.check_floors()
        assert releases.version_for(template, ticket) == live[0]

    def test_nothing_is_judged_on_a_handful_of_runs(
        self, template: FlowTemplate, live: list[FlowVersion], ticket: Ticket
    ) -> None:
        ended_runs(live[1], ticket, RunStatus.FAILED, floors.MIN_RUNS - 1)
        assert floors.check_all() == 0
        assert releases.version_for(template, ticket) == live[1]

    def test_runs_that_a_person_stopped_do_not_count(self, live: list[FlowVersion], ticket: Ticket) -> None:
        ended_runs(live[1], ticket, RunStatus.CANCELLED, 30)
        ended_runs(live[1], ticket, RunStatus.SUCCEEDED, 10)
        assert floors.check_all() == 0

    def test_runs_count_from_the_first_of_the_shares_that_grew(
        self, template: FlowTemplate, live: list[FlowVersion], definition: dict[str, Any], fei: User, gao: User,
        ticket: Ticket
    ) -> None:  # fmt: skip
        new = approved(template, definition, fei, gao)
        releases.release(new, gao, percent=5)
        ended_runs(new, ticket, RunStatus.FAILED, floors.MIN_RUNS - 1)
        releases.release(new, gao, percent=25)
        ended_runs(new, ticket, RunStatus.FAILED, 1)
        assert floors.check_all() == 1
        assert [row.version for row in releases.at_work()] == [live[1]]

    def test_the_only_version_of_a_flow_is_left_at_work_also_when_it_grew(
        self, template: FlowTemplate, definition: dict[str, Any], fei: User, gao: User, ticket: Ticket
    ) -> None:
        version = approved(template, definition, fei, gao)
        for percent in (5, 25):
            releases.release(version, gao, percent=percent)
        ended_runs(version, ticket, RunStatus.FAILED, 20)
        assert floors.check_all() == 0
        assert releases.at_work().get().percent == 25

    def test_the_only_version_of_a_flow_is_left_at_work(
        self, template: FlowTemplate, definition: dict[str, Any], fei: User, gao: User, ticket: Ticket
    ) -> None:
        version = approved(template, definition, fei, gao)
        releases.release(version, gao)
        ended_runs(version, ticket, RunStatus.FAILED, 20)
        assert floors.check_all() == 0
        assert releases.version_for(template, ticket) == version


class TestRequests:
    def test_the_most_worthwhile_comes_first(self, sun: User) -> None:
        common = {"minutes_each": 6, "rule_based": 5, "exceptions": 1}
        rare = requests.ask(sun, {"title": "少见的事", "per_week": 5, **common})
        risky = requests.ask(sun, {"title": "常见但敏感", "per_week": 300, "personal_data": True, **common})
        safe = requests.ask(sun, {"title": "常见", "per_week": 300, "writes": False, **common})
        assert requests.ranked() == [safe, risky, rare]

    @pytest.mark.parametrize("wrong", [{"title": " "}, {"rule_based": 9}, {"per_week": -1}, {"minutes_each": 10**9}])
    def test_values_that_cannot_be_used_are_refused(self, sun: User, wrong: dict[str, Any]) -> None:
        with pytest.raises(Invalid):
            requests.ask(sun, {"title": "查物流", **wrong})
        assert requests.ranked() == []

    def test_it_is_answered_once_and_declined_only_with_a_reason(self, sun: User, fei: User) -> None:
        row = requests.ask(sun, {"title": "查物流"})
        with pytest.raises(Invalid):
            requests.answer(row, fei, RequestStatus.DECLINED)
        requests.answer(row, fei, RequestStatus.DECLINED, "每单都不同")
        with pytest.raises(Conflict):
            requests.answer(row, fei, RequestStatus.ACCEPTED)

    def test_an_operator_of_today_may_not_ask(self, lin: User) -> None:
        with pytest.raises(Forbidden):
            requests.ask(lin, {"title": "查物流"})


def test_an_adopted_version_is_at_work_for_all_tickets(
    template: FlowTemplate, definition: dict[str, Any], ticket: Ticket
) -> None:
    version = publishing.new_version(template, definition, None, "demo")
    releases.adopt(version, "demo")
    assert releases.version_for(template, ticket) == version
    assert VersionLife.objects.get(version=version).stage == VersionStage.RELEASED
