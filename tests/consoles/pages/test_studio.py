"""The flow studio: a draft in a form, checked in words, put to review by one and released after another."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.consoles import story
from tests.tickets.flows.test_flow_form import posted
from tickets.flows import form
from tickets.models import (
    AuditEvent,
    Department,
    FlowDraft,
    FlowTemplate,
    FlowVersion,
    Phone,
    PhoneUse,
    Rehearsal,
    Release,
    Run,
    Ticket,
)
from tickets.services.flows import drafts, rehearsals
from tickets.services.releasing import releases, stages

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
FLOW = "/flows/complaint_refund"


@pytest.fixture
def as_fiona(fiona: User) -> Client:
    return client_of(fiona)


@pytest.fixture
def as_sara(sara: User) -> Client:
    return client_of(sara)


@pytest.fixture
def gao(department: Department) -> User:
    return story.member("gao", "flow_editor", department)


@pytest.fixture
def hua(department: Department) -> User:
    return story.member("hua", "flow_editor", department)


@pytest.fixture
def draft(fiona: User, refund_flow: FlowVersion) -> FlowDraft:
    return drafts.open_draft(refund_flow.template, fiona)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def fields(draft: FlowDraft, **changes: Any) -> dict[str, Any]:
    """What the browser sends of the form of this draft."""
    values: dict[str, Any] = posted(form.rows_of(draft.definition))
    return {**values, "draft": str(draft.pk), "revision": str(draft.revision), "note": "", **changes}


def test_a_draft_opens_as_a_form_and_as_json(as_fiona: Client, draft: FlowDraft) -> None:
    html = as_fiona.get(f"{FLOW}/draft/").content.decode()
    assert 'value="order_number"' in html
    assert "提交成功 | Submitted" in html
    assert "&quot;success_evidence&quot;" in as_fiona.get(f"{FLOW}/draft/?view=json").content.decode()


def test_what_the_form_says_is_saved_and_nothing_else_changes(as_fiona: Client, draft: FlowDraft) -> None:
    before = dict(draft.definition)
    response = as_fiona.post(f"{FLOW}/draft/save/", fields(draft, second_approval_above="200"), headers=HTMX)
    assert response.status_code == 200
    draft.refresh_from_db()
    assert draft.definition == {**before, "second_approval_above": 200}
    assert draft.revision == 2


def test_saving_without_a_change_makes_no_revision(as_fiona: Client, draft: FlowDraft) -> None:
    as_fiona.post(f"{FLOW}/draft/save/", fields(draft), headers=HTMX)
    draft.refresh_from_db()
    assert draft.revision == 1


def test_what_is_wrong_is_said_and_kept(as_fiona: Client, draft: FlowDraft) -> None:
    html = as_fiona.post(f"{FLOW}/draft/save/", fields(draft, refuse_above="很多"), headers=HTMX).content.decode()
    assert "应用与边界 · 拒绝执行的金额" in html
    assert 'href="#part-limits"' in html
    assert "engine." not in html
    draft.refresh_from_db()
    assert draft.definition["engine"]["refuse_above"] == "很多"
    response = as_fiona.post(f"{FLOW}/draft/version/", fields(draft), headers=HTMX)
    assert response.status_code == 422
    assert FlowVersion.objects.count() == 1


def test_an_empty_draft_names_what_is_missing_as_its_form_does(as_fiona: Client) -> None:
    as_fiona.post("/flows/new/", {"name": "取消订单", "slug": "cancel_order"})
    html = story.markup(as_fiona.get("/flows/cancel_order/draft/"))
    problems = html.partition('<ul class="problems">')[2].partition("</ul>")[0]
    for words in ("适用的工单", "需要的信息", "给智能体的指令", "完成的证据"):
        assert words in problems
    assert not re.search(r"match|slots|instruction:|engine", re.sub(r'href="[^"]*"', "", problems))
    assert "match: " in story.markup(as_fiona.get("/flows/cancel_order/draft/?view=json"))


@pytest.mark.parametrize(
    "text",
    ["{", "[1]", "", "[" * 50_000, json.dumps({"x": "长" * 400_000})],
    ids=["cut", "list", "empty", "deep", "huge"],
)
def test_a_json_that_cannot_be_used_is_refused_in_words(as_fiona: Client, draft: FlowDraft, text: str) -> None:
    sent = {"draft": draft.pk, "revision": 1, "definition": text}
    response = as_fiona.post(f"{FLOW}/draft/save/", sent, headers=HTMX)
    assert response.status_code == 422
    assert "没有保存" in response.content.decode()
    assert response["HX-Retarget"] == "#draft-state", "the page shows it where the draft's state stands"
    draft.refresh_from_db()
    assert draft.revision == 1


@pytest.mark.parametrize("revision", ["", "x", "9" * 400, "-1"])
def test_a_revision_that_is_none_is_refused(as_fiona: Client, draft: FlowDraft, revision: str) -> None:
    sent = fields(draft, revision=revision, threshold="9")
    assert as_fiona.post(f"{FLOW}/draft/save/", sent, headers=HTMX).status_code == 400


def test_two_editors_lose_nothing(as_fiona: Client, draft: FlowDraft, gao: User) -> None:
    client_of(gao).post(f"{FLOW}/draft/save/", fields(draft, threshold="5"), headers=HTMX)
    response = as_fiona.post(f"{FLOW}/draft/save/", fields(draft, threshold="7"), headers=HTMX)
    assert response.status_code == 409
    assert response["HX-Retarget"] == "#draft-state"
    html = response.content.decode()
    assert "gao" in html
    assert "+    &quot;threshold&quot;: 7" in html, "no sentence of the flow tells this difference"
    draft.refresh_from_db()
    assert draft.definition["match"]["threshold"] == 5
    sent = fields(draft, threshold="7", revision=str(response.context["conflict"]["revision"]))
    assert as_fiona.post(f"{FLOW}/draft/save/", sent, headers=HTMX).status_code == 409, "saving by itself"
    assert as_fiona.post(f"{FLOW}/draft/version/", sent, headers=HTMX).status_code == 409
    assert f'{{"revision": "{draft.revision}"}}' in html
    chosen = fields(draft, threshold="7")
    assert as_fiona.post(f"{FLOW}/draft/save/", chosen, headers=HTMX).status_code == 200


def test_a_conflict_says_how_the_two_differ(as_fiona: Client, draft: FlowDraft, gao: User) -> None:
    client_of(gao).post(f"{FLOW}/draft/save/", fields(draft, second_approval_above="700"), headers=HTMX)
    html = as_fiona.post(f"{FLOW}/draft/save/", fields(draft, second_approval_above="900"), headers=HTMX)
    assert "<ins>金额高于 ¥900 时需要两人确认。</ins>" in html.content.decode()
    assert "<del>金额高于 ¥700 时需要两人确认。</del>" in html.content.decode()


def test_an_earlier_save_is_shown_and_comes_back(as_fiona: Client, draft: FlowDraft) -> None:
    before = draft.definition
    as_fiona.post(f"{FLOW}/draft/save/", fields(draft, second_approval_above="700"), headers=HTMX)
    draft.refresh_from_db()
    page = as_fiona.get(f"{FLOW}/draft/history/?revision=1").content.decode()
    assert "<del>金额高于 ¥700 时需要两人确认。</del>" in page
    back = {"draft": draft.pk, "revision": draft.revision, "to": 1}
    assert as_fiona.post(f"{FLOW}/draft/restore/", back).status_code == 302
    draft.refresh_from_db()
    assert (draft.definition, draft.revision) == (before, 3)
    assert as_fiona.post(f"{FLOW}/draft/restore/", back).status_code == 409, "somebody saved since"
    for wrong in ("9", "x", "9" * 40):
        assert as_fiona.post(f"{FLOW}/draft/restore/", {**back, "to": wrong}).status_code == 404
        assert as_fiona.get(f"{FLOW}/draft/history/?revision={wrong}").status_code == 404


def test_a_sample_is_read_before_anything_is_stored(as_fiona: Client, draft: FlowDraft, ticket: Ticket) -> None:
    sent = fields(draft, sample="订单号202405218876,耳机充不上电,要求全额退款")
    html = as_fiona.post(f"{FLOW}/draft/preview/", sent, headers=HTMX).content.decode()
    assert "202405218876" in html
    assert "查找订单号202405218876" in html
    assert f"{ticket.number}" in html


def test_from_draft_to_release_with_two_other_people(
    as_fiona: Client, draft: FlowDraft, gao: User, hua: User, ticket: Ticket
) -> None:
    as_fiona.post(f"{FLOW}/draft/save/", fields(draft, second_approval_above="300", note="限额"), headers=HTMX)
    draft.refresh_from_db()
    made = as_fiona.post(f"{FLOW}/draft/version/", fields(draft), headers=HTMX)
    assert made["HX-Redirect"] == f"{FLOW}/?version=2"
    version = FlowVersion.objects.get(number=2)
    assert as_fiona.post(f"{FLOW}/v2/submit/", {"reason": "只改限额"}).status_code == 302
    assert as_fiona.post(f"{FLOW}/v2/review/", {"verdict": "approved"}).status_code == 403
    for reviewer in (gao, hua):
        assert client_of(reviewer).post(f"{FLOW}/v2/review/", {"verdict": "approved"}).status_code == 302
    assert releases.version_for(version.template, ticket) != version
    assert client_of(gao).post(f"{FLOW}/v2/release/", {"percent": "100"}).status_code == 302
    assert releases.version_for(version.template, ticket) == version
    assert client_of(gao).post(f"{FLOW}/take-back/", {"note": "先退回"}).status_code == 302
    assert releases.version_for(version.template, ticket).number == 1  # type: ignore[union-attr]
    assert "之后没有版本处理工单" in as_fiona.get(f"{FLOW}/").content.decode()


@pytest.mark.parametrize(
    "sent",
    [
        {"percent": ""},
        {"percent": "7"},
        {"percent": "9" * 50},
        {"percent": "100", "department": "9" * 30},
        {"percent": "100", "success_floor": "nan"},
        {"percent": "100", "rejection_ceiling": "101"},
    ],
)
def test_a_release_with_impossible_terms_is_refused(as_fiona: Client, refund_flow: FlowVersion, sent: Any) -> None:
    before = Release.objects.count()
    assert as_fiona.post(f"{FLOW}/v1/release/", sent).status_code == 400
    assert Release.objects.count() == before


def test_what_stands_on_no_page_is_not_found(as_fiona: Client, refund_flow: FlowVersion) -> None:
    for address in ("/flows/no_such/", f"{FLOW}/v9/sop/", f"{FLOW}/v{'9' * 40}/sop/"):
        assert as_fiona.get(address).status_code == 404
    assert as_fiona.get(f"{FLOW}/?version={'9' * 5000}&with=x").status_code == 200


def test_the_printed_flow_says_what_it_needs_and_where_it_stops(as_fiona: Client, refund_flow: FlowVersion) -> None:
    html = as_fiona.get(f"{FLOW}/v1/sop/").content.decode()
    for words in ("需要的信息", "订单号", "提交前由人确认", "金额高于 ¥2000 时需要两人确认"):
        assert words in html


def test_a_new_flow_begins_with_an_empty_draft(as_fiona: Client) -> None:
    response = as_fiona.post("/flows/new/", {"name": "取消订单", "slug": "cancel_order"})
    assert response["Location"] == "/flows/cancel_order/draft/"
    assert as_fiona.get("/flows/cancel_order/draft/").status_code == 200
    assert as_fiona.post("/flows/new/", {"name": "取消订单", "slug": "cancel_order"}).status_code == 409
    for wrong in ("", "Cancel order", "1x", "x" * 60, "<script>"):
        assert as_fiona.post("/flows/new/", {"name": "甲", "slug": wrong}).status_code == 400
    assert FlowTemplate.objects.count() == 1


def test_a_supervisor_asks_for_a_flow_and_an_editor_answers(as_sara: Client, as_fiona: Client, ticket: Ticket) -> None:
    sent = {"title": "补开发票", "per_week": "120", "minutes_each": "6", "writes": "on", "examples": ticket.number}
    assert as_sara.post("/flows/requests/new/", sent)["Location"] == "/flows/#requests"
    html = as_fiona.get("/flows/").content.decode()
    assert "补开发票" in html
    wrong = as_sara.post("/flows/requests/new/", {"title": "<b>退货</b>", "per_week": "很多"})
    assert wrong.status_code == 422
    assert "&lt;b&gt;退货&lt;/b&gt;" in wrong.content.decode()
    row = as_fiona.get("/flows/").context["requests"][0].request
    as_fiona.post(f"/flows/requests/{row.pk}/answer/", {"answer": "declined", "text": "每单都不同"})
    html = as_sara.get("/flows/").content.decode()
    assert "没有待处理的需求" in html
    assert "每单都不同" in html, "who asked reads the answer"


def test_a_request_shows_its_examples_to_whoever_may_see_them(
    as_sara: Client, as_fiona: Client, ticket: Ticket, other_department: Department
) -> None:
    as_sara.post("/flows/requests/new/", {"title": "补开发票", "examples": ticket.number})
    assert f'href="/tickets/{ticket.number}/"' in as_fiona.get("/flows/").content.decode()
    elsewhere = client_of(story.member("elsa", "flow_editor", other_department))
    assert ticket.number not in elsewhere.get("/flows/").content.decode()


def test_an_editor_names_and_describes_a_flow_in_both_languages(as_fiona: Client, refund_flow: FlowVersion) -> None:
    sent = {"name": "退款", "name_en": "Refund", "description": "查单并退款", "description_en": "Finds and refunds"}
    assert as_fiona.post(f"{FLOW}/names/", sent).status_code == 302
    as_fiona.cookies["django_language"] = "en"
    html = as_fiona.get("/flows/").content.decode()
    assert "Refund" in html
    assert "Finds and refunds" in html
    for wrong in ({"name": ""}, {"name": "x" * 81}, {**sent, "description": "x" * 2001}):
        assert as_fiona.post(f"{FLOW}/names/", wrong).status_code == 400
    assert AuditEvent.objects.filter(type="flow.described").count() == 1


def test_a_refused_form_leads_back_to_its_page(as_fiona: Client, refund_flow: FlowVersion) -> None:
    page = f"http://testserver{FLOW}/"
    refused = as_fiona.post(f"{FLOW}/v1/release/", {"percent": "7"}, headers={"Referer": page}).content.decode()
    assert f'href="{page}" data-back' in refused
    for elsewhere in ("https://evil.invalid/flows/", "javascript:alert(1)", ""):
        html = as_fiona.post(f"{FLOW}/v1/release/", {"percent": "7"}, headers={"Referer": elsewhere}).content.decode()
        assert "data-back" not in html


def test_the_page_says_what_a_version_waits_for_and_offers_only_more_tickets(
    as_fiona: Client, draft: FlowDraft, gao: User
) -> None:
    version = drafts.freeze(draft, draft.author, revision=draft.revision)
    assert "演练这个版本" in as_fiona.get(f"{FLOW}/").content.decode()
    stages.adopt(version)
    releases.release(version, gao, percent=5)
    html = as_fiona.get(f"{FLOW}/").content.decode()
    assert "扩大比例" in html
    offered = re.findall(r'<option value="(\w+)">', html.partition('name="percent"')[2].partition("</select>")[0])
    assert offered == ["25", "100"]
    assert "退回 v1" in html
    releases.release(version, gao)
    assert 'name="percent"' not in as_fiona.get(f"{FLOW}/").content.decode()


def test_the_stage_of_what_was_published_before_is_released(refund_flow: FlowVersion) -> None:
    assert stages.of(refund_flow).value == "released"


class TestRehearsal:
    @pytest.fixture
    def rehearsal_phone(self, phone: Phone) -> Phone:
        Phone.objects.filter(pk=phone.pk).update(use=PhoneUse.REHEARSAL)
        return phone

    def test_an_editor_starts_one_and_reads_its_report(
        self, as_fiona: Client, refund_flow: FlowVersion, ticket: Ticket, rehearsal_phone: Phone
    ) -> None:
        sent = {"tickets": f"{ticket.number}, {ticket.number}", "times": "2", "person_seconds": "503"}
        response = as_fiona.post(f"{FLOW}/v1/rehearse/", sent)
        rehearsal = Rehearsal.objects.get()
        assert response["Location"] == f"/rehearsals/{rehearsal.pk}/"
        html = as_fiona.get(response["Location"]).content.decode()
        assert "4 次进行中" in html
        as_fiona.post(f"/rehearsals/{rehearsal.pk}/stop/")
        rehearsals.close_finished()
        html = as_fiona.get(response["Location"]).content.decode()
        assert "还不足以说明" in html
        assert "已停止" in html

    @pytest.mark.parametrize("sent", [{"times": "x"}, {"times": "0"}, {"times": "9" * 400}, {"person_seconds": "很久"}])
    def test_what_cannot_be_rehearsed_is_refused_in_words(
        self, as_fiona: Client, refund_flow: FlowVersion, ticket: Ticket, rehearsal_phone: Phone, sent: dict[str, str]
    ) -> None:
        response = as_fiona.post(f"{FLOW}/v1/rehearse/", {"tickets": ticket.number, **sent})
        assert response.status_code == 400
        assert not Rehearsal.objects.exists()

    def test_without_tickets_the_newest_that_fit_are_taken_as_often_as_asked(
        self, as_fiona: Client, refund_flow: FlowVersion, ticket: Ticket, rehearsal_phone: Phone
    ) -> None:
        assert as_fiona.post(f"{FLOW}/v1/rehearse/", {"times": "3"}).status_code == 302
        assert [row.ticket_number for row in Rehearsal.objects.get().runs.all()] == [ticket.number] * 3

    def test_a_ticket_of_another_department_is_not_found(
        self, as_fiona: Client, refund_flow: FlowVersion, rehearsal_phone: Phone, other_department: Department
    ) -> None:
        other = story.new_ticket(other_department)
        assert as_fiona.post(f"{FLOW}/v1/rehearse/", {"tickets": other.number}).status_code == 404

    def test_a_phone_is_made_a_practice_phone_by_two_administrators(self, phone: Phone) -> None:
        first, second = (User.objects.create_superuser(name, password="x") for name in ("one", "two"))
        page = f"/phones/{phone.pk}/use/"
        assert client_of(first).post(page, {"use": "mark", "accounts": "售后 / test01"}).status_code == 302
        assert client_of(first).post(page, {"use": "agree"}).status_code == 403
        assert client_of(second).post(page, {"use": "agree"}).status_code == 302
        phone.refresh_from_db()
        assert phone.use == PhoneUse.PRACTICE
        assert client_of(first).post(page, {"use": "practice"}).status_code == 400
        assert "售后 / test01" in client_of(first).get("/phones/").content.decode()
        assert client_of(first).post(page, {"use": "shared"}).status_code == 302
        assert "售后 / test01" not in client_of(first).get("/phones/").content.decode()


def filled_in(run: Run) -> list[str]:
    return sorted(slot.name for slot in run.slots.all() if slot.value)


def goes_another_way(run: Run, filled: list[str]) -> None:
    """The run's version knows a way of one step for these slots, and the run, by the model, did another act."""
    page = {"app": "com.example.desk", "title": "订单详情", "controls": ["button:甲", "button:乙"], "captions": []}
    step = {"page": page, "kind": "back", "control": None, "text": "", "way": [], "commits": False, "optional": False}
    way = {"filled": filled, "steps": [step], "end": None, "runs": 1}
    FlowVersion.objects.filter(pk=run.flow_version_id).update(route={"version": 1, "ways": [way]})
    run.steps.update(source="model", route_mark={**step, "kind": "home"})


def test_a_page_where_runs_leave_the_route_is_shown_as_it_was_and_as_it_is_and_renewed_by_an_editor(
    as_fiona: Client, alice: User, run: Run, phone: Phone
) -> None:
    story.succeed(run, phone)
    version = run.flow_version
    goes_another_way(run, filled_in(run))
    Run.objects.filter(pk=run.pk).update(checkpoint={"route": {"at": 0, "tries": 0, "taken": -1, "detours": [0]}})

    shown = story.markup(as_fiona.get(f"{FLOW}/"))
    assert "偏离路线的页面" in shown
    assert "最近 1 次中 1 次" in shown
    assert as_fiona.post(f"{FLOW}/v{version.number}/renew/").status_code == 302
    renewed = FlowVersion.objects.get(number=version.number + 1)
    assert renewed.route["ways"][0]["steps"][0]["kind"] == "home"
    assert client_of(alice).post(f"{FLOW}/v{version.number}/renew/").status_code == 403


def test_what_runs_filled_in_besides_the_known_ways_is_offered_and_remembered_in_a_draft(
    as_fiona: Client, alice: User, run: Run, phone: Phone
) -> None:
    story.succeed(run, phone)
    version = run.flow_version
    goes_another_way(run, ["nothing"])
    filled = filled_in(run)

    shown = story.markup(as_fiona.get(f"{FLOW}/"))
    assert "还没有记住的路线" in shown
    learn = f"{FLOW}/v{version.number}/learn/"
    assert client_of(alice).post(learn, {"run": str(run.pk)}).status_code == 403
    assert as_fiona.post(learn, {"run": "none"}).status_code == 409
    assert as_fiona.post(learn, {"run": str(run.pk)}).status_code == 302
    made = FlowVersion.objects.get(number=version.number + 1)
    assert [way["filled"] for way in made.route["ways"]] == [["nothing"], filled]
    assert "还没有记住的路线" not in story.markup(as_fiona.get(f"{FLOW}/?version={made.number}"))


def test_what_happens_after_a_failure_is_chosen_on_the_flows_page(
    as_sara: Client, as_fiona: Client, sara: User, refund_flow: FlowVersion, code_flow: FlowVersion
) -> None:
    for to in (f"person:{sara.pk}", "flow:resend_code", "version:1", ""):
        assert as_sara.post(f"{FLOW}/fall-back/", {"to": to}).status_code == 302
        html = as_sara.get(f"{FLOW}/").content.decode()
        assert (f'value="{to}" selected' in html) is bool(to)
    for wrong in ("person:999999", "person:x", "flow:none", "version:99", "robot:none", "nobody"):
        assert as_sara.post(f"{FLOW}/fall-back/", {"to": wrong}).status_code == 400
