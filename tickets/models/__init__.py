"""The rows of the product. Statuses change through `tickets.services` only: one service function per change."""

from tickets.models.batches import Batch, BatchEntry, BatchItem, BatchRound, BatchState, CatchUp, ItemState
from tickets.models.equipment.checks import PhoneCheck
from tickets.models.equipment.language_models import LanguageModel, ModelChoice
from tickets.models.equipment.phones import Phone, PhoneState, PhoneUse
from tickets.models.flow.fall_backs import FallBack, FallBackKind, FallBackState, FallBackUse
from tickets.models.flow.lessons import Lesson, LessonState, NoteKind, RouteNote
from tickets.models.flow.rehearsals import PracticeGrant, Rehearsal, RehearsalMode, RehearsalOutcome, RehearsalRun
from tickets.models.flow.releases import (
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
from tickets.models.flow.shadows import ShadowScore
from tickets.models.flow.signers import TrustedSigner
from tickets.models.flow.templates import FlowTemplate, FlowVersion
from tickets.models.flow.trials import ActFault, ActMark, Arm, Trial, TrialMeasure, TrialRun, TrialState, TrialStop
from tickets.models.flow.vouches import ControlVouch, VouchState
from tickets.models.human import Confirmation, ConfirmationState, Question, Takeover
from tickets.models.outbox import Delivery, DeliveryLane, DeliveryState, OutboxEvent
from tickets.models.panels import HelpdeskButton, PanelSession, UsedLink
from tickets.models.record.audit import AuditEvent, AuditHead, Result
from tickets.models.record.evidence import CustomerKey, LegalHold
from tickets.models.record.recordings import Recording, RecordingState
from tickets.models.runs import SERVING, Run, RunPurpose, RunStatus, Slot, SlotSource, Step, StepActor
from tickets.models.secrets import Secret
from tickets.models.switches import Switch
from tickets.models.ticket.clarifications import Clarification, ClarificationState
from tickets.models.ticket.comments import Comment, Mention
from tickets.models.ticket.desk import CannedReply, CustomerReply, SavedView, TicketValue
from tickets.models.ticket.external import ExternalRef
from tickets.models.ticket.tickets import Attachment, AttachmentKind, Department, Priority, Ticket, TicketStatus
from tickets.models.tokens import ApiToken

__all__ = [
    "SERVING",
    "ActFault",
    "ActMark",
    "ApiToken",
    "Arm",
    "Attachment",
    "AttachmentKind",
    "AuditEvent",
    "AuditHead",
    "Batch",
    "BatchEntry",
    "BatchItem",
    "BatchRound",
    "BatchState",
    "CannedReply",
    "CatchUp",
    "Clarification",
    "ClarificationState",
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
    "FallBack",
    "FallBackKind",
    "FallBackState",
    "FallBackUse",
    "FlowDraft",
    "FlowRequest",
    "FlowReview",
    "FlowTemplate",
    "FlowVersion",
    "HelpdeskButton",
    "ItemState",
    "LanguageModel",
    "LegalHold",
    "Lesson",
    "LessonState",
    "Mention",
    "ModelChoice",
    "NoteKind",
    "OutboxEvent",
    "PanelSession",
    "Phone",
    "PhoneCheck",
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
    "RouteNote",
    "Run",
    "RunPurpose",
    "RunStatus",
    "SavedView",
    "Secret",
    "ShadowScore",
    "Slot",
    "SlotSource",
    "Step",
    "StepActor",
    "Switch",
    "Takeover",
    "Ticket",
    "TicketStatus",
    "TicketValue",
    "Trial",
    "TrialMeasure",
    "TrialRun",
    "TrialState",
    "TrialStop",
    "TrustedSigner",
    "UsedLink",
    "VersionLife",
    "VersionStage",
    "VouchState",
]
