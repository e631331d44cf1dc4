"""Texts made comparable, and the engine's own words."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_agent.engine.actions.values import (
    Action,
    Back,
    CallApi,
    DoubleTap,
    Finish,
    Home,
    Interact,
    Launch,
    LongPress,
    Note,
    Swipe,
    TakeOver,
    Tap,
    Type,
    Wait,
)
from cs_agent.engine.gate import reasons as gate_reasons
from cs_agent.engine.run import wording
from cs_agent.engine.run.state import FieldValue
from cs_agent.engine.screen.page import Nature
from cs_agent.engine.screen.text import amounts, contains, file_names, fold, looks_same, squash
from cs_agent.geometry import NormPoint

POINT = NormPoint(1, 2)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ＡＢＣ　１２３", "abc 123"),
        ("确 认 支 付", "确认支付"),
        ("  Pay   now ", "pay now"),
        ("退款 100 元", "退款100元"),
        ("提\u200b交", "提交"),
        ("", ""),
        ("￥399", "¥399"),
    ],
)
def test_width_case_and_spaces_are_folded(text, folded):
    assert fold(text) == folded


@given(st.text(max_size=40))
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)
    assert not set(" :,.!?") & set(squash(text))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("订单号:2024", "订单号：2024", True),
        ("SOLO", "5010", True),
        ("张三", "张 三", True),
        ("1号", "2号", False),
        ("", "", True),
    ],
)
def test_texts_that_ocr_may_confuse_look_the_same(one, other, same):
    assert looks_same(one, other) is same


@pytest.mark.parametrize(
    ("texts", "needle", "found"),
    [
        (["提交 成功"], "提交成功", True),
        (["Order  Submitted"], "order submitted", True),
        (["提交"], "提交成功", False),
        (["x"], "", False),
        ([], "x", False),
        (["OrderSubmitted"], "order submitted", True),
    ],
)
def test_a_text_is_found_whatever_its_spaces(texts, needle, found):
    assert contains(texts, needle) is found


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("开箱视频.mp4 1.2 MB", ["开箱视频.mp4"]),
        ("a.jpg、b.PNG", ["a.jpg", "b.PNG"]),
        ("www.example.com", []),
        ("IMG_2024…10.jpg", ["IMG_2024…10.jpg"]),
        ("第3.5节", []),
    ],
)
def test_file_names_are_told_from_other_text(text, names):
    assert file_names(text) == names


def test_only_marked_numbers_are_amounts():
    assert amounts("订单 20240520 共 2 件 ¥1,299.00 运费 5元") == [1299.0, 5.0]


@given(st.text(max_size=60))
def test_no_text_breaks_the_reading_of_money_and_files(text):
    assert all(isinstance(value, float) for value in amounts(text))
    assert all(name.strip() for name in file_names(text))


@pytest.mark.parametrize(
    ("action", "words"),
    [
        (Tap(POINT), "点击“提交”"),
        (Tap(POINT, "会提交申请"), "点击“提交”"),
        (DoubleTap(POINT), "双击“提交”"),
        (LongPress(POINT), "长按“提交”"),
        (Swipe(POINT, POINT), "滑动“提交”"),
        (Type("你好"), "输入“你好”"),
        (Launch("微信"), "打开应用“微信”"),
        (Finish("完成"), "结束任务:完成"),
        (Back(), "返回"),
        (Home(), "回到主屏幕"),
        (Wait(2), "等待"),
        (Note("单号 1"), "记下内容:单号 1"),
        (CallApi("小结"), "归纳记录:小结"),
        (TakeOver("登录"), "请求人工接管:登录"),
        (Interact("选哪个"), "请坐席选择:选哪个"),
    ],
)
def test_an_action_is_described_as_a_person_would(action, words):
    assert wording.describe(action, "提交", "zh") == words


@pytest.mark.parametrize(
    ("end", "words"),
    [((500, 200), "swipe up"), ((500, 800), "swipe down"), ((200, 500), "swipe left"), ((800, 500), "swipe right")],
)
def test_a_swipe_over_no_control_is_told_by_its_direction(end, words):
    assert wording.describe(Swipe(NormPoint(500, 500), NormPoint(*end)), "", "en") == words


def test_every_action_has_words_in_both_languages():
    assert set(wording._ACTIONS) == set(get_args(Action))


def test_a_summary_is_the_flows_fields_or_the_action_with_what_was_found():
    fields = (FieldValue("refund", "退款", "¥399.00"), FieldValue("reason", "原因", ""))
    line = wording.summary(Tap(POINT), "提交", fields, only_fields=True, lang="zh")
    assert line == "[确认] 点击“提交” | 退款:¥399.00 | 原因:(未读到)"
    line = wording.summary(Tap(POINT), "Submit", fields[:1], only_fields=False, lang="en")
    assert line == "[Confirm] tap “Submit” | 退款:¥399.00"
    assert wording.summary(Tap(POINT), "", (), only_fields=True, lang="zh") == "[确认] 点击“没有文字的控件”"


def test_every_nature_of_a_page_has_its_words():
    assert set(gate_reasons.NATURES) == set(Nature) - {Nature.PICKER}


@given(st.text(max_size=30), st.text(max_size=10))
def test_what_is_put_into_a_text_is_put_in_as_it_is(what, label):
    assert what in wording.say("failed", "zh", what=what, why="")
    reason = gate_reasons.reason("commit_word", label=label, word="x", natures=("payment",))
    assert label[:40] in gate_reasons.told(reason, "zh")
    assert label[:40] in gate_reasons.told(reason, "en")
