"""Loading the demo into an empty database: refused in production, with the phones of the settings."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tickets import demo
from tickets.models import Phone

pytestmark = pytest.mark.django_db


def test_it_refuses_in_production(settings: Any) -> None:
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="production"):
        call_command("load_demo")
    assert not demo.accounts_present()


def test_phones_stand_at_the_ports_of_the_settings(settings: Any) -> None:
    settings.CS_AGENT = {**settings.CS_AGENT, "CS_AGENT_PHONES": 3, "CS_AGENT_PHONE_PORT": 5700}
    call_command("load_demo", verbosity=0)
    assert list(Phone.objects.order_by("serial").values_list("serial", flat=True)) == [
        f"127.0.0.1:{port}" for port in (5700, 5701, 5702)
    ]
