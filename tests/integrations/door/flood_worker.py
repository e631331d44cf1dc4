"""Reads what is due (`python -m tests.integrations.door.flood_worker read <connector>`) or sends it (`… send`).

It goes on until it is killed.

CS_AGENT_… and DATABASE_URL say where; what Celery's tasks do, in a process that can die at any moment.
"""

from __future__ import annotations

import sys
import time

import django


def main(what: str, *keys: str) -> None:
    django.setup()
    from integrations.intake import reading
    from tickets.services.outbox import drain
    from tickets.services.outbox.spread import spread

    def send() -> int:
        return spread() + sum(drain.drain(lane) for lane in drain.due_lanes())

    work = send if what == "send" else lambda: reading.read_due(int(keys[0]))
    while True:
        if not work():
            time.sleep(0.02)


if __name__ == "__main__":
    main(*sys.argv[1:])
