"""The back office: administrators see everything, flow editors their flows, nobody edits what happened."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django import forms
from django.contrib import admin
from django.contrib.admin.checks import check_admin_app
from django.contrib.admin.utils import flatten_fieldsets, label_for_field
from django.contrib.auth.models import Group, User
from django.contrib.auth.models import Permission as Row
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone, translation

import cs_agent.project.urls  # registers the back office
from consoles.pages.rights import RIGHTS
from tests.tickets.conftest import flow_file
from tests.tickets.visible import text_of
from tickets.models import AuditEvent, Confirmation, Department, FlowTemplate, FlowVersion, Phone, Recording, Run, Step
from tickets.permissions import Permission
from tickets.said import in_language, read_in_json
from tickets.services.evidence import audit

pytestmark = pytest.mark.django_db
DEFINITION = flow_file("complaint_refund")["definition"]
OURS = [model for model in admin.site._registry if model._meta.app_label in {"tickets", "auth"}]
READ_ONLY = {"flowversion", "ticket", "run", "step", "confirmation", "recording", "auditevent"}


def test_every_form_and_list_of_the_back_office_is_sound() -> None:
    assert cs_agent.project.urls.urlpatterns
    assert OURS
    assert check_admin_app(None) == []


def client_of(user: User) -> Client:
    user.is_staff = True
    user.save()
    client = Client()
    client.force_login(user)
    return client


def url(model: Any, page: str = "changelist", *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.model_name)
def test_an_administrator_opens_every_list(model: Any, ann: User, confirmation: Confirmation) -> None:
    response = client_of(ann).get(url(model))
    assert response.status_code == 200


def test_an_administrator_opens_what_happened(ann: User, confirmation: Confirmation) -> None:
    client = client_of(ann)
    event = AuditEvent.objects.order_by("seq").first()
    for obj in (confirmation, confirmation.run, confirmation.run.ticket, confirmation.run.flow_version, event):
        response = client.get(url(type(obj), "change", obj.pk))
        assert response.status_code == 200
        assert b'name="_save"' not in response.content


@pytest.mark.parametrize(("language", "name"), [("en", "Complaint refund"), ("zh-hans", "投诉退款")])
def test_flows_are_called_in_the_readers_language(
    language: str, name: str, ann: User, confirmation: Confirmation
) -> None:
    client = client_of(ann)
    client.cookies["django_language"] = language
    run = confirmation.run
    FlowTemplate.objects.update(name="投诉退款", name_en="Complaint refund")
    for page in (url(Run), url(FlowTemplate), url(FlowVersion), url(Run, "change", run.pk)):
        assert name in "|".join(text_of(client.get(page).content.decode())), page
    found = client.get(url(Run), {"flow": run.flow_version.template.slug})
    assert found.context["cl"].result_count == 1


def test_a_version_of_a_flow_is_told_in_words_with_the_way_to_its_page(fei: User, refund_flow: FlowVersion) -> None:
    html = client_of(fei).get(url(FlowVersion, "change", refund_flow.pk)).content.decode()
    words = html[: html.index("<pre>")]
    assert "提交前由人确认" in words
    assert f"/flows/complaint_refund/?version={refund_flow.number}" in words
    assert "<details><summary>展开</summary><pre>" in html


@pytest.mark.parametrize("name", sorted(READ_ONLY))
def test_nobody_adds_changes_or_deletes_what_happened(name: str, ann: User, confirmation: Confirmation) -> None:
    model = next(model for model in OURS if model._meta.model_name == name)
    client = client_of(ann)
    assert client.get(url(model, "add")).status_code == 403
    obj = model.objects.first()
    if obj is not None:
        assert client.post(url(model, "change", obj.pk), {"note": "x"}).status_code == 403
        assert client.post(url(model, "delete", obj.pk), {"post": "yes"}).status_code == 403
        client.post(url(model), {"action": "delete_selected", "_selected_action": [obj.pk]})
        assert model.objects.filter(pk=obj.pk).exists()


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.model_name)
def test_an_operator_finds_nothing_there_even_as_staff(model: Any, lin: User) -> None:
    assert client_of(lin).get(url(model)).status_code == 403


def test_who_is_no_staff_is_sent_to_the_log_in(vera: User) -> None:
    client = Client()
    client.force_login(vera)
    assert client.get(url(Phone)).status_code == 302


def test_the_back_office_names_a_flow_but_puts_nothing_to_work(fei: User, refund_flow: FlowVersion) -> None:
    values = {
        "slug": "complaint_refund",
        "name": "新名称",
        "name_en": "",
        "description": "",
        "description_en": "",
        "active": "on",
    }
    values |= {
        "definition": json.dumps({**DEFINITION, "four_eyes": True}),
        "versions-TOTAL_FORMS": "0",
        "versions-INITIAL_FORMS": "0",
    }
    response = client_of(fei).post(url(FlowTemplate, "change", refund_flow.template_id), values)
    assert response.status_code == 302
    template = FlowTemplate.objects.get()
    assert (template.name, template.versions.count(), template.releases.count()) == ("新名称", 1, 1)


def test_changes_made_in_the_back_office_are_on_the_record(ann: User, lin: User, phone: Phone) -> None:
    client = client_of(ann)
    values = {
        "name": "二号机",
        "serial": phone.serial,
        "queue": "phones",
        "labels": "",
        "state": "retired",
        "fault": "",
    }
    assert client.post(url(Phone, "change", phone.pk), values).status_code == 302
    event = AuditEvent.objects.get(type="phone.changed")
    assert (event.user_name, event.object_id) == ("ann", str(phone.pk))
    assert client.post(url(Department, "add"), {"name": "新部门"}).status_code == 302
    assert AuditEvent.objects.get(type="department.added").details["object"] == "新部门"
    assert audit.verify() == []


def test_the_lease_of_a_phone_cannot_be_edited(ann: User, phone: Phone, run: Run) -> None:
    values = {
        "name": phone.name,
        "serial": phone.serial,
        "queue": "phones",
        "labels": "",
        "state": "ready",
        "fault": "",
        "lease_run": str(run.pk),
        "lease_token": "99",
    }
    client_of(ann).post(url(Phone, "change", phone.pk), values)
    phone.refresh_from_db()
    assert (phone.lease_run, phone.lease_token) == (None, 0)


def test_people_are_deactivated_not_deleted(ann: User, lin: User) -> None:
    client = client_of(ann)
    assert client.post(url(User, "delete", lin.pk), {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=lin.pk).exists()
    assert Group.objects.filter(name="operator").exists()


def test_a_form_saves_only_the_fields_that_were_edited(
    ann: User, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What another process writes between the form's reading of the row and its saving stays."""
    client = client_of(ann)
    page = client.get(url(Phone, "change", phone.pk))
    shown = {name: value for name, value in page.context["adminform"].form.initial.items() if value is not None}
    construct = forms.ModelForm._post_clean

    def meanwhile(self: Any) -> None:
        construct(self)
        Phone.objects.update(state="faulty", lease_token=7, fault="offline")

    monkeypatch.setattr(forms.ModelForm, "_post_clean", meanwhile)
    assert client.post(url(Phone, "change", phone.pk), {**shown, "labels": "", "name": "新名字"}).status_code == 302
    phone.refresh_from_db()
    assert (phone.name, phone.state, phone.lease_token, phone.fault) == ("新名字", "faulty", 7, "offline")


def test_a_phones_labels_are_words_parted_by_commas(ann: User, phone: Phone) -> None:
    client = client_of(ann)
    values = {"name": phone.name, "serial": phone.serial, "queue": "phones", "state": "ready", "fault": ""}
    address = url(Phone, "change", phone.pk)
    assert client.post(address, {**values, "labels": "android, 售后,android"}).status_code == 302
    phone.refresh_from_db()
    assert phone.labels == ["android", "售后"]
    assert 'value="android, 售后"' in client.get(address).content.decode()
    refused = client.post(address, {**values, "labels": "x" * 41})
    assert "最多 20 个标签" in refused.content.decode()


def test_a_phone_says_how_it_is_without_json(ann: User, phone: Phone) -> None:
    Phone.objects.update(health={"model": "Pixel 7", "battery_percent": 86, "charging": True})
    html = client_of(ann).get(url(Phone, "change", phone.pk)).content.decode()
    assert "Pixel 7 · 充电中 86%" in html
    assert "battery_percent" not in html


def test_a_phone_was_seen_at_a_time_of_the_installations_zone(ann: User, phone: Phone) -> None:
    Phone.objects.update(last_seen_at=datetime(2026, 11, 28, 17, 11, 22, 614076, tzinfo=UTC))
    html = client_of(ann).get(url(Phone, "change", phone.pk)).content.decode()
    assert "2026年11月29日 01:11" in html
    assert "17:11:22" not in html


def test_roles_are_told_and_changed_in_words(ann: User) -> None:
    client, group = client_of(ann), Group.objects.get(name="viewer")
    other = Row.objects.exclude(codename__in=list(Permission)).first()
    assert other is not None
    group.permissions.add(other)
    assert "主管" in client.get(url(Group)).content.decode()
    assert "接管手机" in client.get(url(Group, "change", group.pk)).content.decode()
    chosen = [Row.objects.get(codename=name).pk for name in ("view_tickets", "view_audit")]
    assert client.post(url(Group, "change", group.pk), {"name": "viewer", "permissions": chosen}).status_code == 302
    assert set(group.permissions.values_list("codename", flat=True)) == {"view_tickets", "view_audit", other.codename}


def test_the_products_own_roles_stay(ann: User) -> None:
    client, group = client_of(ann), Group.objects.get(name="viewer")
    assert client.post(url(Group, "delete", group.pk), {"post": "yes"}).status_code == 403
    client.post(url(Group), {"action": "delete_selected", "_selected_action": [group.pk], "post": "yes"})
    assert Group.objects.filter(name="viewer").exists()
    own = Group.objects.create(name="夜班")
    assert client.post(url(Group, "delete", own.pk), {"post": "yes"}).status_code == 302


def test_every_right_has_its_words() -> None:
    assert set(RIGHTS) == set(Permission)


def test_the_back_office_and_the_console_lead_to_each_other(ann: User) -> None:
    client = client_of(ann)
    assert "/admin/" in client.get("/setup/").content.decode()
    office = client.get("/admin/").content.decode()
    assert "CS Agent 后台" in office
    assert "/setup/" in office
    assert "Django 管理" not in office


def test_the_back_office_is_chinese_in_chinese(ann: User) -> None:
    page = client_of(ann).get(reverse("admin:index"), headers={"accept-language": "zh-hans"}).content.decode()
    assert "搜索应用和数据" in page
    assert "Search apps" not in page
    for model in OURS:
        for name in (model._meta.verbose_name, model._meta.verbose_name_plural):
            assert re.search("[一-鿿]", str(name)), model


# Names of things that have no Chinese, and what people wrote themselves.
NAMES = re.compile(
    r"CS Agent|Android|Pixel \d|Webhook|SHA-256|Control|Command|Mac|LDAP|SLA|JSON|ID|OCR|UI|android|°C|USB|ADB"
    r"|[Aa]nn|lin|sun|[Vv]iewer|operator|complaint_refund|phones|v\d+|T\d{6,}(?: / [0-9a-f]{8})?"
    r"|[0-9a-fA-F]{8}-[0-9a-f-]{27}|[0-9a-f]{64}|127\.0\.0\.1:\d+|pbkdf2_sha256"
    r"|esc|: md5|: [\w/.]+\*+|YYYY|MM|DD|example|MOV|MP4|do\(.*?\)|\d+ ?(?:B|KB|MB|GB)\b"
)


def addresses(model: Any) -> list[str]:
    """The list and the forms of a model that has a row; what cannot be added has no form to add it."""
    obj = model.objects.order_by("pk").first()
    found = [url(model), url(model) + "?q=zzz"]
    if obj is not None:
        found += [url(model, "change", obj.pk), url(model, "history", obj.pk)]
    if model._meta.model_name not in READ_ONLY:
        found += [url(model, "add"), url(model, "delete", obj.pk)]
    return found


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.model_name)
def test_no_page_of_the_back_office_says_anything_in_english_in_chinese(
    model: Any, ann: User, confirmation: Confirmation, phone: Phone
) -> None:
    Recording.objects.create(run=confirmation.run, directory="x", size=1000, duration_s=3)
    Step.objects.create(
        run=confirmation.run, number=1, status="done", started_at=timezone.now(), verdict="allow", app="售后"
    )
    client = client_of(ann)
    client.cookies["django_language"] = "zh-hans"
    told = {text for address in addresses(model) for text in text_of(client.get(address).content.decode())}
    assert {text for text in told if re.search("[A-Za-z]{2,}", NAMES.sub("", text))} == set()


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.model_name)
def test_no_label_of_the_back_office_is_chinese_in_english(model: Any, ann: User, confirmation: Confirmation) -> None:
    office = admin.site._registry[model]
    request = RequestFactory().get("/")
    request.user = ann
    obj = model.objects.order_by("pk").first()
    with translation.override("en"):
        names = [*office.get_list_display(request), *flatten_fieldsets(office.get_fieldsets(request, obj))]
        form = office.get_form(request, obj)()
        labels = [label_for_field(name, model, office, form=form) for name in names]
        labels += [str(field.help_text) for field in form.fields.values()]
        labels += [model._meta.verbose_name, model._meta.verbose_name_plural]
        assert [label for label in labels if re.search("[一-鿿]", str(label))] == []


def test_a_persons_departments_and_roles_are_chosen_on_the_persons_page(ann: User, lin: User) -> None:
    client = client_of(ann)
    other = Department.objects.create(name="售后二部")
    page = client.get(url(User, "change", lin.pk)).content.decode()
    assert "坐席" in page
    supervisor = Group.objects.get(name="supervisor")
    values = {"username": "lin", "first_name": "林", "is_active": "on", "groups": [supervisor.pk]}
    assert client.post(url(User, "change", lin.pk), {**values, "departments": [other.pk]}).status_code == 302
    assert list(lin.departments.all()) == [other]
    assert list(lin.groups.all()) == [supervisor]
    event = AuditEvent.objects.get(type="user.changed")
    with in_language("zh"):
        assert "部门" in str(read_in_json(event.details))
    with in_language("en"):
        assert "Department" in str(read_in_json(event.details))


def test_the_back_office_is_english_in_english(ann: User) -> None:
    client = client_of(ann)
    client.cookies["django_language"] = "en"
    page = client.get(reverse("admin:index")).content.decode()
    for words in ("Search apps and models", "Runs", "Steps", "Confirmations", "Recordings"):
        assert words in page
