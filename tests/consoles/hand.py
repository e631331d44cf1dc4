"""A process beside the web server that changes its database when a test says so: one start for many changes.

Reads one JSON list per line, ["module:function", argument …], and answers with one line, {"printed": …} or
{"error": …}.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import sys
import traceback

import django


def do(order: list[str]) -> dict[str, str]:
    module, _colon, name = order[0].partition(":")
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            getattr(importlib.import_module(module), name)(*order[1:])
    except Exception:  # noqa: BLE001 - told to the test that asked
        return {"error": traceback.format_exc()}
    return {"printed": printed.getvalue()}


def main() -> None:
    django.setup()
    for line in sys.stdin:
        print(json.dumps(do(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
