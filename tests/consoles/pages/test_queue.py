"""The ticket queue: whose tickets, in which order, found by what."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from consoles.queue import rows as queue
from consoles.queue.wanted import COLUMNS, TicketFilter
from tests.consoles import story
from tickets.models import Department, FlowVersion, Phone, Run, Ticket
from tickets.services.releasing import releases
from tickets.services.runs import starts
from tickets.services.tickets import desk, fitting, saved_views, values


def numbers(client: Client, query: str = "") -> list[str]:
    html = client.get(f"/tickets/{query}").content.decode()
    return re.findall(r'data-number="(\w+)"', html)


@pytest.fixture
def three(department: Department) -> list[Ticket]:
    names = ("王女士", "李先生", "John Smith")
    return [story.new_ticket(department, subject=f"问题{n}", customer_name=name) for n, name in enumerate(names)]


def test_alice_sees_the_tickets_of_her_department_only(
    as_alice: Client, three: list[Ticket], other_department: Department
) -> None:
    foreign = story.new_ticket(other_department)
    assert set(numbers(as_alice)) == {ticket.number for ticket in three}
    assert foreign.number not in numbers(as_alice, "?status=all")


def test_what_waits_for_a_human_comes_first_then_what_is_due_first(
    as_alice: Client, alice: User, department: Department, refund_flow: FlowVersion, phone: Phone
) -> None:
    later = story.new_ticket(department, priority=3)
    sooner = story.new_ticket(department, priority=1)
    waiting = story.new_ticket(department, priority=4)
    story.ask_confirmation(story.start(waiting, alice), phone)
    assert numbers(as_alice) == [waiting.number, sooner.number, later.number]


def test_a_solved_ticket_leaves_the_list_of_what_is_to_do(
    as_alice: Client, alice: User, three: list[Ticket], refund_flow: FlowVersion, phone: Phone
) -> None:
    story.succeed(story.start(three[0], alice), phone, recorded=False)
    assert three[0].number not in numbers(as_alice)
    assert numbers(as_alice, "?status=solved") == [three[0].number]
    assert numbers(as_alice, "?status=all")[-1] == three[0].number


@pytest.mark.parametrize(
    ("search", "found"), [("李先生", 1), ("john", 2), ("问题2", 2), ("202405218876", None), ("没有这个", ()), ("%", ())]
)
def test_the_search_finds_number_text_and_customer(
    as_alice: Client, three: list[Ticket], search: str, found: int | tuple[()] | None
) -> None:
    expected = (
        {
            None: {ticket.number for ticket in three},
            (): set(),
        }.get(found)
        if not isinstance(found, int)
        else {three[found].number}
    )
    client_numbers = set(numbers(as_alice, f"?{TicketFilter(search=search).query()}"))
    assert client_numbers == expected


def test_a_ticket_is_found_by_its_number(as_alice: Client, three: list[Ticket]) -> None:
    assert numbers(as_alice, f"?q={three[1].number}") == [three[1].number]


def test_mine_means_assigned_to_me_or_started_by_me(
    as_alice: Client, alice: User, bob: User, three: list[Ticket], refund_flow: FlowVersion
) -> None:
    story.start(three[0], alice)
    story.start(three[1], bob)
    assert numbers(as_alice, "?mine=1") == [three[0].number]


def test_the_flow_filter_shows_tickets_that_fit_the_flow_and_those_it_handled(
    as_alice: Client,
    alice: User,
    department: Department,
    phone: Phone,
    refund_flow: FlowVersion,
    code_flow: FlowVersion,
) -> None:
    undone = story.new_ticket(department)
    handled = story.new_ticket(department)
    starts.start_run(ticket=handled, user=alice, flow_version=code_flow, answers={"mobile": "13800138000"})
    none = story.new_ticket(department, "你们几点上班?", subject="营业时间")
    assert numbers(as_alice, "?flow=complaint_refund") == [undone.number]
    assert numbers(as_alice, "?flow=resend_code") == [handled.number]
    assert numbers(as_alice, "?flow=none") == [none.number]
    again = story.succeed(Run.objects.get(ticket=handled), phone)
    starts.start_run(ticket=again.ticket, user=alice, flow_version=refund_flow)
    assert set(numbers(as_alice, "?flow=complaint_refund")) == {undone.number, handled.number}
    assert numbers(as_alice, "?flow=resend_code") == []


def test_a_line_names_beforehand_what_a_start_would_ask_for(
    as_alice: Client, alice: User, department: Department, refund_flow: FlowVersion
) -> None:
    ready = story.new_ticket(department)
    lacking = story.new_ticket(department, "耳机充不上电,我要退款!")
    html = as_alice.get("/tickets/").content.decode()
    assert re.findall(r'data-number="(\w+)"[^>]* data-ready', html) == [ready.number]
    assert re.search(r"缺 [^<]*订单号", html)
    values.give(lacking, refund_flow, "order_number", "202405218876", alice)
    for name in Ticket.objects.get(pk=lacking.pk).lacks.split(","):
        assert name
    html = as_alice.get("/tickets/").content.decode()
    assert not re.search(r"缺 [^<]*订单号", html)


@pytest.mark.parametrize("column", COLUMNS)
def test_every_column_sorts_both_ways_and_says_so(
    as_alice: Client, alice: User, three: list[Ticket], column: str
) -> None:
    desk.assign(three[1], alice, alice)
    one_way, other_way = (numbers(as_alice, f"?sort={sign}{column}") for sign in ("", "-"))
    assert sorted(one_way) == sorted(other_way) == sorted(ticket.number for ticket in three)
    assert one_way == list(reversed(other_way))
    if column != "priority":  # which has no column of its own
        html = as_alice.get(f"/tickets/?sort=-{column}").content.decode()
        assert html.count('aria-sort="descending"') == 1


def test_sorting_by_customer_is_by_name(as_alice: Client, three: list[Ticket]) -> None:
    Ticket.objects.filter(pk=three[0].pk).update(customer_name="C")
    Ticket.objects.filter(pk=three[1].pk).update(customer_name="A")
    Ticket.objects.filter(pk=three[2].pk).update(customer_name="B")
    assert numbers(as_alice, "?sort=customer") == [three[n].number for n in (1, 2, 0)]


def test_solved_tickets_are_told_by_day_the_newest_first(as_alice: Client, three: list[Ticket]) -> None:
    now = timezone.now()
    for ticket, days in zip(three, (40, 0, 1), strict=True):
        Ticket.objects.filter(pk=ticket.pk).update(status="solved", solved_at=now - timedelta(days=days))
    html = as_alice.get("/tickets/?status=solved").content.decode()
    assert re.findall(r'data-number="(\w+)"', html) == [three[n].number for n in (1, 2, 0)]
    heads = re.findall(r'class="queue-day"[^>]*><span role="cell">([^<]+)<', html)
    assert heads[:2] == ["今天", "昨天"]
    assert re.fullmatch(r"(\d{4}年)?\d{1,2}月\d{1,2}日", heads[2])


def test_tickets_are_found_by_who_is_responsible_and_by_when_they_came(
    as_alice: Client, alice: User, bob: User, three: list[Ticket]
) -> None:
    desk.assign(three[0], alice, bob)
    assert numbers(as_alice, f"?who={bob.pk}") == [three[0].number]
    assert set(numbers(as_alice, "?who=none")) == {three[1].number, three[2].number}
    day = timezone.localtime() - timedelta(days=1)
    Ticket.objects.filter(pk=three[2].pk).update(created_at=day)
    assert numbers(as_alice, "?created=yesterday") == [three[2].number]
    assert numbers(as_alice, f"?since={day:%Y-%m-%d}&until={day:%m-%d}") == [three[2].number]
    assert len(numbers(as_alice, "?created=today")) == 2
    assert len(numbers(as_alice, "?created=7d")) == 3


def test_a_search_looks_everywhere_and_by_values_and_foreign_numbers(
    as_alice: Client, alice: User, department: Department, refund_flow: FlowVersion, phone: Phone
) -> None:
    solved = story.new_ticket(department, subject="旧单")
    story.succeed(story.start(solved, alice), phone, recorded=False)
    given = story.new_ticket(department, "耳机充不上电,我要退款!")
    values.give(given, refund_flow, "order_number", "998877665544", alice)
    foreign = story.new_ticket(department, external_id="HD-4711", subject="外部")
    assert numbers(as_alice, "?q=旧单") == [solved.number]
    assert numbers(as_alice, "?q=998877665544") == [given.number]
    assert numbers(as_alice, "?q=hd-4711") == [foreign.number]
    assert numbers(as_alice, "?q=AS20240522001") == [solved.number], "by the case's number"
    assert numbers(as_alice, "?q=充不上电+我要退款") == [given.number], "every word must be there"
    assert "在全部状态里查看" in as_alice.get("/tickets/?q=旧单&status=new").content.decode()


def test_a_search_that_means_one_ticket_opens_it(as_alice: Client, as_charlie: Client, three: list[Ticket]) -> None:
    address = f"/tickets/?go=1&q={three[1].number.lower()}"
    assert as_alice.get(address)["Location"] == f"/tickets/{three[1].number}/"
    assert as_alice.get(address, headers={"HX-Request": "true"})["HX-Redirect"] == f"/tickets/{three[1].number}/"
    assert as_alice.get("/tickets/?go=1&q=李先生").status_code == 302
    assert as_alice.get("/tickets/?go=1&q=问题").status_code == 200
    assert as_charlie.get(address).status_code == 200


def test_a_search_that_finds_too_much_says_so(
    as_alice: Client, three: list[Ticket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "MOST_FOUND", 2)
    assert "只列出最新的" in as_alice.get("/tickets/?q=问题").content.decode()
    assert len(numbers(as_alice, "?q=问题")) == 2


def test_a_person_of_two_departments_can_choose_one(
    as_alice: Client, alice: User, three: list[Ticket], other_department: Department
) -> None:
    other_department.members.add(alice)
    theirs = story.new_ticket(other_department)
    assert numbers(as_alice, f"?department={other_department.pk}") == [theirs.number]


@pytest.mark.parametrize(
    "query", ["?status=zzz", "?department=abc", "?page=99999", "?page=x", "?mine=2", "?q=" + "x" * 500]
)
def test_a_strange_address_shows_the_queue_all_the_same(as_alice: Client, three: list[Ticket], query: str) -> None:
    assert as_alice.get(f"/tickets/{query}").status_code == 200


def test_the_queue_comes_in_pages_that_keep_the_filter(as_alice: Client, department: Department) -> None:
    for n in range(queue.PAGE + 3):
        story.new_ticket(department, text=f"手机号1380013{8000 + n}收不到验证码", subject=f"验证码{n}")
    html = as_alice.get("/tickets/?q=验证码").content.decode()
    assert html.count('class="queue-row') == queue.PAGE
    assert "page=2" in html
    assert "q=%E9%AA%8C" in html
    assert len(numbers(as_alice, "?q=验证码&page=2")) == 3


def test_a_live_page_gets_the_rows_only(as_alice: Client, three: list[Ticket]) -> None:
    part = as_alice.get("/tickets/", headers={"HX-Request": "true"}).content.decode()
    assert three[0].number in part
    assert "<html" not in part


def test_an_empty_queue_says_so_and_an_empty_search_offers_to_clear_it(as_alice: Client) -> None:
    assert "全部处理完了" in as_alice.get("/tickets/").content.decode()
    assert "清除筛选" in as_alice.get("/tickets/?q=nothing").content.decode()


def test_the_chips_count_what_they_would_show(
    as_alice: Client, alice: User, three: list[Ticket], refund_flow: FlowVersion, phone: Phone
) -> None:
    fitting.forget()  # the flow is newer than the tickets
    fitting.learn()
    story.ask_confirmation(story.start(three[0], alice), phone)
    counts = {chip.status: chip.count for chip in as_alice.get("/tickets/").context["chips"]}
    assert {name: counts[name] for name in ("waiting", "undone", "solved", "all")} == {
        "waiting": 1,
        "undone": 3,
        "solved": 0,
        "all": 3,
    }


def test_a_retired_flow_fits_no_ticket_and_is_offered_for_none(
    as_alice: Client, ticket: Ticket, refund_flow: FlowVersion, sara: User, django_capture_on_commit_callbacks: Any
) -> None:
    fitting.forget()
    fitting.learn()
    ticket.refresh_from_db()
    assert ticket.fitting == refund_flow.template
    with django_capture_on_commit_callbacks(execute=True):
        releases.retire(refund_flow.template, sara)
    fitting.learn()  # as the periodic task does
    ticket.refresh_from_db()
    assert ticket.fitting is None
    assert 'value="complaint_refund"' not in as_alice.get(f"/tickets/{ticket.number}/").content.decode()


def test_the_sla_is_coloured_by_the_time_left(as_alice: Client, three: list[Ticket]) -> None:
    for ticket, minutes in zip(three, (-5, 10, 300), strict=True):
        Ticket.objects.filter(pk=ticket.pk).update(due_at=timezone.now() + timedelta(minutes=minutes))
    html = as_alice.get("/tickets/").content.decode()
    assert re.findall(r"sla sla-(\w+)", html) == ["late", "soon", "ok"]


def test_a_viewer_is_offered_no_new_ticket(as_victor: Client, three: list[Ticket]) -> None:
    html = as_victor.get("/tickets/").content.decode()
    assert three[0].number in html
    assert "/tickets/new/" not in html


def test_a_customers_words_are_shown_as_words(as_alice: Client, department: Department) -> None:
    story.new_ticket(department, subject="<script>alert(1)</script>", customer_name="<b>x</b>")
    html = as_alice.get("/tickets/").content.decode()
    assert "<script>alert" not in html
    assert "&lt;b&gt;x" in html


def test_listing_takes_a_fixed_number_of_queries(
    as_alice: Client, three: list[Ticket], department: Department, run: Run, django_assert_max_num_queries: object
) -> None:
    for n in range(20):
        story.new_ticket(department, subject=str(n))
    with django_assert_max_num_queries(20):  # type: ignore[operator]
        as_alice.get("/tickets/")


def test_five_hundred_views_stay_usable(as_alice: Client, alice: User, three: list[Ticket]) -> None:
    for n in range(12):
        saved_views.save(alice, f"视图{n}", f"q=问题{n}&status=all")
    html = as_alice.get("/tickets/?q=问题3&status=all").content.decode()
    assert re.findall(r'data-key="(\d)"', html) == [str(n) for n in range(1, 10)]
    assert "全部 12 个视图" in html
    assert html.count('data-name="视图') == 12, "the others are in the list"
    part = as_alice.get("/tickets/", headers={"HX-Request": "true"}).content.decode()
    assert part.count("视图1") == 1, "a live update carries those with keys only"


def test_a_view_is_saved_from_what_is_shown_and_taken_away(as_alice: Client, alice: User, as_victor: Client) -> None:
    query = "status=open&who=none&sort=-created"
    answer = as_alice.post("/views/save/", {"name": "无主", "query": f"{query}&page=3&evil=1"})
    view = alice.saved_views.get()
    assert TicketFilter.of(view.query) == TicketFilter(status="open", who="none", sort="-created")
    assert answer["Location"] == f"/tickets/?{view.query}"
    assert as_victor.post(f"/views/{view.pk}/drop/").status_code == 404
    as_alice.post(f"/views/{view.pk}/drop/")
    assert not alice.saved_views.exists()
