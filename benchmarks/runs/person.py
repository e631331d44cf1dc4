"""The operator of the benchmarks: says yes to what is asked, answers questions, and logs in by hand where an app asks.

What it takes is a person's time, which no budget counts.
"""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.request import urlopen

from django.conf import settings

LOG_IN, GET_CODE, CODE = ("登录", "Log in"), ("获取验证码", "Get code"), ("请输入 6 位验证码", "6-digit code")
_SETTLE_S = 1.0  # a person looks before the next tap
_PATIENCE_S = 20.0


class Person:
    def __init__(self, user: Any, second: Any) -> None:
        """`second`: whom the four-eyes flows wait for."""
        self._user, self._second = user, second
        self.seconds = 0.0  # spent on the run until now
        self.at_a_loss = ""  # the reason of a takeover that was not for a log-in
        self.helped: list[str] = []  # what was asked for, by its code

    def attend(self, run: Any) -> None:
        """Do what the run waits for, if anything."""
        if not (self._decide(run) or self._answer(run)):
            self._take_over(run)

    def _decide(self, run: Any) -> bool:
        asked = run.confirmations.filter(state="pending").first()
        if asked is None:
            return False
        four_eyes = run.flow_version.definition.get("four_eyes")
        decided = self._approve(asked, self._second if four_eyes else self._user)
        if decided.decided_at is None:  # it takes two
            asked.refresh_from_db()
            decided = self._approve(asked, self._second)
        self.seconds += (decided.decided_at - decided.created_at).total_seconds()
        self.helped.append("yes")
        return True

    def _approve(self, asked: Any, user: Any) -> Any:
        from tickets.services.runs import decisions

        return decisions.decide(confirmation=asked, user=user, approve=True, version=asked.version, note="核对过")

    def _answer(self, run: Any) -> bool:
        from tickets.models import Question
        from tickets.services.runs import decisions

        asked = Question.objects.filter(run=run, answered_at=None).first()
        if asked is None:
            return False
        decisions.answer_question(asked, self._user, "请继续")
        self.helped.append("answer")
        return True

    def _take_over(self, run: Any) -> bool:
        """Only a log-in is done by hand; anything else is what the figures are to show."""
        from tickets.models import Takeover
        from tickets.services.runs import takeovers

        asked = Takeover.objects.filter(run=run, ended_at=None).first()
        if asked is None:
            return False
        if (screen := _log_in_page(run)) is None:
            self.at_a_loss = asked.reason
            return False
        begun = time.monotonic()
        if asked.begun_at is None:
            takeovers.begin(run, self._user)
        _log_in(*screen)
        takeovers.hand_back(Takeover.objects.get(pk=asked.pk), self._user, "已登录")
        self.seconds += time.monotonic() - begun
        self.helped.append("log-in")
        return True


def _log_in_page(run: Any) -> tuple[Any, tuple[Any, ...]] | None:
    """The phone and what stands on it, where that is a log-in with a code."""
    from tickets.runner.host.service import connect

    phone = connect(run.phone)
    nodes = phone.nodes() or ()
    return (phone, nodes) if _named(nodes, LOG_IN) and _named(nodes, GET_CODE) else None


def _log_in(phone: Any, nodes: tuple[Any, ...]) -> None:
    phone.tap(_named(nodes, GET_CODE).box.center)
    code = _code_sent()
    field = next(node for node in nodes if node.editable and node.text in (*CODE, ""))
    phone.tap(field.box.center)
    with phone.typing_session():
        phone.type_text(code)
    time.sleep(_SETTLE_S)
    nodes = phone.nodes() or ()
    phone.tap(_named(nodes, LOG_IN).box.center)
    time.sleep(_SETTLE_S)


def _code_sent() -> str:
    """What the operator's own telephone shows."""
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        with urlopen(f"http://127.0.0.1:{settings.CS_AGENT['CS_AGENT_BACKOFFICE_PORT']}/crm/code") as answer:
            if code := json.load(answer)["code"]:
                return str(code)
        time.sleep(0.1)
    raise RuntimeError("the log-in code did not come")


def _named(nodes: tuple[Any, ...], words: tuple[str, ...]) -> Any:
    return next((node for node in nodes if node.label in words and node.box.area), None)
