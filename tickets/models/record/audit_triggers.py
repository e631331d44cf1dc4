"""Database triggers (SQLite and PostgreSQL) that refuse to change audit events, or to delete them before they expire.

Rule: installing is idempotent. A migration creates them and every `migrate` checks them, so that a restored dump
without them gets them back.
"""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

_EVENTS = "tickets_auditevent"
_HEAD = "tickets_audithead"
_NO = "audit events are append-only"

_SQLITE = (
    f"""CREATE TRIGGER IF NOT EXISTS audit_no_update BEFORE UPDATE ON {_EVENTS}
        BEGIN SELECT RAISE(ABORT, '{_NO}'); END""",
    f"""CREATE TRIGGER IF NOT EXISTS audit_no_delete BEFORE DELETE ON {_EVENTS}
        WHEN OLD.retention_until IS NULL OR OLD.retention_until >= date('now')
        BEGIN SELECT RAISE(ABORT, '{_NO}'); END""",
    # INSERT OR REPLACE deletes without a delete trigger: refuse a row that is there already.
    f"""CREATE TRIGGER IF NOT EXISTS audit_no_replace BEFORE INSERT ON {_EVENTS}
        WHEN EXISTS (SELECT 1 FROM {_EVENTS} WHERE id = NEW.id OR seq = NEW.seq)
        BEGIN SELECT RAISE(ABORT, '{_NO}'); END""",  # noqa: S608 - constants only
    f"""CREATE TRIGGER IF NOT EXISTS audit_head_forward BEFORE UPDATE ON {_HEAD}
        WHEN NEW.seq <> OLD.seq + 1
        BEGIN SELECT RAISE(ABORT, '{_NO}'); END""",
    f"""CREATE TRIGGER IF NOT EXISTS audit_head_stays BEFORE DELETE ON {_HEAD}
        BEGIN SELECT RAISE(ABORT, '{_NO}'); END""",
)
_SQLITE_NAMES = (
    "audit_no_update",
    "audit_no_delete",
    "audit_no_replace",
    "audit_head_forward",
    "audit_head_stays",
)

_POSTGRES = (
    f"""CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '{_NO}' USING ERRCODE = 'insufficient_privilege'; END $$""",
    f"""CREATE OR REPLACE TRIGGER audit_no_change BEFORE UPDATE ON {_EVENTS}
        FOR EACH ROW EXECUTE FUNCTION audit_refuse()""",
    f"""CREATE OR REPLACE TRIGGER audit_no_delete BEFORE DELETE ON {_EVENTS}
        FOR EACH ROW WHEN (OLD.retention_until IS NULL OR OLD.retention_until >= CURRENT_DATE)
        EXECUTE FUNCTION audit_refuse()""",
    f"""CREATE OR REPLACE TRIGGER audit_no_truncate BEFORE TRUNCATE ON {_EVENTS}
        FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()""",
    f"""CREATE OR REPLACE TRIGGER audit_head_forward BEFORE UPDATE ON {_HEAD}
        FOR EACH ROW WHEN (NEW.seq <> OLD.seq + 1) EXECUTE FUNCTION audit_refuse()""",
    f"""CREATE OR REPLACE TRIGGER audit_head_stays BEFORE DELETE ON {_HEAD}
        FOR EACH ROW EXECUTE FUNCTION audit_refuse()""",
    f"""CREATE OR REPLACE TRIGGER audit_head_no_truncate BEFORE TRUNCATE ON {_HEAD}
        FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()""",
)
_POSTGRES_NAMES = {
    _EVENTS: ("audit_no_change", "audit_no_delete", "audit_no_truncate"),
    _HEAD: ("audit_head_forward", "audit_head_stays", "audit_head_no_truncate"),
}


def install(connection: BaseDatabaseWrapper) -> None:
    _run(connection, {"sqlite": _SQLITE, "postgresql": _POSTGRES}[connection.vendor])


def remove(connection: BaseDatabaseWrapper) -> None:
    """For the reverse of the migration and for tests that empty their database."""
    if connection.vendor == "sqlite":
        _run(connection, tuple(f"DROP TRIGGER IF EXISTS {name}" for name in _SQLITE_NAMES))
        return
    drops = [f"DROP TRIGGER IF EXISTS {n} ON {table}" for table, names in _POSTGRES_NAMES.items() for n in names]
    _run(connection, tuple(drops))


def installed(connection: BaseDatabaseWrapper) -> bool:
    """Whether all triggers are installed."""
    wanted = set(_SQLITE_NAMES) if connection.vendor == "sqlite" else {n for ns in _POSTGRES_NAMES.values() for n in ns}
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return wanted <= {name for (name,) in cursor.fetchall()}


def _run(connection: BaseDatabaseWrapper, statements: tuple[str, ...]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
