"""Calls that come encrypted as a whole: of 飞书 with an Encrypt Key, of 钉钉 and of 企业微信's apps.

Rule: opened only for who has the keys of the set-up, and used only if the signature beside it is right.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

from integrations.connectors.errors import Refused
from integrations.connectors.generic import bodies
from integrations.connectors.protocol import Incoming
from integrations.connectors.wire import encryption, signatures
from tickets.said import gettext_said as _

LARK, DINGTALK = "lark", "dingtalk"
KINDS = (LARK, DINGTALK)
_SIGNATURES = ("signature", "msg_signature")  # 钉钉's name and WeCom's


def opened(kind: str, key: str, aes_key: str, incoming: Incoming) -> Incoming:
    """The call with what it says in plain; Refused for one that is not from who has the keys."""
    if not key:
        raise Refused(_("还没有填写签名密钥。"))
    return _of_lark(key, incoming) if kind == LARK else _of_dingtalk(key, aes_key, incoming)[0]


def answer(text: str, key: str, aes_key: str, incoming: Incoming) -> str:
    """As 钉钉 wants it: encrypted and signed as the call was. Others take the plain text."""
    if bodies.sealed_part(incoming) is None or not incoming.body.lstrip().startswith(b"{"):
        return text
    _plain, receiver = _of_dingtalk(key, aes_key, incoming)
    sealed = encryption.as_wecom((text or "success").encode(), receiver, aes_key)
    stamp, nonce = incoming.query.get("timestamp", ""), incoming.query.get("nonce", "")
    made = encryption.signature_of(key, stamp, nonce, sealed)
    return json.dumps({"msg_signature": made, "timeStamp": stamp, "nonce": nonce, "encrypt": sealed})


def echo(key: str, aes_key: str, incoming: Incoming) -> str:
    """What WeCom wants to see again when it tries the address; "" where it asks nothing."""
    sealed = incoming.query.get("echostr", "")
    return _unsealed(sealed, key, aes_key, incoming)[0].decode("utf-8", "replace") if sealed else ""


def _of_lark(key: str, incoming: Incoming) -> Incoming:
    """The trial of the address is not signed; that the key opens it, or that it says nothing, has to do."""
    sealed = bodies.sealed_part(incoming)
    plain = encryption.of_lark(sealed, key) if sealed is not None else incoming.body
    if plain is None:
        raise Refused(_("无法解密:核对飞书“加密策略”里的 Encrypt Key。"))
    found = replace(incoming, body=plain)
    if not is_trial(found):
        stamp, nonce = (incoming.headers.get(f"x-lark-request-{name}", "") for name in ("timestamp", "nonce"))
        made = hashlib.sha256(f"{stamp}{nonce}{key}".encode() + incoming.body).hexdigest()
        if not signatures.same(incoming.headers.get("x-lark-signature", ""), made):
            raise Refused(_("X-Lark-Signature 不对:核对飞书“加密策略”里的 Encrypt Key。"))
    return found


def is_trial(incoming: Incoming) -> bool:
    """Whether 飞书 only tries the address."""
    try:
        found = incoming.document()
    except Refused:
        return False
    return found.get("type") == "url_verification" and isinstance(found.get("challenge"), str)


def _of_dingtalk(key: str, aes_key: str, incoming: Incoming) -> tuple[Incoming, str]:
    sealed = bodies.sealed_part(incoming)
    if sealed is None:
        raise Refused(_("内容没有加密:核对对方的加密方式,或改选别的证明方式。"))
    plain, receiver = _unsealed(sealed, key, aes_key, incoming)
    return replace(incoming, body=plain, headers={**incoming.headers, "content-type": "application/json"}), receiver


def _unsealed(sealed: str, key: str, aes_key: str, incoming: Incoming) -> tuple[bytes, str]:
    if not aes_key:
        raise Refused(_("还没有填写 EncodingAESKey。"))
    given = next((text for name in _SIGNATURES if (text := incoming.query.get(name, ""))), "")
    stamp, nonce = incoming.query.get("timestamp", ""), incoming.query.get("nonce", "")
    if not signatures.same(given, encryption.signature_of(key, stamp, nonce, sealed)):
        raise Refused(_("地址里的签名不对:核对两边的 Token(填在“签名密钥”里)。"))
    found = encryption.of_wecom(sealed, aes_key)
    if found is None:
        raise Refused(_("无法解密:核对 EncodingAESKey。"))
    return found
