"""Log-in: in with the right password, told nothing with a wrong one, made to wait after many."""

from __future__ import annotations

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from consoles.web import logins
from tests.consoles import story
from tickets.models import AuditEvent

pytestmark = pytest.mark.django_db


def attempt(client: Client, name: str = "alice", password: str = "wrong", **extra: str) -> int:
    return client.post("/login/", {"username": name, "password": password}, **extra).status_code


def test_alice_logs_in_and_lands_on_the_queue(client: Client, alice: User) -> None:
    response = client.post("/login/", {"username": "alice", "password": story.PASSWORD})
    assert response.status_code == 302
    assert response["Location"] == "/tickets/"
    assert AuditEvent.objects.get(type="session.opened").user == alice


def test_after_logging_in_she_is_where_she_wanted_to_go(client: Client, alice: User) -> None:
    response = client.post("/login/", {"username": "alice", "password": story.PASSWORD, "next": "/audit/?ticket=T1"})
    assert response["Location"] == "/audit/?ticket=T1"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil.example"]
)
def test_the_log_in_leads_nowhere_else(client: Client, alice: User, target: str) -> None:
    response = client.post("/login/", {"username": "alice", "password": story.PASSWORD, "next": target})
    assert response["Location"] == "/tickets/"


def test_a_wrong_password_and_an_unknown_name_are_told_alike(client: Client, alice: User) -> None:
    known = client.post("/login/", {"username": "alice", "password": "wrong"})
    unknown = client.post("/login/", {"username": "nobody", "password": "wrong"})
    assert known.status_code == unknown.status_code == 401
    message = "用户名或密码不正确。"
    assert message in known.content.decode()
    assert message in unknown.content.decode()


def test_every_failure_is_written_down(client: Client, alice: User) -> None:
    attempt(client)
    event = AuditEvent.objects.get(type="session.refused")
    assert event.details == {"user_name": "alice"}
    assert event.ip == "127.0.0.1"


@pytest.mark.parametrize("path", ["/login/", "/admin/login/"])
def test_after_some_failures_even_the_right_password_has_to_wait(client: Client, alice: User, path: str) -> None:
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    for _ in range(logins.TRIES):
        assert client.post(path, {"username": "alice", "password": "wrong"}).status_code in {200, 401}
    response = client.post(path, {"username": "alice", "password": story.PASSWORD})
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= logins.WAIT.total_seconds()
    assert "秒后再试" in response.content.decode()
    assert AuditEvent.objects.filter(type="session.throttled").count() == 1
    assert AuditEvent.objects.filter(type="session.refused").count() == logins.TRIES


def test_the_two_log_ins_count_together(client: Client, alice: User) -> None:
    for path in ("/login/", "/admin/login/") * logins.TRIES:
        client.post(path, {"username": "alice", "password": "wrong"})
    assert AuditEvent.objects.filter(type="session.refused").count() == logins.TRIES


def test_while_somebody_waits_others_log_in(client: Client, alice: User, bob: User) -> None:
    for _ in range(logins.TRIES):
        attempt(client)
    assert attempt(client, "bob", story.PASSWORD) == 302


def test_a_stranger_elsewhere_keeps_no_operator_out(client: Client, alice: User) -> None:
    for _ in range(3 * logins.TRIES):
        attempt(client, REMOTE_ADDR="198.51.100.7")
    assert attempt(client, password=story.PASSWORD, REMOTE_ADDR="10.0.0.9") == 302


def test_the_wait_ends_by_itself_and_is_not_prolonged_by_more_tries(alice: User, client: Client) -> None:
    for _ in range(logins.TRIES + 1):
        attempt(client)
    row = AccessAttempt.objects.get(username="alice")
    began = row.attempt_time
    attempt(client)
    assert AccessAttempt.objects.get(username="alice").attempt_time == began
    AccessAttempt.objects.update(attempt_time=began - logins.WAIT)
    assert attempt(client, password=story.PASSWORD) == 302


def test_a_success_forgets_the_failures_before_it(client: Client, alice: User) -> None:
    for _ in range(logins.TRIES - 1):
        attempt(client)
    assert attempt(client, password=story.PASSWORD) == 302
    client.post("/logout/")
    for _ in range(logins.TRIES):
        assert attempt(client) == 401


def test_one_address_that_tries_many_names_waits_but_not_for_those_it_let_in_before(
    client: Client, alice: User, bob: User
) -> None:
    assert attempt(Client(), "bob", story.PASSWORD, REMOTE_ADDR="10.1.1.1") == 302
    for n in range(logins.TRIES_OF_ADDRESS):
        attempt(client, f"guess{n}", REMOTE_ADDR="10.1.1.1")
    assert attempt(client, "alice", story.PASSWORD, REMOTE_ADDR="10.1.1.1") == 429
    assert attempt(Client(), "bob", story.PASSWORD, REMOTE_ADDR="10.1.1.1") == 302
    assert attempt(client, "alice", story.PASSWORD, REMOTE_ADDR="10.1.1.2") == 302


def test_names_that_are_made_up_fill_no_table(client: Client, alice: User) -> None:
    for n in range(logins.TRIES_OF_ADDRESS + 20):
        attempt(client, f"guess{n}", REMOTE_ADDR="10.1.1.1")
    assert AccessAttempt.objects.count() == logins.TRIES_OF_ADDRESS + 1
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(days=2))
    attempt(client, "alice", REMOTE_ADDR="10.1.1.2")
    assert set(AccessAttempt.objects.values_list("ip_address", flat=True)) == {"10.1.1.2"}


@pytest.mark.parametrize("name", ["", "\0", "a" * 100_000, "\ud800", " alice\n", "🙂" * 300])
def test_no_name_breaks_the_log_in(client: Client, name: str) -> None:
    for path in ("/login/", "/admin/login/"):
        text = name.encode("utf-8", "replace").decode()
        assert client.post(path, {"username": text, "password": "x"}).status_code in {200, 400, 401}


def test_what_a_sender_says_of_its_own_address_is_not_believed(client: Client, alice: User) -> None:
    client.post("/login/", {"username": "alice", "password": "wrong"}, headers={"X-Forwarded-For": "203.0.113.9"})
    assert AuditEvent.objects.get(type="session.refused").ip == "127.0.0.1"


def test_logging_out_ends_the_session(as_alice: Client) -> None:
    as_alice.post("/logout/")
    assert as_alice.get("/tickets/").status_code == 302
    assert AuditEvent.objects.filter(type="session.closed").exists()


def test_a_link_cannot_log_anybody_out(as_alice: Client) -> None:
    assert as_alice.get("/logout/").status_code == 405
    assert as_alice.get("/tickets/").status_code == 200


def test_a_form_without_its_token_is_refused_with_a_friendly_page(alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/login/", {"username": "alice", "password": story.PASSWORD})
    assert response.status_code == 403
    assert "页面已过期" in response.content.decode()


def test_the_language_is_chinese_whatever_the_browser_prefers_until_it_is_switched(client: Client) -> None:
    page = client.get("/login/", headers={"Accept-Language": "en-US,en;q=0.9"})
    assert "坐席登录" in page.content.decode()
    switched = client.post("/language/", {"language": "en", "next": "/login/"})
    assert switched["Location"] == "/login/"
    english = client.get("/login/").content.decode()
    assert "Operator log-in" in english
    assert '<html lang="en"' in english


def test_an_unknown_language_or_theme_is_not_kept(client: Client) -> None:
    client.post("/language/", {"language": "xx"})
    client.post("/theme/", {"theme": "<b>"})
    assert "django_language" not in client.cookies
    assert "theme" not in client.cookies


def test_the_theme_is_kept_in_a_cookie_and_set_by_the_server(client: Client) -> None:
    client.post("/theme/", {"theme": "dark", "next": "/login/"})
    assert 'data-theme="dark"' in client.get("/login/").content.decode()
