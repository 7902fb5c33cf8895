"""Whether a notification is PayPal's. Nothing here may be called while a transaction is open: PayPal may have to be asked."""

from kooneo.paypal import Certificates, CertificateUnusable, Forged, Gateway, PayPalError, Transmission

certificates = Certificates()
"""Of this process."""


class Undecided(Exception):
    """Neither PayPal's certificate nor PayPal could be had: PayPal must send it again. Its text is safe to log."""


def check(transmission: Transmission, webhook_id: str, gateway: Gateway | None, *, stand_in: str | None) -> None:
    """`gateway` is the merchant's, if there is one; `stand_in` the address of what stands in for PayPal.

    Raises kooneo.paypal.Forged, or Undecided.
    """
    try:
        key = certificates.key(transmission.certificate_url, stand_in=stand_in)
    except CertificateUnusable as problem:
        _ask_paypal(transmission, webhook_id, gateway, problem)
    else:
        transmission.check(webhook_id, key)


def _ask_paypal(
    transmission: Transmission, webhook_id: str, gateway: Gateway | None, problem: CertificateUnusable
) -> None:
    if gateway is None:
        raise Undecided(f"certificate: {problem}; no keys to ask PayPal with")
    try:
        vouched = gateway.vouches_for(transmission, webhook_id)
    except PayPalError as error:
        raise Undecided(f"certificate: {problem}; verification: {error}") from None
    if not vouched:
        raise Forged("PayPal does not vouch for it")
