"""Events reach other systems signed, thin and at least once; nothing of ours is made to reach where it should not."""

from __future__ import annotations

import ipaddress
import json
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from standardwebhooks import Webhook, WebhookVerificationError

from integrations.models import WebhookEndpoint
from integrations.webhooks import carrier, endpoints, guard, post
from integrations.webhooks.post import Request, judge, send
from tests.integrations.door.receiver import Receiver, receiving
from tests.tickets.outbox.post import later, pump
from tickets.errors import Forbidden, Invalid
from tickets.models import AuditEvent, Delivery, DeliveryState, Department, Secret, Ticket, TicketStatus
from tickets.said import in_language
from tickets.services import secret_store
from tickets.services.outbox.carriers import Verdict
from tickets.services.outbox.spread import spread
from tickets.services.tickets.changes import create_ticket, set_status

HERE = "127.0.0.0/8"
NOW = datetime(2026, 5, 31, 8, 0, tzinfo=UTC)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def endpoint(ann: User, receiver: Receiver) -> WebhookEndpoint:
    return endpoints.make(ann, name="CRM", url=receiver.url, networks=[HERE])[0]


def new_ticket(department: Department) -> Ticket:
    return create_ticket(user=None, subject="耳机", text="我要退款", customer_name="王女士", department=department)


def test_an_event_arrives_signed_and_thin(
    endpoint: WebhookEndpoint, receiver: Receiver, department: Department
) -> None:
    ticket = new_ticket(department)
    pump()
    ((headers, body),) = receiver.got
    secret = secret_store.get(endpoints.secret_names(endpoint)[0])
    told = Webhook(secret).verify(body, headers)
    assert told["type"] == "ticket.created"
    assert told["data"] == {"ticket": ticket.number, "ticket_status": "new"}
    assert headers["webhook-id"].startswith("evt_")
    for personal in ("王女士", "退款", "耳机"):
        assert personal not in body.decode()
    with pytest.raises(WebhookVerificationError):
        Webhook(endpoints.new_secret()).verify(body, headers)


def test_a_repeat_carries_the_same_id_and_a_fresh_signature(
    endpoint: WebhookEndpoint, receiver: Receiver, department: Department
) -> None:
    """A receiver that answers 500 after it took the event knows the repeat."""
    receiver.answers = lambda count: (500 if count == 1 else 200, {}, b"busy")
    new_ticket(department)
    pump()
    assert Delivery.objects.get().last_answer == "500 busy"
    later()
    pump()
    first, again = receiver.got
    assert first[0]["webhook-id"] == again[0]["webhook-id"]
    assert first[1] == again[1]
    assert Delivery.objects.get().state == DeliveryState.DELIVERED


def test_a_receiver_that_is_down_gets_everything_in_order_once_it_is_back(
    endpoint: WebhookEndpoint, receiver: Receiver, department: Department, lin: User
) -> None:
    tickets = [new_ticket(department) for _ in range(3)]
    url = endpoint.url
    WebhookEndpoint.objects.update(url="http://127.0.0.1:1/hook")
    pump()
    assert Delivery.objects.filter(tries=1).count() == 1, "a place that is down is not tried for each ticket"
    assert "没有回应" in Delivery.objects.get(tries=1).last_answer
    for ticket in tickets:
        set_status(ticket, TicketStatus.PENDING, lin)
    WebhookEndpoint.objects.update(url=url)
    later()
    pump()
    told = [(json.loads(body)["data"]["ticket"], json.loads(body)["type"]) for _headers, body in receiver.got]
    assert len(told) == 6
    for ticket in tickets:
        assert [type for number, type in told if number == ticket.number] == ["ticket.created", "ticket.status_changed"]


def test_what_the_receiver_asks_for_is_kept(
    endpoint: WebhookEndpoint, receiver: Receiver, department: Department
) -> None:
    receiver.answers = lambda count: (429, {"Retry-After": "120"}, b"")
    new_ticket(department)
    pump()
    assert Delivery.objects.get().next_at > timezone.now() + timedelta(seconds=110)
    pump()
    assert len(receiver.got) == 1


def test_a_receiver_that_is_gone_is_told_nothing_more(
    endpoint: WebhookEndpoint, receiver: Receiver, department: Department
) -> None:
    receiver.answers = lambda count: (410, {}, b"gone")
    new_ticket(department)
    new_ticket(department)
    pump()
    new_ticket(department)
    pump()
    endpoint.refresh_from_db()
    assert (endpoint.active, endpoint.why_inactive) == (False, "410 gone")
    assert len(receiver.got) == 1
    assert AuditEvent.objects.filter(type="webhook.switched_off").count() == 1


def test_a_redirect_is_not_followed(endpoint: WebhookEndpoint, receiver: Receiver, department: Department) -> None:
    with receiving() as elsewhere:
        receiver.answers = lambda count: (307, {"Location": elsewhere.url}, b"")
        new_ticket(department)
        pump()
        assert elsewhere.got == []
    assert "不跟随重定向" in Delivery.objects.get().last_answer


def test_endpoints_hear_of_their_types_and_departments_only(
    ann: User, receiver: Receiver, department: Department, other_department: Department
) -> None:
    endpoints.make(ann, name="x", url=receiver.url, networks=[HERE], types=["ticket.created"], departments=[department])
    mine = new_ticket(department)
    new_ticket(other_department)
    set_status(mine, TicketStatus.PENDING, ann)
    pump()
    assert [json.loads(body)["data"]["ticket"] for _headers, body in receiver.got] == [mine.number]


def test_for_a_day_after_a_rotation_both_secrets_verify(
    endpoint: WebhookEndpoint, receiver: Receiver, department: Department, ann: User
) -> None:
    old = secret_store.get(endpoints.secret_names(endpoint)[0])
    new = endpoints.rotate(endpoint, ann)
    new_ticket(department)
    pump()
    headers, body = receiver.got[0]
    assert Webhook(old).verify(body, headers) == Webhook(new).verify(body, headers)
    WebhookEndpoint.objects.update(previous_until=timezone.now() - timedelta(seconds=1))
    new_ticket(department)
    pump()
    headers, body = receiver.got[1]
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(body, headers)
    Webhook(new).verify(body, headers)


def test_a_secret_key_that_is_gone_stops_the_sending_in_words_and_loses_nothing(
    endpoint: WebhookEndpoint, receiver: Receiver, department: Department, settings: Any
) -> None:
    kept = settings.CS_AGENT
    settings.CS_AGENT = {**kept, "CS_AGENT_SECRETS_KEYS": (secret_store.new_key(),)}
    new_ticket(department)
    pump()
    assert "密钥无法读取" in Delivery.objects.get().last_answer
    settings.CS_AGENT = kept
    later()
    pump()
    assert len(receiver.got) == 1


def test_a_secret_whose_key_is_gone_is_replaced_by_a_rotation_and_everything_that_waited_leaves(
    endpoint: WebhookEndpoint, receiver: Receiver, department: Department, ann: User, settings: Any
) -> None:
    settings.CS_AGENT = {**settings.CS_AGENT, "CS_AGENT_SECRETS_KEYS": (secret_store.new_key(),)}
    new_ticket(department)
    pump()
    assert receiver.got == []
    fresh = endpoints.rotate(endpoint, ann)
    later()
    pump()
    ((headers, body),) = receiver.got
    assert len(headers["webhook-signature"].split()) == 1
    Webhook(fresh).verify(body, headers)


def test_the_test_button_shows_what_the_receiver_said(endpoint: WebhookEndpoint, receiver: Receiver) -> None:
    receiver.answers = lambda count: (200, {}, "好的\n\x07 fine".encode())
    answer = carrier.try_out(endpoint, "evt_test")
    assert (answer.verdict, answer.text) == (Verdict.TAKEN, "200 好的 fine")
    assert json.loads(receiver.got[0][1])["type"] == "webhook.test"


def test_a_long_answer_is_not_kept(endpoint: WebhookEndpoint, receiver: Receiver) -> None:
    receiver.answers = lambda count: (500, {}, b"x" * 5_000_000)
    assert len(carrier.try_out(endpoint, "evt_test").text) < 200


def test_a_receiver_that_answers_byte_by_byte_holds_nobody(
    endpoint: WebhookEndpoint, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post, "LIMIT_S", 0.3)
    hold = threading.Event()

    def slow(count: int) -> tuple[int, dict[str, str], bytes]:
        hold.wait(5)
        return 200, {}, b""

    receiver.answers = slow
    answer = carrier.try_out(endpoint, "evt_test")
    hold.set()
    assert (answer.verdict, answer.whole_lane) == (Verdict.AGAIN, True)


@pytest.mark.parametrize(
    ("status", "headers", "verdict", "whole", "wait"),
    [
        (200, {}, "taken", False, None),
        (299, {}, "taken", False, None),
        (400, {}, "again", False, None),
        (404, {"retry-after": "60"}, "again", False, 60.0),
        (410, {}, "closed", False, None),
        (429, {"retry-after": "Sun, 31 May 2026 08:02:00 GMT"}, "again", True, 120.0),
        (503, {"retry-after": "-3"}, "again", True, None),
        (503, {"retry-after": "9" * 30}, "again", True, None),
        (500, {"retry-after": "soon"}, "again", False, None),
        (301, {}, "again", True, None),
        (199, {}, "again", False, None),
    ],
)
def test_what_an_answer_means(
    status: int, headers: dict[str, str], verdict: str, whole: bool, wait: float | None
) -> None:
    answer = judge(status, headers, "", NOW)
    assert (answer.verdict, answer.whole_lane, answer.wait_s) == (verdict, whole, wait)


def test_a_receiver_whose_clock_is_ten_minutes_off_is_named_as_such() -> None:
    answer = judge(401, {"date": "Sun, 31 May 2026 08:10:00 GMT"}, "bad timestamp", NOW)
    assert "相差 600 秒" in answer.text
    assert "clock" not in judge(401, {"date": "Sun, 31 May 2026 08:00:10 GMT"}, "no", NOW).text


PRIVATE = [
    "127.0.0.1",
    "10.0.0.1",
    "192.168.1.1",
    "172.16.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "::1",
    "fe80::1",
    "fd00::1",
    "::ffff:10.0.0.1",
    "64:ff9b::a00:1",
    "2002:a00:1::",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::7f00:1",
    "::ffff:0:7f00:1",
    "64:ff9b:1::a00:1",
    "fec0::1",
    "2001:0:a00:1::f7f7:f7f7",
    "192.0.0.8",
    "192.88.99.1",
    "3fff::1",
    "4000::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_inside_is_refused(address: str) -> None:
    with pytest.raises(guard.NotAllowed):
        guard.check(ipaddress.ip_address(address), [])


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8"])
def test_a_public_address_is_reached(address: str) -> None:
    """Nothing is raised: the same call refuses the addresses above."""
    guard.check(ipaddress.ip_address(address), [])
    with pytest.raises(guard.NotAllowed):
        guard.check(ipaddress.ip_address("10.0.0.1"), [])


def test_a_network_that_was_named_is_reached_and_no_other() -> None:
    allowed = guard.networks(["10.1.0.0/16"])
    guard.check(ipaddress.ip_address("10.1.2.3"), allowed)
    guard.check(ipaddress.ip_address("::ffff:10.1.2.3"), allowed)
    for address in ("10.2.0.1", "127.0.0.1"):
        with pytest.raises(guard.NotAllowed):
            guard.check(ipaddress.ip_address(address), allowed)


def test_the_metadata_address_is_never_reached_even_if_it_is_named() -> None:
    with pytest.raises(guard.NotAllowed):
        guard.check(ipaddress.ip_address("169.254.169.254"), guard.networks(["169.254.0.0/16"]))


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "2130706433", "0x7f000001", "[::1]", "127.1"])
def test_no_way_of_writing_this_machine_reaches_it(receiver: Receiver, host: str) -> None:
    port = receiver.server.server_address[1]
    answer = send(Request(f"http://{host}:{port}/hook", b"{}", {}))
    assert answer.verdict is Verdict.AGAIN
    assert receiver.got == []


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[list[str]]]:
    """What the DNS says of a name, look-up by look-up."""
    told: dict[str, list[list[str]]] = {}
    real = socket.getaddrinfo

    def look_up(host: str, port: int, *more: Any, **options: Any) -> Any:
        if host not in told:
            return real(host, port, *more, **options)
        found = told[host].pop(0)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return told


def test_a_name_is_looked_up_once_and_its_next_answer_changes_nothing(
    receiver: Receiver, names: dict[str, list[list[str]]]
) -> None:
    """DNS that changes between the check and the connection leads nowhere else: a second look-up would fail here."""
    names["crm.test"] = [["127.0.0.1"]]
    port = receiver.server.server_address[1]
    answer = send(
        Request(f"http://crm.test:{port}/hook", b"{}", {"Content-Length": "2"}, tuple(guard.networks([HERE])))
    )
    assert (answer.verdict, names["crm.test"]) == (Verdict.TAKEN, [])
    assert receiver.got[0][0]["host"] == f"crm.test:{port}"


@pytest.mark.parametrize("addresses", [["1.1.1.1", "127.0.0.1"], ["127.0.0.1", "1.1.1.1"], ["169.254.169.254"]])
def test_a_name_with_one_address_inside_is_not_reached_at_all(
    receiver: Receiver, names: dict[str, list[list[str]]], addresses: list[str]
) -> None:
    names["crm.test"] = [addresses]
    answer = send(Request(f"http://crm.test:{receiver.server.server_address[1]}/hook", b"{}", {"Content-Length": "2"}))
    assert answer.verdict is Verdict.AGAIN
    assert receiver.got == []


def test_a_name_without_an_address_is_told_in_words() -> None:
    answer = send(Request("https://nowhere.invalid/hook", b"{}", {}))
    assert (answer.verdict, answer.whole_lane) == (Verdict.AGAIN, True)
    assert "nowhere.invalid" in answer.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"url": ""},
        {"url": "ftp://x.example"},
        {"url": "http://x.example/"},
        {"url": "https://"},
        {"url": "https://a b.example/"},
        {"url": "https://u:p@x.example/"},
        {"url": "https://:p@x.example/"},
        {"url": "https://@x.example/"},
        {"url": "https://x.example:99999/"},
        {"url": "https://x.example/" + "a" * 500},
        {"types": ["ticket.invented"]},
        {"networks": ["ten"]},
        {"url": "https://x.example/\r\nX: y"},
        {"url": "https://例子.example/"},
    ],
)
def test_an_endpoint_that_cannot_be_meant_is_not_made(ann: User, wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        endpoints.make(ann, **{"name": "x", "url": "https://x.example/", **wrong})
    assert not WebhookEndpoint.objects.exists()
    assert not Secret.objects.exists()


def test_only_administrators_manage_endpoints(endpoint: WebhookEndpoint, sun: User) -> None:
    acts: list[Callable[[], Any]] = [
        lambda: endpoints.all_of(sun),
        lambda: endpoints.rotate(endpoint, sun),
        lambda: endpoints.delete(endpoint, sun),
        lambda: endpoints.switch(endpoint, sun, False),
        lambda: endpoints.make(sun, name="x", url="https://x.example/"),
    ]
    for act in acts:
        with pytest.raises(Forbidden):
            act()


def test_a_deleted_endpoint_leaves_no_secret_and_no_waiting_delivery(
    endpoint: WebhookEndpoint, department: Department, ann: User
) -> None:
    new_ticket(department)
    spread()
    endpoints.delete(endpoint, ann)
    assert not Secret.objects.exists()
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.GIVEN_UP}


def test_an_endpoint_that_was_switched_off_and_on_hears_of_what_comes_then(
    endpoint: WebhookEndpoint, receiver: Receiver, department: Department, ann: User
) -> None:
    endpoints.switch(endpoint, ann, False)
    new_ticket(department)
    pump()
    endpoints.switch(endpoint, ann, True)
    later_ticket = new_ticket(department)
    pump()
    assert [json.loads(body)["data"]["ticket"] for _headers, body in receiver.got] == [later_ticket.number]


def test_why_an_endpoint_is_off_is_read_in_the_readers_language(endpoint: WebhookEndpoint, ann: User) -> None:
    endpoints.switch(endpoint, ann, False)
    for lang, words in (("zh", "由 ann 停用"), ("en", "Switched off by ann")):
        with in_language(lang):
            assert WebhookEndpoint.objects.get(pk=endpoint.pk).why_inactive == words
    WebhookEndpoint.objects.update(why_inactive="ann")  # as an older release wrote it
    assert WebhookEndpoint.objects.get(pk=endpoint.pk).why_inactive == "ann"
