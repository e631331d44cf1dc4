"""The runner on scripted parts: real rows, a phone of scripted screens, a model that knows the reference complaint.

What "really happened" is the phone's `ledger`. Time passes only when a test says so (`World.lose_driver`).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from cs_agent.engine.actions.values import Action, Finish, Tap
from cs_agent.engine.run.protocols import Journal, Key, Message, PhoneError
from cs_agent.engine.run.protocols import Phone as EnginePhone
from cs_agent.engine.turn.loop import Engine
from cs_agent.observation import Screenshot
from cs_agent.phone.adb.files import media_path
from cs_agent.phone.driver import Health, RemoteFile
from cs_agent.phone.errors import FileMissing
from cs_agent.testing.model import ScriptedModel, documented
from cs_agent.testing.phone import FakePhone, FakePhoneError, FakeReader, FakeScreen
from cs_agent.testing.run import FakeTime, StillPicture
from tests.engine.story import COMPLAINT, PROMPT, RULES, SMALL
from tickets.models import Confirmation, Phone, Run
from tickets.runner.drive.session import Task, drive
from tickets.services.flows.routes import plans
from tickets.services.runs import decisions

SCREENS = {
    name: FakeScreen(
        [row if isinstance(row, str) else [part.replace("radio", "check") for part in row] for row in screen.rows],
        goes={**screen.goes, "home": "home"},
        does=screen.does,
        package=screen.package,
    )
    for name, screen in COMPLAINT.items()
}
CHOICES = ("质量问题", "全额退款", "补偿50元")
WAY = {"home": "查询", "order": "申请退款", "review": "提交审核"}


@dataclass(slots=True)
class Handset(FakePhone):
    """A scripted phone with what a lease needs around the engine's protocol.

    `on_act` is called with the name of everything that is asked of it, before it is done.
    """

    files: dict[str, tuple[bytes, int]] = field(default_factory=dict)  # path: bytes, modified
    keyboard: str = "own"
    pushed: list[str] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)  # apps that were ended
    ahead_s: float | None = 0.0  # of our clock; None: it does not say
    faults: dict[str, PhoneError] = field(default_factory=dict)  # raised until taken away
    on_act: Callable[[str], None] = lambda what: None

    def wake(self) -> None:
        self._met("wake")

    def restore_keyboard(self) -> str:
        self._met("restore_keyboard")
        self.keyboard = "own"
        return self.keyboard

    @contextmanager
    def typing_session(self) -> Iterator[None]:
        try:
            yield
        finally:
            self.keyboard = "own"

    def expect_text(self) -> None:
        self.keyboard = "adb"

    def home_and_restore(self) -> None:
        self._met("home_and_restore")
        self.press(Key.HOME)
        self.keyboard = "own"

    def stop_app(self, package: str) -> None:
        self._met("stop_app")
        self.stopped.append(package)
        if self.shown != "home" and package == self.foreground().package:
            self.shown = "home"

    def push_media(self, local: Path, name: str) -> str:
        self._met("push_media")
        path = media_path(name)
        self.pushed.append(path)
        self.files[path] = (local.read_bytes(), self.time())
        return path

    def remove_media(self, name: str) -> str:
        self.remove(path := media_path(name))
        return path

    def remove(self, remote: str) -> None:
        self._met("remove")
        self.files.pop(remote, None)

    def save(self, path: str, data: bytes, *, seconds_later: float = 1) -> None:
        """An app on the phone saves a file."""
        self.files[path] = (data, self.time() + int(seconds_later))

    def time(self) -> int:
        return int(timezone.now().timestamp() + (self.ahead_s or 0))

    def clock(self) -> float | None:
        return None if self.ahead_s is None else float(self.time())

    def list_files(self, folder: str) -> tuple[RemoteFile, ...]:
        self._met("list_files")
        found: dict[str, RemoteFile] = {}
        for path, (data, modified) in self.files.items():
            if path.startswith(folder + "/"):
                name, slash, _rest = path[len(folder) + 1 :].partition("/")
                found[name] = RemoteFile(name, len(data), modified, is_folder=bool(slash))
        if not found:
            raise FileMissing(folder)
        return tuple(found.values())

    def pull(self, remote: str, local: Path) -> Path:
        self._met("pull")
        local.write_bytes(self.files[remote][0])
        return local

    def health(self) -> Health:
        self._met("health")
        return Health("Fake 1", "14", 80, 30.5, True, True, False)

    def screenshot(self) -> Screenshot:
        self._met("screenshot")
        return FakePhone.screenshot(self)

    def type_text(self, text: str) -> None:
        self.keyboard = "adb"
        FakePhone.type_text(self, text)

    def _act(self, method: str, act: str, label: str | None = None) -> None:
        self._met(act)
        FakePhone._act(self, method, act, label)

    def _met(self, what: str) -> None:
        self.on_act(what)
        name = what.split(":")[0]
        if "all" in self.faults or name in self.faults:
            raise self.faults.get("all") or self.faults[name]


class Feed:
    """The screen feed of a scripted phone: every capture is new."""

    def __init__(self, phone: Handset) -> None:
        self._phone = phone

    @property
    def newest(self) -> Screenshot | None:
        return None

    def capture(self, after: float | None = None) -> Screenshot:
        return self._phone.screenshot()

    def hurry(self) -> None:
        """A scripted phone is quick enough."""

    def await_begin(self, after: float) -> None:
        """Every capture begins when it is asked for."""


@dataclass
class Recorder:
    """Notes the marks it is given; `works` says whether sensitive steps may be taken."""

    works: bool = True
    error: str = ""
    marks: list[str] = field(default_factory=list)

    def explain(self, image: Any, nodes: Any) -> None:
        self.marks.append("explained")

    def mark(self, step: Any) -> None:
        self.marks.append(f"step {step.number}")

    def mark_human(self, number: int, title: str, touch: tuple[int, ...]) -> None:
        self.marks.append(f"human {number}")

    def mark_wait(self, reason: str) -> None:
        self.marks.append(f"wait {reason}")

    def mark_resume(self) -> None:
        self.marks.append("resume")

    def keep_picture(self, image: Any, relative: str, *, now: bool = False) -> None:
        """Pictures are not what these tests are about."""


class FakeHost:
    """A phone host whose phones are scripted."""

    def __init__(self, handsets: dict[int, Handset], queue: str = "phones") -> None:
        self.queue = queue
        self.handsets = handsets
        self.taken = Recorder()
        self.finished: list[int] = []
        self.on_close: Callable[[], None] = lambda: None

    def attend(self, phone: Phone) -> tuple[Any, Any]:
        handset = self.handsets[phone.pk]
        return handset, Feed(handset)

    def recorder(self, phone_id: int) -> Any:
        return self.taken

    def finish_recording(self, phone_id: int) -> Callable[[], None]:
        def close() -> None:
            self.on_close()
            self.finished.append(phone_id)

        return close


@dataclass
class World:
    """`wrap` may put something between the engine and its journal; `before_reply` is called for every model call."""

    host: FakeHost
    model_answers: Callable[[Handset], Action] | None = None
    wrap: Callable[[Journal], Journal] = lambda journal: journal
    before_reply: Callable[[], None] = lambda: None

    def drive(self, run: Run) -> Run:
        """One message from the queue."""
        drive(Task(run.pk), self.host, self.build_engine)
        run.refresh_from_db()
        return run

    def lose_driver(self, run: Run) -> None:
        """The task that drove it is gone, and its claim has run out."""
        past = timezone.now() - timedelta(minutes=1)
        Run.objects.filter(pk=run.pk, claimed_until__isnull=False).update(claimed_until=past)

    def drive_on(self, run: Run, most: int = 12) -> Run:
        """Message after message, as the sweeper would send them, until the run waits for a human or has ended."""
        for _ in range(most):
            self.lose_driver(run)
            Run.objects.filter(pk=run.pk).update(retry_at=None)
            if self.drive(run).status not in {"queued", "running"}:
                return run
        raise AssertionError(f"the run is still {run.status} after {most} messages")

    def build_engine(self, run: Run, phone: EnginePhone, journal: Journal) -> Engine:
        handset = self.host.handsets[Phone.objects.get(lease_run=run).pk]
        time = FakeTime()
        return Engine(
            phone=phone,
            model=self._model(handset),
            reader=FakeReader(),
            journal=self.wrap(journal),
            rules=RULES,
            settle=StillPicture,
            prompt=PROMPT,
            route=plans.plan_of(run),
            clock=time,
            sleep=time.sleep,
        )

    def _model(self, handset: Handset) -> ScriptedModel:
        decide = self.model_answers or next_action

        def answer(messages: list[Message]) -> str:
            self.before_reply()
            return documented(decide(handset), "下一步")

        return ScriptedModel(itertools.repeat(answer))


def next_action(handset: Handset) -> Action:
    """The reference complaint, from whatever screen is shown."""
    if handset.shown == "done":
        return Finish("退款申请已提交")
    return Tap(_center(handset, WAY.get(handset.shown) or _unchosen(handset) or "下一步"))


def approve(run: Run, user: Any) -> Confirmation:
    """Somebody says yes to what is asked."""
    confirmation = Confirmation.objects.get(run=run, state="pending")
    return decisions.decide(
        confirmation=confirmation, user=user, approve=True, version=confirmation.version, note="已核对"
    )


def handset(start: str = "home") -> Handset:
    return Handset(SCREENS, start, screen_size=SMALL)


def gone() -> PhoneError:
    from cs_agent.phone.errors import PhoneNotFound

    return PhoneNotFound("127.0.0.1:5600: device not found")


def broken_app() -> PhoneError:
    return FakePhoneError("the app does not answer", retryable=True)


def _unchosen(phone: Handset) -> str | None:
    chosen = {element.text for element in phone.layout.elements if element.chosen}
    return next((choice for choice in CHOICES if choice not in chosen), None)


def _center(phone: Handset, label: str) -> Any:
    return phone.layout.find(label).box.center.to_norm(SMALL)
