"""A flow is taught by doing it once: out comes a whole draft that runs from memory, and nothing of a customer's is
touched on the way."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from PIL import Image

from cs_agent.engine.run.protocols import Journal, PhoneError
from cs_agent.engine.run.protocols import Phone as EnginePhone
from cs_agent.engine.turn.loop import Engine
from cs_agent.geometry import Box
from cs_agent.observation import AppKind, TextLine
from cs_agent.testing.model import ScriptedModel
from cs_agent.testing.phone import FakeReader, FakeScreen
from cs_agent.testing.run import FakeTime, StillPicture
from tests.engine.story import PROMPT, SMALL
from tests.runner.messages import listening
from tests.runner.world import FakeHost, Handset, approve, gone
from tests.tickets.conftest import create_ticket, member
from tickets.errors import Conflict, Forbidden, FourEyes, Invalid
from tickets.flows.faults import faults
from tickets.flows.lesson_marks import MarkKind
from tickets.models import (
    AuditEvent,
    Department,
    FlowTemplate,
    FlowVersion,
    Lesson,
    NoteKind,
    Phone,
    PhoneUse,
    Run,
    RunStatus,
    Step,
    Takeover,
    Ticket,
)
from tickets.runner.drive import engines
from tickets.runner.drive.session import Task, drive
from tickets.runner.drive.tidy import tidy
from tickets.runner.host.handover import GestureLoop
from tickets.runner.host.lesson_page_reader import LessonPageReader
from tickets.services.evidence import pictures
from tickets.services.flows import drafts, publishing, reviews, templates
from tickets.services.flows.routes import plans
from tickets.services.live import lesson_pages, picture_reads
from tickets.services.live.gestures import Gesture, GestureKind
from tickets.services.releasing import releases
from tickets.services.runs import starts
from tickets.services.runs.clocks import takeovers as takeover_clock
from tickets.services.studio import lesson_ends, lesson_words, lessons, offers, route_notes, storyboards
from tickets.services.studio.storyboards import Backing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("real_redis", "nothing_hidden")]

SCREENS = {
    "home": FakeScreen(
        ["title:主屏幕", "button:短信台", "button:相机", "button:时钟"],
        "com.example.launcher",
        app_kind=AppKind.HOME,
        goes={"短信台": "search"},
    ),
    "search": FakeScreen(
        ["title:短信台", "label:用户手机", "hint:请输入", "button:查找"],
        "com.example.sms",
        goes={"查找": "user", "home": "home"},
    ),
    "user": FakeScreen(
        ["title:用户", ["label:手机", "text:13900000001"], "---", "button:补发短信"],
        "com.example.sms",
        goes={"补发短信": "ask", "back": "search", "home": "home"},
    ),
    "ask": FakeScreen(
        ["title:再确认一次", ["label:收信号码", "text:13900000001"], "---", "button:立即发送"],
        "com.example.sms",
        goes={"立即发送": "sent", "back": "user", "home": "home"},
        does={"立即发送": "sent"},
    ),
    "sent": FakeScreen(
        ["title:短信已发出", "text:请客户查收", "button:完成"], "com.example.sms", goes={"home": "home"}
    ),
}
TEXT = "我的手机 13900000001 一直收不到短信,帮我补发一下"


class Lectern:
    """A teacher at the phone: what a browser would send, carried out as the phone's host does."""

    def __init__(self, phone: Phone, teacher: User, ticket: Ticket) -> None:
        self.phone, self.teacher, self.ticket = phone, teacher, ticket
        self.hand = Handset(SCREENS, "home", screen_size=SMALL, apps={"com.example.sms": "search"})
        self.host = FakeHost({phone.pk: self.hand})
        _driver, self.feed = self.host.attend(phone)
        eye = LessonPageReader(phone.pk, self.hand, self.feed, reader=FakeReader(), settle=StillPicture)
        self.loop = GestureLoop(phone.pk, self.hand, self.feed, eye)
        self.eye = eye
        self.lesson = Lesson()

    def begin(self, template: FlowTemplate, **options: Any) -> Lesson:
        return self.take(lessons.start(template, self.teacher, self.ticket, self.phone, **options))

    def take(self, lesson: Lesson) -> Lesson:
        """The phone's host gets the message, and the teacher the phone."""
        self.lesson = lesson
        drive(Task(self.run.pk), self.host, no_engine)
        self.eye.watch()
        return lesson

    @property
    def run(self) -> Run:
        assert self.lesson.run_id
        return Run.objects.get(pk=self.lesson.run_id)

    def now(self) -> Lesson:
        return Lesson.objects.select_related("run", "base", "ticket", "phone", "template").get(pk=self.lesson.pk)

    def send(self, kind: GestureKind, *, sure: bool = False, **values: Any) -> None:
        takeover = Takeover.objects.get(run=self.run)
        at = timezone.now().timestamp()
        gesture = Gesture(str(takeover.pk), self.teacher.pk, kind, made_at=at, sure=sure, **values)
        lesson_words.check(self.now(), gesture)
        self.loop.carry_out(gesture)

    def tap(self, label: str, kind: GestureKind = GestureKind.TAP, *, sure: bool = False) -> None:
        center = self.hand.layout.find(label).box.center
        self.send(kind, points=(center.x, center.y), sure=sure)

    def put_in(self, name: str) -> None:
        offer = next(each for each in offers.of_lesson(self.now()) if each.name == name)
        self.send(GestureKind.TYPE, text=offer.typed, slot=name)

    def mark(self, kind: MarkKind, *labels: str) -> None:
        boxes = [self.hand.layout.find(label).box for label in labels]
        left, top = min(box.left for box in boxes), min(box.top for box in boxes)
        right, bottom = max(box.right for box in boxes), max(box.bottom for box in boxes)
        area = (left / SMALL.width, top / SMALL.height, right / SMALL.width, bottom / SMALL.height)
        page = lesson_pages.get(self.lesson.run_id)
        assert page
        lesson_words.mark(self.now(), self.teacher, kind, area, page.mark)

    def leave_and_go_on(self) -> None:
        left = self.run.pk
        lessons.leave(self.now(), self.teacher)
        tidy(left, self.host)
        self.take(lessons.go_on(self.now(), self.teacher, self.phone))

    def resend(self) -> None:
        """The whole thing, up to the commit."""
        self.tap("短信台")
        self.tap("请输入")
        self.put_in("mobile")
        self.tap("查找")
        self.tap("补发短信", sure=True)
        self.mark(MarkKind.CONFIRM, "收信号码", "13900000001")
        self.tap("立即发送", GestureKind.COMMIT)
        lesson_words.say_success(self.now(), self.teacher, "短信已发出")


def no_engine(run: Run, phone: EnginePhone, journal: Journal) -> Engine:
    raise AssertionError("a lesson has no agent")


def from_memory(run: Run, phone: EnginePhone, journal: Journal) -> Engine:
    """The engine of a customer's run, whose model says nothing: whoever asks it fails."""
    time = FakeTime()
    return Engine(
        phone=phone,
        model=ScriptedModel(itertools.repeat("I do not know")),
        reader=FakeReader(),
        journal=journal,
        rules=engines.rules(run),
        settle=StillPicture,
        prompt=PROMPT,
        route=plans.plan_of(run),
        clock=time,
        sleep=time.sleep,
    )


@pytest.fixture
def sample(department: Department) -> Ticket:
    return create_ticket(user=None, subject="收不到短信", text=TEXT, customer_name="王女士", department=department)


@pytest.fixture
def template(fei: User) -> FlowTemplate:
    return templates.create(fei, name="补发短信", slug="resend_sms")


@pytest.fixture
def lectern(phone: Phone, fei: User, sample: Ticket) -> Lectern:
    Phone.objects.filter(pk=phone.pk).update(use=PhoneUse.REHEARSAL)
    phone.refresh_from_db()
    return Lectern(phone, fei, sample)


@pytest.fixture
def taught(lectern: Lectern, template: FlowTemplate) -> FlowVersion:
    """A version made of a whole lesson."""
    lectern.begin(template)
    lectern.resend()
    draft = lesson_ends.finish(lectern.now(), lectern.teacher)
    tidy(lectern.run.pk, lectern.host)
    return drafts.freeze(draft, lectern.teacher, revision=draft.revision)


def test_a_lesson_becomes_a_definition_without_faults(taught: FlowVersion) -> None:
    definition = taught.definition
    assert faults(definition) == []
    assert [slot["name"] for slot in definition["slots"]] == ["mobile"]
    assert definition["engine"]["confirm_fields"] == [
        {"name": "mobile", "label": "手机号", "screen_labels": ["收信号码"], "slot": "mobile"}
    ]
    assert definition["engine"]["success_evidence"] == [["短信已发出"]]
    assert definition["engine"]["allowed_apps"] == ["com.example.launcher", "com.example.sms"]
    assert definition["engine"]["app_names"] == ["短信台"]
    assert not definition["engine"]["read_only"]
    said = [clause["text"] for clause in definition["instruction"]["zh"]["clauses"]]
    assert said[0] == "打开“短信台”"
    assert "{mobile}" in said[1]
    assert "立即发送" in said[-1]
    assert len(definition["instruction"]["en"]["clauses"]) == len(said)
    assert definition["match"]["keywords"]


def test_no_value_of_the_ticket_stands_in_what_was_learned(taught: FlowVersion, lectern: Lectern) -> None:
    lesson = lectern.now()
    for held in (taught.definition, taught.route, lesson.way, lesson.marks, lesson.slots):
        assert "13900000001" not in str(held)


def test_what_was_taught_runs_from_memory_for_another_customer(
    taught: FlowVersion, lectern: Lectern, lin: User, department: Department
) -> None:
    releases.adopt(taught, "")
    Phone.objects.update(use=PhoneUse.CUSTOMER)
    other = create_ticket(user=None, subject="短信", text=TEXT.replace("0001", "0002"), department=department)
    lectern.hand.screens = {
        name: FakeScreen(
            [[part.replace("0001", "0002") for part in row] if isinstance(row, list) else row for row in screen.rows],
            screen.package,
            app_kind=screen.app_kind,
            goes=screen.goes,
            does=screen.does,
        )
        for name, screen in SCREENS.items()
    }
    lectern.hand._layouts.clear()
    lectern.hand.apps = {"短信台": "search"}
    lectern.hand.show("home")
    run = starts.start_run(ticket=other, user=lin, flow_version=taught)
    drive(Task(run.pk), lectern.host, from_memory)
    run.refresh_from_db()
    assert run.status == RunStatus.AWAITING_CONFIRMATION, run.result
    assert lectern.hand.ledger == []
    approve(run, lin)
    drive(Task(run.pk), lectern.host, from_memory)
    run.refresh_from_db()
    assert lectern.hand.ledger == ["sent"]
    assert (run.status, set(run.steps.values_list("source", flat=True))) == (RunStatus.SUCCEEDED, {"route"})


def test_a_lesson_touches_neither_its_ticket_nor_the_commit(taught: FlowVersion, lectern: Lectern) -> None:
    lectern.ticket.refresh_from_db()
    assert (lectern.ticket.status, lectern.ticket.result, lectern.ticket.assignee) == ("new", "", None)
    assert lectern.hand.ledger == []
    assert Run.objects.serving().count() == 0
    assert Phone.objects.get(pk=lectern.phone.pk).lease_run_id is None


def test_every_gesture_is_on_the_record_before_it_is_made(lectern: Lectern, template: FlowTemplate) -> None:
    lectern.begin(template)
    seen: list[str] = []
    lectern.hand.on_act = lambda what: seen.extend(
        Step.objects.filter(run=lectern.run, status="intended").values_list("action_name", flat=True)
    )
    lectern.tap("短信台")
    assert seen[0] == "tap"
    step = Step.objects.get(run=lectern.run)
    assert (step.status, step.user, step.control) == ("done", lectern.teacher, "短信台")
    assert step.box
    assert AuditEvent.objects.filter(type="takeover.gesture_made", run_id=str(lectern.run.pk)).count() == 1


def test_an_app_that_was_left_somewhere_begins_at_its_first_page_as_it_will_in_every_run(
    lectern: Lectern, template: FlowTemplate
) -> None:
    lectern.begin(template)
    left = replace(SCREENS["home"], goes={"短信台": "user"})
    lectern.hand.screens = {**SCREENS, "home": left}
    lectern.tap("短信台")
    page = lesson_pages.get(lectern.lesson.run_id)
    assert (lectern.hand.shown, lectern.hand.stopped) == ("search", ["com.example.sms"])
    assert page
    assert page.mark == lesson_pages.mark_of(lectern.eye.before())
    assert [item["mark"]["kind"] for item in lectern.now().way] == ["launch"]
    lectern.tap("请输入")
    lectern.send(GestureKind.KEY, key="home")
    lectern.tap("短信台")
    assert lectern.hand.stopped == ["com.example.sms"], "what the teacher does there stays"


def test_a_lesson_types_with_the_keyboard_of_runs_from_its_first_page_on(
    lectern: Lectern, template: FlowTemplate
) -> None:
    """A keyboard that covers half a page would move what is above it, and runs see the page without one."""
    lectern.begin(template)
    assert lectern.hand.keyboard == "adb"
    lessons.leave(lectern.now(), lectern.teacher)
    tidy(lectern.run.pk, lectern.host)
    assert not lectern.eye.watch()
    assert lectern.hand.keyboard == "own"


def test_what_looks_like_a_commit_is_asked_about_and_not_touched(lectern: Lectern, template: FlowTemplate) -> None:
    lectern.begin(template)
    lectern.tap("短信台")
    lectern.hand.show("ask")
    lectern.eye.watch()
    steps = Step.objects.count()
    lectern.tap("立即发送")
    assert (lectern.hand.shown, lectern.hand.ledger, Step.objects.count()) == ("ask", [], steps)
    lectern.hand.show("search")
    lectern.hand.change("查找", "立即发送")  # the page turned into another since the browser showed it
    lectern.tap("立即发送")
    assert Step.objects.count() == steps


def test_a_place_is_marked_on_the_page_that_was_shown_when_the_dragging_began(
    lectern: Lectern, template: FlowTemplate
) -> None:
    lectern.begin(template)
    lectern.tap("短信台")
    page = lesson_pages.get(lectern.lesson.run_id)
    assert page
    box = lectern.hand.layout.find("查找").box
    area = (
        box.left / SMALL.width,
        box.top / SMALL.height,
        box.right / SMALL.width,
        box.bottom / SMALL.height,
    )
    for begun_at in (None, page.since - 1):  # it was another page then
        with pytest.raises(Conflict):
            lesson_words.mark(lectern.now(), lectern.teacher, MarkKind.SUCCESS, area, "older", begun_at=begun_at)
    lesson_pages.note_reading(lectern.lesson.run_id)  # what is kept may be the page before
    with pytest.raises(Conflict):
        lesson_words.mark(lectern.now(), lectern.teacher, MarkKind.SUCCESS, area, page.mark)
    lesson_pages.put(lectern.lesson.run_id, page.seen)
    lesson_words.mark(lectern.now(), lectern.teacher, MarkKind.SUCCESS, area, "older", begun_at=page.since + 1)
    assert lectern.now().marks


def test_nothing_is_touched_once_the_commit_is_marked(lectern: Lectern, template: FlowTemplate) -> None:
    lectern.begin(template)
    lectern.resend()
    with pytest.raises(Conflict) as refused:
        lectern.tap("立即发送", sure=True)
    assert refused.value.code == "committed"
    assert (lectern.hand.shown, lectern.hand.ledger) == ("ask", [])


def test_a_practice_phone_makes_the_commit_and_shows_what_proves_success(
    lectern: Lectern, template: FlowTemplate
) -> None:
    Phone.objects.update(use=PhoneUse.PRACTICE)
    lectern.begin(template)
    lectern.resend()
    assert lectern.hand.ledger == ["sent"]
    lectern.mark(MarkKind.SUCCESS, "请客户查收")
    draft = lesson_ends.finish(lectern.now(), lectern.teacher)
    assert ["请客户查收"] in draft.definition["engine"]["success_evidence"]
    assert draft.route["ways"][0]["end"]["title"] == "短信已发出"


def test_text_that_is_nobodys_value_is_asked_about(lectern: Lectern, template: FlowTemplate) -> None:
    lectern.begin(template)
    lectern.tap("短信台")
    lectern.tap("请输入")
    with pytest.raises(Conflict) as refused:
        lectern.send(GestureKind.TYPE, text="您好", slot="")
    assert refused.value.code == "unnamed_text"
    name = lesson_words.add_value(lectern.now(), lectern.teacher, label="问候", kind="fixed", value="您好", fixed=True)
    lectern.send(GestureKind.TYPE, text="您好", slot=name)
    lesson = lectern.now()
    assert lesson.way[-1]["mark"]["text"] == f"{{{name}}}"
    assert lesson.slots[-1]["default"] == "您好"


def test_enter_after_a_text_belongs_to_the_text(lectern: Lectern, template: FlowTemplate) -> None:
    lectern.begin(template)
    lectern.tap("短信台")
    lectern.tap("请输入")
    lectern.put_in("mobile")
    lectern.send(GestureKind.KEY, key="enter")
    lesson = lectern.now()
    assert [item["mark"]["kind"] for item in lesson.way] == ["launch", "tap", "type"]
    assert lesson.way[-1]["mark"]["text"] == "{mobile}\n"


def test_a_lesson_that_is_left_is_gone_on_with_where_it_stood(lectern: Lectern, template: FlowTemplate) -> None:
    lectern.begin(template)
    lectern.tap("短信台")
    lectern.tap("请输入")
    lectern.put_in("mobile")
    lectern.tap("查找")
    first = lectern.run
    lessons.leave(lectern.now(), lectern.teacher)
    tidy(first.pk, lectern.host)
    kept = lectern.now()
    assert (kept.state, len(kept.way), Phone.objects.get(pk=lectern.phone.pk).lease_run_id) == ("kept", 4, None)
    lectern.take(lessons.go_on(kept, lectern.teacher, lectern.phone))
    assert lectern.run.pk != first.pk
    assert [slot.value for slot in lectern.run.slots.all()] == ["13900000001"]
    lectern.hand.show("search")  # the way back to where it was left is no part of the flow
    lectern.eye.watch()
    lectern.tap("查找")
    lectern.tap("补发短信", sure=True)
    assert [item["mark"]["kind"] for item in lectern.now().way] == ["launch", "tap", "type", "tap", "tap"]


def test_a_lesson_whose_last_page_was_never_read_makes_its_last_act_again(
    lectern: Lectern, template: FlowTemplate
) -> None:
    lectern.begin(template)
    lectern.tap("短信台")
    lectern.tap("请输入")
    lectern.put_in("mobile")
    lectern.tap("查找")
    lesson_pages.note_reading(lectern.run.pk)
    lectern.leave_and_go_on()
    assert [len(lectern.now().way), len(lectern.now().tail)] == [3, 1]
    lectern.hand.show("search")
    lectern.eye.watch()
    lectern.tap("查找")
    assert [item["mark"]["kind"] for item in lectern.now().way] == ["launch", "tap", "type", "tap"]


def test_a_lesson_left_at_the_commit_can_still_be_marked_and_finished(lectern: Lectern, template: FlowTemplate) -> None:
    lectern.begin(template)
    lectern.resend()
    whole = lectern.now().way
    lectern.leave_and_go_on()
    lectern.hand.show("user")
    lectern.eye.watch()
    lectern.tap("补发短信", sure=True)  # on the way back
    assert (lectern.now().way, lectern.now().seeking) == (whole, False)
    lectern.mark(MarkKind.CONFIRM, "收信号码", "13900000001")
    assert faults(lesson_ends.finish(lectern.now(), lectern.teacher).definition) == []


def test_teaching_again_from_the_middle_replaces_that_part_and_joins_the_rest(
    lectern: Lectern, template: FlowTemplate
) -> None:
    lectern.begin(template)
    lectern.resend()
    before = lectern.now().way
    lessons.again(lectern.now(), lectern.teacher, 3)  # the tap on 查找
    assert lectern.now().seeking
    with pytest.raises(Invalid):
        lesson_ends.finish(lectern.now(), lectern.teacher)
    lectern.send(GestureKind.KEY, key="back")
    lectern.send(GestureKind.KEY, key="back")
    lesson = lectern.now()
    assert (lectern.hand.shown, lesson.seeking, len(lesson.way)) == ("search", False, 3)
    lectern.tap("查找")
    assert lessons.joins_at(lectern.now()) == 1
    lessons.join(lectern.now(), lectern.teacher)
    assert [item["mark"] for item in lectern.now().way] == [item["mark"] for item in before]
    assert lesson_ends.finish(lectern.now(), lectern.teacher).route["ways"]


def test_a_version_is_taught_again_from_a_step_of_its_route(taught: FlowVersion, lectern: Lectern) -> None:
    lesson = lectern.begin(taught.template, again_from=4)
    assert (len(lesson.way), len(lesson.tail), lesson.seeking) == (4, 2, True)
    with pytest.raises(Conflict):
        lessons.start(taught.template, lectern.teacher, lectern.ticket, lectern.phone, again_from=40)


def test_two_lessons_on_one_phone_are_refused_in_words(
    lectern: Lectern, template: FlowTemplate, department: Department
) -> None:
    lectern.begin(template)
    second = member("gus", "flow_editor", department)
    with pytest.raises(Conflict) as refused:
        lessons.start(template, second, lectern.ticket, lectern.phone)
    assert refused.value.code == "phone_busy"
    assert "fei" in refused.value.message
    assert Run.objects.count() == Lesson.objects.count() == 1


def test_a_phone_that_serves_customers_teaches_nothing(lectern: Lectern, template: FlowTemplate) -> None:
    Phone.objects.update(use=PhoneUse.CUSTOMER)
    with pytest.raises(Invalid) as refused:
        lectern.begin(template)
    assert refused.value.code == "customers_phone"


def test_an_editor_without_the_right_teaches_nothing(
    lectern: Lectern, template: FlowTemplate, lin: User, sample: Ticket
) -> None:
    with pytest.raises(Forbidden):
        lessons.start(template, lin, sample, lectern.phone)
    lectern.begin(template)
    with pytest.raises(Conflict):
        lessons.leave(lectern.now(), User.objects.create_superuser("root2"))


def test_a_phone_that_is_lost_is_told_and_what_was_taught_is_kept(lectern: Lectern, template: FlowTemplate) -> None:
    lectern.hand.faults["all"] = gone()
    lectern.begin(template)
    lesson = lectern.now()
    assert (lesson.state, lectern.run.status, lectern.run.failure_code) == ("kept", "cancelled", "phone_trouble")
    assert lectern.run.result


def test_a_gesture_that_the_phone_did_not_take_is_no_step_of_the_way(lectern: Lectern, template: FlowTemplate) -> None:
    lectern.begin(template)
    lectern.hand.faults["tap:短信台"] = gone()
    lectern.hand.faults["tap"] = gone()
    lectern.tap("短信台")
    assert lectern.now().way == []
    assert Step.objects.get(run=lectern.run).status == "failed"


def test_a_teacher_who_is_gone_leaves_the_phone_and_keeps_the_lesson(
    lectern: Lectern, template: FlowTemplate, settings: Any
) -> None:
    lectern.begin(template)
    lectern.tap("短信台")
    Takeover.objects.update(last_gesture_at=timezone.now() - timezone.timedelta(days=1))
    takeover_clock.sweep()
    assert (lectern.now().state, len(lectern.now().way), lectern.run.status) == ("kept", 1, "cancelled")


def test_a_flow_without_a_commit_only_reads(lectern: Lectern, template: FlowTemplate) -> None:
    lectern.begin(template)
    lectern.tap("短信台")
    lectern.tap("请输入")
    lectern.put_in("mobile")
    lectern.tap("查找")
    lectern.mark(MarkKind.SUCCESS, "手机")
    draft = lesson_ends.finish(lectern.now(), lectern.teacher)
    assert faults(draft.definition) == []
    assert draft.definition["engine"]["read_only"]
    assert draft.definition["engine"]["success_evidence"] == [["手机"]]
    assert len(storyboards.pictured(draft)) == 4, "the editor has the lesson's own pictures to mark on"


def test_a_phone_lost_in_the_middle_costs_nothing_and_another_one_goes_on(
    lectern: Lectern, template: FlowTemplate
) -> None:
    lectern.begin(template)
    lectern.tap("短信台")
    lectern.tap("请输入")
    lectern.hand.faults["all"] = gone()
    with suppress(PhoneError):
        lectern.put_in("mobile")
    assert [item["mark"]["kind"] for item in lectern.now().way] == ["launch", "tap"]
    lessons.leave(lectern.now(), lectern.teacher)
    spare = Phone.objects.create(
        name="备用机", serial="spare", queue=lectern.phone.queue, state="ready", use=PhoneUse.REHEARSAL
    )
    resumed = lessons.go_on(lectern.now(), lectern.teacher, spare)
    assert (resumed.phone, resumed.state) == (spare, "open")
    assert [item["mark"]["kind"] for item in [*resumed.way, *resumed.tail]] == ["launch", "tap"]


def test_the_way_back_on_a_phone_that_started_again_is_no_part_of_the_flow(
    lectern: Lectern, template: FlowTemplate
) -> None:
    lectern.begin(template)
    lectern.tap("短信台")
    lectern.tap("请输入")
    lectern.put_in("mobile")
    lectern.tap("查找")
    lectern.hand.faults["all"] = gone()
    lectern.hand.show("home")
    with suppress(PhoneError):
        lectern.eye.watch()
    lectern.hand.faults.clear()
    lectern.hand.keyboard = "own"
    lectern.eye.watch()
    assert (lectern.now().seeking, lectern.hand.keyboard) == (True, "adb")
    lectern.tap("短信台")
    lectern.tap("查找")
    lectern.tap("补发短信", sure=True)
    assert [item["mark"]["kind"] for item in lectern.now().way] == ["launch", "tap", "type", "tap", "tap"]


@pytest.mark.parametrize(
    ("forget", "code"),
    [
        (lambda lesson: setattr(lesson, "way", []), "nothing_taught"),
        (lambda lesson: setattr(lesson, "marks", []), "no_evidence"),
        (lambda lesson: setattr(lesson, "marks", lesson.marks[1:]), "no_fields"),
    ],
)
def test_a_lesson_that_lacks_something_says_what(
    lectern: Lectern, template: FlowTemplate, forget: Callable[[Lesson], None], code: str
) -> None:
    lectern.begin(template)
    lectern.resend()
    lesson = lectern.now()
    forget(lesson)
    lesson.save()
    with pytest.raises(Invalid) as refused:
        lesson_ends.finish(lesson, lectern.teacher)
    assert refused.value.code == code
    assert lectern.now().state == "open"


def test_the_storyboard_shows_each_page_what_is_touched_and_what_vouches(taught: FlowVersion, lectern: Lectern) -> None:
    (board,) = storyboards.of_version(taught)
    assert [panel.backing for panel in board.panels] == [
        Backing.KIND,  # opening the app
        Backing.KIND,  # the focus of a field
        Backing.KIND,  # typing
        Backing.REVIEW,
        Backing.FLOW,  # the teacher's word: what bears a word of commitment is named in the definition
        Backing.PERSON,
    ]
    assert all(panel.seen and panel.seen.before for panel in board.panels)
    assert all(panel.seen and panel.seen.box for panel in board.panels if panel.step.kind == "tap")


def test_a_place_of_a_stored_picture_becomes_a_row_for_the_form_once_a_worker_has_read_it(
    taught: FlowVersion, lectern: Lectern, client: Client, fei: User
) -> None:
    """Captions come out, never a value; a picture of somebody else's department is no picture at all."""
    step = Step.objects.filter(run=lectern.run).exclude(before="").last()
    assert step
    pictures.write(Image.new("RGB", (SMALL.width, SMALL.height)), step.before)
    address = f"/flows/{taught.template.slug}/draft/mark/"
    place = {"step": step.pk, "which": "before", "kind": "confirm", "area": "0,0,1,0.5"}
    client.force_login(fei)
    with listening() as heard:
        said = client.post(address, place)
        client.post(address, place)
    assert (said.status_code, heard) == (202, [step.pk, "before"])
    lines = [TextLine("收信号码", Box(10, 60, 90, 80), 1.0), TextLine("139****0001", Box(120, 60, 200, 80), 1.0)]
    picture_reads.put(step.before, tuple(lines))
    marks = client.post(address, place).json()["marks"]
    assert marks == [{"kind": "confirm", "slot": "", "labels": ["收信号码"], "sentence": "", "money": False}]
    assert client.post(address, {**place, "area": "0,0.9,1,1"}).status_code == 400
    assert client.post(address, {**place, "which": "run_id"}).status_code == 404
    client.force_login(member("zoe", "flow_editor", Department.objects.create(name="别的部门")))
    assert client.post(address, place).status_code == 404
    client.force_login(fei)
    pictures.path_of(step.before).unlink()
    assert client.post(address, place).status_code == 409


def test_a_version_beside_the_one_before_shows_only_what_changed(taught: FlowVersion, lectern: Lectern) -> None:
    (way,) = taught.route["ways"]
    unpictured = [{name: value for name, value in step.items() if name != "view"} for step in way["steps"]]
    shorter = {**taught.route, "ways": [{**way, "steps": unpictured[1:]}]}
    before = publishing.new_version(taught.template, taught.definition, None, "", route=shorter)
    ((_filled, pairs),) = storyboards.side_by_side(storyboards.of_version(before), storyboards.of_version(taught))
    assert [pair.is_same for pair in pairs] == [False, True, True, True, True, True]
    assert pairs[0].old is None


def test_a_step_that_a_reviewer_says_commits_stops_for_a_person(taught: FlowVersion, bo: User, fei: User) -> None:
    route_notes.add(taught, fei, 0, 3, NoteKind.COMMITS)
    steps = route_notes.applied(taught, plans.of_version(taught)).ways[0].steps
    assert [step.commits for step in steps] == [False, False, False, True, False, True]
    assert AuditEvent.objects.filter(type="flow.route_noted").count() == 1


def test_harmless_is_a_reviewers_word_while_the_version_is_reviewed(
    taught: FlowVersion, fei: User, sun: User, department: Department
) -> None:
    def commits() -> bool:
        return route_notes.applied(taught, plans.of_version(taught)).ways[0].steps[5].commits

    with pytest.raises(Conflict):
        route_notes.add(taught, sun, 0, 5, NoteKind.HARMLESS)
    reviews.submit(taught, fei, unrehearsed_reason="示教刚完成")
    with pytest.raises(FourEyes):
        route_notes.add(taught, fei, 0, 5, NoteKind.HARMLESS)
    route_notes.add(taught, sun, 0, 5, NoteKind.HARMLESS)
    route_notes.add(taught, sun, 0, 5, NoteKind.HARMLESS)
    assert commits(), "one person's word is not enough under a word of commitment"
    route_notes.add(taught, member("eva", "flow_editor", department), 0, 5, NoteKind.HARMLESS)
    assert not commits()
    route_notes.add(taught, fei, 0, 5, NoteKind.COMMITS)
    assert commits()


def test_a_note_at_no_step_or_without_words_is_refused(taught: FlowVersion, sun: User, lin: User) -> None:
    for way, number, text in ((0, 99, "x"), (7, 0, "x"), (0, 0, " ")):
        with pytest.raises(Invalid):
            route_notes.add(taught, sun, way, number, NoteKind.COMMENT, text)
    with pytest.raises(Forbidden):
        route_notes.add(taught, lin, 0, 0, NoteKind.COMMENT, "x")


def test_a_route_that_passes_over_a_word_of_commitment_needs_two_reviewers(
    taught: FlowVersion, lectern: Lectern
) -> None:
    assert reviews.reviewers_needed(taught) == 1 + route_notes.needs_two(plans.of_version(taught))
    steps = [{**step, "commits": False} for step in taught.route["ways"][0]["steps"]]
    loose = {**taught.route, "ways": [{**taught.route["ways"][0], "steps": steps}]}
    version = publishing.new_version(taught.template, taught.definition, None, "", route=loose)
    assert reviews.reviewers_needed(version) == 2


def test_the_page_answers_every_word_of_the_teacher_with_how_the_lesson_stands(
    lectern: Lectern, template: FlowTemplate, client: Client
) -> None:
    lectern.begin(template)
    lectern.tap("短信台")
    client.force_login(lectern.teacher)
    address = f"/lessons/{lectern.lesson.pk}"
    said = client.post(f"{address}/values/", {"label": "问候", "kind": "fixed", "value": "您好"})
    assert (said.status_code, said["X-Slot"]) == (200, "value_1")
    assert "您好" in said.content.decode()
    said = client.post(f"{address}/marks/", {"text": "短信已发出"})
    assert (said.status_code, "短信已发出" in said.content.decode()) == (200, True)
    assert client.post(f"{address}/marks/", {"drop": "0"}).status_code == 200
    assert client.post(f"{address}/again/", {"from": "0"}).status_code == 200
    assert (lectern.now().marks, len(lectern.now().tail)) == ([], 1)
    assert client.post(f"{address}/end/", {"do": "leave"}).status_code == 302
    assert client.get(f"{address}/").status_code == 200
    assert lectern.now().state == "kept"
