"""A list of tickets that a person pasted or uploaded, read as CSV: numbers, and values for the flow's slots.

Rule: a list is accepted whole or not at all: every unusable line is reported with its number, and nothing is guessed.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from tickets.flows.slots.spec import parse_specs
from tickets.models import ExternalRef, FlowVersion, Ticket
from tickets.services.people import access

MOST = 2000  # tickets of one batch
MOST_BYTES = 2_000_000
_TOLD = 20  # faults that are listed; of the others only the count
_MOST_CELL = 2000  # characters
_HEADS = frozenset({"number", "ticket", "ticket number", "ticket no", "id", "工单", "工单号", "编号", "工单编号"})
_BREAKS = re.compile(r"[\s,;,;、]+")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list: where it stands, which ticket it names, and the values it gives."""

    at: int
    number: str
    answers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    ticket: Ticket
    answers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Read:
    """The result of reading a list. With any fault nothing is used, except `entries` if a person says so."""

    entries: tuple[Entry, ...]
    faults: tuple[str, ...]


def decoded(content: bytes) -> str | None:
    """The text of an uploaded file in UTF-8 or GB 18030 (as Chinese spreadsheets write it); None for anything else."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\0" in text else text
    return None


def read(user: Any, text: str, version: FlowVersion | None) -> Read:
    """Read the listed tickets that the user may see. `version`: whose slots the other columns name."""
    text = text.lstrip("\ufeff")
    if "\0" in text or len(text) > MOST_BYTES:
        return Read((), (_("内容不是可读的文本,或太大。"),))
    try:
        lines, faults = _lines(text, version)
    except csv.Error as error:
        return Read((), (_("表格无法读取:%s") % error,))
    if len(lines) > MOST:
        words = _("一次最多 %(most)d 个工单,这里有 %(n)d 个;请分几次。") % {"most": MOST, "n": len(lines)}
        return Read((), (words,))
    if not lines and not faults:
        return Read((), (_("请写明工单号,每行一个。"),))
    entries, more = _entries(user, lines)
    return Read(tuple(entries), _cut([*faults, *more]))


def _cut(faults: list[str]) -> tuple[str, ...]:
    rest = len(faults) - _TOLD
    return (*faults[:_TOLD], *([_("另有 %d 处问题。") % rest] if rest > 0 else []))


def _lines(text: str, version: FlowVersion | None) -> tuple[list[Line], list[str]]:
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = next((mark for mark in "\t;,,;" if mark in first), ",")
    head = [cell.strip().strip('"').casefold() for cell in first.split(delimiter)]
    if head[0] not in _HEADS:
        return _bare(text), []
    rows = csv.reader(io.StringIO(text), delimiter=delimiter)
    return _table(rows, version)


def _bare(text: str) -> list[Line]:
    """A list of numbers only, with any separators."""
    found = ((at, part) for at, line in enumerate(text.splitlines(), 1) for part in _BREAKS.split(line) if part)
    return [Line(at, part.strip('"')[:_MOST_CELL]) for at, part in found]


def _table(rows: Any, version: FlowVersion | None) -> tuple[list[Line], list[str]]:
    head: list[str] = next((row for row in rows if any(cell.strip() for cell in row)), [])
    known = _columns(version)
    names = [known.get(cell.strip().casefold(), "") for cell in head[1:]]
    unknown = [cell.strip() for cell, name in zip(head[1:], names, strict=True) if cell.strip() and not name]
    if unknown:
        words = {"columns": _("、").join(unknown)[:200], "known": _("、").join(sorted(set(known.values()))) or "—"}
        return [], [_("表头里的“%(columns)s”不是这个流程的信息;可以用:%(known)s。") % words]
    twice = {name for name in names if name and names.count(name) > 1}
    if twice:
        return [], [_("表头里“%s”出现了两次。") % _("、").join(sorted(twice))]
    lines, faults = [], []
    for row in rows:
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        if not cells[0]:
            faults.append(_("第 %d 行没有工单号。") % rows.line_num)
        elif len(cells) > len(head):
            faults.append(_("第 %d 行的列比表头多。") % rows.line_num)
        elif any(len(cell) > _MOST_CELL for cell in cells):
            faults.append(_("第 %d 行有一格太长。") % rows.line_num)
        else:
            given = {name: cell for name, cell in zip(names, cells[1:], strict=False) if name and cell}
            lines.append(Line(rows.line_num, cells[0], given))
    return lines, faults


def _columns(version: FlowVersion | None) -> dict[str, str]:
    """What a column may be called: a slot's name, and its label in either language."""
    if version is None:
        return {}
    specs = parse_specs(version.definition)
    labels = {spec["name"]: spec.get("label") or {} for spec in version.definition.get("slots", ())}
    found: dict[str, str] = {}
    for spec in specs:
        for word in (spec.name, *labels.get(spec.name, {}).values()):
            found.setdefault(str(word).strip().casefold(), spec.name)
    return found


def _entries(user: Any, lines: Iterable[Line]) -> tuple[list[Entry], list[str]]:
    lines = list(lines)
    tickets = _tickets(user, {line.number for line in lines})
    entries, faults = [], []
    seen: dict[int, int] = {}
    for line in lines:
        ticket = tickets.get(line.number.casefold())
        where = {"at": line.at, "number": line.number[:40]}
        if ticket is None:
            faults.append(_("第 %(at)d 行:没有工单“%(number)s”,或您看不到它。") % where)
        elif ticket.pk in seen:
            where["first"] = seen[ticket.pk]
            faults.append(_("第 %(at)d 行:工单“%(number)s”在第 %(first)d 行已经有了。") % where)
        else:
            seen[ticket.pk] = line.at
            entries.append(Entry(ticket, line.answers))
    return entries, faults


def _tickets(user: Any, numbers: set[str]) -> dict[str, Ticket]:
    """Tickets by their number here, or by their number at a helpdesk if only one ticket has it."""
    asked = sorted(numbers)
    found: dict[str, Ticket] = {}
    for start in range(0, len(asked), 400):  # as many parameters as every database takes
        part = asked[start : start + 400]
        visible = access.visible_tickets(user)
        refs = ExternalRef.objects.filter(external_id__in=part, ticket__in=visible).select_related("ticket")
        elsewhere: dict[str, list[Ticket]] = {}
        for ref in refs:
            elsewhere.setdefault(ref.external_id.casefold(), []).append(ref.ticket)
        found |= {number: those[0] for number, those in elsewhere.items() if len({t.pk for t in those}) == 1}
        upper = {number.upper() for number in part}
        found |= {t.number.casefold(): t for t in visible.filter(Q(number__in=part) | Q(number__in=upper))}
    return found
