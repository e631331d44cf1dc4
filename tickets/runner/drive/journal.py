"""The engine's Journal on database rows.

Rule: the checkpoint and the step's row are written in one transaction, only under the claim. The intent of an
irreversible act is refused while the recorder does not work. The checkpoint holds what the agent needs to continue; the
step's row only what the redaction policy permits to store.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace

from django.db import transaction

from cs_agent import catalogue
from cs_agent.engine.run.protocols import PhoneError
from cs_agent.engine.run.state import Ended, Pause, RunState, StepRecord, StepStatus
from cs_agent.recording.errors import RecordingError
from tickets.models import Run
from tickets.runner.drive import traces
from tickets.runner.holds import claims
from tickets.runner.pictures import redactors, step_pictures
from tickets.runner.pictures.recorders import RunRecorder
from tickets.said import said
from tickets.services.live import health
from tickets.services.runs import steps


class NotRecorded(PhoneError):
    """The run is not being recorded, so a sensitive step must not be taken."""

    retryable = True
    advice = catalogue._("录像不可用(磁盘已满或不可写),敏感操作已停止")


class DatabaseJournal:
    """Implements cs_agent.engine.run.protocols.Journal for one claim."""

    def __init__(self, run: Run, claim: claims.Claim, recorder: Callable[[], RunRecorder | None]) -> None:
        self._run = run
        self._claim = claim
        self._recorder = recorder

    def save(self, state: RunState, step: StepRecord) -> None:
        recorder = self._recorder()
        written = _put_on_record(self._run.pk, step, recorder) if _is_irrevocable(step) else None
        told = redactors.of_run(self._run.pk).texts(replace(step, before=None, after=None))
        try:
            self._save(state, step, told, recorder, written)
        except claims.ClaimLost:
            steps.save_late_outcome(self._run, told, claim_token=self._claim.token)
            raise
        traces.step_done(self._run, step)
        if recorder is not None:
            recorder.mark(step)

    def _save(
        self,
        state: RunState,
        step: StepRecord,
        told: StepRecord,
        recorder: RunRecorder | None,
        written: step_pictures.Places | None,
    ) -> None:
        with transaction.atomic():
            claims.save_checkpoint(self._claim, state.to_json(), progress=step.status is StepStatus.DONE)
            row = steps.save_step(self._run, told, claim_token=self._claim.token)
            step_pictures.attach(row, _images(step), recorder, written)

    def check(self) -> None:
        health.note_work()
        claims.check(self._claim)

    def paused(self, pause: Pause) -> None:
        """Mark in the recording that the run waits for a human; the replay shortens the wait."""
        recorder = self._recorder()
        if recorder is not None and not isinstance(pause, Ended):
            recorder.mark_wait(type(pause).__name__)

    def resumed(self) -> None:
        recorder = self._recorder()
        if recorder is not None:
            recorder.mark_resume()


def _is_irrevocable(step: StepRecord) -> bool:
    """Whether this is the intent of an irreversible act."""
    return step.status is StepStatus.INTENDED and step.verdict is not None and step.verdict.irreversible


def _put_on_record(run_id: uuid.UUID, step: StepRecord, recorder: RunRecorder | None) -> step_pictures.Places:
    """Write the pictures before the act to disk; NotRecorded if that is impossible."""
    if recorder is None or not recorder.works:
        raise NotRecorded(recorder.error if recorder else said("recording.none"))
    try:
        return step_pictures.write_first(run_id, _images(step), recorder)
    except RecordingError as error:
        raise NotRecorded(str(error)) from error


def _images(step: StepRecord) -> step_pictures.Images:
    return {"before": step.before, "after": step.after}
