"""The signed manifest of an exported file: rows, SHA-256, and the ends of the audit chain that it holds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.core import signing

_SALT = "cs_agent.audit_export"


@dataclass(frozen=True, slots=True)
class Manifest:
    """Describes an export; `chain`: sequence number and hash of the first and last event."""

    file: str
    rows: int
    sha256: str
    chain: tuple[tuple[int, str], ...]
    filters: str
    made_by: str
    made_at: str


def check(path: Path) -> str:
    """ "" when the CSV is the one its manifest was signed for; else what is wrong, in words."""
    kept = json.loads(path_of(path).read_text(encoding="utf-8"))
    signature = kept.pop("signature", "")
    if signing.Signer(salt=_SALT).signature(_canonical(kept)) != signature:
        return "the manifest was changed after it was signed"
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return "" if digest == kept["sha256"] else "the file is not the one that was exported"


def chain_range(path: Path) -> tuple[int, int]:
    """The first and last event in an exported file, as its manifest says; (0, 0) for an empty one."""
    chain = json.loads(path_of(path).read_text(encoding="utf-8"))["chain"]
    return (chain[0][0], chain[-1][0]) if chain else (0, 0)


def signed(manifest: Manifest) -> dict[str, Any]:
    kept = json.loads(json.dumps(asdict(manifest)))
    return {**kept, "signature": signing.Signer(salt=_SALT).signature(_canonical(kept))}


def _canonical(kept: Mapping[str, Any]) -> str:
    return json.dumps(kept, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def path_of(path: Path) -> Path:
    return path.with_name(path.name + ".manifest.json")
