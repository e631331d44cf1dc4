"""All data of the ticket page, read from the database at one moment.

Rule: the page is built from rows only, never from live events, so that a reload is always correct.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.utils.translation import gettext as _

from consoles.desk import clarify, panel
from consoles.desk.blocked import Waiting, waiting_for_phone
from consoles.desk.handed_on import handed_on
from consoles.pages.elsewhere import Elsewhere, Written, elsewhere_of, written_of
from consoles.pages.marks import Place, Segment, segments
from consoles.pages.planning import Plan, make_plan
from consoles.pages.timeline import StepView, timeline
from consoles.pages.values import Editor, editors
from tickets.errors import Invalid
from tickets.models import (
    Attachment,
    Comment,
    Confirmation,
    ConfirmationState,
    CustomerReply,
    FlowVersion,
    Question,
    Recording,
    RecordingState,
    Run,
    RunStatus,
    Slot,
    Switch,
    Takeover,
    Ticket,
    TicketStatus,
)
from tickets.models.ticket.tickets import FINISHED
from tickets.permissions import Permission, has
from tickets.services.people import names
from tickets.services.runs import switches, transitions
from tickets.services.tickets import doubles, mentions


@dataclass(frozen=True)
class Cockpit:
    """One ticket with the run to look at: the newest, or the one asked for. `user` is the reader."""

    ticket: Ticket
    user: Any
    run: Run | None = None
    flow: str = ""  # slug of the flow the reader picked for the next run
    answers: tuple[tuple[str, str], ...] = ()  # slot answers given so far
    problem: str = ""  # why the last start did not work

    @property
    def active(self) -> bool:
        return self.run is not None and self.run.status in transitions.ACTIVE

    @property
    def ended(self) -> bool:
        return self.run is not None and self.run.status in transitions.ENDED

    @cached_property
    def slots(self) -> list[Slot]:
        if self.run is None:
            return []
        rows = Slot.objects.select_related("attachment").order_by("pk")
        prefetch_related_objects([self.run], Prefetch("slots", rows))  # read by the texts for the customer as well
        return list(self.run.slots.all())

    @cached_property
    def plan(self) -> Plan | None:
        """What a start would do now; None while a run is active or the ticket is closed."""
        if self.active or self.ticket.status == "closed":
            return None
        return make_plan(self.ticket, self.flow, dict(self.answers))

    @cached_property
    def asking(self) -> clarify.Asking:
        """What the customer was asked, and what he could be asked now."""
        return clarify.asking_of(self.ticket, self.plan.version if self.plan else None)

    @cached_property
    def paused(self) -> Switch | None:
        """The supervisors' pause of all automation, while it is on."""
        return switches.current_pause()

    @cached_property
    def text(self) -> list[Segment]:
        found = self.plan.found if self.plan else self.slots
        places = [
            Place(slot.name, slot.label, slot.start, slot.end)
            for slot in found
            if slot.start is not None and slot.end is not None
        ]
        return segments(self.ticket.text, places)

    @cached_property
    def attachments(self) -> list[Attachment]:
        return list(self.ticket.attachments.order_by("pk"))

    @cached_property
    def runs(self) -> list[Run]:
        return list(
            self.ticket.runs.serving().select_related("flow_version__template", "started_by").order_by("-created_at")
        )

    @cached_property
    def confirmation(self) -> Confirmation | None:
        if self.run is None or self.run.status != RunStatus.AWAITING_CONFIRMATION:
            return None
        return self.run.confirmations.filter(state=ConfirmationState.PENDING).first()

    @cached_property
    def question(self) -> Question | None:
        if self.run is None or self.run.status != RunStatus.AWAITING_ANSWER:
            return None
        return self.run.questions.filter(answered_at=None).order_by("created_at").first()

    @cached_property
    def takeover(self) -> Takeover | None:
        """The takeover that is asked for or going on."""
        if self.run is None or self.run.status != RunStatus.TAKEN_OVER:
            return None
        return self.run.takeovers.filter(ended_at=None).select_related("user").order_by("-asked_at").first()

    @property
    def takeover_requested(self) -> bool:
        """Whether somebody asked for the phone and the agent is still on its way to let go."""
        return self.run is not None and self.run.takeover_requested and self.takeover is None

    @property
    def barred(self) -> str:
        """Why the reader may not say yes to the confirmation, though others may; "" if they may."""
        confirmation = self.confirmation
        if confirmation is None or self.run is None:
            return ""
        if self.run.flow_version.definition.get("four_eyes") and self.run.started_by_id == self.user.pk:
            return _("该流程需要启动者以外的同事确认。")
        if confirmation.first_approved_by_id == self.user.pk:
            return _("您已同意,还需要第二位同事确认。")
        return ""

    @property
    def deciders(self) -> str:
        """Colleagues who may say yes where the reader may not; some names, for somebody has to be told to come."""
        barred = {self.user.pk, self.confirmation.first_approved_by_id if self.confirmation else None}
        people = [person for person in panel.colleagues_of(self.ticket)[:20] if person.pk not in barred]
        told = [names.called(person) for person in people if has(person, Permission.DECIDE)]
        return _("、").join(told[:5])

    @property
    def driving(self) -> bool:
        """Whether the reader drives the phone now, and from here: nobody does from inside a helpdesk's page."""
        takeover = self.takeover
        if getattr(self.user, "panel", None) is not None:
            return False
        return takeover is not None and takeover.begun_at is not None and takeover.user_id == self.user.pk

    @cached_property
    def others(self) -> list[Ticket]:
        """The customer's other tickets."""
        return list(panel.others_of(self.ticket, self.user)[: panel.MOST_TICKETS])

    @cached_property
    def others_count(self) -> int:
        full = len(self.others) == panel.MOST_TICKETS
        return panel.others_of(self.ticket, self.user).count() if full else len(self.others)

    @property
    def others_more(self) -> int:
        return self.others_count - len(self.others)

    @cached_property
    def others_open(self) -> int:
        return panel.still_open(panel.others_of(self.ticket, self.user)) if self.others else 0

    @cached_property
    def mergeable(self) -> set[int]:
        """Keys of the customer's tickets that may become part of this one."""
        may = has(self.user, Permission.CREATE_TICKETS) and not self.active
        return set(doubles.candidates(self.ticket).values_list("pk", flat=True)[:100]) if may and self.others else set()

    @cached_property
    def merged(self) -> list[Ticket]:
        """Doubles that became part of this ticket."""
        return list(self.ticket.merged.order_by("pk"))

    @cached_property
    def asked_for(self) -> bool:
        """Whether a colleague waits for the reader in a note on this ticket."""
        return mentions.waiting(self.user).filter(comment__ticket=self.ticket).exists()

    @property
    def may_resolve(self) -> bool:
        done = self.ticket.status in FINISHED
        return not self.active and not done and has(self.user, Permission.CREATE_TICKETS)

    @cached_property
    def notes(self) -> list[Comment | CustomerReply]:
        return panel.notes_of(self.ticket)

    @cached_property
    def elsewhere(self) -> list[Elsewhere]:
        return elsewhere_of(self.ticket)

    @cached_property
    def written(self) -> list[Written]:
        return written_of(self.ticket) if self.elsewhere else []

    @cached_property
    def replies(self) -> list[panel.Prepared]:
        return panel.replies_to(self.ticket, self.run)

    @cached_property
    def colleagues(self) -> list[Any]:
        return list(panel.colleagues_of(self.ticket))

    @property
    def alone(self) -> bool:
        return all(person == self.user for person in self.colleagues)

    @property
    def case_number(self) -> str:
        """The number of the case that the run brought about, to be copied."""
        return panel.case_number(self.run.result) if self.run else ""

    @cached_property
    def handed_on(self) -> str:
        """What the flow's fall-back did about a failure."""
        return handed_on(self.run) if self.run else ""

    @property
    def waits(self) -> Waiting | None:
        """Why a queued run stands still, where a person can do something about it."""
        return waiting_for_phone(self.run, self.user) if self.run is not None and self.phone_mode == "queued" else None

    @property
    def may_take(self) -> bool:
        """Whether the reader may handle the ticket themselves: no run does, and they do not already."""
        done = self.ticket.status in FINISHED
        mine = self.ticket.assignee_id == self.user.pk and self.ticket.status != TicketStatus.NEW
        return not self.active and not done and not mine and has(self.user, Permission.START_RUNS)

    @property
    def may_assign(self) -> bool:
        return has(self.user, Permission.START_RUNS) or has(self.user, Permission.STOP_RUNS)

    @cached_property
    def editors(self) -> dict[str, Editor]:
        """How values can be changed now, by slot name."""
        return editors(self)

    @cached_property
    def recording(self) -> Recording | None:
        return Recording.objects.filter(run=self.run).first() if self.run else None

    @property
    def replay_ready(self) -> bool:
        return self.recording is not None and self.recording.state == RecordingState.READY

    @cached_property
    def steps(self) -> list[StepView]:
        return timeline(self.run) if self.run else []

    @property
    def last_picture(self) -> str:
        """Address of the newest picture of the run, for the time after it."""
        return next((step.picture for step in reversed(self.steps) if step.picture), "")

    @property
    def statuses(self) -> list[tuple[str, str]]:
        return [(value, str(label)) for value, label in TicketStatus.choices]

    @property
    def may_start(self) -> bool:
        return has(self.user, Permission.START_RUNS) and self.plan is not None

    @property
    def may_take_over(self) -> bool:
        free = self.active and self.takeover is None and not self.takeover_requested
        return free and self.run is not None and self.run.phone_id is not None and has(self.user, Permission.TAKE_OVER)

    @property
    def phone_mode(self) -> str:
        """What the middle pane shows: none, queued, live, mine (the reader drives) or ended."""
        if self.run is None:
            return "none"
        if self.ended:
            return "ended"
        if self.driving:
            return "mine"
        return "queued" if self.run.phone_id is None else "live"


def cockpit_of(ticket: Ticket, user: Any, run_id: str = "", **choices: Any) -> Cockpit:
    """The cockpit on the run that was asked for, or on the newest."""
    prefetch_related_objects([ticket], "refs")  # read by several parts of the page
    loaded = ("flow_version__template", "phone", "started_by", "fall_back", "in_place_of")
    runs = ticket.runs.serving().select_related(*loaded).order_by("-created_at")
    chosen = next((run for run in runs if str(run.pk) == run_id), None) if run_id else None
    return Cockpit(ticket, user, chosen or runs.first(), **choices)


def chosen_version(ticket: Ticket, user: Any, flow: str) -> FlowVersion:
    """The version that a run of this flow would follow, as the page shows it; Invalid where none is chosen."""
    plan = cockpit_of(ticket, user, flow=flow).plan
    if plan is None or plan.version is None:
        raise Invalid(_("请先选择流程。"), code="unknown_flow")
    return plan.version
