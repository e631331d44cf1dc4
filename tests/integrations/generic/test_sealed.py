"""Calls that are encrypted as a whole: 飞书 with an Encrypt Key, 钉钉, and apps of 企业微信."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.contrib.auth.models import User
from django.test import Client

from integrations.connectors.build import secret_name
from integrations.intake import reading
from integrations.models import Connector
from tickets.models import Department, ExternalRef, Ticket
from tickets.services import secret_store

KEY = "kudryavka"
TOKEN = "mryue"
AES_KEY = base64.b64encode(b"0123456789abcdef0123456789abcdef").decode().rstrip("=")
TOLD = {
    "type": "ticket.created",
    "data": {"ticket": {"id": 7, "subject": "耳机退款", "text": "订单4471902386615024退款100元", "status": "open"}},
}


def lark_sealed(told: Any, key: str = KEY) -> bytes:
    """As its documentation says: AES-256-CBC under SHA256(key), the IV in front, PKCS#7."""
    plain, start = json.dumps(told, ensure_ascii=False).encode(), os.urandom(16)
    fill = 16 - len(plain) % 16
    cipher = Cipher(algorithms.AES(hashlib.sha256(key.encode()).digest()), modes.CBC(start)).encryptor()
    whole = start + cipher.update(plain + bytes([fill]) * fill) + cipher.finalize()
    return json.dumps({"encrypt": base64.b64encode(whole).decode()}).encode()


def lark_headers(body: bytes, key: str = KEY) -> dict[str, str]:
    made = hashlib.sha256(f"1764000000n1{key}".encode() + body).hexdigest()
    return {"X-Lark-Request-Timestamp": "1764000000", "X-Lark-Request-Nonce": "n1", "X-Lark-Signature": made}


def ding_sealed(text: bytes, receiver: str = "suite1", aes_key: str = AES_KEY) -> str:
    key = base64.b64decode(aes_key + "=")
    plain = b"r" * 16 + len(text).to_bytes(4, "big") + text + receiver.encode()
    fill = 32 - len(plain) % 32
    cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(cipher.update(plain + bytes([fill]) * fill) + cipher.finalize()).decode()


def ding_opened(sealed: str) -> bytes:
    key = base64.b64decode(AES_KEY + "=")
    cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    plain = cipher.update(base64.b64decode(sealed)) + cipher.finalize()
    return plain[20 : 20 + int.from_bytes(plain[16:20], "big")]


def ding_signed(sealed: str, token: str = TOKEN) -> str:
    return hashlib.sha1("".join(sorted([token, "1764000000000", "n1", sealed])).encode()).hexdigest()


def ding_query(sealed: str, token: str = TOKEN) -> dict[str, str]:
    return {"signature": ding_signed(sealed, token), "timestamp": "1764000000000", "nonce": "n1"}


@pytest.fixture
def row(lin: User, department: Department) -> Connector:
    return Connector.objects.create(
        key="shop", kind="generic", name="商城", enabled=True, acts_as=lin, department=department
    )


def set_up(row: Connector, proof: str, **keys: str) -> None:
    Connector.objects.filter(pk=row.pk).update(options={"signing": proof})
    for name, text in keys.items():
        secret_store.put(secret_name("shop", name), text)


def post(row: Connector, body: bytes, query: dict[str, str] | None = None, **headers: str) -> Any:
    address = f"/hooks/{row.hook}/"
    answer = Client().post(
        address, body, content_type="application/json", query_params=query or {}, headers=headers or None
    )
    while reading.read_due(row.pk):
        pass
    return answer


class TestLark:
    @pytest.fixture(autouse=True)
    def _set_up(self, row: Connector) -> None:
        set_up(row, "lark", signing=KEY)

    def test_an_event_is_decrypted_and_makes_its_ticket(self, row: Connector) -> None:
        body = lark_sealed(TOLD)
        assert post(row, body, **lark_headers(body)).status_code == 200
        ticket = Ticket.objects.get()
        assert (ticket.subject, "4471902386615024" in ticket.text) == ("耳机退款", True)
        assert ExternalRef.objects.get().external_id == "7"

    @pytest.mark.parametrize("sealed", [True, False])
    def test_the_trial_of_the_address_gets_its_challenge_back(self, row: Connector, sealed: bool) -> None:
        told = {"challenge": "ajls384kdjx98XX", "token": "xxxxxx", "type": "url_verification"}
        answer = post(row, lark_sealed(told) if sealed else json.dumps(told).encode())
        assert (answer.status_code, answer.json()) == (200, {"challenge": "ajls384kdjx98XX"})
        assert not Ticket.objects.exists()

    def test_another_key_a_missing_signature_and_a_forged_one_are_refused_in_words(self, row: Connector) -> None:
        body = lark_sealed(TOLD)
        strange = lark_sealed(TOLD, "another")
        plain = json.dumps(TOLD).encode()
        refused = [
            post(row, strange, **lark_headers(strange)),
            post(row, body),
            post(row, body, **lark_headers(body, "another")),
            post(row, body, **lark_headers(strange)),
            post(row, plain),
            post(row, b'{"encrypt": "' + b"A" * 40 + b'"}'),
            post(row, b'{"encrypt": "' + b"!" * 40 + b'"}'),
        ]
        assert {answer.status_code for answer in refused} == {401}
        assert all("Encrypt Key" in answer.json()["message"] for answer in refused)
        assert not Ticket.objects.exists()


class TestDingTalk:
    @pytest.fixture(autouse=True)
    def _set_up(self, row: Connector) -> None:
        set_up(row, "dingtalk", signing=TOKEN, aes_key=AES_KEY)

    def test_an_event_is_decrypted_and_answered_as_it_wants_it(self, row: Connector) -> None:
        sealed = ding_sealed(json.dumps(TOLD).encode())
        answer = post(row, json.dumps({"encrypt": sealed}).encode(), ding_query(sealed))
        assert answer.status_code == 200
        assert Ticket.objects.get().subject == "耳机退款"
        back = answer.json()
        assert ding_opened(back["encrypt"]) == b"success"
        assert back["msg_signature"] == ding_signed(back["encrypt"])
        assert (back["timeStamp"], back["nonce"]) == ("1764000000000", "n1")

    def test_the_trial_of_the_address_is_answered_and_makes_no_ticket(self, row: Connector) -> None:
        sealed = ding_sealed(b'{"EventType": "check_url"}')
        answer = post(row, json.dumps({"encrypt": sealed}).encode(), ding_query(sealed))
        assert ding_opened(answer.json()["encrypt"]) == b"success"
        assert not Ticket.objects.exists()

    def test_an_app_of_wecom_sends_xml_and_tries_the_address_by_a_get(self, row: Connector) -> None:
        Connector.objects.filter(pk=row.pk).update(
            options={"signing": "dingtalk", "id": "xml.MsgId", "subject": "xml.Content", "text": "xml.Content"}
        )
        sealed = ding_sealed(b"<xml><MsgId>9</MsgId><Content>help</Content></xml>", "ww1")
        query = {**ding_query(sealed), "msg_signature": ding_signed(sealed)}
        del query["signature"]
        tried = Client().get(f"/hooks/{row.hook}/", {**query, "echostr": sealed})
        assert (tried.status_code, b"<MsgId>9</MsgId>" in tried.content) == (200, True)
        body = f"<xml><ToUserName>ww1</ToUserName><AgentID>1</AgentID><Encrypt>{sealed}</Encrypt></xml>"
        answer = post(row, body.encode(), query)
        assert (answer.status_code, answer.content.decode()) == (200, "")
        assert Ticket.objects.get().text == "help"

    def test_another_token_another_key_and_no_encryption_are_refused_in_words(self, row: Connector) -> None:
        sealed = ding_sealed(json.dumps(TOLD).encode())
        strange = ding_sealed(b"{}", aes_key=base64.b64encode(b"q" * 32).decode().rstrip("="))
        words = [
            ("Token", post(row, json.dumps({"encrypt": sealed}).encode(), ding_query(sealed, "another"))),
            ("Token", post(row, json.dumps({"encrypt": sealed}).encode())),
            ("EncodingAESKey", post(row, json.dumps({"encrypt": strange}).encode(), ding_query(strange))),
            ("没有加密", post(row, json.dumps(TOLD).encode())),
        ]
        assert [(answer.status_code, told in answer.json()["message"]) for told, answer in words] == [(401, True)] * 4
        secret_store.forget(secret_name("shop", "aes_key"))
        answer = post(row, json.dumps({"encrypt": sealed}).encode(), ding_query(sealed))
        assert "EncodingAESKey" in answer.json()["message"]
        assert not Ticket.objects.exists()


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "整个加密"), ("en", "encrypted as a whole")])
def test_an_encrypted_body_where_none_is_expected_is_told_with_what_to_do(
    row: Connector, client: Client, language: str, words: str
) -> None:
    set_up(row, "secret", signing="abc")
    Connector.objects.filter(pk=row.pk).update(options={"signing": "secret", "signature_name": "x-key"})
    answer = post(row, lark_sealed(TOLD), **{"x-key": "abc"})
    assert (answer.status_code, "整个加密" in answer.json()["message"]) == (401, True)
    client.force_login(User.objects.create_superuser("root"))
    client.cookies["django_language"] = language
    assert words in client.get(f"/integrations/connectors/{row.pk}/").content.decode()
