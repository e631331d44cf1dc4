"""The terminal command looks at the phone before it loads what takes longer than the look."""

from __future__ import annotations

import os
import subprocess
import sys

from cs_agent.project import conf

LARGE = {
    "openai",
    "rapidocr",
    "openvino",
    "cs_agent.project.backoffice.equipment",
    "cs_agent.vision.personal_data.search",
    "consoles.queue.rows",
    "integrations.connectors.kinds",
    "tickets.flows.slots.reading",
}


def test_the_command_is_there_before_readers_and_clients_are_loaded() -> None:
    program = "import django, sys; django.setup(); import tickets.management.commands.agent; print(*sys.modules)"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "cs_agent.project.settings_test"}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=conf.BASE_DIR, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) & LARGE == set()
