"""The fast tests' settings with a SQLite file: what threads of one process share in memory locks unlike a real one."""

from cs_agent.project.settings_test import *  # noqa: F403
from cs_agent.project.settings_test import DATA_DIR, DATABASES

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["ENGINE"] = "cs_agent.project.sqlite3"
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
