"""Write docs/settings.md from the table in cs_agent.project.conf: `python scripts/write_settings_reference.py`."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from cs_agent.project.conf import BASE_DIR, SETTINGS, Setting  # noqa: E402

HEAD = """# Settings

Every setting is an environment variable. An empty one means its default; an unknown `CS_AGENT_…` name or a malformed
value stops the start with a message that names it. This page is written from `cs_agent/project/conf/table.py` by
`python scripts/write_settings_reference.py`; a test keeps the two together.

| variable | default | what it does |
|---|---|---|
"""


def main() -> None:
    rows = "".join(f"| `{item.name}` | {_default(item)} | {item.help} |\n" for item in SETTINGS)
    (ROOT / "docs" / "settings.md").write_text(HEAD + rows, encoding="utf-8")


def _default(item: Setting) -> str:
    if isinstance(item.default, tuple):
        text = ",".join(item.default)
    elif isinstance(item.default, Path):
        text = "./" + str(item.default.relative_to(BASE_DIR))
    else:
        text = str(item.default).lower() if isinstance(item.default, bool) else str(item.default)
    return f"`{text}`" if text else "(empty)"


if __name__ == "__main__":
    main()
