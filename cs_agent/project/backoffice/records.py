"""Everything that happened, read-only and in words; the codes that a machine reads stand in the exports."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from consoles.pages.audit.labels import labels_of
from consoles.pages.audit.story import story_of
from consoles.pages.audit.words import event_in_words, roles_in_words
from consoles.pages.timeline import StepView
from consoles.pages.words import action_in_words, in_language
from consoles.templatetags.console_times import seconds
from consoles.templatetags.console_values import slot_label, slot_words, summary_in
from cs_agent.project.backoffice.audited import ReadOnly
from cs_agent.project.backoffice.flow_names import RunsFlowFilter, name_of_version
from tickets import models


def _page(name: str, key: Any, words: Any) -> str:
    """The way to a page of the console."""
    return format_html('<a href="{}">{} →</a>', reverse(name, args=[key]), words)


@admin.register(models.Ticket)
class TicketAdmin(ReadOnly):
    list_display = ("number", "subject", "department", "status", "priority", "created_at", "due_at")
    list_filter = ("status", "priority", "department")
    search_fields = ("number", "subject", "customer_name")
    fields = readonly_fields = (
        "number",
        "console",
        "subject",
        "text",
        "customer_name",
        "customer_mobile",
        "status",
        "priority",
        "department",
        "assignee",
        "channel",
        "created_by",
        "created_at",
        "due_at",
        "solved_at",
        "result",
    )

    @admin.display(description=_("控制台"))
    def console(self, ticket: models.Ticket) -> str:
        return _page("ticket", ticket.number, _("打开工单"))


@admin.register(models.Run)
class RunAdmin(ReadOnly):
    list_display = ("ticket", "flow", "status", "phone", "started_by", "created_at", "ended_at")
    list_filter = ("status", RunsFlowFilter)
    search_fields = ("ticket__number", "id")
    list_select_related = ("ticket", "flow_version__template", "phone", "started_by")
    fields = readonly_fields = (
        "ticket",
        "console",
        "flow",
        "purpose",
        "phone",
        "status",
        "waiting_for",
        "started_by",
        "created_at",
        "started_at",
        "ended_at",
        "instruction",
        "result",
    )

    @admin.display(description=_("流程版本"), ordering="flow_version")
    def flow(self, run: models.Run) -> str:
        return name_of_version(run.flow_version)

    @admin.display(description=_("控制台"))
    def console(self, run: models.Run) -> str:
        return _page("replay", run.pk, _("观看回放"))


@admin.register(models.Step)
class StepAdmin(ReadOnly):
    list_display = ("what", "run", "number", "actor", "state", "decision", "started_at")
    list_filter = ("actor",)
    search_fields = ("run__ticket__number", "run__id")
    list_select_related = ("run__ticket",)
    fields = readonly_fields = (
        "run",
        "number",
        "actor",
        "user",
        "what",
        "thought",
        "state",
        "decision",
        "why",
        "outcome",
        "app",
        "confidence",
        "started_at",
        "ended_at",
    )

    @admin.display(description=_("操作"))
    def what(self, step: models.Step) -> str:
        return action_in_words(step) or "—"

    @admin.display(description=_("状态"), ordering="status")
    def state(self, step: models.Step) -> str:
        return StepView(step, "", []).state

    @admin.display(description=_("把关"), ordering="verdict")
    def decision(self, step: models.Step) -> str:
        return StepView(step, "", []).verdict or "—"

    @admin.display(description=_("理由"))
    def why(self, step: models.Step) -> str:
        return _lines(in_language(each) for each in step.reasons)


@admin.register(models.Confirmation)
class ConfirmationAdmin(ReadOnly):
    list_display = ("told", "state", "decided_by", "decided_at", "created_at", "due_at")
    list_filter = ("state",)
    search_fields = ("run__ticket__number", "run__id")
    list_select_related = ("run__flow_version", "decided_by")
    fields = readonly_fields = (
        "run",
        "step_number",
        "told",
        "values",
        "why",
        "state",
        "approvals_needed",
        "first_approved_by",
        "first_approved_at",
        "decided_by",
        "decided_at",
        "note",
        "created_at",
        "due_at",
    )

    @admin.display(description=_("摘要"))
    def told(self, confirmation: models.Confirmation) -> str:
        return summary_in(confirmation, confirmation.run.flow_version)

    @admin.display(description=_("画面与工单"))
    def values(self, confirmation: models.Confirmation) -> str:
        return _lines(
            _("%(label)s:画面“%(screen)s”,工单“%(ticket)s”")
            % {
                "label": slot_label(field, confirmation.run.flow_version),
                "screen": field.get("screen_value") or "—",
                "ticket": slot_words(field.get("ticket_value") or "—"),
            }
            for field in confirmation.fields
        )

    @admin.display(description=_("理由"))
    def why(self, confirmation: models.Confirmation) -> str:
        return _lines(in_language(each) for each in confirmation.reasons)


@admin.register(models.Recording)
class RecordingAdmin(ReadOnly):
    list_display = ("run", "state", "length", "weight", "created_at")
    list_filter = ("state",)
    search_fields = ("run__ticket__number", "run__id")
    list_select_related = ("run__ticket",)
    fields = readonly_fields = ("run", "console", "state", "length", "weight", "sha256", "error", "created_at")

    @admin.display(description=_("控制台"))
    def console(self, recording: models.Recording) -> str:
        return _page("replay", recording.run_id, _("观看回放"))

    @admin.display(description=_("时长"), ordering="duration_s")
    def length(self, recording: models.Recording) -> str:
        return seconds(recording.duration_s) or "—"

    @admin.display(description=_("大小"), ordering="size")
    def weight(self, recording: models.Recording) -> str:
        return filesizeformat(recording.size) if recording.size else "—"


@admin.register(models.AuditEvent)
class AuditEventAdmin(ReadOnly):
    """Pages are found by filters, not by counting a million rows."""

    list_display = ("seq", "at", "what", "who", "role", "ticket_no", "device_id", "outcome")
    search_fields = ("=ticket_no", "=user_name", "=run_id", "=device_id", "=type")
    show_full_result_count = False
    ordering = ("-seq",)
    list_per_page = 50
    fields = readonly_fields = ("seq", "at", "what", "who", "role", "ticket_no", "outcome", "instruction", "told")

    @admin.display(description=_("操作"), ordering="type")
    def what(self, event: models.AuditEvent) -> str:
        return event_in_words(event.type)

    @admin.display(description=_("操作人"), ordering="user_name")
    def who(self, event: models.AuditEvent) -> str:
        return str(_("系统")) if event.user_name == "system" else event.user_name or "—"

    @admin.display(description=_("角色"), ordering="user_role")
    def role(self, event: models.AuditEvent) -> str:
        return roles_in_words(event.user_role) or "—"

    @admin.display(description=_("结果"), ordering="result")
    def outcome(self, event: models.AuditEvent) -> str:
        return str(dict(models.Result.choices).get(event.result, event.result)) or "—"

    @admin.display(description=_("内容"))
    def told(self, event: models.AuditEvent) -> str:
        told = story_of(event, labels_of([event])[event.seq])
        return _lines(_("%(label)s:%(value)s") % {"label": name, "value": value} for name, value in told.facts)


def _lines(lines: Any) -> str:
    """One under the other; a dash where there is none."""
    return format_html_join("", "<div>{}</div>", ((line,) for line in lines)) or "—"
