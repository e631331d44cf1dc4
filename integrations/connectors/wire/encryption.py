"""Opens and makes bodies that are encrypted as a whole, as 飞书 does, and as 企业微信 and 钉钉 do. Pure; None for what
no key opens.

Rule: encryption proves nothing by itself; who calls is proven by a signature beside it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_BLOCK = 32  # bytes; WeCom pads to twice the cipher's own block
_HEAD = 20  # 16 random bytes and the length


def signature_of(token: str, timestamp: str, nonce: str, encrypted: str) -> str:
    """Of WeCom and 钉钉."""
    return hashlib.sha1("".join(sorted([token, timestamp, nonce, encrypted])).encode()).hexdigest()  # noqa: S324 - theirs


def of_wecom(encrypted: str, aes_key: str) -> tuple[bytes, str] | None:
    """The message, and for whom it is (a company, or an app's key)."""
    try:
        key, sealed = base64.b64decode(aes_key + "=", validate=True), base64.b64decode(encrypted, validate=True)
        decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
        padded = decryptor.update(sealed) + decryptor.finalize()
    except (ValueError, binascii.Error):
        return None
    if not padded or not 1 <= padded[-1] <= _BLOCK or len(padded) < _HEAD + padded[-1]:
        return None
    plain = padded[: -padded[-1]]
    end = _HEAD + int.from_bytes(plain[16:_HEAD], "big")
    return (plain[_HEAD:end], plain[end:].decode("utf-8", "replace")) if end <= len(plain) else None


def as_wecom(message: bytes, receiver: str, aes_key: str) -> str:
    """What `of_wecom` opens again."""
    key = base64.b64decode(aes_key + "=")
    plain = os.urandom(16) + len(message).to_bytes(4, "big") + message + receiver.encode()
    fill = _BLOCK - len(plain) % _BLOCK
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(encryptor.update(plain + bytes([fill]) * fill) + encryptor.finalize()).decode()


def of_lark(encrypted: str, encrypt_key: str) -> bytes | None:
    """AES-256 under the digest of the Encrypt Key; the first block is the initial vector."""
    try:
        sealed = base64.b64decode(encrypted, validate=True)
        cipher = Cipher(algorithms.AES(hashlib.sha256(encrypt_key.encode()).digest()), modes.CBC(sealed[:16]))
        decryptor, unpadder = cipher.decryptor(), padding.PKCS7(128).unpadder()
        padded = decryptor.update(sealed[16:]) + decryptor.finalize()
        return unpadder.update(padded) + unpadder.finalize()
    except (ValueError, binascii.Error):
        return None
