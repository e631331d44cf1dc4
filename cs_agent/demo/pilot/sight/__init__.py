"""Simple picture analysis. Rule: only shapes and colours are looked at here, never words."""

from cs_agent.demo.pilot.sight.colours import (
    Pixels,
    accent,
    daylight,
    ground_differs,
    ink_is_loud,
    pixels_of,
    saturation,
)
from cs_agent.demo.pilot.sight.dialogs import find_dialog
from cs_agent.demo.pilot.sight.icons import Icon, IconKind, find_icons, icon_kind
from cs_agent.demo.pilot.sight.marks import Mark, MarkState, find_mark
from cs_agent.demo.pilot.sight.panels import Look, Panel, find_panels

__all__ = [
    "Icon",
    "IconKind",
    "Look",
    "Mark",
    "MarkState",
    "Panel",
    "Pixels",
    "accent",
    "daylight",
    "find_dialog",
    "find_icons",
    "find_mark",
    "find_panels",
    "ground_differs",
    "icon_kind",
    "ink_is_loud",
    "pixels_of",
    "saturation",
]
