"""One yes is one act: after an act that cannot be undone nobody but a human does anything that may do it again."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cs_agent.engine.actions.values import Back, Tap
from cs_agent.engine.run import human
from cs_agent.engine.run.state import ConfirmationRequest, RunState, TakeoverRequest, Unproven
from cs_agent.testing.model import documented
from cs_agent.testing.phone import FakeScreen
from tests.engine.story import COMPLAINT, RULES, Story

ERRORS = [
    ("网络异常,请检查网络", "重试"),
    ("服务器开小差了", "重新加载"),
    ("提交失败,请稍后再试", "我知道了"),
    ("Something went wrong", "Try again"),
    ("Your request could not be completed", "OK"),
    ("系统繁忙(50013)", "刷新重试"),
    ("เกิดข้อผิดพลาด", "ลองอีกครั้ง"),
    ("エラーが発生しました", "再試行"),
    ("Une erreur s'est produite", "Réessayer"),
    ("Что-то пошло не так", "Повторить"),
]
ADVERTISED = [("限时红包等你拿", "跳过"), ("新人专享优惠券", "我知道了"), ("Special offer", "Close"), ("广告", "关闭")]


def after_submit(message: str, button: str, *script, rules=RULES, more=()) -> Story:
    """The reference form; its submit, once approved, leads to this page, whose button submits once more."""
    screens = dict(COMPLAINT)
    review = COMPLAINT["review"]
    screens["review"] = FakeScreen(review.rows, goes={"提交审核": "error"}, does={"提交审核": "refund"})
    screens["error"] = FakeScreen([f"text:{message}", *more, f"button:{button}"], does={button: "refund"})
    story = Story(screens, ["提交审核", *script], begins="review", rules=rules)
    story.say_yes()
    story.turn()
    assert story.phone.ledger == ["refund"]
    return story


@pytest.mark.parametrize(("message", "button"), ERRORS + ADVERTISED)
def test_after_a_submit_the_engine_presses_nothing_by_itself_and_the_model_gets_nothing_past_a_human(message, button):
    story = after_submit(message, button, *[button] * 8)
    pause = story.until_pause().pause
    assert isinstance(pause, TakeoverRequest | ConfirmationRequest)
    assert story.phone.ledger == ["refund"]


@pytest.mark.parametrize(("message", "button"), ERRORS[:6])
def test_a_page_that_says_that_it_failed_is_given_to_a_person_as_an_unknown_outcome(message, button):
    story = after_submit(message, button)
    pause = story.until_pause().pause
    assert isinstance(pause, TakeoverRequest)
    assert pause.code == "outcome_unknown"
    assert story.model.asked[1:] == []


def test_the_open_outcome_survives_the_checkpoint():
    story = after_submit(*ERRORS[0])
    assert story.reload().unproven is Unproven.AGENT
    assert story.until_pause().pause.code == "outcome_unknown"


def test_a_checkpoint_of_the_release_before_knows_of_no_open_outcome():
    old = {key: value for key, value in RunState("x").to_json().items() if key not in ("unproven", "evidence_before")}
    assert RunState.from_json(old).unproven is Unproven.NOTHING


def test_a_page_that_proves_the_act_closes_the_matter():
    story = after_submit("提交成功", "返回首页")
    story.model._answers = iter([documented(Back())])
    story.turn()
    assert story.state.unproven is Unproven.NOTHING


def test_evidence_that_stood_there_before_the_act_proves_nothing():
    review = FakeScreen(
        [*COMPLAINT["review"].rows, "text:提交成功后三日到账"],
        goes={"提交审核": "same"},
        does={"提交审核": "refund"},
    )
    same = FakeScreen(["text:提交成功后三日到账", "text:一", "text:二", "button:好"], does={"好": "refund"})
    story = Story({**COMPLAINT, "review": review, "same": same}, ["提交审核", "好"], begins="review", rules=RULES)
    story.say_yes()
    story.turn()
    pause = story.until_pause().pause
    assert isinstance(pause, ConfirmationRequest)
    assert "outcome_unknown" in [reason.code for reason in pause.reasons]


def test_after_a_hand_back_the_retry_of_what_the_person_did_is_not_the_engines_own_idea():
    error = FakeScreen(["text:网络异常", "button:重试"], does={"重试": "refund"})
    story = Story({"error": error, "home": COMPLAINT["home"]}, ["重试"], begins="error")
    story.state = human.handed_back(human.take_over(story.state), "提交了退款")
    pause = story.until_pause().pause
    assert isinstance(pause, ConfirmationRequest)
    assert story.phone.ledger == []


def test_after_a_hand_back_an_ordinary_page_asks_nothing():
    story = Story(COMPLAINT, ["查询", "申请退款"], rules=RULES)
    story.state = human.handed_back(human.take_over(story.state), "输入了验证码")
    assert story.turn().pause is None
    assert story.state.unproven is Unproven.NOTHING


def test_granting_a_permission_leaves_no_outcome_open():
    dialog = FakeScreen(
        ["###", "text:要允许“地图”访问位置吗?", "button:允许", "button:不允许"],
        package="com.android.permissioncontroller",
        goes={"允许": "home"},
    )
    story = Story({"ask": dialog, "home": COMPLAINT["home"]}, ["查询"], begins="ask")
    story.say_yes()
    story.turn()
    assert story.state.unproven is Unproven.NOTHING


@pytest.mark.parametrize("button", ["我知道了", "跳过", "关闭", "Close"])
def test_beside_an_advertisement_on_a_page_that_pays_the_engine_closes_nothing(button):
    page = FakeScreen(["title:收银台", "text:应付 ¥9.00", "text:限时红包", f"button:{button}"], does={button: "paid"})
    story = Story({"pay": page}, [Back()] * 9, begins="pay")
    for _ in range(5):
        story.turn()
    assert story.phone.ledger == []


WORDS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), min_size=1, max_size=24)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(
    message=WORDS, button=WORDS.filter(str.strip), more=st.lists(WORDS, max_size=2)
)  # no generated page proves itself
def test_whatever_the_page_after_a_submit_says_nothing_is_done_twice_on_one_yes(message, button, more):
    """`button` submits once more; the model keeps pressing it, whatever it is called."""
    story = after_submit(message, button, more=[f"text:{text}" for text in more])
    box = story.phone.layout.elements[-1].box
    story.model._answers = iter([documented(Tap(box.center.to_norm(story.phone.size())))] * 40)
    for _ in range(12):
        if story.turn().pause is not None:
            break
    assert story.phone.ledger == ["refund"]
