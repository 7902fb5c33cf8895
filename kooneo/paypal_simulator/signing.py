"""The key with which notifications are signed, and its certificate: made once, and kept in the simulator's file."""

import base64
import hashlib
import sqlite3
import uuid
import zlib
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from kooneo import clock

ALGORITHM = "SHA256withRSA"
_NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "messageverificationcerts.paypal.com")])
_IN_FORCE = timedelta(days=3650)


@dataclass(frozen=True)
class Signer:
    key: RSAPrivateKey
    certificate: str
    """PEM."""

    @property
    def certificate_id(self) -> str:
        return f"CERT-{hashlib.sha256(self.certificate.encode()).hexdigest()[:16]}"

    def headers(self, body: bytes, webhook_id: str, root: str, *, forged: bool = False) -> dict[str, str]:
        """What PayPal sends beside the body; a forged one is signed for another body."""
        transmission_id = str(uuid.uuid4())
        time = clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
        signed = _signed(transmission_id, time, webhook_id, body + b"forged" if forged else body)
        return {
            "PAYPAL-TRANSMISSION-ID": transmission_id,
            "PAYPAL-TRANSMISSION-TIME": time,
            "PAYPAL-TRANSMISSION-SIG": base64.b64encode(self.key.sign(signed, PKCS1v15(), SHA256())).decode(),
            "PAYPAL-CERT-URL": f"{root}/v1/notifications/certs/{self.certificate_id}",
            "PAYPAL-AUTH-ALGO": ALGORITHM,
        }

    def signed(self, transmission_id: str, time: str, webhook_id: str, signature: str, body: bytes) -> bool:
        try:
            given = base64.b64decode(signature, validate=True)
            message = _signed(transmission_id, time, webhook_id, body)
            self.key.public_key().verify(given, message, PKCS1v15(), SHA256())
        except (InvalidSignature, ValueError):
            return False
        return True


def _signed(transmission_id: str, time: str, webhook_id: str, body: bytes) -> bytes:
    return f"{transmission_id}|{time}|{webhook_id}|{zlib.crc32(body)}".encode()


def signer(db: sqlite3.Connection) -> Signer:
    record = db.execute("SELECT * FROM signing").fetchone()
    if record is None:
        record = _make()
        db.execute("INSERT INTO signing VALUES (1, :key, :certificate)", record)
    return Signer(_loaded(record["key"]), record["certificate"])


@lru_cache(maxsize=8)
def _loaded(key: str) -> RSAPrivateKey:
    """Checking a key takes as long as ten signatures."""
    loaded = load_pem_private_key(key.encode(), None)
    assert isinstance(loaded, RSAPrivateKey)  # noqa: S101 - for the types: it is what _make wrote
    return loaded


def _make() -> dict[str, str]:
    key, at = generate_private_key(65537, 2048), clock.now()
    certificate = x509.CertificateBuilder(
        _NAME, _NAME, key.public_key(), x509.random_serial_number(), at - _IN_FORCE, at + _IN_FORCE
    ).sign(key, SHA256())
    return {
        "key": key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
        "certificate": certificate.public_bytes(Encoding.PEM).decode(),
    }
