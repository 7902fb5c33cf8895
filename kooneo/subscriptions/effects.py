"""What a change of status does to the facts of a subscription. The dialog's preview and the services use the same functions."""

from dataclasses import replace
from datetime import date, datetime

from kooneo.access.decisions import SubscriptionFacts
from kooneo.paypal import RemoteStatus, RemoteSubscription
from kooneo.subscriptions.lifecycle import SubscriptionStatus
from kooneo.subscriptions.models import Subscription


def become(
    subscription: Subscription,
    target: SubscriptionStatus,
    *,
    at: datetime,
    paused: bool = False,
    resume_on: date | None = None,
) -> None:
    """Give a status. From one ended status to another, when it ended and what was open then stay as they were."""
    if target.ended and not subscription.status.ended:
        subscription.ended_at = at
        subscription.open_at_end = subscription.status.opens_content
        subscription.pending_at_end = subscription.status == SubscriptionStatus.PENDING
        subscription.next_billing_at = subscription.next_retry_at = None
    elif not target.ended:
        subscription.ended_at, subscription.open_at_end, subscription.pending_at_end = None, False, False
    subscription.status = target
    subscription.paused, subscription.resume_on = paused, resume_on if paused else None


def preview(facts: SubscriptionFacts, target: SubscriptionStatus, *, at: datetime) -> SubscriptionFacts:
    """The facts as `become` would leave them, at PayPal and here agreeing."""
    if not target.ended:
        return replace(facts, status=target, ended_at=None, open_at_end=False)
    if facts.status.ended:
        return replace(facts, status=target)
    return replace(facts, status=target, ended_at=at, open_at_end=facts.status.opens_content)


def learn(subscription: Subscription, remote: RemoteSubscription, *, at: datetime) -> None:
    """Take over the facts of PayPal's record, but not its status. What PayPal leaves out is kept: an ended record has no
    next billing date, and the end of the paid period is needed all the same."""
    subscription.checked_at = at
    if subscription.status == SubscriptionStatus.PENDING and remote.status == RemoteStatus.ACTIVE and remote.started_at:
        subscription.started_at = min(
            remote.started_at, at
        )  # it began with the customer's agreement, not with the order
    if remote.cycles_completed is not None:
        subscription.cycles_completed = remote.cycles_completed
    if remote.outstanding is not None and remote.outstanding.currency == subscription.currency:
        subscription.outstanding_minor = remote.outstanding.minor
    if remote.failed_payments is not None:
        subscription.failed_payments = remote.failed_payments
    subscription.last_failed_payment_at = remote.last_failed_payment_at or subscription.last_failed_payment_at
    subscription.next_retry_at = remote.next_retry_at if remote.status == RemoteStatus.ACTIVE else None
    subscription.paypal_status_at = remote.status_updated_at or subscription.paypal_status_at
    _learn_paid_period(subscription, remote)
    if remote.status in (RemoteStatus.ACTIVE, RemoteStatus.SUSPENDED):
        subscription.next_billing_at = remote.next_billing_at


def _learn_paid_period(subscription: Subscription, remote: RemoteSubscription) -> None:
    """PayPal knows nothing of a payment received another way: until it takes one after that, its period is the shorter one."""
    paid_at = remote.last_payment_at
    if paid_at is None or (subscription.last_payment_at is not None and paid_at < subscription.last_payment_at):
        return
    if remote.next_billing_at or subscription.paid_until is None or paid_at != subscription.last_payment_at:
        paid_until = subscription.terms.period_end(paid_at, time_zone="UTC")  # the calendar that PayPal counts on
        subscription.paid_until = min(paid_until, remote.next_billing_at) if remote.next_billing_at else paid_until
    subscription.last_payment_at = paid_at


def status_in_force(remote: RemoteSubscription) -> SubscriptionStatus:
    """Kooneo's word for a record that PayPal has not ended.

    ACTIVE with an outstanding balance means that payments fail: access stays, and somebody should look.
    """
    match remote.status:
        case RemoteStatus.SUSPENDED:
            return SubscriptionStatus.SUSPENDED
        case RemoteStatus.ACTIVE:
            return SubscriptionStatus.PAST_DUE if _payments_fail(remote) else SubscriptionStatus.ACTIVE
        case RemoteStatus.APPROVAL_PENDING | RemoteStatus.APPROVED:
            return SubscriptionStatus.PENDING
        case _:
            raise ValueError(f"{remote.status} is not in force")


def _payments_fail(remote: RemoteSubscription) -> bool:
    if remote.outstanding is not None and remote.outstanding.minor > 0:
        return True
    failed_at, paid_at = remote.last_failed_payment_at, remote.last_payment_at
    return failed_at is not None and (paid_at is None or failed_at > paid_at)
