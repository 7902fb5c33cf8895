"""Asking PayPal how things are, and following it: "Vérifier auprès de PayPal"."""

import uuid
from datetime import datetime

from kooneo import jobs
from kooneo.clock import now
from kooneo.extensions import db, transaction
from kooneo.paypal import PayPalError
from kooneo.settings.services import gateway_for, paypal_account
from kooneo.subscriptions.lifecycle import Gateway
from kooneo.subscriptions.models import Subscription
from kooneo.subscriptions.outcomes import judged
from kooneo.subscriptions.problems import Problem
from kooneo.subscriptions.services.conclude import follow
from kooneo.subscriptions.services.request import KeysMissing

VERIFY = "subscriptions.verify"


def request_verification(subscription: Subscription) -> datetime:
    """Have the worker look. Returns the instant after which `checked_at` tells the answer. Raises KeysMissing."""
    subscription_id, merchant_id = subscription.id, subscription.merchant_id
    if subscription.gateway == Gateway.MANUAL or paypal_account(merchant_id) is None:
        raise KeysMissing
    asked_at = now()
    with transaction():
        job_id = f"verify:{subscription_id}:{uuid.uuid4()}"
        jobs.enqueue(VERIFY, str(subscription_id), job_id=job_id, partition=str(merchant_id))
    return asked_at


@jobs.job(VERIFY)
def verify(subscription_id: str) -> None:
    """One look, one answer: safe to repeat."""
    subscription = db.session.get_one(Subscription, uuid.UUID(subscription_id))
    account, paypal_id = paypal_account(subscription.merchant_id), subscription.paypal_id
    if account is None or paypal_id is None:
        return
    gateway = gateway_for(account)
    if gateway is None:
        follow(subscription.id, None, Problem.KEYS_UNREADABLE)
        return
    db.session.rollback()  # no transaction is open while PayPal is asked
    try:
        remote = gateway.get_subscription(paypal_id)
    except PayPalError as error:
        follow(uuid.UUID(subscription_id), None, judged(error).problem)
    else:
        follow(uuid.UUID(subscription_id), remote, None)
