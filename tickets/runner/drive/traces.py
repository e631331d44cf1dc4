"""Traces of runs over OTLP: a run is a trace, each step a span, the step's timings its events.

Rule: a trace holds ids, kinds, counts and durations, never text of a ticket, a screen, a model or a person. Spans are
sent by another thread and dropped if the exporter fails or lags: no run waits for it. Without CS_AGENT_OTLP_ENDPOINT
nothing is loaded. It needs the extra `pip install cs-agent[otlp]`.
"""

from __future__ import annotations

import hashlib
import logging
import time
import uuid
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings

from cs_agent.engine.run.state import StepRecord, StepStatus
from tickets.metrics import times
from tickets.models import Run

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

log = logging.getLogger(__name__)
_NS = 1_000_000_000
_QUEUE = 2048  # spans; more than that waiting are dropped


def step_done(run: Run, step: StepRecord) -> None:
    """Record a span that ends now with the step's duration; intents are ignored."""
    if step.status is StepStatus.INTENDED or (provider := _provider()) is None:
        return
    ended = time.time_ns()
    began = ended - int(times.of_step(step.timings) * _NS)
    span = _start(provider, run.pk, f"step {step.number}", began, parent=True)
    span.set_attributes(
        {
            "cs_agent.step": step.number,
            "cs_agent.step.status": str(step.status),
            "cs_agent.step.source": str(step.source),
            "cs_agent.step.action": type(step.action).__name__ if step.action else "",
            **({"cs_agent.step.verdict": str(step.verdict.kind)} if step.verdict else {}),
            **{f"cs_agent.tokens.{name}": count for name, count in step.tokens.items()},
            **{f"cs_agent.seconds.{name}": round(seconds, 4) for name, seconds in step.timings.items()},
        }
    )
    span.end(ended)


def run_ended(run: Run) -> None:
    """Record the root span of the run, once its phone is free."""
    if (provider := _provider()) is None or run.ended_at is None:
        return
    span = _start(provider, run.pk, f"run {run.flow_version}", _ns(run.created_at), parent=False)
    span.set_attributes(
        {
            "cs_agent.run": str(run.pk),
            "cs_agent.flow": str(run.flow_version),
            "cs_agent.run.status": run.status,
            "cs_agent.run.failure": run.failure_code,
            "cs_agent.run.purpose": str(run.purpose),
        }
    )
    if run.failure_code:
        _mark_failed(span)
    span.end(_ns(run.ended_at))


def shut_down() -> None:
    """Flush pending spans; takes a few seconds at most."""
    if _provider.cache_info().currsize and (provider := _provider()) is not None:
        provider.shutdown()


def _mark_failed(span: Any) -> None:
    from opentelemetry.trace import StatusCode

    span.set_status(StatusCode.ERROR)


def _start(provider: TracerProvider, run: uuid.UUID, name: str, at: int, *, parent: bool) -> Any:
    """Start a span. Trace and root ids derive from the run's id, so that spans of all processes form one trace."""
    from opentelemetry import trace

    tracer = provider.get_tracer("cs_agent.runs")
    root = trace.SpanContext(_trace_id(run), _root_id(run), is_remote=True, trace_flags=trace.TraceFlags(1))
    if parent:
        context = trace.set_span_in_context(trace.NonRecordingSpan(root))
        return tracer.start_span(name, context=context, start_time=at)
    ids: Any = provider.id_generator
    ids.root = (root.trace_id, root.span_id)
    try:
        return tracer.start_span(name, context=trace.set_span_in_context(trace.INVALID_SPAN), start_time=at)
    finally:
        ids.root = None


def _trace_id(run: uuid.UUID) -> int:
    return run.int


def _root_id(run: uuid.UUID) -> int:
    return int.from_bytes(hashlib.sha256(run.bytes).digest()[:8], "big") or 1


def _ns(moment: Any) -> int:
    return int(moment.timestamp() * _NS)


@lru_cache(maxsize=1)
def _provider() -> TracerProvider | None:
    """The span provider; None without a configured address or the `otlp` extra."""
    address = settings.CS_AGENT["CS_AGENT_OTLP_ENDPOINT"]
    if not address:
        return None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        from tickets.runner.drive.trace_ids import RunIds
    except ImportError:
        log.error("CS_AGENT_OTLP_ENDPOINT is set, but the extra is not installed: pip install 'cs-agent[otlp]'")
        return None
    provider = TracerProvider(resource=Resource.create({"service.name": "cs_agent"}), id_generator=RunIds())
    exporter = OTLPSpanExporter(endpoint=f"{address.rstrip('/')}/v1/traces", timeout=5)
    provider.add_span_processor(BatchSpanProcessor(exporter, max_queue_size=_QUEUE))
    return provider
