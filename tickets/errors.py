"""The errors of services. Each has a stable `code`, a message that says what to do, and an HTTP status.

ServiceError
├── Forbidden              403  the role does not allow it
│   └── FourEyes           403  somebody else must decide
├── NotFound               404  not there, or another department's
├── Invalid                400  the input cannot be used
│   ├── FileRefused        400  an attachment cannot be taken
│   ├── InvalidFlow        400  a flow definition is wrong
│   └── InvalidSlot        400  an answer does not fit its slot
├── NeedsInput             422  more must be said first
│   ├── SlotsNeeded             slots are missing, ambiguous or doubtful
│   ├── NoFlow                  no flow fits the ticket
│   └── NeedsReason             screen and ticket differ: say why
└── Conflict               409  the state does not allow it (any more); nothing was changed
    ├── AlreadyRunning          another run handles the ticket
    ├── RunEnded                the run is over
    ├── AlreadyDecided          somebody else answered first
    ├── NotPending              there is nothing to decide
    ├── Expired                 the time to decide is over
    ├── StaleRun                the run changed in the meantime
    ├── IllegalTransition       the run cannot go there from where it is
    ├── ClaimLost               another worker drives the run
    ├── Paused                  a supervisor paused all automation
    └── SecretUnreadable        no key of the installation opens a stored secret
"""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_noop as _

from tickets.said import gettext_said, in_two, joined, listed

Text = str | Promise


class ServiceError(Exception):
    """See module docstring. `data` holds small JSON-able facts for a client; `message` is for people. What is stored of
    it is read in the reader's language later, where it is a class's own sentence or was given as a `Said`."""

    code = "error"
    status = 400
    default = _("操作没有成功。")

    def __init__(self, message: Text | None = None, *, code: str | None = None, **data: Any) -> None:
        self._message = message
        self.code = code or self.code
        self.data = data
        super().__init__(message)

    @property
    def message(self) -> str:
        if self._message is None:
            return gettext_said(self.default)
        return self._message if isinstance(self._message, str) else str(self._message)

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class Forbidden(ServiceError):
    code = "forbidden"
    status = 403
    default = _("您的角色没有这项权限。请联系管理员。")


class FourEyes(Forbidden):
    code = "four_eyes"
    default = _("该操作需要另一位同事确认。")


class NotFound(ServiceError):
    code = "not_found"
    status = 404
    default = _("找不到该内容,或它不属于您的部门。")


class Invalid(ServiceError):
    code = "invalid"


class FileRefused(Invalid):
    code = "file_refused"


class InvalidFlow(Invalid):
    """`data["problems"]`: one line per fault, each naming its place in the definition."""

    code = "invalid_flow"

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems), problems=problems)


class InvalidSlot(Invalid):
    code = "invalid_slot"


class NeedsInput(ServiceError):
    code = "needs_input"
    status = 422


class SlotsNeeded(NeedsInput):
    """`reading` (tickets.flows.slots.SlotReading) says what was found, missing, ambiguous and doubtful."""

    code = "slots_needed"
    default = _("还缺少信息,请补充后再启动。")

    def __init__(self, reading: Any) -> None:
        names = [spec.name for spec in reading.missing]
        unclear = {spec.name: [found.value for found in found_] for spec, found_ in reading.ambiguous}
        unsure = {spec.name: [found.value for found in found_ if found.value] for spec, found_ in reading.doubtful}
        super().__init__(_needed(reading), missing=names, ambiguous=unclear, doubtful=unsure)
        self.reading = reading


class NoFlow(NeedsInput):
    code = "no_flow"
    default = _("没有适合该工单的流程,请人工处理或手动选择流程。")


class NeedsReason(NeedsInput):
    code = "needs_reason"
    default = _("屏幕上的内容与工单不一致,同意前请填写原因。")


class Conflict(ServiceError):
    code = "conflict"
    status = 409


class AlreadyRunning(Conflict):
    """`run` is the run that handles the ticket already."""

    code = "already_running"
    default = _("该工单已经在处理中。")

    def __init__(self, run: Any) -> None:
        super().__init__(run=str(run.pk), status_of_run=run.status)
        self.run = run


class RunEnded(Conflict):
    code = "run_ended"
    default = _("本次处理已经结束。")


class AlreadyDecided(Conflict):
    """`who` and `when` of the decision that won."""

    code = "already_decided"

    def __init__(self, who: str, when: Any, state: str) -> None:
        message = gettext_said("%(who)s 已在 %(when)s 作出决定。") % {"who": who, "when": _clock(when)}
        super().__init__(message, who=who, when=when.isoformat() if when else "", state=state)
        self.who = who
        self.when = when


class NotPending(Conflict):
    code = "not_pending"
    default = _("没有等待确认的操作,页面可能已经过时,请刷新。")


class Expired(Conflict):
    code = "expired"
    default = _("确认已超时,操作没有执行。")


class StaleRun(Conflict):
    code = "stale_run"
    default = _("处理状态刚刚发生了变化,请刷新后再试。")


class IllegalTransition(Conflict):
    code = "illegal_transition"

    def __init__(self, old: str, new: str) -> None:
        message = gettext_said("当前状态(%(old)s)不允许此操作(%(new)s)。") % {"old": old, "new": new}
        super().__init__(message, old=old, new=new)


class ClaimLost(Conflict):
    code = "claim_lost"
    default = _("本次处理已由另一个进程接管。")


class Paused(Conflict):
    code = "paused"
    default = _("主管已暂停全部智能处理,请稍后再试。")


class SecretUnreadable(Conflict):
    """Retrying does not help: an administrator must restore the key or enter the secret again."""

    code = "secret_unreadable"
    default = _("保存的密钥无法读取:CS_AGENT_SECRETS_KEYS 里没有能打开它的密钥。请恢复原密钥,或重新填写。")


def _needed(reading: Any) -> str:
    told = (
        (_("缺少:"), reading.missing),
        (_("有多个候选,请选择:"), [spec for spec, _found in reading.ambiguous]),
        (_("不能确定,请核对:"), [spec for spec, _found in reading.doubtful]),
    )
    parts = [
        joined("", [gettext_said(head), listed([in_two(spec.labels.zh, spec.labels.en) for spec in specs])])
        for head, specs in told
        if specs
    ]
    return joined(" ", parts)


def _clock(when: Any) -> str:
    from django.utils import timezone

    return timezone.localtime(when).strftime("%H:%M:%S") if when else "?"
