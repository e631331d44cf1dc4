"""Words: every sentence of the console has its English, actions are said in words, slots are marked in place."""

from __future__ import annotations

import re

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from consoles.pages.marks import Place, segments
from consoles.pages.words import TONES, action_in_words, in_language, script_words
from cs_agent.engine.actions import values as actions
from cs_agent.engine.actions.stored import to_json
from cs_agent.geometry import NormPoint
from tests.consoles import catalog
from tickets.models import Confirmation, RunStatus, Step, TicketStatus

_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def test_every_message_of_code_and_templates_has_an_english_translation() -> None:
    english = catalog.translations()
    missing = {message: where for message, where in catalog.used().items() if not english.get(message)}
    assert missing == {}
    known = catalog.translated_in_context()
    assert {each: where for each, where in catalog.used_in_context().items() if each not in known} == {}


def test_the_catalogue_holds_nothing_that_is_not_used() -> None:
    assert set(catalog.translations()) - set(catalog.used()) - {""} == set()


def test_translations_keep_their_placeholders() -> None:
    for message, english in catalog.translations().items():
        if message and "|" not in english:
            expected = set(_PLACEHOLDER.findall(message)) - {"%(n)s"}
            assert expected <= set(_PLACEHOLDER.findall(english)), message


def test_the_english_is_english() -> None:
    left = {text for text in catalog.translations().values() if _CHINESE.search(text)}
    assert left == {"简体中文"}


def test_templates_hold_no_words_of_their_own() -> None:
    outside = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}|<!--.*?-->", re.S)
    switches = {"切换到中文", "中文"}  # the language switch speaks the other language
    for path in (catalog.ROOT / "templates").rglob("*.html"):
        bare = outside.sub("", re.sub(r"{% blocktranslate.*?endblocktranslate %}", "", path.read_text(), flags=re.S))
        words = set(re.findall(r"[\u4e00-\u9fff]+", bare)) - switches
        assert not words, f"{path.name}: {words}"


def test_scripts_hold_no_words_of_their_own() -> None:
    for path in (catalog.ROOT / "static" / "console" / "js").rglob("*.js"):
        assert not _CHINESE.search(path.read_text(encoding="utf-8")), path.name


def test_every_word_a_script_says_is_handed_to_it() -> None:
    said = set()
    for path in (catalog.ROOT / "static" / "console" / "js").rglob("*.js"):
        said |= set(re.findall(r'\bsay\("(\w+)"', path.read_text(encoding="utf-8")))
    assert said <= set(script_words())


@pytest.mark.parametrize(
    ("action", "chinese", "english"),
    [
        (actions.Launch("售后系统"), "打开应用“售后系统”", "Open the app “售后系统”"),
        (
            actions.Tap(NormPoint(500, 310)),
            "点击屏幕顶部没有文字的控件",
            "Tap the unnamed control at the top of the screen",
        ),
        (
            actions.Tap(NormPoint(0, 999), ""),
            "点击屏幕左下角没有文字的控件",
            "Tap the unnamed control at the bottom left of the screen",
        ),
        (
            actions.DoubleTap(NormPoint(1, 1)),
            "双击屏幕左上角没有文字的控件",
            "Double-tap the unnamed control at the top left of the screen",
        ),
        (
            actions.LongPress(NormPoint(500, 500)),
            "长按屏幕中间没有文字的控件",
            "Long-press the unnamed control in the middle of the screen",
        ),
        (actions.Type('去"吃饭"\n吗'), '输入“去"吃饭"\n吗”', 'Type “去"吃饭"\n吗”'),
        (actions.Swipe(NormPoint(500, 800), NormPoint(510, 300)), "向上滑动", "Swipe up"),
        (actions.Swipe(NormPoint(500, 300), NormPoint(510, 800)), "向下滑动", "Swipe down"),
        (actions.Swipe(NormPoint(800, 300), NormPoint(100, 310)), "向左滑动", "Swipe left"),
        (actions.Swipe(NormPoint(100, 300), NormPoint(800, 310)), "向右滑动", "Swipe right"),
        (actions.Wait(2.5), "等待 2.5 秒", "Wait 2.5 s"),
        (actions.Back(), "返回", "Back"),
        (actions.Home(), "回到主屏幕", "Go to the home screen"),
        (actions.TakeOver("登录"), "请求人工接管:登录", "Ask for a takeover: 登录"),
        (actions.Interact(""), "请坐席选择", "Ask the operator"),
        (actions.Note("单号"), "记下内容:单号", "Take a note: 单号"),
        (actions.CallApi("总结"), "归纳记录:总结", "Sum up the notes: 总结"),
        (actions.Finish("好了"), "完成:好了", "Finish: 好了"),
    ],
)
def test_an_action_is_said_in_words(action: actions.Action, chinese: str, english: str) -> None:
    assert action_in_words(Step(action=to_json(action))) == chinese
    with translation.override("en"):
        assert action_in_words(Step(action=to_json(action))) == english


def test_a_confirmation_of_a_control_without_a_name_says_where_it_is() -> None:
    row = Confirmation(action=to_json(actions.Tap(NormPoint(910, 640))), near="合计 ¥399.00")
    assert action_in_words(row) == "点击屏幕右侧没有文字的控件(在“合计 ¥399.00”旁)"
    row.control = "提交"
    assert action_in_words(row) == "点击“提交”"
    with translation.override("en"):
        assert action_in_words(row) == "Tap “提交”"


@pytest.mark.parametrize(
    ("kind", "control", "chinese", "english"),
    [
        ("tap", "提交", "点击“提交”", "Tap “提交”"),
        ("tap", "", "点击屏幕", "Tap the screen"),
        ("long_press", "", "长按屏幕", "Long-press the screen"),
    ],
)
def test_a_persons_touch_is_named_without_coordinates(kind: str, control: str, chinese: str, english: str) -> None:
    row = Step(actor="human", action_name=kind, action_text="点击 (351,81)", control=control, touch=[351, 81])
    assert action_in_words(row) == chinese
    with translation.override("en"):
        assert action_in_words(row) == english


@pytest.mark.parametrize("text", ["", "点击 (10,20)", "do(action=", "按键 back", "🙂"])
def test_what_is_no_action_is_shown_as_it_stands(text: str) -> None:
    assert action_in_words(Step(action_text=text)) == text


def test_a_stored_reason_is_told_in_the_readers_language() -> None:
    reason = {"code": "submit", "zh": "会提交", "en": "submits"}
    assert in_language(reason) == "会提交"
    with translation.override("en"):
        assert in_language(reason) == "submits"
        assert in_language({"code": "x", "zh": "只有中文"}) == "只有中文"
    assert in_language({"code": "bare"}) == "bare"
    coded = {"code": "commit_word", "values": {"label": "提交审核", "word": "提交"}}
    assert in_language(coded) == "“提交审核”可能无法撤销(提交)"
    with translation.override("en"):
        assert in_language(coded) == "“提交审核” may not be undoable (提交)"
    assert in_language("plain") == "plain"


@pytest.mark.parametrize("status", [*RunStatus.values, *TicketStatus.values])
def test_every_status_has_a_colour(status: str) -> None:
    assert status in TONES


places = st.lists(
    st.builds(Place, st.sampled_from("abc"), st.just("label"), st.integers(-3, 40), st.integers(-3, 40)), max_size=6
)


@given(st.text(max_size=30), places)
def test_marked_text_is_the_text_whatever_the_places(text: str, found: list[Place]) -> None:
    assert "".join(part.text for part in segments(text, found)) == text


@given(st.text(min_size=1, max_size=30), places)
def test_every_character_of_a_place_is_marked_with_its_name(text: str, found: list[Place]) -> None:
    marked: list[tuple[str, ...]] = []
    for part in segments(text, found):
        marked += [part.names] * len(part.text)
    for place in found:
        if 0 <= place.start < min(place.end, len(text)):
            assert all(place.name in names for names in marked[place.start : place.end])


def test_overlapping_places_share_their_characters() -> None:
    parts = segments("abcdef", [Place("x", "X", 0, 4), Place("y", "Y", 2, 6)])
    assert [(part.text, part.names) for part in parts] == [("ab", ("x",)), ("cd", ("x", "y")), ("ef", ("y",))]


def test_a_touch_is_said_with_the_name_of_its_control_where_that_is_known() -> None:
    tap = Step(action_text='do(action="Tap", element=[740, 910])', control="提交审核")  # a row of an older release
    assert action_in_words(tap) == "点击“提交审核”"
    assert action_in_words(Step(action=to_json(actions.Back()), control="提交审核")) == "返回"
