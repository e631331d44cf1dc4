"""Pages over HTTP, cs_agent's live pages over WebSocket; static files too, for want of a server before it."""

import os

from channels.routing import ProtocolTypeRouter
from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "desk.settings")
pages = get_asgi_application()

import cs_agent.plugin  # noqa: E402

application = ProtocolTypeRouter({"http": ASGIStaticFilesHandler(pages), "websocket": cs_agent.plugin.websockets()})
