"""The rounds look at every idle phone in turn, and one that does not answer keeps nobody waiting."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from tests.processes import wait_until
from tests.runner.world import Handset, gone
from tickets.models import Phone, PhoneState
from tickets.runner.holds import phone_lock
from tickets.runner.host.rounds import Rounds

pytestmark = pytest.mark.django_db(transaction=True)
LIMIT_S = 10


@dataclass
class House:
    """Phones by name; one in `stuck` does not answer before `answer` is set."""

    hand: Handset
    now: float = 1000.0
    stuck: str = ""
    answer: threading.Event = field(default_factory=threading.Event)
    called: list[str] = field(default_factory=list)

    def connect(self, row: Phone) -> Handset:
        self.called.append(row.name)
        if row.name == self.stuck:
            self.answer.wait(LIMIT_S)
        return self.hand

    def see(self, rounds: Rounds, *, times: int) -> list[str]:
        """Visit, and whom the checks were of once there were so many in all and none but the stuck one goes on."""
        rounds.visit(Phone.objects.order_by("name"))
        wait_until(f"{times} checks", lambda: len(self.called) >= times and self._all_written(rounds), LIMIT_S)
        return list(self.called)

    def _all_written(self, rounds: Rounds) -> bool:
        if len(rounds._under_way) > bool(self.stuck):
            return False
        waiting = [name for name in set(self.called) if name != self.stuck]
        written = Phone.objects.filter(name__in=waiting)
        return all(row.last_seen_at is not None or row.fault for row in written)


@pytest.fixture
def house(hand: Handset) -> House:
    Phone.objects.all().delete()
    for name in ("a", "b"):
        Phone.objects.create(name=name, serial=f"serial-{name}", queue="phones")
    return House(hand)


@pytest.fixture
def rounds(house: House) -> Iterator[Rounds]:
    made = Rounds(house.connect, clock=lambda: house.now)
    yield made
    house.answer.set()
    made._pool.shutdown(wait=True)


def test_every_phone_is_checked_and_written_down(house: House, rounds: Rounds) -> None:
    assert sorted(house.see(rounds, times=2)) == ["a", "b"]
    assert Phone.objects.filter(last_seen_at=None).count() == 0


def test_a_phone_is_not_checked_again_before_it_is_due(house: House, rounds: Rounds) -> None:
    house.see(rounds, times=2)
    house.now += 11
    rounds.visit(Phone.objects.all())
    house.now += 2
    assert len(house.see(rounds, times=4)) == 4


def test_a_phone_that_is_out_is_looked_at_sooner(house: House, rounds: Rounds) -> None:
    house.hand.faults["all"] = gone()
    house.see(rounds, times=2)
    wait_until("both to be out", lambda: Phone.objects.filter(state=PhoneState.FAULTY).count() == 2, LIMIT_S)
    house.now += 13  # the first look was at ready phones
    house.see(rounds, times=4)
    wait_until("the second look to be over", lambda: not rounds._under_way, LIMIT_S)
    house.hand.faults.clear()
    house.now += 5
    assert len(house.see(rounds, times=6)) == 6
    wait_until("both to be back", lambda: Phone.objects.filter(state=PhoneState.READY).count() == 2, LIMIT_S)


def test_one_that_does_not_answer_keeps_nobody_waiting_and_is_asked_once(house: House, rounds: Rounds) -> None:
    house.stuck = "a"
    house.see(rounds, times=2)
    house.now += 60
    assert sorted(house.see(rounds, times=3)) == ["a", "b", "b"]
    assert Phone.objects.get(name="a").last_seen_at is None


def test_a_phone_that_a_task_has_its_hands_on_is_left_alone(house: House, rounds: Rounds) -> None:
    with phone_lock.on(Phone.objects.get(name="a").pk):
        assert house.see(rounds, times=1) == ["b"]
