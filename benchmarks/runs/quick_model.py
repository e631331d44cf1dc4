"""A model that takes no time, for any number of phones: in the process of a benchmark, at the product's pilot's port.

It reads the tree of the phone that works for the customer whom the instruction names, which the database tells. What
a model sees in a picture is not what these benchmarks are about.
"""

from __future__ import annotations

import os
import queue
from typing import Any

from cs_agent.engine.run.protocols import PhoneError
from cs_agent.phone.adb.phone import AdbPhone
from cs_agent.project import conf
from cs_agent.testing.model import documented
from cs_agent.testing.scripted_endpoint import Answer, ScriptedEndpoint
from tests.soak.brain import mobile_of, next_action


class QuickModel:
    """`asked` gets the customer's number of each question; every answer then takes `delay_s`."""

    def __init__(self) -> None:
        self.asked: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.delay_s = 0.0
        self._values = conf.load(os.environ)

    def serve(self) -> ScriptedEndpoint:
        return ScriptedEndpoint(self._answer, models=("pilot",), port=self._values["CS_AGENT_PILOT_PORT"])

    def _answer(self, request: dict[str, Any]) -> Answer:
        mobile = mobile_of(request)
        self.asked.put(mobile)
        try:
            phone = self.phone(_serial(mobile))
            action = next_action(phone.nodes() or (), mobile, phone)
        except PhoneError as error:
            return Answer(status=503, body=str(error).encode())
        return Answer(documented(action, "下一步"), delay_s=self.delay_s)

    def phone(self, serial: str) -> AdbPhone:
        return AdbPhone(serial, port=self._values["CS_AGENT_ADB_PORT"])


def _serial(mobile: str) -> str:
    """The phone that the customer's newest run holds."""
    from tickets.models import Run

    held = Run.objects.filter(ticket__customer_mobile=mobile, leased_phone__isnull=False).order_by("-created_at")
    return str(held.values_list("leased_phone__serial", flat=True)[0])
