"""The register of personal data: every column and file that can hold a customer's words or a screen's content.

Rule: retention, erasure and legal hold walk this register and keep no list of their own. A text, JSON, binary or file
column of the product stands either here or, with its reason, among the exceptions; a test fails for one in neither.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from django.apps import apps
from django.db.models import Model

from tickets.models import Run, Ticket
from tickets.models.record import seals

GONE = seals.ERASED
BY_NUMBER = "ticket_number"  # a table that knows the ticket by its number only


@dataclass(frozen=True, slots=True)
class Held:
    """Columns of one table. `ticket`: look-up path to the customer's ticket, `pk` for the ticket itself.

    `blank`: what each column holds after an erasure. `pictures`: columns with paths of screenshots, deleted with their
    files when they expire. `files`: columns with paths of other files, deleted before the column is blanked.
    """

    model: str
    ticket: str
    blank: Mapping[str, Any]
    pictures: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    with_them: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))  # columns that only name files

    @property
    def columns(self) -> frozenset[str]:
        return frozenset((*self.blank, *self.pictures, *self.files, *self.with_them))

    def all_rows(self) -> Any:
        model: type[Model] = apps.get_model(self.model)
        return model._default_manager.all()

    def rows(self, ticket: Ticket) -> Any:
        return self.all_rows().filter(**{self.ticket: ticket.number if self.ticket == BY_NUMBER else ticket.pk})

    def of_run(self, run: Run) -> Any:
        """The rows of one run; only for tables that belong to a run."""
        return self.all_rows().filter(run=run)


REGISTER = (
    Held(
        "tickets.Ticket",
        "pk",
        {
            "subject": GONE,
            "text": GONE,
            "customer_name": "",
            "customer_mobile": "",
            "result": GONE,
        },
    ),
    Held("tickets.Comment", "ticket", {"text": GONE}),
    Held("tickets.Attachment", "ticket", {"name": GONE, "sha256": ""}, files=("file",)),
    Held("tickets.Run", "ticket", {"instruction": GONE, "checkpoint": {}, "result": GONE, "waiting_for": ""}),
    Held("tickets.CustomerReply", "ticket", {"text": GONE}),
    Held("tickets.Clarification", "ticket", {"text": GONE, "answer": ""}),
    Held("tickets.TicketValue", "ticket", {"value": GONE}),
    Held("tickets.Slot", "run__ticket", {"value": GONE, "original": "", "start": None, "end": None}),
    Held(
        "tickets.Step",
        "run__ticket",
        {
            "thought": "",
            "action_text": "",
            "action": None,
            "control": "",
            "outcome": "",
            "reasons": [],
            "touch": [],
            "box": [],
            "route_mark": None,
            "goal": "",
        },
        pictures=("before", "after"),
    ),
    Held(
        "tickets.Confirmation",
        "run__ticket",
        {
            "summary": GONE,
            "action_text": "",
            "action": None,
            "control": "",
            "near": "",
            "fields": [],
            "reasons": [],
            "place": None,
            "note": "",
        },
        pictures=("screenshot",),
    ),
    Held("tickets.ControlVouch", "confirmation__run__ticket", {"label": GONE, "page": {}, "control": {}}),
    Held("tickets.Question", "run__ticket", {"text": GONE, "choices": [], "answer": ""}, pictures=("screenshot",)),
    Held("tickets.Takeover", "run__ticket", {"reason": GONE, "summary": ""}),
    Held(
        "tickets.Recording",
        "run__ticket",
        {"error": ""},
        files=("video", "captions", "directory"),
        with_them={"chapters": [], "waits": []},
    ),
    Held("tickets.Delivery", "ticket", {"last_answer": ""}),
    Held("tickets.ExternalRef", "ticket", {"facts": {}}),
    Held("integrations.LinkedTicket", "ticket", {"fault": ""}),
    Held("integrations.IncomingDelivery", "linked__ticket", {"content": b"", "fault": ""}),
    Held("tickets.ActMark", "step__run__ticket", {"reason": GONE, "withdrawn_reason": ""}),
    Held("tickets.FallBackUse", "run__ticket", {"note": "", "reference": ""}),
    Held("tickets.BatchEntry", "ticket", {"answers": {}}),
    Held("tickets.BatchItem", "ticket", {"note": ""}),
    Held("tickets.RehearsalRun", BY_NUMBER, {"note": ""}),  # one that could not be started has no run
)

_OURS = "an organisation's own words and settings"
_CODE = "a code, a name of the product or a number"
_CHAIN = "written once; what it says of a customer is sealed under the ticket's key, which erasure destroys"
# By table, then by column; "*" stands for every column of the table that is not in the register.
EXCEPTIONS: Mapping[str, Mapping[str, str]] = {
    "tickets.FlowTemplate": {"*": _OURS},
    "tickets.CannedReply": {"*": _OURS},
    "tickets.SavedView": {"*": _OURS},
    "tickets.FlowVersion": {"*": _OURS},
    "tickets.FlowDraft": {"*": _OURS},
    "tickets.DraftChange": {"*": _OURS},
    "tickets.FlowReview": {"*": _OURS},
    "tickets.VersionLife": {"*": _OURS},
    "tickets.Release": {"*": _OURS},
    "tickets.FallBack": {"*": _OURS},
    "tickets.Trial": {"*": _OURS},
    "tickets.TrialRun": {"*": _CODE},
    "tickets.FallBackUse": {"robot": _OURS},
    "tickets.Batch": {"*": "its name, terms, and a filter of the queue, kept like a saved view"},
    "tickets.FlowRequest": {"*": _OURS},
    "tickets.Lesson": {"*": "acts and marks with slots in place of values"},
    "tickets.TrustedSigner": {"*": _OURS},
    "tickets.RouteNote": {"*": _OURS},
    "tickets.Department": {"*": _OURS},
    "tickets.Phone": {"*": _OURS},
    "tickets.Switch": {"*": _OURS},
    "tickets.ApiToken": {"*": _OURS},
    "tickets.LanguageModel": {"*": _OURS},
    "tickets.PhoneCheck": {"*": _OURS},
    "tickets.Secret": {"*": "encrypted, and none of a customer's"},
    "tickets.HelpdeskButton": {"*": _OURS},
    "tickets.UsedLink": {"*": _CODE},
    "tickets.PanelSession": {"*": "digests, a language and a theme"},
    "tickets.Delivery": {"lane": _CODE},
    "tickets.DeliveryLane": {"*": _CODE},
    "tickets.AuditEvent": {"*": _CHAIN},
    "tickets.AuditHead": {"*": _CHAIN},
    "tickets.CustomerKey": {"*": "the key itself, destroyed by erasure"},
    "tickets.LegalHold": {"reason": "why a ticket must be kept, by whoever keeps it; it stands while nothing may go"},
    "tickets.ExternalRef": {"*": "the ticket's number and address at another helpdesk"},
    "tickets.OutboxEvent": {"*": "ids and states only, checked where they are written"},
    "tickets.Ticket": {
        "number": _CODE,
        "lacks": _OURS,
        "merged_status": _CODE,
        "customer_language": _CODE,
        "channel": _CODE,
        "external_id": "the ticket's number at another helpdesk",
    },
    "tickets.Attachment": {"content_type": _CODE},
    "tickets.Run": {"lang": _CODE, "failure_code": _CODE},
    "tickets.Slot": {"name": _OURS, "label": _OURS},
    "tickets.TicketValue": {"name": _OURS, "source": _CODE},
    "tickets.Clarification": {"questions": _OURS, "lang": _CODE, "state": _CODE},
    "tickets.CustomerReply": {"send_by": _CODE},
    "tickets.Step": {
        "status": _CODE,
        "action_name": _CODE,
        "verdict": _CODE,
        "app": _CODE,
        "timings": _CODE,
        "tokens": _CODE,
        "source": _CODE,
    },
    "tickets.Confirmation": {
        "kind": _CODE,
        "action_digest": "a digest",
        "fingerprint": "a digest",
        "idempotency_key": _CODE,
    },
    "tickets.ControlVouch": {"state": _CODE},
    "tickets.Takeover": {"code": _CODE},
    "tickets.RehearsalRun": {"ticket_number": _CODE},
    "tickets.Recording": {"sha256": "the proof of what there was"},
    "integrations.IdempotencyKey": {"*": "the answer to a repeat, kept for a day"},
    "integrations.WebhookEndpoint": {"*": _OURS},
    "integrations.Connector": {"*": _OURS},
    "integrations.IntakeRule": {"*": _OURS},
    "integrations.LinkedTicket": {"*": "numbers of the ticket, its messages and files at another helpdesk"},
    "integrations.IncomingDelivery": {"*": "ids of another helpdesk, checked where they are written"},
}


def pictures() -> Iterator[tuple[Held, str]]:
    """Each column with the path of a run's screenshot."""
    for held in REGISTER:
        for column in held.pictures:
            yield held, column


def blank_rows(ticket: Ticket) -> None:
    """Blank all personal data in the rows of this ticket, inside the caller's transaction. Files must have been deleted
    before."""
    for held in REGISTER:
        if held.blank:
            held.rows(ticket).update(**held.blank)
