"""Whole runs by models of other families, behind an endpoint: the engine stops for the same yes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from cs_agent.engine.model.client import OpenAIModel
from cs_agent.engine.model.families import FAMILIES, FamilyModel, Overrides, PlanningAndGrounding
from cs_agent.engine.model.families.two import ModelGrounder
from cs_agent.engine.model.settings import ModelSettings
from cs_agent.engine.run.protocols import Model
from cs_agent.engine.run.state import ConfirmationRequest, Ended, EndStatus, TakeoverRequest
from cs_agent.testing.scripted_endpoint import Answer, ScriptedEndpoint
from tests.engine.story import COMPLAINT, RULES, Story

WAY = ["请输入订单号", "查询", "申请退款", "质量问题", "全额退款", "补偿50元", "下一步", "提交审核"]
PLAN = ["找到订单", "填写退款", "提交"]
GOALS = [1, 1, 2, 2, 2, 2, 2, 3]


@dataclass
class Guide:
    """Answers as a model that knows the way: by the label that comes next, wherever the phone's page has it now."""

    story: Story
    by_place: bool  # else by the control's description
    said: int = 0
    calls: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, request: dict[str, Any]) -> Answer:
        if self.said == len(WAY):
            return self._call("finish", {"thought": "提交成功", "message": "已提交"})
        label = WAY[self.said]
        arguments: dict[str, Any] = {"thought": f"点{label}", "goal": GOALS[self.said]}
        if not self.said:
            arguments["plan"] = PLAN
        if label == "提交审核":
            arguments["sensitive"] = "提交退款"
        self.said += 1
        if not self.by_place:
            return self._call("tap", {**arguments, "target": label})
        point = self.story.point(label)
        return self._call("tap", {**arguments, "point": [point.x, point.y]})

    def _call(self, name: str, arguments: dict[str, Any]) -> Answer:
        self.calls.append(arguments)
        return Answer("", tool_calls=((name, json.dumps(arguments, ensure_ascii=False)),), finish_reason="tool_calls")


def client(endpoint: ScriptedEndpoint, family: str) -> OpenAIModel:
    settings = FAMILIES[family].settings(ModelSettings(attempts=1), Overrides())
    return OpenAIModel(endpoint.base_url, "", "scripted", settings)


def carried_out(story: Story, model: Model) -> tuple[list[str], list[str]]:
    """The run to its end with one yes: the goals of its steps, and what was really done."""
    story.model = model  # type: ignore[assignment]
    story.engine = story.new_engine()
    asked = story.say_yes()
    assert isinstance(asked.pause, ConfirmationRequest)
    assert "399" in asked.pause.summary
    assert story.phone.ledger == []
    ended = story.until_pause()
    assert isinstance(ended.pause, Ended)
    assert ended.pause.status is EndStatus.SUCCEEDED
    goals = [step.goal for step in story.journal.steps if step.goal]
    return list(dict.fromkeys(goals)), story.phone.ledger


def test_a_general_model_carries_a_complaint_through_with_one_yes_and_its_sub_goals() -> None:
    story = Story(COMPLAINT, [], rules=RULES)
    with ScriptedEndpoint(Guide(story, by_place=True)) as endpoint:
        goals, done = carried_out(story, FamilyModel(client(endpoint, "general"), FAMILIES["general"]))
    assert goals == ["1/3 找到订单", "2/3 填写退款", "3/3 提交"]
    assert done == ["refund"]


def test_a_planner_and_a_pointer_carry_a_complaint_through_with_one_yes() -> None:
    story = Story(COMPLAINT, [], rules=RULES)

    def point(request: dict[str, Any]) -> Answer:
        wanted = json.dumps(request["messages"], ensure_ascii=False)
        place = story.point(next(label for label in reversed(WAY) if f": {label}" in wanted or f":{label}" in wanted))
        return Answer(f"[{place.x}, {place.y}]")

    with ScriptedEndpoint(Guide(story, by_place=False)) as plans, ScriptedEndpoint(point) as places:
        prompt = FAMILIES["pointer"].prompt("zh", Overrides())
        grounder = ModelGrounder(FamilyModel(client(places, "pointer"), FAMILIES["pointer"]), prompt)
        goals, done = carried_out(story, PlanningAndGrounding(client(plans, "planner"), grounder))
    assert goals[-1] == "3/3 提交"
    assert done == ["refund"]


def test_a_pointer_that_never_finds_the_control_ends_with_a_person() -> None:
    story = Story(COMPLAINT, [], rules=RULES)
    with ScriptedEndpoint(Guide(story, by_place=False)) as plans, ScriptedEndpoint(["none"]) as places:
        prompt = FAMILIES["pointer"].prompt("zh", Overrides())
        grounder = ModelGrounder(FamilyModel(client(places, "pointer"), FAMILIES["pointer"]), prompt)
        story.model = PlanningAndGrounding(client(plans, "planner"), grounder)  # type: ignore[assignment]
        story.engine = story.new_engine()
        turn = story.until_pause()
    assert isinstance(turn.pause, TakeoverRequest)
    assert turn.pause.code == "unreadable"
    assert "请输入订单号" in "".join(text for _, text in story.state.history)
