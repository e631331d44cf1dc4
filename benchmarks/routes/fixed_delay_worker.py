"""The product's worker driving its phones with fixed delays; started by bench_profile in place of the usual one."""

from __future__ import annotations

import sys

from benchmarks import own_worker

own_worker.set_up()

from django.conf import settings  # noqa: E402 - after Django's set-up

from benchmarks.routes.fixed_delay_phone import DelayedGestures, FilePhone, NoSettling  # noqa: E402
from cs_agent.engine.run.protocols import Journal, Phone  # noqa: E402
from cs_agent.engine.turn.loop import Engine  # noqa: E402
from tickets import models  # noqa: E402
from tickets.runner.drive import engines  # noqa: E402
from tickets.runner.drive.app_names import own_app_names  # noqa: E402
from tickets.runner.host.service import Parts  # noqa: E402
from tickets.runner.pictures.feed import ScreenFeed  # noqa: E402


class FeedOnRequest(ScreenFeed):
    """Takes pictures when one is asked for, and otherwise just so many that the phone is seen to be there."""

    moving_pause_s = waited_pause_s = busy_pause_s = idle_pause_s = 5.0


def connect(row: models.Phone) -> FilePhone:
    values = settings.CS_AGENT
    server = {"host": values["CS_AGENT_ADB_HOST"], "port": values["CS_AGENT_ADB_PORT"]}
    return FilePhone(row.serial, **server, app_names=own_app_names())


def build_engine(run: models.Run, phone: Phone, journal: Journal) -> Engine:
    return engines.build_engine(run, DelayedGestures(phone), journal, settle=NoSettling)


if __name__ == "__main__":
    own_worker.work(Parts(connect, FeedOnRequest, build_engine), sys.argv[1:])
