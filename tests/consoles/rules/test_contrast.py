"""AA contrast of every text colour on every surface it is used on, computed from the design tokens."""

from __future__ import annotations

import re

import pytest

from tests.consoles.catalog import ROOT

TOKENS = (ROOT / "static" / "console" / "css" / "tokens.css").read_text(encoding="utf-8")
AA = 4.5
SURFACES = ("bg", "surface", "sunken", "raised")
TEXTS = ("text", "text-2", "text-3", "accent", "danger", "ok", "warn", "human")
PAIRS = [
    *((text, surface) for text in TEXTS for surface in SURFACES),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("on-danger", "danger"),
    ("surface", "ok"),
    ("surface", "human"),
    ("accent", "accent-soft"),
    ("ok", "ok-soft"),
    ("warn", "warn-soft"),
    ("danger", "danger-soft"),
    ("human", "human-soft"),
    ("text", "mark"),
    ("text", "accent-soft"),
    ("text", "warn-soft"),
    ("text", "danger-soft"),
    ("text", "ok-soft"),
    ("text", "human-soft"),
    ("text-2", "human-soft"),
    ("text-3", "human-soft"),
    ("text-2", "accent-soft"),
    ("text-3", "accent-soft"),
    ("text-3", "danger-soft"),
    ("on-bezel", "bezel"),
    ("on-bezel-2", "bezel"),
]


def block(selector: str) -> dict[str, str]:
    body = re.search(re.escape(selector) + r"\s*{([^}]*)}", TOKENS)
    assert body, selector
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6});", body[1]))


LIGHT = block(":root ")
DARK = {**LIGHT, **block(':root[data-theme="dark"] ')}


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_formula_is_the_published_one() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(("name", "tokens"), [("light", LIGHT), ("dark", DARK)])
def test_every_text_is_readable_on_its_surface(name: str, tokens: dict[str, str]) -> None:
    poor = {
        f"{text} on {surface}": round(contrast(tokens[text], tokens[surface]), 2)
        for text, surface in PAIRS
        if contrast(tokens[text], tokens[surface]) < AA
    }
    assert poor == {}


@pytest.mark.parametrize(("name", "tokens"), [("light", LIGHT), ("dark", DARK)])
def test_focus_and_the_borders_of_controls_can_be_seen(name: str, tokens: dict[str, str]) -> None:
    for surface in SURFACES:
        assert contrast(tokens["focus"], tokens[surface]) >= 3
    assert contrast(tokens["warn-line"], tokens["surface"]) >= 2


def test_the_systems_dark_and_the_chosen_dark_are_the_same() -> None:
    assert block(':root:not([data-theme="light"]) ') == block(':root[data-theme="dark"] ')


def test_no_stylesheet_names_a_colour_that_is_no_token() -> None:
    allowed = {"touch", "touch-mark"}  # marks drawn on a phone's picture look alike in both themes
    for path in (ROOT / "static" / "console" / "css").rglob("*.css"):
        if path.name == "tokens.css":
            continue
        for rule, body in re.findall(r"([^{}]+){([^{}]*)}", path.read_text(encoding="utf-8")):
            if re.search(r"#[0-9a-fA-F]{3,8}\b", body):
                assert any(name in rule for name in allowed), f"{path.name}: {rule.strip()}"
