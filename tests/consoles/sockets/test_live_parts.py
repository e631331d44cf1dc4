"""The live page gets what changed since it last looked, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.contrib.auth.models import User
from django.test import Client

from consoles.pages.parts import OVERLAP, PARTS
from tests.consoles import story
from tickets.models import Confirmation, Phone, Run, Ticket
from tickets.services.runs import decisions


def hashes(html: str) -> dict[str, str]:
    return dict(re.findall(r'data-part="(\w+)" data-hash="(\w+)"', html))


def state(client: Client, run: Run, known: dict[str, str], last: int = 0, query: str = "") -> str:
    headers = {
        "HX-Request": "true",
        "X-Parts": ",".join(f"{name}:{mark}" for name, mark in known.items()),
        "X-Run": str(run.pk),
        "X-Last-Step": str(last),
    }
    response = client.get(f"/tickets/{run.ticket.number}/state/{query}", headers=headers)
    assert response.status_code == 200
    assert response["HX-Reswap"] == "none"
    return story.markup(response)


def whole(client: Client, ticket: Ticket) -> dict[str, str]:
    return hashes(client.get(f"/tickets/{ticket.number}/").content.decode())


def test_nothing_is_sent_again_while_nothing_changed(as_alice: Client, confirmation: Confirmation) -> None:
    known = whole(as_alice, confirmation.run.ticket)
    assert set(known) == set(PARTS)
    assert hashes(state(as_alice, confirmation.run, known)) == {}


def test_a_half_typed_note_survives_a_step_elsewhere(as_alice: Client, run: Run, phone: Phone) -> None:
    run = story.drive(run, phone)
    known = whole(as_alice, run.ticket)
    story.take_steps(run, 2)
    assert hashes(state(as_alice, run, known)) == {}


def test_a_new_confirmation_comes_with_the_head_and_the_pause(as_alice: Client, run: Run, phone: Phone) -> None:
    known = whole(as_alice, run.ticket)
    story.ask_confirmation(run, phone)
    html = state(as_alice, run, known)
    assert {"head", "pause"} <= set(hashes(html))
    assert story.SUMMARY in html
    assert html.count('hx-swap-oob="true"') >= 2


def test_a_page_that_knows_nothing_gets_everything(as_alice: Client, run: Run) -> None:
    html = state(as_alice, run, {})
    assert set(hashes(html)) == set(PARTS)
    assert 'id="part-steps"' in html


def test_a_list_in_which_something_is_decided_is_sent_no_parts(
    log_in: Callable[[User], Client], bob: User, confirmation: Confirmation
) -> None:
    answer = {"answer": "yes", "version": "0"}
    response = log_in(bob).post(f"/confirmations/{confirmation.pk}/decide/", answer, headers={"HX-Request": "true"})
    assert (response.status_code, response.content) == (200, b"")


def test_only_new_steps_are_added_and_the_newest_ones_renewed(as_alice: Client, run: Run, phone: Phone) -> None:
    run = story.drive(run, phone)
    story.take_steps(run, 7)
    html = state(as_alice, run, whole(as_alice, run.ticket), last=5)
    renewed, added = html.split('<ol hx-swap-oob="beforeend:#steps">')
    assert re.findall(r'data-step="(\d+)"', added) == ["6", "7"]
    assert re.findall(r'data-step="(\d+)"', renewed) == [str(n) for n in range(5 - OVERLAP, 6)]


def test_a_page_that_shows_another_run_gets_the_whole_timeline(
    as_alice: Client, alice: User, run: Run, phone: Phone, ticket: Ticket
) -> None:
    story.fail(run, phone)
    fresh = story.start(ticket, alice)
    html = state(as_alice, run, {}, last=2)
    assert f'id="part-steps" class="part part-steps" hx-swap-oob="true" data-run="{fresh.pk}"' in html


def test_the_answer_says_how_far_the_run_is(as_alice: Client, run: Run, phone: Phone) -> None:
    story.take_steps(story.drive(run, phone), 3)
    response = as_alice.get(f"/tickets/{run.ticket.number}/state/")
    run.refresh_from_db()
    assert response["X-Seq"] == str(run.event_seq)
    assert run.event_seq > 0


def test_a_steps_mark_changes_with_its_outcome_and_its_decision(
    as_alice: Client, confirmation: Confirmation, bob: User
) -> None:
    def mark() -> str:
        html = story.markup(as_alice.get(f"/tickets/{confirmation.run.ticket.number}/"))
        found = re.search(r'id="step-8" data-step="8" data-mark="(\w+)"', html)
        assert found
        return found[1]

    before = mark()
    decisions.decide(confirmation=confirmation, user=bob, approve=True, version=0)
    assert mark() != before


def test_garbage_in_the_headers_of_a_live_page_is_harmless(as_alice: Client, run: Run) -> None:
    headers = {"X-Parts": ",,:::,head,a:b:c", "X-Run": "'; DROP", "X-Last-Step": "-5", "HX-Request": "true"}
    response = as_alice.get(f"/tickets/{run.ticket.number}/state/?run=none", headers=headers)
    assert response.status_code == 200


def test_reading_the_state_takes_few_queries(
    as_alice: Client, run: Run, phone: Phone, django_assert_max_num_queries: object
) -> None:
    run = story.drive(run, phone)
    story.take_steps(run)
    known = whole(as_alice, run.ticket)
    with django_assert_max_num_queries(26):  # type: ignore[operator]
        state(as_alice, run, known, last=7)
