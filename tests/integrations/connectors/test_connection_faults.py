"""A connection test says what is wrong and what to do about exactly that, in the reader's language."""

from __future__ import annotations

import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.utils import translation

from integrations.connectors import kinds
from integrations.connectors.kinds import Setup
from integrations.connectors.protocol import Finding, Level
from integrations.connectors.wire import http
from tests.integrations.desks.base import Desk
from tests.integrations.desks.chatwoot import ChatwootDesk
from tests.integrations.desks.freescout import FreeScoutDesk
from tests.integrations.desks.glpi import GlpiDesk
from tests.integrations.desks.redmine import RedmineDesk
from tests.integrations.desks.wecom import WeComDesk
from tests.integrations.desks.zammad import ZammadDesk
from tests.integrations.desks.zendesk import ZendeskDesk
from tests.integrations.rest_server import Answer, Asked

DESKS = [ChatwootDesk, FreeScoutDesk, GlpiDesk, RedmineDesk, WeComDesk, ZammadDesk, ZendeskDesk]
HTML = {"Content-Type": "text/html"}
LOG_IN = b"<!DOCTYPE html>\n<html><head><title>Sign in &middot; Acme</title></head><body><form></form></body></html>"
ANSWERS = {
    "a page that is not there": ((404, b"<html><h1>Not Found</h1></html>", HTML), "404", "路径", "path"),
    "a log-in page in its place": ((200, LOG_IN, HTML), "Sign in · Acme", "单点登录", "single sign-on"),
    "too many calls": ((429, {"error": "slow"}, {"Retry-After": "3600"}), "60", "限额", "limit"),
    "its own failure": ((500, b"<html><title>Oops</title><p>Traceback</html>", HTML), "(500):", "日志", "log"),
    "another place": (
        (302, b"", {"Location": "https://sso.example.com/in?ticket=secret"}),
        "https://sso.example.com/in",
        "登录页",
        "log-in page",
    ),
}


def findings(desk: Desk, url: str, lang: str) -> list[Finding]:
    kind = kinds.of(desk.kind)
    assert kind is not None
    read: Any = kind.settings
    settings = read(**{**desk.options(), "url": url, "networks": ["127.0.0.0/8"]})
    with translation.override(lang):
        found = kind.build(Setup("x-1", settings, lambda name: desk.secrets.get(name, ""))).test()
        return [Finding(each.level, str(each.text), str(each.remedy)) for each in found]


def problem(desk: Desk, url: str, lang: str) -> Finding:
    [found] = [each for each in findings(desk, url, lang) if each.level is Level.PROBLEM]
    return found


def is_english(found: Finding) -> bool:
    return not re.search(r"[\u4e00-\u9fff]", found.text + str(found.remedy))


@pytest.mark.parametrize("desk", DESKS, ids=lambda each: each.kind)
@pytest.mark.parametrize("what", ANSWERS)
def test_an_answer_that_is_none_is_told_with_what_to_do_about_it(desk: type[Desk], what: str) -> None:
    answer, seen, todo, todo_english = ANSWERS[what]
    with (one := desk()).running():
        one.trouble = answer
        told, english = problem(one, one.url, "zh-hans"), problem(one, one.url, "en")
    assert seen in str(told.text)
    assert todo in str(told.remedy)
    assert seen in str(english.text)
    assert todo_english in str(english.remedy)
    assert is_english(english)
    assert not re.search(r"secret|Traceback|<", str(told.text))


@pytest.mark.parametrize("desk", DESKS, ids=lambda each: each.kind)
def test_a_refused_account_is_told_with_the_words_of_its_kind(desk: type[Desk]) -> None:
    with (one := desk()).running():
        one.barred = True
        told = problem(one, one.url, "zh-hans")
    assert "核对" in str(told.remedy)
    assert "日志" not in str(told.remedy)


@pytest.mark.parametrize("desk", [ChatwootDesk, FreeScoutDesk, RedmineDesk, ZammadDesk, ZendeskDesk])
def test_an_account_that_logs_in_but_may_not_read_is_told_as_that(
    desk: type[Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    with (one := desk()).running():
        one.file("请退款")
        own_name = findings(one, one.url, "zh-hans")[0].text
        answer = one.answer

        def only_itself(asked: Asked) -> Answer:
            return (
                answer(asked)
                if re.search(r"/(?:me|profile|current)(?:\.json)?$|/users/\d+", asked.path)
                else (403, {"error": "no"})
            )

        monkeypatch.setattr(one, "answer", only_itself)
        good, bad = findings(one, one.url, "zh-hans")
    assert (good.level, good.text) == (Level.GOOD, own_name)
    assert (bad.level, "权限" in str(bad.remedy), "令牌" in str(bad.remedy)) == (Level.PROBLEM, True, False)


def test_a_port_without_a_service_a_name_without_a_host_and_a_wrong_scheme_are_told_apart() -> None:
    with (one := ZammadDesk()).running():
        https = problem(one, one.url.replace("http:", "https:"), "zh-hans")
    refused = problem(one, f"http://127.0.0.1:{_unused_port()}", "zh-hans")
    unknown = problem(one, "https://no-such-host.invalid", "zh-hans")
    assert ("没有加密的服务" in str(https.text), "http://" in str(https.remedy)) == (True, True)
    assert ("拒绝了连接" in str(refused.text), "端口" in str(refused.remedy)) == (True, True)
    assert ("找不到主机 no-such-host.invalid" in str(unknown.text), "拼写" in str(unknown.remedy)) == (True, True)


@pytest.mark.parametrize("desk", [ChatwootDesk, FreeScoutDesk, RedmineDesk, ZammadDesk, ZendeskDesk])
def test_a_server_of_another_kind_is_told_by_the_title_that_people_see_there(desk: type[Desk]) -> None:
    with (other := GlpiDesk()).running():
        other.front = "GLPI – Anmeldung <b>&amp;</b>"
        told = findings(desk(), other.url, "zh-hans")
        english = findings(desk(), other.url, "en")
        asked = other.asked[-1]
    assert ("GLPI – Anmeldung" in str(told[-1].text), "请改地址" in str(told[-1].remedy)) == (True, True)
    assert all(map(is_english, english))
    assert "secret" not in str(asked.headers)


def test_the_title_is_not_told_where_it_is_the_kinds_own_or_the_log_in_worked() -> None:
    with (one := ZammadDesk()).running():
        one.front = "Zammad Helpdesk"
        one.barred = True
        assert [each.level for each in findings(one, one.url, "en")] == [Level.PROBLEM]
        one.barred, one.front = False, "Acme"
        assert all("Acme" not in each.text for each in findings(one, one.url, "en"))


def test_a_certificate_that_nobody_vouches_for_is_told_as_that(tmp_path: Path) -> None:
    with encrypted(tmp_path) as port:
        told = problem(ZammadDesk(), f"https://127.0.0.1:{port}", "zh-hans")
        english = problem(ZammadDesk(), f"https://127.0.0.1:{port}", "en")
    assert "证书不能信任:是自己给自己签的" in str(told.text)
    assert "self" not in str(told.text)
    assert "it is signed by itself" in str(english.text)
    assert "SSL_CERT_FILE" in str(told.remedy)
    assert is_english(english)


def test_a_helpdesk_that_takes_too_long_is_told_as_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "LIMIT_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes the call and never answers
        told = problem(ZammadDesk(), f"http://127.0.0.1:{silent.getsockname()[1]}", "zh-hans")
    assert "没有在时限内回答" in str(told.text)
    assert "防火墙" in str(told.remedy)


def _unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@contextmanager
def encrypted(folder: Path) -> Iterator[int]:
    """A port with a certificate that it signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    both = folder / "both.pem"
    plain = serialization.NoEncryption()
    both.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        + made.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    with socket.create_server(("127.0.0.1", 0)) as server:
        serving = threading.Thread(target=_shake_hands, args=(server, context, 2), daemon=True)
        serving.start()
        yield int(server.getsockname()[1])
        serving.join(5)


def _shake_hands(server: socket.socket, context: ssl.SSLContext, calls: int) -> None:
    for _ in range(calls):
        connection, _address = server.accept()
        with connection:
            try:
                context.wrap_socket(connection, server_side=True)
            except (ssl.SSLError, OSError):
                continue  # the caller did not trust us
