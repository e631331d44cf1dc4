"""Pages of Request Tracker as a person opens them on a phone, with what a run would have put into them before.

Rule: a page names fields by Request Tracker's own form names and no control by its words: which controls there are, and
what they do, is found out by touching them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.servers.request_tracker import Account

QUEUE = "Refunds"
IN_QUEUE = (
    *("SeeQueue", "ShowTicket", "ShowTicketComments", "CreateTicket", "CommentOnTicket", "ReplyToTicket"),
    *("ModifyTicket", "DeleteTicket", "OwnTicket", "TakeTicket", "StealTicket", "Watch", "ForwardMessage"),
)
EVERYWHERE = (
    *("ModifySelf", "CreateOwnDashboard", "ModifyOwnDashboard", "SeeOwnDashboard", "DeleteOwnDashboard"),
    *("LoadSavedSearch", "CreateSavedSearch", "EditSavedSearches", "ShowSavedSearches", "ManageAuthTokens"),
)


def person(language: str) -> Account:
    """A colleague who works with Request Tracker in this language."""
    return Account(
        f"worker-{language}", {QUEUE: IN_QUEUE, "": EVERYWHERE}, lang=language, timezone="UTC", real_name="王 Worker"
    )


@dataclass(frozen=True, slots=True)
class Opened:
    """`path` may hold {id} of a fresh ticket and {queue}. `fill`: form fields by name. `searched`: into a search."""

    name: str
    path: str
    fill: Mapping[str, str] = field(default_factory=dict)
    choose: Mapping[str, str] = field(default_factory=dict)
    searched: str = ""


_REPLY = {"UpdateContent": "您的退款已经提交。"}
MOBILE = (
    Opened("m home", "/m/"),
    Opened("m home, searched", "/m/", {"q": "退款"}, searched="退款"),
    Opened("m list", "/m/tickets/search?query=id!%3d0&order_by=id&order=DESC"),
    Opened("m queues", "/m/ticket/select_create_queue"),
    Opened("m ticket", "/m/ticket/show?id={id}"),
    Opened("m history", "/m/ticket/history?id={id}"),
    Opened("m reply", "/m/ticket/reply?id={id}", _REPLY, {"UpdateType": "response"}),
    Opened("m reply, empty", "/m/ticket/reply?id={id}"),
    Opened(
        "m create",
        "/m/ticket/create?Queue={queue}",
        {"Requestors": "kunde@example.com", "Subject": "换货", "Content": "请换货"},
    ),
)
WHOLE_SITE = (
    Opened("ticket", "/Ticket/Display.html?id={id}"),
    Opened("update", "/Ticket/Update.html?id={id}&Action=Respond", {"UpdateSubject": "退款"}),
    Opened("basics", "/Ticket/Modify.html?id={id}", {"Subject": "退款 改"}),
    Opened("people", "/Ticket/ModifyPeople.html?id={id}"),
    Opened("links", "/Ticket/ModifyLinks.html?id={id}", {"{id}-RefersTo": "https://example.com/"}),
    Opened("dates", "/Ticket/ModifyDates.html?id={id}"),
    Opened("bulk", "/Search/Bulk.html?Query=id%3D{id}", {"Subject": "退款 批量"}),
    Opened("dashboard", "/Dashboards/Modify.html?Create=1", {"Name": "我的面板"}),
    Opened("preferences", "/Prefs/Other.html"),
    Opened("about me", "/Prefs/AboutMe.html", {"NickName": "wang"}),
    Opened("tokens", "/Prefs/AuthTokens.html"),
)
