"""A test of a phone that somebody asked for: made once, on its host, without disturbing a run."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from cs_agent.phone.adb.phone import AdbPhone
from cs_agent.testing.phone import FakePhoneError
from tests.phone.adb.scripted_server import SERIAL, ScriptedServer
from tests.phone.test_doctor import HEALTHY, scripted
from tests.runner.world import Handset
from tickets.errors import Conflict, Forbidden
from tickets.models import AuditEvent, Phone, PhoneCheck, Run
from tickets.runner.host import doctor
from tickets.services.live import phone_checks
from tickets.services.live.phone_checks import CheckState

pytestmark = pytest.mark.django_db


def made(phone: Phone, user: User, hand: Handset) -> PhoneCheck:
    check = phone_checks.ask(phone, user)
    doctor.make_test(check.pk, lambda _row: hand)  # type: ignore[arg-type,return-value]
    check.refresh_from_db()
    return check


def codes(check: PhoneCheck) -> list[tuple[str, str]]:
    return [(found["code"], found["status"]) for found in check.findings]


def test_a_free_phone_is_looked_at_and_touched(phone: Phone, ann: User, hand: Handset) -> None:
    check = made(phone, ann, hand)
    assert (check.usable, check.touched) == (True, True)
    assert codes(check) == [("connection", "ok"), ("screen", "ok"), ("touch", "ok")]
    assert AuditEvent.objects.filter(type="phone.check_asked", user_name="ann").exists()


def test_a_phone_of_a_run_is_only_looked_at(phone: Phone, run: Run, ann: User, hand: Handset) -> None:
    Phone.objects.update(lease_run=run)
    check = made(phone, ann, hand)
    assert (check.usable, check.touched) == (True, False)
    assert "touch" not in dict(codes(check))


def test_a_phone_that_does_not_answer_is_told_with_what_to_do(phone: Phone, ann: User, hand: Handset) -> None:
    hand.faults["health"] = FakePhoneError("device offline")
    check = made(phone, ann, hand)
    assert not check.usable
    assert codes(check) == [("connection", "fault")]
    assert "device offline" in check.findings[0]["values"]["error"]


def test_an_adb_phone_is_examined_in_full(phone: Phone, run: Run, ann: User) -> None:
    Phone.objects.update(lease_run=run)
    check = phone_checks.ask(phone, ann)
    with ScriptedServer(scripted({**HEALTHY, "ime list -s": "com.own/.Board\n"})) as server:
        doctor.make_test(check.pk, lambda _row: AdbPhone(SERIAL, port=server.port))
    check.refresh_from_db()
    found = {each["code"]: each for each in check.findings}
    assert not check.usable
    assert "ADBKeyboard.apk" in found["keyboard"]["remedy"]
    assert found["battery"]["values"]["level"] == "80"


def test_one_test_of_a_phone_at_a_time_and_each_is_made_once(phone: Phone, ann: User, hand: Handset) -> None:
    check = phone_checks.ask(phone, ann)
    with pytest.raises(Conflict):
        phone_checks.ask(phone, ann)
    for _message in range(2):
        asked: list[str] = []
        hand.on_act = asked.append
        doctor.make_test(check.pk, lambda _row: hand)  # type: ignore[arg-type,return-value]
    assert asked == []
    phone_checks.ask(phone, ann)


@pytest.mark.parametrize(
    ("begun", "state"), [(False, CheckState.UNHEARD), (True, CheckState.LOST)], ids=["unheard", "lost"]
)
def test_a_test_without_an_answer_is_over_and_another_may_be_asked_for(
    phone: Phone, ann: User, hand: Handset, begun: bool, state: CheckState
) -> None:
    check = phone_checks.ask(phone, ann)
    assert phone_checks.state_of(check) is CheckState.WAITING
    long_ago = timezone.now() - timedelta(hours=1)
    PhoneCheck.objects.update(asked_at=long_ago, began_at=long_ago if begun else None)
    check.refresh_from_db()
    assert phone_checks.state_of(check) is state
    phone_checks.ask(phone, ann)
    doctor.make_test(check.pk, lambda _row: hand)  # type: ignore[arg-type,return-value]
    check.refresh_from_db()
    assert check.findings == []


def test_only_the_newest_tests_are_kept(phone: Phone, ann: User, hand: Handset) -> None:
    for _each in range(8):
        last = made(phone, ann, hand)
    assert PhoneCheck.objects.count() == 5
    assert phone_checks.newest([phone]) == {phone.pk: last}


def test_who_does_not_look_after_phones_tests_none(phone: Phone, lin: User) -> None:
    with pytest.raises(Forbidden):
        phone_checks.ask(phone, lin)
