"""A flow goes from one installation to another in one signed file, and what was changed on the way is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.contrib.auth.models import User
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tickets.errors import Conflict, Forbidden, Invalid
from tickets.models import AuditEvent, FlowDraft, FlowTemplate, FlowVersion, Secret, TrustedSigner
from tickets.services import secret_store
from tickets.services.flows import drafts
from tickets.services.releasing import stages
from tickets.services.studio import exchange

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(code_flow: FlowVersion, fei: User) -> bytes:
    """The file as another installation made it, whose key is known by its public half only."""
    FlowTemplate.objects.filter(pk=code_flow.template_id).update(description="补发")
    code_flow.template.refresh_from_db()
    data = exchange.export(code_flow, fei)
    Secret.objects.all().delete()
    return data


def key_in(data: bytes) -> str:
    return str(json.loads(data)["signer"])


def changed(data: bytes, **parts: Any) -> bytes:
    return json.dumps({**json.loads(data), **parts}).encode()


def test_a_flow_arrives_as_a_draft_with_its_route_to_be_reviewed_again(
    sent: bytes, code_flow: FlowVersion, fei: User, ann: User
) -> None:
    exchange.trust(ann, "测试环境", key_in(sent))
    FlowTemplate.objects.filter(pk=code_flow.template_id).update(slug="elsewhere")
    draft = exchange.take_in(sent, fei)
    assert draft.definition == code_flow.definition
    assert draft.template.slug == "resend_code"
    assert draft.template.description == "补发"
    assert "测试环境" in draft.note
    version = drafts.freeze(draft, fei, revision=draft.revision)
    assert (stages.of(version), version.route["ways"]) == ("draft", (code_flow.route or {"ways": []})["ways"])
    assert AuditEvent.objects.filter(type="flow.imported").count() == 1


def test_a_signer_whom_nobody_knows_is_told_with_the_fingerprint(sent: bytes, fei: User) -> None:
    with pytest.raises(exchange.Refused) as refused:
        exchange.take_in(sent, fei)
    assert refused.value.code == "unknown_signer"
    assert exchange.fingerprint(key_in(sent)) in refused.value.message
    assert FlowDraft.objects.count() == 0


def test_trust_is_an_administrators_and_can_be_withdrawn(sent: bytes, fei: User, ann: User) -> None:
    with pytest.raises(Forbidden):
        exchange.trust(fei, "测试环境", key_in(sent))
    signer = exchange.trust(ann, "测试环境", key_in(sent))
    exchange.withdraw(signer, ann)
    with pytest.raises(exchange.Refused):
        exchange.take_in(sent, fei)
    exchange.trust(ann, "测试环境", key_in(sent))
    assert exchange.take_in(sent, fei)
    assert TrustedSigner.objects.count() == 1


def test_one_byte_that_was_changed_is_a_refusal(sent: bytes, fei: User, ann: User) -> None:
    exchange.trust(ann, "测试环境", key_in(sent))
    sealed = json.loads(sent)
    other = Ed25519PrivateKey.generate()
    forged = exchange._text(b'{"flow": {}}')
    for data in (
        changed(sent, payload=forged),
        changed(sent, payload=sealed["payload"][:-8] + "AAAAAAA="),
        changed(sent, signature=exchange._text(other.sign(b"anything"))),
        changed(sent, signature="no base64 at all"),
        changed(sent, signer=exchange._public(other)),
        changed(sent, payload=7),
    ):
        with pytest.raises(exchange.Refused) as refused:
            exchange.take_in(data, fei)
        assert refused.value.code == "tampered"
    assert FlowDraft.objects.count() == 0


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=300) | st.text(max_size=300).map(str.encode) | st.just(b"[" * 100_000))
def test_what_is_no_such_file_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(exchange.Refused) as refused:
        exchange.opened(data)
    assert refused.value.code == "no_flow_file"
    assert refused.value.message


def test_a_file_of_another_release_or_size_is_told(sent: bytes, fei: User) -> None:
    with pytest.raises(exchange.Refused) as refused:
        exchange.take_in(changed(sent, version=99), fei)
    assert refused.value.code == "newer_format"
    with pytest.raises(exchange.Refused):
        exchange.take_in(b" " * (exchange.MAX_BYTES + 1), fei)


def test_a_signed_file_whose_parts_are_no_flow_is_refused(code_flow: FlowVersion, fei: User) -> None:
    exchange.make_key(fei)
    key = exchange._private()
    good = {"flow": {"slug": "s", "name": "n", "name_en": ""}, "number": 1, "definition": {}, "route": None}
    named, deep = good["flow"], json.loads("[" * 200 + "]" * 200)
    for wrong in (
        {"flow": []},
        {"flow": named | {"name": "\ud800"}},
        {"flow": named | {"name": "a\0"}},
        {"definition": []},
        {"definition": {"slots": deep}},
        {"definition": {"timeout_s": float("nan")}},
        {"number": "1"},
        {"number": 10**400},
        {"route": {"version": 99}},
    ):
        payload = json.dumps({**good, **wrong}).encode()
        parts = {"signer": exchange._public(key), "signature": exchange._text(key.sign(payload))}
        data = json.dumps({"format": exchange.FORMAT, "version": 1, "payload": exchange._text(payload), **parts})
        with pytest.raises(exchange.Refused):
            exchange.take_in(data.encode(), fei)
    assert FlowTemplate.objects.count() == 1


def test_an_import_overwrites_no_draft_that_is_being_edited(code_flow: FlowVersion, fei: User) -> None:
    data = exchange.export(code_flow, fei)
    draft = drafts.open_draft(code_flow.template, fei)
    drafts.save(draft, {**draft.definition, "four_eyes": True}, fei, revision=draft.revision)
    with pytest.raises(Conflict) as refused:
        exchange.take_in(data, fei)
    assert refused.value.code == "draft_open"
    assert FlowDraft.objects.get().definition["four_eyes"] is True


def test_a_text_that_is_no_key_is_refused(ann: User) -> None:
    for text in ("", "abc", "AAAA", "密钥"):
        with pytest.raises(Invalid):
            exchange.trust(ann, "x", text)


def test_the_private_key_leaves_the_secret_store_with_no_export(code_flow: FlowVersion, fei: User) -> None:
    data = exchange.export(code_flow, fei)
    assert secret_store.get("flows/signing-key").encode() not in data
    assert exchange.own_key() == key_in(data)
