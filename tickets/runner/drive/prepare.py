"""Prepares a phone for a new run: screen on, keyboard, home screen, apps restarted, the customer's files.

Rule: the last run's screens (a success message, a half-filled form) must not be taken for this run's, so the flow's
apps are stopped after a run, and again before the next, which may be of another flow or follow a crash.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from cs_agent.engine.run.protocols import Key
from cs_agent.observation import AppKind
from cs_agent.phone.driver import Driver
from cs_agent.phone.file_names import safe_name
from tickets.models import Attachment, AuditEvent, Run, RunPurpose
from tickets.runner.holds import leases
from tickets.services import sealed_files
from tickets.services.evidence import audit


def prepare(run: Run, phone: Driver, lease: leases.Lease, check: Callable[[], None]) -> None:
    """Idempotent: files are pushed again under the same names.

    `check` may raise to stop between two files.
    """
    phone.wake()
    phone.restore_keyboard()
    home = phone.foreground()
    if home.kind is not AppKind.HOME:
        leases.check(lease)
        phone.press(Key.HOME)
        home = phone.foreground()
    end_apps(run, phone, home.package, lambda: leases.check(lease))
    for name, attachment in _media(run):
        check()
        leases.check(lease)
        with sealed_files.plain_path(Path(attachment.file.path)) as path:
            remote = phone.push_media(path, name)
        audit.record("media.pushed", run=run, result="success", details={"name": name, "path": remote})


def take_back(run: Run, phone: Driver) -> None:
    """Delete this run's files from the phone, so that the next customer's run can neither see nor send them."""
    if not AuditEvent.objects.filter(run_id=str(run.pk), type="media.pushed").exists():
        return
    for name, _attachment in _media(run):
        remote = phone.remove_media(name)
        audit.record("media.removed", run=run, result="success", details={"name": name, "path": remote})


def end_apps(run: Run, phone: Driver, home: str, check: Callable[[], None] = lambda: None) -> None:
    """Of the flow's apps all but `home`, the package of the home screen, which may be one. `check` may raise."""
    for package in run.flow_version.definition.get("engine", {}).get("allowed_apps", []):
        if package != home:
            check()
            phone.stop_app(package)


def pushed_names(run: Run) -> frozenset[str]:
    """Names of the files that were put on the phone for this run."""
    return frozenset(safe_name(name) for name, _attachment in _media(run))


def _media(run: Run) -> list[tuple[str, Attachment]]:
    """The customer's files under the names that the run's slots give them on the phone."""
    slots = run.slots.all()
    if run.purpose != RunPurpose.LESSON:  # whose slots are those that its teacher wants there
        slots = slots.filter(name__in=run.flow_version.definition.get("media", []))
    return [(slot.value, slot.attachment) for slot in slots.select_related("attachment") if slot.attachment is not None]
