"""A yes covers exactly what was shown: single use, bound to action and screen, void when what was shown changed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cs_agent.engine.actions.values import Back, Finish, Tap
from cs_agent.engine.run import human
from cs_agent.engine.run.flow import ConfirmField, FieldKind, FlowRules
from cs_agent.engine.run.pending import pending_of
from cs_agent.engine.run.phases import IllegalTransition
from cs_agent.engine.run.state import ConfirmationRequest, Ended, Phase, StepStatus
from cs_agent.engine.screen.observe import ScreenObserver
from cs_agent.observation import AppKind
from cs_agent.testing.phone import FakePhone, FakeScreen
from cs_agent.testing.run import MemoryJournal
from tests.engine.story import COMPLAINT, RULES, SMALL, Story, complaint


def asked_of(story: Story) -> ConfirmationRequest:
    pause = story.until_pause().pause
    assert isinstance(pause, ConfirmationRequest)
    return pause


def test_nothing_irreversible_happens_while_a_confirmation_waits():
    story = complaint()
    asked_of(story)
    assert story.state.phase is Phase.CONFIRMING
    assert story.phone.ledger == []


def test_a_paused_turn_leaves_the_checkpoint_as_it_was_before():
    story = complaint()
    asked_of(story)
    assert story.journal.checkpoint.phase is Phase.READY
    assert story.journal.steps[-1].status is StepStatus.INTENDED
    story.reload()
    story.model._answers = iter([lambda m: Tap(story.point("提交审核"))])
    assert isinstance(story.turn().pause, ConfirmationRequest)


@pytest.mark.parametrize(("old", "new"), [("¥399.00", "¥899.00"), ("质量问题", "七天无理由")])
def test_a_field_that_changed_after_the_yes_voids_it_and_is_shown(old, new):
    story = complaint()
    first = asked_of(story)
    story.state = human.approve(story.state, first.action_digest)
    story.phone.change(old, new)
    again = story.turn().pause
    assert isinstance(again, ConfirmationRequest)
    assert any(old in change and new in change for change in again.changes)
    assert story.phone.ledger == []
    story.state = human.approve(story.state, again.action_digest)
    assert story.turn().pause is None
    assert story.phone.ledger == ["refund"]


def test_another_control_under_the_point_voids_the_yes():
    story = complaint()
    story.say_yes()
    story.phone.change("提交审核", "删除全部")
    again = story.turn().pause
    assert isinstance(again, ConfirmationRequest)
    assert "删除全部" in again.changes[0]
    assert story.phone.acts[-1] != "tap:删除全部"


def test_another_app_in_front_voids_the_yes():
    story = complaint()
    asked = asked_of(story)
    story.state = human.approve(story.state, asked.action_digest)
    story.screens["evil"] = FakeScreen(COMPLAINT["review"].rows, package="com.evil", does={"提交审核": "stolen"})
    story.phone.show("evil")
    assert isinstance(story.turn().pause, ConfirmationRequest)
    assert story.phone.ledger == []


def test_a_picture_from_before_a_value_was_drawn_is_looked_at_again_before_a_person_is_asked(monkeypatch):
    """Its tree, which is younger, holds the value already."""
    story, late = complaint(), [True]
    looked, taken = ScreenObserver.look_closely, FakePhone.screenshot

    def look_closely(self):
        late.clear()
        return looked(self)

    def screenshot(self):
        shot = taken(self)
        if late and self.shown == "review":
            image = shot.image.copy()
            image.info["lines"] = [
                replace(each, text=each.text.replace("质量问题", "其他")) for each in shot.image.info["lines"]
            ]
            return replace(shot, image=image)
        return shot

    monkeypatch.setattr(ScreenObserver, "look_closely", look_closely)
    monkeypatch.setattr(FakePhone, "screenshot", screenshot)
    asked = asked_of(story)
    assert not late
    assert not any(value.differs for value in asked.fields)


def test_on_the_home_screen_nobody_is_asked_anew_about_the_place_of_a_control_that_is_gone():
    """It was restarted between the question and its yes: the agent looks anew, and asks once it is there again."""
    story = complaint("raw:wait")
    asked = asked_of(story)
    story.state = human.approve(story.state, asked.action_digest)
    story.screens["home"] = FakeScreen(["title:桌面", "button:售后系统"], app_kind=AppKind.HOME, package="launcher")
    story.phone.show("home")
    turn = story.turn()
    assert (turn.pause, turn.state.approved, story.phone.ledger) == (None, "", [])
    assert "主屏幕" in turn.step.outcome


def test_a_yes_is_used_once():
    story = complaint(Tap(complaint().point("查询")))
    story.say_yes()
    assert story.turn().state.approved == ""
    assert story.state.pending is None


def test_a_yes_that_was_not_yet_used_survives_a_restart():
    story = complaint(Finish("好"))
    story.say_yes()
    story.journal.saved.append((story.state.to_json(), story.journal.steps[-1]))
    story.reload()
    story.turn()
    assert story.phone.ledger == ["refund"]


def test_a_yes_for_another_action_is_refused():
    story = complaint()
    asked_of(story)
    with pytest.raises(IllegalTransition):
        human.approve(story.state, "0" * 64)


def test_a_forged_approval_of_another_digest_does_not_act():
    story = complaint()
    asked_of(story)
    story.state = story.state.evolve(phase=Phase.READY, approved="0" * 64)
    with pytest.raises(IllegalTransition):
        story.turn()
    assert story.phone.ledger == []


def test_a_clock_or_an_advertisement_that_moves_on_does_not_void_the_yes():
    screens = dict(COMPLAINT)
    rows = [["text:10:21", "text:剩余 58 秒"], *COMPLAINT["review"].rows]
    screens["review"] = FakeScreen(rows, goes=COMPLAINT["review"].goes, does=COMPLAINT["review"].does)
    story = Story(screens, ["提交审核"], begins="review", rules=RULES)
    story.say_yes()
    story.phone.change("剩余 58 秒", "剩余 41 秒")
    assert story.turn().pause is None
    assert story.phone.ledger == ["refund"]


def test_a_no_with_a_note_goes_on_with_the_note_as_guidance():
    story = complaint(Back())
    asked_of(story)
    story.state = human.reject(story.state, "先改成部分退款", end=False)
    story.turn()
    assert "先改成部分退款" in story.told
    assert story.phone.ledger == []


def test_a_no_that_ends_the_run_leaves_it_ended():
    story = complaint()
    asked_of(story)
    state = human.reject(story.state, "客户撤回", end=True)
    assert state.phase is Phase.ENDED
    assert state.pending is None


def test_a_correction_is_told_to_the_agent_and_compared_from_then_on():
    story = complaint(Back(), "下一步", "提交审核")
    asked_of(story)
    story.state = human.correct(story.state, "compensation", "30元")
    story.turn()
    assert "30元" in story.told
    again = asked_of(story)
    compensation = next(field for field in again.fields if field.name == "compensation")
    assert compensation.differs
    assert compensation.ticket_value == "¥30.00"


def test_a_value_that_differs_from_the_ticket_is_marked():
    screens = dict(COMPLAINT)
    rows = [
        "title:核对信息",
        ["label:退款金额", "text:¥99.00"],
        ["label:补偿金额", "text:¥50.00"],
        "---",
        "button:提交审核",
    ]
    screens["review"] = FakeScreen(rows)
    asked = asked_of(Story(screens, ["提交审核"], begins="review", rules=RULES, bound=False))
    marks = {field.name: field.differs for field in asked.fields}
    assert marks == {"refund": True, "compensation": False, "reason": True}
    assert "(未读到)" in asked.summary


def test_values_below_the_fold_are_found_by_scrolling_and_the_page_is_scrolled_back():
    top = [
        "title:核对信息",
        ["label:退款金额", "text:¥399.00"],
        ["label:补偿金额", "text:¥50.00"],
        "text:第一屏",
        "---",
        "button:提交审核",
    ]
    low = ["title:核对信息", ["label:退换原因", "text:质量问题"], "text:第二屏", "---", "button:提交审核"]
    screens = {
        "top": FakeScreen(top, goes={"swipe:up": "low"}, does={"提交审核": "refund"}),
        "low": FakeScreen(low, goes={"swipe:down": "top"}, does={"提交审核": "wrong place"}),
    }
    story = Story(screens, ["提交审核"], begins="top", rules=RULES)
    story.state = story.state.evolve(seen={"实付金额": "¥399.00"})
    asked = asked_of(story)
    assert {field.name: field.screen_value for field in asked.fields}["reason"] == "质量问题"
    assert not any(field.differs for field in asked.fields)
    assert story.phone.shown == "top"
    assert all(act.startswith("swipe:") for act in story.phone.acts)
    story.state = human.approve(story.state, asked.action_digest)
    assert story.turn().pause is None
    assert story.phone.ledger == ["refund"]


def test_a_page_that_does_not_scroll_back_shows_where_the_touch_would_land():
    screens = {
        "top": FakeScreen(
            ["title:核对", "text:一", "text:二", "button:提交审核"], goes={"swipe:up": "low", "swipe:down": "low"}
        ),
        "low": FakeScreen(["title:核对", "text:三", "text:四", "button:其他按钮"]),
    }
    story = Story(screens, ["提交审核"], begins="top", rules=RULES, bound=False)
    asked = asked_of(story)
    assert asked.target is not None
    assert pending_of(story.state).target == ("其他按钮",)
    assert story.phone.ledger == []


def test_a_page_without_a_flow_shows_the_pairs_and_inputs_near_the_button():
    rows = [
        "title:发消息",
        ["label:收件人", "text:张三"],
        ["label:内容", "input:您好"],
        "check*:加急",
        "---",
        "button:发送",
    ]
    story = Story({"home": FakeScreen(rows, does={"发送": "sent"})}, ["发送"])
    asked = asked_of(story)
    values = {field.label: field.screen_value for field in asked.fields}
    assert values["收件人"] == "张三"
    assert values["内容"] == "您好"
    assert asked.summary.startswith("[确认] 点击“发送” | ")


def test_an_act_that_is_only_not_proven_harmless_is_asked_for_by_its_own_name_beside_the_flows_values():
    rows = ["title:核对信息", ["label:退款金额", "text:¥399.00"], ["label:补偿金额", "text:¥50.00"]]
    rows += [["label:退换原因", "text:质量问题"], "button:换一种看法"]
    asked = asked_of(Story({"home": FakeScreen(rows)}, ["换一种看法"], rules=RULES, bound=False))
    assert [field.screen_value for field in asked.fields] == ["¥399.00", "¥50.00", "质量问题"]
    assert asked.summary.startswith("[确认] 点击“换一种看法” | ")
    assert not asked.commits


def test_what_was_paid_is_remembered_from_the_order_page():
    story = complaint()
    asked = asked_of(story)
    refund = next(field for field in asked.fields if field.name == "refund")
    assert refund.ticket_value == "全额(¥399.00)"
    story = Story(COMPLAINT, ["提交审核"], begins="review", rules=RULES)
    refund = next(field for field in asked_of(story).fields if field.name == "refund")
    assert refund.differs


def test_an_amount_above_the_flows_limit_says_so():
    rules = FlowRules(confirm_fields=RULES.confirm_fields, refuse_above=200.0)
    asked = asked_of(Story(COMPLAINT, ["提交审核"], begins="review", rules=rules))
    assert "amount_over_limit" in [reason.code for reason in asked.reasons]


def test_a_confirmation_of_an_act_that_can_be_repeated_does_not_scroll_for_fields():
    story = Story(COMPLAINT, ["查询"], rules=RULES, probability=0.5)
    asked = asked_of(story)
    assert not asked.irreversible
    assert asked.fields == ()
    assert story.phone.acts == []


def test_the_record_of_the_confirmed_act_has_the_number_of_the_step_that_was_asked():
    story = complaint(Finish("好"))
    asked = story.until_pause()
    story.state = human.approve(story.state, asked.pause.action_digest)
    done = story.turn()
    assert done.step.number == asked.step.number
    assert done.step.verdict is not None
    assert done.step.verdict.irreversible
    assert isinstance(story.turn().pause, Ended)
    assert story.state.step_no == asked.step.number + 1


def test_two_fields_with_one_name_do_not_make_a_journal_entry_without_json(tmp_path):
    twice = (
        ConfirmField("a", "甲", ("退款金额",), FieldKind.MONEY),
        ConfirmField("a", "乙", ("补偿金额",), FieldKind.MONEY),
    )
    story = Story(
        COMPLAINT, ["提交审核"], begins="review", rules=FlowRules(confirm_fields=twice), journal=MemoryJournal()
    )
    asked = asked_of(story)
    assert [field.label for field in asked.fields] == ["甲", "乙"]
    assert SMALL.width == asked.screenshot.width
