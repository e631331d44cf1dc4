"""A wish counts only among words that are known, and only where nothing later in the text takes its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tickets.conftest import flow_file
from tickets.demo import FIXTURES
from tickets.flows.matching.plain import is_needed, is_plain
from tickets.flows.matching.wishes import Action, wishes
from tickets.flows.slots import read_slots
from tickets.flows.slots.numbers.phones import phones
from tickets.flows.slots.text import Doubt
from tickets.flows.slots.writing import is_address
from tickets.models import Ticket
from tickets.services.flows.recommendation import torn, weigh

FLOW = flow_file("complaint_refund")["definition"]
FLOWS = [(slug, flow_file(slug)["definition"]) for slug in ("complaint_refund", "resend_code", "order_status")]
ALL_FLOWS = [(path.stem, flow_file(path.stem)["definition"]) for path in sorted(FIXTURES.glob("flows/*.json"))]
STRANGE = st.text(alphabet="撑鲸鲤蒲筱翡翠蟠桃", min_size=1, max_size=3)


def reading(text: str) -> tuple[dict[str, str], set[str]]:
    """The values taken, and the names of the slots that are asked."""
    found = read_slots(FLOW, Ticket(number="T1", subject="", text=text))
    return found.values, {spec.name for spec, _spans in found.asked}


@given(STRANGE, st.sampled_from(["{}退款50元", "我{}退50元", "退款{}50元", "退款50元{}", "{} 50 yuan refund"]))
def test_a_word_that_is_not_known_beside_a_wish_leaves_it_open(word: str, form: str) -> None:
    values, asked = reading(form.format(word))
    assert "refund" in asked or (values == {"refund": "50.00"} and form.startswith("{} "))


@pytest.mark.parametrize(
    "lead", ["", "我要", "请尽快给我", "耳机坏了", "麻烦 ", "订单202405218876", "漏得厉害我要", "诉求:"]
)
def test_known_words_a_mark_or_another_phrase_lead_up_to_one(lead: str) -> None:
    assert reading(f"{lead}退款50元")[0]["refund"] == "50.00"


@pytest.mark.parametrize(
    ("later", "taken"),
    [
        (",谢谢", True),
        (",后来想想还是60元", False),
        ("。更正一下,是60元", False),
        (",还是50元", True),
        (",运费10元我出", True),
        (",客服说最多30元", True),
        (",补偿20元", True),
        (",补偿20元,合计70元", True),
        (",补偿20元,合计90元", False),
        (",一共60元", False),
        ("。算了,不退了", False),
        ("。算了", False),
        ("算了,多的不要", False),
        (",已收到", False),
        ("都没收到", False),
        (",押金也退", False),
        ("。Never mind", False),
    ],
)
def test_what_a_text_says_later_may_leave_a_wish_open(later: str, taken: bool) -> None:
    values, asked = reading(f"退款50元{later}")
    assert (values.get("refund") == "50.00") is taken
    assert taken or "refund" in asked


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("要求退款,赔偿", True),
        ("退款50元,赔偿我的损失", True),
        ("退款50元,补偿:无", False),
        ("退款50元,补偿金额:0", True),
        ("退款50元,补偿:待定", True),
        ("退款50元,赔礼道歉", False),
        ("退款50元,不要补偿", False),
        ("退款50元,你们的补偿方案太差", False),
    ],
)
def test_a_wish_without_an_amount_is_asked(text: str, asked: bool) -> None:
    assert ("compensation" in reading(text)[1]) is asked


@pytest.mark.parametrize(
    ("answer", "taken"), [("好", False), ("那就30吧", False), ("ok", False), ("不行", True), ("不行,必须退50元", True)]
)
def test_a_yes_to_what_the_service_offered_leaves_the_first_wish_open(answer: str, taken: bool) -> None:
    values, _asked = reading(f"我:退款50元\n客服:最多退款30元\n我:{answer}")
    assert (values.get("refund") == "50.00") is taken


@given(STRANGE)
def test_a_telephone_behind_a_word_that_is_not_known_is_asked(word: str) -> None:
    assert all(span.doubt for span in phones(f"{word}的手机13900001111"))


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("手机13900001111,那不是我的号", Doubt.OTHER_PERSON),
        ("手机13900001111,这是我老公的", Doubt.OTHER_PERSON),
        ("改绑到13900001111", Doubt.UNCLEAR),
        ("验证码发到了13900001111", Doubt.UNCLEAR),
        ("don't send it to 13900001111", Doubt.NEGATED),
        ("did you send it to 13900001111", Doubt.QUESTION),
        ("发给13900001111吧", None),
    ],
)
def test_what_is_said_of_a_telephone_decides(text: str, doubt: Doubt | None) -> None:
    assert [span.doubt for span in phones(text)] == [doubt]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("我要退款", True),
        ("这双鞋我要退款", True),
        ("退款50元", True),
        ("退款谢谢", True),
        ("退款流程太麻烦", False),
        ("退款申请提交不了", False),
        ("鲸鱼退款", False),
        ("please refund me", True),
        ("dispute the refund", False),
        ("refund request denied", False),
    ],
)
def test_an_action_is_wished_only_among_the_words_of_a_wish(text: str, plain: bool) -> None:
    word = "退款" if "退款" in text else "refund"
    at = text.index(word)
    assert is_plain(text, at, at + len(word)) is plain


def test_a_thing_is_wanted_where_something_is_amiss_with_it() -> None:
    assert is_needed("code", "验证码收不到")
    assert not is_needed("code", "验证码的事")
    assert is_needed("address", "收货地址要改一下")
    assert not is_needed("address", "收货地址在六楼,没电梯,请问能送上楼吗")


def test_two_wishes_that_exclude_each_other_and_an_action_without_a_flow_go_to_a_person() -> None:
    fits = weigh("退款,然后重发验证码", FLOWS)
    assert fits.person
    assert torn("退款", []) is None
    assert weigh("帮我取消订单", FLOWS).person
    assert not weigh("我要退款", FLOWS).person


@pytest.mark.parametrize(
    ("text", "actions"),
    [
        ("帮我取消订单", [Action("cancel", "order")]),
        ("不要帮我取消订单", []),
        ("地址也要改", [Action("change", "address")]),
        ("change my address and resend the code", [Action("change", "address"), Action("resend", "code")]),
        ("退款和换货都行", [Action("refund", "")]),
        ("验证码收到了但是过期了,再发一次", [Action("resend", "code")]),
        ("我换了手机收不到验证码", [Action("lack", "code")]),
        ("You refunded the wrong card", []),
        ("改地址要加钱吗", []),
        ("update my address and phone number", [Action("change", "address"), Action("change", "phone")]),
        ("I'd like to have the address corrected", [Action("change", "address")]),
        ("嗯就是之前那个地址是以前的房子了你给我改一下呗", [Action("change", "address")]),
        ("no parcel, no refund", []),
        ("你们仓库到底给不给发货啊", [Action("state", "order")]),
        ("nobody got my parcel", [Action("lack", "parcel")]),
        ("东西丢了谁赔", []),
        ("没收到货,要求退款", [Action("refund", "")]),
        ("以后都送到珞喻路727号吧", [Action("change", "address")]),
        ("之前地址填错了,你们已经改好了", []),
        ("有没有申请过退款", []),
        ("退款了没", []),
    ],
)
def test_an_action_is_known_with_the_thing_it_is_wanted_for(text: str, actions: list[Action]) -> None:
    assert [wish.action for wish in wishes(text) if not wish.polite] == actions


@pytest.mark.parametrize(
    "text",
    [
        "change my address and resend the code",
        "验证码收不到,地址也要改",
        "我要退货,还有验证码一直收不到",
        "退款,再开张发票",
    ],
)
def test_a_wish_that_the_fitting_flow_does_not_serve_goes_to_a_person(text: str) -> None:
    advice = weigh(text, ALL_FLOWS)
    assert advice.person
    assert len(advice.reasons) > 1


def test_goods_that_do_not_come_are_a_reason_for_a_refund_and_no_second_wish() -> None:
    advice = weigh("快递一直没到,物流也不动,我要退款", ALL_FLOWS)
    assert (advice.flow, advice.person) == ("complaint_refund", False)


@given(STRANGE, st.sampled_from(["江苏省苏州市姑苏区平江路66号", "苏州市姑苏区平江路66号", "北京市朝阳区建国路88号"]))
def test_an_address_behind_words_that_are_no_place_is_asked(words: str, address: str) -> None:
    assert is_address(address)
    assert not is_address(words + address)


@pytest.mark.parametrize("address", ["静安区南京路100号", "朝阳区上海花园3号楼", "中国江苏省苏州市平江路66号"])
def test_a_street_or_an_estate_named_after_a_city_is_no_beginning_of_an_address(address: str) -> None:
    assert is_address(address)


@pytest.mark.parametrize(
    ("text", "flow"),
    [
        ("请问六楼没有电梯,收件地址在老小区,师傅能给搬上去不", None),
        ("收货地址是乡下的,冰箱能送到村里吗?", None),
        ("收货地址没错,是你们送到隔壁小区去了", None),
        ("My delivery address is in the hills, do you deliver there?", None),
        ("订单的收件地址需要改,改到银都路3弄", "change_address"),
        ("我想改收货地址\n好的\n问过快递员了,不用改了,谢谢", None),
        ("我申请的退货,怎么给我弄成维修单了", None),
        ("鞋子太宽不合脚,我要退货", "return_goods"),
        ("我换手机号了,旧号收不到验证码,怎么改绑", None),
        ("验证码一直收不到,再给我发一次", "resend_code"),
        ("这单退款,钱是退到哪里的? 202405218876", None),
        ("202405218876 这单用余额付的,现在申请退款了,钱怎么退给我", None),
        ("订单202405218876我是要求退款的,怎么还是给我发货了", "order_status"),
        ("商家说缺货,要我部分退款,怎么操作?", None),
        ("帮我看下订单退了没有,我刚发起了订单退款", None),
        ("我要申请退款了,东西坏的,单号202405218876", "complaint_refund"),
        ("订单202405218876,杯子碎了,请给我退款,钱退到原来的卡里", "complaint_refund"),
        ("我需要修改收货地址\n改不成功\n好,先取消吧,我重新下单", None),
        ("地址错了,改到人民路5号,不要取消订单", "change_address"),
    ],
)
def test_what_is_only_mentioned_or_asked_for_already_is_no_wish_and_the_last_word_counts(
    text: str, flow: str | None
) -> None:
    advice = weigh(text, ALL_FLOWS)
    assert (None if advice.person else advice.flow) == flow


@pytest.mark.parametrize(
    "text",
    [
        "我要退款,单号202405218876。等修好了再跟你说",
        "验证码先不要发",
        "改地址还是不改,还没定",
        "我妈说想退货",
        "退款,哦,当我没说",
        "修改地址的功能是你们谁做的",
        "I want a refund. On second thought I'll keep it",
        "Once my husband has tried it on, return it",
        "Is identity verification mandatory?",
        "Change the email address on my account",
        "Oh sure, a refund from you guys, that'll be the day",
        '"Full refund, click here" - got this by mail, is it you?',
    ],
)
def test_a_wish_that_another_clause_takes_back_leaves_open_or_gives_to_others_goes_to_a_person(text: str) -> None:
    advice = weigh(text, ALL_FLOWS)
    assert advice.person
    assert advice.reasons


@pytest.mark.parametrize(
    ("text", "flow"),
    [
        ("退一半钱就行,鞋我留着", "complaint_refund"),
        ("不用换货,退款就行", "complaint_refund"),
        ("老地址作废,收货地址改成上海市浦东新区世纪大道100号", "change_address"),
        ("东西收到了,可是坏的,我要退货", "return_goods"),
        ("这个我不要了,寄回给你们,钱原路退回", "return_goods"),
        ("客户13800138000说没收到验证码,帮他补发一条", "resend_code"),
        ("20240523114908今晚之前能送来不", "order_status"),
        ("单号20240519774205 麻烦看看进度", "order_status"),
        ("Forget about the return. Where is 20240522019944 right now?", "order_status"),
    ],
)
def test_what_only_sounds_like_a_refusal_or_asks_of_a_number_keeps_its_flow(text: str, flow: str) -> None:
    advice = weigh(text, ALL_FLOWS)
    assert (advice.flow, advice.person) == (flow, False)


def test_of_a_text_too_long_to_be_read_to_its_end_a_person_is_told() -> None:
    advice = weigh("我要退款。" + "今天天气很好" * 4000, ALL_FLOWS)
    assert advice.person


@pytest.mark.parametrize(
    "text",
    [
        "退款:全额;补偿:{}",
        "退款:全额\n补偿:{}",
        "退款全额,补偿{}",
        "refund in full; compensation {}",
    ],
)
@pytest.mark.parametrize(("said", "taken"), [("20元", "20.00"), ("无", None)])
def test_the_whole_amount_is_that_of_the_word_in_its_own_clause(text: str, said: str, taken: str | None) -> None:
    values, asked = reading(text.format(said))
    assert values["refund"] == "全额"
    assert values.get("compensation") == taken or "compensation" in asked


@pytest.mark.parametrize(
    "text",
    [
        "我岳母{other}收不到验证码,我的是{own},发给她",
        "我的手机{own},我对象的是{other},给他发一下",
        "my number is {own}, please resend the code to my sister at {other}",
        "我是{own},他的{other}收不到",
        "本人{own},替同学{other}重发",
    ],
)
def test_of_ones_own_number_and_that_of_somebody_one_asks_for_neither_is_taken(text: str) -> None:
    ticket = Ticket(number="T1", subject="", text=text.format(own="13755550001", other="15822220002"))
    found = read_slots(dict(ALL_FLOWS)["resend_code"], ticket)
    assert "mobile" not in found.values
    candidates = {span.value for spec, spans in found.asked for span in spans if spec.name == "mobile"}
    assert candidates == {"13755550001", "15822220002"}


@pytest.mark.parametrize("other", ["收件人的电话15822220002", "快递员15822220002打来过", "客服电话15822220002没人接"])
def test_the_number_of_somebody_with_a_part_in_the_order_leaves_ones_own(other: str) -> None:
    ticket = Ticket(number="T1", subject="", text=f"{other},我的手机号13755550001没收到验证码,重发一下")
    assert read_slots(dict(ALL_FLOWS)["resend_code"], ticket).values.get("mobile") == "13755550001"


@pytest.mark.parametrize(
    "number",
    [
        "".join(f"{digit}\ufe0f\u20e3" for digit in "13755550001"),
        "①③⑦⑤⑤⑤⑤⓪⓪⓪①",
        "➊➌➐➎➎➎➎⓿⓿⓿➊",
        "¹³⁷⁵⁵⁵⁵⁰⁰⁰¹",
        "⒈⒊⒎⒌⒌⒌⒌⒏⒏⒏⒈",
    ],
)
def test_a_number_in_signs_is_asked_for_and_not_taken_from_the_record(number: str) -> None:
    for text in (f"手机{number}收不到验证码", f"重发验证码!{number}"):
        ticket = Ticket(number="T1", subject="", text=text, customer_mobile="15822220002")
        assert "mobile" not in read_slots(dict(ALL_FLOWS)["resend_code"], ticket).values, text


@pytest.mark.parametrize(
    "text",
    [
        *("退50补10", "退款50,补10块", "退50再补我10", "退50,另外补10", "退50元返10", "退50,红包10", "退50另加20元"),
        *("退50,精神损失费100", "退50,外加20", "退50,送张20的券", "refund 50 yuan, plus 10 for my trouble"),
    ],
)
def test_what_is_made_up_beside_a_refund_is_never_passed_over(text: str) -> None:
    values, asked = reading(text)
    assert "compensation" in asked or "refund" in asked
    assert values.get("refund", "50.00") == "50.00"


@pytest.mark.parametrize(
    ("text", "full"), [("Refund: full.", True), ("refund: in full", True), ("refund: full name?", False)]
)
def test_a_form_may_say_full(text: str, full: bool) -> None:
    assert (reading(text)[0].get("refund") == "全额") is full


def test_amounts_that_may_stand_before_or_behind_their_words_are_asked_for() -> None:
    values, asked = reading("20补偿50退款")
    assert not {"refund", "compensation"} & set(values)
    assert {"refund", "compensation"} <= asked


@pytest.mark.parametrize(
    ("slug", "slot", "text"),
    [
        ("order_status", "order_number", "查上一单{0},不是最新的{1}"),
        ("order_status", "order_number", "please check the order before, not the latest one {1}"),
        ("resend_code", "mobile", "{0}是我原先的号,现在的系统里有"),
        ("change_address", "mobile", "地址改成杭州市西湖区文二路8号,电话也改成{0},原来的电话系统里有"),
        ("resend_code", "mobile", "{0}是之前的手机号,新的在资料里"),
        ("resend_code", "mobile", "my registered number was {0}, I think"),
        ("resend_code", "mobile", "号码{0},好像是这个"),
        ("resend_code", "mobile", "手机号{0},应该没错吧"),
    ],
)
def test_a_number_that_is_denied_former_or_not_sure_is_not_taken(slug: str, slot: str, text: str) -> None:
    numbers = ("13755550001", "15822220002") if slot == "mobile" else ("302410558872", "302410990017")
    ticket = Ticket(number="T1", subject="", text=text.format(*numbers), customer_mobile="18600003333")
    assert slot not in read_slots(dict(ALL_FLOWS)[slug], ticket).values


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("快递把外包装弄坏了,里面没坏", None),
        ("broken by the courier, refund please", None),
        ("快递路上压坏的", "物流破损"),
        ("耳机坏了,快递很快", "质量问题"),
    ],
)
def test_what_a_carrier_broke_is_no_fault_of_the_thing(text: str, reason: str | None) -> None:
    ticket = Ticket(number="T1", subject="", text=f"退货,订单302410558872,{text}")
    assert read_slots(dict(ALL_FLOWS)["return_goods"], ticket).values.get("reason") == reason


@pytest.mark.parametrize(
    "text",
    [
        "refund ¥45 for the cup and ¥30 for the plate",
        "please refund 45 yuan for the lamp plus 30 yuan for its bulb",
        "退款45元的杯子和30元的盘子",
    ],
)
def test_a_further_amount_of_the_same_wish_makes_the_first_a_question(text: str) -> None:
    values, asked = reading(text)
    assert "refund" not in values
    assert "refund" in asked
