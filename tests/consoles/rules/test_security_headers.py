"""A strict content security policy, and pages that can live under it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.staticfiles import finders
from django.test import Client

from tests.consoles.catalog import ROOT

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


def policy(response: Any) -> dict[str, str]:
    pairs = (rule.strip().partition(" ") for rule in response["Content-Security-Policy"].split(";"))
    return {name: value for name, _space, value in pairs}


def test_scripts_and_styles_come_from_our_own_origin_only(client: Client, db: None) -> None:
    rules = policy(client.get("/login/"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == "'self'"
    assert rules["style-src"] == "'self'"
    assert rules["frame-ancestors"] == "'none'"
    assert rules["base-uri"] == "'none'"
    assert rules["connect-src"] == "'self' ws://testserver"
    assert "unsafe" not in str(rules)


def test_the_back_office_has_a_policy_of_its_own_and_frames_nothing(client: Client, db: None) -> None:
    rules = policy(client.get("/admin/login/"))
    assert "'unsafe-eval'" in rules["script-src"]
    assert rules["frame-ancestors"] == "'none'"
    assert "http:" not in str(rules)


def test_a_secure_page_connects_to_secure_sockets(client: Client, db: None) -> None:
    assert policy(client.get("/login/", secure=True))["connect-src"] == "'self' wss://testserver"


def test_a_strange_host_is_refused_with_headers_all_the_same(client: Client, db: None) -> None:
    response = client.get("/login/", headers={"Host": "evil.example"})
    assert response.status_code == 400
    assert policy(response)["connect-src"] == "'self'"


@pytest.mark.parametrize("path", ["/login/", "/no/such/page/", "/healthz"])
def test_every_answer_carries_the_headers(client: Client, db: None, path: str) -> None:
    response = client.get(path)
    assert policy(response)["script-src"] == "'self'"
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"


def test_pages_with_personal_data_are_not_kept_by_the_browser(as_alice: Client) -> None:
    assert as_alice.get("/tickets/")["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_holds_a_script_a_style_or_a_handler_of_its_own(path: Any) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))
    assert not re.search(r'(src|href)="(https?:)?//', text)
    assert "|safe" not in text


def test_scripts_evaluate_nothing_and_write_no_markup() -> None:
    for path in (ROOT / "static" / "console" / "js").rglob("*.js"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(
            r"\beval\(|new Function|\.innerHTML|\.outerHTML|insertAdjacentHTML|document\.write", text
        ), path.name


def test_no_file_of_the_front_end_is_copied_from_others() -> None:
    names = {path.name for path in (ROOT / "static").rglob("*") if path.is_file()}
    assert not [name for name in names if re.search(r"htmx|jquery|bootstrap|tailwind|\.min\.", name)]


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(client: Client, alice: User) -> None:
    from tests.consoles import story

    client.post("/login/", {"username": "alice", "password": story.PASSWORD})
    session = client.cookies["sessionid"]
    assert session["httponly"]
    assert session["samesite"] == "Lax"


def test_every_file_that_a_template_names_is_there():
    named = re.compile(r"""{% static ['"]([^'"{]+)['"] %}""")
    folder = ROOT / "templates"
    missing = {
        (path.relative_to(folder).as_posix(), name)
        for path in folder.rglob("*.html")
        for name in named.findall(path.read_text("utf-8"))
        if finders.find(name) is None
    }
    assert missing == set()
