"""A subscription of PayPal's becomes a record: its customer, its offer with the product, and itself. In the caller's
transaction, of which one at a time runs for a merchant: each row is looked for, and made where it is missing."""

import uuid

from sqlalchemy import select

from kooneo.accounts.models import Merchant
from kooneo.catalog.models import AccessAfterCancellation, AccessAfterCompletion, Offer, OfferProduct, Product
from kooneo.clock import local_date, now
from kooneo.customers.models import Customer
from kooneo.extensions import db
from kooneo.journal.services import Actor, record
from kooneo.paypal import RemoteSubscription
from kooneo.subscriptions.effects import become, learn
from kooneo.subscriptions.lifecycle import Gateway, SubscriptionStatus
from kooneo.subscriptions.models import Subscription
from kooneo.subscriptions.services.notes import note
from kooneo.subscriptions.services.truth import ended_at, unasked
from kooneo.takeover.facts import contracted_at, email_of, name_of, product_id_for, start_of
from kooneo.takeover.models import TakeoverPlan
from kooneo.terms import Terms


def add_record(
    merchant_id: uuid.UUID, remote: RemoteSubscription, plan: TakeoverPlan, terms: Terms, *, by: Actor
) -> Subscription:
    customer = _customer(merchant_id, remote)
    offer = _offer(merchant_id, plan, by)
    zone = db.session.get_one(Merchant, merchant_id).time_zone
    subscription = Subscription(
        id=uuid.uuid4(),
        merchant_id=merchant_id,
        customer_id=customer.id,
        offer_id=offer.id,
        gateway=Gateway.PAYPAL,
        paypal_id=remote.paypal_id,
        status=SubscriptionStatus.PENDING,
        contracted_on=local_date(contracted_at(remote) or now(), zone),
        started_at=start_of(remote),
        price_minor=terms.price.minor,
        currency=terms.price.currency,
        interval=terms.interval,
        interval_count=terms.interval_count,
        total_cycles=terms.total_cycles,
        cycles_completed=0,
        outstanding_minor=0,
        failed_payments=0,
    )
    learn(subscription, remote, at=now())
    _take_status(subscription, remote)
    db.session.add(subscription)
    db.session.flush()
    note("subscription.taken_over", subscription, by=by, after=subscription.status, offer=offer.title)
    return subscription


def _take_status(subscription: Subscription, remote: RemoteSubscription) -> None:
    """Nobody saw how one that has ended stood before. It was open when nothing was owed and its end was paid for.

    PayPal suspends by itself after payments that failed; without any, the merchant made a pause on paypal.com.
    """
    target = unasked(remote)
    owes = bool(subscription.failed_payments or subscription.outstanding_minor)
    if target.ended:
        paid = subscription.paid_until is not None and subscription.paid_until >= ended_at(remote)
        stood = paid and not owes
        subscription.status = SubscriptionStatus.ACTIVE if stood else SubscriptionStatus.SUSPENDED
    paused = target == SubscriptionStatus.SUSPENDED and not owes
    become(subscription, target, at=ended_at(remote), paused=paused)


def _customer(merchant_id: uuid.UUID, remote: RemoteSubscription) -> Customer:
    """What the team wrote of a customer it knows stays as it is."""
    email = email_of(remote)
    known = db.session.scalars(select(Customer).filter_by(merchant_id=merchant_id, email=email)).one_or_none()
    if known:
        return known
    given_name, family_name = name_of(remote)
    customer = Customer(
        id=uuid.uuid4(), merchant_id=merchant_id, given_name=given_name, family_name=family_name, email=email
    )
    customer.renew_keys()
    db.session.add(customer)
    db.session.flush()
    return customer


def _offer(merchant_id: uuid.UUID, plan: TakeoverPlan, by: Actor) -> Offer:
    """The one of this plan. An offer that was given other terms since is none of it any more."""
    of_plan = select(Offer).filter_by(merchant_id=merchant_id, paypal_plan_id=plan.plan_id).order_by(Offer.id)
    if known := db.session.scalars(of_plan.limit(1)).one_or_none():
        return known
    terms = plan.terms
    if terms is None:
        raise ValueError(f"plan {plan.plan_id} has no price")
    offer = Offer(
        id=uuid.uuid4(),
        merchant_id=merchant_id,
        title=plan.title,
        for_sale=plan.sold,
        paypal_plan_id=plan.plan_id,
        price_minor=terms.price.minor,
        currency=terms.price.currency,
        interval=terms.interval,
        interval_count=terms.interval_count,
        total_cycles=terms.total_cycles,
    )
    product = _product(merchant_id, plan, by)
    db.session.add(offer)
    db.session.flush()
    db.session.add(OfferProduct(offer_id=offer.id, product_id=product.id))
    record(merchant_id, "offer.created", by=by, subject_id=offer.id, offer=offer.title)
    return offer


def _product(merchant_id: uuid.UUID, plan: TakeoverPlan, by: Actor) -> Product:
    """One for each of PayPal's. PayPal has no access rules: everything closes until somebody has chosen some."""
    product_id = product_id_for(merchant_id, plan.product_id)
    if known := db.session.get(Product, product_id):
        return known
    product = Product(
        id=product_id,
        merchant_id=merchant_id,
        title=plan.product_title,
        description=plan.product_description,
        access_after_completion=AccessAfterCompletion.CLOSED,
        access_after_cancellation=AccessAfterCancellation.CLOSED,
        rules_to_review=True,
    )
    db.session.add(product)
    db.session.flush()
    record(merchant_id, "product.created", by=by, subject_id=product_id, product=product.title)
    return product
