"""The rows of the product. Statuses change through `tickets.services` only: one door per change."""

from tickets.models.audit import AuditEvent, AuditHead, Result
from tickets.models.comments import Comment
from tickets.models.desk import CannedReply, CustomerReply, SavedView, TicketValue
from tickets.models.evidence import CustomerKey, LegalHold
from tickets.models.external import ExternalRef
from tickets.models.flows import FlowTemplate, FlowVersion
from tickets.models.human import Confirmation, ConfirmationState, Question, Takeover
from tickets.models.language_models import LanguageModel, ModelChoice
from tickets.models.outbox import Delivery, DeliveryLane, DeliveryState, OutboxEvent
from tickets.models.phones import Phone, PhoneState, PhoneUse
from tickets.models.recordings import Recording, RecordingState
from tickets.models.rehearsals import PracticeGrant, Rehearsal, RehearsalMode, RehearsalOutcome, RehearsalRun
from tickets.models.releases import (
    DraftChange,
    FlowDraft,
    FlowRequest,
    FlowReview,
    Release,
    ReleaseEnd,
    RequestStatus,
    ReviewVerdict,
    VersionLife,
    VersionStage,
)
from tickets.models.runs import SERVING, Run, RunPurpose, RunStatus, Slot, SlotSource, Step, StepActor
from tickets.models.secrets import Secret
from tickets.models.switches import Switch
from tickets.models.tickets import Attachment, AttachmentKind, Department, Priority, Ticket, TicketStatus
from tickets.models.tokens import ApiToken
from tickets.models.vouches import ControlVouch, VouchState

__all__ = [
    "SERVING",
    "ApiToken",
    "Attachment",
    "AttachmentKind",
    "AuditEvent",
    "AuditHead",
    "CannedReply",
    "Comment",
    "Confirmation",
    "ConfirmationState",
    "ControlVouch",
    "CustomerKey",
    "CustomerReply",
    "Delivery",
    "DeliveryLane",
    "DeliveryState",
    "Department",
    "DraftChange",
    "ExternalRef",
    "FlowDraft",
    "FlowRequest",
    "FlowReview",
    "FlowTemplate",
    "FlowVersion",
    "LanguageModel",
    "LegalHold",
    "ModelChoice",
    "OutboxEvent",
    "Phone",
    "PhoneState",
    "PhoneUse",
    "PracticeGrant",
    "Priority",
    "Question",
    "Recording",
    "RecordingState",
    "Rehearsal",
    "RehearsalMode",
    "RehearsalOutcome",
    "RehearsalRun",
    "Release",
    "ReleaseEnd",
    "RequestStatus",
    "Result",
    "ReviewVerdict",
    "Run",
    "RunPurpose",
    "RunStatus",
    "SavedView",
    "Secret",
    "Slot",
    "SlotSource",
    "Step",
    "StepActor",
    "Switch",
    "Takeover",
    "Ticket",
    "TicketStatus",
    "TicketValue",
    "VersionLife",
    "VersionStage",
    "VouchState",
]
