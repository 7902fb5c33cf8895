"""The guard: whether a notice may leave. The outbox asks it when the notice is written, in the same transaction, and again
before each attempt to send it (kooneo.mail.conditions)."""

from datetime import datetime

from kooneo.accounts.models import Merchant
from kooneo.addresses import is_email
from kooneo.clock import now
from kooneo.customers.models import Customer
from kooneo.dunning.models import NoticeKind, PaymentNotice, Refusal
from kooneo.dunning.queries import FRESH, tells
from kooneo.extensions import db
from kooneo.legal.queries import withdrawal_declared
from kooneo.mail.conditions import Verdict, condition
from kooneo.mail.models import MailKind, OutboxMessage
from kooneo.quiet_hours import next_opening
from kooneo.subscriptions.arrears import arrears_of
from kooneo.subscriptions.lifecycle import SubscriptionStatus
from kooneo.subscriptions.models import Subscription
from kooneo.subscriptions.queries import newest_payments
from kooneo.subscriptions.services.request import unsettled_change


@condition(MailKind.PAYMENT_NOTICE)
def may_leave(message: OutboxMessage) -> Verdict:
    notice = db.session.get_one(PaymentNotice, message.cause_id)
    subscription = db.session.get_one(Subscription, notice.subscription_id)
    moment, zone = now(), db.session.get_one(Merchant, message.merchant_id).time_zone
    opening = next_opening(moment, zone)
    return Verdict(why_not(subscription, notice.kind, notice.failed_at), opening if opening > moment else None)


def why_not(subscription: Subscription, kind: NoticeKind, failed_at: datetime) -> Refusal | None:
    """Why nobody may be told this of that attempt; none when they may."""
    if not tells(subscription.merchant_id):
        return Refusal.OFF
    if refusal := _of_the_contract(subscription) or _of_the_person(subscription):
        return refusal
    if kind == NoticeKind.REOPENED:
        return _of_the_return(subscription)
    return _of_the_attempt(subscription, kind, failed_at)


def _of_the_contract(subscription: Subscription) -> Refusal | None:
    if subscription.status.ended:
        return Refusal.ENDED
    if subscription.withdrawn_at or withdrawal_declared(subscription):
        return Refusal.WITHDRAWN
    return Refusal.ENDING if unsettled_change(subscription.id) else None


def _of_the_person(subscription: Subscription) -> Refusal | None:
    customer = db.session.get_one(Customer, subscription.customer_id)
    return None if is_email(customer.email) else Refusal.NO_ADDRESS


def _of_the_return(subscription: Subscription) -> Refusal | None:
    if not subscription.status.opens_content:
        return Refusal.SUPERSEDED
    return None if _is_news(subscription.paypal_status_at) else Refusal.TOO_OLD


def _of_the_attempt(subscription: Subscription, kind: NoticeKind, failed_at: datetime) -> Refusal | None:
    payments = newest_payments(subscription.merchant_id, [subscription.id])
    arrears = arrears_of(subscription, payments[subscription.id])
    if arrears is None or (kind, failed_at) != (concerned(subscription), subscription.last_failed_payment_at):
        return Refusal.SUPERSEDED
    if arrears.received_otherwise:
        return Refusal.RECEIVED
    return None if _is_news(failed_at) else Refusal.TOO_OLD


def concerned(subscription: Subscription) -> NoticeKind:
    """What its last attempt calls for."""
    suspended = subscription.status == SubscriptionStatus.SUSPENDED
    return NoticeKind.SUSPENDED if suspended else NoticeKind.FAILED


def _is_news(instant: datetime | None) -> bool:
    return instant is not None and instant > now() - FRESH
