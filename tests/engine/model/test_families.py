"""Model families: whatever a model speaks, the engine sees one action, its confidence and the sub-goal it serves."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from cs_agent.engine.actions import values as act
from cs_agent.engine.actions.parse_errors import ParseError, ParseErrorCode
from cs_agent.engine.actions.values import Coordinates
from cs_agent.engine.model.client import OpenAIModel
from cs_agent.engine.model.confidence import confidence_of, weaker
from cs_agent.engine.model.families import FAMILIES, FamilyModel, Overrides, PlanningAndGrounding
from cs_agent.engine.model.families.two import ModelGrounder
from cs_agent.engine.model.reading import parsed_of
from cs_agent.engine.model.settings import ModelSettings
from cs_agent.engine.run.conversation import build_messages, goal_in_words, remember_goal, remember_turn
from cs_agent.engine.run.protocols import Message, Reply, ToolCall
from cs_agent.engine.run.state import RunState
from cs_agent.geometry import NormPoint
from cs_agent.observation import ForegroundApp, Observation, Screenshot
from cs_agent.testing.model_servers import SERVERS
from cs_agent.testing.scripted_endpoint import Answer, ScriptedEndpoint

SCREEN = Image.new("RGB", (540, 1200), "white")
MESSAGES = [Message("system", "rules"), Message("user", "点击提交", SCREEN)]
GENERAL = FAMILIES["general"]


def call(name: str, **arguments: Any) -> Reply:
    return Reply("", tool_calls=(ToolCall(name, json.dumps(arguments, ensure_ascii=False)),))


def code_of(reply: Reply) -> ParseErrorCode:
    with pytest.raises(ParseError) as caught:
        GENERAL.read(reply)
    return caught.value.code


def model_at(endpoint: ScriptedEndpoint, family: str, **overrides: Any) -> FamilyModel:
    chosen = FAMILIES[family]
    settings = chosen.settings(ModelSettings(backoff_s=0.01, attempts=1), Overrides(**overrides))
    return FamilyModel(OpenAIModel(endpoint.base_url, "", "scripted", settings), chosen)


# what a general model calls


@pytest.mark.parametrize(
    ("reply", "action"),
    [
        (call("tap", point=[500, 250]), act.Tap(NormPoint(500, 250))),
        (call("tap", point=[400, 200, 600, 300], sensitive="退款"), act.Tap(NormPoint(500, 250), "退款")),
        (call("long_press", point=["500", "250"]), act.LongPress(NormPoint(500, 250))),
        (call("double_tap", point=[500.4, 249.6]), act.DoubleTap(NormPoint(500, 250))),
        (call("tap", x=500, y=250), act.Tap(NormPoint(500, 250))),
        (call("tap", point={"x": 500, "y": 250}), act.Tap(NormPoint(500, 250))),
        (
            call("swipe", start={"x": 500, "y": 700}, end=[500, 300]),
            act.Swipe(NormPoint(500, 700), NormPoint(500, 300)),
        ),
        (
            Reply("", tool_calls=(ToolCall("tap", json.dumps('{"point": [500, 250]}')),)),
            act.Tap(NormPoint(500, 250)),
        ),
        (call("type", text='他说"好"'), act.Type('他说"好"')),
        (call("swipe", start=[500, 700], end=[500, 300]), act.Swipe(NormPoint(500, 700), NormPoint(500, 300))),
        (call("wait", seconds=2), act.Wait(2.0)),
        (call("back"), act.Back()),
        (call("launch", app="微信; reboot"), act.Launch("微信; reboot")),
        (call("ask", question="选哪个?"), act.Interact("选哪个?")),
        (call("take_over", reason="请登录"), act.TakeOver("请登录")),
        (call("takeOver", reason="请登录"), act.TakeOver("请登录")),
        (call("finish", message="好了"), act.Finish("好了")),
        (Reply('{"name": "tap", "arguments": {"point": [500, 250]}}'), act.Tap(NormPoint(500, 250))),
        (
            Reply('点提交\n```json\n{"name": "tap", "arguments": {"point": [500, 250]}}\n```'),
            act.Tap(NormPoint(500, 250)),
        ),
        (Reply('<tool_call>{"name": "back", "arguments": {}}</tool_call>'), act.Back()),
        (Reply('<think>想</think>{"name": "back", "arguments": "{}"}'), act.Back()),
        (Reply('[{"name": "back", "arguments": {}}]'), act.Back()),
    ],
)
def test_a_call_of_a_tool_is_the_action(reply: Reply, action: act.Action) -> None:
    assert parsed_of(GENERAL.read(reply)).action == action


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (Reply(""), ParseErrorCode.EMPTY),
        (Reply("我点一下提交"), ParseErrorCode.NO_CALL),
        (Reply('do(action="Back")'), ParseErrorCode.NO_CALL),
        (Reply("", tool_calls=(ToolCall("back", "{}"), ToolCall("home", "{}"))), ParseErrorCode.TWO_ACTIONS),
        (Reply('{"name": "home", "arguments": {}}', tool_calls=(ToolCall("back", "{}"),)), ParseErrorCode.TWO_ACTIONS),
        (Reply('{"name": "back"} {"name": "home"}'), ParseErrorCode.TWO_ACTIONS),
        (Reply('<think>{"name": "home"}</think>{"name": "back"}'), ParseErrorCode.TWO_ACTIONS),
        (Reply('{"name": "back"} and then I look'), ParseErrorCode.TRAILING_TEXT),
        (Reply("", tool_calls=(ToolCall("tap", '{"point": [1,'),)), ParseErrorCode.MALFORMED),
        (Reply("", tool_calls=(ToolCall("tap", "[1, 2]"),)), ParseErrorCode.MALFORMED),
        (call("tap", point=[500, 250], x=1, y=2), ParseErrorCode.UNKNOWN_ARGUMENT),
        (call("tap", x=500), ParseErrorCode.UNKNOWN_ARGUMENT),
        (call("swipe", x=1, y=2), ParseErrorCode.UNKNOWN_ARGUMENT),
        (call("tap", point={"x": 500, "y": 250, "z": 1}), ParseErrorCode.BAD_VALUE),
        *[
            (Reply(f'{words}{{"name": "back", "arguments": {{}}}}'), code)
            for words, code in (
                ("Do not call ", ParseErrorCode.NEGATED),
                ("例如 ", ParseErrorCode.NOT_NOW),
                ("Perhaps ", ParseErrorCode.NOT_NOW),
                ("The page says ", ParseErrorCode.NOT_NOW),
                ("Option A: ", ParseErrorCode.NOT_NOW),
                ("<think>", ParseErrorCode.UNCLOSED_THOUGHT),
            )
        ],
        (Reply("", tool_calls=(ToolCall("tap", '{"point": [1, 2], "point": [3, 4]}'),)), ParseErrorCode.MALFORMED),
        (Reply('{"name": "home", "name": "back"}'), ParseErrorCode.NO_CALL),
        (call("fly"), ParseErrorCode.UNKNOWN_ACTION),
        (call("tap"), ParseErrorCode.MISSING_ARGUMENT),
        (call("tap", point=[1, 2], extra=1), ParseErrorCode.UNKNOWN_ARGUMENT),
        (call("tap", point=[1200, 5]), ParseErrorCode.BAD_POINT),
        (call("tap", point=[0.5, 0.5]), ParseErrorCode.BAD_POINT),
        (call("tap", point=True), ParseErrorCode.BAD_VALUE),
        (call("wait", seconds="soon"), ParseErrorCode.BAD_DURATION),
    ],
)
def test_an_unclear_call_is_a_typed_error_and_never_an_action(reply: Reply, code: ParseErrorCode) -> None:
    assert code_of(reply) is code


@given(st.text(max_size=200))
def test_any_text_is_one_action_or_a_typed_error(text: str) -> None:
    try:
        parsed = parsed_of(GENERAL.read(Reply(text)))
    except ParseError:
        return
    assert parsed.action.name


def test_pixels_are_those_of_the_picture_that_was_sent() -> None:
    with ScriptedEndpoint([Answer("", tool_calls=(("tap", '{"point": [270, 300]}'),))]) as endpoint:
        model = model_at(endpoint, "general", coordinates=Coordinates.PIXEL, max_pixels=540 * 1200)
        assert parsed_of(model.reply(MESSAGES)).action == act.Tap(NormPoint(500, 250))


# over the wire


@pytest.mark.parametrize("manners", SERVERS.values(), ids=list(SERVERS))
@pytest.mark.parametrize("as_text", [False, True])
def test_a_general_model_drives_behind_every_server(manners: Any, as_text: bool) -> None:
    arguments = '{"thought": "看到按钮", "point": [500, 250], "plan": ["打开", "提交"], "goal": 2}'
    written = f'{{"name": "tap", "arguments": {arguments}}}'
    answer = Answer(written) if as_text else Answer("", tool_calls=(("tap", arguments),), finish_reason="tool_calls")
    with ScriptedEndpoint([answer], refuses=manners.refuses) as endpoint:
        reply = model_at(endpoint, "general").reply(MESSAGES)
        asked = endpoint.requests[-1]
    parsed = parsed_of(reply)
    assert (parsed.action, parsed.thought) == (act.Tap(NormPoint(500, 250)), "看到按钮")
    assert (reply.plan, reply.goal) == (("打开", "提交"), 2)
    assert {tool["function"]["name"] for tool in asked["tools"]} >= {"tap", "type", "finish", "take_over"}


def test_a_request_without_a_picture_is_plain_text_in_every_family() -> None:
    for family in FAMILIES:
        with ScriptedEndpoint(["总结好了"]) as endpoint:
            assert model_at(endpoint, family).reply([Message("user", "总结")]).text == "总结好了"
        assert "tools" not in endpoint.requests[0]


def test_what_cannot_be_read_comes_back_with_its_reason_and_as_it_was_written() -> None:
    with ScriptedEndpoint([Answer("", tool_calls=(("fly", "{}"),))]) as endpoint:
        reply = model_at(endpoint, "general").reply(MESSAGES)
    with pytest.raises(ParseError) as caught:
        parsed_of(reply)
    assert caught.value.raw == "fly({})"


def test_former_answers_are_shown_in_the_form_the_family_may_write() -> None:
    seen = Observation(Screenshot(SCREEN, 0.0), ForegroundApp("app"))
    parsed = parsed_of(GENERAL.read(call("tap", thought="先点", point=[1, 2])))
    state = remember_turn(RunState("任务"), seen, parsed)
    messages = GENERAL.request(build_messages(state, seen, GENERAL.prompt("zh", Overrides())))
    former = next(message.text for message in messages if message.role == "assistant")
    assert former.startswith("先点\n{")
    assert parsed_of(GENERAL.read(Reply(former))).action == parsed.action


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("family", list(FAMILIES))
def test_every_family_has_its_prompt_in_both_languages(family: str, lang: str) -> None:
    prompt = FAMILIES[family].prompt(lang, Overrides())
    assert prompt.text
    assert "{" + "coordinates}" not in prompt.text


# sub-goals


def test_the_sub_goals_are_kept_told_to_the_model_and_shown_to_people() -> None:
    state = remember_goal(RunState("任务"), ("打开订单", "申请退款", "提交"), 0)
    assert goal_in_words(state) == "1/3 打开订单"
    state = remember_goal(state, (), 2)
    assert goal_in_words(state) == "2/3 申请退款"
    assert goal_in_words(remember_goal(state, (), 9)) == "2/3 申请退款"
    seen = Observation(Screenshot(SCREEN, 0.0), ForegroundApp("app"))
    newest = build_messages(state, seen, GENERAL.prompt("zh", Overrides()))[-1].text
    assert "2. 申请退款" in newest
    assert RunState.from_json(json.loads(json.dumps(state.to_json()))) == state


def test_a_task_that_no_model_cut_has_no_sub_goals() -> None:
    assert goal_in_words(remember_goal(RunState("任务"), (), 3)) == ""


# two models


def two(planner: Answer, grounder: Answer | str, family: str = "pointer") -> tuple[Reply, list[dict[str, Any]]]:
    with ScriptedEndpoint([planner]) as plans, ScriptedEndpoint([grounder]) as places:
        prompt = FAMILIES[family].prompt("zh", Overrides())
        model = PlanningAndGrounding(model_at(plans, "planner").client, ModelGrounder(model_at(places, family), prompt))
        return model.reply(MESSAGES), places.requests


def plan(name: str, **arguments: Any) -> Answer:
    return Answer("", tool_calls=((name, json.dumps(arguments, ensure_ascii=False)),))


@pytest.mark.parametrize(
    ("family", "answer"),
    [
        ("pointer", "[400,200,600,300]"),
        ("pointer", "(500, 250)"),
        ("pointer", "[[400,200],[600,300]]"),
        ("pointer", '{"bbox_2d": [400, 200, 600, 300], "label": "提交"}'),
        ("pointer", "click(start_box='(500,250)')"),
        ("autoglm", 'do(action="Tap", element=[500,250])'),
        ("general", '{"name": "tap", "arguments": {"point": [500, 250]}}'),
    ],
)
def test_one_model_says_what_and_the_other_says_where(family: str, answer: str) -> None:
    reply, asked = two(plan("tap", target="底部的提交按钮", sensitive="提交", thought="该提交了"), answer, family)
    parsed = parsed_of(reply)
    assert parsed.action == act.Tap(NormPoint(500, 250), "提交")
    assert parsed.thought == "该提交了"
    assert "底部的提交按钮" in json.dumps(asked[0]["messages"], ensure_ascii=False)


@pytest.mark.parametrize("answer", ["none", "", "[1,2] or [300,400]", "[1200, 5]", "看不到这个按钮"])
def test_a_control_that_the_second_model_cannot_place_is_never_guessed(answer: str) -> None:
    reply, _ = two(plan("tap", target="提交"), answer or "?")
    with pytest.raises(ParseError) as caught:
        parsed_of(reply)
    assert caught.value.code is ParseErrorCode.NO_PLACE
    assert "提交" in caught.value.reason("zh")


def test_what_needs_no_place_asks_only_the_planner() -> None:
    for planned, action in (
        (plan("type", text="你好"), act.Type("你好")),
        (plan("swipe", direction="up"), act.Swipe(NormPoint(500, 700), NormPoint(500, 300))),
    ):
        reply, asked = two(planned, "none")
        assert parsed_of(reply).action == action
        assert asked == []


@pytest.mark.parametrize(("direction", "target"), [("sideways", None), (None, "")])
def test_a_plan_without_what_it_needs_is_no_action(direction: str | None, target: str | None) -> None:
    planned = plan("swipe", direction=direction) if direction else plan("tap", target=target)
    reply, _ = two(planned, "[1,2]")
    with pytest.raises(ParseError):
        parsed_of(reply)


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [(0.9, 0.8, 0.8), (0.95, 0.99, 0.95), (None, 0.99, None), (0.4, None, 0.4), (None, None, None)],
)
def test_the_weaker_confidence_of_the_two_counts(
    one: float | None, other: float | None, together: float | None
) -> None:
    assert weaker(one, other) == weaker(other, one) == together


def test_the_confidence_of_both_models_reaches_the_gate() -> None:
    written = '{"name": "tap", "arguments": {"target": "提交"}}'
    reply, _ = two(Answer(written, probability=0.97), Answer("[500,250]", probability=0.6))
    assert confidence_of(reply, parsed_of(reply)) == pytest.approx(0.6)
    reply, _ = two(Answer(written, probability=0.5), Answer("[500,250]", probability=0.9))
    assert confidence_of(reply, parsed_of(reply)) == pytest.approx(0.5)
