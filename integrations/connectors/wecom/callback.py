"""What WeCom sends to us: signed, encrypted XML. Pure: bytes in, values out or Refused.

Rule: the signature is checked before anything is decrypted or parsed, and what was decrypted must be for our company.
XML is read without entities, document types or the network.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from integrations.connectors.errors import Refused
from integrations.connectors.wire import signatures, xml
from tickets.said import gettext_said as _

_BLOCK = 32  # bytes; WeCom pads to twice the cipher's own block
_HEAD = 20  # 16 random bytes and the length


def signature_of(token: str, timestamp: str, nonce: str, encrypted: str) -> str:
    return hashlib.sha1("".join(sorted([token, timestamp, nonce, encrypted])).encode()).hexdigest()  # noqa: S324 - theirs


def check(query: Mapping[str, str], token: str, encrypted: str) -> None:
    made = signature_of(token, query.get("timestamp", ""), query.get("nonce", ""), encrypted)
    if not token or not signatures.same(query.get("msg_signature", ""), made):
        raise Refused(_("msg_signature 不对:核对两边的 Token。"))


def decrypted(encrypted: str, aes_key: str, company: str) -> bytes:
    """Refused for another key, a broken text, or a text for another company."""
    refused = Refused(_("无法解密:核对 EncodingAESKey。"))
    try:
        key, sealed = base64.b64decode(aes_key + "=", validate=True), base64.b64decode(encrypted, validate=True)
        decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
        padded = decryptor.update(sealed) + decryptor.finalize()
    except (ValueError, binascii.Error) as error:
        raise refused from error
    if not padded or not 1 <= padded[-1] <= _BLOCK or len(padded) < _HEAD + padded[-1]:
        raise refused
    plain = padded[: -padded[-1]]
    end = _HEAD + int.from_bytes(plain[16:_HEAD], "big")
    if end > len(plain):
        raise refused
    if plain[end:].decode("utf-8", "replace") != company:
        raise Refused(_("这个调用属于另一家企业:核对企业 ID。"))
    return plain[_HEAD:end]


def fields_of(body: bytes) -> dict[str, str]:
    """The texts below the root by name; Refused for what is no XML."""
    return {each.tag: each.text or "" for each in xml.root_of(body) if isinstance(each.tag, str)}
