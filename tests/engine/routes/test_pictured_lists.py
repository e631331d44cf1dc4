"""Lists in pictures: what their entries say asks for no decision, and is no reason not to know the page again."""

from __future__ import annotations

import pytest
from PIL import Image

from cs_agent.engine.routes.pictured import fits, view_of_page
from cs_agent.engine.screen.signature import PageSignature
from cs_agent.geometry import Box
from cs_agent.observation import ForegroundApp, Observation, Screenshot, TextLine

APP = ForegroundApp("com.example.smsdesk", ".Main")
PAGE = PageSignature(
    APP.package,
    "用户详情",
    frozenset({"button:重新发送验证码"}),
    frozenset({"text:手机号", "text:注册时间", "text:验证码记录"}),
)
SCENES = ["登录验证", "注册账号", "登录验证"]
DIALOG = [("确定要支付吗", Box(200, 500, 360, 530)), ("确认支付", Box(330, 640, 430, 670))]


def page(scenes: list[str], *more: tuple[str, Box]) -> Observation:
    """What was sent to a user, newest first: the scene, and right below it the time."""
    told = [
        ("用户详情", Box(220, 60, 320, 90)),
        ("手机号", Box(30, 150, 110, 180)),
        ("注册时间", Box(30, 210, 130, 240)),
        ("验证码记录", Box(30, 300, 150, 330)),
        ("重新发送验证码", Box(190, 950, 350, 980)),
    ]
    for place, scene in enumerate(scenes):
        top = 400 + 90 * place
        told.append((scene, Box(30, top, 140, top + 28)))
        told.append((f"05-{20 - place} 1{place}:0{place}:2{place}", Box(30, top + 40, 190, top + 62)))
    lines = tuple(TextLine(text, box) for text, box in (*told, *more))
    return Observation(Screenshot(Image.new("RGB", (540, 1200), "white"), 0.0), APP, lines, None)


@pytest.mark.parametrize(
    ("scenes", "known"),
    [(["支付验证", *SCENES], True), (["支付验证", "注册账号"], False)],
    ids=["one entry of several", "too few entries for a list"],
)
def test_a_page_is_known_again_when_an_entry_of_its_list_says_a_word_of_commitment(scenes, known):
    view = view_of_page(PAGE, page(SCENES))
    assert view is not None
    assert fits(PAGE, page(scenes), view) is known


@pytest.mark.parametrize("scenes", [SCENES, ["支付验证", *SCENES]], ids=["as recorded", "with such an entry"])
def test_a_page_that_a_question_covers_is_not_known_whatever_its_list_says(scenes):
    assert not fits(PAGE, page(scenes, *DIALOG), view_of_page(PAGE, page(SCENES)))


def test_a_button_in_the_column_of_a_list_asks_for_a_decision():
    below = ("确认支付", Box(30, 400 + 90 * 3, 140, 400 + 90 * 3 + 28))
    assert not fits(PAGE, page(SCENES, below), view_of_page(PAGE, page(SCENES)))
