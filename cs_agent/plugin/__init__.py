"""cs_agent inside another Django project: at the end of its settings module,

    import cs_agent.plugin
    cs_agent.plugin.settings(globals(), prefix="cs-agent/")

and, for live pages, in its ASGI module `"websocket": cs_agent.plugin.websockets()`.

Rule: the host's pages, log-in, admin, headers and URL names are unchanged: ours answer below the prefix only, in their
own URL configuration. `manage.py check` reports missing settings.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from django.core.exceptions import ImproperlyConfigured

APPS = ("channels", "django_htmx", "tickets", "integrations", "consoles")
MOUNT = "cs_agent.plugin.mount.Mount"
# What our code reads of the settings besides Django's own; the host keeps what it has set itself.
_OURS = (
    "CS_AGENT",
    "CS_AGENT_ASSETS",
    "MODE",
    "PRODUCTION",
    "DATA_DIR",
    "ANCHOR_DIR",
    "EXPORT_DIR",
    "REDIS_URL",
    "MODEL_BASE_URL",
    "CHANNEL_LAYERS",
    "CS_AGENT_CELERY_APP",
)


def settings(host: dict[str, Any], *, prefix: str = "cs-agent/") -> None:
    """Add the settings of cs_agent to a settings module's names. ImproperlyConfigured names a conflict."""
    prefix = prefix.strip("/") + "/"
    if prefix == "/":
        raise ImproperlyConfigured("cs_agent.plugin.settings needs a prefix such as 'cs-agent/'")
    _refuse_clash(list(host.get("INSTALLED_APPS", ())))
    own = _own_settings(host)
    for name in _OURS:
        host.setdefault(name, getattr(own, name))
    ours = {name: getattr(own, name) for name in dir(own) if name.startswith("CELERY_")}
    host["CS_AGENT_CELERY"] = {**ours, **host.get("CS_AGENT_CELERY", {})}
    host["CS_AGENT_PREFIX"] = prefix
    host["INSTALLED_APPS"] = [*host["INSTALLED_APPS"], *(app for app in APPS if app not in host["INSTALLED_APPS"])]
    host["MIDDLEWARE"] = [*host.get("MIDDLEWARE", ()), MOUNT]
    host["LOCALE_PATHS"] = [*host.get("LOCALE_PATHS", ()), *own.LOCALE_PATHS]
    host["STATICFILES_DIRS"] = [*host.get("STATICFILES_DIRS", ()), *own.STATICFILES_DIRS]
    host["TEMPLATES"] = _templates(host, own)
    if not host.get("MEDIA_ROOT"):
        host["MEDIA_ROOT"] = own.MEDIA_ROOT


def websockets() -> Any:
    """The application for the host's "websocket" protocol: our live pages, from our own origin only."""
    from channels.auth import AuthMiddlewareStack
    from channels.routing import URLRouter
    from channels.security.websocket import AllowedHostsOriginValidator
    from django.conf import settings as active
    from django.urls import path

    from consoles.routing import addresses

    routes = URLRouter([path(getattr(active, "CS_AGENT_PREFIX", ""), URLRouter(addresses))])
    return AllowedHostsOriginValidator(AuthMiddlewareStack(routes))


def _refuse_clash(apps: list[str]) -> None:
    """Refuse an app with one of our labels, which permissions and tables depend on."""
    for app in apps:
        label = app.partition(".apps.")[0].rpartition(".")[2]
        if label in APPS and app not in APPS:
            raise ImproperlyConfigured(
                f"the app {app} has the label {label!r}, which cs_agent needs for itself; "
                "give it another one (AppConfig.label)"
            )


def _own_settings(host: dict[str, Any]) -> ModuleType:
    """Our settings module, read with the host's secret; production unless the environment says otherwise."""
    given = {
        "SECRET_KEY": str(host.get("SECRET_KEY", "")),
        "CS_AGENT_MODE": os.environ.get("CS_AGENT_MODE", "production"),
    }
    with _environment(given):
        return importlib.import_module("cs_agent.project.settings")


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _templates(host: dict[str, Any], own: ModuleType) -> list[dict[str, Any]]:
    """Template settings with a separate engine for our pages, so that the host's templates and processors are
    unchanged."""
    options = {
        **own.TEMPLATES[0]["OPTIONS"],
        "loaders": [("django.template.loaders.cached.Loader", ["cs_agent.plugin.loader.OurTemplates"])],
    }
    engine = {**own.TEMPLATES[0], "NAME": "cs_agent", "APP_DIRS": False, "OPTIONS": options}
    return [*host.get("TEMPLATES", ()), engine]
