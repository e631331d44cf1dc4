"""Settings of the fast tests: in-memory channel layer and a data directory that goes away.

Tests that need real parts (Redis, Celery, PostgreSQL, phones) start them as processes with settings of their own.
"""

import atexit
import os
import shutil
import tempfile

os.environ.setdefault("CS_AGENT_MODE", "test")
if "CS_AGENT_DATA_DIR" not in os.environ:  # else another process made it, and removes it
    os.environ["CS_AGENT_DATA_DIR"] = tempfile.mkdtemp(prefix="cs_agent_test_")
    atexit.register(shutil.rmtree, os.environ["CS_AGENT_DATA_DIR"], ignore_errors=True)

from cs_agent.project.settings import *  # noqa: F403
from cs_agent.project.settings import DATABASES

if DATABASES["default"]["ENGINE"] == "cs_agent.project.sqlite3":
    # Nobody waits for a database in memory, and pytest-django gives each of its processes one only by this name.
    DATABASES["default"]["ENGINE"] = "django.db.backends.sqlite3"
CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
CELERY_BROKER_URL = "memory://"
CELERY_BROKER_TRANSPORT = ""  # what the URL says
