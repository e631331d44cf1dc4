"""Desks of unusual size: very long notes, a customer with thousands of tickets, hundreds of views, a team of one."""

from __future__ import annotations

from urllib.parse import unquote

from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.consoles import story
from tickets.models import Comment, Department, FlowVersion, Phone, SavedView, Ticket
from tickets.services.tickets.edits import MAX_COMMENT

HTMX = {"HX-Request": "true"}


def queries_of(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    return len(seen)


def test_a_note_of_five_thousand_characters_is_kept_whole_and_too_long_a_one_refused_in_words(
    as_alice: Client, department: Department
) -> None:
    ticket = story.new_ticket(department)
    path = f"/tickets/{ticket.number}/notes/"
    text = "已电话联系客户,约定明天回访。" * 400
    assert as_alice.post(path, {"text": text[:5000]}, headers=HTMX).status_code == 200
    refused = as_alice.post(path, {"text": "长" * (MAX_COMMENT + 1)}, headers=HTMX)
    assert f"最多 {MAX_COMMENT} 个字" in refused.content.decode()
    assert [len(note.text) for note in Comment.objects.all()] == [5000]
    assert text[:5000] in as_alice.get(f"/tickets/{ticket.number}/").content.decode()


def test_a_customer_with_three_thousand_tickets_costs_no_more_queries_than_one_with_thirty(
    as_alice: Client, department: Department
) -> None:
    def tickets_of(name: str, mobile: str, count: int) -> Ticket:
        first = story.new_ticket(department, customer_name=name, customer_mobile=mobile)
        Ticket.objects.bulk_create(
            Ticket(
                number=f"{name}{n}",
                subject="催促",
                text="催促",
                customer_name=name,
                customer_mobile=mobile,
                department=department,
                due_at=first.due_at,
                created_at=first.created_at,
            )
            for n in range(count)
        )
        return first

    few, many = tickets_of("甲", "13800000001", 30), tickets_of("乙", "13800000002", 3000)
    assert queries_of(as_alice, f"/tickets/{many.number}/") == queries_of(as_alice, f"/tickets/{few.number}/")
    page = as_alice.get(f"/tickets/{many.number}/").content.decode()
    assert "另有 2980 个更早的工单" in page
    assert page.count('href="/tickets/乙') <= 20


def test_five_hundred_saved_views_show_the_first_nine_and_cost_no_more_queries(as_alice: Client, alice: User) -> None:
    SavedView.objects.create(owner=alice, name="一个", query="who=me")
    one = queries_of(as_alice, "/tickets/")
    SavedView.objects.bulk_create(SavedView(owner=alice, name=f"视图{n:03}", query="who=me") for n in range(499))
    assert queries_of(as_alice, "/tickets/") == one
    page = as_alice.get("/tickets/")
    assert len(page.context["views"]) == 9
    assert "全部 500 个视图" in page.content.decode()


def test_a_team_of_one_reads_that_nobody_else_can_confirm(
    as_alice: Client, alice: User, department: Department, phone: Phone, refund_flow: FlowVersion
) -> None:
    department.members.set([alice])
    story.publish("complaint_refund", four_eyes=True)
    run = story.start(story.new_ticket(department), alice)
    story.ask_confirmation(run, phone)
    page = story.markup(as_alice.get(f"/tickets/{run.ticket.number}/"))
    assert "部门里没有其他人可以确认,请联系管理员。" in page
    assert "部门里没有其他同事。" in page
    assert as_alice.get("/waiting/state/").json()["mine"] == 0


def test_the_next_is_found_beyond_the_first_rows_of_a_long_list(as_alice: Client, department: Department) -> None:
    first = story.new_ticket(department)
    same = {"subject": "催促", "text": "催促", "department": department}
    same |= {"due_at": first.due_at, "created_at": first.created_at}
    Ticket.objects.bulk_create(Ticket(number=f"排{n:03}", **same) for n in range(250))
    ways = [as_alice.get("/next/", {"after": f"排{n:03}", "way": "on"})["Location"] for n in (198, 199, 230, 249)]
    assert [unquote(way) for way in ways] == ["/tickets/排199/", "/tickets/排200/", "/tickets/排231/", "/tickets/"]
