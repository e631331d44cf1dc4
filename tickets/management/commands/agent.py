"""`manage.py agent "instruction"`: one instruction on one phone from a terminal; Y/N, answers and takeovers here."""

from __future__ import annotations

import sys
import time
import uuid
from argparse import ArgumentParser
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, ProgrammingError

from cs_agent.engine.run.flow import FlowRules
from cs_agent.engine.run.protocols import ModelError, PhoneError
from cs_agent.engine.turn import loop
from cs_agent.phone.connection import AdbServer
from cs_agent.recording.encode import encode
from cs_agent.recording.errors import NothingRecorded, RecordingError
from cs_agent.vision.settle import SettleDetector
from tickets.runner.drive import engines
from tickets.runner.drive.terminal import RecordedPhone, TerminalJournal, TerminalSession
from tickets.runner.pictures.recorders import RunRecorder
from tickets.runner.pictures.redactors import Redactor
from tickets.services import language_models
from tickets.services.evidence.redaction import policy_of
from tickets.services.language_models import Speaker


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
        parser.add_argument("--device-id", required=True, help="adb serial, e.g. 127.0.0.1:5600")
        parser.add_argument("--base-url", default=settings.MODEL_BASE_URL)
        parser.add_argument("--model", default=values["CS_AGENT_MODEL_NAME"])
        parser.add_argument("--api-key", default=values["CS_AGENT_MODEL_API_KEY"])
        parser.add_argument("--max-steps", type=int, default=values["CS_AGENT_MAX_STEPS"])
        parser.add_argument("--lang", choices=["zh", "en"], default="zh")

    def handle(self, *args: Any, **options: Any) -> None:
        instruction = options["instruction"].strip()
        if not instruction:
            raise CommandError("指令是空的 / the instruction is empty")
        directory = Path(settings.DATA_DIR) / "terminal" / time.strftime("%Y%m%d-%H%M%S")
        try:
            code = self._run(instruction, options, directory)
        except (PhoneError, ModelError, RecordingError) as error:
            raise CommandError(f"{error}\n{error.advice}\n{error.advice_en}".rstrip()) from error
        except (OperationalError, ProgrammingError) as error:
            raise CommandError(f"数据库未就绪,请先运行 / first run: python manage.py migrate ({error})") from error
        except KeyboardInterrupt:
            raise CommandError("已停止 / stopped") from None
        sys.exit(code)

    def _run(self, instruction: str, options: dict[str, Any], directory: Path) -> int:
        server = _adb_server()
        terminal = StandardTerminal(self)
        with ExitStack() as stack:
            redactor = Redactor(policy_of())
            recorder = RunRecorder(uuid.uuid4(), directory / "frames", redactor, lang=options["lang"])
            recorder.start()
            stack.callback(self._finish, recorder, directory)
            phone = RecordedPhone(options["device_id"], server.host, server.port, recorder)
            stack.enter_context(phone.typing_session())
            model, prompt = engines.mind(_speaker(options), None, options["lang"], redactor)
            engine = loop.Engine(
                phone=phone,
                model=model,
                reader=engines.text_reader(),
                journal=TerminalJournal(terminal, recorder),
                rules=FlowRules(),
                settle=SettleDetector,
                policy=engines.gate_policy(),
                settings=engines.engine_settings(options["max_steps"]),
                prompt=prompt,
            )
            session = TerminalSession(engine, terminal, redactor, lambda image, name: _save(image, directory, name))
            return session.run(loop.start(instruction, options["lang"]))

    def _finish(self, recorder: RunRecorder, directory: Path) -> None:
        recorder.close()
        try:
            made = encode(directory / "frames", directory / "replay.mp4")
        except NothingRecorded:
            return
        self.stdout.write(f"回放 / replay: {made.path}")


def _speaker(options: dict[str, Any]) -> Speaker:
    named = language_models.of_environment()
    return replace(named, base_url=options["base_url"], api_key=options["api_key"], model=options["model"])


def _adb_server() -> AdbServer:
    values = settings.CS_AGENT
    server = AdbServer(values["CS_AGENT_ADB_HOST"], values["CS_AGENT_ADB_PORT"])
    server.ensure_running()
    return server


def _save(image: Any, directory: Path, name: str) -> Path:
    path = directory / f"{name}-{time.time_ns()}.png"
    image.save(path)
    return path
