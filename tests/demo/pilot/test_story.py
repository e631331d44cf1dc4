"""The conversation is read back: instruction, own turns, words in between."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cs_agent.demo.pilot.planning.moves import MAX_LABEL_CHARS, Decision, Move, read_thought, thought
from cs_agent.demo.pilot.planning.story import Turn, Word, WordKind, read_story
from cs_agent.engine.actions.values import Back, Tap, Type, render
from cs_agent.geometry import NormPoint

SCREEN = '** Screen Info **\n\n{"current_app": "售后系统"}'
INSTRUCTION = '查找订单号1234567,选择"质量问题"'


def own(decision: Decision, goal: int = 0, total: int = 3, lang: str = "zh") -> tuple[str, str]:
    text = thought(decision, goal, total, "0a1b2c3d", lang)
    return "assistant", f"<think>{text}</think><answer>{render(decision.action)}</answer>"


def first(instruction: str = INSTRUCTION) -> tuple[str, str]:
    return "user", instruction + '\n\n{"current_app": "桌面"}'


TAP = Decision(Move.MARK, Tap(NormPoint(10, 20)), 0.9, "质量问题", "作为退换原因")


def test_the_instruction_is_read_without_its_screen_line() -> None:
    story = read_story([("system", "you operate a phone"), first()])
    assert story.instruction == INSTRUCTION
    assert story.app == "桌面"
    assert story.events == ()


def test_a_json_line_right_below_the_instruction_is_cut_off_too() -> None:
    assert read_story([("user", '点击“搜索”\n{"current_app": "微信"}')]).instruction == "点击“搜索”"


def test_an_instruction_of_several_paragraphs_stays_whole() -> None:
    story = read_story([("user", '打开书城\n\n搜索《三体》\n\n{"current_app": "x"}')])
    assert story.instruction == "打开书城\n搜索《三体》"


def test_own_turns_come_back_with_goal_move_label_and_action() -> None:
    story = read_story([first(), own(TAP, goal=1), ("user", SCREEN)])
    assert story.app == "售后系统"
    assert story.last == Turn(story.turns[0].said, TAP.action)
    said = story.turns[0].said
    assert (said.goal, said.total, said.move, said.label, said.signature) == (1, 3, Move.MARK, "质量问题", "0a1b2c3d")


def test_answers_of_another_model_are_passed_over() -> None:
    story = read_story(
        [first(), ("assistant", '<think>嗯</think><answer>do(action="Back")</answer>'), ("user", SCREEN)]
    )
    assert story.turns == ()


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("你的上一条回复无法读取,因为它是空的。", Word(WordKind.UNREADABLE)),
        (
            "你说任务已完成,但屏幕上没有看到完成的证据:提交成功、等待审核。请再看一遍最新截图:没有完成就继续操作。",
            Word(WordKind.CHALLENGE, "提交成功、等待审核"),
        ),
        (
            '动作 do(action="Back") 不被允许:离开了应用。请换一种做法。',
            Word(WordKind.DENIED, "离开了应用。请换一种做法。", 'do(action="Back")'),
        ),
        ("坐席回答了你的问题“哪个应用”:售后系统", Word(WordKind.ANSWER, "售后系统", "哪个应用")),
        ('The operator answered your question "Which?": Blue', Word(WordKind.ANSWER, "Blue", "Which?")),
        ("坐席没有同意 提交。坐席的说明:选择“物流破损”", Word(WordKind.REJECTION, "选择“物流破损”", "提交")),
        ("坐席要求更正:“补偿”应为“30元”。请先改正", Word(WordKind.CORRECTION, "30元", "补偿")),
        ("坐席刚才亲自操作了手机,现在交还给你。画面可能已经不同", Word(WordKind.HANDBACK)),
        ("坐席的补充说明:先点“更多”", Word(WordKind.GUIDANCE, "先点“更多”")),
        ("屏幕没有变化", Word(WordKind.REMARK, "屏幕没有变化")),
    ],
)
def test_words_between_screens_are_told_apart(said: str, word: Word) -> None:
    story = read_story([first(), own(TAP), ("user", f"{said}\n\n{SCREEN}")])
    assert story.words_since_last == (word,)


def test_words_with_full_width_punctuation_are_understood_and_kept_as_written() -> None:
    said = "坐席要求更正\uff1a“地址”应为“一号\uff08东门\uff09”"
    story = read_story([first(), own(TAP), ("user", f"{said}\n\n{SCREEN}")])
    assert story.words_since_last == (Word(WordKind.CORRECTION, "一号\uff08东门\uff09", "地址"),)


def test_an_operators_word_moved_up_to_the_instruction_is_not_taken_for_it() -> None:
    text = f'{INSTRUCTION}\n\n坐席的补充说明:先点“更多”\n\n(更早的 4 步已省略)\n\n{{"current_app": "x"}}'
    story = read_story([("user", text)])
    assert story.instruction == INSTRUCTION
    assert story.events == (Word(WordKind.GUIDANCE, "先点“更多”"),)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(list(Move)),
    st.text(max_size=60),
    st.text(max_size=60),
    st.integers(0, 30),
    st.sampled_from(["zh", "en"]),
)
def test_every_thought_can_be_read_back(move: Move, label: str, why: str, goal: int, lang: str) -> None:
    decision = Decision(move, Back(), 0.9, label, why)
    said = read_thought(thought(decision, goal, 31, "deadbeef", lang))
    assert said is not None
    assert (said.goal, said.total, said.signature, said.move) == (goal, 31, "deadbeef", move)
    assert len(said.label) <= max(MAX_LABEL_CHARS, 120)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["system", "user", "assistant"]), st.text(max_size=120)), max_size=8))
def test_any_conversation_is_read_without_an_error(messages: list[tuple[str, str]]) -> None:
    assert isinstance(read_story(messages).events, tuple)


def test_a_typed_text_survives_the_round_trip() -> None:
    decision = Decision(Move.TYPE, Type('他说"好"'), 0.98, '他说"好"')
    assert read_story([first(), own(decision)]).turns[0].action == Type('他说"好"')
