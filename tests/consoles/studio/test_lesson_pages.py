"""The pages of lessons: what is chosen for one, and what a refused or interrupted one shows."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.consoles import story
from tests.consoles.pages.test_studio import client_of
from tickets.models import (
    Department,
    FlowVersion,
    Lesson,
    LessonState,
    Phone,
    PhoneUse,
    Run,
    RunPurpose,
    RunStatus,
    Ticket,
)

pytestmark = pytest.mark.django_db
TEACH = "/flows/complaint_refund/teach/"


@pytest.fixture
def as_fiona(fiona: User) -> Client:
    return client_of(fiona)


@pytest.fixture
def shared(phone: Phone) -> Phone:
    phone.use = PhoneUse.SHARED
    phone.save()
    return phone


@pytest.fixture
def open_lesson(refund_flow: FlowVersion, ticket: Ticket, shared: Phone, department: Department) -> Lesson:
    gus = story.member("gus", "flow_editor", department)
    return Lesson.objects.create(
        template=refund_flow.template, base=refund_flow, ticket=ticket, phone=shared, teacher=gus
    )


def test_a_lesson_that_cannot_begin_leaves_what_was_chosen_on_the_page(
    as_fiona: Client, open_lesson: Lesson, ticket: Ticket, shared: Phone
) -> None:
    page = as_fiona.get(TEACH).content.decode()
    assert "gus 正在示教" in page, "before anything is chosen"
    sent = {"ticket": ticket.number, "phone": str(shared.pk), "files": "yes", "q": "没有这样的文字"}
    refused = as_fiona.post(f"{TEACH}start/", sent)
    assert refused.status_code == 409
    html = refused.content.decode()
    assert "gus 正在这台手机上示教" in html
    assert html.count("checked") == 3, "the ticket, the phone and the files"


def test_a_sample_is_found_by_its_subject(as_fiona: Client, refund_flow: FlowVersion, department: Department) -> None:
    found = story.new_ticket(department, subject="投影仪发货了吗")
    story.new_ticket(department, subject="别的")
    assert [each.number for each in as_fiona.get(TEACH, {"q": "投影仪"}).context["tickets"]] == [found.number]


def test_an_interrupted_lesson_offers_nothing_that_would_touch_the_phone_and_keeps_the_sign_of_the_demo(
    as_fiona: Client, fiona: User, open_lesson: Lesson, settings: object
) -> None:
    address = f"/lessons/{open_lesson.pk}/"
    Lesson.objects.update(teacher=fiona)
    settings.MODE = "demo"  # type: ignore[attr-defined]
    html = as_fiona.get(address).content.decode()
    assert "data-phone-key" in html
    assert 'class="demo"' in html
    Lesson.objects.update(state=LessonState.KEPT)
    html = as_fiona.get(address).content.decode()
    assert "data-phone-key" not in html
    assert 'name="tool"' not in html
    Lesson.objects.update(state=LessonState.FINISHED)
    as_fiona.cookies["django_language"] = "en"
    assert "Finished" in as_fiona.get(address).content.decode()
    Lesson.objects.update(state=LessonState.KEPT)
    assert open_lesson.ticket.number in as_fiona.get(TEACH).content.decode()


@pytest.mark.parametrize(
    ("language", "words"), [("zh-hans", "gus 正在示教:您可以看,不能操作"), ("en", "gus is teaching: you can look on")]
)
def test_a_colleague_who_opens_a_lesson_looks_on_and_is_offered_nothing_to_act_with(
    as_fiona: Client, open_lesson: Lesson, language: str, words: str
) -> None:
    as_fiona.cookies["django_language"] = language
    html = as_fiona.get(f"/lessons/{open_lesson.pk}/").content.decode()
    assert words in html
    for control in ("data-phone-key", 'name="tool"', 'value="finish"', 'name="text"', "data-value>"):
        assert control not in html
    as_gus = client_of(User.objects.get(username="gus"))
    own = as_gus.get(f"/lessons/{open_lesson.pk}/").content.decode()
    assert 'value="finish"' in own
    assert "正在示教:" not in own


def test_who_looks_on_sees_the_phone(as_fiona: Client, open_lesson: Lesson) -> None:
    """In the mode of a ticket of somebody else's; the page's script knows no other for it."""
    taken = {"status": RunStatus.TAKEN_OVER, "purpose": RunPurpose.LESSON, "phone": open_lesson.phone}
    open_lesson.run = Run.objects.create(ticket=open_lesson.ticket, flow_version=open_lesson.base, **taken)
    open_lesson.save()
    html = as_fiona.get(f"/lessons/{open_lesson.pk}/").content.decode()
    assert 'data-mode="live"' in html
    assert f"/ws/lessons/{open_lesson.run.pk}/phone/" in html
