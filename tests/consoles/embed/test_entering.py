"""The panel in a helpdesk's own frame (Chatwoot's dashboard app, Zendesk's sidebar app), which signs no link."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from consoles.embed.cookies import NAME
from integrations.models import Connector
from tests.consoles import story
from tickets.models import AuditEvent, Department, HelpdeskButton, PanelSession, Run, Ticket, UsedLink
from tickets.services.panels import buttons, entries

DESK = "https://desk.example.com"
AUDIENCE = "https://acme.zendesk.com/api/v2/apps/installations/7.json"
OURS = {"Origin": "http://testserver"}
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PUBLIC = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


@pytest.fixture
def chatwoot(db: None) -> HelpdeskButton:
    options = {"url": "https://desk.example.com", "account": 3}
    Connector.objects.create(key="chatwoot-1", kind="chatwoot", name="Chatwoot", enabled=True, options=options)
    return buttons.make(None, connector="chatwoot-1", name="前台", origins=[DESK])[0]


@pytest.fixture
def zendesk(db: None) -> HelpdeskButton:
    options = {"url": "https://acme.zendesk.com", "email": "bot@acme.com"}
    options |= {"app_key": PUBLIC.decode(), "app_audience": AUDIENCE}
    Connector.objects.create(key="zendesk-1", kind="zendesk", name="Zendesk", enabled=True, options=options)
    return buttons.make(None, connector="zendesk-1", name="前台", origins=["https://acme.zendesk.com"])[0]


@pytest.fixture
def ticket(department: Department, chatwoot: HelpdeskButton) -> Ticket:
    return story.new_ticket(department, connector="chatwoot-1", external_id="41")


def enter(client: Client | None = None, connector: str = "chatwoot-1", **given: str) -> HttpResponse:
    where = f"/embed/{connector}/enter/"
    return (client or Client()).post(where, given) if given else (client or Client()).get(where)  # type: ignore[return-value]


def pass_of(page: HttpResponse) -> str:
    found = re.search(r'name="pass" value="([^"]+)"', page.content.decode())
    assert found
    return found[1]


def hears(page: HttpResponse) -> dict[str, Any]:
    found = re.search(r'<script id="hears"[^>]*>(.*?)</script>', page.content.decode())
    assert found
    return json.loads(found[1])  # type: ignore[no-any-return]


def window(ticket: str = "41", account: str = "3", connector: str = "chatwoot-1") -> str:
    return f"/panels/{connector}/?t={ticket}&a={account}"


def code_of(person: Client, where: str | None = None) -> str:
    found = re.search(r'data-code="(\w+)"', person.post(where or window()).content.decode())
    assert found
    return found[1]


def hand_over(frame: Client, code: str, given: str = "", connector: str = "chatwoot-1", **headers: str) -> Any:
    given = given or pass_of(enter(frame, connector))
    return frame.post(f"/embed/{connector}/enter/", {"code": code, "pass": given}, headers={**OURS, **headers})


def told(response: HttpResponse) -> str:
    found = re.search(r"<h1>(.*?)</h1>", response.content.decode())
    assert found
    return found[1]


# The frame.


def test_the_frame_asks_the_helpdesk_and_nobody_else_may_frame_it(chatwoot: HelpdeskButton) -> None:
    page = enter()
    assert page.status_code == 200
    asked = hears(page)
    assert asked == {"speaks": "chatwoot", "origins": [DESK], "account": "3", "window": "/panels/chatwoot-1/"}
    assert f"frame-ancestors {DESK}" in page["Content-Security-Policy"]
    assert "X-Frame-Options" not in page
    assert not PanelSession.objects.exists()  # whoever only looks leaves nothing behind


def test_a_helpdesk_without_such_a_frame_has_no_way_in(db: None) -> None:
    buttons.make(None, connector="desk", name="x", origins=[DESK])
    for connector, words in (("desk", "没有启用"), ("none", "没有登记")):
        page = enter(connector=connector)
        assert page.status_code == 403
        assert words in told(page)


@pytest.mark.parametrize("change", [{"enabled": False}, {"options": {}}])
def test_a_connector_that_is_off_or_not_set_up_lets_nobody_in(
    ticket: Ticket, as_alice: Client, change: dict[str, Any]
) -> None:
    Connector.objects.update(**change)
    assert enter().status_code == 403
    assert as_alice.get(window()).status_code == 404


# The person's word.


def test_a_panel_opens_by_a_code_that_the_person_got_in_a_window_of_our_own(
    ticket: Ticket, as_alice: Client, alice: User
) -> None:
    asked = as_alice.get(window())
    assert ticket.subject in asked.content.decode()
    assert "爱丽丝" in asked.content.decode()
    assert "frame-ancestors 'none'" in asked["Content-Security-Policy"]
    assert asked["Cross-Origin-Opener-Policy"] == "unsafe-none"
    assert not PanelSession.objects.exists()  # looking allows nothing
    frame = Client()
    answer = hand_over(frame, code_of(as_alice))
    root = f"/embed/chatwoot-1/t/{ticket.number}/"
    assert answer.headers["Location"] == root
    assert answer.cookies[NAME]["path"] == root
    assert ticket.subject in frame.get(root).content.decode()
    assert frame.get(f"/tickets/{ticket.number}/").status_code == 302  # it is no log-in
    row = PanelSession.objects.get()
    assert row.user == alice
    assert timedelta(minutes=14) < row.expires_at - timezone.now() <= timedelta(minutes=15)
    assert AuditEvent.objects.filter(type="panel.opened", user=alice).count() == 1


def test_a_code_may_be_typed_as_it_is_shown(ticket: Ticket, as_alice: Client) -> None:
    code = code_of(as_alice)
    assert hand_over(Client(), f" {code[:4].lower()}-{code[4:].lower()} ").status_code == 302


def test_a_code_opens_one_panel_once(ticket: Ticket, as_alice: Client) -> None:
    code = code_of(as_alice)
    assert hand_over(Client(), code).status_code == 302
    again = hand_over(Client(), code)
    assert again.status_code == 403
    assert "代码不正确" in again.content.decode()
    assert NAME not in again.cookies
    assert hand_over(Client(), code_of(as_alice), pass_of(again)).status_code == 302  # the frame may try another


def test_a_code_is_over_after_a_minute(ticket: Ticket, as_alice: Client) -> None:
    code = code_of(as_alice)
    row = PanelSession.objects.get()
    assert row.expires_at - timezone.now() <= timedelta(seconds=60)
    PanelSession.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert hand_over(Client(), code).status_code == 403
    row.refresh_from_db()
    assert row.allowed_at is None


def test_a_code_is_no_cookie(ticket: Ticket, as_alice: Client) -> None:
    code = code_of(as_alice)
    for stray in (code, f"chatwoot-1 {code}"):
        page = Client(headers={"cookie": f"{NAME}={stray}"}).get(f"/embed/chatwoot-1/t/{ticket.number}/")
        assert page.status_code == 401


def test_a_code_of_one_helpdesk_opens_nothing_in_another(
    ticket: Ticket, as_alice: Client, zendesk: HelpdeskButton
) -> None:
    code = code_of(as_alice)
    proven = pass_of(enter(connector="zendesk-1", token=token()))
    assert hand_over(Client(), code, proven, "zendesk-1").status_code == 403
    assert hand_over(Client(), code, proven).status_code == 403  # nor with the other's pass
    assert hand_over(Client(), code).status_code == 302


@pytest.mark.parametrize("origin", ["https://evil.example.com", "null", ""])
def test_a_code_is_taken_from_our_own_page_only(ticket: Ticket, as_alice: Client, origin: str) -> None:
    code = code_of(as_alice)
    assert hand_over(Client(), code, Origin=origin).status_code == 403
    for forged in ("in:forged:pass", "ü:é:\u202e", "in", "x" * 5000):
        assert hand_over(Client(), code, given=forged).status_code == 403
    for nonsense in ("", "ü", "x" * 5000, "' or 1=1"):
        assert hand_over(Client(), nonsense).status_code == 403
    assert hand_over(Client(), code).status_code == 302


def test_nobody_allows_a_panel_without_a_log_in(ticket: Ticket) -> None:
    assert Client().get(window()).headers["Location"] == "/login/?next=/panels/chatwoot-1/%3Ft%3D41%26a%3D3"
    assert Client().post(window()).headers["Location"].startswith("/login/")
    assert not PanelSession.objects.exists()


def test_a_form_of_another_page_allows_nothing(ticket: Ticket, alice: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)
    assert strict.post(window()).status_code == 403
    assert not PanelSession.objects.exists()


def test_a_ticket_that_the_person_may_not_see_is_refused_as_one_that_is_not_there(
    ticket: Ticket, as_charlie: Client
) -> None:
    hidden, missing = as_charlie.post(window("41")), as_charlie.post(window("42"))
    assert hidden.status_code == missing.status_code == 404
    assert hidden.content.decode().replace("“41”", "“42”") == missing.content.decode()
    assert not PanelSession.objects.exists()


@pytest.mark.parametrize("account", ["4", "", "03", "3 "])
def test_the_conversation_of_another_account_is_not_this_ticket(ticket: Ticket, as_alice: Client, account: str) -> None:
    answer = as_alice.get(window(account=account))
    assert answer.status_code == 404
    assert "另一个账户" in told(answer)
    assert ticket.subject not in answer.content.decode()


def test_who_lost_the_right_between_code_and_panel_sees_nothing(
    ticket: Ticket, as_alice: Client, department: Department
) -> None:
    code = code_of(as_alice)
    department.members.clear()
    frame = Client()
    hand_over(frame, code)
    assert frame.get(f"/embed/chatwoot-1/t/{ticket.number}/").status_code == 401


def test_a_code_starts_and_decides_nothing(ticket: Ticket, as_alice: Client) -> None:
    hand_over(Client(), code_of(as_alice))
    assert not Run.objects.exists()


def test_a_panel_follows_the_conversation_that_the_helpdesk_shows(ticket: Ticket, as_alice: Client) -> None:
    frame = Client()
    root = hand_over(frame, code_of(as_alice, f"{window()}&lang=en&theme=dark")).headers["Location"]
    found = re.search(r'<script id="follows"[^>]*>(.*?)</script>', frame.get(root).content.decode())
    assert found
    follows = json.loads(found[1])
    assert follows["tickets"] == ["41"]
    assert (follows["account"], follows["origins"]) == ("3", [DESK])
    assert follows["enter"] == "/embed/chatwoot-1/enter/?lang=en&theme=dark"
    PanelSession.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert '<script id="follows"' in frame.get(root).content.decode()  # an ended one too


# Zendesk's first request.


def token(key: Any = KEY, algorithm: str = "RS256", **claims: Any) -> str:
    now = int(time.time())
    given = {"iss": "acme.zendesk.com", "aud": AUDIENCE, "iat": now, "exp": now + 120, "jti": str(time.time_ns())}
    given |= {"sub": "https://acme.zendesk.com/api/v2/users/5.json", **claims}
    return jwt.encode({name: value for name, value in given.items() if value is not None}, key, algorithm=algorithm)


def test_the_first_request_of_a_real_zendesk_is_let_in_once(zendesk: HelpdeskButton) -> None:
    signed = token()
    assert hears(enter(connector="zendesk-1", token=signed))["speaks"] == "zendesk"
    again = enter(connector="zendesk-1", token=signed)
    assert again.status_code == 403
    assert "已经用过" in told(again)
    assert UsedLink.objects.count() == 1


def test_another_spelling_of_the_same_signature_is_the_same_token(zendesk: HelpdeskButton) -> None:
    signed = token()
    head, _, signature = signed.rpartition(".")
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".index(signature[-1])
    respelt = f"{head}.{signature[:-1]}{'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'[last ^ 1]}"
    padding = "=" * (-len(signature) % 4)
    assert base64.urlsafe_b64decode(signature + padding) == base64.urlsafe_b64decode(
        respelt.rpartition(".")[2] + padding
    )
    assert enter(connector="zendesk-1", token=signed).status_code == 200
    assert enter(connector="zendesk-1", token=respelt).status_code == 403


FORGED: dict[str, Callable[[], str]] = {
    "nothing": lambda: "",
    "nonsense": lambda: "a.b.c",
    "huge": lambda: "a" * 9000,
    "another key": lambda: token(rsa.generate_private_key(public_exponent=65537, key_size=2048)),
    "no algorithm": lambda: token(None, "none"),
    "the public key as a secret": lambda: _confused(),
    "expired": lambda: token(exp=int(time.time()) - 60),
    "not yet": lambda: token(nbf=int(time.time()) + 600),
    "issued later": lambda: token(iat=int(time.time()) + 600),
    "without an end": lambda: token(exp=None),
    "good for days": lambda: token(exp=int(time.time()) + 86400),
    "an endless end": lambda: token(exp=10**400),
    "another installation": lambda: token(aud=AUDIENCE.replace("7", "8")),
    "another Zendesk": lambda: token(iss="other.zendesk.com"),
    "no audience": lambda: token(aud=None),
}


def _confused() -> str:
    """HS256 under the text of the public key, which everybody may know."""
    import hmac

    part = lambda value: base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")  # noqa: E731
    now = int(time.time())
    claims = {"iss": "acme.zendesk.com", "aud": AUDIENCE, "iat": now, "exp": now + 60}
    signed = part({"alg": "HS256", "typ": "JWT"}) + b"." + part(claims)
    made = base64.urlsafe_b64encode(hmac.new(PUBLIC, signed, hashlib.sha256).digest()).rstrip(b"=")
    return (signed + b"." + made).decode()


@pytest.mark.parametrize("name", FORGED)
def test_a_first_request_that_proves_nothing_is_refused(zendesk: HelpdeskButton, name: str) -> None:
    page = enter(connector="zendesk-1", token=FORGED[name]())
    assert page.status_code == 403
    assert "没有来自客服系统的有效签名" in told(page)
    assert 'name="pass"' not in page.content.decode()
    assert not UsedLink.objects.exists()


def test_a_frame_that_was_not_let_in_takes_no_code(
    zendesk: HelpdeskButton, department: Department, as_alice: Client
) -> None:
    story.new_ticket(department, connector="zendesk-1", external_id="9")
    code = code_of(as_alice, window("9", "", "zendesk-1"))
    assert enter(connector="zendesk-1").status_code == 403  # a GET proves nothing
    assert hand_over(Client(), code, "in", "zendesk-1").status_code == 403
    proven = pass_of(enter(connector="zendesk-1", token=token()))
    assert hand_over(Client(), code, proven, "zendesk-1").status_code == 302


def test_a_zendesk_without_the_apps_key_has_no_way_in(zendesk: HelpdeskButton) -> None:
    row = Connector.objects.get()
    for missing in ("app_key", "app_audience"):
        Connector.objects.update(options={**row.options, missing: ""})
        assert "公钥" in told(enter(connector="zendesk-1", token=token()))


def test_every_proof_is_remembered_for_longer_than_it_is_good() -> None:
    from tickets.services.panels import links

    assert entries.LONGEST_PROOF + timedelta(minutes=1) < links.KEEP_USED


def test_the_page_of_buttons_shows_the_address_to_frame(chatwoot: HelpdeskButton, client: Client) -> None:
    client.force_login(User.objects.create_superuser("root"))
    buttons.make(None, connector="desk", name="x")
    shown = client.get("/integrations/buttons/").content.decode()
    assert "http://testserver/embed/chatwoot-1/enter/" in shown
    assert "/embed/desk/enter/" not in shown
