"""A batch takes each ticket of its list once, within its share, asks a person for each commit, and says what it did."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone, translation

from consoles.queue.rows import tickets_of
from tests.tickets.conftest import REFERENCE
from tickets import tasks
from tickets.errors import Conflict, Forbidden, Invalid, NoFlow, NotFound
from tickets.models import (
    AuditEvent,
    Batch,
    BatchItem,
    BatchState,
    CatchUp,
    Confirmation,
    Department,
    FlowVersion,
    ItemState,
    Phone,
    Run,
    RunPurpose,
    RunStatus,
    Ticket,
)
from tickets.said import read_in_json
from tickets.services.batches import lists, making, results, rounds, views
from tickets.services.batches.making import Terms, View
from tickets.services.releasing import releases
from tickets.services.runs import lifecycle as runs
from tickets.services.runs import starts, switches
from tickets.services.tickets.changes import create_ticket

pytestmark = pytest.mark.django_db
ONCE = Terms("Asia/Shanghai")
HOURLY = Terms("UTC", "0 * * * *")
NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


@pytest.fixture
def five(department: Department, refund_flow: FlowVersion, phone: Phone) -> list[Ticket]:
    Phone.objects.create(name="二号机", serial="127.0.0.1:5601", queue="phones")
    return [
        create_ticket(user=None, subject=f"=1+{n}", text=REFERENCE, customer_name="王女士", department=department)
        for n in range(5)
    ]


def entries(tickets: list[Ticket], **answers: str) -> list[lists.Entry]:
    return [lists.Entry(ticket, answers) for ticket in tickets]


def made(user: User, flow: FlowVersion, tickets: list[Ticket], terms: Terms = ONCE, share: int = 2) -> Batch:
    return making.make(user, flow.template, entries(tickets), terms, name="退款一批", share=share)


def end(run: Run | None, status: RunStatus = RunStatus.SUCCEEDED, result: str = "完成") -> None:
    assert run
    runs.move(runs.locked(run), RunStatus.RUNNING, audit="run.driven")
    runs.end(runs.locked(run), status, result=result)


def states(batch: Batch) -> list[str]:
    return list(BatchItem.objects.filter(round__batch=batch).values_list("state", flat=True))


class TestWork:
    def test_every_ticket_of_the_list_is_handled_once_and_never_more_at_a_time_than_the_share(
        self, lin: User, refund_flow: FlowVersion, five: list[Ticket]
    ) -> None:
        batch = made(lin, refund_flow, five)
        seen: set[Any] = set()
        for _each in range(6):
            tasks.move_batches()
            tasks.move_batches()
            active = Run.objects.filter(status=RunStatus.QUEUED)
            assert active.count() <= 2
            seen |= set(active.values_list("ticket", flat=True))
            for run in active:
                assert (run.purpose, run.started_by) == (RunPurpose.SCHEDULE, lin)
                end(run)
        batch.refresh_from_db()
        assert (batch.state, seen) == (BatchState.FINISHED, {ticket.pk for ticket in five})
        assert Run.objects.count() == 5
        assert results.figures(results.of_batch(batch)).succeeded == 5
        assert AuditEvent.objects.filter(type="batch.finished").count() == 1

    def test_what_waits_for_a_person_counts_in_the_share_and_a_person_decides_it(
        self, lin: User, refund_flow: FlowVersion, five: list[Ticket], ask: Callable[..., Confirmation]
    ) -> None:
        batch = made(lin, refund_flow, five, share=1)
        rounds.move_all()
        confirmation = ask(Run.objects.get())
        assert confirmation.state == "pending"
        rounds.move_all()
        assert (Run.objects.count(), results.figures(results.of_batch(batch)).asking) == (1, 1)

    def test_a_ticket_that_cannot_start_says_why_and_keeps_no_other_from_it(
        self, lin: User, refund_flow: FlowVersion, five: list[Ticket], department: Department
    ) -> None:
        lacking = create_ticket(user=None, subject="?", text="我要退款", department=department)
        starts.start_run(ticket=five[0], user=lin)
        batch = made(lin, refund_flow, [lacking, five[0], five[1]])
        rounds.move_all()
        items = list(BatchItem.objects.filter(round__batch=batch))
        assert [item.state for item in items] == [ItemState.REFUSED, ItemState.REFUSED, ItemState.STARTED]
        assert items[0].note == "缺少:订单号、退换原因、退款"
        assert items[1].note
        with translation.override("en"):
            read_by_another = list(BatchItem.objects.filter(round__batch=batch))
        assert read_by_another[0].note.startswith("Missing: ")
        assert read_by_another[1].note == "This ticket is being handled already."

    def test_a_batch_that_cannot_be_read_holds_up_no_other(
        self, lin: User, refund_flow: FlowVersion, five: list[Ticket]
    ) -> None:
        unreadable, sound = made(lin, refund_flow, five[:1]), made(lin, refund_flow, five[1:2])
        Batch.objects.filter(pk=unreadable.pk).update(
            cron="0 * * * *", next_at=timezone.now(), time_zone="Nowhere/Land"
        )
        tasks.move_batches()
        assert states(sound) == [ItemState.STARTED]

    def test_values_of_the_list_fill_what_the_ticket_lacks(
        self, lin: User, refund_flow: FlowVersion, phone: Phone, department: Department
    ) -> None:
        lacking = create_ticket(user=None, subject="?", text="耳机坏了,要求全额退款", department=department)
        text = f"工单号,订单号\n{lacking.number},202405218877\n"
        read = lists.read(lin, text, refund_flow)
        assert not read.faults
        making.make(lin, refund_flow.template, read.entries, ONCE, name="补单号")
        rounds.move_all()
        item = BatchItem.objects.get()
        values = {slot.name: slot.value for slot in item.run.slots.all()} if item.run else item.note
        assert values["order_number"] == "202405218877"  # type: ignore[index]

    def test_the_ticket_stays_with_whoever_is_responsible_for_it(
        self, lin: User, bo: User, refund_flow: FlowVersion, five: list[Ticket]
    ) -> None:
        Ticket.objects.filter(pk=five[0].pk).update(assignee=bo)
        made(lin, refund_flow, five[:2])
        rounds.move_all()
        assert [Ticket.objects.get(pk=each.pk).assignee for each in five[:2]] == [bo, lin]

    def test_two_clocks_at_once_start_a_ticket_once(
        self, lin: User, refund_flow: FlowVersion, five: list[Ticket]
    ) -> None:
        batch = made(lin, refund_flow, five[:1])
        item = BatchItem.objects.get(round__batch=batch)
        assert rounds._start(batch, item, {}) == 1
        assert rounds._start(batch, item, {}) == 0  # the other clock read the item before
        assert Run.objects.count() == 1


class TestHold:
    def test_paused_it_starts_nothing_and_goes_on_where_it_was(
        self, lin: User, refund_flow: FlowVersion, five: list[Ticket]
    ) -> None:
        batch = made(lin, refund_flow, five, share=1)
        making.pause(batch, lin)
        rounds.move_all()
        assert not Run.objects.exists()
        with pytest.raises(Conflict):
            making.pause(batch, lin)
        making.resume(batch, lin)
        rounds.move_all()
        assert Run.objects.count() == 1

    def test_stopped_it_takes_back_what_waits_and_leaves_what_a_phone_works_on(
        self, lin: User, refund_flow: FlowVersion, five: list[Ticket], phone: Phone
    ) -> None:
        batch = made(lin, refund_flow, five)
        rounds.move_all()
        working, waiting = Run.objects.order_by("created_at")
        Phone.objects.filter(pk=phone.pk).update(lease_run=working)
        runs.move(runs.locked(working), RunStatus.RUNNING, audit="run.driven")
        making.stop(batch, lin)
        rounds.move_all()
        assert [Run.objects.get(pk=run.pk).status for run in (working, waiting)] == ["running", "cancelled"]
        assert states(batch) == ["started", "started", "stopped", "stopped", "stopped"]
        assert Run.objects.count() == 2

    @pytest.mark.parametrize("wrong", ["retired", "right", "account"])
    def test_what_is_wrong_with_all_of_it_holds_it_and_says_why(
        self, wrong: str, lin: User, fei: User, refund_flow: FlowVersion, five: list[Ticket]
    ) -> None:
        batch = made(lin, refund_flow, five)
        if wrong == "retired":
            releases.retire(refund_flow.template, fei)
        elif wrong == "right":
            lin.groups.clear()
        else:
            User.objects.filter(pk=lin.pk).update(is_active=False)
        rounds.move_all()
        batch.refresh_from_db()
        assert batch.state == BatchState.PAUSED
        assert batch.fault
        assert set(states(batch)) == {"waiting"}
        assert read_in_json(AuditEvent.objects.get(type="batch.held").details)["reason"] == batch.fault

    def test_a_pause_of_all_automation_holds_for_batches(
        self, lin: User, sun: User, refund_flow: FlowVersion, five: list[Ticket]
    ) -> None:
        batch = made(lin, refund_flow, five)
        switches.pause_all(sun)
        rounds.move_all()
        assert set(states(batch)) == {"waiting"}
        switches.resume_all(sun)
        rounds.move_all()
        assert Run.objects.count() == 2

    def test_outside_of_working_hours_nothing_starts(
        self, lin: User, refund_flow: FlowVersion, five: list[Ticket]
    ) -> None:
        terms = Terms("Asia/Shanghai", opens=time(9), closes=time(18), days="12345")
        made(lin, refund_flow, five, terms)
        rounds.move_all(datetime(2026, 3, 4, 11, 0, tzinfo=UTC))  # 19:00 there
        rounds.move_all(datetime(2026, 3, 7, 4, 0, tzinfo=UTC))  # a Saturday
        assert not Run.objects.exists()
        rounds.move_all(datetime(2026, 3, 4, 9, 59, tzinfo=UTC))
        assert Run.objects.count() == 2


class TestSchedule:
    @pytest.fixture
    def pages_views(self) -> Iterator[None]:
        yield
        views.read_by(tickets_of)

    @pytest.fixture
    def hourly(self, lin: User, refund_flow: FlowVersion, five: list[Ticket]) -> Batch:
        batch = made(lin, refund_flow, five[:1], HOURLY)
        Batch.objects.filter(pk=batch.pk).update(next_at=NOON)
        return batch

    def test_a_round_begins_when_it_is_due_and_not_before(self, hourly: Batch) -> None:
        rounds.move_all(NOON - timedelta(seconds=1))
        assert not hourly.rounds.exists()
        rounds.move_all(NOON + timedelta(seconds=5))
        rounds.move_all(NOON + timedelta(seconds=15))
        hourly.refresh_from_db()
        assert (hourly.rounds.get().due_at, hourly.next_at) == (NOON, NOON + timedelta(hours=1))

    @pytest.mark.parametrize(("policy", "made_up"), [(CatchUp.SKIP, 0), (CatchUp.ONCE, 1), (CatchUp.ALL, 3)])
    def test_after_a_long_stop_no_more_is_made_up_for_than_was_agreed(
        self, hourly: Batch, policy: CatchUp, made_up: int
    ) -> None:
        Batch.objects.filter(pk=hourly.pk).update(catch_up=policy, most_rounds=3)
        rounds.move_all(NOON + timedelta(days=30, minutes=30))
        hourly.refresh_from_db()
        assert (hourly.rounds.count(), hourly.missed) == (made_up, 100 - made_up)
        assert hourly.next_at == NOON + timedelta(days=30, hours=1)
        assert AuditEvent.objects.filter(type="batch.missed").count() == 1

    def test_a_round_waits_for_the_one_before_and_a_ticket_is_handled_again_in_the_next(self, hourly: Batch) -> None:
        rounds.move_all(NOON + timedelta(seconds=5))
        rounds.move_all(NOON + timedelta(hours=1, seconds=5))  # the first round's run is still under way
        assert hourly.rounds.count() == 1
        end(Run.objects.get())
        rounds.move_all(NOON + timedelta(hours=2, seconds=5))
        rounds.move_all(NOON + timedelta(hours=3, seconds=5))
        assert (hourly.rounds.count(), Run.objects.count()) == (2, 2)
        hourly.refresh_from_db()
        assert hourly.state == BatchState.ACTIVE

    def test_a_view_is_read_anew_for_each_round(
        self, lin: User, refund_flow: FlowVersion, five: list[Ticket], pages_views: None
    ) -> None:
        shown = five[:1]
        views.read_by(lambda user, query, most: shown[:most])
        batch = making.make(lin, refund_flow.template, View("新的", "status=new"), HOURLY, name="按视图", share=2)
        Batch.objects.filter(pk=batch.pk).update(next_at=NOON)
        rounds.move_all(NOON)
        end(Run.objects.get())
        shown = five[1:3]
        rounds.move_all(NOON + timedelta(hours=1))
        rounds.move_all(NOON + timedelta(hours=1, seconds=10))
        assert [each.items.count() for each in batch.rounds.all()] == [1, 2]


class TestBadInput:
    @pytest.mark.parametrize(
        ("terms", "code"),
        [
            (Terms("UTC", "99 * * * *"), "bad_cron"),
            (Terms("Mars/Base"), "bad_zone"),
            (Terms("UTC", opens=time(9)), "bad_hours"),
            (Terms("UTC", opens=time(9), closes=time(9)), "bad_hours"),
            (Terms("UTC", days=""), "bad_hours"),
            (Terms("UTC", days="8"), "bad_hours"),
            (Terms("UTC", most_rounds=99), "bad_rounds"),
        ],
    )
    def test_terms_that_cannot_be_kept_are_refused_in_words(
        self, terms: Terms, code: str, lin: User, refund_flow: FlowVersion, five: list[Ticket]
    ) -> None:
        with pytest.raises(Invalid) as told:
            made(lin, refund_flow, five, terms)
        assert told.value.code == code
        assert not Batch.objects.exists()

    def test_nothing_is_made_of_nothing_nor_for_more_phones_than_there_are(
        self, lin: User, refund_flow: FlowVersion, five: list[Ticket]
    ) -> None:
        for share in (0, 3, 10**6):
            with pytest.raises(Invalid):
                made(lin, refund_flow, five, share=share)
        with pytest.raises(Invalid):
            made(lin, refund_flow, [])
        assert not Batch.objects.exists()

    def test_a_flow_without_a_release_is_refused(
        self, lin: User, fei: User, refund_flow: FlowVersion, five: list[Ticket]
    ) -> None:
        releases.retire(refund_flow.template, fei)
        with pytest.raises(NoFlow):
            made(lin, refund_flow, five)

    def test_who_may_not_makes_none_and_holds_nobodys(
        self, lin: User, bo: User, sun: User, fei: User, vera: User, refund_flow: FlowVersion, five: list[Ticket]
    ) -> None:
        for user in (sun, fei, vera):
            with pytest.raises(Forbidden):
                made(user, refund_flow, five)
        batch = made(lin, refund_flow, five)
        for user in (bo, fei):
            with pytest.raises(Forbidden):
                making.pause(batch, user)
        making.stop(batch, sun)  # whoever may pause everything may stop one

    def test_another_departments_batch_is_not_there(
        self, lin: User, otto: User, refund_flow: FlowVersion, five: list[Ticket]
    ) -> None:
        batch = made(lin, refund_flow, five)
        with pytest.raises(NotFound):
            making.get(otto, batch.pk)


class TestList:
    def test_numbers_are_read_however_people_part_them(self, lin: User, five: list[Ticket]) -> None:
        numbers = [ticket.number for ticket in five]
        for text in ("\n".join(numbers), ",".join(numbers), "\ufeff" + "、".join(numbers), "\t ".join(numbers).lower()):
            read = lists.read(lin, text, None)
            assert ([entry.ticket for entry in read.entries], read.faults) == (five, ())

    def test_every_line_that_cannot_be_used_is_told_with_its_number(self, lin: User, five: list[Ticket]) -> None:
        one, two = five[0].number, five[1].number
        read = lists.read(lin, f"{one}\nT-000\n{two}\n{one}", None)
        assert [entry.ticket for entry in read.entries] == five[:2]
        assert ["2" in read.faults[0], "T-000" in read.faults[0]] == [True, True]
        assert ["4" in read.faults[1], "1" in read.faults[1]] == [True, True]

    def test_another_departments_ticket_is_not_told_from_none(self, otto: User, five: list[Ticket]) -> None:
        known, unknown = (lists.read(otto, number, None).faults[0] for number in (five[0].number, "T-000"))
        assert known.replace(five[0].number, "T-000") == unknown

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "  \n ",
            "\0",
            "工单号\n",
            "工单号,不存在的列\nT1,x",
            "工单号,order_number,订单号\nT1,1,2",
            "工单号\n,\n",
            "\n".join(f"T{n}" for n in range(10_000)),
            "工单号,order_number\nT1,1,2,3",
            "工单号,order_number\nT1," + "长" * 3000,
            "工单号,order_number\n,1",
        ],
        ids=["empty", "blank", "nul", "head only", "column", "twice", "blank row", "10,000", "columns", "cell", "none"],
    )
    def test_what_cannot_be_used_is_refused_in_words(self, text: str, lin: User, refund_flow: FlowVersion) -> None:
        read = lists.read(lin, text, refund_flow)
        assert read.faults
        assert not read.entries
        assert sum(map(len, read.faults)) < 3000

    def test_a_file_is_read_in_the_encodings_spreadsheets_write(self) -> None:
        for encoding in ("utf-8", "utf-8-sig", "gb18030"):
            assert lists.decoded("工单号,订单号".encode(encoding)) == "工单号,订单号"
        assert lists.decoded(b"PK\x03\x04\0\0") is None
        assert lists.decoded(b"\xff\xff\xff") is None


def test_the_results_open_safely_in_a_spreadsheet_and_the_export_is_on_the_record(
    lin: User, refund_flow: FlowVersion, five: list[Ticket]
) -> None:
    batch = made(lin, refund_flow, five[:2])
    rounds.move_all()
    end(Run.objects.order_by("created_at").first(), RunStatus.FAILED, '=cmd|"/c calc"!A1')
    text = "".join(results.csv_lines(lin, batch))
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert len(rows) == 3
    assert {cell[0] for row in rows for cell in row if cell} & set("=+-@") == set()
    assert "失败" in rows[1]
    first = BatchItem.objects.get(ticket__number=rows[1][1]).run
    assert first
    assert rows[1][5].endswith("+08:00"), "by the batch's clock"
    assert datetime.fromisoformat(rows[1][5]) == first.created_at.replace(microsecond=0)
    assert AuditEvent.objects.get(type="batch.exported").details["rows"] == 2
