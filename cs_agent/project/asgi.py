"""The ASGI application: pages over HTTP, live consoles over WebSocket from our own origin only.

Rule: the client address is the peer's, unless the peer is a trusted proxy. The server must not evaluate proxy headers
itself: start uvicorn with `--no-proxy-headers`.
"""

from __future__ import annotations

import gc
import os
from importlib import import_module
from typing import Any

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.conf import settings
from django.core.asgi import get_asgi_application
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cs_agent.project.settings")
django_application: Any = get_asgi_application()

from consoles.routing import addresses  # noqa: E402
from consoles.web.body_limit import BodyLimit  # noqa: E402 - needs the app registry
from tickets.checks import refuse_demo_accounts  # noqa: E402
from tickets.services.tickets.uploads import MAX_FILES, limit_bytes  # noqa: E402

refuse_demo_accounts()
application: Any = ProtocolTypeRouter(
    {
        "http": BodyLimit(django_application, limit_bytes() * MAX_FILES + 1024 * 1024),
        "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(addresses))),
    }
)
if proxies := settings.CS_AGENT["CS_AGENT_TRUSTED_PROXIES"]:
    application = ProxyHeadersMiddleware(application, list(proxies))

# What stays as long as the process is loaded now and left out of all later collections: walking over it takes 150 ms,
# in which no page is answered.
import_module(settings.ROOT_URLCONF)
gc.collect()
gc.freeze()
