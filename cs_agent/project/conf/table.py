"""The table of all settings: name, default, reader of its text, and purpose. docs/settings.md is written from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cs_agent.project.conf.places import BASE_DIR, INSTALLED
from cs_agent.project.conf.readers import (
    app_names,
    between,
    boolean,
    dotted_path,
    existing_file,
    fernet_keys,
    items,
    kinds,
    named_paths,
    networks,
    one_of,
    port,
    url,
    zone,
)
from cs_agent.vision.personal_data.kinds import DOCUMENTS, SECRETS, DataKind


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable. `read` turns its text into a value or raises ValueError with what is expected."""

    name: str
    default: Any
    read: Callable[[str], Any]
    help: str


_DATABASES = ("sqlite", "postgres", "postgresql")
_ALL_KINDS = tuple(kind.value for kind in DataKind)

SETTINGS: tuple[Setting, ...] = (
    Setting("SECRET_KEY", "", str, "Signs sessions and manifests. Required in production: 50 random characters."),
    Setting(
        "CS_AGENT_SECRETS_KEYS",
        (),
        fernet_keys,
        "Keys that encrypt stored secrets, comma separated, newest first; `manage.py secrets new-key` makes one.",
    ),
    Setting(
        "CS_AGENT_ENCRYPT_FILES",
        False,
        boolean,
        "Encrypt new attachments, recordings and pictures on the disk under CS_AGENT_SECRETS_KEYS; "
        "`manage.py secrets seal-files` does the old ones.",
    ),
    Setting("DATABASE_URL", "", url(*_DATABASES), "Database; empty = SQLite (WAL) in the data directory."),
    Setting("REDIS_URL", "", url("redis", "rediss"), "Redis; empty = the embedded server on the Redis port."),
    Setting(
        "CS_AGENT_MODE",
        "demo",
        one_of("demo", "production", "test"),
        "demo is loud and has demo accounts; production refuses them.",
    ),
    Setting(
        "CS_AGENT_TIME_ZONE", "Asia/Shanghai", zone, "Zone of the times that people see, and of the demo's phones."
    ),
    Setting("CS_AGENT_DEBUG", False, boolean, "Django's debug pages; refused in production."),
    Setting(
        "CS_AGENT_ALLOWED_HOSTS",
        ("localhost", "127.0.0.1", "[::1]"),
        items,
        "Host names the web server answers to, comma separated.",
    ),
    Setting(
        "CS_AGENT_CSRF_TRUSTED_ORIGINS",
        (),
        items,
        "Origins (https://…) that may post forms and open WebSockets, comma separated.",
    ),
    Setting(
        "CS_AGENT_TRUSTED_PROXIES",
        (),
        networks,
        "Addresses or networks of the reverse proxies whose X-Forwarded-For and X-Forwarded-Proto are believed, "
        "comma separated; empty = nobody's.",
    ),
    Setting(
        "CS_AGENT_DATA_DIR",
        Path.cwd() / "var" if INSTALLED else BASE_DIR / "var",
        Path,
        "Database, uploads, recordings, logs and anchors; of an installed wheel: var in the current folder.",
    ),
    Setting("CS_AGENT_HOST", "127.0.0.1", str, "Address the web server listens on."),
    Setting("CS_AGENT_PORT", 8000, port, "Port of the web server."),
    Setting("CS_AGENT_REDIS_PORT", 6390, port, "Port of the embedded Redis."),
    Setting("CS_AGENT_PILOT_PORT", 8801, port, "Port of the pilot in the demo."),
    Setting("CS_AGENT_PHONE_PORT", 5600, port, "ADB port of the first virtual phone in the demo."),
    Setting("CS_AGENT_PHONES", 1, between(1, 32), "Number of virtual phones in the demo."),
    Setting(
        "CS_AGENT_CHAOS",
        "",
        str,
        "Faults of the demo's virtual phones from the start, e.g. notification,ignored_taps=6.",
    ),
    Setting("CS_AGENT_BACKOFFICE_PORT", 8700, port, "Port of the practice apps' back office in the demo."),
    Setting("CS_AGENT_ADB_PORT", 5039, port, "Port of the adb server that the product starts for itself."),
    Setting(
        "CS_AGENT_ADB_HOST", "127.0.0.1", str, "Host of the adb server; another machine's for phones that hang there."
    ),
    Setting("CS_AGENT_MODEL_BASE_URL", "", url("http", "https"), "OpenAI-compatible endpoint; empty = the pilot."),
    Setting("CS_AGENT_MODEL_NAME", "pilot", str, "Model name sent to the endpoint, e.g. autoglm-phone-9b."),
    Setting("CS_AGENT_MODEL_API_KEY", "", str, "Key of the endpoint, if it wants one."),
    Setting("CS_AGENT_MODEL_TIMEOUT_S", 60.0, between(1, 600, float), "Longest wait for one reply, in seconds."),
    Setting(
        "CS_AGENT_MODEL_FAMILY",
        "autoglm",
        one_of("autoglm", "general"),
        "How the model is spoken to: actions as text (AutoGLM), or tool calls (any other vision model). A model chosen "
        "on the page /models/ goes before all of these.",
    ),
    Setting(
        "CS_AGENT_MODEL_LOCAL",
        True,
        boolean,
        "The endpoint is on the company's own machines; false = redact before sending.",
    ),
    Setting(
        "CS_AGENT_MODEL_COORDINATES", "normalized", one_of("normalized", "pixel"), "What the model's coordinates mean."
    ),
    Setting(
        "CS_AGENT_MODEL_MAX_PIXELS",
        1_300_000,
        between(50_000, 20_000_000),
        "Screenshots are scaled down to this many pixels for the model.",
    ),
    Setting(
        "CS_AGENT_MODEL_TOKEN_BUDGET",
        16_000,
        between(1_000, 1_000_000),
        "Tokens of text in one request; older steps are left out beyond it. Leave room for the picture and the reply.",
    ),
    Setting("CS_AGENT_PROMPT_FILE", "", existing_file, "File with a system prompt to use instead of the built-in one."),
    Setting("CS_AGENT_MIN_CONFIDENCE", 0.85, between(0, 1, float), "Below this confidence a human is asked."),
    Setting(
        "CS_AGENT_UNKNOWN_CONFIDENCE",
        "ask_sensitive",
        one_of("allow", "ask_sensitive", "ask"),
        "What a model without logprobs means for the gate.",
    ),
    Setting("CS_AGENT_MAX_STEPS", 100, between(1, 1000), "A run that needs more steps is handed to a human."),
    Setting(
        "CS_AGENT_SLICE_S",
        120.0,
        between(1, 3600, float),
        "A task drives a run at most this long before it goes back to the queue.",
    ),
    Setting(
        "CS_AGENT_LEASE_S",
        30.0,
        between(5, 600, float),
        "A phone lease that is not renewed for so long is free again.",
    ),
    Setting(
        "CS_AGENT_CONFIRM_DUE_S", 1800.0, between(30, 86400, float), "A confirmation not answered by then is denied."
    ),
    Setting(
        "CS_AGENT_TAKEOVER_DUE_S",
        900.0,
        between(30, 86400, float),
        "A takeover that nobody has begun by then is given up: the phone is freed, the ticket waits for a person.",
    ),
    Setting(
        "CS_AGENT_TAKEOVER_WARN_S",
        120.0,
        between(5, 86400, float),
        "A human who took a phone over and makes no gesture for so long is warned.",
    ),
    Setting(
        "CS_AGENT_TAKEOVER_END_S",
        300.0,
        between(10, 86400, float),
        "Without a gesture for so long the takeover ends.",
    ),
    Setting(
        "CS_AGENT_TAKEOVER_IDLE_THEN",
        "ask_again",
        one_of("ask_again", "hand_off"),
        "What then: ask_again keeps the phone as it was left and asks for another takeover; "
        "hand_off ends the run and frees the phone.",
    ),
    Setting(
        "CS_AGENT_CLARIFY_TURNS",
        3,
        between(1, 3),
        "How often a customer is asked for what a flow lacks, before a person has to see to it.",
    ),
    Setting(
        "CS_AGENT_CLARIFY_DUE_S",
        259200.0,
        between(60, 31_536_000, float),
        "A customer who has not answered by then is not waited for; an answer that comes later still counts.",
    ),
    Setting("CS_AGENT_WORKER_THREADS", 8, between(1, 64), "Runs one worker drives at once."),
    Setting("CS_AGENT_QUEUE", "phones", str, "Celery queue of this phone host; its upkeep runs on QUEUE.upkeep."),
    Setting(
        "CS_AGENT_APP_NAMES_FILE",
        "",
        app_names,
        "JSON file of the installation's own app names, {name: package}; read afresh for every connection.",
    ),
    Setting(
        "CS_AGENT_LOG_FORMAT",
        "words",
        one_of("words", "json"),
        "How log lines look: words for people, json for a collector, one object a line with its request id.",
    ),
    Setting(
        "CS_AGENT_API_CALLS_PER_MINUTE",
        600,
        between(1, 1_000_000),
        "Calls of the API that one token may make in a minute.",
    ),
    Setting(
        "CS_AGENT_HOOK_CALLS_PER_MINUTE",
        3000,
        between(1, 1_000_000),
        "Calls of helpdesks that one connector's address takes in a minute; more are answered 429 with Retry-After.",
    ),
    Setting("CS_AGENT_MAX_UPLOAD_MB", 200, between(1, 2000), "Largest attachment."),
    Setting(
        "CS_AGENT_REDACT_STORED",
        _ALL_KINDS,
        kinds,
        "Personal data hidden in recordings, step pictures and step texts, comma separated; a flow may hide more.",
    ),
    Setting(
        "CS_AGENT_REDACT_VIEWERS",
        _ALL_KINDS,
        kinds,
        "Personal data hidden in the live view of people who may not decide on confirmations.",
    ),
    Setting(
        "CS_AGENT_REDACT_MODEL",
        tuple(kind.value for kind in DataKind if kind in SECRETS | DOCUMENTS),
        kinds,
        "Personal data hidden from the model where CS_AGENT_MODEL_LOCAL is false.",
    ),
    Setting(
        "CS_AGENT_RECORD_MIN_FREE_MB",
        200,
        between(1, 1_000_000),
        "Room that must be left where recordings are kept; with less, sensitive steps stop.",
    ),
    Setting(
        "CS_AGENT_KEEP_AUDIT_DAYS",
        1096,
        between(180, 36500),
        "Audit events are kept so long; what was written before a change keeps its date.",
    ),
    Setting("CS_AGENT_KEEP_RECORDINGS_DAYS", 180, between(1, 36500), "Recordings of ended runs are kept so long."),
    Setting(
        "CS_AGENT_KEEP_PICTURES_DAYS",
        90,
        between(1, 36500),
        "Pictures of steps, confirmations and questions are kept so long after their run.",
    ),
    Setting("CS_AGENT_KEEP_EXPORTS_DAYS", 1096, between(1, 36500), "Files of the daily audit export are kept so long."),
    Setting("CS_AGENT_EXPORT_DIR", "", str, "Folder of the daily audit export; empty = exports in the data directory."),
    Setting(
        "CS_AGENT_ANCHOR_DIR",
        "",
        str,
        "Folder of the daily anchors of the audit chain, best an append-only one (docs/evidence.md); "
        "empty = anchors in the data directory.",
    ),
    Setting(
        "CS_AGENT_ANCHOR_STORE",
        "tickets.services.evidence.anchors.WriteOnceDirectory",
        dotted_path,
        "Class that keeps the anchors, for places other than a directory.",
    ),
    Setting(
        "CS_AGENT_ROBOTS",
        {},
        named_paths,
        "Robots that flows may fall back on, e.g. uipath=company.robots.UiPath (docs/flows.md); empty = none.",
    ),
    Setting(
        "CS_AGENT_OTLP_ENDPOINT",
        "",
        url("http", "https"),
        "Address of an OpenTelemetry collector (HTTP, e.g. http://127.0.0.1:4318) that gets a trace of every run; "
        "empty = none. Needs the extra `cs-agent[otlp]`.",
    ),
    Setting(
        "CS_AGENT_CHROMIUM",
        "",
        existing_file,
        "Chromium for the virtual phone; empty = Playwright's own or the system's.",
    ),
)
