"""What WeCom sends to us: signed, encrypted XML. Pure: bytes in, values out or Refused.

Rule: the signature is checked before anything is decrypted or parsed, and what was decrypted must be for our company.
XML is read without entities, document types or the network.
"""

from __future__ import annotations

from collections.abc import Mapping

from integrations.connectors.errors import Refused
from integrations.connectors.wire import encryption, signatures, xml
from tickets.said import gettext_said as _


def check(query: Mapping[str, str], token: str, encrypted: str) -> None:
    made = encryption.signature_of(token, query.get("timestamp", ""), query.get("nonce", ""), encrypted)
    if not token or not signatures.same(query.get("msg_signature", ""), made):
        raise Refused(_("msg_signature 不对:核对两边的 Token。"))


def decrypted(encrypted: str, aes_key: str, company: str) -> bytes:
    """Refused for another key, a broken text, or a text for another company."""
    found = encryption.of_wecom(encrypted, aes_key)
    if found is None:
        raise Refused(_("无法解密:核对 EncodingAESKey。"))
    message, receiver = found
    if receiver != company:
        raise Refused(_("这个调用属于另一家企业:核对企业 ID。"))
    return message


def fields_of(body: bytes) -> dict[str, str]:
    """The texts below the root by name; Refused for what is no XML."""
    return {each.tag: each.text or "" for each in xml.root_of(body) if isinstance(each.tag, str)}
