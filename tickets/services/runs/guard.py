"""Guards every write to an active run: a worker writes under its claim, a person under a takeover.

Rule: the run's row is locked before reading who drives it, so that only the current driver writes in the same
transaction; anybody else is refused without a change. Both functions are called inside the caller's transaction, which
holds the lock until it ends.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tickets.errors import ClaimLost, Conflict, NotPending
from tickets.models import Run, RunStatus, Takeover
from tickets.services.runs import lifecycle as runs


def claimed(run_id: uuid.UUID, token: int) -> QuerySet[Run]:
    """The run while it is driven under that token; the filter of every conditional update by a worker."""
    return Run.objects.filter(pk=run_id, claim_token=token, status=RunStatus.RUNNING)


def under_claim(run_id: uuid.UUID, token: int) -> Run:
    """The run, locked; ClaimLost unless it is still driven under that token."""
    run = runs.locked(Run(pk=run_id))
    if run.claim_token != token or run.status != RunStatus.RUNNING:
        raise ClaimLost
    return run


def under_takeover(takeover_id: uuid.UUID | str, user: Any, *, begun: bool = True) -> tuple[Run, Takeover]:
    """The run, locked, and its current takeover.

    NotPending unless that takeover is active (with `begun` False it may also be only requested); Conflict if another
    person holds it.
    """
    run_id = Takeover.objects.values_list("run_id", flat=True).get(pk=takeover_id)
    run = runs.locked(Run(pk=run_id))
    takeover = Takeover.objects.select_related("user").get(pk=takeover_id)
    waits = begun and takeover.begun_at is None
    if takeover.ended_at is not None or run.status != RunStatus.TAKEN_OVER or waits:
        raise NotPending(_("当前没有正在进行的人工接管。"))
    refuse_other_person(takeover, user)
    return run, takeover


def refuse_other_person(takeover: Takeover, user: Any) -> None:
    """Conflict if somebody else holds the takeover; a requested one belongs to nobody yet."""
    if takeover.user_id is not None and takeover.user_id != user.pk:
        raise Conflict(_("%s 正在接管手机。") % takeover.user, code="taken_by_other", by=str(takeover.user))
