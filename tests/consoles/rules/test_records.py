"""The back office's lists and forms: each opens in both languages, and says what it shows in the reader's words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from tests.consoles import story
from tickets.models import Confirmation

HIDDEN = re.compile(r"<(script|style|template)\b.*?</\1>", re.S)
UUID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-")


@pytest.fixture
def as_root(db: None, log_in: Callable[[User], Client]) -> Client:
    return log_in(User.objects.create_superuser("root", password=story.PASSWORD))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_list_and_form_opens(as_root: Client, confirmation: Confirmation, language: str) -> None:
    as_root.cookies["django_language"] = language
    faults = [path for path in _paths() if as_root.get(path).status_code not in (200, 403)]
    assert not faults


def test_a_step_is_called_by_its_ticket_and_place(as_root: Client, confirmation: Confirmation) -> None:
    step = confirmation.run.steps.first()
    assert step
    html = HIDDEN.sub("", story.markup(as_root.get(reverse("admin:tickets_step_change", args=[step.pk]))))
    heading = re.sub("<[^>]+>", " ", "".join(re.findall(r"<h1.*?</h1>|<title>.*?</title>", html, re.S)))
    assert confirmation.run.ticket.number in html
    assert not UUID.search(heading)


def test_in_english_a_fields_name_is_its_slots(as_root: Client, confirmation: Confirmation) -> None:
    confirmation.fields.append({"name": "attachment", "label": "附件", "screen_value": "a.mp4", "differs": False})
    confirmation.save(update_fields=["fields"])
    as_root.cookies["django_language"] = "en"
    for path in ("changelist", "change"):
        arguments = [confirmation.pk] if path == "change" else []
        html = story.markup(as_root.get(reverse(f"admin:tickets_confirmation_{path}", args=arguments)))
        assert "Attachments: " in html


def _paths() -> Iterator[str]:
    reverse("admin:index")  # the back office is registered with the addresses
    for model in admin.site._registry:
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{base}_changelist")
        yield reverse(f"{base}_add")
        row = model._default_manager.first()
        if row is not None:
            yield reverse(f"{base}_change", args=[row.pk])
