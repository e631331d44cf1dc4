"""What the pages of a flow say in words: two versions compared, who owns it, when it was rehearsed, who takes over."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone, translation

from consoles.pages.studio import in_words
from tests.consoles import story
from tests.consoles.pages.test_studio import client_of
from tickets.models import (
    Confirmation,
    Department,
    FlowTemplate,
    FlowVersion,
    Rehearsal,
    RehearsalRun,
    ReviewVerdict,
    Run,
)
from tickets.services.flows import drafts, fall_backs, publishing, reviews
from tickets.services.releasing import releases
from tickets.services.runs.transitions import ACTIVE

pytestmark = pytest.mark.django_db
FLOW = "/flows/complaint_refund"
MARKUP = '<img src=x onerror="alert(1)">{{ 7|add:7 }}'


@pytest.fixture
def as_fiona(fiona: User) -> Client:
    return client_of(fiona)


def text_of(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_versions_are_compared_in_words_and_in_what_is_stored(as_fiona: Client, refund_flow: FlowVersion) -> None:
    new = story.publish("complaint_refund", second_approval_above=88, four_eyes=True)
    (borders,) = in_words.changes_in_words(refund_flow.definition, new.definition)
    added = [line for kind, line in borders.lines if kind == "added"]
    assert any("¥88" in line for line in added)
    html = text_of(as_fiona, f"{FLOW}/?version=2&with=1")
    assert "<ins>启动的人不能自己确认。</ins>" in html
    assert "second_approval_above" in html
    assert "定义没有差别" not in html


def test_versions_that_read_alike_are_said_to(as_fiona: Client, refund_flow: FlowVersion) -> None:
    definition = {**refund_flow.definition, "engine": {**refund_flow.definition["engine"], "sensitive_words": ["注销"]}}
    publishing.new_version(refund_flow.template, definition, None, "")
    assert "读起来没有差别" in text_of(as_fiona, f"{FLOW}/?version=2")
    publishing.new_version(refund_flow.template, definition, None, "")
    assert "定义没有差别" in text_of(as_fiona, f"{FLOW}/?version=3")


def test_a_card_says_who_made_the_newest_version_and_how_its_last_rehearsal_went(
    as_fiona: Client, refund_flow: FlowVersion, fiona: User, run: Run
) -> None:
    made = publishing.new_version(refund_flow.template, refund_flow.definition, fiona, "")
    for outcome in ("failed", "completed"):
        rehearsal = Rehearsal.objects.create(version=made)
        RehearsalRun.objects.create(rehearsal=rehearsal, ticket_number="T1", outcome=outcome)
    html = text_of(as_fiona, "/flows/")
    assert "<dt>作者</dt><dd>fiona</dd>" in html
    assert "v2 · 1 / 1" in html


def test_the_printed_flow_says_who_takes_over_and_by_when(
    as_fiona: Client, refund_flow: FlowVersion, sara: User
) -> None:
    fall_backs.choose(refund_flow.template, sara, sara)
    html = text_of(as_fiona, f"{FLOW}/v1/sop/")
    assert "处理失败后:交给一个人(sara)" in html
    assert "请求确认后 30 分钟无人回答" in html
    assert "紧急 1 小时" in html
    assert "data-print" in html


def test_the_printed_flow_names_its_author_and_who_approved_it(
    as_fiona: Client, refund_flow: FlowVersion, fiona: User, department: Department
) -> None:
    made = publishing.new_version(refund_flow.template, refund_flow.definition, fiona, "")
    assert "评审通过" not in text_of(as_fiona, f"{FLOW}/v2/sop/")
    reviews.submit(made, fiona, unrehearsed_reason="很急")
    reviews.review(made, story.member("rita", "flow_editor", department), ReviewVerdict.APPROVED, "")
    html = text_of(as_fiona, f"{FLOW}/v2/sop/")
    assert "编写:fiona" in html
    assert "评审通过:rita" in html


class TestBadInput:
    def test_names_with_markup_are_text_wherever_they_stand(
        self, as_fiona: Client, fiona: User, refund_flow: FlowVersion
    ) -> None:
        FlowTemplate.objects.update(name=MARKUP, name_en=MARKUP, description=MARKUP)
        definition = json.loads(json.dumps(refund_flow.definition))
        definition["slots"][0]["label"] = {"zh": MARKUP, "en": MARKUP}
        publishing.new_version(refund_flow.template, definition, fiona, MARKUP)
        drafts.open_draft(refund_flow.template, fiona)
        for page in ("/flows/", f"{FLOW}/", f"{FLOW}/draft/", f"{FLOW}/v2/sop/", f"{FLOW}/v2/storyboard/"):
            html = text_of(as_fiona, page)
            assert "<img src=x" not in html, page
            assert "{{ 7|add:7 }}" in html, page

    def test_a_version_that_is_replaced_leaves_runs_under_way_on_theirs(
        self, run: Run, refund_flow: FlowVersion, sara: User
    ) -> None:
        new = story.publish("complaint_refund")
        assert releases.version_for(new.template, run.ticket) == new
        run.refresh_from_db()
        assert run.flow_version == refund_flow
        releases.retire(new.template, sara)
        run.refresh_from_db()
        assert (run.flow_version, run.status in ACTIVE) == (refund_flow, True)


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ({"photo": "*"}, "有照片"),
        ({"photo": ""}, "没有照片"),
        ({"refund": "全额"}, "退款是 全额"),
        ({"refund": ["10.00", "20.00"]}, "退款是 10.00、20.00 之一"),
        ({"refund": {"not": ["全额"]}}, "退款不是 全额"),
        ({"refund": {"not": ["", "全额"]}, "photo": "*"}, "有退款且不是 全额,且有照片"),
    ],
    ids=["any", "none", "one", "several", "not", "both"],
)
def test_the_printed_flow_says_conditions_and_slots_in_words(when: dict[str, object], words: str) -> None:
    slots = [{"name": "refund", "label": {"zh": "退款"}}, {"name": "photo", "label": {"zh": "照片"}}]
    clause = {"text": "填写{refund:plain}", "when": when}
    steps = dict(in_words.sop({"slots": slots, "instruction": {"zh": {"clauses": [clause]}}}))["步骤"]
    assert steps == [f"填写〔退款〕(当{words})"]


def test_an_english_reader_reads_what_the_flow_has_in_english(refund_flow: FlowVersion) -> None:
    with translation.override("en"):
        parts = dict(in_words.sop(refund_flow.definition))
    assert "Order number" in parts["Confirmed by a person"]
    assert parts["Evidence of success"][0] == "“提交成功” or “Submitted”"
    assert not any("com.example" in line or "{" in line for lines in parts.values() for line in lines)


def test_a_version_that_was_sent_back_says_so_and_not_that_it_was_never_rehearsed(
    as_fiona: Client, refund_flow: FlowVersion, fiona: User, department: Department
) -> None:
    made = publishing.new_version(refund_flow.template, refund_flow.definition, fiona, "")
    reviews.submit(made, fiona, unrehearsed_reason="很急")
    reviewer = story.member("rita", "flow_editor", department)
    reviews.review(made, reviewer, ReviewVerdict.SENT_BACK, "金额写错了")
    html = text_of(as_fiona, f"{FLOW}/?version=2")
    assert "评审人退回了这个版本" in html
    assert "还没有演练:请写明理由" not in html
    reviews.submit(made, fiona, unrehearsed_reason="金额没有错")
    assert "退回后再次提交:金额没有错" in text_of(as_fiona, f"{FLOW}/?version=2")


def test_a_report_says_in_the_readers_language_what_a_run_came_to_and_where_it_ended(
    as_fiona: Client, refund_flow: FlowVersion, run: Run
) -> None:
    fields = [{"name": "refund", "label": "退款", "screen_value": "", "ticket_value": "399.00"}]
    Confirmation.objects.create(
        run=run, summary="[确认] 点击“提交审核” | 退款:(未读到)", fields=fields, step_number=1, due_at=timezone.now()
    )
    rehearsal = Rehearsal.objects.create(version=refund_flow)
    number = run.ticket.number
    RehearsalRun.objects.create(rehearsal=rehearsal, ticket_number=number, run=run, outcome="fields_differ", note="x")
    RehearsalRun.objects.create(rehearsal=rehearsal, ticket_number=number, outcome="completed")
    as_fiona.cookies["django_language"] = "en"
    html = text_of(as_fiona, f"/rehearsals/{rehearsal.pk}/")
    assert "Completed" in html
    assert "点击“提交审核” | Refund: " in html  # what was asked about is said with the value that was not read


def test_who_approved_is_told_so_and_not_asked_again(
    as_fiona: Client, refund_flow: FlowVersion, fiona: User, department: Department
) -> None:
    made = publishing.new_version(refund_flow.template, refund_flow.definition, fiona, "")
    reviews.submit(made, fiona, unrehearsed_reason="很急")
    rita, rolf = (story.member(name, "flow_editor", department) for name in ("rita", "rolf"))
    reviews.review(made, rita, ReviewVerdict.APPROVED)
    page = f"{FLOW}/?version=2"
    html = text_of(client_of(rita), page)
    assert "您已通过这个版本(1 / 2),还要由另一位同事评审。" in html
    assert 'name="verdict"' not in html
    assert 'name="verdict"' in text_of(client_of(rolf), page)


def test_a_version_whose_rehearsal_went_well_not_once_is_not_told_to_rehearse(
    as_fiona: Client, refund_flow: FlowVersion, fiona: User
) -> None:
    made = publishing.new_version(refund_flow.template, refund_flow.definition, fiona, "")
    rehearsal = Rehearsal.objects.create(version=made)
    RehearsalRun.objects.create(rehearsal=rehearsal, ticket_number="T1", outcome="failed")
    page = f"{FLOW}/?version=2"
    assert "演练这个版本" in text_of(as_fiona, page)  # it has not ended
    Rehearsal.objects.update(ended_at=timezone.now())
    html = text_of(as_fiona, page)
    assert "演练过,没有一次成功" in html
    assert "还没有演练" not in html


def test_a_grant_is_shown_with_what_is_left_of_it(refund_flow: FlowVersion, department: Department) -> None:
    phone = story.new_phone(use="practice")
    sara = client_of(story.member("sara", "supervisor", department))
    answer = sara.post(f"{FLOW}/v1/grant/", {"phone": phone.pk, "count": "5"})
    assert answer.url.endswith("?version=1#rehearse")
    html = text_of(sara, answer.url)
    assert f"可在 {phone.name} 上提交:剩 5 / 5 次" in html
    assert "sara 授权" in html
