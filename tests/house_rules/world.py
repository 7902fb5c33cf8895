"""Two merchants with a row of every kind, and an address for every route of the app: new routes enter by themselves."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import Flask
from support.builders import (
    a_content_with_file,
    a_customer,
    a_grant,
    a_member,
    a_merchant,
    a_payment,
    a_product,
    a_refused_change,
    a_refused_refund,
    a_subscription,
    a_takeover,
    a_termination_request,
    an_offer,
    an_order,
    with_picture,
)
from support.mail import a_message, attempt_to_send
from support.webhooks import an_endpoint
from support.winback import a_winback_message, token
from werkzeug.routing import Rule
from werkzeug.routing.converters import AnyConverter, UUIDConverter

from kooneo.accounts.models import Merchant, TeamMember
from kooneo.customers.models import Customer
from kooneo.spaces import PORTAL

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
MISSING = uuid.UUID("00000000-0000-4000-8000-000000000000")


@dataclass(frozen=True)
class World:
    """`ids` by the name that stands in a URL."""

    merchant: Merchant
    owner: TeamMember
    customer: Customer
    ids: dict[str, uuid.UUID | str] = field(default_factory=dict)


def a_world() -> World:
    merchant = a_merchant()
    product, customer = with_picture(a_product(merchant)), a_customer(merchant)
    offer = an_offer(product)
    subscription = a_subscription(customer, offer=offer)
    ids: dict[str, uuid.UUID | str] = {
        "customer_id": customer.id,
        "product_id": product.id,
        "content_id": a_content_with_file(product).id,
        "offer_id": offer.id,
        "slug": offer.slug,
        "order_id": an_order(offer).id,
        "subscription_id": subscription.id,
        "payment_id": a_payment(subscription).id,
        "refund_id": a_refused_refund(a_payment(subscription)).id,
        "grant_id": a_grant(customer, product).id,
        "message_id": attempt_to_send(a_message(merchant)).id,
        "request_id": a_termination_request(subscription).id,
        "change_id": a_refused_change(subscription).id,
        "takeover_id": a_takeover(merchant).id,
        "merchant_token": an_endpoint(merchant).token,
        "winback_token": token(a_winback_message(subscription)),
    }
    return World(merchant, a_member(merchant), customer, ids)


def rules(app: Flask) -> list[Rule]:
    """The team's, and the public ones outside the portal."""
    return [rule for rule in all_rules(app) if not rule.rule.startswith(PORTAL)]


def portal_rules(app: Flask) -> list[Rule]:
    return [rule for rule in all_rules(app) if rule.rule.startswith(PORTAL)]


def all_rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def addresses(rule: Rule, ids: Mapping[str, uuid.UUID | str], slug: str = "nobody") -> list[str]:
    """One for each choice that the rule leaves open."""
    found: list[dict[str, object]] = [{}]
    for name, converter in rule._converters.items():
        if isinstance(converter, AnyConverter):
            found = [values | {name: choice} for values in found for choice in sorted(converter.items)]
        elif isinstance(converter, UUIDConverter) or name in ("slug", "merchant_token", "winback_token"):
            assert name in ids, f"{rule}: house_rules/world.py does not know a row for <{name}>: add one to a_world"
            found = [values | {name: ids[name]} for values in found]
        elif name == "merchant_slug":
            found = [values | {name: slug} for values in found]
        else:
            raise AssertionError(f"{rule}: house_rules/world.py does not know what to put for <{name}>")
    built = [rule.build(values) for values in found]
    return [path for part in built if part for path in [part[1]]]


def missing(world: World) -> dict[str, uuid.UUID | str]:
    return dict.fromkeys(world.ids, MISSING)
