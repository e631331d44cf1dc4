"""The audit trail: append-only facts, hash-chained. Written only by `tickets.services.evidence.audit`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.query import ModelIterable
from django.utils.translation import gettext_lazy as _

from tickets.models.flow.templates import ImmutableError

REVEALED_AT_ONCE = 100  # events whose keys are fetched together


class Result(models.TextChoices):
    SUCCESS = "success", _("成功")
    FAILURE = "failure", _("失败")
    RETRY = "retry", _("重试")


class RevealingIterable(ModelIterable):
    """Events with their sealed parts decrypted; keys are fetched for many events at once."""

    def __iter__(self) -> Iterator[Any]:
        from tickets.models.record import seals

        events = super().__iter__()
        while batch := list(islice(events, REVEALED_AT_ONCE)):
            sealed = [event for event in batch if event.__dict__.get("sealed")]
            seals.load_keys(event.__dict__.get("ticket_no", "") for event in sealed)
            for event in sealed:
                event.__dict__.update(seals.revealed(event.__dict__))
            yield from batch


class AuditEvents(models.QuerySet["AuditEvent"]):
    """Returns decrypted events; `values()` and raw SQL return the stored form."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._iterable_class = RevealingIterable


class AuditEvent(models.Model):
    """One event. `type` is past tense (`run.started`, `confirmation.approved`, `replay.viewed` …).

    The chain: `hash` = SHA-256 of `prev_hash` and the canonical JSON of all other columns. The database refuses
    UPDATE and DELETE by triggers; the ORM refuses them here with a clearer message.
    """

    seq = models.PositiveBigIntegerField(_("序号"), unique=True)
    at = models.DateTimeField(_("时间"))
    type = models.CharField(_("操作"), max_length=60)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    user_name = models.CharField(_("操作人"), max_length=150, blank=True)
    user_role = models.CharField(_("角色"), max_length=60, blank=True)
    on_behalf_of = models.CharField(_("客户"), max_length=150, blank=True)  # the customer
    object_type = models.CharField(max_length=40, blank=True)
    object_id = models.CharField(max_length=64, blank=True)
    ticket_no = models.CharField(_("工单号"), max_length=32, blank=True)
    department_id = models.PositiveBigIntegerField(null=True, blank=True)
    run_id = models.CharField(max_length=36, blank=True)
    step_no = models.PositiveIntegerField(null=True, blank=True)
    device_id = models.CharField(_("手机"), max_length=120, blank=True)
    flow_version = models.CharField(max_length=80, blank=True)
    instruction = models.TextField(_("指令"), blank=True)
    model = models.CharField(max_length=80, blank=True)
    prompt_version = models.CharField(max_length=64, blank=True)
    confidence = models.FloatField(null=True, blank=True)
    result = models.CharField(_("结果"), max_length=20, blank=True)  # success | failure | retry | ""
    data_accessed = models.CharField(max_length=200, blank=True)  # categories of personal data, comma separated
    data_subject = models.CharField(max_length=80, blank=True)  # whose data: customer, staff
    purpose = models.CharField(max_length=60, blank=True)
    legal_basis = models.CharField(max_length=60, blank=True)
    confirmation_id = models.CharField(max_length=36, blank=True)
    decided_by = models.CharField(max_length=150, blank=True)
    recording_sha256 = models.CharField(max_length=64, blank=True)
    retention_until = models.DateField(null=True, blank=True)
    ip = models.CharField(max_length=45, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    details = models.JSONField(default=dict, blank=True)
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    # What the event says about the customer, encrypted with the ticket's CustomerKey: on_behalf_of, instruction and
    # the telling part of details, whose own columns are empty then. Reading an event puts them back in place.
    sealed = models.TextField(blank=True, default="")

    objects = AuditEvents.as_manager()

    class Meta:
        base_manager_name = "objects"
        ordering = ["seq"]
        # Every look-up goes on by sequence number, so each index carries it.
        indexes = [
            models.Index(fields=[name, "seq"], name=f"audit_by_{short}")
            for name, short in (
                ("ticket_no", "ticket"),
                ("device_id", "device"),
                ("run_id", "run"),
                ("user_name", "user"),
                ("type", "type"),
                ("department_id", "department"),
                ("at", "time"),
            )
        ] + [
            # A type that is rare in one's department: either of the two alone may have a great many events.
            models.Index(fields=["type", "department_id", "seq"], name="audit_by_type_department"),
        ]
        verbose_name = _("审计事件")
        verbose_name_plural = _("审计事件")

    def __str__(self) -> str:
        return f"#{self.seq}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk:
            raise ImmutableError("An audit event never changes.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise ImmutableError("An audit event is never deleted.")


class AuditHead(models.Model):
    """The newest link of the chain: the one row that writers lock, so that concurrent writers keep one chain.

    Triggers refuse its deletion and any change that does not move it forward.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    seq = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"{self.seq} {self.hash}"
