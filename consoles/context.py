"""The template context processor: permissions, theme, mode of the installation, texts for scripts."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from consoles.middleware import THEME_COOKIE, THEMES
from consoles.pages.words import script_words
from tickets.permissions import Permission, has
from tickets.said import readers_language


class Can:
    """`{% if can.DECIDE %}`: whether the reader has the permission; an unknown name is an error, not a no."""

    def __init__(self, user: Any) -> None:
        self._user = user

    def __getitem__(self, name: str) -> bool:
        return has(self._user, Permission[name])


def console(request: HttpRequest) -> dict[str, Any]:
    panel = getattr(request, "panel", None)
    asked = getattr(request, "frame_theme", "") or request.COOKIES.get(THEME_COOKIE, "auto")
    theme = asked if panel is None else panel.theme
    root = f"/{getattr(settings, 'CS_AGENT_PREFIX', '')}" if panel is None else panel.root
    return {
        "can": Can(getattr(request, "user", None)),
        "theme": theme if theme in THEMES else "auto",
        "root": root,  # below which our addresses lie
        "panel": panel,  # inside a helpdesk's page, else None
        "mode": settings.MODE,
        "script_words": script_words,
        "english": readers_language() == "en",
    }
