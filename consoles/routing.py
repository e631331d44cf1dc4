"""Every websocket address. Origin and session are checked by the application; consumers ask for permissions."""

from __future__ import annotations

from django.urls import path, re_path

from consoles.consumers.base import UnknownAddress
from consoles.consumers.phone import PhoneConsumer
from consoles.consumers.queue import QueueConsumer
from consoles.consumers.ticket import TicketConsumer

websocket_urlpatterns = [
    path("ws/queue/", QueueConsumer.as_asgi(), name="ws-queue"),
    path("ws/tickets/<str:number>/", TicketConsumer.as_asgi(), name="ws-ticket"),
    path("ws/runs/<uuid:run_id>/phone/", PhoneConsumer.as_asgi(), name="ws-phone"),
    re_path("", UnknownAddress.as_asgi(), name="ws-unknown"),
]
