"""Types text into the focused field of a phone: any Unicode through ADBKeyboard, plain ASCII without it.

Rule: whatever keyboard a person had is theirs again afterwards, whatever happens; its name is noted on the phone
itself, so that another process can restore it. Text counts as typed only when the field shows it, as far as the
phone lets anybody see.
"""

from __future__ import annotations

import base64
import shlex
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

from cs_agent.engine.run.protocols import PhoneError
from cs_agent.observation import UiNode
from cs_agent.phone.adb import parse
from cs_agent.phone.adb.transport import AdbLink
from cs_agent.phone.adb.typed_text import ascii_parts, focused_field, is_plain, shows
from cs_agent.phone.errors import (
    CommandFailed,
    GesturesBlocked,
    KeyboardMissing,
    KeyboardRefused,
    NoFocusedField,
    TypedTextLost,
)
from cs_agent.phone.waiting import wait_for

ADB_KEYBOARD = "com.android.adbkeyboard/.AdbIME"
_NOTE = "/data/local/tmp/cs_agent_keyboard"  # holds the id of the keyboard to restore
_SWITCH_S = 3.0  # longest wait for a keyboard to take over
_BOUND_S = 1.5  # and to serve the field
_ARRIVAL_S = 2.5  # longest wait for typed text to show
_UNSEEN_ARRIVAL_S = 0.4  # for the keyboard to be served where the phone gives no tree
_CHUNK = 4000  # characters per broadcast: adb takes commands of 64 kB
_CLEAR_KEYS = 80  # deletions at a time, without ADBKeyboard
_MOST_CLEARINGS = 10

Nodes = Callable[[], tuple[UiNode, ...] | None]
_threads = ThreadPoolExecutor(max_workers=16, thread_name_prefix="keyboard")  # one for each phone of the host


class Keyboard:
    """The keyboards of one phone. `nodes` reads its accessibility tree, or None where there is none; `recent_nodes`
    gives one that was read a moment ago, if there is one and nothing was done on the phone since."""

    def __init__(self, link: AdbLink, nodes: Nodes, recent_nodes: Nodes = lambda: None) -> None:
        self._link = link
        self._nodes = nodes
        self._recent_nodes = recent_nodes
        self._unbound = False  # switched to, and not known to serve a field yet
        self._lock = threading.RLock()
        self._sessions = 0

    @contextmanager
    def session(self) -> Iterator[None]:
        """Within it the switch to ADBKeyboard is made once, at the first text, and undone at the end."""
        with self._lock:
            self._sessions += 1
        try:
            yield
        finally:
            with self._lock:
                self._sessions -= 1
                if not self._sessions:
                    self.restore()

    def switch_soon(self) -> None:
        """In a session: switch to ADBKeyboard beside what else is done, so that the first text need not wait for it.
        Where that fails, the first text says why."""
        _threads.submit(self._switch_early)

    def _switch_early(self) -> None:
        with self._lock, suppress(PhoneError):
            if self._sessions:
                self._can_switch()

    def type(self, text: str, *, read_back: bool = True) -> None:
        """Replace the focused field's text. TypingError says what stood in the way.

        Line breaks at the end are presses of Enter, after the text was seen to arrive: Enter may send a form off, and
        there is no field to read back from then. Without `read_back` the tree is not asked for: the caller looks
        whether the text is there.
        """
        body = text.rstrip("\n")
        presses = len(text) - len(body)
        with self._lock, self.session():
            if body or not presses:
                self._replace(body, read_back)
            for _ in range(presses):
                self._input("keyevent KEYCODE_ENTER")

    def _replace(self, text: str, read_back: bool) -> None:
        enter = self._type_and_check if read_back else self._type_unread
        if self._can_switch():
            self._await_binding()
            enter(text, self._by_broadcast)
        elif is_plain(text):
            enter(text, self._by_keys)
        elif ADB_KEYBOARD in self.installed():
            raise KeyboardRefused(f"{self._link.serial}: ADB Keyboard is there and may not be switched to")
        else:
            raise KeyboardMissing(f"{self._link.serial}: no ADB Keyboard to type {text[:20]!r} with")

    def restore(self) -> str:
        """Give the person's keyboard back if ADBKeyboard is still set; the id of the keyboard in use.

        Safe at any time: it is what the start of a lease calls for, since a process that died restored nothing.
        """
        with self._lock:
            current = self.current()
            if current != ADB_KEYBOARD:
                return current
            for own in self._own_keyboards():
                if self._set(own):
                    self._link.shell(f"rm -f {_NOTE}")
                    return own
            self._link.shell("ime reset")
            return self.current()

    def current(self) -> str:
        """Id of the keyboard in use; empty where the phone does not say."""
        output = self._link.shell("settings get secure default_input_method")
        return parse.keyboard(parse.setting(output.stdout) or "")

    def installed(self) -> tuple[str, ...]:
        """Ids of the keyboards on the phone; where it refuses to list them, of those that it names elsewhere."""
        listed = parse.keyboards(self._link.shell("ime list -s -a").stdout)
        if listed:
            return listed
        package = ADB_KEYBOARD.partition("/")[0]
        packages = parse.packages(self._link.shell(f"pm list packages {package}").stdout)
        named = (*self.enabled(), self.current(), ADB_KEYBOARD if package in packages else "")
        return tuple(dict.fromkeys(filter(None, named)))

    def enabled(self) -> tuple[str, ...]:
        listed = parse.keyboards(self._link.shell("ime list -s").stdout)
        if listed:
            return listed
        return parse.enabled_keyboards(self._link.shell("settings get secure enabled_input_methods").stdout)

    def _own_keyboards(self) -> list[str]:
        """The noted one first, then any other that is enabled."""
        noted = self._link.shell(f"cat {_NOTE} 2>/dev/null").stdout.strip()
        others = [name for name in self.enabled() if name not in (ADB_KEYBOARD, noted)]
        return [noted, *others] if noted and noted != ADB_KEYBOARD else others

    def _can_switch(self) -> bool:
        """Whether ADBKeyboard is in use now, after switching to it if need be."""
        own = self.current()
        if own == ADB_KEYBOARD:
            return True
        if ADB_KEYBOARD not in self.enabled():
            if ADB_KEYBOARD not in self.installed():
                return False
            self._link.shell(f"ime enable {ADB_KEYBOARD}")
        if own:
            self._link.shell(f"echo {shlex.quote(own)} > {_NOTE}")
        if not self._set(ADB_KEYBOARD):
            return False
        self._unbound = True
        return True

    def _set(self, keyboard: str) -> bool:
        """Whether it is in use afterwards; a phone may refuse to let adb choose (vendors' security setting)."""
        output = self._link.shell(f"ime set {shlex.quote(keyboard)}")
        if "SecurityException" in output.text or "cannot be selected" in output.text:
            return False
        return bool(wait_for(lambda: self.current() == keyboard, _SWITCH_S))

    def _await_binding(self) -> None:
        """After a switch, wait until the keyboard serves the field: text sent before that is lost without a word."""
        if not self._unbound:
            return
        self._unbound = False

        def bound() -> bool:
            state = parse.input_method(self._link.shell("dumpsys input_method").stdout)
            return state.shown or not state.serves_a_field

        wait_for(bound, _BOUND_S)  # what arrives too early is noticed and typed again

    def _type_unread(self, text: str, write: Callable[[str, UiNode | None], None]) -> None:
        self._require_served()
        write(text, None)

    def _type_and_check(self, text: str, write: Callable[[str, UiNode | None], None]) -> None:
        """Write, and once more if the field does not show it."""
        before = self._require_field()
        for _ in range(2):
            write(text, before)
            if self._arrived(text, before):
                return
        field = focused_field(self._nodes() or ())
        shown = "nothing" if field is None else "a password" if field.password else repr(field.text[:40])
        raise TypedTextLost(f"{self._link.serial}: typed {len(text)} characters, the field shows {shown}")

    def _require_field(self) -> UiNode | None:
        """The focused field; None where the phone gives no tree, or one that does not tell (web pages)."""
        if (seen := focused_field(self._recent_nodes() or ())) is not None:
            return seen
        nodes = self._nodes()
        field = focused_field(nodes or ())
        if nodes is None or field is not None:
            return field
        self._require_served()
        return None

    def _require_served(self) -> None:
        """By the word of the phone's keyboards, where a tree does not tell."""
        state = parse.input_method(self._link.shell("dumpsys input_method").stdout)
        if not state.shown and not state.serves_a_field:
            raise NoFocusedField(f"{self._link.serial}: no field has the focus")

    def _arrived(self, text: str, before: UiNode | None) -> bool:
        if before is None:
            wait_for(lambda: self._shown_somewhere(text), _UNSEEN_ARRIVAL_S)
            return True  # nothing can be read back: the next look at the screen has to tell
        return bool(wait_for(lambda: self._shown_in_field(text), _ARRIVAL_S))

    def _shown_somewhere(self, text: str) -> bool:
        return any(shows(node, text) for node in self._nodes() or () if node.editable)

    def _shown_in_field(self, text: str) -> bool:
        field = focused_field(self._nodes() or ())
        return field is not None and shows(field, text)

    def _by_broadcast(self, text: str, _field: UiNode | None) -> None:
        """The field is emptied by the command that brings the first part: each command is a way to the phone."""
        parts = [text[start : start + _CHUNK] for start in range(0, len(text), _CHUNK)]
        broadcasts = [_broadcast("ADB_INPUT_B64", base64.b64encode(part.encode()).decode()) for part in parts]
        self._send(_broadcast("ADB_CLEAR_TEXT"), *broadcasts[:1])
        for broadcast in broadcasts[1:]:
            self._send(broadcast)

    def _send(self, *broadcasts: str) -> None:
        output = self._link.shell("; ".join(broadcasts))
        if output.status or output.text.count("Broadcast completed") < len(broadcasts):
            raise CommandFailed(f"{self._link.serial}: {broadcasts[-1][:60]}: {output.text[:200]}")

    def _by_keys(self, text: str, field: UiNode | None) -> None:
        self._clear_by_keys(field)
        for part in ascii_parts(text):
            self._input(f"text {shlex.quote(part)}")

    def _clear_by_keys(self, field: UiNode | None) -> None:
        """To the end, then delete: as often as the field is long, where that can be seen."""
        length = len(field.text) if field is not None else _CLEAR_KEYS
        self._input("keyevent KEYCODE_MOVE_END")
        for start in range(0, min(length, _CLEAR_KEYS * _MOST_CLEARINGS), _CLEAR_KEYS):
            count = min(_CLEAR_KEYS, length - start)
            self._input("keyevent" + " KEYCODE_DEL" * count)

    def _input(self, arguments: str) -> None:
        output = self._link.shell(f"input {arguments}", timeout=30.0)
        if parse.injection_refused(output.text):
            raise GesturesBlocked(f"{self._link.serial}: {parse.exception(output.text)}")
        if output.status or parse.exception(output.text):
            raise CommandFailed(f"{self._link.serial}: input: {output.text[:200]}")


def _broadcast(action: str, message: str = "") -> str:
    """The command that tells ADBKeyboard. An empty message would be an error to `am`: it is never sent."""
    extra = f" --es msg {shlex.quote(message)}" if message else ""
    package = ADB_KEYBOARD.partition("/")[0]  # some builds deliver to nobody who is not named
    return f"am broadcast -a {action} -p {package}{extra}"
