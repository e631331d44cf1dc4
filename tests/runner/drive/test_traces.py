"""A collector gets one trace of a run, whoever drove its parts, and never a customer's word."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.contrib.auth.models import User
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.runner.world import World, approve
from tickets.models import Run, RunStatus
from tickets.runner.drive import traces

pytestmark = pytest.mark.django_db


class Collector(ThreadingHTTPServer):
    """What an OpenTelemetry collector keeps of what it is sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taker)
        self.bodies: list[bytes] = []
        self.answer = 200

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def spans(self) -> list[Any]:
        found = []
        for body in self.bodies:
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                found += [span for scope in resource.scope_spans for span in scope.spans]
        return found


class _Taker(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/v1/traces":
            self.server.bodies.append(body)
        self.send_response(self.server.answer)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Nobody reads it."""


@pytest.fixture
def collector(settings: Any) -> Iterator[Collector]:
    with Collector() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.CS_AGENT = {**settings.CS_AGENT, "CS_AGENT_OTLP_ENDPOINT": server.address}
        traces._provider.cache_clear()
        yield server
        traces.shut_down()
        traces._provider.cache_clear()
        server.shutdown()


def test_every_step_is_a_span_of_the_runs_own_trace(world: World, run: Run, lin: User, collector: Collector) -> None:
    world.drive(run)
    approve(run, lin)
    assert world.drive(run).status == RunStatus.SUCCEEDED
    traces.shut_down()
    spans = collector.spans()
    roots = [span for span in spans if span.name.startswith("run ")]
    steps = [span for span in spans if span.name.startswith("step ")]
    assert len(roots) == 1
    assert {span.trace_id for span in spans} == {run.pk.bytes}
    assert {span.parent_span_id for span in steps} == {roots[0].span_id}
    assert {span.name for span in steps} == {f"step {step.number}" for step in run.steps.all()}
    assert all(span.start_time_unix_nano <= span.end_time_unix_nano for span in spans)


def test_no_word_of_the_ticket_or_the_screen_is_sent(world: World, run: Run, lin: User, collector: Collector) -> None:
    world.drive(run)
    approve(run, lin)
    world.drive(run)
    traces.shut_down()
    sent = b"".join(collector.bodies)
    assert sent
    for words in (run.ticket.text, run.ticket.customer_name, run.instruction, run.result, run.ticket.number):
        assert words.encode() not in sent
    for step in run.steps.all():
        assert not step.control or step.control.encode() not in sent


def test_a_collector_that_is_away_stops_no_run(world: World, run: Run, lin: User, collector: Collector) -> None:
    collector.answer = 503
    world.drive(run)
    approve(run, lin)
    assert world.drive(run).status == RunStatus.SUCCEEDED


def test_without_an_address_nothing_is_made(world: World, run: Run) -> None:
    traces._provider.cache_clear()
    world.drive(run)
    assert traces._provider() is None
