"""A new ticket, with attachments, from the form."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.consoles import story
from tickets.models import Department, Ticket

HTMX = {"HX-Request": "true", "X-Parts": ""}  # of a ticket page


def post(client: Client, live: bool = False, **fields: Any) -> Any:
    values = {"text": story.REFERENCE, "priority": "3", **fields}
    return client.post("/tickets/new/", values, headers=HTMX if live else {})


def test_alice_creates_a_ticket_with_a_video_and_a_picture(as_alice: Client, alice: User) -> None:
    files = [
        SimpleUploadedFile(name, story.attached(name).read(), "application/octet-stream")
        for name in ("unboxing.mp4", "damaged_box.jpg")
    ]
    response = post(as_alice, subject="耳机", customer_name="王女士", customer_mobile="13800138000", attachments=files)
    ticket = Ticket.objects.get()
    assert response["Location"] == f"/tickets/{ticket.number}/"
    assert ticket.created_by == alice
    assert sorted(ticket.attachments.values_list("kind", flat=True)) == ["image", "video"]


def test_a_live_form_is_sent_to_the_new_ticket(as_alice: Client) -> None:
    response = post(as_alice, live=True)
    assert response["HX-Redirect"] == f"/tickets/{Ticket.objects.get().number}/"


def test_an_empty_ticket_is_refused_in_plain_words(as_alice: Client) -> None:
    response = post(as_alice, live=True, text="  \n ")
    assert response.status_code == 400
    assert "请填写工单内容" in response.content.decode()
    assert response["HX-Retarget"] == "#form-errors"
    assert not Ticket.objects.exists()


def test_a_text_above_100_kb_is_refused_and_nothing_is_kept(as_alice: Client) -> None:
    response = post(as_alice, text="很" * 40_000)
    assert response.status_code == 400
    assert "最多 100 kB" in response.content.decode()
    assert not Ticket.objects.exists()


def test_100_kb_of_text_are_taken(as_alice: Client) -> None:
    assert post(as_alice, text="x" * 100 * 1024).status_code == 302


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("virus.exe", b"MZ" + b"\0" * 100, "不支持的文件类型"),
        ("picture.jpg", b"<html>not a picture</html>" * 5, "不支持的文件类型"),
        ("empty.png", b"", "文件是空的"),
    ],
)
def test_a_file_is_judged_by_its_content(as_alice: Client, name: str, content: bytes, words: str) -> None:
    response = post(as_alice, live=True, attachments=[SimpleUploadedFile(name, content, "image/jpeg")])
    assert response.status_code == 400
    assert words in response.content.decode()
    assert not Ticket.objects.exists()


def test_a_file_above_the_limit_is_refused(as_alice: Client, settings: Any) -> None:
    settings.CS_AGENT = {**settings.CS_AGENT, "CS_AGENT_MAX_UPLOAD_MB": 1}
    big = SimpleUploadedFile("big.mp4", b"\0\0\0\x18ftypmp42" + b"\0" * (2 * 1024 * 1024), "video/mp4")
    response = post(as_alice, attachments=[big])
    assert response.status_code == 400
    assert "文件太大" in response.content.decode()


def test_what_was_typed_is_still_there_after_a_refusal(as_alice: Client) -> None:
    html = post(as_alice, text="", subject="我的标题", customer_name="张三").content.decode()
    assert 'value="我的标题"' in html
    assert 'value="张三"' in html


def test_nobody_files_a_ticket_into_a_department_that_is_not_theirs(
    as_alice: Client, other_department: Department
) -> None:
    response = post(as_alice, department=str(other_department.pk))
    assert response.status_code == 422
    assert not Ticket.objects.exists()


def test_an_unknown_priority_is_refused(as_alice: Client) -> None:
    assert post(as_alice, priority="9").status_code == 422


def test_a_viewer_cannot_create_a_ticket(as_victor: Client) -> None:
    assert post(as_victor).status_code == 403
    assert as_victor.get("/tickets/new/").status_code == 403
    assert not Ticket.objects.exists()


def test_a_file_can_be_added_to_a_ticket_later(as_alice: Client, ticket: Ticket) -> None:
    video = SimpleUploadedFile("开箱.mp4", story.attached("unboxing.mp4").read(), "video/mp4")
    response = as_alice.post(f"/tickets/{ticket.number}/attachments/", {"files": video}, headers=HTMX)
    assert "开箱.mp4" in response.content.decode()
    assert ticket.attachments.get().name == "开箱.mp4"
