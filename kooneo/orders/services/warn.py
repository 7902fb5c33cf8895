"""Somebody orders, without being signed in, what the owner of the address pays for already."""

from kooneo.accounts.models import Merchant
from kooneo.catalog.models import Offer
from kooneo.extensions import db
from kooneo.language import calendar_of
from kooneo.mail.services.outbox import write
from kooneo.orders.letters import already_subscribed
from kooneo.orders.models import Order
from kooneo.orders.queries import live_subscription
from kooneo.subscriptions.models import Subscription
from kooneo.subscriptions.queries import complete


def tell_whoever_pays_already(order: Order, ordered: Subscription) -> None:
    """In the caller's transaction. To the address on file alone: the page is the same for everybody."""
    running = live_subscription(ordered.customer_id, db.session.get_one(Offer, order.offer_id))
    if running is None:
        return
    merchant, held = db.session.get_one(Merchant, order.merchant_id), complete(running)
    with calendar_of(merchant.time_zone):
        letter = already_subscribed(held, merchant)
    write(letter, merchant=merchant, to=held.customer.email, cause_id=order.id, customer_id=held.customer_id)
