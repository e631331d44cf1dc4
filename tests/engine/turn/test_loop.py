"""The turn of the agent: what a run does, writes down and asks."""

from __future__ import annotations

import json

import pytest

from cs_agent.engine.actions.values import (
    Back,
    CallApi,
    Finish,
    Interact,
    Launch,
    Note,
    Swipe,
    TakeOver,
    Tap,
    Type,
    Wait,
)
from cs_agent.engine.run import human
from cs_agent.engine.run.flow import FlowRules
from cs_agent.engine.run.phases import IllegalTransition
from cs_agent.engine.run.protocols import Interrupted, ModelError, PhoneError
from cs_agent.engine.run.state import (
    ConfirmationKind,
    ConfirmationRequest,
    Ended,
    EndStatus,
    Phase,
    Question,
    StepStatus,
    TakeoverRequest,
)
from cs_agent.engine.turn.draft import for_people
from cs_agent.engine.turn.loop import EngineSettings, start
from cs_agent.geometry import NormPoint
from cs_agent.testing.phone import FakePhoneError, FakeScreen
from cs_agent.testing.run import MemoryJournal, Stop
from tests.engine.story import COMPLAINT, RULES, Story, complaint

PAGE = {
    "home": FakeScreen(["title:订单", "row:订单 1001", "row:订单 1002", "button:刷新"], goes={"刷新": "home"}),
}


def ready(state):
    assert state.phase is Phase.READY
    return state


def test_the_reference_complaint_asks_exactly_once_and_files_exactly_one_refund():
    story = complaint(Finish("已提交审核"))
    asked = story.until_pause().pause
    assert isinstance(asked, ConfirmationRequest)
    assert asked.summary == "[确认] 退款:¥399.00 | 补偿:¥50.00 | 原因:质量问题"
    assert asked.commits
    assert [field.differs for field in asked.fields] == [False, False, False]
    assert story.phone.ledger == []
    story.state = human.approve(story.state, asked.action_digest)
    ended = story.until_pause().pause
    assert ended == Ended(EndStatus.SUCCEEDED, "已提交审核", ("提交成功",))
    assert story.phone.ledger == ["refund"]


def test_a_step_names_what_it_touches_before_and_after_a_yes():
    story = complaint()
    asked = story.until_pause().pause
    story.state = human.approve(story.state, asked.action_digest)
    story.turn()
    done = [step.control for step in story.journal.steps if step.status is StepStatus.DONE]
    assert done == ["查询", "申请退款", "质量问题", "全额退款", "补偿50元", "下一步", "提交审核"]
    assert {step.control for step in story.journal.steps if step.number == 7} == {asked.control}


def test_an_intent_is_on_record_before_every_act_and_an_outcome_after():
    story = complaint()
    acts_at_save: list[tuple[str, int]] = []
    story.journal.on_save = lambda state, step: acts_at_save.append((step.status, len(story.phone.acts)))
    story.turn()
    assert acts_at_save == [(StepStatus.INTENDED, 0), (StepStatus.DONE, 1)]


def test_a_journal_that_fails_keeps_the_phone_untouched():
    def refuse(state, step):
        raise Interrupted("the claim is lost")

    story = complaint(journal=MemoryJournal(on_save=refuse))
    with pytest.raises(Interrupted):
        story.turn()
    assert story.phone.acts == []


def test_a_stop_during_the_settling_leaves_the_act_on_record_as_done():
    story = complaint()
    story.journal.on_check = Stop(at=3)
    with pytest.raises(Interrupted):
        story.turn()
    assert [step.status for step in story.journal.steps] == [StepStatus.INTENDED, StepStatus.DONE]
    assert story.journal.checkpoint.phase is Phase.READY


@pytest.mark.parametrize("phase", [Phase.CONFIRMING, Phase.ASKING, Phase.TAKEN_OVER, Phase.ENDED])
def test_a_run_that_waits_for_a_human_or_has_ended_is_not_turned(phase):
    story = complaint()
    story.state = start("x").evolve(phase=phase)
    with pytest.raises(IllegalTransition):
        story.turn()
    assert story.phone.acts == []


def test_every_state_a_run_goes_through_survives_a_round_trip_through_json():
    story = complaint(Finish("好"))
    while True:
        turn = story.turn()
        assert type(turn.state).from_json(json.loads(json.dumps(turn.state.to_json()))) == turn.state
        if isinstance(turn.pause, ConfirmationRequest):
            story.state = human.approve(story.state, turn.pause.action_digest)
        elif turn.pause:
            break
    assert isinstance(turn.pause, Ended)


def test_a_step_tells_how_long_each_part_took_and_what_is_the_engines_own():
    step = complaint().turn().step
    assert {"observe", "model", "gate", "act", "settle", "total", "engine"} <= set(step.timings)
    assert step.timings["engine"] < step.timings["total"]
    own = step.timings["total"] - step.timings["model"] - step.timings["act"] - step.timings["settle"]
    assert step.timings["engine"] == pytest.approx(own)


def test_a_step_carries_where_it_touched_and_both_pictures():
    step = complaint().turn().step
    x, y = step.touch
    assert 0 < x < 540
    assert 0 < y < 1200
    assert step.before is not step.after
    assert step.action_text.startswith('do(action="Tap"')


def test_a_finish_without_the_evidence_is_challenged_once_and_then_goes_to_a_human():
    story = Story(COMPLAINT, [Finish("完成"), Finish("真的完成")], rules=RULES)
    assert story.turn().step.status is StepStatus.REFUSED
    turn = story.turn()
    assert "提交成功" in story.told
    assert isinstance(turn.pause, TakeoverRequest)
    assert turn.pause.code == "no_evidence"


def test_success_that_was_on_the_screen_before_this_run_did_anything_goes_to_a_human():
    story = Story(COMPLAINT, [Finish("完成")], begins="done", rules=RULES)
    turn = story.turn()
    assert isinstance(turn.pause, TakeoverRequest)
    assert turn.pause.code == "no_evidence"
    assert "以前留下的" in turn.pause.reason


def test_a_report_that_the_screen_confirms_ends_a_run_without_a_flow():
    screens = {"home": FakeScreen(["title:物流详情", "text:订单号 202405218876", "text:最新状态:已签收"])}
    story = Story(screens, [Finish("订单202405218876的最新物流状态:已签收")])
    ended = story.turn().pause
    assert isinstance(ended, Ended)
    assert ended.status is EndStatus.SUCCEEDED
    assert "202405218876" in ended.evidence


@pytest.mark.parametrize("message", ["订单999999999999已签收", "完成了", ""])
def test_a_report_that_the_screen_does_not_confirm_is_put_to_a_human(message):
    story = Story(PAGE, [Finish(message)])
    asked = story.turn().pause
    assert isinstance(asked, ConfirmationRequest)
    assert asked.kind is ConfirmationKind.FINISH
    story.state = human.approve(story.state, asked.action_digest)
    assert story.turn().pause.status is EndStatus.SUCCEEDED


def test_a_finish_that_a_human_rejects_goes_on_with_the_note():
    story = Story(PAGE, [Finish("完成了"), Back()])
    asked = story.turn().pause
    story.state = human.reject(story.state, "还要导出凭证", end=False)
    assert story.turn().step.action_name == "Back"
    assert "还要导出凭证" in story.told
    assert asked.kind is ConfirmationKind.FINISH


def test_an_unreadable_reply_is_shown_back_twice_and_then_a_human_is_asked():
    story = Story(PAGE, ["raw:hm", 'raw:do(action="Fly")', "raw:"])
    assert story.turn().step.status is StepStatus.FAILED
    story.turn()
    assert "Fly" not in story.told
    turn = story.turn()
    assert "Fly" in story.told
    assert isinstance(turn.pause, TakeoverRequest)
    assert turn.pause.code == "unreadable"
    assert story.phone.acts == []


def test_a_readable_reply_forgives_the_unreadable_ones_before_it():
    story = Story(PAGE, ["raw:hm", "raw:hm", "订单 1001", "raw:hm", "raw:hm", "订单 1002"])
    for _ in range(6):
        assert story.turn().pause is None


def test_notes_are_kept_and_call_api_has_the_model_summarise_them_without_a_picture():
    story = Story(PAGE, [Note("订单1001 已签收"), CallApi("总结"), "raw:1001已签收", Back()])
    story.turn()
    assert story.state.notes == ("订单1001 已签收",)
    turn = story.turn()
    assert story.state.notes == ("订单1001 已签收", "1001已签收")
    assert all(message.image is None for message in story.model.asked[-1])
    assert turn.pause is None
    story.turn()
    assert "1001已签收" in story.told


def test_a_note_that_only_marks_the_page_keeps_what_the_model_thought_about_it():
    story = Story(PAGE, ['raw:<think>订单1001未发货</think><answer>do(action="Note", message="True")</answer>'])
    story.turn()
    assert story.state.notes == ("订单1001未发货",)


def test_a_question_goes_to_a_human_and_the_answer_to_the_model():
    story = Story(PAGE, [Interact("选哪个订单?"), "订单 1002"])
    asked = story.turn().pause
    assert isinstance(asked, Question)
    assert asked.text == "选哪个订单?"
    story.state = human.answer(story.state, "第二个")
    story.turn()
    assert "第二个" in story.told
    assert "选哪个订单?" in story.told


def test_a_question_that_answers_do_not_settle_becomes_a_takeover():
    story = Story(PAGE, [Interact("选哪个订单?")] * 4)
    for _ in range(2):
        assert isinstance(story.turn().pause, Question)
        story.state = human.answer(story.state, "请继续")
    asked = story.turn().pause
    assert isinstance(asked, TakeoverRequest)
    assert asked.code == "stuck"


def test_a_takeover_the_model_asks_for_pauses_and_a_handback_makes_it_look_afresh():
    story = Story(PAGE, [TakeOver("请登录"), Back()])
    asked = story.turn().pause
    assert isinstance(asked, TakeoverRequest)
    assert (asked.reason, asked.code) == ("请登录", "model")
    story.state = human.handed_back(story.state, "输入了验证码")
    story.turn()
    assert "输入了验证码" in story.told


def test_a_secure_screen_is_a_takeover_and_not_a_black_picture():
    story = Story({"home": FakeScreen([], secure=True)}, [])
    asked = story.turn().pause
    assert isinstance(asked, TakeoverRequest)
    assert asked.code == "secure_screen"
    assert story.model.asked == []


def test_a_phone_that_fails_once_is_asked_again():
    story = complaint()
    story.phone.fail("screenshot", FakePhoneError(retryable=True))
    assert story.turn().step.status is StepStatus.DONE


def test_a_phone_that_keeps_failing_raises_and_leaves_nothing_behind():
    story = complaint()
    story.phone.fail("screenshot", *[FakePhoneError(retryable=True)] * 9)
    before = story.state
    with pytest.raises(PhoneError):
        story.turn()
    assert story.state == before
    assert story.journal.saved == []


def test_an_act_that_fails_is_told_to_the_model_and_a_third_in_a_row_raises():
    story = Story(PAGE, [Launch("不存在"), Launch("不存在"), Launch("不存在")])
    assert story.turn().step.status is StepStatus.FAILED
    story.turn()
    assert "不存在" in story.told
    with pytest.raises(PhoneError):
        story.turn()
    assert story.journal.checkpoint.phase is Phase.READY


def test_a_model_that_fails_is_an_error_and_the_run_goes_on_from_where_it_stood():
    story = Story(PAGE, [Back(), ModelError("down"), Back()])
    story.turn()
    with pytest.raises(ModelError):
        story.turn()
    assert ready(story.journal.checkpoint)
    assert story.turn().step.action_name == "Back"


def test_a_run_ends_at_its_limit_of_steps():
    story = Story(PAGE, [Back(), Back(), Back()], settings=EngineSettings(max_steps=2))
    ended = story.until_pause().pause
    assert isinstance(ended, Ended)
    assert ended.status is EndStatus.FAILED
    assert len(story.model.asked) == 2


def test_waiting_is_done_in_slices_so_that_a_stop_is_heard():
    story = Story(PAGE, [Wait(30)])
    story.journal.on_check = Stop(at=8)
    with pytest.raises(Interrupted):
        story.turn()
    assert story.time.slept < 5


def test_typing_swiping_and_system_keys_reach_the_phone():
    up = Swipe(NormPoint(500, 800), NormPoint(500, 300))
    screens = {"home": FakeScreen(["title:查询", "hint!:搜索订单"])}
    story = Story(screens, [Type("1001"), up, Back()])
    for _ in range(3):
        assert story.turn().step.status is StepStatus.DONE
    assert story.phone.acts == ["type:1001", "swipe:up", "back"]


def test_an_act_without_effect_is_told_to_the_model():
    story = Story(PAGE, ["订单 1002", Back()])
    story.turn()
    story.turn()
    assert "没有变化" in story.told


def test_a_screen_that_changed_during_a_long_thought_is_looked_at_again_before_the_touch():
    story = Story(PAGE | {"other": FakeScreen(["title:新页面", "row:甲", "row:乙"])}, [])

    def slow(messages):
        point = story.point("订单 1001")
        story.time.sleep(5)
        story.phone.show("other")
        return Tap(point)

    story.model._answers = iter([slow])
    turn = story.turn()
    assert turn.step.status is StepStatus.REFUSED
    assert story.phone.acts == []


def test_a_screen_that_only_changed_elsewhere_is_touched():
    story = Story(PAGE, [])

    def slow(messages):
        point = story.point("订单 1001")
        story.time.sleep(5)
        story.phone.change("刷新", "刷新了")
        return Tap(point)

    story.model._answers = iter([slow])
    assert story.turn().step.status is StepStatus.DONE


def test_a_launch_outside_the_flows_list_is_refused_and_the_third_goes_to_a_human():
    rules = FlowRules(app_names=("售后系统",))
    story = Story(PAGE, [Launch("微信; reboot")] * 3, rules=rules, apps={"微信; reboot": "home"})
    assert story.turn().step.status is StepStatus.REFUSED
    assert story.turn().pause is None
    asked = story.turn().pause
    assert isinstance(asked, TakeoverRequest)
    assert asked.code == "denied"
    assert story.phone.acts == []


def test_a_foreground_app_outside_the_flows_list_pauses_at_once():
    story = Story(PAGE, ["订单 1001"], rules=FlowRules(allowed_apps=("com.other",)))
    asked = story.turn().pause
    assert isinstance(asked, TakeoverRequest)
    assert asked.code == "denied_app"
    assert story.phone.acts == []


def test_low_confidence_asks_a_human_before_a_harmless_tap():
    story = Story(PAGE, ["订单 1001"], probability=0.6)
    asked = story.turn().pause
    assert isinstance(asked, ConfirmationRequest)
    assert [reason.code for reason in asked.reasons] == ["low_confidence", "vouched"]
    assert not asked.irreversible


def test_without_an_accessibility_tree_the_picture_is_read_and_the_gate_still_asks():
    screens = {name: FakeScreen(s.rows, goes=s.goes, does=s.does, tree=False) for name, s in COMPLAINT.items()}
    story = Story(screens, ["提交审核"], begins="review", rules=RULES)
    asked = story.turn().pause
    assert isinstance(asked, ConfirmationRequest)
    assert {field.name: field.screen_value for field in asked.fields}["refund"] == "¥399.00"
    assert {field.source for field in asked.fields} == {"ocr"}


def test_a_thought_is_stored_without_the_marks_only_its_model_reads() -> None:
    assert for_people("目标3/8〔1a2b3c4d〕选上“质量问题”。") == "目标3/8 选上“质量问题”。"
    assert for_people("Goal 3/8 [1a2b3c4d] Tap “Refund”.") == "Goal 3/8 Tap “Refund”."
    assert for_people("订单 [12345] 在页面〔下方〕") == "订单 [12345] 在页面〔下方〕"


def test_a_passing_message_on_the_picture_that_the_model_judged_is_evidence():
    screens = {
        "saved": FakeScreen(["title:物流详情", "text:凭证已保存"], becomes=("later", 1)),
        "later": FakeScreen(["title:物流详情", "text:运输中"]),
    }
    story = Story(screens, [Finish("完成")], begins="saved", rules=FlowRules(success_evidence=(("凭证已保存",),)))
    ended = story.turn().pause
    assert story.phone.shown == "later"
    assert isinstance(ended, Ended)
    assert (ended.status, ended.evidence) == (EndStatus.SUCCEEDED, ("凭证已保存",))
