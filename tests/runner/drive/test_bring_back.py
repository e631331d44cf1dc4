"""A flow that is to leave files has not succeeded without them; what comes back is judged like any upload."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.contrib.auth.models import User
from PIL import Image

from tests.runner.world import Handset, World, approve
from tickets.models import Attachment, FlowVersion, Run, RunStatus, Takeover
from tickets.runner.drive import bring_back
from tickets.services.runs import takeovers

pytestmark = pytest.mark.django_db
SAVED = "/sdcard/Download/凭证.png"


def picture(color: str = "red") -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 40), color).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def approved(world: World, run: Run, lin: User) -> Run:
    """A run whose flow is to bring an image back; somebody said yes."""
    version = run.flow_version
    definition = {**version.definition, "bring_back": ["image"]}
    wanting = FlowVersion.objects.create(template=version.template, number=99, definition=definition)
    Run.objects.filter(pk=run.pk).update(flow_version=wanting)
    world.drive(run)
    approve(run, lin)
    return run


def test_what_an_app_saved_during_the_run_is_on_the_ticket(world: World, approved: Run, hand: Handset) -> None:
    hand.save(SAVED, picture())
    assert world.drive(approved).status == RunStatus.SUCCEEDED
    brought = Attachment.objects.get(from_run=approved)
    assert (brought.ticket_id, brought.name, brought.kind) == (approved.ticket_id, "凭证.png", "image")
    assert SAVED not in hand.files


def test_without_its_file_the_run_asks_a_human_and_succeeds_once_it_is_there(
    world: World, approved: Run, hand: Handset, lin: User
) -> None:
    assert world.drive(approved).status == RunStatus.TAKEN_OVER
    assert Takeover.objects.get(run=approved).code == bring_back.CODE
    hand.save(SAVED, picture())
    takeovers.hand_back(takeovers.begin(approved, lin), lin)
    assert world.drive(approved).status == RunStatus.SUCCEEDED
    assert hand.ledger == ["refund"]


def test_what_was_on_the_phone_before_the_run_stays_there(world: World, approved: Run, hand: Handset) -> None:
    hand.save("/sdcard/Pictures/private.png", picture("blue"), seconds_later=-3600)
    hand.save(SAVED, picture())
    world.drive(approved)
    assert [row.name for row in Attachment.objects.filter(from_run=approved)] == ["凭证.png"]
    assert "/sdcard/Pictures/private.png" in hand.files


def test_a_phone_whose_clock_is_wrong_brings_its_files_back_all_the_same(
    world: World, approved: Run, hand: Handset
) -> None:
    hand.ahead_s = -7200.0
    hand.save(SAVED, picture())
    assert world.drive(approved).status == RunStatus.SUCCEEDED


def test_a_file_that_is_not_what_it_says_stays_on_the_phone(world: World, approved: Run, hand: Handset) -> None:
    hand.save("/sdcard/Download/凭证.png", b"MZ" + bytes(100))
    assert world.drive(approved).status == RunStatus.TAKEN_OVER
    assert not Attachment.objects.filter(from_run=approved).exists()
    assert "/sdcard/Download/凭证.png" in hand.files
