"""Properties of the parser over generated replies: it never crashes, never evaluates, and reads back what is
rendered."""

import builtins

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cs_agent.engine.actions import values as act
from cs_agent.engine.actions.building import MAX_WAIT_S
from cs_agent.engine.actions.parse import Parsed, parse_reply
from cs_agent.engine.actions.parse_errors import ParseError
from cs_agent.engine.actions.values import digest, render
from cs_agent.geometry import NormPoint

SPICE = st.sampled_from(
    [
        '"',
        "'",
        "\\",
        "\n",
        ")",
        "(",
        ",",
        "=",
        "</answer>",
        "<think>",
        "</think>",
        "<answer>",
        "```",
        'do(action="',
        "finish(",
        'finish(message="x")',
        "<|end_of_box|>",
        '")',
        '", element=[1,2]',
        "[",
        "]",
        "退款",
        "\\n",
        "\r",
    ]
)
CHARS = st.characters(exclude_categories=("Cs",), exclude_characters="\x00")
TEXTS = st.lists(st.one_of(SPICE, st.text(CHARS, max_size=6)), max_size=8).map("".join)
POINTS = st.builds(NormPoint, st.integers(0, 999), st.integers(0, 999))
FLAGS = st.none() | TEXTS

ACTIONS = st.one_of(
    st.builds(act.Launch, TEXTS.filter(str.strip)),  # an app without a name is none
    st.builds(act.Tap, POINTS, FLAGS),
    st.builds(act.DoubleTap, POINTS, FLAGS),
    st.builds(act.LongPress, POINTS, FLAGS),
    st.builds(act.Type, TEXTS),
    st.builds(act.Swipe, POINTS, POINTS),
    st.builds(act.Wait, st.floats(0, MAX_WAIT_S)),
    st.just(act.Back()),
    st.just(act.Home()),
    st.builds(act.TakeOver, TEXTS),
    st.builds(act.Interact, TEXTS),
    st.builds(act.Note, TEXTS),
    st.builds(act.CallApi, TEXTS),
    st.builds(act.Finish, TEXTS),
)
THOUGHTS = st.text(CHARS, max_size=30).filter(lambda text: "</think>" not in text)


def read(reply: str) -> Parsed | None:
    try:
        return parse_reply(reply)
    except ParseError:
        return None


@settings(max_examples=400)
@given(ACTIONS)
def test_a_rendered_action_reads_back_as_itself(action):
    assert parse_reply(render(action)).action == action


@settings(max_examples=200)
@given(ACTIONS, THOUGHTS)
def test_a_rendered_action_reads_back_from_the_documented_form(action, thought):
    reply = f"<think>{thought}</think><answer>{render(action)}</answer>"
    parsed = parse_reply(reply)
    assert parsed.action == action
    assert reply[slice(*parsed.span)] == render(action)


@settings(max_examples=200)
@given(ACTIONS, ACTIONS, st.sampled_from(["", "\n", " ", "; ", "</answer><answer>", "```\n```", ", "]))
def test_two_actions_are_never_one(first, second, between):
    assert read(render(first) + between + render(second)) is None


@settings(max_examples=400)
@given(st.lists(st.one_of(SPICE, st.text(max_size=8), ACTIONS.map(render)), max_size=10).map("".join))
def test_any_text_gives_an_action_that_renders_and_reads_back_or_a_typed_error(reply):
    parsed = read(reply)
    if parsed is not None:
        assert parse_reply(render(parsed.action)).action == parsed.action
        assert parsed.call_text in reply


@settings(max_examples=400)
@given(ACTIONS, st.data())
def test_a_mutated_reply_never_crashes_the_parser(action, data):
    reply = render(action)
    start = data.draw(st.integers(0, len(reply)))
    end = data.draw(st.integers(start, min(len(reply), start + 5)))
    mutated = reply[:start] + data.draw(st.one_of(SPICE, st.text(max_size=4))) + reply[end:]
    parsed = read(mutated)
    assert parsed is None or isinstance(parsed, Parsed)


@settings(max_examples=200)
@given(ACTIONS, st.data())
def test_a_reply_cut_in_the_middle_of_its_call_is_no_action(action, data):
    reply = render(action)
    cut = data.draw(st.integers(0, len(reply) - 1))
    assert read(reply[:cut]) is None or reply[:cut].endswith(")")


def test_no_reply_is_ever_evaluated(monkeypatch):
    evaluated = []
    for name in ("eval", "exec", "compile", "__import__"):
        monkeypatch.setattr(builtins, name, lambda *args, name=name: evaluated.append(name))
    replies = ['do(action=__import__("os"))', 'do(action="Tap", element=[exec("1"),2])', "finish(message=eval(1))"]
    results = [read(reply) for reply in replies]
    monkeypatch.undo()
    assert evaluated == []
    assert results == [None, None, None]


@given(ACTIONS, ACTIONS)
def test_digests_are_equal_for_equal_actions_only(first, second):
    assert (digest(first) == digest(second)) == (render(first) == render(second))


TAKEN_BACK = st.sampled_from(
    [
        "Do not ",
        "不要",
        "例如",
        "if it loads, ",
        "如果弹窗出现,",
        "Previous action: ",
        "for x in y: ",
        "重复 ",
        "严禁:",
        "# ",
    ]
)


@settings(max_examples=60)
@given(TAKEN_BACK, st.sampled_from(["", "页面已加载。", "I see it.\n"]), ACTIONS)
def test_an_action_that_the_words_before_it_take_back_is_refused(lead: str, thought: str, action: act.Action) -> None:
    with pytest.raises(ParseError):
        parse_reply(thought + lead + render(action))
