"""The routes of flow versions, and what a run has of its version's route.

Rule: a version's route is immutable.
"""

from __future__ import annotations

import logging
from typing import Any

from cs_agent.engine.routes.nearest import nearest_way
from cs_agent.engine.routes.values import Filling, Private, Route, RouteError, RoutePlan
from tickets.models import FlowDraft, FlowVersion, Run, RunPurpose, RunStatus, Ticket
from tickets.services.releasing import stages
from tickets.services.studio import route_notes

log = logging.getLogger(__name__)
_TRIED = {RunPurpose.REHEARSAL, RunPurpose.PRACTICE}
_LESSONS = 5  # runs without a way for their slots, or without its pictures, that record trees and pictures for one
_EXAMINED = 50  # a version's newest runs that are examined for what they filled in


def of_version(version: FlowVersion) -> Route:
    """The version's route; an unreadable one is none: the model finds the way."""
    return _readable(version.route, version)


def of_draft(draft: FlowDraft) -> Route:
    """The route that a version made of the draft would have, read in the same way."""
    return _readable(draft.route or (draft.base.route if draft.base else None), draft)


def _readable(stored: dict[str, Any] | None, holder: object) -> Route:
    try:
        return Route.from_json(stored)
    except RouteError as error:
        log.error("route of %s: %s", holder, error)
        return Route()


def plan_of(run: Run) -> RoutePlan:
    """The run's plan from its version's route."""
    values = values_of(run)
    route = route_notes.applied(run.flow_version, of_version(run.flow_version))
    way, own = nearest_way(route, values), route.way_for(values)
    reviewed = way is not None and (stages.of(run.flow_version) in stages.REVIEWED or _is_tried(run))
    learning = (own is None or not own.has_views) and _taught(run.flow_version, values) < _LESSONS
    return RoutePlan(values, way, reviewed, learning=learning, private=private_of(run.ticket))


def values_of(run: Run) -> dict[str, str]:
    return {slot.name: slot.value for slot in run.slots.all()}


def _taught(version: FlowVersion, values: dict[str, str]) -> int:
    """How many of the version's newest successful runs filled in the same."""
    wanted = Filling.of(values)
    ended = version.runs.filter(status=RunStatus.SUCCEEDED).order_by("-created_at").prefetch_related("slots")
    return sum(Filling.of(values_of(run)) == wanted for run in ended[:_EXAMINED])


def private_of(ticket: Ticket) -> Private:
    """What no route learns of a ticket besides its slots' values."""
    return Private(tuple(filter(None, (ticket.customer_name, ticket.customer_mobile))), ticket.subject)


def _is_tried(run: Run) -> bool:
    """Whether the route counts as tested: in rehearsals it may pass where a person did or approved the same act. A word
    of commitment on the way must be named in the definition, otherwise it is asked about there too."""
    return run.purpose in _TRIED and route_notes.names_all(run.flow_version, of_version(run.flow_version))
