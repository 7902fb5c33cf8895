"""Payments that PayPal knows, and refunds of them as the worker makes them."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from kooneo.billing.models import Payment, PaymentState
from kooneo.billing.refunds import RefundRequest
from kooneo.billing.services.request import request_refund
from kooneo.billing.services.settle import release_own_leases, settle
from kooneo.clock import now
from kooneo.extensions import db
from kooneo.journal.services import Actor
from kooneo.money import Money
from kooneo.settings.services import gateway_for, paypal_account
from kooneo.subscriptions.models import Subscription

from .acting import NORA, at
from .builders import saved
from .running import fresh, in_app


def taken(subscription: Subscription, **facts: Any) -> Payment:
    """The newest payment that PayPal really took for it."""
    newest = _at_paypal(subscription)[-1]
    values = {
        "merchant_id": subscription.merchant_id,
        "customer_id": subscription.customer_id,
        "subscription_id": subscription.id,
        "paypal_transaction_id": newest.transaction_id,
        "amount_minor": newest.amount.minor,
        "currency": newest.amount.currency,
        "state": PaymentState.COMPLETED,
        "at": newest.at,
    }
    return saved(Payment(**(values | facts)))


@in_app
def _at_paypal(subscription: Subscription) -> Any:
    account = paypal_account(subscription.merchant_id)
    assert account is not None
    period = (now() - timedelta(days=2000), now() + timedelta(days=2000))
    return gateway_for(account).list_transactions(subscription.paypal_id or "", *period)


@in_app
def payments_of(subscription: Subscription) -> list[Payment]:
    """As Kooneo has them, the oldest first."""
    return list(db.session.scalars(select(Payment).filter_by(subscription_id=subscription.id).order_by(Payment.at)))


def at_paypal(subscription: Subscription) -> str:
    """What PayPal says of its newest payment."""
    return str(_at_paypal(subscription)[-1].status)


@in_app
def ask_refund(payment: Payment, minor: int, *, key: str, by: Actor = NORA) -> RefundRequest:
    return request_refund(payment, Money(minor, payment.currency), by=by, key=key)


_settle = in_app(settle)
restart_as_worker = in_app(release_own_leases)


def attempt(refund: RefundRequest) -> RefundRequest:
    _settle(str(refund.id))
    return fresh(refund)


def try_until_settled(refund: RefundRequest, *, at_most: int = 30) -> RefundRequest:
    for _ in range(at_most):
        refund = fresh(refund)
        if refund.state.settled:
            return refund
        with at(max(now(), refund.next_attempt_at or now())):
            refund = attempt(refund)
    raise AssertionError(f"not settled after {at_most} attempts")
