"""What the browser tests look at: made in the server's database by processes of their own (see `site`)."""

from __future__ import annotations

import io
import json
import time

NAMES = (
    "halved",
    "plain",
    "early",
    "unfocused",
    "repeat",
    "composing",
    "typing",
    "reject",
    "go_on",
    "race",
    "pictured",
    "reload",
    "background",
    "phone_width",
    "viewer",
    "written",
    "written_on",
    "onward",
    "in_list",
)


def build() -> None:
    """One ticket with a confirmation for every test that decides, and one for every other state."""
    from tests.consoles import story
    from tickets.models import Department
    from tickets.services.tickets import fitting

    department = Department.objects.create(name="售后一部")
    alice = story.member("alice", "operator", department, "爱丽丝")
    story.member("bob", "operator", department)
    story.member("victor", "viewer", department)
    story.member("fiona", "flow_editor", department)
    story.publish("complaint_refund")
    story.publish("complaint_refund")
    story.publish("resend_code")
    phones = (story.new_phone(1, serial=f"phone-{n}") for n in range(1000))

    def run(name: str, **fields: object) -> object:
        return story.start(story.new_ticket(department, external_id=name, subject=name, **fields), alice)

    for name in NAMES:
        story.ask_confirmation(run(name), next(phones))
    story.ask_confirmation(run("differs"), next(phones), differs=True)
    story.ask_question(run("question"), next(phones))
    for name in ("mine", "gap"):
        story.take_over(run(name), next(phones), alice)
    story.succeed(run("done", video=True), next(phones))
    for name in ("live", "typist", "running", "called", "called2", "called3", "called4"):
        story.take_steps(story.drive(run(name), next(phones)), 3)
    run("queued")
    for name in ("new", "edited"):
        story.new_ticket(department, external_id=name, subject=name)
    story.new_ticket(department, "耳机充不上电,我要全额退款!", external_id="missing", subject="missing")
    two = "订单202405218876和订单202405218877都有质量问题,全额退款。"
    story.new_ticket(department, two, external_id="ambiguous", subject="ambiguous")
    story.new_ticket(department, "耳机充不上电,我要退款!", external_id="batch-missing", subject="batch-missing")
    for n in range(3):
        story.new_ticket(department, external_id=f"batch{n}", subject=f"batch{n}")
    for name in ("slow_page", "swapped", "pressed", "slow_answer", "focused", "by_keys"):
        story.new_ticket(department, external_id=name, subject=name)
    for n in range(3):
        story.new_ticket(department, external_id=f"idle{n}", subject=f"idle{n}", priority=4)
    fitting.learn()  # what the upkeep does every few seconds


def world() -> None:
    """Print {name: {number, run, phone, status, confirmation}} of every ticket."""
    from tickets.models import Ticket

    found = {}
    for ticket in Ticket.objects.prefetch_related("runs__confirmations", "refs"):
        run = ticket.runs.order_by("-created_at").first()
        confirmation = run.confirmations.order_by("created_at").last() if run else None
        found[ticket.refs.all()[0].external_id] = {
            "number": ticket.number,
            "run": str(run.pk) if run else "",
            "status": run.status if run else "",
            "phone": run.phone_id if run else None,
            "confirmation": confirmation.state if confirmation else "",
            "note": confirmation.note if confirmation else "",
            "by": str(confirmation.decided_by or "") if confirmation else "",
        }
    print(json.dumps(found))


def ask(name: str) -> None:
    """The running run of that ticket comes to a confirmation."""
    from cs_agent.engine.run.state import ConfirmationRequest, FieldValue
    from tests.consoles import story
    from tickets.models import Run
    from tickets.services.runs import pauses

    run = Run.objects.get(ticket__refs__external_id=name)
    Run.objects.filter(pk=run.pk).update(checkpoint=story.confirming(run).to_json())
    run.refresh_from_db()
    request = ConfirmationRequest(
        story.SUMMARY,
        story.SUBMIT,
        "f1",
        (FieldValue("refund", "退款", "¥399.00", "全额"),),
        (),
        story.screen("x"),
    )
    pauses.ask_confirmation(run, step_number=4, request=request)


def step(name: str) -> None:
    """The running run of that ticket takes its fourth step."""
    from cs_agent.engine.actions.values import Home
    from cs_agent.engine.run.state import StepRecord, StepStatus
    from tickets.models import Run
    from tickets.services.runs import steps

    run = Run.objects.get(ticket__refs__external_id=name)
    record = StepRecord(4, StepStatus.DONE, "第四步的想法", Home(), 0.9)
    steps.save_step(run, record, claim_token=run.claim_token)


def approve_first(name: str, username: str) -> None:
    """The confirmation of that ticket needs two, and that person is the first."""
    from django.contrib.auth.models import User

    from tickets.models import Confirmation
    from tickets.services.runs import decisions

    confirmation = Confirmation.objects.get(run__ticket__refs__external_id=name)
    confirmation.approvals_needed = 2
    confirmation.save(update_fields=["approvals_needed"])
    user = User.objects.get(username=username)
    decisions.decide(confirmation=confirmation, user=user, approve=True, version=confirmation.version)


def decide_as_bob(name: str) -> None:
    from django.contrib.auth.models import User

    from tickets.models import Confirmation
    from tickets.services.runs import decisions

    confirmation = Confirmation.objects.get(run__ticket__refs__external_id=name)
    bob = User.objects.get(username="bob")
    decisions.decide(confirmation=confirmation, user=bob, approve=True, version=confirmation.version)


def recording_is(run_id: str, state: str) -> None:
    from tickets.models import Recording

    Recording.objects.filter(run_id=run_id).update(state=state)


def retitle(name: str, subject: str) -> None:
    """The ticket reads otherwise, as when its helpdesk sent it again."""
    from tickets.models import Ticket

    Ticket.objects.filter(refs__external_id=name).update(subject=subject)


def note_as_bob(name: str, text: str) -> None:
    from django.contrib.auth.models import User

    from tickets.models import Ticket
    from tickets.services.tickets import edits

    edits.comment(Ticket.objects.get(refs__external_id=name), text, User.objects.get(username="bob"))


def drop_role(name: str) -> None:
    from django.contrib.auth.models import User

    User.objects.get(username=name).groups.clear()


def give_role(name: str, role: str) -> None:
    from django.contrib.auth.models import Group, User

    User.objects.get(username=name).groups.add(Group.objects.get(name=role))


def may(name: str, permission: str) -> None:
    """That person alone gets the permission."""
    from django.contrib.auth.models import Permission, User

    User.objects.get(username=name).user_permissions.add(Permission.objects.get(codename=permission))


def show(phone: str, number: str, colour: str, age_s: str = "0") -> None:
    """One frame of one colour on that phone."""
    from PIL import Image

    from tickets.services.live.frames import Frame, publish

    data = io.BytesIO()
    Image.new("RGB", (270, 600), colour).save(data, "JPEG")
    for covered in (True, False):  # people who decide see one stream, everybody else the other
        frame = Frame(int(number), time.time() - float(age_s), 1080, 2400, data.getvalue())
        publish(int(phone), frame, covered=covered)


def gesture(phone: str) -> None:
    """Print the next gesture for that phone as the phone's host would get it."""
    import redis
    from django.conf import settings

    from tickets.services.live import gestures

    found = gestures.receive(redis.Redis.from_url(settings.REDIS_URL), int(phone), 4)
    print(found.pack().decode() if found else "{}")


def desk(origin: str) -> None:
    """A helpdesk whose pages may frame the panel, and what its tickets are called there."""
    from tickets.services.panels import buttons

    buttons.make(None, connector="test", name="前台", origins=[origin])


def panel_link(external_id: str) -> None:
    from urllib.parse import urlencode

    from tickets.services.panels import links

    print(urlencode(links.make("test", external_id, "alice")))


def entries(origin: str, public_key: str) -> None:
    """A Chatwoot and a Zendesk whose own frames say which ticket they show."""
    from integrations.models import Connector
    from tickets.models import ExternalRef, Ticket
    from tickets.services.panels import buttons

    key = {"app_key": public_key, "app_audience": "https://acme.zendesk.com/api/v2/apps/installations/7.json"}
    options = {
        "chatwoot": {"url": "https://desk.example.com", "account": 3},
        "zendesk": {"url": "https://acme.zendesk.com", "email": "bot@acme.com", **key},
    }
    for kind, given in options.items():
        Connector.objects.create(key=f"{kind}-1", kind=kind, name=kind, enabled=True, options=given)
        buttons.make(None, connector=f"{kind}-1", name=kind.capitalize(), origins=[origin])
    shown = {"plain": ("chatwoot-1", "41"), "early": ("chatwoot-1", "42"), "new": ("zendesk-1", "9")}
    for name, (connector, external_id) in shown.items():
        ticket = Ticket.objects.get(refs__external_id=name)
        ExternalRef.objects.create(ticket=ticket, connector=connector, external_id=external_id)


def pictured_route() -> None:
    """A flow with an open draft, a route, and a run that has pictures of its pages."""
    from django.contrib.auth.models import User
    from django.utils import timezone

    from cs_agent.engine.routes.values import ActKind, Filling, Route, RouteControl, RouteStep, Way
    from cs_agent.engine.screen.signature import ControlSignature, PageSignature
    from tests.consoles import story
    from tests.vision.pictures import blank, labels, write
    from tickets.models import Phone, Run, RunStatus, Slot, Step, Ticket
    from tickets.services.evidence import pictures
    from tickets.services.flows import drafts

    page = PageSignature("com.example.shop", "核对信息", frozenset({"button:提交审核"}), frozenset({"text:退款金额"}))
    tap = RouteStep(
        page, ActKind.TAP, RouteControl(ControlSignature("button", ()), named="提交审核", holds=(), alike=1)
    )
    version = story.publish("return_goods", route=Route((Way(Filling(("order_number",)), (tap,)),)).to_json())
    drafts.open_draft(version.template, User.objects.get(username="fiona"))
    ends = {"status": RunStatus.SUCCEEDED, "started_at": timezone.now(), "ended_at": timezone.now()}
    ticket = Ticket.objects.filter(department__name="售后一部").first()
    phone = Phone.objects.filter(serial="pictured").first() or story.new_phone(1, serial="pictured")
    run = Run.objects.create(ticket=ticket, flow_version=version, phone=phone, **ends)
    Slot.objects.create(run=run, name="order_number", label="订单号", value="202405218876", source="ticket")
    images = {"before": blank(), "after": blank()}
    write(images["before"], 40, 100, "核对信息")
    labels(images["before"], 240, ["订单号", "202405218876"], gap=300)
    labels(images["before"], 400, ["退款金额", "¥399.00"], gap=300)
    write(images["after"], 40, 240, "申请已提交")
    stored = {name: pictures.store(image, run.pk, name) for name, image in images.items()}
    mark = {"route_mark": tap.to_json(), "touch": [270, 700], "box": [60, 650, 480, 740]}
    Step.objects.create(run=run, number=1, status="done", started_at=timezone.now(), **mark, **stored)


def read_asked_picture() -> None:
    """What a worker does with the message that the editor's page sent."""
    from celery import current_app
    from kombu.simple import SimpleQueue

    from tickets import queues, tasks

    with current_app.connection_for_read() as connection:
        messages = SimpleQueue(connection, current_app.conf.task_default_queue)
        while True:
            message = messages.get(timeout=10)
            message.ack()
            if message.headers["task"] == queues.READ_TASK:
                return tasks.read_picture(*message.payload[0])
