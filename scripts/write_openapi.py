"""Write integrations/api/openapi.json, the document other systems read, from the operations as they are."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cs_agent.project.settings_test")
django.setup()

from integrations.api import v1  # noqa: E402 - needs the app registry

if __name__ == "__main__":
    v1.DOCUMENT.write_text(v1.as_text(), encoding="utf-8")
    print(f"{v1.DOCUMENT} written")
