"""Who is in a run: two merchants, their subscriptions, and what Kooneo and PayPal say of them at any moment."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from sqlalchemy import select
from support.builders import a_customer, a_merchant, a_product, a_subscription, an_offer, client_id_of
from support.running import in_app
from support.webhooks import an_endpoint

from faults.at_paypal import AtPayPal
from faults.fate import Fate
from faults.perils import Perils, Watched
from kooneo.accounts.models import Merchant
from kooneo.billing.models import Payment
from kooneo.catalog.models import Offer
from kooneo.extensions import db
from kooneo.settings.services import gateway_for, paypal_account
from kooneo.subscriptions.models import Subscription

_STATUSES = ("active", "active", "active", "past_due", "suspended", "pending")
_AT_FIRST = 6


@dataclass
class World:
    app: Flask
    fate: Fate
    perils: Perils
    at_paypal: AtPayPal
    merchants: list[Merchant] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)
    subscriptions: list[Subscription] = field(default_factory=list)
    busy: list[Subscription] = field(default_factory=list)
    """Those of whom something was wished last: most failures are about them."""
    payments: list[Payment] = field(default_factory=list)
    agreed_after_the_end: set[uuid.UUID] = field(default_factory=set)
    """The customer has agreed at PayPal to what had ended here, or was about to: Kooneo can only learn it by its next look."""
    history: list[str] = field(default_factory=list)

    def tell(self, sentence: str) -> None:
        self.history.append(sentence)

    def any_subscription(self) -> Subscription:
        return self.fate.one_of(self.subscriptions)

    def name(self, subscription_id: uuid.UUID) -> str:
        ids = [subscription.id for subscription in self.subscriptions]
        return f"subscription {ids.index(subscription_id)}"

    @property
    def merchant_ids(self) -> list[uuid.UUID]:
        return [merchant.id for merchant in self.merchants]


def people(world: World) -> None:
    """Two merchants with keys, and their first customers."""
    for _ in range(2):
        merchant = a_merchant()
        world.merchants.append(merchant)
        watch_gateway(world, merchant)
        world.at_paypal.notifies(client_id_of(merchant), an_endpoint(merchant))
        world.offers.append(an_offer(a_product(merchant)))
    for _ in range(_AT_FIRST):
        somebody_subscribes(world)
    world.at_paypal.look_at_calls()


def somebody_subscribes(world: World) -> None:
    offer, status = world.fate.one_of(world.offers), world.fate.one_of(_STATUSES)
    merchant = next(merchant for merchant in world.merchants if merchant.id == offer.merchant_id)
    # Identifiers of messages are made of the address: a run must not depend on how many there were before it.
    customer = a_customer(merchant, email=f"client-{len(world.subscriptions)}-{merchant.id.hex}@client.test")
    subscription = a_subscription(customer, offer=offer, status=status)
    world.subscriptions.append(subscription)
    world.tell(f"{world.name(subscription.id)} begins, {status}")


@in_app
def watch_gateway(world: World, merchant: Merchant) -> None:
    """The perils stand around this merchant's calls."""
    account = paypal_account(merchant.id)
    assert account is not None
    api = gateway_for(account)._api
    if not isinstance(api._transport, Watched):
        api._transport = Watched(api._transport, world.perils)  # type: ignore[assignment]


@in_app
def records(world: World) -> tuple[Any, ...]:
    """Id, PayPal's id, status, marks, as they stand in the database now."""
    shown = (Subscription.id, Subscription.paypal_id, Subscription.status, Subscription.unconfirmed)
    query = select(*shown, Subscription.check_problem).where(Subscription.merchant_id.in_(world.merchant_ids))
    return tuple(db.session.execute(query))


Act = Callable[[World], None]
