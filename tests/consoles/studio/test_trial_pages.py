"""Two versions compared on the studio's pages: the size first, no figures on the way, then what they show; and the page
on which a person says that something the agent did was wrong."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from tests.consoles import story
from tests.consoles.pages.test_studio import client_of
from tickets.models import (
    ActMark,
    Arm,
    Confirmation,
    ConfirmationState,
    Department,
    FlowVersion,
    Release,
    Run,
    RunStatus,
    Ticket,
    Trial,
    TrialRun,
    TrialState,
)
from tickets.services.releasing import trials

pytestmark = pytest.mark.django_db
FLOW = "/flows/complaint_refund"
FORM = {
    "a": "1",
    "b": "2",
    "percent": "50",
    "measure": "success",
    "expected": "90",
    "difference": "5",
    "alpha": "0.05",
    "power": "0.8",
    "floor": "50",
}


@pytest.fixture
def pair(refund_flow: FlowVersion) -> list[FlowVersion]:
    """v1 and v2, of which v2 is at work."""
    return [refund_flow, story.publish("complaint_refund", second_approval_above=500)]


@pytest.fixture
def as_sara(sara: User) -> Client:
    return client_of(sara)


@pytest.fixture
def ended(pair: list[FlowVersion], department: Department) -> Trial:
    """All runs of A failed and all of B succeeded."""
    terms = {"percent": 100, "expected": 0.9, "difference": 0.1, "alpha": 0.05, "power": 0.8, "floor": 0.5}
    versions = {"template": pair[0].template, "a": pair[1], "b": pair[0]}
    now = timezone.now()
    trial = Trial.objects.create(**versions, **terms, runs_each=20, state=TrialState.ENDED, began_at=now, ended_at=now)
    statuses = {Arm.A: RunStatus.FAILED, Arm.B: RunStatus.SUCCEEDED}
    plain = {"subject": "?", "text": "?", "department": department, "created_at": now, "due_at": now}
    rows = Ticket.objects.bulk_create(Ticket(number=f"X{n}", **plain) for n in range(40))
    for place, ticket in enumerate(rows):
        arm = list(Arm)[place % 2]
        times = {"created_at": now, "started_at": now, "ended_at": now}
        run = Run.objects.create(ticket=ticket, flow_version=trial.version(arm), status=statuses[arm], **times)
        TrialRun.objects.create(trial=trial, run=run, arm=arm)
    return trial


def text_of(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_the_size_is_said_before_a_trial_begins_and_no_figure_while_it_goes_on(
    as_sara: Client, pair: list[FlowVersion]
) -> None:
    assert "对比两个版本" in text_of(as_sara, f"{FLOW}/")
    planned = as_sara.post(f"{FLOW}/trials/new/", FORM, follow=True)
    trial = Trial.objects.get()
    html = planned.content.decode()
    assert f">{trial.runs_each}</dd>" in html
    assert "无法估计要多久" in html
    act = f"{FLOW}/trials/{trial.pk}/act/"
    html = as_sara.post(act, {"do": "begin"}, follow=True).content.decode()
    assert f"0 / {trial.runs_each}" in html
    assert "结果" not in re.sub("结果之前|结束之前", "", html)
    assert "成功的平均用时" not in html
    as_sara.post(act, {"do": "stop", "note": "先不比了"})
    trial.refresh_from_db()
    assert (trial.state, trial.note) == (TrialState.STOPPED, "先不比了")
    html = text_of(as_sara, f"{FLOW}/trials/{trial.pk}/")
    assert "不说明哪个版本更好" in html
    assert "没有可比的" in html


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"b": "1"}, "两个不同的版本"),
        ({"b": ""}, "请选择两个版本"),
        ({"b": "77"}, "请选择两个版本"),
        ({"percent": "x"}, "整数"),
        ({"percent": "0"}, "1 到 100"),
        ({"measure": "luck"}, "衡量什么"),
        ({"alpha": "0.5"}, "误判率"),
        ({"difference": "0"}, "大于 0"),
        ({"measure": "time"}, "不足 20 次"),
    ],
)
def test_what_cannot_be_compared_is_said_and_what_was_typed_stays(
    as_sara: Client, pair: list[FlowVersion], changes: dict[str, str], words: str
) -> None:
    response = as_sara.post(f"{FLOW}/trials/new/", {**FORM, "floor": "41", **changes})
    html = response.content.decode()
    assert response.status_code == 422
    assert words in html
    assert 'value="41"' in html
    assert not Trial.objects.exists()


def test_the_better_version_is_named_and_handed_to_the_ordinary_release(as_sara: Client, ended: Trial) -> None:
    address = f"{FLOW}/trials/{ended.pk}/"
    html = text_of(as_sara, address)
    assert "v1 的成功率比 v2 高 100 个百分点" in html
    assert f'action="{FLOW}/v1/release/"' in html
    as_sara.post(f"{FLOW}/v1/release/", {"percent": "100"})
    assert Release.objects.filter(version=ended.b, ended_at=None).exists()
    assert "已经在处理所有工单" in text_of(as_sara, address)


def test_an_operator_sees_no_trial_and_another_flow_s_is_not_there(
    as_sara: Client, as_alice: Client, ended: Trial, code_flow: FlowVersion
) -> None:
    assert as_alice.get(f"{FLOW}/trials/{ended.pk}/").status_code == 403
    assert as_sara.get(f"/flows/resend_code/trials/{ended.pk}/").status_code == 404
    assert as_sara.post(f"{FLOW}/trials/{ended.pk}/act/", {"do": "fly"}).status_code == 400


class TestMarks:
    @pytest.fixture
    def address(self, confirmation: Confirmation) -> str:
        """Of a step that was confirmed and done."""
        run = confirmation.run
        Confirmation.objects.filter(pk=confirmation.pk).update(state=ConfirmationState.APPROVED)
        step = run.steps.get(number=confirmation.step_number)
        run.steps.filter(pk=step.pk).update(status="done", irreversible=True)
        return f"/runs/{run.pk}/steps/{step.number}/mark/"

    def post(self, client: Client, address: str, **data: Any) -> str:
        return client.post(address, data, follow=True).content.decode()

    def test_a_confirmed_act_is_marked_read_and_withdrawn(
        self, as_alice: Client, as_sara: Client, address: str, ticket: Ticket
    ) -> None:
        assert f'href="{address}"' in text_of(as_alice, f"/tickets/{ticket.number}/")
        assert "请写明原因" in self.post(as_alice, address, fault="wrong_act", reason=" ")
        assert "请选择哪里有误" in self.post(as_alice, address, fault="bad_luck", reason="退错了")
        assert "<b>确认过,但做错了</b>" in self.post(as_alice, address, fault="wrong_act", reason="退<b>错了</b>")
        page = text_of(as_alice, f"/tickets/{ticket.number}/")
        assert "确认过,但做错了" in page
        assert "退&lt;b&gt;错了" in text_of(as_sara, address)
        assert "已撤回" in self.post(as_sara, address, do="withdraw", reason="核对无误")
        assert "标记已经撤回" in self.post(as_sara, address, do="withdraw", reason="再来")
        assert ActMark.objects.filter(withdrawn_at=None).count() == 0

    def test_only_those_who_may_decide_there_reach_it(
        self, as_victor: Client, as_charlie: Client, as_alice: Client, address: str
    ) -> None:
        assert as_victor.get(address).status_code == 403
        assert as_charlie.get(address).status_code == 404
        assert as_alice.get(re.sub(r"steps/\d+", "steps/999", address)).status_code == 404

    def test_it_stops_the_trial_of_its_run(
        self, as_alice: Client, address: str, pair: list[FlowVersion], confirmation: Confirmation
    ) -> None:
        terms = {"percent": 100, "expected": 0.9, "difference": 0.1, "alpha": 0.05, "power": 0.8, "floor": 0.5}
        versions = {"template": pair[0].template, "a": pair[0], "b": pair[1]}
        trial = Trial.objects.create(**versions, **terms, runs_each=20, state=TrialState.RUNNING)
        TrialRun.objects.create(trial=trial, run=confirmation.run, arm=Arm.A)
        assert trials.of_run(confirmation.run) == trial
        self.post(as_alice, address, fault="wrong_act", reason="退错了金额")
        trial.refresh_from_db()
        assert (trial.state, trial.stop_run) == (TrialState.SAFETY, confirmation.run)


def test_no_page_of_a_version_tells_on_the_way_how_its_runs_went(ended: Trial, as_sara: Client) -> None:
    Trial.objects.update(state=TrialState.RUNNING, ended_at=None)
    for number in (1, 2):
        assert not re.search(r"成功\s+\d+\s+次", text_of(as_sara, f"{FLOW}/?version={number}"))
    Trial.objects.update(state=TrialState.ENDED, ended_at=timezone.now())
    assert re.search(r"成功\s+20\s+次", text_of(as_sara, f"{FLOW}/?version=1"))


def test_the_library_s_card_leaves_the_runs_of_a_trial_out_of_its_rate_until_the_end(
    ended: Trial, as_sara: Client
) -> None:
    assert re.search(r"40 次处理\s+·\s+成功 50 %", text_of(as_sara, "/flows/"))
    Trial.objects.update(state=TrialState.RUNNING)
    card = text_of(as_sara, "/flows/")
    assert "40 次处理" in card
    assert "成功 50 %" not in card
    ticket = Ticket.objects.get(number="X0")
    Run.objects.create(ticket=ticket, flow_version=ended.a, status=RunStatus.SUCCEEDED)
    assert re.search(r"41 次处理\s+·\s+成功 100 %", text_of(as_sara, "/flows/"))
