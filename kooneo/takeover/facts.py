"""What a record needs, out of what PayPal says."""

import re
import uuid
from dataclasses import replace
from datetime import datetime
from decimal import Decimal, InvalidOperation

from kooneo.money import Money
from kooneo.paypal import Gateway, RemoteSubscription
from kooneo.terms import Terms
from kooneo.text import clean

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


def email_of(remote: RemoteSubscription) -> str:
    """In lower case: two spellings are one person. Empty when PayPal has none."""
    email = clean(remote.subscriber_email).lower()
    return email if _EMAIL.fullmatch(email) else ""


def name_of(remote: RemoteSubscription) -> tuple[str, str]:
    """Given name and family name; a customer without either is called by the e-mail."""
    return clean(remote.subscriber_given_name), clean(remote.subscriber_family_name)


def start_of(remote: RemoteSubscription) -> datetime | None:
    return remote.started_at or remote.created_at


def contracted_at(remote: RemoteSubscription) -> datetime | None:
    """A subscription may be agreed upon today and begin next month."""
    return remote.created_at or remote.started_at


def product_id_for(merchant_id: uuid.UUID, paypal_product_id: str) -> uuid.UUID:
    """Ours follows from PayPal's, so that whatever plan comes first, the product is made once."""
    return uuid.uuid5(merchant_id, f"paypal-product:{paypal_product_id}")


def agreed(gateway: Gateway, remote: RemoteSubscription, of_plan: Terms | None) -> Terms | None:
    """The subscription's own terms, else its plan's, as many times as were bought. None without one exact price."""
    terms = gateway.get_own_terms(remote.paypal_id) if remote.plan_overridden else of_plan
    return _times(terms, remote.quantity or "1") if terms else None


def _times(terms: Terms, quantity: str) -> Terms | None:
    try:
        minor = terms.price.minor * Decimal(quantity)
    except InvalidOperation:
        return None
    if minor != minor.to_integral_value() or not 0 <= minor < 2**31:
        return None
    return replace(terms, price=Money(int(minor), terms.price.currency))
