"""After a run's end its phone is at home with its own keyboard, free, and the next in line is called."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile

from cs_agent.phone.drivers import Address
from tests.phone.toy_driver import NotepadPhone
from tests.runner.messages import listening
from tests.runner.world import Handset, World, gone
from tickets.models import Attachment, AuditEvent, FlowVersion, Phone, PhoneState, Run, RunStatus, Slot, Ticket
from tickets.runner.drive import prepare, tidy
from tickets.runner.holds import leases, phone_lock
from tickets.services.evidence import audit
from tickets.services.runs import lifecycle as runs
from tickets.services.runs import starts
from tickets.services.tickets.changes import create_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def stopped(world: World, run: Run, lin: User) -> Run:
    """It ended while it held its phone in the middle of an app."""
    world.drive(run)
    return runs.stop_run(run, lin)


def test_the_phone_is_at_home_with_its_own_keyboard_and_free(
    world: World, stopped: Run, hand: Handset, phone: Phone
) -> None:
    tidy.tidy(stopped.pk, world.host)
    phone.refresh_from_db()
    assert (hand.shown, hand.keyboard, phone.lease_run_id) == ("home", "own", None)
    assert world.host.finished == [phone.pk]


def test_the_keyboard_of_runs_stays_while_a_person_decides_and_goes_with_the_run(
    world: World, run: Run, lin: User, hand: Handset
) -> None:
    """The phone's own would cover half the page, and move the control that the yes is for."""
    world.before_reply = hand.expect_text
    assert world.drive(run).status == RunStatus.AWAITING_CONFIRMATION
    assert hand.keyboard == "adb"
    tidy.tidy(runs.stop_run(run, lin).pk, world.host)
    assert hand.keyboard == "own"


def test_the_customers_files_leave_the_phone_with_the_run_and_nothing_else_does(
    world: World, run: Run, lin: User, hand: Handset
) -> None:
    hand.files["/sdcard/Pictures/holiday.jpg"] = (b"x", hand.time())
    _with_a_photo(run)
    world.drive(run)
    assert set(hand.files) == {"/sdcard/Pictures/holiday.jpg", "/sdcard/Pictures/照片_0001.jpg"}
    tidy.tidy(runs.stop_run(run, lin).pk, world.host)
    assert set(hand.files) == {"/sdcard/Pictures/holiday.jpg"}
    events = AuditEvent.objects.filter(run_id=str(run.pk), type__startswith="media.").order_by("seq")
    assert [event.type for event in events] == ["media.pushed", "media.removed"]


def test_a_phone_of_another_kind_keeps_no_file_of_the_customer_either(run: Run, tmp_path: Path) -> None:
    _with_a_photo(run)
    notepad = NotepadPhone(Address("toy://one"))
    (photo := tmp_path / "photo").write_bytes(b"jpeg")
    path = notepad.push_media(photo, "照片_0001.jpg")
    audit.record("media.pushed", run=run, result="success", details={"name": "照片_0001.jpg", "path": path})
    prepare.take_back(run, notepad)
    assert notepad.list_files("/media") == ()
    removed = AuditEvent.objects.get(run_id=str(run.pk), type="media.removed")
    assert removed.details["path"] == path


def _with_a_photo(run: Run) -> None:
    version = run.flow_version
    definition = {**version.definition, "media": ["photo"]}
    wanting = FlowVersion.objects.create(template=version.template, number=99, definition=definition)
    Run.objects.filter(pk=run.pk).update(flow_version=wanting)
    photo = Attachment.objects.create(
        ticket=run.ticket, file=ContentFile(b"jpeg", "a.jpg"), name="a.jpg", kind="image", size=4, sha256="0" * 64
    )
    Slot.objects.create(run=run, name="photo", label="照片", value="照片_0001.jpg", source="ticket", attachment=photo)


def test_the_phone_is_free_before_its_recording_is_closed(world: World, stopped: Run, phone: Phone) -> None:
    holders: list[object] = []
    world.host.on_close = lambda: holders.append(Phone.objects.get(pk=phone.pk).lease_run_id)
    tidy.tidy(stopped.pk, world.host)
    assert holders == [None]


def test_the_phone_of_a_run_that_waits_is_left_alone(world: World, run: Run, hand: Handset, phone: Phone) -> None:
    world.drive(run)
    shown = hand.shown
    tidy.tidy(run.pk, world.host)
    phone.refresh_from_db()
    assert (hand.shown, phone.lease_run_id) == (shown, run.pk)


def test_the_next_in_line_is_called(
    world: World, stopped: Run, ticket: Ticket, lin: User, django_capture_on_commit_callbacks: Any
) -> None:
    other = create_ticket(user=None, subject="", text=ticket.text, customer_name="客户", department=ticket.department)
    waiting = starts.start_run(ticket=other, user=lin)
    with listening() as heard, django_capture_on_commit_callbacks(execute=True):
        tidy.tidy(stopped.pk, world.host)
    assert str(waiting.pk) in heard


def test_a_phone_that_cannot_be_left_clean_is_free_but_out_of_the_pool(
    world: World, stopped: Run, hand: Handset, phone: Phone
) -> None:
    hand.faults["all"] = gone()
    tidy.tidy(stopped.pk, world.host)
    phone.refresh_from_db()
    assert (phone.lease_run_id, phone.state) == (None, PhoneState.FAULTY)


def test_a_second_message_finds_nothing_to_do(world: World, stopped: Run, hand: Handset) -> None:
    tidy.tidy(stopped.pk, world.host)
    hand.acts.clear()
    tidy.tidy(stopped.pk, world.host)
    assert hand.acts == []


def test_a_phone_that_was_freed_and_leased_again_while_waiting_for_its_lock_is_left_alone(
    world: World, stopped: Run, ticket: Ticket, lin: User, hand: Handset, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two messages of one ended run: the slower one must not touch the phone, nor the recording, of the next run."""
    other = create_ticket(user=None, subject="", text=ticket.text, customer_name="客户", department=ticket.department)
    following = starts.start_run(ticket=other, user=lin)
    lock_of = phone_lock.on

    @contextmanager
    def once_the_next_run_has_the_phone(phone_id: int) -> Iterator[None]:
        monkeypatch.setattr(phone_lock, "on", lock_of)
        tidy.tidy(stopped.pk, world.host)
        assert leases.acquire(following, world.host.queue)
        hand.acts.clear()
        with lock_of(phone_id):
            yield

    monkeypatch.setattr(phone_lock, "on", once_the_next_run_has_the_phone)
    tidy.tidy(stopped.pk, world.host)
    phone.refresh_from_db()
    assert (phone.lease_run_id, hand.acts, world.host.finished) == (following.pk, [], [phone.pk])
