"""Reads what is due of one connector until it is killed: `python -m tests.integrations.flood_worker <key>`.

CS_AGENT_… and DATABASE_URL say where; what Celery's task does, in a process that can die at any moment.
"""

from __future__ import annotations

import sys
import time

import django


def main(connector: str) -> None:
    django.setup()
    from integrations.intake import reading

    while True:
        if not reading.read_due(int(connector)):
            time.sleep(0.02)


if __name__ == "__main__":
    main(sys.argv[1])
