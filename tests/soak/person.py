"""An operator who sees runs through: says yes once, looks before repeating, helps twice, then takes the ticket.

Rule: the operator judges by the ledger, as a person would by the screen; so every run sends at most one code.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.soak.supervised import Desk, SupervisedProduct

RUN_LIMIT_S = 240.0
WAITING = ("awaiting_confirmation", "awaiting_answer", "taken_over")
_POLL_S = 0.1
_HELPS = 2  # handbacks and answers before the operator takes the ticket


@dataclass
class Person:
    """One run and what the operator did for it. `between` is called all the time while waiting."""

    product: SupervisedProduct
    desk: Desk
    mobile: str
    between: Callable[[], None] = lambda: None
    run: str = ""
    yeses: int = 0
    helps: int = 0
    noes: int = 0
    before: int = 0
    seen: list[str] = field(default_factory=list)

    def start(self) -> Person:
        self.before = self.product.operations(self.mobile)
        self.run = self._ask("start", mobile=self.mobile)["run"]
        return self

    def sent(self) -> int:
        """Codes that were really sent in this run."""
        return self.product.operations(self.mobile) - self.before

    def look(self) -> dict[str, Any]:
        state = self.desk.ask("look", run=self.run)
        if not self.seen or self.seen[-1] != state["status"]:
            self.seen.append(state["status"])
        return state

    def until(self, *statuses: str) -> dict[str, Any]:
        """The run's state once it has one of these, or ended, or stands still for a human."""
        return self._wait(
            lambda state: state["status"] in statuses or state["ended"], f"{' or '.join(statuses)} or the end"
        )

    def until_moved(self, mark: int) -> dict[str, Any]:
        """Once something more was done with the run, unless it is a human's turn already."""
        return self._wait(
            lambda state: state["mark"] != mark or state["ended"] or state["status"] in WAITING, "something to happen"
        )

    def see_through(self) -> dict[str, Any]:
        """Do what is asked of a person until the run has ended and its phone is free."""
        while not (state := self.until(*WAITING))["ended"]:
            self.act(state)
        self._wait(lambda state: not state["leased"], "the phone to be free")
        return state

    def act(self, state: dict[str, Any]) -> None:
        """What a sensible person does where the run waits for one."""
        match state["status"]:
            case "awaiting_confirmation":
                self._decide(state["kind"])
            case "awaiting_answer":
                self._help("answer", text="请继续") if self.helps < _HELPS else self._take_ticket()
            case "taken_over":
                self._ask("take_over", run=self.run)
                self._help("hand_back") if self.helps < _HELPS else self._ask("finish", run=self.run)

    def yes(self) -> None:
        self._ask("decide", run=self.run, approve=True, then_end=True, note="已核对")
        self.yeses += 1

    def take_over(self) -> None:
        self._ask("take_over", run=self.run)

    def hand_back(self) -> None:
        self._ask("hand_back", run=self.run)

    def check_books(self, state: dict[str, Any]) -> None:
        """The ledger holds exactly what was confirmed."""
        sent = self.sent()
        assert sent <= 1, self.told(f"{sent} codes were sent in one run")
        assert sent <= self.yeses, self.told("a code was sent without a yes")
        if state["status"] == "succeeded":
            assert sent == 1, self.told("the run succeeded without its operation")

    def told(self, what: str) -> str:
        """A failure, with everything one wants to know of the run."""
        events = "\n".join(self.desk.ask("story", run=self.run)["events"])
        logs = "\n".join(f"--- {name}\n{self.product.tail(name, 25)}" for name in ("worker", "upkeep"))
        signs = self.desk.ask("signs")
        return f"{what}\nrun {self.run}: {self.desk.ask('look', run=self.run)}\n{signs}\n{events}\n{logs}"

    def _decide(self, kind: str) -> None:
        if kind == "finish":
            self._ask("decide", run=self.run, approve=True, then_end=True, note="已核对")
        elif not self.sent():
            self.yes()
        else:
            self.noes += 1
            self._ask("decide", run=self.run, approve=False, then_end=self.noes > 1, note="已经发送,不要重复")

    def _help(self, call: str, **values: str) -> None:
        self.helps += 1
        self._ask(call, run=self.run, **values)

    def _take_ticket(self) -> None:
        self._ask("take_over", run=self.run)
        self._ask("finish", run=self.run)

    def _ask(self, call: str, **values: Any) -> dict[str, Any]:
        told = self.desk.ask(call, **values)
        assert "refused" not in told, self.told(f"{call} was refused: {told.get('refused')}")
        return told

    def _wait(self, condition: Callable[[dict[str, Any]], bool], what: str) -> dict[str, Any]:
        deadline = time.monotonic() + RUN_LIMIT_S
        while time.monotonic() < deadline:
            self.between()
            state = self.look()
            if condition(state):
                return state
            time.sleep(_POLL_S)
        raise AssertionError(self.told(f"{what} did not come in {RUN_LIMIT_S:g} s"))
