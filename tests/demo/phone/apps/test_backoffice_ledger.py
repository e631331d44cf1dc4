"""The ledger, the catalogue and the control side, without a browser."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator
from datetime import date, timedelta
from decimal import Decimal

import httpx
import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st

from cs_agent.demo.phone.backoffice.ledger import Attachment, Ledger
from cs_agent.demo.phone.backoffice.server import BackOffice
from cs_agent.demo.phone.catalogue import Catalogue, OrderState
from cs_agent.demo.phone.catalogue.named import NAMED
from cs_agent.demo.phone.device.faults import Faults

TODAY = date(2024, 5, 22)
CATALOGUE = Catalogue(today=TODAY)
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@pytest_asyncio.fixture
async def office() -> AsyncIterator[BackOffice]:
    async with BackOffice(latency_ms=(0, 0)) as running:
        running.add_phone("phone-1", Faults())
        running.add_phone("phone-2", Faults())
        yield running


@pytest_asyncio.fixture
async def web(office: BackOffice) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=office.url, cookies={"phone": "phone-1"}) as client:
        yield client


# --- ledger


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xy")), max_size=20))
def test_the_ledger_keeps_everything_in_order_and_gives_each_entry_its_own_number(
    added: list[tuple[str, str]],
) -> None:
    ledger = Ledger()
    for phone, kind in added:
        ledger.add(phone, "app", kind, {})
    assert [(entry.phone, entry.kind) for entry in ledger.operations()] == added
    ids = [entry.id for entry in ledger.operations()]
    assert ids == sorted(set(ids))
    assert len(ledger.operations(phone="a")) == sum(phone == "a" for phone, _ in added)
    assert len(ledger.operations(kind="x")) == sum(kind == "x" for _, kind in added)


def test_a_reset_of_one_phone_leaves_the_others_and_uses_no_number_twice() -> None:
    ledger = Ledger()
    ledger.add("a", "app", "x", {})
    ledger.add("b", "app", "x", {})
    ledger.reset("a")
    assert [entry.phone for entry in ledger.operations()] == ["b"]
    ledger.reset()
    assert ledger.add("a", "app", "x", {}).id == 3


def test_an_entry_is_json_with_its_values_beside_its_facts() -> None:
    file = Attachment.of("a.jpg", b"abc", "image/jpeg")
    entry = Ledger().add("a", "app", "x", {"amount": 1.5}, (file,)).as_json()
    assert entry["amount"] == 1.5
    assert entry["attachments"] == [
        {
            "name": "a.jpg",
            "size": 3,
            "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            "mime": "image/jpeg",
        }
    ]


# --- catalogue


def test_the_catalogue_is_a_few_hundred_records_and_the_same_for_the_same_seed_and_day() -> None:
    again = Catalogue(today=TODAY)
    assert list(again.orders.values()) == list(CATALOGUE.orders.values())
    assert len(CATALOGUE.orders) > 300
    assert len(CATALOGUE.customers) > 200
    assert Catalogue(seed=1, today=TODAY).orders.keys() != CATALOGUE.orders.keys()


@pytest.mark.parametrize("seed", [1, 2, 20240521])
def test_named_orders_are_there_whatever_the_seed(seed: int) -> None:
    catalogue = Catalogue(seed, TODAY)
    for entry in NAMED:
        order = catalogue.order(entry.number)
        assert order is not None
        assert (order.customer.name, order.customer.mobile) == (entry.customer, entry.mobile)
        assert order.paid == Decimal(entry.price)
        assert catalogue.customer(entry.mobile) is order.customer


def test_the_reference_order_was_bought_and_signed_the_day_before() -> None:
    order = CATALOGUE.order("202405218876")
    assert order is not None
    assert (order.product.name, order.paid, order.state) == ("蓝牙耳机", Decimal("399.00"), OrderState.SIGNED)
    assert order.created.date() == TODAY - timedelta(days=1)
    assert order.track[0].time.date() == TODAY - timedelta(days=1)
    assert "已签收" in order.track[0].text


def test_orders_and_people_are_plausible() -> None:
    for order in CATALOGUE.orders.values():
        assert re.fullmatch(r"20\d{10}", order.number)
        assert order.paid > 0
        assert (order.carrier == "") == (order.state is OrderState.PAID)
        times = [event.time for event in order.track]
        assert times == sorted(times, reverse=True)
    for person in CATALOGUE.customers.values():
        assert re.fullmatch(r"1[3-9]\d{9}", person.mobile)
        total = sum(int(d) * w for d, w in zip(person.id_card[:17], _ID_WEIGHTS, strict=True))
        assert "10X98765432"[total % 11] == person.id_card[17]


def test_complaints_reach_back_half_a_year_newest_first() -> None:
    moments = [item.created for item in CATALOGUE.complaints]
    assert moments == sorted(moments, reverse=True)
    assert (moments[0] - moments[-1]).days > 120


@given(st.text(max_size=20))
@settings(max_examples=60)
def test_a_search_finds_only_what_was_asked_for(query: str) -> None:
    for order in CATALOGUE.find_orders(query):
        wanted = query.strip()
        assert wanted in (order.number, order.customer.mobile, order.customer.name) or order.number.endswith(wanted)


def test_searching_by_number_tail_mobile_and_name() -> None:
    order = CATALOGUE.order("202405218876")
    assert order is not None
    assert CATALOGUE.find_orders(" 202405218876 ") == [order]
    assert order in CATALOGUE.find_orders("8876")
    assert order in CATALOGUE.find_orders("13812345678")
    assert order in CATALOGUE.find_orders("李晓梅")
    assert CATALOGUE.find_orders("876") == []
    assert order.customer in CATALOGUE.find_customers("5678")
    assert CATALOGUE.find_customers("") == []


# --- control


async def test_health_names_the_phones_and_counts_the_records(web: httpx.AsyncClient) -> None:
    answer = (await web.get("/health")).json()
    assert answer["ok"]
    assert answer["phones"] == ["phone-1", "phone-2"]
    assert answer["orders"] > 300


async def test_faults_are_set_for_one_phone_or_for_all(office: BackOffice, web: httpx.AsyncClient) -> None:
    one = await web.post("/faults", json={"phone": "phone-2", "dark_mode": True})
    assert one.json()["phone-2"]["dark_mode"]
    assert not office.office.faults["phone-1"].dark_mode
    await web.post("/faults", json={"slow_page_s": 1.5})
    assert {faults.slow_page_s for faults in office.office.faults.values()} == {1.5}
    assert (await web.get("/faults")).json()["phone-1"]["slow_page_s"] == 1.5


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"no_such_fault": 1}', "no_such_fault"),
        (b'{"phone": "phone-9", "dark_mode": true}', "phone-9"),
        (b"[1]", "JSON object"),
        (b"{", "not JSON"),
    ],
)
async def test_a_wrong_fault_is_refused_with_the_reason(web: httpx.AsyncClient, body: bytes, reason: str) -> None:
    answer = await web.post("/faults", content=body)
    assert answer.status_code == 400
    assert reason in answer.json()["error"]


async def test_a_get_changes_nothing_on_the_control_side(web: httpx.AsyncClient) -> None:
    assert (await web.get("/reset")).status_code == 405


async def test_pages_take_their_time_and_the_control_side_does_not() -> None:
    async with BackOffice(latency_ms=(200, 210)) as office, httpx.AsyncClient(base_url=office.url) as web:
        began = time.monotonic()
        await web.get("/browser/")
        slow = time.monotonic() - began
        assert slow >= 0.2
        office.latency_ms = (0, 0)
        assert (await web.get("/ledger")).json() == []


async def test_a_port_that_is_taken_is_an_error(office: BackOffice) -> None:
    port = int(office.url.rpartition(":")[2])
    with pytest.raises(OSError, match="in use"):
        await BackOffice(port=port).start()
