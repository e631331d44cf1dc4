"""A run on a scripted phone with a scripted model, for tests of the loop: the reference complaint among them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from cs_agent.engine.actions.values import Action, Tap
from cs_agent.engine.routes.values import RoutePlan
from cs_agent.engine.run import human
from cs_agent.engine.run.flow import ConfirmField, FieldKind, FlowRules
from cs_agent.engine.run.prompts import load_prompt
from cs_agent.engine.run.protocols import Message
from cs_agent.engine.run.state import ConfirmationRequest, RunState, Turn
from cs_agent.engine.turn.loop import Engine, EngineSettings, GatePolicy, start
from cs_agent.geometry import NormPoint, Size
from cs_agent.testing.model import ScriptedModel, documented
from cs_agent.testing.phone import FakePhone, FakeReader, FakeScreen, bound_controls
from cs_agent.testing.run import FakeTime, MemoryJournal, StillPicture

SMALL = Size(540, 1200)
PROMPT = load_prompt("zh")

COMPLAINT = {
    "home": FakeScreen(["title:售后系统", "hint!:请输入订单号", "button:查询"], goes={"查询": "order"}),
    "order": FakeScreen(
        [
            "title:订单详情",
            ["label:订单号", "text:202405218876"],
            ["label:实付金额", "text:¥399.00"],
            "button:申请退款",
        ],
        goes={"申请退款": "form", "back": "home"},
    ),
    "form": FakeScreen(
        [
            "title:申请退款",
            "label:退换原因",
            ["radio:质量问题", "radio:七天无理由"],
            "label:退款方式",
            ["radio:全额退款", "radio:部分退款"],
            "check:补偿50元",
            "---",
            "button:下一步",
        ],
        goes={"下一步": "review", "back": "order"},
    ),
    "review": FakeScreen(
        [
            "title:核对信息",
            ["label:退款金额", "text:¥399.00"],
            ["label:补偿金额", "text:¥50.00"],
            ["label:退换原因", "text:质量问题"],
            "---",
            "button:提交审核",
        ],
        goes={"提交审核": "done", "back": "form"},
        does={"提交审核": "refund"},
    ),
    "done": FakeScreen(["title:提交成功", "text:申请已提交", "button:返回首页"], goes={"back": "home"}),
}
RULES = FlowRules(
    success_evidence=(("提交成功",),),
    confirm_fields=(
        ConfirmField("refund", "退款", ("退款金额",), FieldKind.MONEY, "全额", ("实付金额",)),
        ConfirmField("compensation", "补偿", ("补偿金额",), FieldKind.MONEY, "50元"),
        ConfirmField("reason", "原因", ("退换原因",), FieldKind.TEXT, "质量问题"),
    ),
    named_controls=bound_controls(COMPLAINT),
)

Step = str | Action | Callable[[list[Message]], Any]


@dataclass
class Story:
    """`script`: a label to tap, an action, a raw reply after "raw:", or any answer of a ScriptedModel."""

    screens: dict[str, FakeScreen]
    script: Iterable[Step]
    begins: str = "home"
    rules: FlowRules = field(default_factory=FlowRules)
    policy: GatePolicy = field(default_factory=GatePolicy)
    settings: EngineSettings = field(default_factory=EngineSettings)
    apps: dict[str, str] = field(default_factory=dict)
    probability: float | None = 1.0
    journal: MemoryJournal = field(default_factory=MemoryJournal)
    bound: bool = True  # the flow names what is harmless on these screens
    plan: RoutePlan | None = None

    def __post_init__(self) -> None:
        self.screens = dict(self.screens)
        if self.bound:
            self.rules = replace(self.rules, named_controls=bound_controls(self.screens))
        self.time = FakeTime()
        self.phone = FakePhone(self.screens, self.begins, apps=self.apps, screen_size=SMALL, now=self.time)
        self.reader = FakeReader()
        self.model = ScriptedModel([self._answer(step) for step in self.script], probability=self.probability)
        self.engine = self.new_engine()
        self.state = start("处理投诉")

    def new_engine(self) -> Engine:
        """As another process would make it."""
        return Engine(
            phone=self.phone,
            model=self.model,
            reader=self.reader,
            journal=self.journal,
            rules=self.rules,
            policy=self.policy,
            settings=self.settings,
            settle=StillPicture,
            prompt=PROMPT,
            route=self.plan,
            clock=self.time,
            sleep=self.time.sleep,
        )

    def turn(self) -> Turn:
        turn = self.engine.turn(self.state)
        self.state = turn.state
        return turn

    def until_pause(self, most: int = 60) -> Turn:
        for _ in range(most):
            turn = self.turn()
            if turn.pause is not None:
                return turn
        raise AssertionError(f"no pause in {most} turns")

    def say_yes(self) -> Turn:
        """Go on to the next confirmation and approve it."""
        turn = self.until_pause()
        assert isinstance(turn.pause, ConfirmationRequest)
        self.state = human.approve(self.state, turn.pause.action_digest)
        return turn

    def reload(self) -> RunState:
        """What a restart finds in the journal."""
        self.state = self.journal.checkpoint
        self.engine = self.new_engine()
        return self.state

    def point(self, label: str) -> NormPoint:
        return self.phone.layout.find(label).box.center.to_norm(self.phone.screen_size)

    @property
    def told(self) -> str:
        """Everything the last request to the model said."""
        return "\n".join(message.text for message in self.model.asked[-1])

    def _answer(self, step: Step) -> Any:
        if isinstance(step, str) and step.startswith("raw:"):
            return step.removeprefix("raw:")
        if isinstance(step, str):
            return lambda messages: documented(Tap(self.point(step)), f"点击{step}")
        return step


def complaint(*after: Step, **options: Any) -> Story:
    """Up to the proposal of the submit, then what the test adds."""
    script = ["查询", "申请退款", "质量问题", "全额退款", "补偿50元", "下一步", "提交审核", *after]
    return Story(COMPLAINT, script, rules=options.pop("rules", RULES), **options)
