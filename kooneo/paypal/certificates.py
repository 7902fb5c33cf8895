"""The certificates with which PayPal signs notifications: fetched from PayPal alone, and kept.

A certificate is PayPal's because it came over verified TLS from a host of PayPal's; it must also be in force and hold a proper
key. Its own chain is not built: PayPal serves it without the certificates that would be needed for that.
"""

import re
import threading
from collections import OrderedDict
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from kooneo import clock
from kooneo.addresses import LOOPBACK
from kooneo.paypal.errors import Unreachable
from kooneo.paypal.notifications import Forged
from kooneo.paypal.transport import Transport

_PAYPALS = re.compile(r"https://([a-z0-9-]{1,63}\.){1,4}paypal\.com(:443)?")
_PATH = re.compile(r"(/[A-Za-z0-9._~-]+)+")
_MOST = 64
_LARGEST = 64 * 1024
_TIMEOUT = 4.0
_SMALLEST_KEY = 2048


class CertificateUnusable(Exception):
    """It could not be had, or it vouches for nothing (any more): PayPal itself must be asked. Its text is safe to log."""


class Certificates:
    """Shared by threads. Two that miss the same one at once both fetch it."""

    def __init__(self) -> None:
        self._transport = Transport(_TIMEOUT, _TIMEOUT, largest=_LARGEST)
        self._known: OrderedDict[str, x509.Certificate] = OrderedDict()
        self._lock = threading.Lock()

    def key(self, url: str, *, stand_in: str | None) -> RSAPublicKey:
        """`stand_in` is the address of what stands in for PayPal: its certificates count too.

        Raises Forged for a place that is not PayPal's, which is not asked; CertificateUnusable.
        """
        if not _is_paypals(url, stand_in):
            raise Forged("the certificate is not at PayPal")
        with self._lock:
            certificate = self._known.get(url)
        if certificate is None:
            certificate = self._fetch(url)
        key = _key_in_force(certificate)
        self._keep(url, certificate)
        return key

    def _fetch(self, url: str) -> x509.Certificate:
        try:
            reply = self._transport.send("GET", url, acts=False, headers={"Accept-Encoding": "identity"})
        except Unreachable as error:
            raise CertificateUnusable(str(error)) from None
        if reply.status != 200 or not reply.content:
            raise CertificateUnusable(f"HTTP {reply.status}")
        try:
            return x509.load_pem_x509_certificate(reply.content)  # the first one: what follows is its chain
        except ValueError:
            raise CertificateUnusable("not a certificate") from None

    def _keep(self, url: str, certificate: x509.Certificate) -> None:
        with self._lock:
            self._known[url] = certificate
            self._known.move_to_end(url)
            while len(self._known) > _MOST:
                self._known.popitem(last=False)

    def close(self) -> None:
        with self._lock:
            self._known.clear()
        self._transport.close()


def _is_paypals(url: str, stand_in: str | None) -> bool:
    """Read by patterns that leave nothing to interpret: no user, no query, no backslash, no other port."""
    place, slash, path = _split(url)
    if not _PATH.fullmatch(slash + path):
        return False
    return bool(_PAYPALS.fullmatch(place)) or (stand_in is not None and place == _trusted_place(stand_in))


def _split(url: str) -> tuple[str, str, str]:
    scheme, separator, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return scheme + separator + host, slash, path


def _trusted_place(stand_in: str) -> str | None:
    """In the clear only on this machine."""
    parts = urlsplit(stand_in)
    safe = parts.scheme == "https" or parts.hostname in LOOPBACK
    return f"{parts.scheme}://{parts.netloc}" if safe else None


def _key_in_force(certificate: x509.Certificate) -> RSAPublicKey:
    if not certificate.not_valid_before_utc <= clock.now() <= certificate.not_valid_after_utc:
        raise CertificateUnusable("not in force")
    key = certificate.public_key()
    if not isinstance(key, RSAPublicKey) or key.key_size < _SMALLEST_KEY:
        raise CertificateUnusable("its key is not as PayPal's are")
    return key
