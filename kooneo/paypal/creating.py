"""What Kooneo has PayPal create: the bodies that are sent, and what their answers say."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from kooneo.paypal.api import Answer
from kooneo.paypal.fields import Part
from kooneo.terms import Terms

# Lengths of the OpenAPI files.
_ID = 50
_NAME = 127
_PERSON = 140
_ADDRESS = 4000
_WORD = 24


@dataclass(frozen=True)
class NewSubscription:
    """`custom_id` is ours: PayPal shows it in its record and in its notifications."""

    plan_id: str
    custom_id: str
    brand: str
    email: str
    given_name: str
    family_name: str
    return_url: str
    cancel_url: str


@dataclass(frozen=True)
class RemoteApproval:
    """A subscription that waits for its customer, and the page of PayPal's on which they agree."""

    paypal_id: str
    approve_url: str


def product_body(name: str) -> dict[str, Any]:
    return {"name": name[:_NAME], "type": "DIGITAL"}


def plan_body(product_id: str, name: str, terms: Terms) -> dict[str, Any]:
    """A payment that fails is added to the next one, and the third in a row suspends."""
    cycle = {
        "tenure_type": "REGULAR",
        "sequence": 1,
        "total_cycles": terms.total_cycles or 0,
        "frequency": {"interval_unit": terms.interval.upper(), "interval_count": terms.interval_count},
        "pricing_scheme": {"fixed_price": {"currency_code": terms.price.currency, "value": str(terms.price)}},
    }
    return {
        "product_id": product_id,
        "name": name[:_NAME],
        "billing_cycles": [cycle],
        "payment_preferences": {"auto_bill_outstanding": True, "payment_failure_threshold": 3},
    }


def subscription_body(new: NewSubscription) -> dict[str, Any]:
    return {
        "plan_id": new.plan_id,
        "custom_id": new.custom_id,
        "subscriber": {
            "email_address": new.email,
            "name": {"given_name": new.given_name[:_PERSON], "surname": new.family_name[:_PERSON]},
        },
        "application_context": {
            "brand_name": new.brand[:_NAME],
            "locale": "fr-FR",
            "shipping_preference": "NO_SHIPPING",
            "user_action": "SUBSCRIBE_NOW",
            "return_url": new.return_url,
            "cancel_url": new.cancel_url,
        },
    }


def read_id(answer: Answer) -> str:
    body = Part(answer.body, "", answer.debug_id)
    return body.required("id", body.text("id", _ID))


def read_approval(answer: Answer, asked_at: str) -> RemoteApproval:
    """`asked_at`: the address that was asked, which is not PayPal's where something stands in for it."""
    body = Part(answer.body, "", answer.debug_id)
    approve = (link.text("href", _ADDRESS) for link in body.parts("links") if link.text("rel", _WORD) == "approve")
    found = next(approve, None)
    safe = found if found and _is_paypals(found, asked_at) else None
    return RemoteApproval(read_id(answer), body.required("links.approve", safe))


def _is_paypals(address: str, asked_at: str) -> bool:
    """A customer is sent to PayPal and nowhere else, whatever an answer says."""
    try:
        parts, ours = urlsplit(address), urlsplit(asked_at)
        if (parts.scheme, parts.netloc) == (ours.scheme, ours.netloc):
            return True
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    return parts.scheme == "https" and host.endswith(".paypal.com") and port is None and "@" not in parts.netloc
