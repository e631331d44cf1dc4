"""Instructions become goals: a table of sentences, and any text at all."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cs_agent.demo.pilot.goals.goal import Goal, GoalKind
from cs_agent.demo.pilot.goals.reader import MAX_GOALS, is_chinese, read_goals

K = GoalKind


def told(instruction: str) -> list[tuple[str, ...]]:
    """Goals as short tuples: kind, text, and the field where there is one."""
    return [
        (str(goal.kind), goal.text, goal.field) if goal.field else (str(goal.kind), goal.text)
        for goal in read_goals(instruction)
    ]


REFUND = (
    '在售后系统中查找订单号202405218876,进入该订单详情页,选择"质量问题"退换原因,上传用户提供的开箱视频,'
    '勾选"全额退款"和"补偿50元",提交审核。'
)
REFUND_GOALS = [
    ("open_app", "售后系统"),
    ("find", "202405218876", "订单号"),
    ("open_item", "订单详情"),
    ("choose", "质量问题", "退换原因"),
    ("upload", "开箱视频"),
    ("tick", "全额退款"),
    ("tick", "补偿50元"),
    ("submit", "提交审核"),
]


@pytest.mark.parametrize(
    ("instruction", "goals"),
    [
        (REFUND, REFUND_GOALS),
        (
            "查询订单号202405218876的最新物流状态",
            [("find", "202405218876", "订单号"), ("report", "最新物流状态")],
        ),
        (
            '在短信平台中查找手机号13812345678的用户,重新发送验证码,确认显示"发送成功"。',
            [
                ("open_app", "短信平台"),
                ("find", "13812345678", "手机号"),
                ("tap", "重新发送验证码"),
                ("check", "发送成功"),
            ],
        ),
        (
            'Open the AfterSales app, find order 202405218876, open its details, choose "Quality issue" as the reason, '
            'upload the unboxing video provided by the customer, tick "Full refund" and "Compensate 50", '
            "submit for review.",
            [
                ("open_app", "AfterSales"),
                ("find", "202405218876", "order"),
                ("open_item", "details"),
                ("choose", "Quality issue", "reason"),
                ("upload", "unboxing video"),
                ("tick", "Full refund"),
                ("tick", "Compensate 50"),
                ("submit", "submit for review"),
            ],
        ),
        (
            "打开书城,搜索《三体》,点击“加入购物车”,直到看到“已加入”",
            [("open_app", "书城"), ("find", "三体"), ("tap", "加入购物车"), ("check", "已加入")],
        ),
        ('在"手机号"输入13812345678', [("enter", "13812345678", "手机号")]),
        (
            '将收货地址修改为"北京市朝阳区1号",保存',
            [("enter", "北京市朝阳区1号", "收货地址"), ("tap", "保存")],
        ),
        ("把手机号改为13900001111并保存", [("enter", "13900001111", "手机号"), ("tap", "保存")]),
        (
            "在医院挂号App中选择科室“内科”,选择日期为“5月3日”,填写姓名为张三,提交预约",
            [
                ("open_app", "医院挂号"),
                ("choose", "内科", "科室"),
                ("choose", "5月3日", "日期"),
                ("enter", "张三", "姓名"),
                ("submit", "提交预约"),
            ],
        ),
        ("选择质量问题作为退换原因", [("choose", "质量问题", "退换原因")]),
        ("退换原因选择质量问题", [("choose", "质量问题", "退换原因")]),
        ("勾选全额退款和补偿50元", [("tick", "全额退款"), ("tick", "补偿50元")]),
        ("点击右上角的“更多”按钮", [("tap", "更多")]),
        (
            "请帮我在售后系统里查一下订单202405218876的退款进度",
            [("open_app", "售后系统"), ("find", "202405218876", "订单"), ("report", "退款进度")],
        ),
        (
            "1. 打开售后系统\n2. 查找订单号202405218876\n3. 提交",
            [("open_app", "售后系统"), ("find", "202405218876", "订单号"), ("submit", "提交")],
        ),
        (
            "Track parcel PX12345678 in the Parcel app and tell me the latest status.",
            [("open_app", "Parcel"), ("find", "PX12345678", "parcel"), ("report", "latest status")],
        ),
        (
            'Search for "Dune" in the BookNest app, tap "Add to basket" and make sure "Added" is shown',
            [("open_app", "BookNest"), ("find", "Dune"), ("tap", "Add to basket"), ("check", "Added")],
        ),
        ('enter "13812345678" in the phone field', [("enter", "13812345678", "phone")]),
        ('Set the remark to "Box damaged". Submit.', [("enter", "Box damaged", "remark"), ("submit", "Submit")]),
        (
            "What is the delivery status of order 20240001?",
            [("find", "20240001", "order"), ("report", "delivery status")],
        ),
        ("返回上一页", [("back", "")]),
        ("回到桌面", [("home", "")]),
        ("Go back", [("back", "")]),
    ],
)
def test_a_sentence_sets_its_goals_in_order(instruction: str, goals: list[tuple[str, ...]]) -> None:
    assert told(instruction) == goals


def test_full_width_punctuation_reads_like_ascii() -> None:
    assert (
        told(
            REFUND.replace(",", "\uff0c")
            .replace('"', "”")
            .replace("”质", "“质")
            .replace("”全", "“全")
            .replace("”补", "“补")
        )
        == REFUND_GOALS
    )


def test_a_tick_can_be_taken_away() -> None:
    assert read_goals('取消勾选"匿名"') == (Goal(K.TICK, "匿名", on=False),)
    assert read_goals('Untick "Gift wrap"') == (Goal(K.TICK, "Gift wrap", on=False),)


def test_what_no_pattern_reads_is_marked_as_weak() -> None:
    assert [goal.weak for goal in read_goals("处理“蓝色按钮”")] == [True]
    assert read_goals("处理“蓝色按钮”")[0].text == "蓝色按钮"


@pytest.mark.parametrize("nothing", ["", "   ", "!!!", "。。。", "\n\n", "\x00\x01"])
def test_a_text_that_names_nothing_sets_no_goal(nothing: str) -> None:
    assert read_goals(nothing) == ()


def test_commas_and_verbs_inside_quotes_do_not_cut() -> None:
    assert told('在"备注"输入"盒子压坏,点击提交"') == [("enter", "盒子压坏,点击提交", "备注")]
    assert told('Enter "broken, submit now" in the note field') == [("enter", "broken, submit now", "note")]


def test_the_language_is_that_of_the_words_around_names() -> None:
    assert is_chinese("在AfterSales系统中查找订单")
    assert not is_chinese('Open the app and choose "质量问题" as the reason for this order')
    assert not is_chinese("Open “短信平台”, find “张伟小朋友和王芳阿姨”, tap “重新发送验证码”")
    assert is_chinese("打开“After Sales Service Desk Console”")
    assert is_chinese("“重新发送验证码”")


def test_an_english_instruction_with_chinese_names_is_read_as_english() -> None:
    read = told("Open the “短信平台” app, search for “13800138000”, then tap “重新发送验证码”.")
    assert read == [("open_app", "短信平台"), ("find", "13800138000"), ("tap", "重新发送验证码")]


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300))
def test_any_text_gives_goals_without_an_error(text: str) -> None:
    goals = read_goals(text)
    assert len(goals) <= MAX_GOALS
    assert all(isinstance(goal, Goal) for goal in goals)


_ZH = "在 中 打开 查找 订单号 202405218876 选择 “质量问题” “ ” 为 勾选 和 上传 提交 确认 显示 输入 的 状态 《 》"
_EN = "open the app find choose as and tick enter in submit"
_WORDS = st.sampled_from([*_ZH.split(), *_EN.split(), *'",。 \n\ue000'])


@settings(max_examples=400, deadline=None)
@given(st.lists(_WORDS, max_size=40))
def test_shuffled_instruction_words_never_break_the_reader(words: list[str]) -> None:
    for goal in read_goals("".join(words)):
        assert not any("\ue000" <= char <= "\uf8ff" for char in goal.text + goal.field)


def test_a_hundred_kilobytes_are_read_in_no_time() -> None:
    started = time.monotonic()
    goals = read_goals(REFUND + "选择“" * 20_000 + "查找" * 20_000 + '"' * 20_000)
    assert time.monotonic() - started < 2
    assert goals[1] == Goal(K.FIND, "202405218876", "订单号")
