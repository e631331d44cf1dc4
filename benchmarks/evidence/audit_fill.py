"""A chain of many audit events, put into the database the short way: hashed and sealed as the product does it, but
copied in by thousands instead of one transaction each. Only a benchmark may do this.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection
from django.utils import timezone

from tickets.models import AuditEvent, AuditHead, CustomerKey, Department, Ticket
from tickets.models.record import audit_triggers, seals
from tickets.services.evidence import audit
from tickets.services.evidence.audit_chain import GENESIS, link_hash

PER_TICKET = 40
CUSTOMERS_TICKETS = 4  # tickets of one customer
DEPARTMENTS = 8
OPERATORS = 60
PHONES = 20
ORDERS = 202400000000  # the first ticket's order number
START = datetime(2024, 1, 1, tzinfo=UTC)
EVERY = timedelta(seconds=30)
_BATCH = 5000
_SPREAD = 0x9E3779B97F4A7C15F39CC0605CEDC835  # makes numbers look as random as the ids of requests are
_TYPES = ("run.started", *["step.done"] * 30, "confirmation.asked", "confirmation.approved", "run.resumed")
_INSTRUCTION = '在售后系统中查找订单号{},进入该订单详情页,选择"质量问题"退换原因,勾选"全额退款",提交审核。'
_COLUMNS = [field.column for field in AuditEvent._meta.concrete_fields if field.column != "id"]


def number_of(ticket: int) -> str:
    return f"T{ticket:08d}"


def customer_of(ticket: int) -> str:
    return f"客户{ticket // CUSTOMERS_TICKETS:07d}"


def fill(events: int) -> None:
    """Departments, tickets, their keys and so many events about them, after those that are there already."""
    keys = _make_tickets((events + PER_TICKET - 1) // PER_TICKET)
    head = AuditHead.objects.get(pk=1)
    with _unguarded():
        last = _copy(_rows(events, head.seq, head.hash or GENESIS, keys))
        AuditHead.objects.filter(pk=1).update(seq=last["seq"], hash=last["hash"])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        # Or else what was copied is written to disk while others are measured.
        cursor.execute("CHECKPOINT" if connection.vendor == "postgresql" else "PRAGMA wal_checkpoint(TRUNCATE)")
    os.sync()


@contextmanager
def _unguarded() -> Iterator[None]:
    """Without triggers (the head leaps, which they refuse for good reason) and indexes, which come back after."""
    audit_triggers.remove(connection)
    with connection.schema_editor() as editor:
        for index in AuditEvent._meta.indexes:
            editor.remove_index(AuditEvent, index)
    yield
    with connection.schema_editor() as editor:
        for index in AuditEvent._meta.indexes:
            editor.add_index(AuditEvent, index)
    audit_triggers.install(connection)


def _make_tickets(count: int) -> list[bytes]:
    keys = [AESGCM.generate_key(256) for _ in range(count)]
    departments = [Department.objects.get_or_create(name=f"部门{number}")[0] for number in range(DEPARTMENTS)]
    now = timezone.now()
    Ticket.objects.bulk_create(
        (
            Ticket(
                number=number_of(n),
                subject="s",
                text=f"我要退货,订单号{ORDERS + n},商品有质量问题,请尽快处理。",
                customer_name=customer_of(n),
                created_at=now,
                due_at=now,
                customer_mobile=f"138{n // CUSTOMERS_TICKETS:08d}",
                department=departments[n % DEPARTMENTS],
            )
            for n in range(count)
        ),
        batch_size=1000,
    )
    rows = (CustomerKey(ticket_no=number_of(n), key=key) for n, key in enumerate(keys))
    CustomerKey.objects.bulk_create(rows, batch_size=1000)
    return keys


def _rows(events: int, seq: int, prev: str, keys: list[bytes]) -> Iterator[dict[str, Any]]:
    empty = {**audit._empty(), "user_role": "operator", "flow_version": "complaint_refund v1", "result": "success"}
    empty |= {"purpose": "ticket_handling", "legal_basis": "contract", "data_subject": "customer"}
    departments = [row.pk for row in Department.objects.filter(name__startswith="部门").order_by("name")]
    ciphers = [AESGCM(key) for key in keys]
    for number in range(events):
        ticket, at = number // PER_TICKET, START + EVERY * number
        row = {
            **empty,
            "seq": seq + number + 1,
            "at": at,
            "type": _TYPES[number % len(_TYPES)],
            "user_name": f"operator{ticket % OPERATORS}",
            "ticket_no": number_of(ticket),
            "department_id": departments[ticket % DEPARTMENTS],
            "run_id": str(uuid.UUID(int=(ticket + 1) * _SPREAD % 2**128, version=4)),
            "step_no": number % PER_TICKET,
            "device_id": f"127.0.0.1:{5600 + ticket % PHONES}",
            "confidence": 0.93,
            "object_type": "step",
            "object_id": str(number),
            "ip": "10.0.0.7",
            "request_id": f"{number * _SPREAD % 2**128:032x}",
            "retention_until": (at + timedelta(days=1096)).date(),
            "prev_hash": prev,
            "details": {"app": "com.example.aftersales", "verdict": "allow", "irreversible": False},
        }
        told = seals.Content(
            customer_of(ticket),
            _INSTRUCTION.format(ORDERS + ticket),
            '{"action":"do(action=\\"Tap\\", element=[500,500])","thought":"搜索结果里有这个订单,进入详情页。"}',
        )
        row["sealed"] = seals.encrypt(ciphers[ticket], row["ticket_no"], told)
        row["hash"] = prev = link_hash(row)
        yield row


def _copy(rows: Iterator[dict[str, Any]]) -> dict[str, Any]:
    """Put all rows in; the last of them."""
    last: dict[str, Any] = {}
    while batch := list(islice(rows, _BATCH)):
        _put([[_stored(row.get(column)) for column in _COLUMNS] for row in batch])
        last = batch[-1]
    return last


def _put(rows: Iterable[list[Any]]) -> None:
    names = ", ".join(_COLUMNS)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY tickets_auditevent ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        places = ", ".join(["%s"] * len(_COLUMNS))
        cursor.executemany(f"INSERT INTO tickets_auditevent ({names}) VALUES ({places})", list(rows))


def _stored(value: Any) -> Any:
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value
