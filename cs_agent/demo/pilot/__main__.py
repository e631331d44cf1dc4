"""Starts the pilot: `python -m cs_agent.demo.pilot --port 8801 [--host 127.0.0.1] [--workers 1] [--queue 16]`.

Rule: it answers `/health` only when its text reader is loaded, so that whoever waits for it need not wait again.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import uvicorn

from cs_agent.demo.pilot.server.app import DEFAULT_QUEUE, DEFAULT_WORKERS, build_app
from cs_agent.demo.pilot.server.brain import Brain
from cs_agent.vision import memory
from cs_agent.vision.reader import RapidOcrReader


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="cs_agent.demo.pilot", description="A CPU model for phone tasks, OpenAI-compatible."
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8801)
    parser.add_argument("--workers", type=int, default=DEFAULT_WORKERS, help="requests looked at at a time")
    parser.add_argument("--queue", type=int, default=DEFAULT_QUEUE, help="requests that may wait; more are refused")
    parser.add_argument("--threads", type=int, default=-1, help="of one reading; -1: every core, 1: least work in all")
    parser.add_argument("--log-level", default="info")
    options = parser.parse_args(arguments)
    memory.give_back()
    reader = RapidOcrReader(threads=options.threads)
    reader.warm_up()
    app = build_app(Brain(reader), workers=options.workers, queue=options.queue)
    uvicorn.run(app, host=options.host, port=options.port, log_level=options.log_level, access_log=False)


if __name__ == "__main__":
    main()
