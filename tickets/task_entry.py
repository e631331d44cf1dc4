"""What every Celery task does with an exception: one of the three places that catch any.

Rule: an unreachable database is a warning, because the clock or the sweeper sends the work again. Anything else is a
defect: it is logged with its trace and handed to the task's own handler, and the worker goes on.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from django.db import InterfaceError, OperationalError

log = logging.getLogger(__name__)
Apart = Callable[[str], AbstractContextManager[Any]]  # `guarded`, or in a test what lets a defect through


@contextmanager
def guarded(what: str, on_defect: Callable[[Exception], None] | None = None) -> Iterator[None]:
    """Run the body of a task; `what` names the work in the log. `on_defect` is called for defects only."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        log.warning("%s: the database is away: %s; the work is sent again", what, error)
    except Exception as error:
        log.exception("%s: defect in the task", what)
        if on_defect:
            on_defect(error)
