"""A run that succeeded teaches its flow's route: a new draft version, from which the next run asks no model."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from tests.runner.world import World, approve
from tests.tickets.conftest import REFERENCE
from tickets.errors import Conflict, Forbidden
from tickets.models import AuditEvent, FlowVersion, Run, RunStatus, Step, Ticket, VersionStage
from tickets.services.flows.routes import drifts, learning
from tickets.services.releasing import releases, stages
from tickets.services.runs import starts

pytestmark = pytest.mark.django_db


def to_the_end(world: World, run: Run, user: Any) -> Run:
    while world.drive_on(run).status == RunStatus.AWAITING_CONFIRMATION:
        approve(run, user)
    return run


def again(run: Run, user: Any) -> Run:
    """The same customer once more."""
    Ticket.objects.filter(pk=run.ticket_id).update(status="open")
    return starts.start_run(ticket=Ticket.objects.get(pk=run.ticket_id), user=user)


def counting(world: World) -> list[int]:
    asked: list[int] = []
    world.before_reply = lambda: asked.append(1)
    return asked


@pytest.fixture
def taught(world: World, run: Run, lin: Any) -> Run:
    to_the_end(world, run, lin)
    assert run.status == RunStatus.SUCCEEDED
    return run


def at_work(run: Run, editor: Any) -> FlowVersion:
    """The learned version, as the review leaves it."""
    version = learning.record(run.flow_version.template, [run], editor)
    assert stages.of(version) is VersionStage.DRAFT
    releases.adopt(version, "")
    return version


def test_every_step_says_who_proposed_it_and_keeps_what_a_route_would_remember(taught: Run) -> None:
    steps = list(taught.steps.order_by("number"))
    assert {step.source for step in steps} == {"model"}
    assert [bool(step.route_mark) for step in steps] == [True] * len(steps)
    assert "end" in steps[-1].route_mark


def test_what_was_learned_is_a_draft_version_on_the_record(taught: Run, fei: Any) -> None:
    version = learning.record(taught.flow_version.template, [taught], fei, "学会")
    assert version.number == taught.flow_version.number + 1
    assert stages.of(version) is VersionStage.DRAFT
    assert version.created_by == fei
    assert AuditEvent.objects.filter(type="flow.route_recorded").count() == 1
    assert REFERENCE not in json.dumps(version.route, ensure_ascii=False)


def test_the_next_run_of_the_reviewed_version_asks_no_model_and_stops_for_its_yes(
    world: World, taught: Run, lin: Any, fei: Any
) -> None:
    version = at_work(taught, fei)
    world.host.handsets[taught.phone_id].show("home")
    asked, run = counting(world), again(taught, lin)
    assert run.flow_version == version
    assert world.drive_on(run).status == RunStatus.AWAITING_CONFIRMATION
    assert to_the_end(world, run, lin).status == RunStatus.SUCCEEDED
    assert asked == []
    assert {step.source for step in run.steps.all()} == {"route"}
    assert drifts.drift(version) == []


def test_a_new_version_without_a_route_of_its_own_keeps_the_one_before(taught: Run, fei: Any) -> None:
    from tickets.services.flows import publishing

    version = learning.record(taught.flow_version.template, [taught], fei)
    next_one = publishing.new_version(version.template, version.definition, fei, "")
    assert next_one.route == version.route


def test_where_runs_leave_the_route_is_told_with_the_picture(world: World, taught: Run, lin: Any, fei: Any) -> None:
    version = at_work(taught, fei)
    spoiled = json.loads(json.dumps(version.route))
    spoiled["ways"][0]["steps"][1]["control"]["named"] = "别的按钮"
    FlowVersion.objects.filter(pk=version.pk).update(route=spoiled)
    world.host.handsets[taught.phone_id].show("home")
    run = to_the_end(world, again(taught, lin), lin)
    version.refresh_from_db()
    found = drifts.drift(version)
    assert [(each.step, each.control, each.runs, each.of) for each in found] == [(1, "别的按钮", 1, 1)]
    assert found[0].newest == run
    assert not found[0].is_flagged
    assert found[0].now.before
    assert (found[0].now.source, found[0].now.run) == ("model", run)


def left_the_route(world: World, taught: Run, lin: Any, version: FlowVersion, times: int) -> list[Run]:
    """So many runs of the version that had to ask the model at its second step."""
    spoiled = json.loads(json.dumps(version.route))
    spoiled["ways"][0]["steps"][1]["control"]["named"] = "别的按钮"
    FlowVersion.objects.filter(pk=version.pk).update(route=spoiled)
    version.refresh_from_db()
    done = []
    for _ in range(times):
        world.host.handsets[taught.phone_id].show("home")
        done.append(to_the_end(world, again(taught, lin), lin))
    return done


def test_a_place_that_was_left_again_and_again_is_flagged_with_the_page_as_it_was_and_as_it_is(
    world: World, taught: Run, lin: Any, fei: Any
) -> None:
    version = at_work(taught, fei)
    world.host.handsets[taught.phone_id].show("home")
    fitted = to_the_end(world, again(taught, lin), lin)
    runs_ = left_the_route(world, taught, lin, version, drifts.FLAGGED_AT)
    FlowVersion.objects.filter(pk=version.pk).update(route=learning.record(version.template, [taught], fei).route)
    version.refresh_from_db()
    found = drifts.drift(version)
    assert [(each.runs, each.is_flagged) for each in found] == [(drifts.FLAGGED_AT, True)]
    assert found[0].newest == runs_[-1]
    assert found[0].then.run == fitted
    assert found[0].now.run == runs_[-1]


def test_the_detour_that_succeeded_renews_the_route_in_a_draft_and_never_in_the_released_version(
    world: World, taught: Run, lin: Any, fei: Any
) -> None:
    version = at_work(taught, fei)
    left_the_route(world, taught, lin, version, 1)
    before = version.route
    made = learning.renew(version, fei)
    version.refresh_from_db()
    assert version.route == before
    assert (made.number, stages.of(made)) == (version.number + 1, VersionStage.DRAFT)
    assert "别的按钮" not in json.dumps(made.route, ensure_ascii=False)
    with pytest.raises(Conflict):
        learning.renew(version, fei)
    releases.adopt(made, "")
    world.host.handsets[taught.phone_id].show("home")
    asked, run = counting(world), again(taught, lin)
    assert run.flow_version == made
    assert (to_the_end(world, run, lin).status, asked) == (RunStatus.SUCCEEDED, [])


def test_a_route_that_still_fits_some_runs_keeps_its_old_page_as_a_side_way(
    world: World, taught: Run, lin: Any, fei: Any
) -> None:
    version = at_work(taught, fei)
    world.host.handsets[taught.phone_id].show("home")
    to_the_end(world, again(taught, lin), lin)
    left_the_route(world, taught, lin, version, 1)
    steps = learning.renew(version, fei).route["ways"][0]["steps"]
    assert [step["optional"] for step in steps if (step["control"] or {}).get("named") == "别的按钮"] == [True]


def test_without_a_detour_that_succeeded_there_is_nothing_to_renew_and_operators_renew_nothing(
    world: World, taught: Run, lin: Any, fei: Any
) -> None:
    version = at_work(taught, fei)
    with pytest.raises(Conflict):
        learning.renew(version, fei)
    with pytest.raises(Forbidden):
        learning.renew(version, lin)


def test_a_run_that_a_person_drove_teaches_nothing(taught: Run, fei: Any) -> None:
    Step.objects.filter(run=taught, number=1).update(actor="human")
    with pytest.raises(Conflict):
        learning.record(taught.flow_version.template, [taught], fei)


def test_only_flow_editors_record_a_route(taught: Run, lin: Any) -> None:
    with pytest.raises(Forbidden):
        learning.record(taught.flow_version.template, [taught], lin)


def test_a_stored_route_that_cannot_be_read_costs_no_run(world: World, run: Run) -> None:
    FlowVersion.objects.filter(pk=run.flow_version_id).update(route={"version": 99})
    assert world.drive_on(run).status == RunStatus.AWAITING_CONFIRMATION


def test_the_command_writes_the_route_or_says_why_not(taught: Run, tmp_path: Path) -> None:
    out = tmp_path / "route.json"
    call_command("route", "record", "complaint_refund", "--out", str(out), stdout=StringIO())
    assert json.loads(out.read_text("utf-8"))["ways"][0]["runs"] == 1
    call_command("route", "drift", "complaint_refund", stdout=StringIO())
    for arguments in (
        ["record", "nothing", "--out", str(out)],
        ["record", "complaint_refund", "--user", "nobody"],
        ["renew", "complaint_refund", "--user", "nobody"],
        ["renew", "complaint_refund", "--user", "lin"],
    ):
        with pytest.raises(CommandError):
            call_command("route", *arguments, stdout=StringIO())
    with pytest.raises(CommandError, match="cannot write"):
        call_command("route", "record", "complaint_refund", "--out", str(tmp_path / "no" / "r.json"), stdout=StringIO())


def test_a_run_that_fills_in_something_else_goes_the_known_way_to_the_form_and_its_own_way_is_offered(
    world: World, taught: Run, lin: Any, fei: Any
) -> None:
    """Its gaps are no places where the page has changed."""
    version = at_work(taught, fei)
    other = json.loads(json.dumps(version.route))
    other["ways"][0]["filled"].remove("compensation")
    FlowVersion.objects.filter(pk=version.pk).update(route=other)
    version.refresh_from_db()
    world.host.handsets[taught.phone_id].show("home")
    run = to_the_end(world, again(taught, lin), lin)
    assert run.status == RunStatus.SUCCEEDED
    assert {step.source for step in run.steps.all()} == {"route", "model"}
    assert drifts.drift(version) == []
    offered = learning.unlearned(version)
    assert [each.runs for each in offered] == [(run,)]
    made = learning.learn(version, str(run.pk), fei)
    assert stages.of(made) is VersionStage.DRAFT
    assert [way["filled"] for way in made.route["ways"]] == [other["ways"][0]["filled"], list(offered[0].filling.slots)]
    assert learning.unlearned(made) == []
    with pytest.raises(Conflict):
        learning.learn(version, str(run.pk), fei)


def test_learning_anew_keeps_the_ways_for_other_slots(taught: Run, fei: Any) -> None:
    version = learning.record(taught.flow_version.template, [taught], fei)
    kept = json.loads(json.dumps(version.route))
    kept["ways"][0]["filled"] = ["order_number"]
    FlowVersion.objects.filter(pk=version.pk).update(route=kept)
    anew = learning.record(version.template, [taught], fei)
    assert [way["filled"] for way in anew.route["ways"]] == [["order_number"], version.route["ways"][0]["filled"]]
