"""The websocket URLs. The ASGI application checks origin and session, the consumers permissions."""

from __future__ import annotations

from channels.routing import URLRouter
from django.urls import path, re_path

from consoles.consumers.base import UnknownAddress
from consoles.consumers.lesson import LessonPhoneConsumer
from consoles.consumers.phone import PhoneConsumer
from consoles.consumers.queue import QueueConsumer
from consoles.consumers.ticket import TicketConsumer

# In a panel inside a helpdesk's page: its own ticket's, with its own cookie.
panel_urlpatterns = [
    path("ws/tickets/<str:number>/", TicketConsumer.as_asgi(), name="ws-panel-ticket"),
    path("ws/runs/<uuid:run_id>/phone/", PhoneConsumer.as_asgi(), name="ws-panel-phone"),
    re_path("", UnknownAddress.as_asgi(), name="ws-panel-unknown"),
]

websocket_urlpatterns = [
    path("ws/queue/", QueueConsumer.as_asgi(), name="ws-queue"),
    path("ws/tickets/<str:number>/", TicketConsumer.as_asgi(), name="ws-ticket"),
    path("ws/runs/<uuid:run_id>/phone/", PhoneConsumer.as_asgi(), name="ws-phone"),
    path("ws/lessons/<uuid:run_id>/phone/", LessonPhoneConsumer.as_asgi(), name="ws-lesson"),
    re_path("", UnknownAddress.as_asgi(), name="ws-unknown"),
]

addresses = [
    path("embed/<str:panel_of>/t/<str:panel_on>/", URLRouter(panel_urlpatterns)),
    *websocket_urlpatterns,
]
