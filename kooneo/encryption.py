"""Secrets at rest: AES-256-GCM, bound to the row they belong to.

A stored secret is `1.<key id>.<nonce and ciphertext>`. The context (a merchant's id) is authenticated with it: a ciphertext
moved to another merchant does not decrypt. The first key encrypts, all of them decrypt, so that keys can be rotated.
"""

import base64
import hashlib
import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12


class DecryptionError(Exception):
    """No key opens it, or it was not made for this context."""


class Vault:
    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = {key_id(key): AESGCM(key) for key in keys}
        self._current = key_id(keys[0])

    def encrypt(self, secret: str, context: str) -> str:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = nonce + self._keys[self._current].encrypt(nonce, secret.encode(), context.encode())
        return self.mark + base64.urlsafe_b64encode(sealed).decode()

    @property
    def mark(self) -> str:
        """What begins everything that the first key encrypts."""
        return f"1.{self._current}."

    def decrypt(self, stored: str, context: str) -> str:
        """Raises DecryptionError."""
        try:
            version, key, sealed = stored.split(".")
            data = base64.urlsafe_b64decode(sealed)
            if version != "1":
                raise DecryptionError("unknown version")
            return self._keys[key].decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], context.encode()).decode()
        except (KeyError, ValueError, InvalidTag) as error:
            raise DecryptionError("this secret cannot be decrypted with the keys at hand") from error


def key_id(key: bytes) -> str:
    return hashlib.sha256(key).hexdigest()[:8]
