"""The screen's parts that need no browser: layout, composition, keys, words, finding Chromium."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_agent.demo.phone.browser.bridge import readable_size
from cs_agent.demo.phone.browser.chromium import PATH_VARIABLE, ChromiumMissing, find_chromium
from cs_agent.demo.phone.browser.system_ui.compose import Overlay, compose, decode, encode_png, thumbnail_jpeg
from cs_agent.demo.phone.browser.system_ui.keys import page_key, short_name
from cs_agent.demo.phone.browser.system_ui.layout import Keyboard, Layout
from cs_agent.demo.phone.browser.system_ui.shell import battery_level, page_html
from cs_agent.demo.phone.browser.system_ui.words import weekday, words
from cs_agent.demo.phone.device.installed import APPS, BY_PACKAGE, HOME

SIZES = st.tuples(st.integers(480, 1600), st.integers(1600, 3200), st.integers(200, 640))


# --- layout


@given(SIZES, st.booleans(), st.sampled_from(Keyboard))
def test_the_parts_fill_the_screen_from_top_to_bottom(
    size: tuple[int, int, int], turned: bool, keyboard: Keyboard
) -> None:
    layout = Layout.of(*size).with_keyboard(keyboard)
    layout = layout.rotated() if turned else layout
    assert 0 < layout.app_top < layout.app_bottom <= layout.navigation_top < layout.height
    assert layout.navigation_top - layout.app_bottom == layout.keyboard_height
    assert (layout.keyboard_height == 0) == (keyboard is Keyboard.NONE)


@given(SIZES)
def test_a_page_is_never_smaller_than_the_pixels_it_has_to_fill(size: tuple[int, int, int]) -> None:
    layout = Layout.of(*size)
    width, height = layout.app_viewport
    assert layout.width <= width * layout.scale + 1e-6
    assert layout.app_height <= height * layout.scale + 1e-6
    assert (height - 1) * layout.scale < layout.app_height


def test_the_usual_phone_has_a_whole_number_of_css_pixels_across() -> None:
    layout = Layout.of(1080, 2400, 420)
    assert layout.app_viewport[0] == 411
    assert layout.scale * 411 == pytest.approx(1080)


def test_the_adb_keyboard_is_a_thin_bar() -> None:
    layout = Layout.of(1080, 2400, 420)
    thin = layout.with_keyboard(Keyboard.ADB).keyboard_height
    assert thin * 4 < layout.with_keyboard(Keyboard.OWN).keyboard_height


# --- composition


def plain(width: int, height: int, *rgba: int) -> np.ndarray:
    return np.full((height, width, 4), rgba, np.uint8)


def test_the_app_lies_between_the_bars_and_the_overlay_on_top() -> None:
    overlay = plain(10, 20, 0, 0, 0, 0)
    overlay[:3] = (255, 0, 0, 255)
    overlay[17:] = (0, 0, 255, 255)
    whole = compose(plain(10, 15, 0, 255, 0, 255), 3, 17, Overlay.of(overlay), (10, 20))
    assert whole.shape == (20, 10, 4)
    assert (whole[:3] == (255, 0, 0, 255)).all()
    assert (whole[3:17] == (0, 255, 0, 255)).all()
    assert (whole[17:] == (0, 0, 255, 255)).all()


@given(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255))
def test_what_is_half_transparent_is_blended(alpha: int, above: int, below: int) -> None:
    overlay = plain(4, 4, above, above, above, alpha)
    whole = compose(plain(4, 4, below, below, below, 255), 0, 4, Overlay.of(overlay), (4, 4))
    expected = (above * alpha + below * (255 - alpha)) / 255
    assert abs(int(whole[2, 2, 0]) - expected) <= 0.5
    assert (whole[:, :, 3] == 255).all()


@pytest.mark.parametrize("app_size", [(8, 2), (12, 30), (10, 14)])
def test_pictures_of_another_size_are_cut_or_filled_with_white(app_size: tuple[int, int]) -> None:
    """As happens for a moment when the phone is turned."""
    overlay = Overlay.of(plain(14, 33, 0, 0, 0, 0))
    whole = compose(plain(*app_size, 1, 2, 3, 255), 3, 17, overlay, (10, 20))
    assert whole.shape == (20, 10, 4)
    assert tuple(whole[3, 0]) == (1, 2, 3, 255)
    assert tuple(whole[19, 9]) == (255, 255, 255, 255)


def test_without_an_app_the_screen_is_white() -> None:
    whole = compose(None, 3, 17, Overlay.of(plain(10, 20, 0, 0, 0, 0)), (10, 20))
    assert (whole == 255).all()


def test_pictures_survive_being_written_and_read() -> None:
    picture = np.random.default_rng(1).integers(0, 255, (30, 20, 4), np.uint8)
    picture[:, :, 3] = 255
    assert (decode(encode_png(picture)) == picture).all()
    transparent = cv2.imencode(".png", np.zeros((3, 3, 4), np.uint8))[1].tobytes()
    assert decode(transparent)[0, 0, 3] == 0


def test_what_is_no_picture_is_an_error() -> None:
    with pytest.raises(ValueError, match="not a picture"):
        decode(b"nothing")


def test_thumbnails_keep_the_shape() -> None:
    small = decode(thumbnail_jpeg(plain(400, 800, 9, 9, 9, 255), 100))
    assert small.shape[:2] == (200, 100)


# --- keys, words, apps


@pytest.mark.parametrize(
    ("keycode", "key"),
    [
        ("KEYCODE_ENTER", "Enter"),
        ("DEL", "Backspace"),
        ("keycode_move_end", "End"),
        ("KEYCODE_A", "a"),
        ("KEYCODE_7", "7"),
        ("KEYCODE_CAMERA", ""),
        ("", ""),
    ],
)
def test_key_codes_become_keys_of_the_page(keycode: str, key: str) -> None:
    assert page_key(keycode) == key


def test_a_key_has_one_name_however_it_is_written() -> None:
    assert {short_name(text) for text in ("KEYCODE_BACK", " back", "BACK")} == {"BACK"}


def test_both_languages_have_the_same_words() -> None:
    assert words(False).keys() == words(True).keys()
    assert weekday(5, False) == "六"
    assert weekday(5, True) == "Sat"


def test_the_shells_page_is_whole() -> None:
    html = page_html()
    assert "/*{" not in html
    assert "function draw(" in html


def test_a_battery_is_never_empty_or_overfull() -> None:
    levels = {battery_level(datetime(2024, 5, 21, hour, minute)) for hour in range(24) for minute in range(60)}
    assert max(levels) <= 100
    assert min(levels) > 20


def test_the_apps_of_the_home_screen_can_be_started_and_named_in_both_languages() -> None:
    labels = {app.package: app.label for app in APPS}
    assert labels["com.example.aftersales"] == "售后系统"
    assert labels["com.example.smsdesk"] == "短信平台"
    assert all(app.path and app.icon and app.name(True) != app.name(False) for app in APPS)
    assert BY_PACKAGE["com.android.launcher3"] is HOME
    assert not HOME.path


@pytest.mark.parametrize(("size", "text"), [(5, "5 B"), (2048, "2 KB"), (3 * 1024 * 1024, "3.0 MB")])
def test_sizes_are_written_for_people(size: int, text: str) -> None:
    assert readable_size(size) == text


# --- finding Chromium


def test_the_environment_names_the_browser_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = tmp_path / "my-chromium"
    browser.write_text("")
    monkeypatch.setenv(PATH_VARIABLE, str(browser))
    assert find_chromium("/nowhere/else") == str(browser)


def test_a_wrong_name_in_the_environment_is_an_error_that_names_the_variable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(PATH_VARIABLE, "/no/such/browser")
    with pytest.raises(ChromiumMissing, match=PATH_VARIABLE):
        find_chromium()


def test_playwrights_own_comes_before_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own, other = tmp_path / "own", tmp_path / "chromium"
    for file in (own, other):
        file.write_text("#!/bin/sh\n")
        file.chmod(0o755)
    monkeypatch.delenv(PATH_VARIABLE, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_chromium(str(own)) == str(own)
    assert find_chromium(str(tmp_path / "missing")) == str(other)


def test_without_any_browser_the_error_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PATH_VARIABLE, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ChromiumMissing, match="playwright install chromium"):
        find_chromium()
