"""The product's pilot replaced by a model that answers after a fixed time with the next act of the shipped route.

`python -m benchmarks.routes.route_model SECONDS`, with the product's environment: on the pilot's port, for one phone.
It reads the phone's tree and knows nothing else, so that two ways of driving are compared with the very same replies.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import django
from PIL import Image

from cs_agent.engine.actions.values import Action, Finish
from cs_agent.engine.routes.position import Position
from cs_agent.engine.routes.propose import Proposal, is_at_end, next_act
from cs_agent.engine.routes.values import Route, Way
from cs_agent.engine.run.protocols import PhoneError
from cs_agent.observation import Observation, Screenshot
from cs_agent.phone.adb.phone import AdbPhone
from cs_agent.project import conf
from cs_agent.testing.model import documented
from cs_agent.testing.scripted_endpoint import Answer, ScriptedEndpoint
from tests.processes import Product

if TYPE_CHECKING:
    from tickets.models import Run


def use(product: Product, seconds: float) -> None:
    """Before the product starts: its pilot is to be this module."""
    command = (sys.executable, "-m", "benchmarks.routes.route_model", str(seconds))
    product.processes["pilot"] = replace(product.processes["pilot"], command=command)


class RouteModel:
    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._values = conf.load(os.environ)
        serial = f"127.0.0.1:{self._values['CS_AGENT_PHONE_PORT']}"
        self._phone = AdbPhone(serial, port=self._values["CS_AGENT_ADB_PORT"])
        self._lock = threading.Lock()
        self._run = ""
        self._at = Position()  # where the run stands …
        self._last: Proposal | None = None  # … and what was proposed last

    def serve(self) -> ScriptedEndpoint:
        return ScriptedEndpoint(self._answer, models=("pilot",), port=self._values["CS_AGENT_PILOT_PORT"])

    def _answer(self, request: dict[str, Any]) -> Answer:
        begun = time.monotonic()
        try:
            with self._lock:
                action = self._next()
        except PhoneError as error:
            return Answer(status=503, body=str(error).encode())
        if action is None:
            return Answer(status=503, body=b"no step of the route fits this screen")
        return Answer(documented(action, "下一步"), delay_s=max(0.0, self._seconds - (time.monotonic() - begun)))

    def _next(self) -> Action | None:
        run = _newest()
        way, values = _way(run), {slot.name: slot.value for slot in run.slots.all()}
        if str(run.pk) != self._run:
            self._run, self._at, self._last = str(run.pk), Position(), None
        size = self._phone.size()
        picture = Screenshot(Image.new("RGB", (size.width, size.height), "white"), time.time())
        seen = Observation(picture, self._phone.foreground(), (), self._phone.nodes())
        if self._last and self._last.advances and (self._last.expects is None or self._last.expects.is_met(seen)):
            self._at = self._at.beyond(self._last.number)
        if is_at_end(way, self._at, seen, values):
            return Finish("已完成")
        self._at, self._last = next_act(way, self._at, seen, values)
        return self._last.action if self._last else None


def _newest() -> Run:
    from tickets.models import Run

    return Run.objects.select_related("flow_version__template").order_by("-created_at")[0]


def _way(run: Run) -> Way:
    from benchmarks.routes.routes_work import shipped

    values = {slot.name: slot.value for slot in run.slots.all()}
    way = Route.from_json(shipped(run.flow_version.template.slug)).way_for(values)
    if way is None:
        raise SystemExit(f"no way is shipped for {sorted(values)} of {run.flow_version.template.slug}")
    return way


def main(seconds: float) -> int:
    django.setup()
    with RouteModel(seconds).serve():
        threading.Event().wait()
    return 0


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1])))
