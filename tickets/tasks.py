"""The Celery tasks. They are thin: they take ids and call the runner.

After a defect the run is parked for a human. If the database is unreachable nothing is parked: the claim expires, and
the sweeper sends the run again.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import uuid
from functools import lru_cache
from typing import Any

from celery import shared_task
from celery.signals import worker_ready, worker_shutting_down
from django.conf import settings

from tickets.models import Phone, Run
from tickets.runner.drive import engines, traces
from tickets.runner.drive.session import Task, drive, leaving
from tickets.runner.drive.trouble import note_defect
from tickets.runner.host import doctor
from tickets.runner.host import service as host
from tickets.runner.pictures import encode, stored_reader
from tickets.runner.upkeep import sweeper
from tickets.services.batches import rounds
from tickets.services.flows import fall_backs
from tickets.services.live import health
from tickets.services.releasing import floors, shadows, trial_runs
from tickets.task_entry import guarded
from tickets.web import request_context

log = logging.getLogger(__name__)
_encoding = threading.Lock()
_NEXT_ENCODING_S = 3.0
# How long a worker that is being stopped waits for its tasks. A task that waits longer for a model or a phone is
# abandoned: every step is stored, and the sweeper sends the run again.
_LAST_TURNS_S = 3.0


@shared_task(name="tickets.tasks.drive_run")
def drive_run(run_id: str) -> None:
    """Drive the run as far as possible now; harmless if duplicated or late."""
    task = Task(uuid.UUID(run_id))
    with guarded(f"run {run_id}", lambda _: note_defect(task.run_id, task.claim)):
        try:
            here = host.current()
            with request_context.driving(task.run_id):
                drive(task, here, here.parts.build_engine)
        except Run.DoesNotExist:
            log.warning("run %s is gone; message dropped", run_id)


@shared_task(name="tickets.tasks.check_phone")
def check_phone(check_id: int) -> None:
    """Test a phone."""
    doctor.make_test(check_id, host.current().parts.connect)


@shared_task(name="tickets.tasks.read_picture")
def read_picture(step_id: int, which: str) -> None:
    """Read the text of a stored picture for a flow editor."""
    stored_reader.read(step_id, which)


@shared_task(name="tickets.tasks.encode_recording")
def encode_recording(run_id: str) -> None:
    """One encoding at a time, so that a thread stays free for periodic tasks."""
    run = uuid.UUID(run_id)
    if not _encoding.acquire(blocking=False):
        encode.send_again(run, _NEXT_ENCODING_S)
        return
    try:
        with guarded(f"recording of run {run_id}", lambda _: encode.give_back(run)):
            encode.encode_run(run)
    finally:
        _encoding.release()


@shared_task(name="tickets.tasks.sweep")
def sweep() -> None:
    found = sweeper.sweep(apart=guarded)
    if any(found.values()):
        log.info("sweep: %s", found)


@shared_task(name="tickets.tasks.check_floors")
def check_floors() -> None:
    """Take back releases below their floor, score shadow releases, finish full trials."""
    trial_runs.finish_all(apart=guarded)
    floors.check_all(apart=guarded)
    shadows.score_all(apart=guarded)


@shared_task(name="tickets.tasks.move_batches")
def move_batches() -> None:
    """Begin due rounds, and start runs of batches within their shares."""
    rounds.move_all(apart=guarded)


@shared_task(name="tickets.tasks.take_fall_backs")
def take_fall_backs() -> None:
    """Carry out the fall-backs of failed runs."""
    fall_backs.take_all(apart=guarded)


@shared_task(name="tickets.tasks.heartbeat")
def heartbeat() -> None:
    """Heartbeat: proves that a driving worker received and processed a message."""
    health.beat(f"{health.WORKER}{socket.gethostname()}")
    _warm_up()


@lru_cache(maxsize=1)
def _warm_up() -> None:
    """Warm up once, after the whole product has started, since the start needs all processors."""
    threading.Thread(target=engines.warm_up, name="warm-up", daemon=True).start()


@shared_task(name="tickets.tasks.pulse")
def pulse() -> None:
    """Heartbeat of the upkeep; also sends a heartbeat task to every phone host."""
    health.beat(f"{health.UPKEEP}{socket.gethostname()}")
    for queue in {settings.CS_AGENT["CS_AGENT_QUEUE"], *Phone.objects.values_list("queue", flat=True)}:
        heartbeat.apply_async(queue=queue, expires=health.WORKER_LATE_S)


@worker_ready.connect
def _start_host(sender: Any, **_: Any) -> None:
    """Start the phone host, only in the worker that drives phones."""
    if settings.CS_AGENT["CS_AGENT_QUEUE"] not in {queue.name for queue in sender.task_consumer.queues}:
        health.beat(f"{health.UPKEEP}{socket.gethostname()}")
        return
    host.current()
    health.beat(f"{health.WORKER}{socket.gethostname()}")
    log.info("phone host %s is up", settings.CS_AGENT["CS_AGENT_QUEUE"])


@worker_shutting_down.connect
def _leave(**_: Any) -> None:
    """Called by Celery in a signal handler, so anything that takes time or a lock is done by a thread."""
    leaving.set()
    threading.Thread(target=traces.shut_down, name="traces", daemon=True).start()
    threading.Thread(target=host.shut_down, name="shut-down", daemon=True).start()
    last = threading.Timer(_LAST_TURNS_S, os._exit, (0,))
    last.daemon = True
    last.start()
