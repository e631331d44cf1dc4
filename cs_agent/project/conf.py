"""Every setting of the product: read once from the environment, validated, and described in one table.

Rule: an unknown `CS_AGENT_…` variable or a malformed value stops the start with a message that names it.
`docs/settings.md` lists the same table; a test keeps the two together.
"""

from __future__ import annotations

import base64
import json
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cs_agent.vision.personal_data.kinds import DOCUMENTS, SECRETS, DataKind

BASE_DIR = Path(__file__).resolve().parents[2]
# In the checkout, templates, static files and fixtures lie at its top; in an installed wheel, inside the package.
_PACKED = BASE_DIR / "cs_agent" / "assets"
INSTALLED = _PACKED.is_dir()
ASSETS = _PACKED if INSTALLED else BASE_DIR
DEMO_SECRET = "demo-only-secret-key-never-use-it-in-production-0123456789"  # noqa: S105 - refused in production
# Dotted paths that settings of the release before may name, and where their classes are now.
MOVED = {"tickets.services.anchors.WriteOnceDirectory": "tickets.services.evidence.anchors.WriteOnceDirectory"}
_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}
_HIDDEN = {"CS_AGENT_SECRETS_KEYS"}  # values that no message may show


class SettingError(ValueError):
    """An unusable variable; the message names it and says what is expected."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable. `read` turns its text into a value or raises ValueError with what is expected."""

    name: str
    default: Any
    read: Callable[[str], Any]
    help: str


def _bool(text: str) -> bool:
    if text.lower() in _TRUE:
        return True
    if text.lower() in _FALSE:
        return False
    raise ValueError("write true or false")


def _between(low: float, high: float, kind: type = int) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        value = kind(text)
        if not low <= value <= high:
            raise ValueError(f"write a number from {low:g} to {high:g}")
        return value

    return read


def _url(*schemes: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        parts = urlsplit(text)
        if parts.scheme not in schemes:
            raise ValueError(f"write an address that starts with {' or '.join(s + '://' for s in schemes)}")
        return text

    return read


def _one_of(*choices: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in choices:
            raise ValueError(f"write one of: {', '.join(choices)}")
        return text

    return read


def _list(text: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in text.split(",") if item.strip())


def _named_paths(text: str) -> dict[str, str]:
    found = {}
    for item in _list(text):
        name, _equals, path = (part.strip() for part in item.partition("="))
        if not name or len(name) > 60 or name in found:
            raise ValueError("write name=package.module.Class, each name once, with commas between")
        found[name] = _dotted(path)
    return found


def _networks(text: str) -> tuple[str, ...]:
    for item in _list(text):
        try:
            ip_network(item)
        except ValueError as error:
            raise ValueError("write addresses or networks such as 10.0.0.5 or 10.0.0.0/24") from error
    return _list(text)


def _kinds(text: str) -> tuple[str, ...]:
    """Kinds of personal data; `none` hides nothing."""
    known = {kind.value for kind in DataKind}
    kinds = () if text == "none" else _list(text)
    if not set(kinds) <= known:
        raise ValueError(f"write none, or some of: {', '.join(sorted(known))}")
    return kinds


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ValueError, ZoneInfoNotFoundError, OSError) as error:  # OSError: the name of a folder of zones
        raise ValueError("write the name of a time zone such as Asia/Shanghai") from error
    return text


def _dotted(text: str) -> str:
    if not all(part.isidentifier() for part in text.split(".")) or "." not in text:
        raise ValueError("write a dotted path such as package.module.Class")
    if text in MOVED:
        warnings.warn(f"{text} is now {MOVED[text]}; the next release knows the new path only", stacklevel=2)
    return MOVED.get(text, text)


def _file(text: str) -> str:
    if text and not Path(text).is_file():
        raise ValueError("write the path of a file that exists")
    return text


def _fernet_keys(text: str) -> tuple[str, ...]:
    """Keys of the secret store; the first one encrypts."""
    keys = _list(text)
    for key in keys:
        try:
            fine = len(base64.urlsafe_b64decode(key)) == 32
        except ValueError:
            fine = False
        if not fine:
            raise ValueError("write keys made by the command `secrets new-key`, comma separated, the newest first")
    return keys


def _app_names(text: str) -> str:
    """The path; its content is validated at start, so that mistakes do not surface during a run."""
    path = Path(_file(text))
    try:
        names = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        names = None
    if not isinstance(names, dict) or not all(isinstance(package, str) for package in names.values()):
        raise ValueError('write one JSON object such as {"售后系统": "com.example.aftersales"} into it')
    return str(path)


_port = _between(1, 65535)
_DATABASES = ("sqlite", "postgres", "postgresql")
_ALL_KINDS = tuple(kind.value for kind in DataKind)

SETTINGS: tuple[Setting, ...] = (
    Setting("SECRET_KEY", "", str, "Signs sessions and manifests. Required in production: 50 random characters."),
    Setting(
        "CS_AGENT_SECRETS_KEYS",
        (),
        _fernet_keys,
        "Keys that encrypt stored secrets, comma separated, newest first; `manage.py secrets new-key` makes one.",
    ),
    Setting(
        "CS_AGENT_ENCRYPT_FILES",
        False,
        _bool,
        "Encrypt new attachments on the disk under CS_AGENT_SECRETS_KEYS; `manage.py secrets seal-files` does the "
        "old ones.",
    ),
    Setting("DATABASE_URL", "", _url(*_DATABASES), "Database; empty = SQLite (WAL) in the data directory."),
    Setting("REDIS_URL", "", _url("redis", "rediss"), "Redis; empty = the embedded server on the Redis port."),
    Setting(
        "CS_AGENT_MODE",
        "demo",
        _one_of("demo", "production", "test"),
        "demo is loud and has demo accounts; production refuses them.",
    ),
    Setting(
        "CS_AGENT_TIME_ZONE", "Asia/Shanghai", _zone, "Zone of the times that people see, and of the demo's phones."
    ),
    Setting("CS_AGENT_DEBUG", False, _bool, "Django's debug pages; refused in production."),
    Setting(
        "CS_AGENT_ALLOWED_HOSTS",
        ("localhost", "127.0.0.1", "[::1]"),
        _list,
        "Host names the web server answers to, comma separated.",
    ),
    Setting(
        "CS_AGENT_CSRF_TRUSTED_ORIGINS",
        (),
        _list,
        "Origins (https://…) that may post forms and open WebSockets, comma separated.",
    ),
    Setting(
        "CS_AGENT_TRUSTED_PROXIES",
        (),
        _networks,
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
    Setting("CS_AGENT_PORT", 8000, _port, "Port of the web server."),
    Setting("CS_AGENT_REDIS_PORT", 6390, _port, "Port of the embedded Redis."),
    Setting("CS_AGENT_PILOT_PORT", 8801, _port, "Port of the pilot in the demo."),
    Setting("CS_AGENT_PHONE_PORT", 5600, _port, "ADB port of the first virtual phone in the demo."),
    Setting("CS_AGENT_PHONES", 1, _between(1, 32), "Number of virtual phones in the demo."),
    Setting(
        "CS_AGENT_CHAOS",
        "",
        str,
        "Faults of the demo's virtual phones from the start, e.g. notification,ignored_taps=6.",
    ),
    Setting("CS_AGENT_BACKOFFICE_PORT", 8700, _port, "Port of the practice apps' back office in the demo."),
    Setting("CS_AGENT_ADB_PORT", 5039, _port, "Port of the adb server that the product starts for itself."),
    Setting(
        "CS_AGENT_ADB_HOST", "127.0.0.1", str, "Host of the adb server; another machine's for phones that hang there."
    ),
    Setting("CS_AGENT_MODEL_BASE_URL", "", _url("http", "https"), "OpenAI-compatible endpoint; empty = the pilot."),
    Setting("CS_AGENT_MODEL_NAME", "pilot", str, "Model name sent to the endpoint, e.g. autoglm-phone-9b."),
    Setting("CS_AGENT_MODEL_API_KEY", "", str, "Key of the endpoint, if it wants one."),
    Setting("CS_AGENT_MODEL_TIMEOUT_S", 60.0, _between(1, 600, float), "Longest wait for one reply, in seconds."),
    Setting(
        "CS_AGENT_MODEL_FAMILY",
        "autoglm",
        _one_of("autoglm", "general"),
        "How the model is spoken to: actions as text (AutoGLM), or tool calls (any other vision model). A model chosen "
        "on the page /models/ goes before all of these.",
    ),
    Setting(
        "CS_AGENT_MODEL_LOCAL",
        True,
        _bool,
        "The endpoint is on the company's own machines; false = redact before sending.",
    ),
    Setting(
        "CS_AGENT_MODEL_COORDINATES", "normalized", _one_of("normalized", "pixel"), "What the model's coordinates mean."
    ),
    Setting(
        "CS_AGENT_MODEL_MAX_PIXELS",
        1_300_000,
        _between(50_000, 20_000_000),
        "Screenshots are scaled down to this many pixels for the model.",
    ),
    Setting(
        "CS_AGENT_MODEL_TOKEN_BUDGET",
        16_000,
        _between(1_000, 1_000_000),
        "Tokens of text in one request; older steps are left out beyond it. Leave room for the picture and the reply.",
    ),
    Setting("CS_AGENT_PROMPT_FILE", "", _file, "File with a system prompt to use instead of the built-in one."),
    Setting("CS_AGENT_MIN_CONFIDENCE", 0.85, _between(0, 1, float), "Below this confidence a human is asked."),
    Setting(
        "CS_AGENT_UNKNOWN_CONFIDENCE",
        "ask_sensitive",
        _one_of("allow", "ask_sensitive", "ask"),
        "What a model without logprobs means for the gate.",
    ),
    Setting("CS_AGENT_MAX_STEPS", 100, _between(1, 1000), "A run that needs more steps is handed to a human."),
    Setting(
        "CS_AGENT_SLICE_S",
        120.0,
        _between(1, 3600, float),
        "A task drives a run at most this long before it goes back to the queue.",
    ),
    Setting(
        "CS_AGENT_LEASE_S",
        30.0,
        _between(5, 600, float),
        "A phone lease that is not renewed for so long is free again.",
    ),
    Setting(
        "CS_AGENT_CONFIRM_DUE_S", 1800.0, _between(30, 86400, float), "A confirmation not answered by then is denied."
    ),
    Setting(
        "CS_AGENT_TAKEOVER_DUE_S",
        900.0,
        _between(30, 86400, float),
        "A takeover that nobody has begun by then is given up: the phone is freed, the ticket waits for a person.",
    ),
    Setting(
        "CS_AGENT_TAKEOVER_WARN_S",
        120.0,
        _between(5, 86400, float),
        "A human who took a phone over and makes no gesture for so long is warned.",
    ),
    Setting(
        "CS_AGENT_TAKEOVER_END_S",
        300.0,
        _between(10, 86400, float),
        "Without a gesture for so long the takeover ends.",
    ),
    Setting(
        "CS_AGENT_TAKEOVER_IDLE_THEN",
        "ask_again",
        _one_of("ask_again", "hand_off"),
        "What then: ask_again keeps the phone as it was left and asks for another takeover; "
        "hand_off ends the run and frees the phone.",
    ),
    Setting(
        "CS_AGENT_CLARIFY_TURNS",
        3,
        _between(1, 3),
        "How often a customer is asked for what a flow lacks, before a person has to see to it.",
    ),
    Setting(
        "CS_AGENT_CLARIFY_DUE_S",
        259200.0,
        _between(60, 31_536_000, float),
        "A customer who has not answered by then is not waited for; an answer that comes later still counts.",
    ),
    Setting("CS_AGENT_WORKER_THREADS", 8, _between(1, 64), "Runs one worker drives at once."),
    Setting("CS_AGENT_QUEUE", "phones", str, "Celery queue of this phone host; its upkeep runs on QUEUE.upkeep."),
    Setting(
        "CS_AGENT_APP_NAMES_FILE",
        "",
        _app_names,
        "JSON file of the installation's own app names, {name: package}; read afresh for every connection.",
    ),
    Setting(
        "CS_AGENT_LOG_FORMAT",
        "words",
        _one_of("words", "json"),
        "How log lines look: words for people, json for a collector, one object a line with its request id.",
    ),
    Setting(
        "CS_AGENT_API_CALLS_PER_MINUTE",
        600,
        _between(1, 1_000_000),
        "Calls of the API that one token may make in a minute.",
    ),
    Setting(
        "CS_AGENT_HOOK_CALLS_PER_MINUTE",
        3000,
        _between(1, 1_000_000),
        "Calls of helpdesks that one connector's address takes in a minute; more are answered 429 with Retry-After.",
    ),
    Setting("CS_AGENT_MAX_UPLOAD_MB", 200, _between(1, 2000), "Largest attachment."),
    Setting(
        "CS_AGENT_REDACT_STORED",
        _ALL_KINDS,
        _kinds,
        "Personal data hidden in recordings, step pictures and step texts, comma separated; a flow may hide more.",
    ),
    Setting(
        "CS_AGENT_REDACT_VIEWERS",
        _ALL_KINDS,
        _kinds,
        "Personal data hidden in the live view of people who may not decide on confirmations.",
    ),
    Setting(
        "CS_AGENT_REDACT_MODEL",
        tuple(kind.value for kind in DataKind if kind in SECRETS | DOCUMENTS),
        _kinds,
        "Personal data hidden from the model where CS_AGENT_MODEL_LOCAL is false.",
    ),
    Setting(
        "CS_AGENT_RECORD_MIN_FREE_MB",
        200,
        _between(1, 1_000_000),
        "Room that must be left where recordings are kept; with less, sensitive steps stop.",
    ),
    Setting(
        "CS_AGENT_KEEP_AUDIT_DAYS",
        1096,
        _between(180, 36500),
        "Audit events are kept so long; what was written before a change keeps its date.",
    ),
    Setting("CS_AGENT_KEEP_RECORDINGS_DAYS", 180, _between(1, 36500), "Recordings of ended runs are kept so long."),
    Setting(
        "CS_AGENT_KEEP_PICTURES_DAYS",
        90,
        _between(1, 36500),
        "Pictures of steps, confirmations and questions are kept so long after their run.",
    ),
    Setting(
        "CS_AGENT_KEEP_EXPORTS_DAYS", 1096, _between(1, 36500), "Files of the daily audit export are kept so long."
    ),
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
        _dotted,
        "Class that keeps the anchors, for places other than a directory.",
    ),
    Setting(
        "CS_AGENT_ROBOTS",
        {},
        _named_paths,
        "Robots that flows may fall back on, e.g. uipath=company.robots.UiPath (docs/flows.md); empty = none.",
    ),
    Setting(
        "CS_AGENT_OTLP_ENDPOINT",
        "",
        _url("http", "https"),
        "Address of an OpenTelemetry collector (HTTP, e.g. http://127.0.0.1:4318) that gets a trace of every run; "
        "empty = none. Needs the extra `cs-agent[otlp]`.",
    ),
    Setting(
        "CS_AGENT_CHROMIUM", "", _file, "Chromium for the virtual phone; empty = Playwright's own or the system's."
    ),
)


def load(environ: Mapping[str, str]) -> dict[str, Any]:
    """Values by variable name; SettingError names what is wrong."""
    _refuse_unknown(environ)
    values = {setting.name: _value(setting, environ.get(setting.name, "")) for setting in SETTINGS}
    _refuse_unsafe(values)
    return values


def _refuse_unknown(environ: Mapping[str, str]) -> None:
    known = {setting.name for setting in SETTINGS}
    for name in sorted(environ):
        if name.startswith("CS_AGENT_") and name not in known:
            raise SettingError(f"{name} is not a setting of cs_agent; docs/settings.md lists them all")


def _value(setting: Setting, text: str) -> Any:
    if not text:
        return setting.default
    try:
        return setting.read(text)
    except ValueError as error:
        shown = "" if setting.name in _HIDDEN else f"={text!r}"
        raise SettingError(f"{setting.name}{shown} cannot be used: {error}") from error


def _refuse_unsafe(values: dict[str, Any]) -> None:
    if values["CS_AGENT_MODE"] != "production":
        values["SECRET_KEY"] = values["SECRET_KEY"] or DEMO_SECRET
        return
    if values["SECRET_KEY"] in {"", DEMO_SECRET} or len(values["SECRET_KEY"]) < 50:
        raise SettingError(
            "SECRET_KEY must be at least 50 characters of your own in production mode; `cs-agent keys` makes one"
        )
    if values["CS_AGENT_DEBUG"]:
        raise SettingError("CS_AGENT_DEBUG must be false in production mode")
