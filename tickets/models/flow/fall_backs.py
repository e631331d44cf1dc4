"""What happens when a run of a flow fails, and what was done about each run that did.

Rule: a run has one `FallBackUse` at most, written before anything is done, so that nothing is done twice.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tickets.models.flow.templates import FlowTemplate, FlowVersion
from tickets.models.runs import Run
from tickets.models.ticket.tickets import Department
from tickets.said import SaidField


class FallBackKind(models.TextChoices):
    PERSON = "person", _("交给一个人")
    TEAM = "team", _("交给一个部门")
    FLOW = "flow", _("换一个流程再做一次")
    VERSION = "version", _("换一个版本再做一次")
    ROBOT = "robot", _("交给机器人")


class FallBack(models.Model):
    """Of a flow; without a row nothing happens. One of the targets is set, by `kind`."""

    template = models.OneToOneField(FlowTemplate, on_delete=models.CASCADE, related_name="fall_back")
    kind = models.CharField(max_length=10, choices=FallBackKind)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    team = models.ForeignKey(Department, null=True, on_delete=models.CASCADE, related_name="+")
    flow = models.ForeignKey(FlowTemplate, null=True, on_delete=models.CASCADE, related_name="+")
    version = models.ForeignKey(FlowVersion, null=True, on_delete=models.CASCADE, related_name="+")
    robot = models.CharField(max_length=60, blank=True)
    since = models.DateTimeField()  # runs that failed before are left alone

    def __str__(self) -> str:
        return f"{self.template} → {self.kind}"


class FallBackState(models.TextChoices):
    BEGUN = "begun", _("开始")
    TAKEN = "taken", _("已转交")
    WORKING = "working", _("机器人处理中")
    DONE = "done", _("机器人回报完成")
    PERSON = "left_to_person", _("留给人处理")


class FallBackUse(models.Model):
    """`next_run`: the run that was started in the failed one's place. `note`: why a person has it instead."""

    run = models.OneToOneField(Run, on_delete=models.CASCADE, related_name="fall_back")
    kind = models.CharField(max_length=10, choices=FallBackKind)
    state = models.CharField(max_length=16, choices=FallBackState, default=FallBackState.BEGUN, db_index=True)
    next_run = models.OneToOneField(Run, null=True, blank=True, on_delete=models.SET_NULL, related_name="in_place_of")
    robot = models.CharField(max_length=60, blank=True)
    reference = models.CharField(max_length=200, blank=True)  # the robot's name of the job
    note = SaidField(blank=True)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.run_id} {self.kind} {self.state}"
