"""No recorder, no sensitive step: a full or unwritable disk stops what cannot be undone, with a word on what to do."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from cs_agent.engine.actions.values import Tap, Type
from cs_agent.engine.run.state import Reason, RunState, StepRecord, StepStatus, Verdict, VerdictKind
from cs_agent.geometry import NormPoint
from cs_agent.vision.redaction import RedactionPolicy
from tests.evidence.conftest import until
from tests.evidence.screens import MOBILE, KnowingReader, frame
from tests.tickets.conftest import drive, publish
from tickets.errors import InvalidFlow
from tickets.models import AuditEvent, Phone, Recording, Run, Step
from tickets.runner.drive.journal import DatabaseJournal, NotRecorded
from tickets.runner.holds import claims
from tickets.runner.pictures import redactors
from tickets.runner.pictures.encode import encode_run
from tickets.runner.pictures.recorders import RunRecorder
from tickets.runner.pictures.redactors import Redactor
from tickets.services.evidence import pictures
from tickets.services.evidence.redaction import is_recorded, policy_of

pytestmark = pytest.mark.django_db
SUBMIT = StepRecord(
    1,
    StepStatus.INTENDED,
    "提交",
    Tap(NormPoint(500, 930)),
    verdict=Verdict(VerdictKind.CONFIRM, (Reason("commit_word", {"label": "提交"}),), irreversible=True),
)
TYPE = StepRecord(1, StepStatus.DONE, f"输入{MOBILE}", Type("13800138000"))


@pytest.fixture
def reader() -> KnowingReader:
    return KnowingReader()


@pytest.fixture
def driven_run(run: Run, phone: Phone, reader: KnowingReader, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run under a claim, whose pictures are read by the tests' own reader."""
    redactor = Redactor(RedactionPolicy(), reader)
    monkeypatch.setattr(redactors, "_of_run", lambda _run_id: redactor)
    return drive(run, phone)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "frames"


@pytest.fixture
def recorder(driven_run: Run, folder: Path) -> Iterator[RunRecorder]:
    recorder = RunRecorder(driven_run.pk, folder, redactors.of_run(driven_run.pk))
    recorder.start()
    yield recorder
    recorder.close()


def journal(run: Run, recorder: RunRecorder | None) -> DatabaseJournal:
    return DatabaseJournal(run, claims.Claim(run.pk, run.claim_token), lambda: recorder)


def state(run: Run) -> RunState:
    return RunState(run.instruction)


def test_with_a_working_recorder_the_intent_is_saved_and_its_picture_is_there(
    driven_run: Run, recorder: RunRecorder, reader: KnowingReader
) -> None:
    journal(driven_run, recorder).save(state(driven_run), replace(SUBMIT, before=reader.knows("售后申请")))
    step = Step.objects.get(run=driven_run)
    assert (step.status, step.irreversible) == ("intended", True)
    assert pictures.path_of(step.before).exists()


def test_without_a_recorder_the_intent_is_refused_and_nothing_is_saved(driven_run: Run) -> None:
    with pytest.raises(NotRecorded):
        journal(driven_run, None).save(state(driven_run), SUBMIT)
    assert not Step.objects.filter(run=driven_run).exists()


def test_a_disk_with_too_little_room_stops_sensitive_steps_and_says_so(
    driven_run: Run, folder: Path, settings: Any
) -> None:
    settings.CS_AGENT = {**settings.CS_AGENT, "CS_AGENT_RECORD_MIN_FREE_MB": 10**9}
    recorder = RunRecorder(driven_run.pk, folder, redactors.of_run(driven_run.pk))
    recorder.start()
    with pytest.raises(NotRecorded, match="磁盘已满") as refused:
        journal(driven_run, recorder).save(state(driven_run), SUBMIT)
    assert "敏感操作已停止" in refused.value.advice
    assert refused.value.retryable
    journal(driven_run, recorder).save(state(driven_run), TYPE)  # what can be undone goes on
    recorder.close()
    assert Step.objects.get(run=driven_run).status == "done"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte, where the system lets us make one."""
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)], capture_output=True)
    if made.returncode:
        pytest.skip("may not mount a file system here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_disk_that_fills_up_while_recording_stops_sensitive_steps_until_there_is_room(
    driven_run: Run, small_disk: Path, settings: Any
) -> None:
    settings.CS_AGENT = {**settings.CS_AGENT, "CS_AGENT_RECORD_MIN_FREE_MB": 0}
    settings.MEDIA_ROOT = small_disk
    recorder = RunRecorder(driven_run.pk, small_disk / "frames", redactors.of_run(driven_run.pk))
    recorder.start()
    assert recorder.works
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"x" * (900 * 1024))
    for number in range(8):
        recorder.add(frame(noise(), at=float(number)))
    until(lambda: not recorder.works)
    assert "磁盘已满" in recorder.error
    with pytest.raises(NotRecorded):
        journal(driven_run, recorder).save(state(driven_run), SUBMIT)
    assert not Step.objects.filter(run=driven_run).exists()
    ballast.unlink()
    recorder.add(frame(noise(), at=99.0))
    until(lambda: recorder.works)
    recorder.close()


def test_an_act_whose_picture_cannot_be_written_is_refused_before_its_intent(
    driven_run: Run, small_disk: Path, folder: Path, settings: Any
) -> None:
    settings.MEDIA_ROOT = small_disk
    with contextlib.suppress(OSError), (small_disk / "ballast").open("wb", buffering=0) as ballast:
        while True:
            ballast.write(b"x" * 4096)
    recorder = RunRecorder(driven_run.pk, folder, redactors.of_run(driven_run.pk))
    recorder.start()
    with pytest.raises(NotRecorded):
        journal(driven_run, recorder).save(state(driven_run), replace(SUBMIT, before=noise()))
    assert not Step.objects.filter(run=driven_run).exists()
    recorder.close()


def noise() -> Image.Image:
    return Image.frombytes("RGB", (540, 1200), os.urandom(540 * 1200 * 3))


def test_what_is_stored_of_a_step_holds_no_personal_data_but_the_checkpoint_does(
    driven_run: Run, recorder: RunRecorder
) -> None:
    told = RunState("请联系 13800138000")
    journal(driven_run, recorder).save(told, replace(TYPE, control=MOBILE))
    step = Step.objects.get(run=driven_run)
    assert (step.thought, step.action_text) == ("输入手机号 [手机号]", 'do(action="Type", text="[手机号]")')
    assert step.control == "手机号 [手机号]"
    driven_run.refresh_from_db()
    assert RunState.from_json(driven_run.checkpoint).instruction == told.instruction


def test_pictures_follow_their_step_and_are_kept_once(
    driven_run: Run, recorder: RunRecorder, reader: KnowingReader, django_capture_on_commit_callbacks: Any
) -> None:
    before, after = reader.knows("之前"), reader.knows("之后")
    log = journal(driven_run, recorder)
    with django_capture_on_commit_callbacks(execute=True):
        log.save(state(driven_run), replace(TYPE, status=StepStatus.INTENDED, before=before))
        log.save(state(driven_run), replace(TYPE, before=before, after=after))
    step = Step.objects.get(run=driven_run)
    until(lambda: pictures.path_of(step.before).exists() and pictures.path_of(step.after).exists())
    recorder.close()
    assert len(list(pictures.path_of(step.before).parent.iterdir())) == 2


def test_the_sha256_of_a_recording_is_in_the_audit_chain(driven_run: Run, settings: Any, reader: KnowingReader) -> None:
    import hashlib

    row = Recording.objects.create(run=driven_run, directory="recordings/one")
    recorder = RunRecorder(driven_run.pk, Path(settings.MEDIA_ROOT) / row.directory, redactors.of_run(driven_run.pk))
    recorder.start()
    for number in range(3):
        recorder.add(frame(reader.knows(f"第{number}页"), at=100.0 + number))
    recorder.close()
    Run.objects.filter(pk=driven_run.pk).update(status="succeeded")
    encode_run(driven_run.pk)
    row.refresh_from_db()
    event = AuditEvent.objects.get(type="recording.encoded")
    digest = hashlib.sha256((Path(settings.MEDIA_ROOT) / row.video).read_bytes()).hexdigest()
    assert event.recording_sha256 == row.sha256 == digest
    assert not (Path(settings.MEDIA_ROOT) / row.directory).exists()


def test_only_a_flow_that_changes_nothing_may_go_unrecorded(db: None) -> None:
    engine = {"success_evidence": [["完成"]]}
    assert not is_recorded({"record": False, "engine": {**engine, "read_only": True}})
    assert is_recorded({"record": False, "engine": engine})  # whatever is stored: what may change something is recorded
    assert is_recorded({"engine": {**engine, "read_only": True}})
    with pytest.raises(InvalidFlow, match="read_only"):
        publish("complaint_refund", record=False)


def test_an_irreversible_step_in_an_unrecorded_flow_is_refused(driven_run: Run) -> None:
    recorder = RunRecorder(driven_run.pk, None, redactors.of_run(driven_run.pk))
    recorder.start()
    with pytest.raises(NotRecorded, match="未开启录像"):
        journal(driven_run, recorder).save(state(driven_run), SUBMIT)
    recorder.close()


def test_a_flow_hides_more_than_the_installation_and_never_less(settings: Any) -> None:
    settings.CS_AGENT = {**settings.CS_AGENT, "CS_AGENT_REDACT_STORED": ("password",)}
    added = policy_of({"redaction": {"stored": ["mobile"], "viewer": []}})
    assert added.stored == {"password", "mobile"}
    assert added.viewer == policy_of().viewer
    assert policy_of().stored == {"password"}


@pytest.mark.parametrize("redaction", [{"everyone": ["mobile"]}, {"stored": ["shoe_size"]}, ["mobile"]])
def test_a_policy_that_means_nothing_is_refused_when_a_flow_is_published(db: None, redaction: Any) -> None:
    with pytest.raises(InvalidFlow, match="redaction"):
        publish("complaint_refund", redaction=redaction)
