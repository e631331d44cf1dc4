"""What labels say: a table of labels, and the shapes that are let off."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_agent.engine.screen.words import LabelKind, is_bidding, sense

SENSES = {
    LabelKind.COMMIT: """
        提交审核|确认退款|立即支付|删除|发送|重新发送验证码|重发|获取验证码|取消订单|取消自动续费|注销账号|删除记录|清空聊天记录
        确认转账|同意协议并支付399元|我已阅读并同意《用户协议》|提交申请|申请停机|保存地址|确认修改|立即购买|提交订单|退出登录
        关闭工单|退款|拨打电话|发送通知|恢复出厂设置|塞钱进红包|通过|驳回申请|极速支付|去支付|免密支付|一键下单
        Submit|Pay ¥399|Delete account|Delete chat history|Send|Resend code|Place your order|Cancel order|Buy now
        Confirm and pay|Close my account|Issue refund|Authorize|Sign out|Save changes|Select and pay|Mark as paid
        Continue to pay|Start free trial
    """,
    LabelKind.AFFIRM: """
        确定|确认|同意|允许|完成|是的|始终允许|登录|OK|Yes|Allow|Accept|Done|I agree|While using the app|确定(2)
    """,
    LabelKind.OPEN: """
        申请退款|申请售后|退款申请|退货/退款|退款/售后|转账|充值|修改地址|我要退货|Request refund|Transfer|Edit profile
    """,
    LabelKind.OPTION: "全额退款|部分退款|仅退款|微信支付|补偿50元|全额还款|Full refund|PayPal|退款(无需退货)",
    LabelKind.NOMINAL: """
        退款记录|支付设置|支付宝|待支付|已退款|退款成功|退款中|退款金额|补偿金额|发送记录|提交时间|收货地址|支付方式|付款码
        注销须知|订单已发送,请注意查收。|快递通知:您的包裹已签收|Refund policy|Send history|Cancel order failed
    """,
    LabelKind.SAFE: """
        取消|返回首页|暂不|我知道了|搜索|请输入退款金额|选择退款原因|查看退款进度|立即查看|不同意|取消支付|清除文本
        Not now|Cancel|Don't allow|View invoice|Search|Choose a file|Keep order|Proceed to checkout
    """,
    LabelKind.ADVANCE: "下一步|继续|Next|Continue",
    LabelKind.RETRY: "重试|重新加载|Try again",
    LabelKind.HOLD: "滑动支付|按住说话|长按删除|Slide to pay|Hold to approve",
    LabelKind.REFUSE: "拒绝|Reject",
    LabelKind.PLAIN: """
        质量问题|上传开箱视频|我的订单|加入购物车|订单号:202405218876|导出|Wireless mouse|Add to cart|Order #123
    """,
}
TABLE = [
    (label.strip(), kind) for kind, labels in SENSES.items() for label in re.split(r"[|\n]", labels) if label.strip()
]


@pytest.mark.parametrize(("label", "kind"), TABLE)
def test_a_label_means(label, kind):
    assert sense(label).kind is kind


@pytest.mark.parametrize("label", ["立即支付", "提交", "删除", "Pay now", "Submit"])
def test_width_case_spaces_and_marks_do_not_hide_a_commitment(label):
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in label)
    for disguised in (
        wide,
        label.upper(),
        f"  {label} ",
        f"{label} >",
        f"【{label}】",
        "\u200b".join(label),
        f"{label}(3)",
    ):
        assert sense(disguised).kind is LabelKind.COMMIT, disguised


def test_spaces_between_chinese_characters_do_not_hide_a_commitment():
    assert sense("提 交").kind is LabelKind.COMMIT
    assert sense("确 定").kind is LabelKind.AFFIRM


def test_a_flows_own_word_makes_any_label_a_commitment():
    assert sense("导出", sensitive_words=("导出",)).kind is LabelKind.COMMIT


def test_a_long_text_counts_as_a_commitment_only_on_a_button():
    text = "已为您处理,请确认后提交给平台审核,谢谢您的配合与理解"
    assert sense(text).kind is LabelKind.NOMINAL
    assert sense(text, button=True).kind is LabelKind.COMMIT


BIDS = {
    "立即支付": True,
    "同意并支付": True,
    "Pay now": True,
    "全额退款": False,
    "我已阅读并同意《协议》": False,
    "微信支付": False,
}


@pytest.mark.parametrize(("label", "bids"), BIDS.items())
def test_an_order_is_told_from_a_choice(label, bids):
    assert is_bidding(label) is bids


@pytest.mark.parametrize("nothing", ["", "  ", "\u200b"])
def test_nothing_readable_is_said_so(nothing):
    assert sense(nothing).kind is LabelKind.NONE


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading_of_labels(text):
    assert sense(text).kind in LabelKind


@given(st.sampled_from(["提交", "支付", "删除", "转账"]), st.sampled_from(["立即", "确认", "马上", "一键", "同意并"]))
def test_an_urging_word_before_an_action_is_always_a_commitment(action, urging):
    assert sense(urging + action).kind is LabelKind.COMMIT
