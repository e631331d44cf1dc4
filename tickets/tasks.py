"""What Celery runs. Tasks are thin: they name a run and call the runner.

The entries of tasks are one of the three places where any exception is caught: whatever a defect throws, the run is
parked with a human and the worker lives on. A database that is away parks nothing: the claim runs out, and the
sweeper sends again.
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
from django.db import InterfaceError, OperationalError

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
from tickets.web import request_context

log = logging.getLogger(__name__)
_encoding = threading.Lock()
_NEXT_ENCODING_S = 3.0
# What a worker that was told to end gives its tasks. One that waits for a model or a phone for longer is left as it is:
# every step is written down, and the sweeper sends the run again.
_LAST_TURNS_S = 3.0


@shared_task(name="tickets.tasks.drive_run")
def drive_run(run_id: str) -> None:
    """Drive the run as far as it goes now; harmless when doubled or late."""
    task = Task(uuid.UUID(run_id))
    try:
        here = host.current()
        with request_context.driving(task.run_id):
            drive(task, here, here.parts.build_engine)
    except Run.DoesNotExist:
        log.warning("run %s is gone; message dropped", run_id)
    except (OperationalError, InterfaceError) as error:
        log.warning("run %s: the database is away: %s; the sweeper will send the run again", run_id, error)
    except Exception:
        log.exception("run %s: defect in the runner", run_id)
        note_defect(task.run_id, task.claim)


@shared_task(name="tickets.tasks.check_phone")
def check_phone(check_id: int) -> None:
    """Tests a phone for whoever looks after phones."""
    doctor.make_test(check_id, host.current().parts.connect)


@shared_task(name="tickets.tasks.read_picture")
def read_picture(step_id: int, which: str) -> None:
    """Reads a stored picture for whoever edits the flow."""
    stored_reader.read(step_id, which)


@shared_task(name="tickets.tasks.encode_recording")
def encode_recording(run_id: str) -> None:
    """One at a time, so that the clock always finds a free thread beside it."""
    run = uuid.UUID(run_id)
    if not _encoding.acquire(blocking=False):
        encode.send_again(run, _NEXT_ENCODING_S)
        return
    try:
        encode.encode_run(run)
    except (OperationalError, InterfaceError) as error:
        log.warning("recording of run %s: the database is away: %s; the sweeper will send it again", run_id, error)
    except Exception:
        log.exception("recording of run %s: defect in the encoding", run_id)
        encode.give_back(run)
    finally:
        _encoding.release()


@shared_task(name="tickets.tasks.sweep")
def sweep() -> None:
    found = sweeper.sweep()
    if any(found.values()):
        log.info("sweep: %s", found)


@shared_task(name="tickets.tasks.check_floors")
def check_floors() -> None:
    """Takes back releases that succeed too seldom, scores those that only watch, ends trials that are full."""
    trial_runs.finish_all()
    floors.check_all()
    shadows.score_all()


@shared_task(name="tickets.tasks.move_batches")
def move_batches() -> None:
    """Begins rounds that have come due, and starts runs of batches within their shares."""
    rounds.move_all()


@shared_task(name="tickets.tasks.take_fall_backs")
def take_fall_backs() -> None:
    """Does what flows say about runs that have failed."""
    fall_backs.take_all()


@shared_task(name="tickets.tasks.heartbeat")
def heartbeat() -> None:
    """Proof that a message reached a worker that drives phones, and was worked on."""
    health.beat(f"{health.WORKER}{socket.gethostname()}")
    _warm_up()


@lru_cache(maxsize=1)
def _warm_up() -> None:
    """Once, and only when the whole product is up: at its start everybody else wants the processor."""
    threading.Thread(target=engines.warm_up, name="warm-up", daemon=True).start()


@shared_task(name="tickets.tasks.pulse")
def pulse() -> None:
    """Proof that the upkeep works; and a heartbeat task for every phone host there is."""
    health.beat(f"{health.UPKEEP}{socket.gethostname()}")
    for queue in {settings.CS_AGENT["CS_AGENT_QUEUE"], *Phone.objects.values_list("queue", flat=True)}:
        heartbeat.apply_async(queue=queue, expires=health.WORKER_LATE_S)


@worker_ready.connect
def _start_host(sender: Any, **_: Any) -> None:
    """Only the worker that drives phones keeps their host; the upkeep's has none."""
    if settings.CS_AGENT["CS_AGENT_QUEUE"] not in {queue.name for queue in sender.task_consumer.queues}:
        health.beat(f"{health.UPKEEP}{socket.gethostname()}")
        return
    host.current()
    health.beat(f"{health.WORKER}{socket.gethostname()}")
    log.info("phone host %s is up", settings.CS_AGENT["CS_AGENT_QUEUE"])


@worker_shutting_down.connect
def _leave(**_: Any) -> None:
    """Celery calls this in a signal handler, so what takes time or a lock is done by a thread."""
    leaving.set()
    threading.Thread(target=traces.shut_down, name="traces", daemon=True).start()
    threading.Thread(target=host.shut_down, name="shut-down", daemon=True).start()
    last = threading.Timer(_LAST_TURNS_S, os._exit, (0,))
    last.daemon = True
    last.start()
