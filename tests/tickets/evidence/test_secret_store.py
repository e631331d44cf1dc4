"""A secret goes in and is used; nothing shows it, and a key that is gone says so."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection

from cs_agent.project import conf
from tickets.errors import Invalid, NotFound, SecretUnreadable
from tickets.models import AuditEvent, Secret
from tickets.services import secret_store

VALUE = "whsec_never-shown-anywhere"


@pytest.fixture
def keys(settings: Any) -> Any:
    """Sets CS_AGENT_SECRETS_KEYS for the test."""

    def use(*keys: str, **more: Any) -> None:
        settings.CS_AGENT = {**settings.CS_AGENT, "CS_AGENT_SECRETS_KEYS": keys, **more}

    return use


def test_what_was_put_in_comes_out_by_its_name(ann: User) -> None:
    secret_store.put("webhook/7", VALUE, user=ann)
    secret_store.put("webhook/7", VALUE + "2", user=ann)
    assert secret_store.get("webhook/7") == VALUE + "2"
    assert list(AuditEvent.objects.order_by("seq").values_list("type", flat=True)) == ["secret.added", "secret.changed"]


def test_neither_the_table_nor_the_audit_trail_holds_the_value(ann: User) -> None:
    secret_store.put("webhook/7", VALUE, user=ann)
    with connection.cursor() as cursor:
        for table in ("tickets_secret", "tickets_auditevent"):
            cursor.execute(f"SELECT * FROM {table}")
            assert VALUE not in str(cursor.fetchall())


def test_an_unknown_name_is_said_to_be_unknown(db: None) -> None:
    with pytest.raises(NotFound, match="no_secret"):
        secret_store.get("nothing")


@pytest.mark.parametrize(("name", "value"), [("", "x"), ("Ä", "x"), ("a b", "x"), ("a" * 120, "x"), ("a", "")])
def test_a_name_or_value_that_cannot_be_kept_is_refused(db: None, name: str, value: str) -> None:
    with pytest.raises(Invalid):
        secret_store.put(name, value)
    assert not Secret.objects.exists()


def test_rows_that_were_swapped_open_nothing(db: None) -> None:
    secret_store.put("a", "1")
    secret_store.put("b", "2")
    Secret.objects.filter(name="a").update(sealed=Secret.objects.get(name="b").sealed)
    with pytest.raises(SecretUnreadable):
        secret_store.get("a")


def test_after_a_rotation_the_old_key_may_go(db: None, keys: Any) -> None:
    old, new = secret_store.new_key(), secret_store.new_key()
    keys(old)
    secret_store.put("a", VALUE)
    keys(new, old)
    assert secret_store.rotate() == 1
    keys(new)
    assert secret_store.get("a") == VALUE
    keys(old)
    with pytest.raises(SecretUnreadable):
        secret_store.get("a")


def test_a_key_that_is_gone_is_named_by_the_check_and_stops_a_rotation_unchanged(db: None, keys: Any) -> None:
    keys(secret_store.new_key())
    secret_store.put("lost", VALUE)
    stored = Secret.objects.get().sealed
    keys(secret_store.new_key())
    with pytest.raises(CommandError, match="lost"):
        call_command("secrets", "check")
    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("secrets", "rotate")
    assert Secret.objects.get().sealed == stored


def test_production_without_a_key_keeps_no_secret_and_says_what_to_set(db: None, keys: Any) -> None:
    keys(CS_AGENT_MODE="production")
    with pytest.raises(SecretUnreadable, match="CS_AGENT_SECRETS_KEYS"):
        secret_store.put("a", VALUE)
    assert not Secret.objects.exists()


def test_the_command_makes_keys_that_the_settings_take(db: None) -> None:
    out = StringIO()
    call_command("secrets", "new-key", stdout=out)
    key = out.getvalue().strip()
    assert conf.load({"CS_AGENT_SECRETS_KEYS": f"{key},{secret_store.new_key()}"})["CS_AGENT_SECRETS_KEYS"][0] == key


def test_a_malformed_key_stops_the_start_without_being_shown() -> None:
    with pytest.raises(conf.SettingError, match="CS_AGENT_SECRETS_KEYS") as refused:
        conf.load({"CS_AGENT_SECRETS_KEYS": "half-a-key"})
    assert "half-a-key" not in str(refused.value)
