"""The shipped fakes behave as the real things promise to."""

from __future__ import annotations

import pytest

from cs_agent.engine.run.protocols import Interrupted, Key, PhoneError
from cs_agent.engine.run.state import RunState, StepRecord, StepStatus
from cs_agent.geometry import Box, Point, Size
from cs_agent.testing.phone import FakePhone, FakePhoneError, FakeReader, FakeScreen
from cs_agent.testing.run import FakeTime, MemoryJournal, StillPicture, Stop
from cs_agent.testing.screens import PHONE, lay_out

SMALL = Size(270, 600)
SCREENS = {
    "a": FakeScreen(
        ["title:一", "radio*:甲", "radio:乙", "check:丙", "hint:姓名", "button:走"],
        goes={"走": "b"},
        does={"走": "went"},
    ),
    "b": FakeScreen(["title:二"], package="com.b", goes={"back": "a", "swipe:up": "a"}),
}


def phone(**options) -> FakePhone:
    return FakePhone(SCREENS, "a", screen_size=SMALL, **options)


def tap(device: FakePhone, label: str) -> None:
    device.tap(device.layout.find(label).box.center)


def test_a_tap_leads_on_and_leaves_its_mark_in_the_ledger():
    device = phone()
    tap(device, "走")
    assert (device.shown, device.ledger, device.acts) == ("b", ["went"], ["tap:走"])
    assert device.foreground().package == "com.b"
    device.press(Key.BACK)
    assert device.shown == "a"


def test_choices_turn_over_and_radio_buttons_clear_each_other():
    device = phone()
    tap(device, "乙")
    tap(device, "丙")
    checked = {node.text for node in device.nodes() or () if node.checked}
    assert checked == {"乙", "丙"}
    tap(device, "丙")
    assert "丙" not in {node.text for node in device.nodes() or () if node.checked}


def test_typing_goes_into_the_field_that_has_the_focus_and_nowhere_else():
    device = phone()
    device.type_text("无人")
    tap(device, "姓名")
    device.type_text("张三")
    texts = [node.text for node in device.nodes() or () if node.editable]
    assert texts == ["张三"]
    assert device.acts[-1] == "type:张三"


def test_a_touch_beside_everything_does_nothing():
    device = phone()
    device.tap(Point(1, 1))
    assert device.acts == ["tap:"]
    assert device.shown == "a"


def test_swipes_are_named_by_their_way():
    device = phone()
    device.show("b")
    device.swipe(Point(100, 400), Point(100, 100))
    assert (device.acts, device.shown) == (["swipe:up"], "a")
    device.swipe(Point(200, 100), Point(10, 100))
    assert device.acts[-1] == "swipe:left"


def test_pictures_keep_their_number_until_something_changes():
    device = phone()
    first, second = device.screenshot(), device.screenshot()
    assert first.sequence == second.sequence
    tap(device, "丙")
    assert device.screenshot().sequence > second.sequence
    assert device.screenshot().size == SMALL


def test_a_screen_turns_into_another_by_itself():
    device = FakePhone({**SCREENS, "slow": FakeScreen(["text:加载中"], becomes=("a", 2))}, "slow", screen_size=SMALL)
    for _ in range(3):
        device.screenshot()
    assert device.shown == "a"


def test_failures_come_once_each_and_in_order():
    device = phone()
    device.fail("tap", FakePhoneError("one"), FakePhoneError("two", retryable=True))
    for words in ("one", "two"):
        with pytest.raises(PhoneError, match=words):
            tap(device, "走")
    tap(device, "走")
    assert device.ledger == ["went"]


def test_an_unknown_app_is_an_error_and_a_known_one_opens():
    device = phone(apps={"乙应用": "b"})
    with pytest.raises(PhoneError):
        device.launch("甲应用")
    device.launch("乙应用")
    assert device.shown == "b"


def test_a_reader_of_laid_out_pictures_reads_their_words_region_by_region():
    reader, image = FakeReader(), phone().screenshot().image
    assert "走" in [line.text for line in reader.read(image)]
    assert reader.read(image, Box(0, 500, 270, 600)) == ()
    assert reader.read(object()) == ()


def test_icons_have_no_words_on_the_picture_and_passwords_only_dots():
    layout = lay_out(["icon:send", "desc:删除", "password:abc"], size=SMALL)
    assert [line.text for line in layout.lines()] == ["•••"]
    assert [node.label for node in layout.nodes()[1:]] == ["", "删除", "abc"]


def test_rows_after_dashes_stand_at_the_bottom_and_elements_do_not_overlap():
    layout = lay_out(["title:上", ["text:左", "text:右"], "---", "button:下"])
    assert layout.find("下").box.bottom <= PHONE.height
    assert layout.find("下").box.top > 0.9 * PHONE.height
    boxes = [element.box for element in layout.elements]
    assert not any(one.intersects(other) for one in boxes for other in boxes if one is not other)
    with pytest.raises(LookupError):
        layout.find("无")


def test_the_clock_moves_only_when_somebody_waits_or_looks():
    time = FakeTime()
    before = time()
    time.sleep(5)
    assert 5 <= time() - before < 5.1
    assert time.slept == 5


def test_a_journal_gives_back_what_another_process_would_find():
    journal = MemoryJournal()
    journal.save(RunState("x", step_no=3), StepRecord(3, StepStatus.INTENDED))
    assert journal.checkpoint == RunState("x", step_no=3)
    assert [step.number for step in journal.intents()] == [3]
    journal.on_check = Stop(at=2)
    journal.check()
    with pytest.raises(Interrupted):
        journal.check()


def test_a_still_picture_is_one_that_comes_twice():
    device, detector = phone(), StillPicture()
    assert not detector.add(device.screenshot())
    assert detector.add(device.screenshot())
    tap(device, "丙")
    assert not detector.add(device.screenshot())
