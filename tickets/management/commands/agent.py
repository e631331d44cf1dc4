"""`manage.py agent "instruction"`: one instruction on one phone from a terminal; Y/N, answers and takeovers here.

Rule: it drives like a worker, with a screen feed as the only reader of the phone. The feed captures its first picture
before the OCR and model packages are imported, which takes longer than the capture.
"""

from __future__ import annotations

import sys
import time
import uuid
from argparse import ArgumentParser
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, ProgrammingError
from django.utils.translation import gettext_lazy as _

from cs_agent.command_line import command_line
from cs_agent.engine.run.flow import FlowRules
from cs_agent.engine.run.protocols import ModelError, PhoneError
from cs_agent.phone.adb.connection import AdbServer
from cs_agent.phone.driver import Driver
from cs_agent.phone.drivers import ADB, Address, connect
from cs_agent.recording.encode import encode
from cs_agent.recording.errors import NothingRecorded, RecordingError
from tickets import queues
from tickets.runner.drive.app_names import own_app_names
from tickets.runner.pictures.feed import ScreenFeed
from tickets.said import in_both


class StandardTerminal:
    """Standard input and output as a Terminal."""

    def __init__(self, command: BaseCommand) -> None:
        self._command = command
        self.attached = sys.stdin.isatty()

    def say(self, text: str) -> None:
        self._command.stdout.write(text)
        self._command.stdout.flush()

    def ask(self, question: str) -> str:
        return input(question)


class Command(BaseCommand):
    help = "Carry out one instruction on one phone; sensitive steps are asked here."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        values = settings.CS_AGENT
        parser.add_argument("instruction")
        parser.add_argument("--device-id", required=True, help="serial as registered, e.g. 127.0.0.1:5600")
        parser.add_argument("--base-url", default=settings.MODEL_BASE_URL)
        parser.add_argument("--model", default=values["CS_AGENT_MODEL_NAME"])
        parser.add_argument("--api-key", default=values["CS_AGENT_MODEL_API_KEY"])
        parser.add_argument("--max-steps", type=int, default=values["CS_AGENT_MAX_STEPS"])
        parser.add_argument("--lang", choices=["zh", "en"], default="zh")

    def handle(self, *args: Any, **options: Any) -> None:
        instruction = options["instruction"].strip()
        if not instruction:
            raise CommandError(in_both(_("指令是空的")))
        directory = Path(settings.DATA_DIR) / "terminal" / time.strftime("%Y%m%d-%H%M%S")
        try:
            code = self._run(instruction, options, directory)
        except (PhoneError, ModelError, RecordingError) as error:
            raise CommandError(f"{error}\n{error.advice_in('zh', 'en')}".rstrip()) from error
        except (OperationalError, ProgrammingError) as error:
            words = in_both(_("数据库未就绪,请先运行 {command}"), command=command_line("migrate"))
            raise CommandError(f"{words} ({error})") from error
        except KeyboardInterrupt:
            raise CommandError(in_both(_("已停止"))) from None
        sys.exit(code)

    def _run(self, instruction: str, options: dict[str, Any], directory: Path) -> int:
        phone = _phone(options["device_id"])
        feed = ScreenFeed(0, phone, live=False)
        with ExitStack() as stack:
            stack.enter_context(queues.held_back())  # the outbox's clock finds what is recorded here; no broker needed
            stack.callback(feed.stop)
            feed.start()
            carry_out = _prepared(Parts(StandardTerminal(self), phone, feed, directory), options, stack)
            return carry_out(instruction)


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a session."""

    terminal: StandardTerminal
    phone: Driver
    feed: ScreenFeed
    directory: Path


def _prepared(parts: Parts, options: dict[str, Any], stack: ExitStack) -> Callable[[str], int]:
    """Set up everything around the engine, cleaned up by the stack; returns a function that carries out one
    instruction."""
    # Imported here, while the feed takes its first look: the readers of screens and the model's client are large.
    from cs_agent.engine.turn import loop
    from cs_agent.vision.settle import SettleDetector
    from tickets.runner.drive import engines
    from tickets.runner.drive.phone import FeedPhone
    from tickets.runner.drive.terminal import TerminalJournal, TerminalSession
    from tickets.runner.pictures.recorders import RunRecorder
    from tickets.runner.pictures.redactors import Redactor
    from tickets.services.evidence.redaction import policy_of

    redactor = Redactor(policy_of())
    recorder = RunRecorder(uuid.uuid4(), parts.directory / "frames", redactor, lang=options["lang"])
    recorder.start()
    stack.callback(_finish, parts, recorder)
    stack.callback(parts.feed.listen(recorder.add))
    stack.enter_context(parts.phone.typing_session())
    model, prompt = engines.model_and_prompt(_speaker(options), None, options["lang"], redactor)
    engine = loop.Engine(
        phone=FeedPhone(parts.phone, parts.feed, recorder.explain),
        model=model,
        reader=engines.text_reader(),
        journal=TerminalJournal(parts.terminal, recorder),
        rules=FlowRules(),
        settle=SettleDetector,
        policy=engines.gate_policy(),
        settings=engines.engine_settings(options["max_steps"]),
        prompt=prompt,
    )
    session = TerminalSession(engine, parts.terminal, redactor, lambda image, name: _save(image, parts.directory, name))
    return lambda instruction: session.run(loop.start(instruction, options["lang"]))


def _finish(parts: Parts, recorder: Any) -> None:
    recorder.close()
    try:
        made = encode(parts.directory / "frames", parts.directory / "replay.mp4")
    except NothingRecorded:
        return
    parts.terminal.say(in_both(_("回放:{path}"), path=str(made.path)))


def _speaker(options: dict[str, Any]) -> Any:
    """The environment's model with the command line's overrides."""
    from tickets.services import language_models

    named = language_models.of_environment()
    return replace(named, base_url=options["base_url"], api_key=options["api_key"], model=options["model"])


def _phone(serial: str) -> Driver:
    values = settings.CS_AGENT
    host, port = values["CS_AGENT_ADB_HOST"], values["CS_AGENT_ADB_PORT"]
    address = Address(serial, host, port, app_names=own_app_names())
    if address.kind == ADB:
        AdbServer(host, port).ensure_running()
    return connect(address)


def _save(image: Any, directory: Path, name: str) -> Path:
    path = directory / f"{name}-{time.time_ns()}.png"
    image.save(path)
    return path
