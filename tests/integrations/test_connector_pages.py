"""The set-up pages of connectors: what is kept, what is refused and why, and that no secret ever comes back."""

from __future__ import annotations

import html
import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import translation

from integrations.connectors import kinds, setups
from integrations.connectors.build import secret_name
from integrations.models import Connector, LinkedTicket
from tests.integrations.helpdesk import DESKS, WORD, Desk, call, make_connector, read
from tickets.errors import Invalid
from tickets.models import AuditEvent, Comment, Department, ExternalRef, Ticket
from tickets.services import secret_store

SAMPLE = json.dumps(
    {"data": {"ticket": {"id": 7, "subject": "退款", "text": "请退款", "priority": "asap"}, "order": 42}}
)


@pytest.fixture
def as_ann(ann: User) -> Client:
    client = Client()
    client.force_login(ann)
    return client


@pytest.fixture
def generic(as_ann: Client) -> Connector:
    as_ann.post(reverse("connectors"), {"kind": "generic", "name": "商城"})
    return Connector.objects.get()


def form(row: Connector, **changes: Any) -> dict[str, Any]:
    from integrations.connectors.build import kind_of
    from integrations.pages import connector_form

    boxes = connector_form.option_boxes(kind_of(row), connector_form.values_of(row, kind_of(row), None), {})
    kept = {box.name: box.value for box in boxes if box.kind != "check"}
    return {"name": "商城", "poll_s": "60", "w-language": "en", "w-site": "https://a.example.com/", **kept, **changes}


def test_a_connector_is_added_set_up_and_switched_on(
    as_ann: Client, generic: Connector, lin: User, department: Department
) -> None:
    as_ann.post(reverse("connector-secret", args=[generic.pk, "signing"]))
    filled = form(
        generic,
        department=department.pk,
        acts_as=lin.pk,
        **{"rule-queue": ["招聘", ""], "rule-tag": ["", ""], "rule-department": ["-", ""]},
        **{"m-states": "已完成 = solved", "m-lines": "订单号 = fields.data.order", "w-succeeded-note": "1"},
    )
    answer = as_ann.post(reverse("connector", args=[generic.pk]), filled)
    assert answer.status_code == 302, answer.content.decode()
    assert as_ann.post(reverse("connector-switch", args=[generic.pk]), {"on": "1"}).status_code == 302
    generic.refresh_from_db()
    assert (generic.enabled, generic.key, generic.acts_as, generic.poll_s) == (True, "generic-1", lin, 60)
    assert [(rule.queue, rule.department) for rule in generic.rules.all()] == [("招聘", None)]
    assert generic.mapping["states"] == {"已完成": "solved"}
    assert (generic.write_back["succeeded"]["note"], generic.write_back["failed"]["note"]) == (True, False)
    types = set(AuditEvent.objects.values_list("type", flat=True))
    assert {"connector.added", "connector.changed", "connector.switched_on", "secret.added"} <= types


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_is_there_in_both_languages(as_ann: Client, generic: Connector, language: str) -> None:
    as_ann.cookies["django_language"] = language
    for address in (reverse("connectors"), reverse("connector", args=[generic.pk])):
        page = as_ann.get(address)
        assert page.status_code == 200
        assert ("连接器" in page.content.decode()) is (language == "zh-hans")


def test_only_administrators_get_in(sun: User, client: Client, generic: Connector) -> None:
    client.force_login(sun)
    assert client.get(reverse("connectors")).status_code == 403
    assert client.get(reverse("connector", args=[generic.pk])).status_code == 403
    for name in ("connector-test", "connector-switch", "connector-delete", "connector-preview"):
        assert client.post(reverse(name, args=[generic.pk])).status_code == 403
    assert client.post(reverse("connector-secret", args=[generic.pk, "signing"])).status_code == 403
    assert Connector.objects.exists()


def test_everything_that_is_wrong_is_told_beside_its_box_and_nothing_is_kept(
    as_ann: Client, generic: Connector
) -> None:
    wrong = {
        "name": "",
        "poll_s": "0000060123456789",  # a number within the limits only at its beginning
        "o-id": "a[",
        "o-note_body": "{",
        "m-priorities": "x = 9",
        "w-failed-words": "{secret}",
    }
    page = as_ann.post(reverse("connector", args=[generic.pk]), form(generic, **wrong))
    text = page.content.decode()
    assert page.status_code == 400
    assert text.count('class="fault"') == len(wrong)
    assert 'value="a["' in text
    generic.refresh_from_db()
    assert (generic.name, generic.options) == ("商城", {})


def test_a_secret_is_shown_once_and_never_again(as_ann: Client, generic: Connector) -> None:
    page = as_ann.post(reverse("connector-secret", args=[generic.pk, "signing"])).content.decode()
    secret = secret_store.get(secret_name(generic.key, "signing"))
    assert secret in page
    as_ann.post(reverse("connector", args=[generic.pk]), form(generic, **{"s-token": "Bearer very-secret"}))
    assert secret_store.get(secret_name(generic.key, "token")) == "Bearer very-secret"
    later = as_ann.get(reverse("connector", args=[generic.pk])).content.decode()
    assert secret not in later
    assert "very-secret" not in later
    assert as_ann.post(reverse("connector-secret", args=[generic.pk, "token"])).status_code == 404


def test_a_stored_secret_is_sent_to_no_other_host_than_it_was_given_for(as_ann: Client, generic: Connector) -> None:
    page = reverse("connector", args=[generic.pk])
    at = {"o-url": "https://desk.example.com/a"}
    as_ann.post(page, form(generic, **at, **{"s-token": "Bearer very-secret"}))
    elsewhere = {"o-url": "https://elsewhere.example.com/a"}
    refused = as_ann.post(page, form(generic, **elsewhere))
    assert refused.status_code == 400
    assert "请重新填写“访问令牌”" in refused.content.decode()
    generic.refresh_from_db()
    assert generic.options["url"] == at["o-url"]
    assert as_ann.post(page, form(generic, **{"o-url": "https://desk.example.com/b"})).status_code == 302
    assert as_ann.post(page, form(generic, **elsewhere, **{"s-token": "Bearer another"})).status_code == 302
    assert secret_store.get(secret_name(generic.key, "token")) == "Bearer another"


def test_a_connector_that_cannot_work_is_not_switched_on_and_says_why(as_ann: Client, generic: Connector) -> None:
    page = as_ann.post(reverse("connector-switch", args=[generic.pk]), {"on": "1"})
    assert page.status_code == 400
    assert "签名密钥" in page.content.decode()


def test_an_account_outside_the_department_is_refused(
    as_ann: Client, generic: Connector, lin: User, other_department: Department
) -> None:
    page = as_ann.post(
        reverse("connector", args=[generic.pk]), form(generic, acts_as=lin.pk, department=other_department.pk)
    )
    assert page.status_code == 400
    assert "不属于部门" in page.content.decode()


def test_one_ticket_of_the_helpdesk_is_looked_at_under_the_fields_of_the_form_before_it_comes_in(
    as_ann: Client, lin: User, department: Department
) -> None:
    row = make_connector(lin, department)
    DESKS.setdefault("a", Desk()).put("7", text="请退款", priority="asap", fields={"order_no": "42"})
    address = reverse("connector-preview", args=[row.pk])
    assert f'hx-post="{address}"' in as_ann.get(reverse("connector", args=[row.pk])).content.decode()
    filled = {"ticket": " 7 ", "m-lines": "订单号 = fields.order_no\n门店 = fields.shop"}
    text = as_ann.post(address, filled).content.decode()
    assert "订单号:42" in text
    assert text.count("没有取到值") == 1
    assert "fields.order_no" in text.split("能用的表达式")[1]
    assert "notice-danger" in as_ann.post(address, {"ticket": "8"}).content.decode()
    assert as_ann.post(address, {"ticket": ""}).status_code == 200
    assert not Ticket.objects.exists()
    assert not LinkedTicket.objects.exists()


def test_the_preview_shows_what_a_pasted_body_becomes_and_what_was_not_found(
    as_ann: Client, generic: Connector
) -> None:
    filled = form(
        generic, sample=SAMPLE, **{"m-priorities": "ASAP = 1", "m-lines": "订单号 = fields.data.order\n金额 = fields.x"}
    )
    text = as_ann.post(reverse("connector-preview", args=[generic.pk]), filled).content.decode()
    page = as_ann.get(reverse("connector", args=[generic.pk])).content.decode()
    assert f'hx-post="{reverse("connector-preview", args=[generic.pk])}"' in page
    assert "订单号:42" in text
    assert "紧急" in text
    assert text.count("没有取到值") == 1
    assert "没有说明“" not in text
    unexplained = as_ann.post(reverse("connector-preview", args=[generic.pk]), form(generic, sample=SAMPLE))
    assert "没有说明“asap”的含义" in unexplained.content.decode()
    for sample in ("", "nonsense", "[1]", "[" * 100_000):
        answer = as_ann.post(reverse("connector-preview", args=[generic.pk]), form(generic, sample=sample))
        assert answer.status_code == 200
        assert "JSON" in answer.content.decode()
    assert Connector.objects.get().mapping == {}


def test_the_test_is_of_what_the_page_shows_and_nothing_typed_is_lost(
    as_ann: Client, generic: Connector, lin: User, department: Department
) -> None:
    typed = form(generic, name="商城二", department=department.pk, acts_as=lin.pk)
    page = as_ann.post(reverse("connector-test", args=[generic.pk]), typed).content.decode()
    assert ("商城二" in page, "已保存" in page, "签名密钥" in page) == (True, True, True)
    generic.refresh_from_db()
    assert (generic.name, generic.acts_as) == ("商城二", lin)

    wrong = as_ann.post(reverse("connector-test", args=[generic.pk]), {**typed, "name": "商城三", "poll_s": "often"})
    assert wrong.status_code == 400
    assert ("商城三" in wrong.content.decode(), "often" in wrong.content.decode()) == (True, True)
    generic.refresh_from_db()
    assert generic.name == "商城二"


def test_what_was_typed_survives_a_new_key_and_is_saved_by_switching_on(
    as_ann: Client, generic: Connector, lin: User, department: Department
) -> None:
    typed = form(generic, name="商城四", department=department.pk, acts_as=lin.pk)
    with_key = as_ann.post(reverse("connector-secret", args=[generic.pk, "signing"]), typed)
    assert "商城四" in with_key.content.decode()
    assert as_ann.post(reverse("connector-switch", args=[generic.pk]), {**typed, "on": "1"}).status_code == 302
    generic.refresh_from_db()
    assert (generic.name, generic.enabled) == ("商城四", True)


def test_a_test_says_what_is_wrong_and_what_to_do(as_ann: Client, generic: Connector) -> None:
    text = as_ann.post(reverse("connector-test", args=[generic.pk])).content.decode()
    assert "执行账号" in text
    assert "补全设置" in text


def test_what_came_in_and_what_could_not_be_read_is_shown(as_ann: Client, connector: Connector, desk: Desk) -> None:
    desk.put("7", text="", subject="")
    call(connector, "7", delivery="call-1")
    call(connector, delivery="call-1")
    read(connector)
    LinkedTicket.objects.update(fault="some reason", given_up=True)
    text = as_ann.get(reverse("connector", args=[connector.pk])).content.decode()
    assert "call-1" in text
    assert "×2" in text
    assert "some reason" in text
    as_ann.post(reverse("connector-read-again", args=[connector.pk, LinkedTicket.objects.get().pk]))
    read(connector)
    assert LinkedTicket.objects.get().fault == ""


def test_a_deleted_connector_takes_its_secrets_along_and_leaves_its_tickets(
    as_ann: Client, connector: Connector, desk: Desk, ann: User
) -> None:
    desk.put("7")
    call(connector, "7")
    read(connector)
    assert ExternalRef.objects.get().facts["answers"]
    assert "1 张工单会保留" in as_ann.get(reverse("connector", args=[connector.pk])).content.decode()
    as_ann.post(reverse("connector-delete", args=[connector.pk]))
    assert not Connector.objects.exists()
    assert "answers" not in ExternalRef.objects.get().facts  # nobody is offered a way that leads nowhere
    assert not secret_store.has(secret_name("fake-1", "word"))
    assert Ticket.objects.count() == ExternalRef.objects.count() == 1
    assert setups.make(ann, "fake").key == "fake-2"  # a key that tickets bear is never given out again


def test_a_later_connector_of_the_same_helpdesk_goes_on_with_what_a_deleted_one_left(
    as_ann: Client, connector: Connector, desk: Desk, lin: User, department: Department
) -> None:
    desk.put("7")
    desk.say("7", "还没到账")
    call(connector, "7")
    read(connector)
    as_ann.post(reverse("connector-delete", args=[connector.pk]))
    desk.say("7", "这期间说的")
    second = make_connector(lin, department, "fake-2")
    for _ in range(2):
        call(second, "7")
        read(second)
    assert Ticket.objects.count() == 1
    ref = ExternalRef.objects.get()
    assert (ref.connector, bool(ref.facts["answers"]), "home" in ref.facts) == ("fake-2", True, False)
    assert [note.text.split("\n")[-1] for note in Comment.objects.all()] == ["还没到账", "这期间说的"]


def test_a_kind_that_is_not_installed_any_more_breaks_no_page(as_ann: Client, connector: Connector, ann: User) -> None:
    Connector.objects.update(kind="gone")
    assert as_ann.get(reverse("connectors")).status_code == 200
    assert as_ann.get(reverse("connector", args=[connector.pk])).status_code == 404
    assert as_ann.post(f"/hooks/{connector.hook}/", "{}", content_type="application/json").status_code == 503
    with pytest.raises(Invalid):
        setups.make(ann, "gone")
    assert WORD


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_each_kinds_page_says_what_to_fill_in_and_what_was_tried(as_ann: Client, ann: User, language: str) -> None:
    as_ann.cookies["django_language"] = language
    for kind in kinds.everyone():
        row = setups.make(ann, kind.kind)
        page = as_ann.get(reverse("connector", args=[row.pk]))
        with translation.override(language):
            wanted = [str(kind.tried), *(str(spec.title) for spec in kind.secrets)]
        text = html.unescape(page.content.decode())
        assert page.status_code == 200
        assert [each for each in wanted if each not in text] == []
        assert as_ann.post(reverse("connector-test", args=[row.pk])).status_code == 200  # says what is not set up yet
