"""Pictures of nothing, and dark pictures of something."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw

from cs_agent.phone.screen.check import ScreenFault, screen_fault


def screen(background: str, *, clock: bool = False, text: bool = False) -> Image.Image:
    image = Image.new("RGB", (1080, 2400), background)
    draw = ImageDraw.Draw(image)
    if clock:
        draw.rectangle((40, 20, 140, 60), fill="white")
    if text:
        for row in range(12):
            draw.rectangle((60, 300 + row * 150, 900, 340 + row * 150), fill="#888888")
    return image


@pytest.mark.parametrize(
    ("image", "fault"),
    [
        (screen("black"), ScreenFault.BLACK),
        (screen("#050505"), ScreenFault.BLACK),
        (screen("black", clock=True), ScreenFault.SECURE),
        (screen("white"), ScreenFault.BLANK),
        (screen("white", clock=True), ScreenFault.BLANK),
        (screen("white", text=True), None),
        (screen("black", text=True), None),
        (screen("black", clock=True, text=True), None),
        (Image.new("RGB", (20, 40), "black"), ScreenFault.BLACK),
    ],
)
def test_a_picture_of_nothing_is_named_and_a_dark_page_is_not(image: Image.Image, fault: ScreenFault | None) -> None:
    assert screen_fault(image) is fault
