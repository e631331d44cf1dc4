"""Loading the demo into an empty database: refused in production, with the phones of the settings."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tickets import demo
from tickets.models import Phone

pytestmark = pytest.mark.django_db


class NoBroker:
    """Stands where the broker's client stands."""

    def send_task(self, *arguments: Any, **options: Any) -> None:
        raise AssertionError("a message is sent")


no_broker = NoBroker()


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


def test_no_message_waits_for_a_broker_that_does_not_run_yet(
    settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.CS_AGENT_CELERY_APP = f"{__name__}.no_broker"
    with django_capture_on_commit_callbacks(execute=True) as called:
        call_command("load_demo", verbosity=0)
    assert called
