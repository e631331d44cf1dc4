"""The domain's services in a process of its own, one JSON line in and one out: `python -m tests.soak.desk`.

Runs with the product's environment, so that runs are started and decided in the product's own database, as its web
server does it; killing the web server does not kill this.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cs_agent.project.settings")
django.setup()

from django.contrib.auth.models import User  # noqa: E402 - needs the app registry
from django.db.models import Max  # noqa: E402
from redis import RedisError  # noqa: E402

from tickets.errors import ServiceError  # noqa: E402
from tickets.models import (  # noqa: E402
    AuditEvent,
    Confirmation,
    Department,
    FlowVersion,
    Phone,
    Question,
    Recording,
    Run,
    Takeover,
)
from tickets.services.evidence import audit  # noqa: E402
from tickets.services.live import health  # noqa: E402
from tickets.services.runs import (  # noqa: E402
    decisions,
    starts,
    takeovers,
)
from tickets.services.runs.transitions import ENDED  # noqa: E402
from tickets.services.tickets.changes import create_ticket  # noqa: E402

NAME = "lin"


def start(mobile: str) -> dict[str, Any]:
    """A run that sends a customer a code again."""
    ticket = create_ticket(
        user=_user(),
        subject="",
        text=f"手机号{mobile},一直收不到短信验证码,请重发一次。",
        customer_mobile=mobile,
        department=Department.objects.filter(members=_user()).first(),
    )
    flow = FlowVersion.objects.filter(template__slug="resend_code").latest("pk")
    return {"run": str(starts.start_run(ticket=ticket, user=_user(), flow_version=flow).pk)}


def look(run: str) -> dict[str, Any]:
    """Where the run stands; `mark` changes with everything that is done with it."""
    row = Run.objects.select_related("phone").get(pk=run)
    confirmation = Confirmation.objects.filter(run=run, state="pending").first()
    takeover = Takeover.objects.filter(run=run, ended_at=None).first()
    last_event = AuditEvent.objects.filter(run_id=run).aggregate(last=Max("seq"))["last"]
    return {
        "status": row.status,
        "ended": row.status in ENDED,
        "result": row.result,
        "mark": last_event,
        "phase": row.checkpoint.get("phase", ""),
        "waiting_for": row.waiting_for,
        "kind": getattr(confirmation, "kind", ""),
        "code": getattr(takeover, "code", ""),
        "begun": bool(takeover and takeover.begun_at),
        "leased": Phone.objects.filter(lease_run=run).exists(),
        "drivers_lost": row.drivers_lost,
    }


def decide(run: str, approve: bool, then_end: bool, note: str) -> dict[str, Any]:
    row = Confirmation.objects.get(run=run, state="pending")
    decisions.decide(confirmation=row, user=_user(), approve=approve, then_end=then_end, version=row.version, note=note)
    return {"kind": row.kind}


def answer(run: str, text: str) -> dict[str, Any]:
    decisions.answer_question(Question.objects.filter(run=run, answered_at=None).latest("pk"), _user(), text)
    return {}


def take_over(run: str) -> dict[str, Any]:
    return {"begun": takeovers.begin(Run.objects.get(pk=run), _user()).begun_at is not None}


def hand_back(run: str) -> dict[str, Any]:
    takeovers.hand_back(Takeover.objects.get(run=run, ended_at=None), _user(), "")
    return {}


def finish(run: str) -> dict[str, Any]:
    takeovers.finish_by_hand(Takeover.objects.get(run=run, ended_at=None), _user(), "")
    return {}


def signs() -> dict[str, Any]:
    """When each part last showed that it lives, and how the phones are."""
    phones = Phone.objects.all()
    return {
        "beats": _beats(),
        "phones": [
            {"state": row.state, "seen": row.last_seen_at.timestamp() if row.last_seen_at else 0.0, "fault": row.fault}
            for row in phones
        ],
        "leased": [str(row.lease_run_id) for row in phones if row.lease_run_id],
    }


def story(run: str) -> dict[str, Any]:
    """What the record says of a run, for people who wonder."""
    events = AuditEvent.objects.filter(run_id=run).order_by("seq")
    return {"events": [f"{event.at:%H:%M:%S} {event.type} {event.result} {event.details}"[:300] for event in events]}


def soundness() -> dict[str, Any]:
    """Flaws of the audit chain, runs that have not ended, recordings by state."""
    states = Recording.objects.values_list("state", flat=True)
    return {
        "flaws": [str(flaw) for flaw in audit.verify()],
        "active": [str(pk) for pk in Run.objects.exclude(status__in=ENDED).values_list("pk", flat=True)],
        "recordings": {state: list(states).count(state) for state in set(states)},
    }


def _beats() -> dict[str, float]:
    try:
        stored: dict[bytes, bytes] = health._client().hgetall(health._KEY)  # type: ignore[assignment]
    except RedisError:
        return {}
    return {name.decode(): float(at) for name, at in stored.items()}


def _user() -> User:
    return User.objects.get(username=NAME)


CALLS: dict[str, Callable[..., dict[str, Any]]] = {
    call.__name__: call for call in (start, look, decide, answer, take_over, hand_back, finish, signs, story, soundness)
}


def main() -> None:
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            told = CALLS[asked.pop("call")](**asked)
        except ServiceError as error:  # a refusal is an answer; a defect ends this process with its trace
            told = {"refused": f"{type(error).__name__}: {error}"}
        sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
