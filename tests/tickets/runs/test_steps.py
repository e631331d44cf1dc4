"""Steps are written under the claim: intent first, outcome after, pictures once."""

from __future__ import annotations

from typing import Any

import pytest

from cs_agent.engine.actions.values import Back
from cs_agent.engine.run.state import Reason, StepRecord, StepStatus, Verdict, VerdictKind
from tickets.errors import ClaimLost
from tickets.models import AuditEvent, Run, RunStatus, Step
from tickets.services.evidence import pictures
from tickets.services.runs import lifecycle as runs
from tickets.services.runs import steps

VERDICT = Verdict(VerdictKind.CONFIRM, (Reason("commit_word", {"label": "提交"}),), irreversible=True)


def record(status: StepStatus = StepStatus.INTENDED, **changes: Any) -> StepRecord:
    values: dict[str, Any] = {"number": 1, "status": status, "action": Back(), "confidence": 0.93}
    return StepRecord(**{**values, **changes})


def test_intent_and_outcome_are_one_row(driven: Run) -> None:
    token = driven.claim_token
    steps.save_step(driven, record(), claim_token=token)
    done = steps.save_step(driven, record(StepStatus.DONE, outcome="ok", timings={"act": 0.1}), claim_token=token)
    assert Step.objects.count() == 1
    assert (done.status, done.outcome, done.timings) == ("done", "ok", {"act": 0.1})
    assert done.ended_at is not None


def test_a_worker_that_lost_its_claim_saves_nothing(driven: Run) -> None:
    with pytest.raises(ClaimLost):
        steps.save_step(driven, record(), claim_token=driven.claim_token - 1)
    runs.end(driven, RunStatus.CANCELLED, result="x")
    with pytest.raises(ClaimLost):
        steps.save_step(driven, record(), claim_token=driven.claim_token)
    assert not Step.objects.exists()


def test_every_outcome_is_audited_and_the_intent_of_what_cannot_be_undone(driven: Run) -> None:
    token = driven.claim_token
    steps.save_step(driven, record(), claim_token=token)
    assert not AuditEvent.objects.filter(type="step.intended").exists()
    steps.save_step(driven, record(StepStatus.DONE), claim_token=token)
    steps.save_step(driven, record(number=2, verdict=VERDICT), claim_token=token)
    steps.save_step(driven, record(StepStatus.FAILED, number=2, verdict=VERDICT), claim_token=token)
    events = AuditEvent.objects.filter(type__startswith="step.").values_list("type", "step_no", "result", "confidence")
    assert list(events) == [
        ("step.done", 1, "success", 0.93),
        ("step.intended", 2, "", 0.93),
        ("step.failed", 2, "failure", 0.93),
    ]


def test_the_verdict_with_its_reasons_is_stored(driven: Run) -> None:
    step = steps.save_step(driven, record(verdict=VERDICT), claim_token=driven.claim_token)
    step.refresh_from_db()
    assert (step.verdict, step.irreversible) == ("confirm", True)
    assert step.reasons == [{"code": "commit_word", "values": {"label": "提交"}}]


def test_a_picture_path_never_leads_out_of_the_media_folder() -> None:
    for path in ("../../etc/passwd", "/etc/passwd"):
        with pytest.raises(ValueError, match="media"):
            pictures.path_of(path)
