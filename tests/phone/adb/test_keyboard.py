"""Typing with every kind of keyboard trouble, on a phone that keeps a field and its keyboards."""

from __future__ import annotations

import base64
import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_agent.geometry import Box, Point
from cs_agent.observation import Role, UiNode
from cs_agent.phone import errors
from cs_agent.phone.adb.keyboard import ADB_KEYBOARD
from cs_agent.phone.adb.phone import AdbPhone
from cs_agent.phone.adb.typed_text import ascii_parts, shows
from cs_agent.phone.waiting import wait_for
from tests.phone.adb.scripted_server import SERIAL, Answer, ScriptedServer

SOGOU = "com.sohu.inputmethod.sogou/.SogouIME"


REFUSED = Answer(
    "", "java.lang.SecurityException: uid 2000 does not have android.permission.WRITE_SECURE_SETTINGS", 255
)


@dataclass
class Handset:
    """A field and the keyboards around it. `password` hides what is typed, as password fields do."""

    text: str = ""
    focused: bool = True
    password: bool = False
    gives_tree: bool = True
    keyboards: tuple[str, ...] = (SOGOU, ADB_KEYBOARD)
    current: str = SOGOU
    refuses_switch: bool = False
    refuses_listing: bool = False
    refuses_input: bool = False
    loses_broadcasts: int = 0
    longest: int = 10_000
    sent: list[str] = field(default_factory=list)  # what the field held at each Enter
    note: str = ""
    switches: list[str] = field(default_factory=list)
    trees: int = 0  # how often its tree was asked for

    def __call__(self, command: str) -> Answer | str:
        for pattern, answer in self._answers().items():
            if re.match(pattern, command):
                return answer(command)
        return ""

    def _answers(self):  # type: ignore[no-untyped-def]
        return {
            "settings get secure default_input_method": lambda _: self.current + "\n",
            "settings get secure enabled": lambda _: ":".join(f"{name};12;-3" for name in self.keyboards),
            "pm list packages": lambda _: "".join(f"package:{name.partition('/')[0]}\n" for name in self.keyboards),
            "ime list": lambda _: REFUSED if self.refuses_listing else "\n".join(self.keyboards),
            "ime set": self._set,
            "ime reset": lambda _: self._choose(SOGOU),
            "echo": self._remember,
            "cat /data": lambda _: self.note,
            "rm -f .*keyboard": lambda _: self._forget(),
            "rm -f .*xml": lambda _: self._tree(),
            "dumpsys input_method": lambda _: self._input_method(),
            "am broadcast": self._broadcast,
            "input ": self._input,
            "wm size": lambda _: "Physical size: 1080x2400",
        }

    def _set(self, command: str) -> Answer | str:
        if self.refuses_switch:
            return REFUSED
        return self._choose(shlex.split(command)[2])

    def _choose(self, keyboard: str) -> str:
        self.current = keyboard
        self.switches.append(keyboard)
        return f"Input method {keyboard} selected for user #0"

    def _remember(self, command: str) -> str:
        self.note = shlex.split(command)[1]
        return ""

    def _forget(self) -> str:
        self.note = ""
        return ""

    def _tree(self) -> Answer | str:
        self.trees += 1
        if not self.gives_tree:
            return Answer("", "/system/bin/sh: uiautomator: inaccessible or not found", 127)
        shown = "•" * len(self.text) if self.password else self.text
        return (
            '<?xml version=\'1.0\'?><hierarchy rotation="0"><node class="android.widget.EditText" '
            f'bounds="[0,0][900,90]" focused="{str(self.focused).lower()}" password="{str(self.password).lower()}" '
            f"text={quoteattr(shown)}/></hierarchy>"
        )

    def _input_method(self) -> str:
        view = "android.widget.EditText{1}" if self.focused else "null"
        return f"mCurMethodId={self.current}\nmInputShown={str(self.focused).lower()}\nmServedView={view}\n"

    def _broadcast(self, command: str) -> str:
        return "".join(self._broadcast_one(part) for part in command.split("; "))

    def _broadcast_one(self, command: str) -> str:
        done = "Broadcasting: Intent { }\nBroadcast completed: result=0\n"
        if self.loses_broadcasts:
            self.loses_broadcasts -= 1
            return done
        if self.current == ADB_KEYBOARD and self.focused:
            words = shlex.split(command)
            added = base64.b64decode(words[-1]).decode() if "ADB_INPUT_B64" in command else ""
            self.text = (self.text + added)[: self.longest] if added else ""
        return done

    def _input(self, command: str) -> Answer | str:
        if self.refuses_input:
            return Answer("", "java.lang.SecurityException: requires INJECT_EVENTS permission", 255)
        words = shlex.split(command)[1:]
        if words[-1] == "KEYCODE_ENTER":
            self.sent.append(self.text)
            self.focused = False
        elif words[0] == "text":
            self.text += words[1].replace("%s", " ")
        else:
            self.text = self.text[: len(self.text) - words.count("KEYCODE_DEL")]
        return ""


@contextmanager
def phone_of(handset: Handset) -> Iterator[AdbPhone]:
    with ScriptedServer(handset) as server:
        yield AdbPhone(SERIAL, port=server.port)


@pytest.mark.parametrize(
    "text", ["你好,世界", "a b  c", "¥399.00 'quotes' \"double\" $HOME `x` \\n", "emoji 😀👍🏽", "1\n2"]
)
def test_any_text_replaces_what_was_in_the_field(text: str) -> None:
    handset = Handset(text="old")
    with phone_of(handset) as phone:
        phone.type_text(text)
    assert handset.text == text


@pytest.mark.parametrize("keyboards", [(SOGOU, ADB_KEYBOARD), (SOGOU,)], ids=["by broadcast", "by keys"])
def test_a_line_break_at_the_end_is_a_press_of_enter_once_the_text_has_arrived(keyboards: tuple[str, ...]) -> None:
    handset = Handset(text="old", keyboards=keyboards)
    with phone_of(handset) as phone:
        phone.type_text("202405218876\n")
    assert handset.sent == ["202405218876"]


def test_a_line_break_alone_leaves_the_field_as_it_is() -> None:
    handset = Handset(text="202405218876")
    with phone_of(handset) as phone:
        phone.type_text("\n")
    assert handset.sent == ["202405218876"]


def test_the_persons_keyboard_is_theirs_again_afterwards() -> None:
    handset = Handset()
    with phone_of(handset) as phone:
        phone.type_text("你好")
    assert (handset.current, handset.note) == (SOGOU, "")


def test_within_a_session_the_keyboard_is_switched_once_and_given_back_at_the_end() -> None:
    handset = Handset()
    with phone_of(handset) as phone:
        with phone.typing_session():
            phone.type_text("一")
            phone.type_text("二")
            assert handset.current == ADB_KEYBOARD
        assert handset.switches == [ADB_KEYBOARD, SOGOU]


def test_a_session_without_typing_touches_no_keyboard() -> None:
    handset = Handset()
    with phone_of(handset) as phone, phone.typing_session():
        pass
    assert handset.switches == []


def test_the_keyboard_is_switched_beside_what_leads_to_the_text() -> None:
    handset = Handset()
    with phone_of(handset) as phone:
        with phone.typing_session():
            phone.expect_text()
            phone.type_text("你好")  # waits for the switch that is under way
        assert (handset.text, handset.switches) == ("你好", [ADB_KEYBOARD, SOGOU])


def test_a_switch_that_was_begun_for_a_text_that_never_came_is_undone() -> None:
    handset = Handset()
    with phone_of(handset) as phone:
        with phone.typing_session():
            phone.expect_text()
            assert wait_for(lambda: handset.current == ADB_KEYBOARD, 5.0)
        assert (handset.current, handset.note) == (SOGOU, "")


def test_outside_a_session_nothing_is_switched_before_there_is_a_text() -> None:
    handset = Handset()
    with phone_of(handset) as phone:
        phone.expect_text()
        phone.type_text("好")
        assert handset.switches == [ADB_KEYBOARD, SOGOU]


def test_a_switch_that_is_refused_is_told_by_the_first_text() -> None:
    handset = Handset(refuses_switch=True)
    with phone_of(handset) as phone, phone.typing_session():
        phone.expect_text()
        with pytest.raises(errors.KeyboardRefused):
            phone.type_text("你好")


def test_a_tree_that_was_read_since_the_last_gesture_shows_where_the_text_goes() -> None:
    handset = Handset()
    with phone_of(handset) as phone:
        phone.tap(Point(10, 10))
        phone.nodes()
        phone.type_text("你好")
        assert handset.trees == 2  # that one, and the one that shows the text


def test_a_tree_from_before_the_last_gesture_shows_nothing_of_where_the_text_goes() -> None:
    handset = Handset()
    with phone_of(handset) as phone:
        phone.nodes()
        phone.tap(Point(10, 10))
        handset.focused = False
        with pytest.raises(errors.NoFocusedField):
            phone.type_text("你好")


def test_the_keyboard_comes_back_when_typing_fails() -> None:
    handset = Handset(loses_broadcasts=99)
    with phone_of(handset) as phone:
        with pytest.raises(errors.TypedTextLost):
            phone.type_text("失去")
        assert handset.current == SOGOU


def test_the_keyboard_comes_back_when_the_caller_fails() -> None:
    handset = Handset()

    def work(phone: AdbPhone) -> None:
        with phone.typing_session():
            phone.type_text("好")
            raise ZeroDivisionError

    with phone_of(handset) as phone, pytest.raises(ZeroDivisionError):
        work(phone)
    assert handset.switches == [ADB_KEYBOARD, SOGOU]


def test_a_keyboard_left_behind_by_a_dead_process_is_undone_at_the_next_lease() -> None:
    handset = Handset(current=ADB_KEYBOARD, note="com.own/.Board", keyboards=(SOGOU, "com.own/.Board", ADB_KEYBOARD))
    with phone_of(handset) as phone:
        assert phone.restore_keyboard() == "com.own/.Board"
    assert handset.current == "com.own/.Board"


def test_without_a_note_any_other_enabled_keyboard_is_taken() -> None:
    handset = Handset(current=ADB_KEYBOARD)
    with phone_of(handset) as phone:
        assert phone.restore_keyboard() == SOGOU


def test_a_keyboard_that_was_never_switched_is_left_alone() -> None:
    handset = Handset()
    with phone_of(handset) as phone:
        assert phone.restore_keyboard() == SOGOU
    assert handset.switches == []


def test_text_that_was_lost_once_is_typed_again() -> None:
    handset = Handset(loses_broadcasts=2)
    with phone_of(handset) as phone:
        phone.type_text("第二次")
    assert handset.text == "第二次"


def test_text_that_does_not_fit_is_an_error_not_a_shorter_text() -> None:
    handset = Handset(longest=4)
    with phone_of(handset) as phone, pytest.raises(errors.TypedTextLost):
        phone.type_text("1234567890")


def test_a_password_is_checked_by_its_length() -> None:
    handset = Handset(password=True)
    with phone_of(handset) as phone:
        phone.type_text("s3cret!")
    assert handset.text == "s3cret!"


def test_long_texts_go_in_pieces() -> None:
    text = "退款说明" * 6000
    handset = Handset(longest=100_000)
    with phone_of(handset) as phone:
        phone.type_text(text)
    assert handset.text == text


def test_an_empty_text_empties_the_field() -> None:
    handset = Handset(text="old")
    with phone_of(handset) as phone:
        phone.type_text("")
    assert handset.text == ""


def test_text_that_its_caller_reads_back_is_typed_without_asking_for_a_tree() -> None:
    handset = Handset()
    with phone_of(handset) as phone:
        phone.type_unread("张三")
        assert (handset.text, handset.trees) == ("张三", 0)
        handset.focused = False
        with pytest.raises(errors.NoFocusedField):
            phone.type_unread("无处可去")


def test_a_phone_tells_how_long_its_newest_tree_took() -> None:
    with phone_of(Handset()) as phone:
        assert phone.tree_s is None
        phone.nodes()
        assert phone.tree_s is not None


def test_without_a_focused_field_nothing_is_typed() -> None:
    handset = Handset(focused=False)
    with phone_of(handset) as phone, pytest.raises(errors.NoFocusedField):
        phone.type_text("无处可去")
    assert handset.current == SOGOU


def test_a_phone_without_a_tree_is_typed_on_all_the_same() -> None:
    handset = Handset(gives_tree=False)
    with phone_of(handset) as phone:
        phone.type_text("没有树")
    assert handset.text == "没有树"


@pytest.mark.parametrize("text", ["hello world", "100%safe %s %%s", 'it\'s "fine" & <ok>; rm -rf $HOME', "-5"])
def test_without_adb_keyboard_plain_text_is_typed_key_by_key(text: str) -> None:
    handset = Handset(text="some old text", keyboards=(SOGOU,))
    with phone_of(handset) as phone:
        phone.type_text(text)
    assert handset.text == text


@pytest.mark.parametrize(
    ("handset", "kind", "advice"),
    [
        (Handset(keyboards=(SOGOU,)), errors.KeyboardMissing, "ADBKeyboard.apk"),
        (Handset(refuses_switch=True), errors.KeyboardRefused, "安全设置"),
        (Handset(refuses_switch=True, refuses_listing=True), errors.KeyboardRefused, "安全设置"),
    ],
)
def test_chinese_without_a_usable_adb_keyboard_is_a_clear_error(
    handset: Handset, kind: type[errors.TypingError], advice: str
) -> None:
    with phone_of(handset) as phone, pytest.raises(kind) as caught:
        phone.type_text("你好")
    assert advice in caught.value.advice
    assert handset.text == ""


@pytest.mark.parametrize("current", [SOGOU, ADB_KEYBOARD])
def test_a_phone_that_refuses_to_list_its_keyboards_types_all_the_same(current: str) -> None:
    handset = Handset(refuses_listing=True, current=current, refuses_switch=current == ADB_KEYBOARD)
    with phone_of(handset) as phone:
        assert ADB_KEYBOARD in phone.keyboard.installed()
        assert phone.keyboard.enabled() == (SOGOU, ADB_KEYBOARD)
        phone.type_text("你好")
    assert handset.text == "你好"


def test_a_vendors_ban_on_simulated_keys_is_named() -> None:
    with phone_of(Handset(keyboards=(), refuses_input=True)) as phone, pytest.raises(errors.GesturesBlocked):
        phone.type_text("abc")


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=400))
def test_the_parts_of_a_plain_text_type_exactly_that_text(text: str) -> None:
    parts = ascii_parts(text)
    assert "".join(part.replace("%s", " ") for part in parts) == text
    assert all(len(part) <= 3 * 150 for part in parts)


@pytest.mark.parametrize(
    ("typed", "shown", "accepted"), [("13812345678", "138 1234 5678", True), ("399.00", "39900", False)]
)
def test_an_app_may_group_digits_but_not_lose_the_decimal_point(typed: str, shown: str, accepted: bool) -> None:
    assert shows(UiNode(shown, Box(0, 0, 1, 1), role=Role.EDIT), typed) is accepted


@pytest.mark.parametrize(
    ("typed", "shown", "accepted"),
    [
        ("👍", "..", True),
        ("👌👌", "....", True),
        ("★★★★★", ".....", True),
        ("好评👍", "好评..", True),
        ("👍", "...", False),
        ("12", "..", False),
        ("好评", "..", False),
        ("👍👍", "", False),
    ],
)
def test_characters_that_a_dump_writes_as_dots_have_arrived(typed: str, shown: str, accepted: bool) -> None:
    assert shows(UiNode(shown, Box(0, 0, 1, 1), role=Role.EDIT), typed) is accepted
