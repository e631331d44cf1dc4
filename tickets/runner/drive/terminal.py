"""Carries out one instruction from a terminal, with the same engine and gate as a run and the human at the keyboard.

Rules: without an attached terminal nobody can approve, so a sensitive step is refused. The session is recorded and
audited like a run, with personal data redacted; without a recorder no sensitive step is taken.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Protocol

from django.utils.translation import gettext_lazy as _

from cs_agent.engine.run import human
from cs_agent.engine.run.state import (
    ConfirmationRequest,
    Ended,
    EndStatus,
    FieldValue,
    Question,
    RunState,
    StepRecord,
    StepStatus,
    TakeoverRequest,
    Turn,
)
from cs_agent.engine.turn.loop import Engine
from cs_agent.recording.errors import RecordingUnwritable
from tickets.runner.pictures import step_pictures
from tickets.runner.pictures.recorders import RunRecorder
from tickets.runner.pictures.redactors import Redactor
from tickets.said import in_both
from tickets.services.evidence import audit

_YES, _NO = frozenset({"Y", "YES", "是"}), frozenset({"N", "NO", "否"})


class ExitCode(IntEnum):
    DONE = 0
    FAILED = 1
    REFUSED = 3  # a human was needed and none was there, or said no


class Terminal(Protocol):
    """Input and output. `attached` is False if input does not come from a terminal."""

    attached: bool

    def say(self, text: str) -> None: ...

    def ask(self, question: str) -> str:
        """A line of input; EOFError at its end."""


@dataclass(frozen=True, slots=True)
class _Refused(Exception):
    """No human is there to decide."""

    what: str


class TerminalJournal:
    """Prints the steps; implements the engine's Journal."""

    def __init__(self, terminal: Terminal, recorder: RunRecorder) -> None:
        self._terminal, self._recorder = terminal, recorder
        self._shown = 0

    def save(self, state: RunState, step: StepRecord) -> None:
        irreversible = step.verdict is not None and step.verdict.irreversible
        if irreversible and step.status is StepStatus.INTENDED and not self._recorder.works:
            raise RecordingUnwritable(self._recorder.error)  # nothing irreversible off the record
        self._recorder.mark(step)
        if step.number != self._shown:
            self._shown = step.number
            confidence = "" if step.confidence is None else f"  ({step.confidence:.2f})"
            self._terminal.say(f"[{step.number}] {step.thought}\n    {step.action_text}{confidence}")
        if step.status in {StepStatus.FAILED, StepStatus.REFUSED}:
            self._terminal.say(f"    ✗ {step.outcome}")

    def check(self) -> None:
        """Never interrupts; only Ctrl-C stops a session."""


class TerminalSession:
    """Runs the engine to the end, asking the human at the terminal at every pause."""

    def __init__(
        self, engine: Engine, terminal: Terminal, redactor: Redactor, save_picture: Callable[[object, str], Path]
    ) -> None:
        self._engine, self._terminal, self._redactor, self._save_picture = engine, terminal, redactor, save_picture

    def run(self, state: RunState) -> ExitCode:
        audit.record("terminal.started", details={"instruction": self._redactor.text(state.instruction)})
        try:
            ended = self._to_the_end(state)
        except _Refused as refused:
            self._terminal.say(in_both(_("需要人工,但没有连接终端,已拒绝:{what}"), what=refused.what))
            audit.record("terminal.refused", result="failure", details={"what": refused.what})
            return ExitCode.REFUSED
        self._terminal.say(f"{ended.status}: {ended.message}")
        done = ended.status is EndStatus.SUCCEEDED
        audit.record("terminal.ended", result="success" if done else "failure", details={"message": ended.message})
        if ended.status is EndStatus.REJECTED:
            return ExitCode.REFUSED
        return ExitCode.DONE if done else ExitCode.FAILED

    def _to_the_end(self, state: RunState) -> Ended:
        while True:
            turn = self._engine.turn(state)
            if isinstance(turn.pause, Ended):
                return turn.pause
            answered = self._answer(turn)
            if isinstance(answered, Ended):
                return answered
            state = answered

    def _answer(self, turn: Turn) -> RunState | Ended:
        match step_pictures.covered_by(self._redactor, turn.pause) if turn.pause else None:
            case ConfirmationRequest() as request:
                return self._confirm(turn.state, request)
            case Question() as question:
                choices = f" ({' / '.join(question.choices)})" if question.choices else ""
                return human.answer(turn.state, self._ask(f"{question.text}{choices}\n> "))
            case TakeoverRequest() as request:
                told = self._ask(
                    in_both(_("请接管手机:{reason}"), reason=request.reason)
                    + "\n"
                    + in_both(_("完成后说明做了什么并回车:"))
                )
                return human.handed_back(turn.state, told)
            case _:
                return turn.state

    def _confirm(self, state: RunState, request: ConfirmationRequest) -> RunState | Ended:
        picture = self._save_picture(request.screenshot, "confirmation")
        self._terminal.say(
            "\n".join(
                [request.summary, *map(_field_line, request.fields), in_both(_("截图:{path}"), path=str(picture))]
            )
        )
        if self._says_yes():
            note = self._reason_for_differences(request)
            self._record("confirmation.approved", request, note)
            return human.approve(state, request.action_digest, note)
        note = self._ask(in_both(_("给智能体的说明,直接回车则结束运行:"))).strip()
        self._record("confirmation.rejected", request, note)
        if not note:
            return Ended(EndStatus.REJECTED, in_both(_("已拒绝")))
        return human.reject(state, note, end=False)

    def _says_yes(self) -> bool:
        """Ask until the answer is clearly yes or no."""
        while True:
            answer = self._ask(in_both(_("Y = 同意,N = 拒绝:"))).strip().upper()
            if answer in _YES | _NO:
                return answer in _YES

    def _reason_for_differences(self, request: ConfirmationRequest) -> str:
        if not any(value.differs for value in request.fields):
            return ""
        while True:
            reason = self._ask(in_both(_("有差异,请填写同意的理由:"))).strip()
            if reason:
                return reason

    def _ask(self, question: str) -> str:
        if not self._terminal.attached:
            raise _Refused(question.splitlines()[0])
        try:
            return self._terminal.ask(question)
        except EOFError:
            raise _Refused(question.splitlines()[0]) from None

    @staticmethod
    def _record(type: str, request: ConfirmationRequest, note: str) -> None:
        audit.record(
            type, result="success", details={"summary": request.summary, "action": request.action_text, "note": note}
        )


def _field_line(value: FieldValue) -> str:
    mark = "≠" if value.differs else "="
    of_ticket = f"  {mark}  {value.ticket_value or '-'}" if value.ticket_value or value.differs else ""
    return f"    {value.label}: {value.screen_value}{of_ticket}"
