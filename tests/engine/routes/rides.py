"""A desk of the tests with its route, and rides on it."""

from __future__ import annotations

from cs_agent.engine.actions.values import Finish, Type
from cs_agent.engine.routes.record import way_of
from cs_agent.engine.routes.values import RoutePlan, RouteStep, Way
from cs_agent.engine.routes.views import PageView
from cs_agent.engine.run import human
from cs_agent.engine.run.flow import ConfirmField, FieldKind, FlowRules
from cs_agent.engine.run.state import ConfirmationRequest, Ended, StepStatus
from cs_agent.engine.screen.signature import PageSignature
from cs_agent.observation import ForegroundApp, Observation, Screenshot
from cs_agent.testing.phone import FakeScreen
from cs_agent.testing.screens import lay_out
from tests.engine.story import SMALL, Story

VALUES = {"order": "202405218876", "reason": "质量问题", "refund": "全额", "compensation": "50.00", "note": ""}


OTHER = {"order": "202405219999", "reason": "物流破损", "refund": "全额", "compensation": "20.00", "note": ""}


def aftersales(values: dict[str, str], **changes: FakeScreen) -> dict[str, FakeScreen]:
    """A desk where an order is searched, opened, and a refund for it is asked for."""
    order, extra = values["order"], values["compensation"].removesuffix(".00")
    entries = ["row:202405211111", f"row:{order}", "row:202405213333"]
    return {
        "home": FakeScreen(
            ["title:售后系统", "text:今日待办", ["label:订单号", "hint:请输入订单号"], "button:查询", "link:帮助中心"],
            goes={"查询": "list"},
        ),
        "list": FakeScreen(
            ["title:查询结果", "text:按时间排序", *entries, "button:筛选"],
            goes={order: "order", "back": "home"},
        ),
        "order": FakeScreen(
            [
                "title:订单详情",
                ["label:订单号", f"text:{order}"],
                ["label:实付金额", "text:¥399.00"],
                "button:申请退款",
                "button:查看物流",
            ],
            goes={"申请退款": "form", "back": "list"},
        ),
        "form": FakeScreen(
            [
                "title:申请退款",
                "label:退换原因",
                ["radio:质量问题", "radio:物流破损", "radio:七天无理由"],
                "label:退款方式",
                ["radio:全额退款", "radio:部分退款"],
                ["check:补偿20元", "check:补偿50元"],
                "---",
                "button:下一步",
            ],
            goes={"下一步": "review", "back": "order"},
        ),
        "review": FakeScreen(
            [
                "title:核对信息",
                ["label:退款金额", "text:¥399.00"],
                ["label:补偿金额", f"text:¥{extra}.00"],
                ["label:退换原因", f"text:{values['reason']}"],
                "---",
                "button:提交审核",
            ],
            goes={"提交审核": "done", "back": "form"},
            does={"提交审核": "refund"},
        ),
        "done": FakeScreen(["title:提交成功", "text:申请已提交", "button:返回首页"], goes={"back": "home"}),
        **changes,
    }


def rules(values: dict[str, str]) -> FlowRules:
    return FlowRules(
        success_evidence=(("提交成功",),),
        navigation_words=("查询", "申请退款", "下一步", values["order"]),
        confirm_fields=(
            ConfirmField("refund", "退款", ("退款金额",), FieldKind.MONEY, "全额", ("实付金额",)),
            ConfirmField("reason", "原因", ("退换原因",), FieldKind.TEXT, values["reason"]),
        ),
    )


class Ride(Story):
    """A story with a route; its engine is made anew with every process."""

    def __init__(
        self,
        values: dict[str, str],
        way: Way | None = None,
        script=(),
        reviewed=True,
        bound=True,
        learning=False,
        **screens: FakeScreen,
    ):
        plan = RoutePlan(values, way, reviewed, learning=learning)
        start = {"begins": "launcher", "apps": {"售后系统": "home"}} if "launcher" in screens else {}
        super().__init__(aftersales(values, **screens), script, rules=rules(values), bound=bound, plan=plan, **start)

    def to_the_end(self) -> Ended:
        """Every confirmation is given its yes."""
        for _ in range(60):
            turn = self.turn()
            if isinstance(turn.pause, ConfirmationRequest):
                self.state = human.approve(self.state, turn.pause.action_digest)
            elif turn.pause is not None:
                assert isinstance(turn.pause, Ended), turn.pause
                return turn.pause
        raise AssertionError("no end")

    def way(self) -> Way:
        """What was learned from it."""
        marks = [step.route_mark for step in self.journal.steps if step.status is StepStatus.DONE and step.route_mark]
        steps = [RouteStep.from_json(mark) for mark in marks if "end" not in mark]
        ended = next((mark for mark in marks if "end" in mark), {})
        end = PageSignature.from_json(ended["end"]) if ended else None
        view = PageView.from_json(ended["view"]) if "view" in ended else None
        return way_of(steps, end, self.plan.values, view)


def by_model(values: dict[str, str]) -> list:
    extra = f"补偿{values['compensation'].removesuffix('.00')}元"
    return [
        "请输入订单号",
        Type(values["order"]),
        "查询",
        values["order"],
        "申请退款",
        values["reason"],
        "全额退款",
        extra,
        "下一步",
        "提交审核",
        Finish("提交成功"),
    ]


def observation(rows, package="com.example.app") -> Observation:
    layout = lay_out(rows, package=package, size=SMALL)
    return Observation(Screenshot(layout.image(), 0.0), ForegroundApp(package), (), layout.nodes())
