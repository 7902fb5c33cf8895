"""Payments that PayPal has not got: since when, how often, and whether the money came another way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from kooneo.billing.models import Payment, PaymentState
from kooneo.language import amount, day, ngettext
from kooneo.language import gettext as _
from kooneo.subscriptions.lifecycle import SubscriptionStatus
from kooneo.subscriptions.models import Subscription


@dataclass(frozen=True)
class Arrears:
    failures: int
    """In a row."""
    since: datetime | None
    """The first of them, as far as it is known."""
    last_at: datetime | None
    received_otherwise: bool
    """As many payments were written down by hand as PayPal still claims."""


def arrears_of(subscription: Subscription, payments: Sequence[Payment]) -> Arrears | None:
    """`payments` are its newest, the newest first. None where nothing fails."""
    if not _fails(subscription):
        return None
    streak = list(takewhile(lambda payment: not _taken_by_paypal(payment), payments))
    failed = [payment.at for payment in streak if payment.state == PaymentState.FAILED]
    by_hand = sum(payment.paypal_transaction_id is None for payment in streak)
    last_at = subscription.last_failed_payment_at
    return Arrears(
        failures=max(subscription.failed_payments, 1),
        since=min(failed, default=last_at),
        last_at=last_at,
        received_otherwise=by_hand >= _claimed(subscription),
    )


def _fails(subscription: Subscription) -> bool:
    """PayPal suspends by itself after payments that failed; whoever pauses owes nothing."""
    if subscription.status == SubscriptionStatus.SUSPENDED:
        owes = subscription.failed_payments or subscription.outstanding_minor
        return bool(owes) and not subscription.paused
    return subscription.status == SubscriptionStatus.PAST_DUE


def _taken_by_paypal(payment: Payment) -> bool:
    return payment.paypal_transaction_id is not None and payment.state == PaymentState.COMPLETED


def _claimed(subscription: Subscription) -> int:
    """How many instalments PayPal's claim amounts to: a retry asks for the same one, only a new period adds another."""
    price = subscription.price_minor
    return max(round(subscription.outstanding_minor / price), 1) if price else 1


def how_often(arrears: Arrears) -> str:
    """A sentence; without a date when PayPal gives none."""
    if arrears.since is None:
        return ngettext("Un prélèvement a échoué.", "%(num)s essais de prélèvement ont échoué.", arrears.failures)
    since = day(arrears.since)
    return ngettext(
        "Un prélèvement a échoué le %(since)s.",
        "%(num)s essais de prélèvement ont échoué depuis le %(since)s.",
        arrears.failures,
        since=since,
    )


def what_is_owed(subscription: Subscription) -> str:
    """Empty when PayPal claims nothing."""
    if not subscription.outstanding_minor:
        return ""
    return _("Reste dû : %(amount)s.", amount=amount(subscription.outstanding))


def what_comes(subscription: Subscription) -> str:
    """What PayPal does next about it, and what that means for the contents."""
    if subscription.status == SubscriptionStatus.SUSPENDED:
        since = subscription.paypal_status_at
        if since is None:
            return _("PayPal a suspendu l'abonnement : l'accès est fermé.")
        return _("PayPal a suspendu l'abonnement le %(day)s : l'accès est fermé depuis.", day=day(since))
    if subscription.retries_next and subscription.next_retry_at:
        retry = day(subscription.next_retry_at)
        return _("Prochain essai de PayPal le %(day)s ; d'ici là, l'accès reste ouvert.", day=retry)
    return _("PayPal réessaie de lui-même ; l'accès reste ouvert.")
