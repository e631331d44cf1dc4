"""The first request of a Zendesk sidebar app: a POST with a token that Zendesk signed under the app's key (RS256).

Rule: the token shows that the frame is in this Zendesk, once; which ticket it is and who looks is not in it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from urllib.parse import urlsplit

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.utils import timezone

from tickets.services.panels.entries import LONGEST_PROOF
from tickets.services.panels.links import Fault, LinkRefused

CLOCKS_DIFFER_S = 30
LONGEST_TOKEN = 8000


def is_public_key(text: str) -> bool:
    try:
        return isinstance(load_pem_public_key(text.encode()), RSAPublicKey)
    except (ValueError, UnsupportedAlgorithm):
        return False


def admit(key: str, audience: str, given: Mapping[str, str]) -> str:
    """LinkRefused unless `token` is genuine, for this installation and now; its digest, to be taken once."""
    token = given.get("token", "")
    if not token or len(token) > LONGEST_TOKEN:
        raise LinkRefused(Fault.UNPROVEN)
    host = urlsplit(audience).netloc
    try:
        claims = jwt.decode(
            token,
            key,
            algorithms=["RS256"],
            audience=audience,
            issuer=[host, f"https://{host}"],
            leeway=CLOCKS_DIFFER_S,
            options={"require": ["exp", "iat", "aud", "iss"]},
        )
        too_long = int(claims["exp"]) - timezone.now().timestamp() > LONGEST_PROOF.total_seconds()
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError) as error:
        raise LinkRefused(Fault.UNPROVEN) from error
    if too_long:  # it would still be good when we no longer remember it
        raise LinkRefused(Fault.UNPROVEN)
    signed, _, _signature = token.rpartition(".")  # a signature can be written in several ways, what it signs in one
    return hashlib.sha256(signed.encode()).hexdigest()
