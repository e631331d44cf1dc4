"""A worker of the product made of other parts, for benchmarks that compare ways of driving.

The rest of it is the product's own: the same Celery worker, tasks, runner and engine.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import django

from tests.processes import Product

if TYPE_CHECKING:
    from tickets.runner.host.service import Parts

_CELERY = ("-m", "celery", "-A", "cs_agent.project")


def use(module: str, product: Product) -> None:
    """Before the product starts: its worker is to be this module, which calls `work`."""
    worker = product.processes["worker"]
    own, arguments = worker.command[: 1 + len(_CELERY)], worker.command[1 + len(_CELERY) :]
    if own != (sys.executable, *_CELERY):
        raise ValueError(f"the worker is started in another way: {worker.command}")
    product.processes["worker"] = replace(worker, command=(sys.executable, "-m", module, *arguments))


def set_up() -> None:
    """Before anything of `tickets` is imported."""
    django.setup()


def work(parts: Parts, arguments: list[str]) -> None:
    """Run the worker with a phone host of these parts, until it is stopped."""
    from cs_agent.project.celery import app
    from tickets.runner.host import service as host

    host.current(parts)
    app.worker_main(arguments)
