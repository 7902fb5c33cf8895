"""Recommencer la commande: PayPal's page for an order that was left does not wait for ever."""

import uuid
from contextlib import suppress

from sqlalchemy import select

from kooneo.customers.models import Customer
from kooneo.extensions import db
from kooneo.journal.services import Actor
from kooneo.language import gettext as _
from kooneo.orders.models import Order, OrderState
from kooneo.subscriptions.lifecycle import Action, NotAllowed, SubscriptionStatus
from kooneo.subscriptions.models import ActorKind, Subscription
from kooneo.subscriptions.services.request import ChangeInProgress, KeysMissing, Wish, request_change

_KOONEO = Actor(ActorKind.KOONEO, "Kooneo", "portal")


def end_unfinished(order: Order, customer: Customer) -> None:
    """The earlier orders of the same, that still wait for this customer's agreement: `order` takes their place. Safe to repeat.

    What meanwhile got that agreement, or ended, is left alone. Kooneo does it: nobody has ended a subscription.
    """
    query = (
        select(Subscription)
        .filter_by(merchant_id=order.merchant_id, customer_id=customer.id, status=SubscriptionStatus.PENDING)
        .join(Order, Order.subscription_id == Subscription.id)
        .where(Order.state == OrderState.AWAITING, Order.placed_at < order.placed_at)
        .where(Order.offer_id == order.offer_id, Order.follows_id.is_not_distinct_from(order.follows_id))
    )
    wish = Wish(Action.CANCEL, _("Commande recommencée"), only_from=SubscriptionStatus.PENDING)
    for left in db.session.scalars(query).all():
        with suppress(ChangeInProgress, NotAllowed, KeysMissing):
            request_change(left, wish, by=_KOONEO, key=f"anew-{uuid.uuid5(order.id, str(left.id))}")
