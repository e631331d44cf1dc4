"""The installation's own names for apps: a JSON file that an administrator edits, read for every connection.

Rule: an unreadable file never fails a run: the built-in names are used, and the log says why.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings

log = logging.getLogger(__name__)


def own_app_names() -> Mapping[str, str]:
    """App name to package (or package/activity), from CS_AGENT_APP_NAMES_FILE; empty without one."""
    path = settings.CS_AGENT["CS_AGENT_APP_NAMES_FILE"]
    if not path:
        return {}
    try:
        return read_app_names(Path(path))
    except (OSError, ValueError) as error:
        log.error("app names: %s cannot be used: %s", path, error)
        return {}


def read_app_names(path: Path) -> dict[str, str]:
    """ValueError unless it is one JSON object of strings."""
    names = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(names, dict) or not all(isinstance(package, str) for package in names.values()):
        raise ValueError('write one JSON object such as {"售后系统": "com.example.aftersales"}')
    return names
