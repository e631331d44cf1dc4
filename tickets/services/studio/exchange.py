"""Flows carried from one installation to another: a version with its route in one signed file, imported as a draft.

Rule: nothing is imported that was changed on the way or that nobody here has agreed to believe, and nothing that is
imported runs before it was rehearsed and reviewed here. The signature (Ed25519) is over exactly the bytes read.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cs_agent.engine.routes.values import Route, RouteError
from tickets.errors import Conflict, Invalid, NotFound, ServiceError
from tickets.flows.definition import current_shape
from tickets.models import FlowDraft, FlowTemplate, FlowVersion, TrustedSigner
from tickets.permissions import Permission, require
from tickets.services import secret_store
from tickets.services.evidence import audit
from tickets.services.flows import drafts, templates
from tickets.web.given import MOST_WHOLE, read_json

FORMAT, VERSION = "cs-agent-flow", 1
MAX_BYTES = 2_000_000
_SECRET = "flows/signing-key"  # noqa: S105 - its name
_KEY_BYTES = 32


class Refused(ServiceError):
    """A file that is not imported; `code` says why: no_flow_file, newer_format, tampered, unknown_signer."""

    code = "no_flow_file"
    status = 422


@dataclass(frozen=True, slots=True)
class Package:
    """What a file holds once its signature was found to be good."""

    content: dict[str, Any]
    signer: str  # public key, base64

    @property
    def flow(self) -> dict[str, Any]:
        return dict(self.content["flow"])


def own_key() -> str:
    """This installation's public key, in base64; empty before the first export."""
    return _public(_private()) if secret_store.has(_SECRET) else ""


def make_key(user: Any) -> str:
    """The public key that other installations are given; made now where there is none yet."""
    require(user, Permission.EDIT_FLOWS)
    with transaction.atomic():
        if not secret_store.has(_SECRET):
            secret_store.put(_SECRET, _text(Ed25519PrivateKey.generate().private_bytes_raw()), user=user)
    return own_key()


def fingerprint(public_key: str) -> str:
    """Short enough to be read out on the telephone: 5f3a-91c0-…"""
    digest = hashlib.sha256(public_key.encode()).hexdigest()[:16]
    return "-".join(digest[i : i + 4] for i in range(0, 16, 4))


def export(version: FlowVersion, user: Any) -> bytes:
    """The version as a signed file."""
    make_key(user)
    template = version.template
    content = {
        "flow": {"slug": template.slug, "name": template.name, "name_en": template.name_en},
        "description": template.description,
        "description_en": template.description_en,
        "number": version.number,
        "definition": version.definition,
        "route": version.route,
        "exported_at": timezone.now().isoformat(timespec="seconds"),
    }
    payload = json.dumps(content, ensure_ascii=False, sort_keys=True).encode()
    key = _private()
    sealed = {
        "format": FORMAT,
        "version": VERSION,
        "signer": _public(key),
        "signature": _text(key.sign(payload)),
        "payload": _text(payload),
    }
    details = {"template": template.slug, "number": version.number, "sha256": hashlib.sha256(payload).hexdigest()}
    audit.record("flow.exported", user=user, obj=version, flow_version=str(version), details=details)
    return json.dumps(sealed, indent=1).encode()


def opened(data: bytes) -> Package:
    """The file's content, its signature checked; Refused says in words why not."""
    sealed = _sealed(data)
    if sealed.get("version") != VERSION:
        raise Refused(_("这个文件是另一版本的系统导出的,这里读不了;请先升级。"), code="newer_format")
    try:
        payload, signature = _bytes(sealed["payload"]), _bytes(sealed["signature"])
        Ed25519PublicKey.from_public_bytes(_bytes(sealed["signer"])).verify(signature, payload)
        content = read_json(payload.decode())
    except (InvalidSignature, KeyError, TypeError, ValueError) as error:
        raise Refused(_("文件在导出后被改动或已损坏,签名不符,没有导入。"), code="tampered") from error
    signer = str(sealed["signer"])
    if not _is_trusted(signer):
        words = _("签名者不在可信名单里(指纹 %s)。请向对方核对指纹,再由管理员把它加为可信的安装。")
        raise Refused(words % fingerprint(signer), code="unknown_signer", fingerprint=fingerprint(signer))
    return Package(_checked(content), signer)


def take_in(data: bytes, user: Any) -> FlowDraft:
    """Import the file as the draft of its flow, which is made where there is none of that short name."""
    require(user, Permission.EDIT_FLOWS)
    package = opened(data)
    flow = package.flow
    with transaction.atomic():
        template = FlowTemplate.objects.filter(slug=flow["slug"]).first() or _new_template(package, user)
        draft = drafts.open_draft(template, user)
        if draft.author_id != user.pk or draft.revision > 1:
            words = _("流程“%s”已有一份正在编辑的草稿;请先生成版本或放弃它,再导入。")
            raise Conflict(words % template.name, code="draft_open")
        note = _("导入自 %(who)s 的 v%(n)s") % {"who": name_of(package.signer), "n": package.content["number"]}
        definition = current_shape(package.content["definition"])
        route = package.content["route"] or Route().to_json()
        draft = drafts.save(draft, definition, user, revision=draft.revision, note=note, route=route)
        details = {"template": template.slug, "from": fingerprint(package.signer), "number": package.content["number"]}
        audit.record("flow.imported", user=user, obj=draft, details=details)
    return draft


def trust(user: Any, name: str, public_key: str) -> TrustedSigner:
    """Believe another installation's signature from now on."""
    require(user, Permission.MANAGE_INTEGRATIONS)
    name, public_key = name.strip(), public_key.strip()
    if not name or len(name) > 80:
        raise Invalid(_("请写明这是哪个安装。"))
    try:
        is_key = len(_bytes(public_key)) == _KEY_BYTES
    except (ValueError, TypeError):
        is_key = False
    if not is_key:
        raise Invalid(_("这不是一个公钥:请粘贴对方“导出与导入”里显示的公钥。"), code="no_key")
    try:
        with transaction.atomic():
            row, made = TrustedSigner.objects.get_or_create(
                public_key=public_key, defaults={"name": name, "trusted_by": user}
            )
            if not made:
                row.name, row.trusted_by, row.withdrawn_at = name, user, None
                row.save()
            details = {"name": name, "fingerprint": fingerprint(public_key)}
            audit.record("signer.trusted", user=user, obj=row, details=details)
    except IntegrityError as error:
        raise Conflict from error
    return row


def withdraw(signer: TrustedSigner, user: Any) -> None:
    """Believe it no more; what was imported stays."""
    require(user, Permission.MANAGE_INTEGRATIONS)
    with transaction.atomic():
        if not TrustedSigner.objects.filter(pk=signer.pk, withdrawn_at=None).update(withdrawn_at=timezone.now()):
            raise NotFound
        details = {"name": signer.name, "fingerprint": fingerprint(signer.public_key)}
        audit.record("signer.withdrawn", user=user, obj=signer, details=details)


def name_of(public_key: str) -> str:
    row = TrustedSigner.objects.filter(public_key=public_key).first()
    return row.name if row else _("本安装")


def _sealed(data: bytes) -> dict[str, Any]:
    words = _("这不是导出的流程文件。")
    if len(data) > MAX_BYTES:
        raise Refused(_("文件超过 2 MB,不是导出的流程文件。"))
    try:
        sealed = read_json(data.decode())
    except ValueError as error:
        raise Refused(words) from error
    if not isinstance(sealed, dict) or sealed.get("format") != FORMAT:
        raise Refused(words)
    return sealed


def _checked(content: Any) -> dict[str, Any]:
    """A signed file may still come from a faulty program: its parts are what they must be, or it is no flow."""
    try:
        Route.from_json(content["route"])
        named = [content["flow"][key] for key in ("slug", "name", "name_en")]
        sound = all(isinstance(text, str) for text in named) and isinstance(content["definition"], dict)
        number = content["number"]
        if not sound or not isinstance(number, int) or not 0 < number <= MOST_WHOLE:
            raise ValueError("parts of another kind")
    except (KeyError, TypeError, ValueError, RouteError) as error:
        raise Refused(_("文件里的流程或路线读不出来:%s") % error) from error
    return dict(content)


def _new_template(package: Package, user: Any) -> FlowTemplate:
    flow = package.flow
    template = templates.create(user, name=flow["name"], slug=flow["slug"])
    template.name_en = flow["name_en"][:80]
    for key in ("description", "description_en"):
        words = package.content.get(key)
        setattr(template, key, words if isinstance(words, str) else "")
    template.save(update_fields=["name_en", "description", "description_en"])
    return template


def _is_trusted(public_key: str) -> bool:
    own = secret_store.has(_SECRET) and own_key() == public_key
    return own or TrustedSigner.objects.filter(public_key=public_key, withdrawn_at=None).exists()


def _private() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(_bytes(secret_store.get(_SECRET)))


def _public(key: Ed25519PrivateKey) -> str:
    return _text(key.public_key().public_bytes_raw())


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    """ValueError for what is no base64 (binascii.Error is one)."""
    return base64.b64decode(text, validate=True)
