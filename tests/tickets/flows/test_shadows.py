"""A shadow release handles nothing and is scored by what it would have done in the runs that others handled."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from cs_agent.engine.routes.shadow import Agreement, judged, score
from cs_agent.engine.routes.values import ActKind, Filling, Route, RouteControl, RouteStep, Way
from cs_agent.engine.screen.signature import ControlSignature, PageSignature
from tickets import tasks
from tickets.models import FlowVersion, Release, Run, RunStatus, ShadowScore, Step, Ticket
from tickets.services.flows import publishing
from tickets.services.releasing import releases, shadows

A, D, S = Agreement.AGREES, Agreement.DIFFERS, Agreement.SILENT


def act(page: str, name: str, **changes: Any) -> RouteStep:
    marks = frozenset({f"button:{page}1", f"button:{page}2", f"text:{page}3"})
    signature = PageSignature("app", page, marks, frozenset({f"text:{page}"}))
    step = RouteStep(
        signature, ActKind.TAP, RouteControl(ControlSignature("button", ()), named=name, holds=(), alike=1)
    )
    return replace(step, **changes)


HOME, FORM = act("首页", "查询"), act("表单", "下一步")
COMMIT = act("核对", "提交", commits=True)
WAY = Way(Filling(("order_number",)), (HOME, FORM, COMMIT))


@pytest.mark.parametrize(
    ("taken", "said"),
    [
        ([HOME, FORM, COMMIT], [A, A, A]),
        ([act("首页", "退款"), FORM, COMMIT], [D, A, A]),
        ([act("广告", "关闭"), HOME, FORM, COMMIT], [S, A, A, A]),
        ([HOME, act("表单", "取消")], [A, D]),
        ([replace(FORM, commits=True)], [D]),  # a person was asked; the way would not ask
        ([replace(COMMIT, commits=False)], [A]),  # it asks where nobody was asked
        ([COMMIT, HOME], [A, S]),  # what is behind is not proposed again
    ],
)
def test_each_act_is_held_against_what_the_way_would_do_there(taken: list[RouteStep], said: list[Agreement]) -> None:
    assert judged(WAY, taken) == said


def test_a_step_that_may_be_left_out_is_no_difference() -> None:
    way = replace(WAY, steps=(replace(act("首页", "知道了"), optional=True), HOME, FORM))
    assert judged(way, [HOME, FORM]) == [A, A]


@given(st.lists(st.sampled_from([HOME, FORM, COMMIT, act("别处", "好")]), max_size=12))
def test_every_act_is_counted_once(taken: list[RouteStep]) -> None:
    for way in (WAY, None):
        found = score(way, taken)
        assert found.agreed + found.differed + found.silent == len(taken)


def ended(version: FlowVersion, ticket: Ticket, *taken: RouteStep) -> Run:
    run = Run.objects.create(ticket=ticket, flow_version=version, status=RunStatus.SUCCEEDED, ended_at=timezone.now())
    run.slots.create(name="order_number", label="?", value="20240521", source="ticket")
    for number, step in enumerate(taken, 1):
        Step.objects.create(run=run, number=number, status="done", started_at=timezone.now(), route_mark=step.to_json())
    return run


@pytest.mark.django_db
def test_the_table_of_releases_says_in_how_many_runs_the_shadow_agreed(
    refund_flow: FlowVersion, ticket: Ticket, fei: User
) -> None:
    template = refund_flow.template
    ended(refund_flow, ticket, HOME)  # before it began
    route = Route((WAY,)).to_json()
    version = publishing.new_version(template, refund_flow.definition, fei, "", route=route)
    row = Release.objects.create(version=version, template=template, shadow=True)
    ended(refund_flow, ticket, HOME, FORM, COMMIT)
    ended(refund_flow, ticket, HOME, act("表单", "取消"))
    Run.objects.create(ticket=ticket, flow_version=refund_flow, status=RunStatus.FAILED, ended_at=timezone.now())
    for _each in range(2):
        tasks.check_floors()
    measured = shadows.measure(row)
    assert (measured.whole.good, measured.whole.all) == (1, 2)
    assert (measured.acts.good, measured.acts.all, measured.silent) == (4, 5, 0)
    assert ShadowScore.objects.count() == 2
    assert releases.version_for(template, ticket) == refund_flow  # it handles nothing
