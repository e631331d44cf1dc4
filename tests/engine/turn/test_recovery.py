"""What stands in the way, seen without a model; loops; success evidence; observing the screen."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_agent.engine.run.flow import FlowRules
from cs_agent.engine.run.protocols import Interrupted, PhoneError
from cs_agent.engine.run.settings import EngineSettings
from cs_agent.engine.screen.compare import changed_share, screen_mark
from cs_agent.engine.screen.evidence import look_for_report, look_for_success
from cs_agent.engine.screen.hindrances import (
    Hindrance,
    covers,
    find_remedy,
    is_loading,
    is_loop,
    is_network_error,
    search_places,
)
from cs_agent.engine.screen.observe import ScreenObserver
from cs_agent.geometry import Box, Point, Size
from cs_agent.observation import ForegroundApp, Observation, Screenshot, TextLine
from cs_agent.testing.phone import FakePhone, FakePhoneError, FakeReader, FakeScreen
from cs_agent.testing.run import FakeTime, StillPicture, Stop
from cs_agent.testing.screens import lay_out

SMALL = Size(270, 600)


def seen(rows, package="com.shop", *, tree=True) -> Observation:
    layout = lay_out(rows, package=package, size=SMALL)
    nodes = layout.nodes() if tree else None
    return Observation(Screenshot(layout.image(), 0.0), ForegroundApp(package), layout.lines(), nodes)


REMEDIES = [
    (["text:网络异常,请检查网络", "button:重新加载"], Hindrance.NETWORK, "重新加载"),
    (["text:Something went wrong", "button:Try again"], Hindrance.NETWORK, "Try again"),
    (["text:精彩广告", "link:5s 跳过"], Hindrance.POPUP, "5s 跳过"),
    (["text:欢迎", "link:跳过"], Hindrance.POPUP, "跳过"),
    (["title:发现新版本", "button:立即升级", "button:以后再说"], Hindrance.POPUP, "以后再说"),
    (["title:开启消息推送", "button:去开启", "desc:关闭"], Hindrance.POPUP, "关闭"),
    (["title:Special offer", "text:50% off", "desc:close"], Hindrance.POPUP, "close"),
    (["###", "text:允许“相机”拍摄照片吗?", "button:允许", "button:拒绝"], Hindrance.PERMISSION, "允许"),
]


@pytest.mark.parametrize("tree", [True, False])
@pytest.mark.parametrize(("rows", "hindrance", "label"), REMEDIES)
def test_a_hindrance_and_the_control_that_gets_past_it(rows, hindrance, label, tree):
    if not tree and label in ("关闭", "close"):
        return  # an icon without words cannot be read from a picture
    page = seen(rows, tree=tree)
    remedy = find_remedy(page)
    assert remedy is not None
    assert (remedy.hindrance, remedy.label) == (hindrance, label)


@pytest.mark.parametrize(
    "rows",
    [
        ["title:申请退款", "hint:请输入金额", "button:提交"],
        ["###", "text:确定退款吗?", "button:取消", "button:确定"],
        ["title:聊天", "row:张三", "desc:关闭"],
        ["title:订单", "row:订单 1001"],
        [],
    ],
)
def test_ordinary_pages_and_dialogs_are_left_alone(rows):
    assert find_remedy(seen(rows)) is None


@pytest.mark.parametrize(
    ("rows", "loading"),
    [
        (["text:加载中..."], True),
        (["text:Loading…"], True),
        (["text:请稍候"], True),
        (["title:物流", "text:正在加载数据"], True),
        (["text:已加载"], False),
        (["text:加载中的商品说明书很长很长"], False),
        ([f"row:{n}" for n in "一二三四五六七"] + ["text:加载中"], False),
    ],
)
def test_a_page_that_says_it_is_loading_and_little_else_is_loading(rows, loading):
    assert is_loading(seen(rows)) is loading


def test_a_network_error_is_known_by_its_words():
    assert is_network_error(seen(["text:网络不给力,请稍后"]))
    assert not is_network_error(seen(["text:网络电视"]))


def test_a_keyboard_covers_the_place_of_its_letters_only():
    rows = ["title:登记", "hint:姓名", "---", [f"text:{key}" for key in "qwertyuiop"], ["text:空格", "text:发送"]]
    page = seen(rows)
    keys = lay_out(rows, size=SMALL).find("t").box.center
    assert covers(page, keys)
    assert not covers(page, lay_out(rows, size=SMALL).find("姓名").box.center)


@pytest.mark.parametrize(
    ("trail", "loop"),
    [
        ("", False),
        ("A", False),
        ("AA", False),
        ("AAA", True),
        ("BAAA", True),
        ("ABAB", True),
        ("ABA", False),
        ("AABB", False),
        ("ABCABC", False),
        ("CABAB", True),
        ("AAB", False),
    ],
)
def test_circles_are_noticed(trail, loop):
    assert is_loop(tuple(trail)) is loop


@given(st.lists(st.sampled_from("ABC"), max_size=12))
def test_a_trail_that_never_repeats_a_mark_is_no_circle(trail):
    unique = list(dict.fromkeys(trail))
    assert is_loop(unique) is False


def test_places_to_search_are_fields_then_icons_then_words():
    assert [label for label, _ in search_places(seen(["hint:搜索商品", "desc:搜索"]))] == ["搜索商品"]
    assert [label for label, _ in search_places(seen(["title:页", "desc:搜索"]))] == ["搜索"]
    assert [label for label, _ in search_places(seen(["title:搜索结果"], tree=False))] == ["搜索结果"]
    assert search_places(seen(["title:订单"])) == []


EVIDENCE = FlowRules(success_evidence=(("提交成功", "已提交"), ("订单 1001",)))


@pytest.mark.parametrize(
    ("rows", "complete"),
    [
        (["text:提交成功", "text:订单1001"], True),
        (["text:已 提 交", "text:订单 1001 已处理"], True),
        (["text:提交成功"], False),
        (["text:订单1001"], False),
        ([], False),
    ],
)
@pytest.mark.parametrize("tree", [True, False])
def test_success_is_every_group_by_any_of_its_texts(rows, complete, tree):
    assert look_for_success(seen(rows, tree=tree), EVIDENCE).complete is complete


def test_evidence_that_ocr_cut_into_pieces_of_one_row_is_found():
    lines = (TextLine("提交", Box(10, 100, 60, 120)), TextLine("成功", Box(62, 101, 110, 121)))
    page = replace(seen([]), lines=lines, nodes=None)
    assert look_for_success(page, FlowRules(success_evidence=(("提交成功",),))).complete


def test_a_flow_without_evidence_is_never_complete_by_itself():
    assert not look_for_success(seen(["text:提交成功"]), FlowRules()).complete


@pytest.mark.parametrize(
    ("message", "complete"),
    [
        ("物流状态:已签收", True),
        ("订单 1001 “已签收”", True),
        ("运费 ¥12.00", True),
        ("运费 ¥13.00", False),
        ("“派送中”", False),
        ("已签收", False),
        ("", False),
        ("订单9999:已签收", False),
    ],
)
def test_a_report_counts_as_far_as_the_screen_says_the_same(message, complete):
    page = seen(["text:订单 1001", "text:物流状态 已签收", "text:运费 ¥12.00"])
    assert look_for_report(page, message).complete is complete


def observer(phone: FakePhone, time: FakeTime, check=lambda: None, **settings) -> ScreenObserver:
    return ScreenObserver(phone, FakeReader(), StillPicture, EngineSettings(**settings), time, time.sleep, check)


def test_a_settled_frame_is_not_captured_twice():
    time = FakeTime()
    phone = FakePhone({"a": FakeScreen(["title:一"])}, "a", screen_size=SMALL, now=time)
    view = observer(phone, time)
    view.wait_until_settled(None)
    captured = phone._captures
    assert view.look().screenshot.image is view.newest.image
    assert phone._captures == captured


def test_a_page_that_is_expected_ends_the_wait_though_a_caret_blinks_and_its_look_is_the_next_one():
    time = FakeTime()

    class Blinking(FakePhone):
        asked = 0

        def screenshot(self):
            self._changed()
            return FakePhone.screenshot(self)

        def nodes(self):
            Blinking.asked += 1
            time.sleep(0.9)
            return FakePhone.nodes(self)

    class StillButForACaret:
        def __init__(self, *, before=None):
            self.pictures = 0

        def add(self, screenshot):
            self.pictures += 1
            return self.pictures >= 2

    phone = Blinking({"a": FakeScreen(["title:一", "row:二", "row:三"])}, "a", screen_size=SMALL, now=time)
    view = ScreenObserver(phone, FakeReader(), StillButForACaret, EngineSettings(), time, time.sleep, lambda: None)
    assert view.wait_for(None, lambda seen: seen.nodes is not None)
    assert time.slept < EngineSettings().expected_s
    assert view.look().nodes is not None
    assert Blinking.asked == 1


class NeverStill:
    def __init__(self, *, before=None):
        pass

    def add(self, screenshot):
        return False


class QuickTrees(FakePhone):
    """Every picture differs from the last, a tree takes a moment, and the screen is captured all the time."""

    asked = 0

    def screenshot(self):
        self._changed()
        return FakePhone.screenshot(self)

    next_picture = screenshot

    def nodes(self):
        self.asked += 1
        self.now.sleep(0.1)
        return FakePhone.nodes(self)


def test_on_a_page_that_goes_on_moving_two_equal_trees_end_the_wait_for_what_is_expected():
    time = FakeTime()
    phone = QuickTrees({"a": FakeScreen(["title:一", "row:二", "row:三"])}, "a", screen_size=SMALL, now=time)
    view = ScreenObserver(phone, FakeReader(), NeverStill, EngineSettings(), time, time.sleep, lambda: None)
    view.look_closely()  # from here on trees are known to be quick
    asked = phone.asked
    assert view.wait_for(None, lambda seen: seen.nodes is not None)
    assert phone.asked - asked == 2
    assert view.look().nodes is not None
    assert phone.asked - asked == 2


def test_a_page_whose_controls_still_move_is_waited_for():
    time = FakeTime()

    class Sliding(QuickTrees):
        def nodes(self):
            nodes = super().nodes()
            below = max(0, 8 - self.asked)  # it slides in for a while
            return tuple(
                replace(node, box=Box(node.box.left, node.box.top + below, node.box.right, node.box.bottom + below))
                for node in nodes or ()
            )

    phone = Sliding({"a": FakeScreen(["title:一", "row:二", "row:三"])}, "a", screen_size=SMALL, now=time)
    view = ScreenObserver(phone, FakeReader(), NeverStill, EngineSettings(), time, time.sleep, lambda: None)
    view.look_closely()
    assert view.wait_for(None, lambda seen: seen.nodes is not None)
    assert phone.asked == 9


def test_a_screen_that_never_rests_is_used_at_the_cap():
    class Restless:
        def __init__(self, *, before=None):
            pass

        def add(self, screenshot):
            return False

    time = FakeTime()
    phone = FakePhone({"a": FakeScreen(["title:一"])}, "a", screen_size=SMALL, now=time)
    view = ScreenObserver(phone, FakeReader(), Restless, EngineSettings(settle_cap_s=3), time, time.sleep, lambda: None)
    began = time()
    view.wait_until_settled(None)
    assert 3 <= time() - began < 4


def test_waiting_hears_a_stop():
    time = FakeTime()
    phone = FakePhone({"a": FakeScreen(["text:加载中..."])}, "a", screen_size=SMALL, now=time)
    with pytest.raises(Interrupted):
        observer(phone, time, Stop(at=3)).look()


def test_a_phone_with_a_slow_tree_is_asked_for_it_only_where_it_matters():
    time = FakeTime()

    class Slow(FakePhone):
        def nodes(self):
            time.sleep(2)
            return FakePhone.nodes(self)

    phone = Slow({"a": FakeScreen(["title:一", "row:二", "row:三"])}, "a", screen_size=SMALL, now=time)
    view = observer(phone, time)
    assert view.look().nodes is not None
    assert view.look(afresh=True).nodes is None
    assert view.look_closely().nodes is not None


def test_a_tree_that_says_next_to_nothing_makes_the_picture_be_read():
    time = FakeTime()
    phone = FakePhone({"a": FakeScreen(["text:游戏", "icon:x"])}, "a", screen_size=SMALL, now=time)
    assert [line.text for line in observer(phone, time).look().lines] == ["游戏"]


def test_an_error_that_trying_again_cannot_help_is_raised_at_once():
    time = FakeTime()
    phone = FakePhone({"a": FakeScreen([])}, "a", screen_size=SMALL, now=time)
    phone.fail("screenshot", FakePhoneError("the display is folded away"))
    with pytest.raises(PhoneError):
        observer(phone, time).look()
    assert time.slept == 0


def test_screens_that_say_the_same_have_one_mark_whatever_the_clock_shows():
    rows = ["title:订单", "row:订单 1001", "row:剩余 10 秒"]
    later = ["title:订单", "row:订单 1001", "row:剩余 9 秒"]
    other = ["title:订单", "row:订单 1002", "row:剩余 10 秒"]
    assert screen_mark(seen(rows)) == screen_mark(seen(later))
    assert screen_mark(seen(rows)) != screen_mark(seen(other))
    assert screen_mark(seen(["check:甲", "row:乙", "row:丙"])) != screen_mark(seen(["check*:甲", "row:乙", "row:丙"]))
    assert screen_mark(seen(rows)) != screen_mark(seen(rows, "com.other"))


def test_the_share_of_changed_pixels_counts_only_the_box():
    one, other = seen(["button:甲"]).screenshot.image, seen(["button:乙"]).screenshot.image
    assert changed_share(one, other, Box(0, 0, 270, 100)) > 0
    assert changed_share(one, other, Box(0, 400, 270, 600)) == 0
    assert changed_share(one, one, Box(0, 0, 270, 600)) == 0


def test_a_point_stays_inside_the_screen_when_its_surroundings_are_read():
    time = FakeTime()
    phone = FakePhone({"a": FakeScreen(["title:一", "row:二", "row:三"])}, "a", screen_size=SMALL, now=time)
    view = observer(phone, time)
    page = view.look()
    assert view.read_around(page, Point(0, 0), Point(269, 599)).size == SMALL


def test_a_phone_with_a_slow_tree_is_measured_again_now_and_then():
    time = FakeTime()

    class SlowOnce(FakePhone):
        asked = 0

        def nodes(self):
            SlowOnce.asked += 1
            time.sleep(2 if SlowOnce.asked == 1 else 0.1)
            return FakePhone.nodes(self)

    phone = SlowOnce({"a": FakeScreen(["title:一", "row:二", "row:三"])}, "a", screen_size=SMALL, now=time)
    view = observer(phone, time)
    trees = [view.look(afresh=True).nodes is not None for _ in range(9)]
    assert trees == [True, *[False] * 5, True, True, True]


def test_a_tree_that_is_quicker_than_reading_is_used_however_slow_it_is():
    time = FakeTime()

    class SlowReader(FakeReader):
        def read(self, image, region=None, *, thorough=False):
            time.sleep(9)
            return FakeReader.read(self, image, region, thorough=thorough)

    class SlowTree(FakePhone):
        def nodes(self):
            time.sleep(2)
            return FakePhone.nodes(self)

    phone = SlowTree({"a": FakeScreen(["title:一", "row:二", "row:三"])}, "a", screen_size=SMALL, now=time)
    view = ScreenObserver(phone, SlowReader(), StillPicture, EngineSettings(), time, time.sleep, lambda: None)
    assert view.look(afresh=True).nodes is not None
    assert view.look(afresh=True).nodes is None
    assert view.look(afresh=True).nodes is not None
