"""Somebody subscribes: what they, PayPal and the worker do, as verbs."""

import re

import requests
from portal.door import Visitor
from sqlalchemy import select
from support.browser import ADDRESS
from support.builders import merchant_of
from support.running import fresh, in_app
from werkzeug.test import TestResponse

from kooneo.catalog.models import Offer
from kooneo.customers.models import Customer
from kooneo.extensions import db
from kooneo.orders.models import Order, OrderState
from kooneo.orders.services.create import create
from kooneo.orders.services.look import conclude_what_has_begun, look
from kooneo.subscriptions.models import Subscription

PERSON = {"given_name": "Léa", "family_name": "Bernard", "email": "Lea@client.test"}


class Buyer(Visitor):
    """A browser on an offer's page; `waits` is how long a page may wait for the worker, who is not there."""

    def __init__(self, offer: Offer, *, address: str = ADDRESS) -> None:
        super().__init__(merchant_of(offer), address=address)
        self.offer = offer
        self.order_page = self.at(f"offers/{offer.slug}")

    def opens(self) -> str:
        """The order page. Returns the key of its form."""
        return str(self.open(self.order_page).find("input", name="key")["value"])

    def sends(self, *, key: str = "", **typed: str) -> TestResponse:
        return self.post(self.order_page, PERSON | {"key": key or self.opens()} | typed)

    def orders(self, **typed: str) -> Order:
        response = self.sends(**typed)
        assert response.status_code == 303, response.text
        found = re.search(r"/orders/([0-9a-f-]{36})", response.location)
        assert found
        return next(order for order in orders_of(self.offer) if str(order.id) == found.group(1))

    def page_of(self, order: Order, query: str = "") -> str:
        return f"{self.order_page}/orders/{order.id}{query}"


@in_app
def orders_of(offer: Offer) -> list[Order]:
    return list(db.session.scalars(select(Order).filter_by(offer_id=offer.id).order_by(Order.placed_at)))


@in_app
def subscriptions_of(offer: Offer) -> list[Subscription]:
    return list(db.session.scalars(select(Subscription).filter_by(offer_id=offer.id)))


@in_app
def customers_with(email: str) -> list[Customer]:
    return list(db.session.scalars(select(Customer).filter_by(email=email)))


_create, _look, the_minute_passes = in_app(create), in_app(look), in_app(conclude_what_has_begun)


def created(order: Order) -> Order:
    """The worker has PayPal create it."""
    _create(str(order.id))
    return fresh(order)


def looked_at(order: Order) -> Order:
    """The worker asks PayPal whether the customer has agreed."""
    _look(str(order.id))
    return fresh(order)


def decides(order: Order, decision: str = "accept") -> str:
    """On PayPal's page. Returns where PayPal sends the browser."""
    assert order.approve_url
    answer = requests.post(order.approve_url, data={"decision": decision}, allow_redirects=False, timeout=30)
    assert answer.status_code == 303
    return answer.headers["Location"]


def subscription_of(order: Order) -> Subscription:
    order = fresh(order)
    assert order.subscription_id
    return _subscription(order.subscription_id)


@in_app
def _subscription(subscription_id: object) -> Subscription:
    return db.session.get_one(Subscription, subscription_id)


def agreed(order: Order) -> Subscription:
    """From the order to the contract."""
    order = created(order)
    decides(order)
    assert looked_at(order).state == OrderState.CONCLUDED
    return subscription_of(order)
