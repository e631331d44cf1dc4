"""Where the code and its files lie, in a checkout and in an installed wheel."""

from __future__ import annotations

from pathlib import Path

BASE_DIR = Path(__file__).resolve().parents[3]
# In the checkout, templates, static files and fixtures lie at its top; in an installed wheel, inside the package.
_PACKED = BASE_DIR / "cs_agent" / "assets"
INSTALLED = _PACKED.is_dir()
ASSETS = _PACKED if INSTALLED else BASE_DIR
