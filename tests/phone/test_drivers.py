"""Drivers keep one contract, and a second one needs no change anywhere else."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest

from cs_agent.phone import drivers
from cs_agent.phone.adb.phone import AdbPhone
from cs_agent.phone.driver import Driver
from cs_agent.phone.drivers import Address
from cs_agent.phone.errors import UnknownDriver
from tests.phone.driver_contract import DriverContract
from tests.phone.toy_driver import NotepadPhone


class TestAdb(DriverContract):
    @pytest.fixture
    def driver(self, phone: AdbPhone) -> Driver:
        return drivers.connect(
            Address(phone.serial, port=phone.link.client.port, app_names={"随手记": "com.example.notes"})
        )

    @pytest.fixture
    def an_app(self) -> tuple[str, str]:
        return "随手记", "com.example.notes"


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if a package that brings the toy driver were installed."""
    entry = EntryPoint("toy", "tests.phone.toy_driver:NotepadPhone", drivers.GROUP)
    monkeypatch.setattr(drivers, "entry_points", lambda **wanted: [entry] if wanted["name"] == "toy" else [])
    monkeypatch.setattr(drivers, "_known", dict(drivers._known))


@pytest.mark.usefixtures("installed")
class TestToy(DriverContract):
    @pytest.fixture
    def driver(self) -> Driver:
        return drivers.connect(Address("toy://one", app_names={"记事本": "notepad"}))

    @pytest.fixture
    def an_app(self) -> tuple[str, str]:
        return "记事本", "notepad"

    @pytest.mark.django_db
    def test_a_phone_host_speaks_to_it_by_its_serial_alone(self) -> None:
        from tickets.models import Phone
        from tickets.runner.host.service import connect

        connected = connect(Phone(serial="toy://one", name="one"))
        assert isinstance(connected, NotepadPhone)
        assert connected.serial == "toy://one"


@pytest.mark.parametrize("serial", ["127.0.0.1:5600", "7c1f22ab", "adb-1a2b (2)._adb-tls-connect._tcp", "[::1]:5555"])
def test_what_adb_calls_a_serial_belongs_to_adb(serial: str) -> None:
    assert Address(serial).kind == drivers.ADB


def test_a_kind_that_nothing_brings_is_named_with_those_there_are() -> None:
    with pytest.raises(UnknownDriver, match=r"'hdc'.*adb") as caught:
        drivers.connect(Address("hdc://1"))
    assert caught.value.advice
    assert caught.value.advice_in("en") != caught.value.advice
