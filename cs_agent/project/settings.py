"""Django's settings: the roof. Everything that varies comes from `conf.load`."""

from __future__ import annotations

import os
from pathlib import Path

import dj_database_url
import django_stubs_ext
from celery.schedules import crontab
from django.utils.translation import gettext_lazy as _

from cs_agent.project import conf
from cs_agent.project.backoffice import look

django_stubs_ext.monkeypatch()

BASE_DIR = conf.BASE_DIR
CS_AGENT_ASSETS = conf.ASSETS  # where templates, static files and fixtures lie
CS_AGENT = conf.load(os.environ)
MODE = CS_AGENT["CS_AGENT_MODE"]
PRODUCTION = MODE == "production"
DATA_DIR = Path(CS_AGENT["CS_AGENT_DATA_DIR"])
DATA_DIR.mkdir(parents=True, exist_ok=True)

SECRET_KEY = CS_AGENT["SECRET_KEY"]
DEBUG = CS_AGENT["CS_AGENT_DEBUG"]
ALLOWED_HOSTS = list(CS_AGENT["CS_AGENT_ALLOWED_HOSTS"])
CSRF_TRUSTED_ORIGINS = list(CS_AGENT["CS_AGENT_CSRF_TRUSTED_ORIGINS"])

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin.apps.SimpleAdminConfig",  # `urls` finds the back office: only a web server needs it
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "channels",
    "django_htmx",
    "axes",
    "tickets",
    "integrations",
    "consoles",
    "cs_agent.project.backoffice",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "consoles.middleware.SecurityHeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "consoles.web.compression.CompressionMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "consoles.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "consoles.embed.frames.PanelMiddleware",
    "tickets.middleware.RequestContextMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "consoles.middleware.NulMiddleware",
    "consoles.middleware.AccessMiddleware",
    "consoles.middleware.ServiceErrorMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "cs_agent.project.urls"
ASGI_APPLICATION = "cs_agent.project.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [CS_AGENT_ASSETS / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "consoles.context.console",
            ],
        },
    }
]

DATABASES = {
    "default": dj_database_url.parse(
        CS_AGENT["DATABASE_URL"] or f"sqlite:///{DATA_DIR / 'cs_agent.sqlite3'}",
        conn_max_age=60,
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # WAL lets readers go on while one writes; IMMEDIATE takes the write lock at BEGIN, so that two writers
    # wait for each other instead of failing in the middle of a transaction. Our own backend makes that wait a fair one.
    DATABASES["default"]["ENGINE"] = "cs_agent.project.sqlite3"
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
# The throttle stands before every log-in, the back office's too; what it counts and when is in consoles.web.logins.
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AXES_HANDLER = "consoles.web.logins.CountingHandler"
AXES_CLIENT_IP_CALLABLE = "consoles.web.logins.client_address"
AXES_LOCKOUT_CALLABLE = "consoles.web.logins.locked_page"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "ticket-list"
LOGOUT_REDIRECT_URL = "login"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / name / "locale" for name in ("consoles", "integrations", "tickets")]
TIME_ZONE = CS_AGENT["CS_AGENT_TIME_ZONE"]
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATICFILES_DIRS = [CS_AGENT_ASSETS / "static"]
STATIC_ROOT = DATA_DIR / "static"
MEDIA_ROOT = DATA_DIR / "media"  # never served by address: views check permission first
ANCHOR_DIR = Path(CS_AGENT["CS_AGENT_ANCHOR_DIR"] or DATA_DIR / "anchors")
EXPORT_DIR = Path(CS_AGENT["CS_AGENT_EXPORT_DIR"] or DATA_DIR / "exports")
FILE_UPLOAD_PERMISSIONS = 0o640
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION

UNFOLD = look.UNFOLD

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if PRODUCTION:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # whoever looks after the processes asks them directly, past the proxy
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31536000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True

REDIS_URL = CS_AGENT["REDIS_URL"] or f"redis://127.0.0.1:{CS_AGENT['CS_AGENT_REDIS_PORT']}/0"
CHANNEL_LAYERS = {"default": {"BACKEND": "channels_redis.core.RedisChannelLayer", "CONFIG": {"hosts": [REDIS_URL]}}}

# Counters that must hold over all processes. What is lost with them is counted anew.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL, "KEY_PREFIX": "csa"}
}

# A message not acknowledged for so long is delivered again; a run's claim and fencing token make that harmless.
_VISIBILITY_S = int(CS_AGENT["CS_AGENT_SLICE_S"]) * 2 + 60
CS_AGENT_CELERY_APP = "cs_agent.project.celery.app"  # what sends our messages
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_TRANSPORT = "cs_agent.project.broker:Transport"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_POOL = "threads"
CELERY_WORKER_CONCURRENCY = CS_AGENT["CS_AGENT_WORKER_THREADS"]
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # however long Redis is away
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": _VISIBILITY_S}
CELERY_RESULT_BACKEND_TRANSPORT_OPTIONS = {"visibility_timeout": _VISIBILITY_S}
CELERY_VISIBILITY_TIMEOUT = _VISIBILITY_S
CELERY_TASK_DEFAULT_QUEUE = CS_AGENT["CS_AGENT_QUEUE"]
CELERY_TIMEZONE = TIME_ZONE  # of the nightly tasks; times in the database are UTC all the same
CELERY_IMPORTS = ("tickets.nightly", "tickets.delivery")

# `expires`: a clock tick that waited longer than the next one is worth nothing.
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "tickets.tasks.sweep", "schedule": 5.0, "options": {"expires": 10.0}},
    "outbox": {"task": "tickets.delivery.send_due", "schedule": 5.0, "options": {"expires": 5.0}},
    "connectors": {"task": "integrations.tasks.look", "schedule": 5.0, "options": {"expires": 5.0}},
    "floors": {"task": "tickets.tasks.check_floors", "schedule": 60.0, "options": {"expires": 60.0}},
    "fall_backs": {"task": "tickets.tasks.take_fall_backs", "schedule": 10.0, "options": {"expires": 10.0}},
    "batches": {"task": "tickets.tasks.move_batches", "schedule": 10.0, "options": {"expires": 10.0}},
    "pulse": {"task": "tickets.tasks.pulse", "schedule": 15.0, "options": {"expires": 15.0}},
    # Once a day, by the local clock: the export holds the whole of yesterday, retention comes after the anchor.
    "anchor": {
        "task": "tickets.nightly.anchor",
        "schedule": crontab(hour=0, minute=5),
        "options": {"expires": 43200.0},
    },
    "export": {
        "task": "tickets.nightly.export",
        "schedule": crontab(hour=0, minute=20),
        "options": {"expires": 43200.0},
    },
    "retain": {
        "task": "tickets.nightly.retain",
        "schedule": crontab(hour=3, minute=10),
        "options": {"expires": 43200.0},
    },
    "tidy": {
        "task": "integrations.tasks.tidy",
        "schedule": crontab(hour=3, minute=40),
        "options": {"expires": 43200.0},
    },
    "verify": {
        "task": "tickets.nightly.verify",
        "schedule": crontab(hour=4, minute=10),
        "options": {"expires": 43200.0},
    },
}
for _entry in CELERY_BEAT_SCHEDULE.values():  # the clock never waits behind runs
    _entry["options"]["queue"] = f"{CELERY_TASK_DEFAULT_QUEUE}.upkeep"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

MODEL_BASE_URL = CS_AGENT["CS_AGENT_MODEL_BASE_URL"] or f"http://127.0.0.1:{CS_AGENT['CS_AGENT_PILOT_PORT']}/v1"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "words": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"},
        "json": {"()": "cs_agent.project.logs.JsonLines"},
    },
    "filters": {"not_health": {"()": "cs_agent.project.logs.NotHealth"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": CS_AGENT["CS_AGENT_LOG_FORMAT"],
            "filters": ["not_health"],
        }
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    # Every received and finished task, each few seconds, says nothing; failures still come as warnings and errors.
    "loggers": {
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},
    },
}
