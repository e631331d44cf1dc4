"""The audit trail in the console: found by what people know, exported by who may."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.http import QueryDict
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from consoles.pages.audit import search as audit_search
from consoles.pages.audit.search import AuditSearch
from tests.consoles import story
from tests.evidence.stories import age_the_chain, write
from tickets.models import AuditEvent, Confirmation, Department, Phone, Run
from tickets.said import in_language, said
from tickets.services.evidence import audit
from tickets.services.people import access
from tickets.services.runs import decisions, switches


@pytest.fixture
def as_sara(sara: User) -> Client:
    client = Client()
    client.force_login(sara)
    return client


def seqs(html: str) -> list[int]:
    return [int(seq) for seq in re.findall(r'data-label="#"><div>(\d+)</div></td>', html)]


def test_one_page_shows_the_whole_chain_of_a_ticket_with_its_recordings(
    as_victor: Client, run: Run, phone: Phone
) -> None:
    story.succeed(run, phone)
    html = story.markup(as_victor.get(f"/audit/?ticket={run.ticket.number}"))
    expected = AuditEvent.objects.filter(ticket_no=run.ticket.number).order_by("-seq").values_list("seq", flat=True)
    assert seqs(html) == list(expected)
    for type_ in ("ticket.created", "run.started", "step.done", "run.succeeded"):
        assert type_ in html
    assert f"/runs/{run.pk}/replay/" in html


def test_an_events_sentence_names_values_acts_and_reasons_as_people_do(
    as_victor: Client, run: Run, phone: Phone
) -> None:
    story.ask_confirmation(run, phone)
    html = story.markup(as_victor.get(f"/audit/?ticket={run.ticket.number}"))
    told = "\n".join(re.findall(r'<p class="event-story">(.*?)</p>', html, re.DOTALL))
    told += "\n".join(re.findall(r"<dd>(.*?)</dd>", html, re.DOTALL))
    assert "退款(工单上 全额、屏幕上 ¥399.00)" in told
    assert "操作:点击" in told
    assert "信息项来源 · 订单号" in html
    assert not re.search(r"order_number|ticket_value|do\(action", told)


def test_a_confirmations_summary_calls_its_values_as_the_reader_does(as_victor: Client, run: Run, phone: Phone) -> None:
    asked = story.ask_confirmation(run, phone)
    as_victor.cookies["django_language"] = "en"
    html = story.markup(as_victor.get(f"/audit/?ticket={run.ticket.number}&type=confirmation.asked"))
    assert asked.summary.startswith("[确认] 退款:¥399.00")
    assert "[Confirm] Refund: ¥399.00 | " in html


def test_events_of_another_department_are_not_shown(as_charlie: Client, run: Run) -> None:
    html = story.markup(as_charlie.get(f"/audit/?ticket={run.ticket.number}"))
    assert seqs(html) == []
    assert "没有符合条件的记录" in html


@pytest.mark.parametrize(
    ("query", "type_"),
    [("user=alice", "run.started"), ("type=ticket.created", "ticket.created"), ("customer=王女士", "run.started")],
)
def test_events_are_found_by_person_type_and_customer(as_victor: Client, run: Run, query: str, type_: str) -> None:
    html = story.markup(as_victor.get(f"/audit/?{query}"))
    assert f'<span class="mono muted small">{type_}</span>' in html
    assert seqs(as_victor.get("/audit/?user=nobody").content.decode()) == []


def test_the_dates_are_local_and_both_included(as_victor: Client, run: Run) -> None:
    today = timezone.localdate().isoformat()
    assert seqs(as_victor.get(f"/audit/?since={today}&until={today}").content.decode())
    assert not seqs(as_victor.get("/audit/?until=2020-01-01").content.decode())


@pytest.mark.django_db
def test_a_days_events_are_found_between_those_of_other_days() -> None:
    for days in (2, 3, 0):  # the last ones are today's, the first ones five days old
        write(2)
        age_the_chain(days)
    for days_ago, found in ((5, [2, 1]), (3, [4, 3]), (0, [6, 5]), (4, []), (1, [])):
        day = str(timezone.localdate() - timedelta(days=days_ago))
        events = AuditSearch(since=day, until=day).apply(AuditEvent.objects.all())
        assert [event.seq for event in events.order_by("-seq")] == found, days_ago


def test_older_events_are_reached_page_by_page_without_gap_or_repeat(
    as_victor: Client, victor: User, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_search, "PAGE", 4)
    monkeypatch.setattr("consoles.views.audit.PAGE", 4)
    for n in range(10):
        audit.record("run.troubled", run=run, details={"n": n})
    seen: list[int] = []
    address = "/audit/"
    while address:
        html = story.markup(as_victor.get(address))
        seen += seqs(html)
        older = re.search(r'href="\?([^"]*before=\d+)"', html)
        address = "/audit/?" + older[1].replace("&amp;", "&") if older else ""
    mine = access.visible_audit(victor)
    assert seen == list(mine.order_by("-seq").values_list("seq", flat=True))


def test_sara_exports_what_she_sees_and_the_export_is_written_down(as_sara: Client, sara: User, run: Run) -> None:
    response = as_sara.post("/audit/export/", {"ticket": run.ticket.number})
    text = story.body(response).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert response["Content-Type"].startswith("text/csv")
    assert run.ticket.number in response["Content-Disposition"]
    assert {row["ticket_no"] for row in rows} == {run.ticket.number}
    assert AuditEvent.objects.get(type="audit.exported").user == sara


def test_no_cell_of_the_export_starts_a_formula(as_sara: Client, department: Department) -> None:
    story.new_ticket(department, customer_name="=cmd|' /C calc'!A0")
    text = story.body(as_sara.post("/audit/export/")).decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert not [cell for cell in cells if cell[:1] in tuple("=+-@\t\r")]


def test_a_link_exports_nothing_and_a_viewer_exports_nothing(as_sara: Client, as_victor: Client, run: Run) -> None:
    assert as_sara.get("/audit/export/").status_code == 405
    assert as_victor.post("/audit/export/").status_code == 403
    assert "导出 CSV" not in as_victor.get("/audit/").content.decode()
    assert not AuditEvent.objects.filter(type="audit.exported").exists()


def test_the_export_repeats_the_filters_of_the_page(as_sara: Client, run: Run) -> None:
    html = story.markup(as_sara.get("/audit/?user=alice&since=2024-01-01&before=99"))
    form = html[html.index('action="/audit/export/"') : html.index('id="export"')]
    assert '<input type="hidden" name="user" value="alice">' in form
    assert 'name="since" value="2024-01-01"' in form
    assert "before" not in form


_LOOKED_UP = {"customer", "user"}  # in the database


@given(
    st.dictionaries(st.sampled_from(sorted(set(AuditSearch.__dataclass_fields__) - _LOOKED_UP)), st.text(max_size=30))
)
def test_whatever_is_typed_makes_a_search(values: dict[str, str]) -> None:
    query = QueryDict(mutable=True)
    query.update(values)
    search = AuditSearch.read(query)
    assert set(search.filters()) <= {
        "ticket_no",
        "ticket_no__in",
        "user_name__in",
        "device_id",
        "at__gte",
        "at__lt",
    }
    assert AuditSearch.read(QueryDict(search.query())) == search


@pytest.mark.parametrize("query", ["since=2024-02-31", "since=9999999", "until=x", "before=-1"])
def test_dates_that_are_none_are_left_out(as_victor: Client, run: Run, query: str) -> None:
    assert as_victor.get(f"/audit/?{query}").status_code == 200


@pytest.mark.parametrize(
    "words", ["202405218876", "399", "¥399.00", "399元", "蓝牙耳机", "爱丽丝", "请求确认", "王女士"]
)
def test_events_are_found_by_order_number_amount_person_action_and_words(
    as_victor: Client, confirmation: Confirmation, words: str
) -> None:
    found = set(seqs(story.markup(as_victor.get("/audit/", {"words": words}))))
    wanted = AuditEvent.objects.filter(user_name="alice") if words == "爱丽丝" else AuditEvent.objects
    type_ = "run.started" if words == "爱丽丝" else "confirmation.asked"
    assert wanted.filter(type=type_).get().seq in found


def test_a_refusal_is_found_by_what_was_written_with_it(
    as_victor: Client, confirmation: Confirmation, alice: User
) -> None:
    given = {"confirmation": confirmation, "user": alice, "version": confirmation.version}
    decisions.decide(**given, approve=False, note="客户改主意了,先不退")
    found = set(seqs(story.markup(as_victor.get("/audit/", {"words": "先不退"}))))
    assert AuditEvent.objects.get(type="confirmation.rejected").seq in found


def test_words_that_nothing_says_find_nothing(as_victor: Client, confirmation: Confirmation) -> None:
    for words in ("从未说过的话", "398", "3990"):
        assert seqs(story.markup(as_victor.get("/audit/", {"words": words}))) == []


def test_words_never_reach_another_departments_tickets(as_charlie: Client, confirmation: Confirmation) -> None:
    assert seqs(story.markup(as_charlie.get("/audit/", {"words": "蓝牙耳机"}))) == []


def test_an_auditor_sees_flows_and_pauses_but_no_log_ins(as_victor: Client, run: Run, sara: User) -> None:
    switches.pause_all(sara, "演练")
    audit.record("session.opened", user=sara)
    html = story.markup(as_victor.get("/audit/"))
    assert "flow.published</span>" in html
    assert "automation.paused</span>" in html
    assert "session.opened</span>" not in html


def test_numbers_that_are_left_out_are_explained(as_victor: Client, run: Run) -> None:
    for _n in range(3):
        audit.record("session.opened")
    audit.record("run.troubled", run=run)
    assert "此处有 3 条记录不在您的范围内" in story.markup(as_victor.get("/audit/"))
    narrowed = story.markup(as_victor.get("/audit/?type=run.troubled"))
    assert "此处有" not in narrowed
    assert "编号不连续" in narrowed


def test_the_export_holds_what_the_words_found(as_sara: Client, run: Run, department: Department) -> None:
    other = story.new_ticket(department, subject="无关的工单", text="别的事")
    text = story.body(as_sara.post("/audit/export/", {"words": "蓝牙耳机"})).decode("utf-8-sig")
    numbers = {row["ticket_no"] for row in csv.DictReader(io.StringIO(text))}
    assert run.ticket.number in numbers
    assert other.number not in numbers
    assert "蓝牙耳机" not in str(AuditEvent.objects.get(type="audit.exported").details)


def test_an_auditor_takes_the_trail_away(department: Department, run: Run, log_in: Callable[[User], Client]) -> None:
    response = log_in(story.member("udo", "auditor", department)).post("/audit/export/")
    assert run.ticket.number in story.body(response).decode("utf-8-sig")


def test_the_page_says_up_to_where_the_trail_was_verified(as_victor: Client, run: Run) -> None:
    assert "还没有核验过" in story.markup(as_victor.get("/audit/"))
    last = AuditEvent.objects.latest("seq").seq
    assert audit.verify_and_record() == []
    assert f"已核验到第 {last} 条,链条完整" in story.markup(as_victor.get("/audit/"))


def test_a_reader_of_the_trail_has_it_verified(as_victor: Client, run: Run) -> None:
    assert "正在核验" not in story.markup(as_victor.get("/audit/verify/"))
    assert not AuditEvent.objects.filter(type="audit.check_asked").exists()
    assert "正在核验" in story.markup(as_victor.post("/audit/verify/"))
    assert AuditEvent.objects.get(type="audit.check_asked").user_name == "victor"
    audit.verify_and_record()
    assert "正在核验" not in story.markup(as_victor.get("/audit/verify/"))


def test_a_broken_trail_is_said_on_the_page(as_victor: Client, run: Run) -> None:
    audit.record("audit.verified", result="failure", details={"faults": [{"kind": "edited", "seq": 7}], "last_seq": 9})
    assert "第 7 条在写入后被改动" in story.markup(as_victor.get("/audit/"))


def test_details_are_told_as_sentences(as_victor: Client, run: Run) -> None:
    audit.record("ticket.status_changed", ticket=run.ticket, details={"from": "new", "to": "solved"})
    assert "从“新建”改为“已解决”" in story.markup(as_victor.get("/audit/?type=ticket.status_changed"))


def test_details_are_read_in_the_readers_language_and_older_ones_as_they_were_written(
    as_victor: Client, run: Run
) -> None:
    with in_language("zh"):
        audit.record("run.failed", run=run, details={"result": said("run.rejected_because", who="lin", note="错单")})
    audit.record("run.troubled", run=run, details={"error": "旧版本写下的一句话"})
    as_victor.cookies["django_language"] = "en"
    html = story.markup(as_victor.get("/audit/"))
    assert "Rejected by lin: 错单" in html
    assert "旧版本写下的一句话" in html
    assert AuditEvent.objects.get(type="run.failed").details["result"]["text"] == "lin 已拒绝:错单"
    assert audit.verify() == []
