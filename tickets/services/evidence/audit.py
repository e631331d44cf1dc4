"""The audit trail: every event is written once, in the transaction of the change it records, and never altered.

Rule: `record` is the last row change of a transaction, because it locks the head of the chain until the commit; locking
other rows after it can block other writers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from tickets import queues
from tickets.models import AuditEvent, AuditHead, Run, Step, Ticket
from tickets.models.record import seals
from tickets.permissions import Permission, require, role_of
from tickets.said import stored_in_json
from tickets.services.evidence import anchors, audit_rows
from tickets.services.evidence.audit_chain import COLUMNS, GENESIS, LATER, Problem, check, link_hash, plain
from tickets.services.evidence.keeping import Kind, until
from tickets.services.outbox.note import PUBLIC, note
from tickets.web import request_context

SYSTEM = "system"
VERIFY_WITHIN_S = 1800.0  # after which an unfinished check counts as lost
DELETED = "audit.deleted"  # the tombstone's type
_LIMITS = {field.attname: getattr(field, "max_length", None) for field in AuditEvent._meta.concrete_fields}
_PAGE = 2000  # events read at once by the verification
_TYPE = re.compile(r"[a-z_]+(\.[a-z_]+)+")
# Why personal data is handled, by the first word of the type (PIPL article 13: contract, legal duty).
_HANDLING = ("ticket_handling", "contract")
_OVERSIGHT = ("oversight", "legal_obligation")
_PURPOSES = {
    "act": _OVERSIGHT,
    "ticket": _HANDLING,
    "run": _HANDLING,
    "step": _HANDLING,
    "confirmation": _HANDLING,
    "question": _HANDLING,
    "clarification": _HANDLING,
    "takeover": _HANDLING,
    "attachment": _HANDLING,
    "recording": _OVERSIGHT,
    "replay": _OVERSIGHT,
    "audit": _OVERSIGHT,
}


def record(
    type: str,
    *,
    user: Any = None,
    run: Run | None = None,
    ticket: Ticket | None = None,
    step: Step | int | None = None,
    obj: models.Model | None = None,
    result: str = "",
    details: dict[str, Any] | None = None,
    request: Any = None,
    **columns: Any,
) -> AuditEvent:
    """Append one event; columns that follow from the run, ticket, user and request are filled in.

    `columns` sets further columns of AuditEvent: confidence, model, prompt_version, confirmation_id, decided_by,
    recording_sha256, data_accessed (a string or categories to join), device_id … A `Said` in `details` is stored as
    codes and values beside its words; `tickets.said.read_in_json` gives it in the reader's language.
    """
    if not _TYPE.fullmatch(type):
        raise ValueError(f"{type!r} is not an event type like run.started")
    row = {
        **_empty(),
        **_of_run(run),
        **_of_ticket(ticket or (run.ticket if run else None)),
        **_of_user(user),
        **_of_origin(request),
        **_of_object(obj),
        **_of_purpose(type, run is not None or ticket is not None),
        "type": type,
        "step_no": step.number if isinstance(step, Step) else step,
        "result": str(result),
        "details": stored_in_json(details or {}),
        **columns,
    }
    if type not in PUBLIC:
        return _append(row)
    with transaction.atomic():
        event = _append(row)
        note(event, ticket=ticket or (run.ticket if run else None), run=run, obj=obj)
    return event


def verify() -> list[Problem]:
    """Every fault of the stored chain: an edited event, a gap, a truncated or rewritten tail, a contradicted anchor."""
    newest = AuditEvent.objects.aggregate(seq=models.Max("seq"))["seq"] or 0
    head = AuditHead.objects.filter(pk=1).first() or AuditHead(seq=0, hash="")  # read later: never behind `newest`
    anchored, stone = anchors.read_all(), tombstone()
    base = (stone.details["last_seq"], stone.details["last_hash"]) if stone else (0, GENESIS)
    watch = anchors.Watch(anchored, base[0])
    problems = list(check(watch.through(_stored_rows(head.seq)), head.seq, head.hash, base))
    if stone and not anchors.vouch(anchored, base, stone.at):
        text = f"events 1 to {base[0]} were deleted, and no anchor shows that they were old enough"
        problems.insert(0, Problem("missing", 1, text))
    if newest > head.seq:
        problems.append(Problem("rewritten", newest, f"events after {head.seq} were not written by this product"))
    return problems + watch.problems()


def verify_and_record() -> list[Problem]:
    """As `verify`; also records an event that says up to which event the chain was checked."""
    head = AuditHead.objects.filter(pk=1).first()
    problems = verify()
    faults = [{"kind": problem.kind, "seq": problem.seq} for problem in problems[:20]]
    told = {"faults": faults, "last_seq": head.seq if head else 0}
    record("audit.verified", result="failure" if problems else "success", details=told)
    return problems


def ask_verification(user: Any) -> AuditEvent:
    """Queue a check of the chain; the check records its own event."""
    require(user, Permission.VIEW_AUDIT)
    with transaction.atomic():
        event = record("audit.check_asked", user=user, result="success")
        queues.check_trail(VERIFY_WITHIN_S)
    return event


@dataclass(frozen=True, slots=True)
class Verified:
    """The newest check. `last_seq` 0: the check was made by a release that did not record it.
    `asked_at`: when a newer check was requested that has not ended; None if none is pending."""

    at: datetime | None
    good: bool
    last_seq: int
    faults: list[dict[str, Any]]
    asked_at: datetime | None


def verified() -> Verified:
    newest = AuditEvent.objects.filter(type="audit.verified").order_by("-seq").first()
    since = timezone.now() - timedelta(seconds=VERIFY_WITHIN_S)
    asked = AuditEvent.objects.filter(type="audit.check_asked", seq__gt=newest.seq if newest else 0, at__gt=since)
    asked_at = asked.order_by("-seq").values_list("at", flat=True).first()
    if newest is None:
        return Verified(None, False, 0, [], asked_at)
    told = newest.details
    return Verified(
        newest.at, newest.result == "success", int(told.get("last_seq", 0)), told.get("faults", []), asked_at
    )


def write_anchor() -> anchors.Anchor | None:
    """Anchor the current head outside the database; None if there is no event."""
    head = AuditHead.objects.filter(pk=1, seq__gt=0).first()
    return anchors.write(head.seq, head.hash, timezone.now()) if head else None


def tombstone() -> AuditEvent | None:
    """The event that says up to where retention has deleted the beginning of the chain."""
    return AuditEvent.objects.filter(type=DELETED).order_by("-seq").first()


def _stored_rows(last: int) -> Iterator[dict[str, Any]]:
    """The events up to the last one, as they lie in the database."""
    names = (*COLUMNS, *LATER, "hash")
    for page in audit_rows.pages(AuditEvent.objects.filter(seq__lte=last), names[1:], _PAGE):
        for values in page:  # which begin with seq, as the names do
            row = dict(zip(names, values, strict=True))
            row["details"] = _object(row["details"])
            yield row


def _object(text: str) -> Any:
    """Parsed JSON; unparsable text is returned unchanged, so that the event's hash exposes the change."""
    try:
        return json.loads(text) if text != "{}" else {}
    except ValueError:
        return text


def _append(row: dict[str, Any]) -> AuditEvent:
    row = {name: _stored(name, value) for name, value in row.items()}
    with transaction.atomic():
        kept = seals.seal(row)
        head, _made = AuditHead.objects.select_for_update().get_or_create(pk=1)
        now = timezone.now().astimezone(UTC)
        kept |= {"seq": head.seq + 1, "at": now, "prev_hash": head.hash or GENESIS}
        kept["retention_until"] = until(Kind.AUDIT, now)
        event = AuditEvent(**kept, hash=link_hash(kept))
        event.save(force_insert=True)
        AuditHead.objects.filter(pk=1).update(seq=event.seq, hash=event.hash)
    for name in seals.SEALED:  # the caller gets the event as a reader would
        setattr(event, name, row[name])
    return event


def _empty() -> dict[str, Any]:
    return dict.fromkeys(COLUMNS, "") | {
        "user_id": None,
        "department_id": None,
        "step_no": None,
        "confidence": None,
        "retention_until": None,
    }


def _of_run(run: Run | None) -> dict[str, Any]:
    if run is None:
        return {}
    return {
        "run_id": str(run.pk),
        "device_id": run.phone.serial if run.phone else "",
        "flow_version": f"{run.flow_version.template.slug} v{run.flow_version.number}",
        "instruction": run.instruction,
    }


def _of_ticket(ticket: Ticket | None) -> dict[str, Any]:
    if ticket is None:
        return {}
    return {
        "ticket_no": ticket.number,
        "department_id": ticket.department_id,
        "on_behalf_of": ticket.customer_name,
    }


def _of_user(user: Any) -> dict[str, Any]:
    user = user if user is not None else request_context.current().user
    if user is None or not user.is_authenticated:
        return {"user_name": SYSTEM, "user_role": SYSTEM}
    return {"user_id": user.pk, "user_name": user.get_username(), "user_role": role_of(user)}


def _of_origin(request: Any) -> dict[str, Any]:
    context = request_context.current()
    ip = request.META.get("REMOTE_ADDR", "") if request is not None else context.ip
    return {"ip": ip, "request_id": context.request_id}


def _of_object(obj: models.Model | None) -> dict[str, Any]:
    return {"object_type": obj._meta.model_name, "object_id": str(obj.pk)} if obj is not None else {}


def _of_purpose(type: str, about_customer: bool) -> dict[str, Any]:
    purpose, basis = _PURPOSES.get(type.partition(".")[0], ("", ""))
    subject = "customer" if about_customer and purpose else ""
    return {"purpose": purpose, "legal_basis": basis, "data_subject": subject}


def _stored(name: str, value: Any) -> Any:
    """The value as the column will give it back, so that the hash holds."""
    if name == "confidence":
        return None if value is None else float(value)
    if isinstance(value, Iterable) and not isinstance(value, (str, dict)):
        value = ",".join(sorted(map(str, value)))
    value = plain(value)
    limit = _LIMITS.get(name)
    return value[:limit] if isinstance(value, str) and limit else value
