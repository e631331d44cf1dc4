"""The demo's data: whole, and loadable twice."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings

from cs_agent.engine.routes.values import ActKind
from tests.tickets.conftest import REFERENCE
from tickets import demo
from tickets.checks import no_demo_accounts_in_production
from tickets.errors import SlotsNeeded
from tickets.models import AttachmentKind, Department, FlowTemplate, Phone, Run, Ticket, VersionStage
from tickets.services.flows import publishing as flows
from tickets.services.flows.recommendation import recommend
from tickets.services.flows.routes import plans
from tickets.services.releasing import stages
from tickets.services.runs import starts

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def media_of_the_demo(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """Loaded once for the module: what a test changes is rolled back to this state, and all of it at the end."""
    folder = tmp_path_factory.mktemp("demo")
    places = override_settings(MEDIA_ROOT=folder / "media", ANCHOR_DIR=folder / "anchors")
    with django_db_blocker.unblock(), places, transaction.atomic():
        call_command("load_demo", verbosity=0)
        yield folder / "media"
        transaction.set_rollback(True)


@pytest.fixture
def loaded(media_of_the_demo: Path, media_of_its_own: None, settings: Any) -> None:
    settings.MEDIA_ROOT = media_of_the_demo


def ticket(number: int) -> Ticket:
    return Ticket.objects.get(refs__external_id=f"demo-{number:02d}")


def test_loading_twice_adds_nothing(loaded: None) -> None:
    before = [model.objects.count() for model in (User, Ticket, Phone, FlowTemplate, Department)]
    call_command("load_demo", verbosity=0)
    assert [model.objects.count() for model in (User, Ticket, Phone, FlowTemplate, Department)] == before


def test_production_with_a_demo_account_fails_the_deploy_check(loaded: None, settings: Any) -> None:
    assert no_demo_accounts_in_production() == []
    settings.PRODUCTION = True
    [error] = no_demo_accounts_in_production()
    assert error.id == "tickets.E001"
    User.objects.filter(email__endswith=demo.MAIL_DOMAIN).update(is_active=False)
    assert no_demo_accounts_in_production() == []


def test_there_are_the_accounts_it_prints(loaded: None) -> None:
    assert demo.accounts_present()
    for account in demo.ACCOUNTS:
        assert User.objects.get(username=account.name).check_password(demo.PASSWORD)
    assert User.objects.get(username="admin").is_superuser
    assert [group.name for group in User.objects.get(username="lin").groups.all()] == ["operator"]


def test_there_are_at_least_twelve_tickets_two_of_them_english_with_real_small_files(loaded: None) -> None:
    tickets = Ticket.objects.all()
    assert tickets.count() >= 12
    assert sum(ticket.text.isascii() or "Hello" in ticket.text for ticket in tickets) >= 2
    files = [file for each in tickets for file in each.attachments.all()]
    assert {file.kind for file in files} >= {AttachmentKind.VIDEO, AttachmentKind.IMAGE}
    assert all(0 < file.size <= 60_000 for file in files)


def test_tickets_are_as_old_as_they_should_be(loaded: None) -> None:
    assert all(each.created_at < each.due_at for each in Ticket.objects.all())
    assert len({each.created_at for each in Ticket.objects.all()}) == Ticket.objects.count()


def test_the_reference_ticket_starts_without_a_question(loaded: None) -> None:
    run = starts.start_run(ticket=ticket(1), user=User.objects.get(username="lin"))
    assert REFERENCE[:20] in ticket(1).text
    assert run.instruction == (
        '在售后系统中查找订单号202405218876,进入该订单详情页,选择"质量问题"退换原因,上传用户提供的开箱视频,'
        '勾选"全额退款"和"补偿50元",提交审核。'
    )
    assert run.slots.get(name="unboxing_video").attachment is not None


@pytest.mark.parametrize(("number", "missing", "ambiguous"), [(5, ["order_number"], []), (6, [], ["order_number"])])
def test_some_tickets_need_an_answer_first(loaded: None, number: int, missing: list[str], ambiguous: list[str]) -> None:
    with pytest.raises(SlotsNeeded) as refused:
        starts.start_run(ticket=ticket(number), user=User.objects.get(username="lin"))
    assert refused.value.data["missing"] == missing
    assert list(refused.value.data["ambiguous"]) == ambiguous
    assert not Run.objects.exists()


def test_a_half_that_the_flow_cannot_carry_out_is_asked(loaded: None) -> None:
    with pytest.raises(SlotsNeeded) as refused:
        starts.start_run(ticket=ticket(13), user=User.objects.get(username="lin"))
    assert refused.value.data["doubtful"] == {"refund": []}


@pytest.mark.parametrize("number", [8, 12])
def test_some_tickets_are_recommended_to_a_person(loaded: None, number: int) -> None:
    assert recommend(ticket(number)).human_recommended


EXPECTED = {
    **dict.fromkeys([1, 3, 4, 5, 6, 7, 10, 13, 14, 16, 17], "complaint_refund"),
    **dict.fromkeys([2, 9, 11, 15], "resend_code"),
    18: "order_status",
    19: "logistics_voucher",
    20: "change_address",
    21: "export_complaints",
    22: "return_goods",
    23: "identity_check",
}


@pytest.mark.parametrize(("number", "slug"), sorted(EXPECTED.items()))
def test_the_others_are_recommended_to_their_flow(loaded: None, number: int, slug: str) -> None:
    found = recommend(ticket(number))
    assert found.flow_version is not None
    assert found.flow_version.template.slug == slug
    assert found.fit == 1.0
    assert not found.human_recommended


@pytest.mark.parametrize("number", [18, 19, 20, 21, 22, 23])
def test_the_other_flows_start_without_a_question(loaded: None, number: int) -> None:
    run = starts.start_run(ticket=ticket(number), user=User.objects.get(username="lin"))
    assert run.instruction.endswith("。")
    assert "{" not in run.instruction


def test_another_department_has_a_ticket_of_its_own(loaded: None) -> None:
    assert ticket(17).department.name == demo.OTHER_DEPARTMENT


def test_an_editors_own_version_stays_the_newest(loaded: None) -> None:
    template = FlowTemplate.objects.get(slug="resend_code")
    editor = User.objects.get(username="editor")
    own = flows.publish_version(template, {**template.latest.definition, "four_eyes": True}, editor)
    call_command("load_demo", verbosity=0)
    assert template.latest == own


def test_the_files_hold_nothing_but_json_and_media() -> None:
    assert json.loads((demo.FIXTURES / "tickets.json").read_text("utf-8"))
    assert {path.suffix for path in (demo.FIXTURES / "media").iterdir()} == {".mp4", ".jpg"}


SHIPPED = sorted(path.stem for path in (demo.FIXTURES / "routes").glob("*.json"))


@pytest.mark.parametrize("slug", SHIPPED)
def test_a_shipped_route_is_whole_and_at_work_and_speaks_of_no_customer(loaded: None, slug: str) -> None:
    version = FlowTemplate.objects.get(slug=slug).latest
    assert version is not None
    assert stages.of(version) is VersionStage.RELEASED
    ways = plans.of_version(version).ways
    assert ways
    names = {slot["name"] for slot in version.definition["slots"]}
    for way in ways:
        assert set(way.filling.slots) <= names
        assert way.end is not None
        assert not any(step.kind is ActKind.GAP for step in way.steps)
        assert way.has_views, "recorded with pictures, for phones whose tree is slow"
        used = {found for step in way.steps for found in re.findall(r"\{(\w+)", f"{step.text}{step.control}")}
        assert used <= set(way.filling.slots)
    stored = json.dumps(version.route, ensure_ascii=False)
    tickets = json.loads((demo.FIXTURES / "tickets.json").read_text("utf-8"))
    told = {item[key] for item in tickets for key in ("customer_name", "customer_mobile") if item[key]}
    assert [value for value in told if value in stored] == []
    assert re.search(r"\d{6,}", stored) is None


def test_a_flow_that_commits_has_its_commit_on_its_shipped_route(loaded: None) -> None:
    for slug in SHIPPED:
        version = FlowTemplate.objects.get(slug=slug).latest
        engine = version.definition["engine"]
        confirms = bool(engine.get("confirm_fields") or engine.get("sensitive_words"))
        for way in plans.of_version(version).ways:
            assert any(step.commits for step in way.steps) is confirms, slug
