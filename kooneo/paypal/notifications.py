"""PayPal's notifications (webhooks): whether one is PayPal's, and meant for the address that it came to.

PayPal signs `transmission id|time|webhook id|CRC32 of the body` with RSA and SHA-256.
https://developer.paypal.com/api/rest/webhooks/rest/#verify-event-notifications

The CRC32 binds the body only weakly. So what a notification says of a subscription is never believed: PayPal is asked.
"""

import base64
import binascii
import json
import re
import zlib
from dataclasses import dataclass
from typing import Any, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

ALGORITHM = "SHA256withRSA"

# PayPal's OpenAPI file gives the lengths, but for the signature: 500 would not hold one of a 4096-bit key.
_HEADERS = {
    "Paypal-Transmission-Id": re.compile(r"[A-Za-z0-9-]{1,50}"),
    "Paypal-Transmission-Time": re.compile(r"[0-9TtZz:.+-]{1,100}"),
    "Paypal-Transmission-Sig": re.compile(r"[A-Za-z0-9+/=]{1,1000}"),
    "Paypal-Cert-Url": re.compile(r"[!-~]{1,500}"),
    "Paypal-Auth-Algo": re.compile(re.escape(ALGORITHM)),
}


class Headers(Protocol):
    """Whose names are found however they are written."""

    def get(self, name: str, default: str) -> str: ...


class Forged(Exception):
    """Not PayPal's, or not for this address. Its text is safe to log."""


@dataclass(frozen=True)
class Transmission:
    """One notification as it arrived. `body` is untouched: PayPal signed these bytes."""

    transmission_id: str
    time: str
    signature: str
    certificate_url: str
    body: bytes

    @classmethod
    def read(cls, headers: Headers, body: bytes) -> "Transmission":
        """Raises Forged when a header is missing or cannot be PayPal's."""
        values = {name: headers.get(name, "") for name in _HEADERS}
        for name, value in values.items():
            if not _HEADERS[name].fullmatch(value):
                raise Forged(f"{name} {'is not as PayPal writes it' if value else 'is missing'}")
        transmission_id, time, signature, certificate_url, _algorithm = values.values()
        return cls(transmission_id, time, signature, certificate_url, body)

    def check(self, webhook_id: str, key: RSAPublicKey) -> None:
        """Raises Forged unless the owner of `key` signed exactly this, for this webhook."""
        signed = f"{self.transmission_id}|{self.time}|{webhook_id}|{zlib.crc32(self.body)}"
        try:
            signature = base64.b64decode(self.signature, validate=True)
            key.verify(signature, signed.encode(), PKCS1v15(), SHA256())
        except (InvalidSignature, binascii.Error):
            raise Forged("the signature does not fit") from None

    def question(self, webhook_id: str) -> bytes:
        """For PayPal's own verification, with the body as it came: written anew it would not fit the signature any more.

        The event stands first and is one JSON object: what is hidden in it cannot take the place of the fields behind it.
        Raises Forged.
        """
        if not isinstance(parsed(self.body), dict):
            raise Forged("the body is no event")
        fields = {
            "auth_algo": ALGORITHM,
            "cert_url": self.certificate_url,
            "transmission_id": self.transmission_id,
            "transmission_sig": self.signature,
            "transmission_time": self.time,
            "webhook_id": webhook_id,
        }
        return b'{"webhook_event":' + self.body + b"," + json.dumps(fields).encode()[1:]


def parsed(body: bytes) -> Any:
    """JSON in UTF-8; None for anything else."""
    try:
        return json.loads(body.decode())
    except (ValueError, RecursionError):
        return None
